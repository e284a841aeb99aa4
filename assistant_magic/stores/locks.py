"""Who may append to a thread: one writer at a time, across processes."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import sqlalchemy as sa
from filelock import FileLock, Timeout

from assistant_magic.exceptions import ThreadBusyError
from assistant_magic.stores.engines import locks_folder, sqlite_file
from assistant_magic.stores.faults import faults_at


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
    """Locks on files beside an SQLite file; the operating system frees them when their holder dies."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def hold(self, thread: str) -> Iterator[None]:
        """Hold the lock of a thread, or raise `ThreadBusyError` at once."""
        with faults_at(str(self._file)):
            path = locks_folder(self._file) / f"{quote(thread, safe='')}.lock"
            # Beside the lock, not in it: the lock's content belongs to filelock.
            holder = path.with_suffix(".holder")
            lock = FileLock(path, timeout=0, thread_local=False)
            try:
                lock.acquire()
            except Timeout as exc:
                raise _busy(thread, _read(holder)) from exc
        with _ours(lock) as let_go:
            let_go.callback(lock.release)
            let_go.callback(_quietly, holder.unlink)
            with suppress(OSError):
                holder.write_text(_me())
            yield


class AdvisoryLocks:
    """Locks in a PostgreSQL server, each held by a connection of its own and freed when that ends."""

    def __init__(self, engine: sa.Engine, place: str) -> None:
        self._engine = engine
        self._place = place

    @contextmanager
    def hold(self, thread: str) -> Iterator[None]:
        """Hold the lock of a thread, or raise `ThreadBusyError` at once."""
        key = int.from_bytes(blake2b(thread.encode(), digest_size=8).digest(), signed=True)
        with faults_at(self._place):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
        with _ours(connection) as let_go:
            let_go.callback(_quietly, connection.close)
            with faults_at(self._place):
                self._take(connection, thread, key)
            # The server frees the lock of a closed connection, but perhaps not before our next question.
            unlock = sa.select(sa.func.pg_advisory_unlock(key))
            let_go.callback(_quietly, partial(connection.execute, unlock))
            yield

    def _take(self, connection: sa.Connection, thread: str, key: int) -> None:
        for setting, value in {"application_name": _me(), **_KEEPALIVES}.items():
            connection.execute(sa.select(sa.func.set_config(setting, value, False)))
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
            halves = {"upper": key >> 32 & 0xFFFFFFFF, "lower": key & 0xFFFFFFFF}
            raise _busy(thread, connection.scalar(_HOLDER, halves) or "")


# A holder whose machine vanished without a word is noticed within a minute, not after two hours.
_KEEPALIVES = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}

# https://www.postgresql.org/docs/current/view-pg-locks.html: a 64-bit key stands there in two halves.
_HOLDER = sa.text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
    "AND classid::bigint = :upper AND objid::bigint = :lower"
)


def writer_locks(engine: sa.Engine, place: str) -> WriterLocks:
    """The locks that fit a store."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLocks(engine, place)
    file = sqlite_file(engine.url)
    return FileLocks(file) if file else MemoryLocks()


_inherited: list[object] = []


@contextmanager
def _ours(lock: object) -> Iterator[ExitStack]:
    """A stack of what frees a lock; in a forked child it does nothing, for the lock is its parent's."""
    owner = os.getpid()
    with ExitStack() as let_go:
        try:
            yield let_go
        finally:
            if os.getpid() != owner:
                let_go.pop_all()
                _inherited.append(lock)  # its end would free it too


def _quietly(work: Callable[[], object]) -> None:
    # Nothing that fails here keeps the lock: it ends with the lock file's or the connection's end.
    with suppress(OSError, sa.exc.SQLAlchemyError):
        work()


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
