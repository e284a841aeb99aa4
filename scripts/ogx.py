"""Install OGX, a server of Responses and Conversations by others, into build/ogx for the tests that ask through it.

Needs a Python of at least 3.12: the first of the command line's argument, `python3.13`, `python3.12` and those of pyenv.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "ogx"
NEEDED = ROOT / "tests" / "servers" / "ogx.txt"


def main(named: list[str]) -> int:
    """Make the environment; 1 when there is no Python for it."""
    pyenv = sorted(Path.home().glob(".pyenv/versions/3.1[2-9]*/bin/python3"))
    candidates = [*named, shutil.which("python3.13"), shutil.which("python3.12"), *map(str, pyenv)]
    python = next((found for found in candidates if found), "")
    if not python:
        print("OGX needs Python 3.12 or later: name one, as in `python scripts/ogx.py /usr/bin/python3.12`")
        return 1
    print(f"installing OGX into {HOME.relative_to(ROOT)} with {python} (a minute or two) …", flush=True)
    subprocess.run([python, "-m", "venv", str(HOME)], check=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", str(NEEDED)], check=True)
    subprocess.run([*pip, "--no-deps", "litellm"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
