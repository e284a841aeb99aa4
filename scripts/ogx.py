"""OGX, a server of Responses and Conversations by others: an environment of its own for the tests that ask through it.

It needs a Python of at least 3.12: the one that `OGX_PYTHON` names, `python3.13` or `python3.12`, this one, or one of
pyenv. Without one those tests are left out, and it is said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import BUILD, ROOT, Environment, say

HOME = BUILD / "ogx"
NEEDED = ROOT / "tests" / "servers" / "ogx.txt"
PROGRAM = HOME / "bin" / "ogx"
_PROBE = "import sys, venv; sys.exit(sys.version_info < (3, 12))"


def prepare(environment: Environment) -> str:
    """Have it installed with this environment's uv.

    Returns:
        The program, or `""` where it cannot be had.
    """
    stamp = HOME / "made-from"
    if PROGRAM.exists() and stamp.exists() and stamp.read_bytes() == NEEDED.read_bytes():
        return str(PROGRAM)
    python = next(filter(_fits, _candidates()), "")
    if not python:
        say("No Python 3.12 or newer is here, so the tests that ask through OGX will be skipped.")
        say("  To have them: install one, or name it with OGX_PYTHON=/path/to/python3.12")
        return ""
    say(f"Installing OGX into {HOME.relative_to(ROOT)} with {python} (less than a minute)")
    uv = environment.uv_into(HOME / "bin" / "python")
    pip = (str(HOME / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check")
    if not _done(python, "-m", "venv", "--clear", str(HOME)) or not (_install(*uv) or _install(*pip)):
        say("OGX could not be installed, so the tests that ask through it will be skipped.")
        return ""
    stamp.write_bytes(NEEDED.read_bytes())
    return str(PROGRAM)


def _install(*installer: str) -> bool:
    # It asks for all of litellm's packages, and needs one table out of it.
    return _done(*installer, "--quiet", "-r", str(NEEDED)) and _done(
        *installer, "--quiet", "--no-deps", "litellm"
    )


def _done(*command: str) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def _candidates() -> list[str]:
    named = [os.environ.get("OGX_PYTHON", ""), shutil.which("python3.13"), shutil.which("python3.12")]
    pyenv = sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python3"))
    return [*filter(None, named), sys.executable, *map(str, pyenv)]


def _fits(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", _PROBE], check=False, capture_output=True).returncode == 0
    except OSError:
        return False
