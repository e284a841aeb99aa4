"""Packages of Node that the tests need, installed from a lock file once, and again only when that changes."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from environment import ROOT, say


@dataclass(frozen=True)
class Packages:
    """A folder with a package.json and a package-lock.json.

    Attributes:
        folder: Where it is.
        needed_for: What is left out without them.
    """

    folder: Path
    needed_for: str

    def prepare(self) -> bool:
        """Have them installed; says what to do where that fails."""
        lock, stamp = self.folder / "package-lock.json", self.folder / "node_modules" / ".made-from"
        if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
            return True
        where = self.folder.relative_to(ROOT)
        npm = shutil.which("npm")
        if npm is None:
            say(f"npm is missing, so {self.needed_for} will be skipped: install Node 20 or newer.")
            return False
        say(f"Installing the packages of {where}")
        if subprocess.run([npm, "ci", "--silent"], cwd=self.folder, check=False).returncode:
            say(f"npm ci failed in {where}, so {self.needed_for} will be skipped; its reason stands above.")
            return False
        stamp.write_bytes(lock.read_bytes())
        return True


SERVERS = Packages(ROOT / "tests" / "servers", "the tests against a scripted server by others")
