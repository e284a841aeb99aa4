"""What databases report, in words for the person whose threads they hold."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from assistant_magic.exceptions import StoreError

Words = tuple[str, str]
"""What happened, following the words "the store PLACE", and the cure."""

_SETTING = "or set another place: `%assistant set --user database sqlite:////folder/threads.db`."
_LOCKED = ("is locked by another program", "Close what has it open, then run the cell again.")
_NOT_WRITABLE = ("may not be written", f"Make the file and its folder writable, {_SETTING}")
_CLOSED = ("cannot be opened", f"Check that you may read and write its folder, {_SETTING}")
_FULL = (
    "cannot grow: the disk is full",
    "Free some space and run the cell again; nothing was stored by half.",
)
_DAMAGED = (
    "is damaged, or is not a store",
    f"Nothing in it was changed: put a backup in its place, move it away to begin anew, {_SETTING}",
)
_DISK = ("could not be read or written: the disk failed", f"Check the disk or the network drive, {_SETTING}")
_TAKEN = ("holds tables of another program", "Set a file or database of its own for the store.")
_CONFLICT = (
    "refused a node: it is there already, or its parent is missing",
    "The thread changed meanwhile; run the cell again.",
)
_REFUSED = ("did not let us in", "Check user, password and database in the address of the store.")
_UNREACHABLE = (
    "cannot be reached",
    "Start the server or check the address of the store, then run the cell again.",
)
_CROWDED = (
    "has no connection left",
    "Close kernels that are not needed, or raise max_connections on the server.",
)
_UNREADABLE = ("holds what this version cannot read", "Update with: pip install -U assistant-magic")
_FAULT = ("failed", "Run the cell again.")

_SQLITE: dict[int, Words] = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CONSTRAINT: _CONFLICT,
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest beginning counts.
_POSTGRES: dict[str, Words] = {
    "08": _UNREACHABLE,
    "23": _CONFLICT,
    "25006": _NOT_WRITABLE,
    "28": _REFUSED,
    "3D": _REFUSED,
    "42501": ("may not be used by this user", "Ask its owner for the right to create and write tables."),
    "42P07": _TAKEN,
    "53100": _FULL,
    "55P03": _LOCKED,
    "57P": _UNREACHABLE,
    "58": _DISK,
}


@contextmanager
def faults_at(place: str) -> Iterator[None]:
    """Raise every failure inside as one `StoreError` about the store at `place`."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError, ValueError) as exc:
        what, cure = _words(exc)
        cause = exc.orig if isinstance(exc, sa.exc.DBAPIError) else exc
        raise StoreError(f"the store {place} {what} ({_first_line(cause)})", cure) from exc


def _words(exc: Exception) -> Words:
    cause = exc.orig if isinstance(exc, sa.exc.DBAPIError) else exc
    if isinstance(cause, sqlite3.Error):
        return _sqlite_words(cause)
    if isinstance(cause, OSError):
        return _FULL if cause.errno in (errno.ENOSPC, errno.EDQUOT) else _CLOSED
    if isinstance(exc, sa.exc.DBAPIError):
        return _postgres_words(exc)
    if isinstance(exc, sa.exc.TimeoutError):
        return _LOCKED
    return _UNREADABLE if isinstance(exc, ValueError) else _FAULT


def _sqlite_words(cause: sqlite3.Error) -> Words:
    # Only errors that come from SQLite itself have a code; the lowest byte is the kind.
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if "already exists" in str(cause):
        return _TAKEN
    return _SQLITE.get(code, _FAULT)


def _postgres_words(exc: sa.exc.DBAPIError) -> Words:
    state = getattr(exc.orig, "sqlstate", None)
    if state:
        return next((_POSTGRES[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRES), _FAULT)
    if isinstance(exc, sa.exc.OperationalError | sa.exc.InterfaceError):
        # A refused connection has no code; the server's own word for it is FATAL.
        refused = _CROWDED if "too many" in str(exc.orig) else _REFUSED
        return refused if "FATAL" in str(exc.orig) else _UNREACHABLE
    return _FAULT


def _first_line(cause: BaseException | None) -> str:
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return next(iter(str(cause).splitlines()), type(cause).__name__)
