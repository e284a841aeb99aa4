"""Programs outside Python that some tests use: found, installed where that is allowed, or asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from environment import BUILD, say


@dataclass(frozen=True, kw_only=True)
class Program:
    """Something to find on the machine.

    Attributes:
        name: What a person calls it.
        package: Its Debian package, and what it needs beside it.
        variable: Environment variable that names it, and that hands it to the tests.
        commands: What to look for in the search path.
        places: Patterns of files to look for besides.
        needed_for: What is left out without it.
    """

    name: str
    package: str
    variable: str
    commands: tuple[str, ...]
    places: tuple[str, ...]
    needed_for: str

    def find(self) -> str:
        """Its path, or an empty string."""
        named = os.environ.get(self.variable, "")
        if named:
            return shutil.which(named) or ""
        for command in self.commands:
            if path := shutil.which(command):
                return path
        found = [path for place in self.places for path in sorted(Path("/").glob(place.lstrip("/")))]
        return str(found[-1]) if found else ""

    def provide(self) -> str:
        """Its path, after installing it when this is Debian's root; says what to do where it stays missing."""
        if path := self.find():
            return path
        if shutil.which("apt-get") and os.geteuid() == 0:
            say(f"Installing {self.name}: apt-get install {self.package}")
            _apt_install(self.package)
            if path := self.find():
                return path
        say(f"{self.name} is missing, so {self.needed_for} will be skipped.")
        say(f"  To have it: sudo apt install {self.package}, or name it with {self.variable}=/path/to/it")
        return ""


CHROMIUM = Program(
    name="Chromium",
    package="chromium fonts-liberation",
    variable="CHROMIUM",
    commands=("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    places=(
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    needed_for="the tests in a browser",
)
POSTGRES = Program(
    name="PostgreSQL",
    package="postgresql",
    variable="POSTGRES",
    commands=("postgres",),
    places=("/usr/lib/postgresql/*/bin/postgres", "/opt/homebrew/opt/postgresql*/bin/postgres"),
    needed_for="the tests of a shared store",
)


def _apt_install(package: str) -> None:
    BUILD.mkdir(exist_ok=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (BUILD / f"apt-{package.split(maxsplit=1)[0]}.log").open("w") as log:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *package.split()]):
            subprocess.run(["apt-get", *command], stdout=log, stderr=log, env=quiet, check=False)
