"""Virtual environments of this project: made once, and again only when what they are made from changes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


def say(line: str) -> None:
    """Tell the person at the terminal what happens now."""
    print(line, flush=True)


def stop(what: str) -> None:
    """End with one line that says what is missing and how to get it."""
    sys.exit(what)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A folder with its own Python, this project (editable) and exact versions of all it needs.

    Attributes:
        folder: Where it is.
        constraints: File with the exact versions.
        extra: The group of optional packages to install.
    """

    folder: Path
    constraints: Path
    extra: str

    @property
    def bin(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.bin / ("python.exe" if os.name == "nt" else "python")

    def prepare(self) -> Environment:
        """Make it, or bring it up to date; returns at once when nothing changed."""
        stamp = self.folder / "made-from"
        wanted = self._fingerprint()
        if stamp.exists() and stamp.read_text() == wanted and self.python.exists():
            return self
        require_node()
        version = ".".join(map(str, sys.version_info[:3]))
        if not self._usable():
            say(f"Creating {self.folder.name} with Python {version}")
            venv.create(self.folder, clear=True, with_pip=True)
        stamp.unlink(missing_ok=True)
        say(f"Installing into {self.folder.name}: assistant_magic[{self.extra}] with {self.constraints.name}")
        self._install()
        stamp.write_text(wanted)
        return self

    def run(self, *command: str, check: bool = True, env: Mapping[str, str] | None = None) -> int:
        """Run a module or a script with this environment's interpreter and return its exit code."""
        surroundings = {**os.environ, **(env or {})}
        surroundings["PATH"] = f"{self.bin}{os.pathsep}{surroundings['PATH']}"
        surroundings["VIRTUAL_ENV"] = str(self.folder)
        surroundings.pop("PYTHONHOME", None)
        code = subprocess.run([self.python, *command], cwd=ROOT, env=surroundings, check=False).returncode
        if check and code:
            sys.exit(code)
        return code

    def _usable(self) -> bool:
        probe = "import sys; print(sys.version_info[:3])"
        try:
            answer = subprocess.run([self.python, "-c", probe], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        return answer.stdout.strip() == str(sys.version_info[:3])

    def _install(self) -> None:
        BUILD.mkdir(exist_ok=True)
        log = BUILD / f"install{self.folder.name}.log"
        command = [
            *(self.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"),
            *("--progress-bar", "off", "--constraint", self.constraints, "--editable", f".[{self.extra}]"),
        ]
        with log.open("w") as errors:
            pip = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
            assert pip.stdout is not None
            _report_progress(pip.stdout)
        if pip.wait():
            tail = "\n".join(log.read_text().splitlines()[-15:])
            shutil.rmtree(self.folder, ignore_errors=True)
            stop(f"{tail}\npip could not install; all it said is in {log.relative_to(ROOT)}")

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(sys.version.encode())
        front_end = ROOT / "labextension"
        inputs = [
            *(ROOT / "pyproject.toml", self.constraints),
            *(front_end / "package.json", front_end / "package-lock.json"),
            *sorted((front_end / "src").rglob("*.ts*")),
            *sorted((front_end / "style").rglob("*.css")),
        ]
        for path in inputs:
            if path.exists():
                digest.update(path.read_bytes())
        digest.update(str(self.folder).encode())
        return digest.hexdigest()


def require_node() -> None:
    """Stop unless Node 20 or newer is there to build the front end; without a front end nothing is needed."""
    if not (ROOT / "labextension" / "package.json").exists():
        return
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        stop(
            "Node 20 or newer is needed to build the JupyterLab part, and no node with npm was found: install it."
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < 20:
        stop(
            f"Node 20 or newer is needed to build the JupyterLab part; this one is {version.strip()}: update it."
        )


def _report_progress(lines: Iterable[str]) -> None:
    # One line per package is what a person wants to see of pip; on a terminal they share one line.
    count = 0
    width = shutil.get_terminal_size().columns - 1
    for line in lines:
        found = re.match(r"Collecting ([\w.-]+)|(Installing collected)", line)
        if not found:
            continue
        if found[2]:
            note = f"  {count} packages at hand, installing them"
        else:
            count += 1
            note = f"  {count:3d}  {found[1]}"
        if sys.stdout.isatty():
            print("\r" + note.ljust(width)[:width], end="", flush=True)
        elif found[2] or count % 25 == 0:
            say(note)
    if sys.stdout.isatty():
        print()


MAIN = Environment(folder=ROOT / ".venv", constraints=ROOT / "constraints.txt", extra="dev")
LOWEST = Environment(folder=ROOT / ".venv-lowest", constraints=ROOT / "constraints-lowest.txt", extra="test")
