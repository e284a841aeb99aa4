"""Virtual environments of this project: made once, and again only when what they are made from changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
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
        builds: Installing builds the JupyterLab part; otherwise it is taken as it is.
    """

    folder: Path
    constraints: Path
    extra: str
    builds: bool = True

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
        package = ROOT / "assistant_magic"
        made = (package / "_labextension" / "package.json", package / "_widget" / "chat.js")
        built = not self.builds or all(one.exists() for one in made)
        if stamp.exists() and stamp.read_text() == wanted and self.python.exists() and built:
            return self
        require_node()
        version = ".".join(map(str, sys.version_info[:3]))
        if not self._usable():
            say(f"Creating {self.folder.name} with Python {version}")
            venv.create(self.folder, clear=True, with_pip=True)
        stamp.unlink(missing_ok=True)
        say(
            f"Installing assistant_magic[{self.extra}] into {self.folder.name} (the first time takes a minute)"
        )
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

    def uv_into(self, python: Path) -> tuple[str, ...]:
        """The command with which this environment's uv installs for another interpreter, or for its own."""
        # Like pip, uv then trusts whom this machine trusts, behind a company's proxy too.
        return (str(self.python), "-m", "uv", "pip", "install", "--system-certs", "--python", str(python))

    def _usable(self) -> bool:
        probe = "import sys; print(sys.version_info[:3])"
        try:
            answer = subprocess.run([self.python, "-c", probe], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        return answer.stdout.strip() == str(sys.version_info[:3])

    def _install(self) -> None:
        pip = (
            str(self.python),
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--quiet",
        )
        uv = self.uv_into(self.python)
        wanted = ("--constraint", str(self.constraints), "--editable", f".[{self.extra}]")
        env = {} if self.builds else {"SKIP_JUPYTER_BUILDER": "1"}
        if _perform(*pip, "uv") and _perform(*uv, *wanted, env=env):
            return
        say("uv could not; pip tries, which takes longer but reads pip's own configuration")
        if not _perform(*pip, *wanted, env=env):
            shutil.rmtree(self.folder, ignore_errors=True)
            stop("pip could not install either; its reason stands above.")

    def _fingerprint(self) -> str:
        digest = hashlib.sha256(sys.version.encode())
        front_end = ROOT / "labextension"
        inputs = [
            *(ROOT / "pyproject.toml", self.constraints),
            *sorted(front_end.glob("*.json")),
            *sorted(p for name in ("src", "style", "schema") for p in (front_end / name).rglob("*.*")),
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


def _perform(*command: str, env: Mapping[str, str] | None = None) -> bool:
    surroundings = {**os.environ, **(env or {})}
    # On a terminal uv draws its own progress; elsewhere its list of packages would bury what matters.
    if sys.stderr.isatty():
        return subprocess.run(command, cwd=ROOT, env=surroundings, check=False).returncode == 0
    with subprocess.Popen(command, cwd=ROOT, env=surroundings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if not line.startswith((" + ", " - ", " ~ ", "WARNING: Location")):
                say(f"  {line.rstrip()}")
    return process.returncode == 0


MAIN = Environment(folder=ROOT / ".venv", constraints=ROOT / "constraints.txt", extra="dev")
LOWEST = Environment(
    folder=ROOT / ".venv-lowest", constraints=ROOT / "constraints-lowest.txt", extra="test", builds=False
)
