"""Real second processes: they hold locks, die in the middle of things and have fewer rights than the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
BEGIN = f"""
NOBODY = {NOBODY}
import os, signal, sys
import sqlalchemy as sa
from assistant_magic.exceptions import AssistantError
from assistant_magic.items import user_message
from assistant_magic.stores import Node, RunRecord, ThreadRecord, open_store

def say(*words):
    print(*words, flush=True)

def give_up_root():
    if not os.geteuid():
        open_store("sqlite://").close()  # imports what only root may read
        os.setgid(NOBODY)
        os.setuid(NOBODY)

def die_before(store, beginning):
    def check(connection, cursor, statement, *_):
        if statement.startswith(beginning):
            os.kill(os.getpid(), signal.SIGKILL)
    sa.event.listen(store._engine, "before_cursor_execute", check)
"""


@contextmanager
def started(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs `code` after some imports; ended when it is no longer needed."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that the process says; empty once it has ended."""
    assert process.stdout
    return process.stdout.readline().strip()


@contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """A folder that belongs to who calls `give_up_root`: root may write whatever its mode is."""
    folder = Path(tempfile.mkdtemp())
    if not os.geteuid():
        os.chown(folder, NOBODY, NOBODY)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
