"""Who may append to a thread: one writer at a time, across processes."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import sqlalchemy as sa
from filelock import FileLock, Timeout

from assistant_magic.exceptions import ThreadBusyError
from assistant_magic.stores.engines import sqlite_file


class WriterLocks(Protocol):
    """The locks of one store."""

    def hold(self, thread: str) -> AbstractContextManager[None]:
        """Hold the lock of a thread, or raise `ThreadBusyError` at once."""
        ...


class MemoryLocks:
    """Locks between the threads of one process, for a store in its memory."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._guard = threading.Lock()

    @contextmanager
    def hold(self, thread: str) -> Iterator[None]:
        """Hold the lock of a thread, or raise `ThreadBusyError` at once."""
        with self._guard:
            if thread in self._held:
                raise _busy(thread, _me())
            self._held.add(thread)
        try:
            yield
        finally:
            with self._guard:
                self._held.remove(thread)


class FileLocks:
    """Locks on files in a folder; the operating system frees them when their holder dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, thread: str) -> Iterator[None]:
        """Hold the lock of a thread, or raise `ThreadBusyError` at once."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{quote(thread, safe='')}.lock"
        holder = path.with_suffix(".holder")
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as exc:
            raise _busy(thread, _read(holder)) from exc
        try:
            # Beside the lock, not in it: the lock's content belongs to filelock.
            with suppress(OSError):
                holder.write_text(_me())
            yield
        finally:
            with suppress(OSError):
                holder.unlink()
            lock.release()


def writer_locks(url: sa.URL) -> WriterLocks:
    """The locks that fit a store's URL."""
    file = sqlite_file(url)
    return FileLocks(file.with_name(f"{file.name}.locks")) if file else MemoryLocks()


def _me() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _read(holder: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return holder.read_text().strip()
    return ""


def _busy(thread: str, holder: str) -> ThreadBusyError:
    who = f" ({holder})" if holder else ""
    return ThreadBusyError(
        f"the thread {thread} is being written by another cell or kernel{who}",
        "Wait until it has answered, or go on in a fork: %assistant fork",
    )
