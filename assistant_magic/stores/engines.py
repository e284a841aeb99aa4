"""Connections to SQLite and PostgreSQL, each set up the way a store of threads needs it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from assistant_magic.exceptions import MissingExtraError, StoreError

_MEMORY = (None, "", ":memory:")
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def parse_url(url: str) -> sa.URL:
    """The URL with its driver chosen and a path that does not depend on the working directory."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # The foreign message may quote the URL, and with it a password.
        raise StoreError("the address of the store is not a URL", _EXAMPLES) from None
    if parsed.drivername not in _DRIVERS:
        raise StoreError(f"no store for {parsed.drivername!r} addresses", _EXAMPLES)
    parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
    if file := sqlite_file(parsed):
        parsed = parsed.set(database=str(file.expanduser().absolute()))
    return parsed


_EXAMPLES = "Use sqlite:////folder/threads.db or postgresql://user:password@host/database"


def sqlite_file(url: sa.URL) -> Path | None:
    """The file of an SQLite URL; None for a store in memory and for PostgreSQL."""
    if not url.drivername.startswith("sqlite") or url.database in _MEMORY:
        return None
    return Path(str(url.database))


def place_of(url: sa.URL) -> str:
    """Where the store is, in words that may be shown: a path, or an address without its password."""
    if url.drivername.startswith("sqlite"):
        return str(sqlite_file(url) or "in memory")
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def make_engine(url: sa.URL) -> sa.Engine:
    """An engine for a parsed URL. Nothing is connected yet; the folder of a new SQLite file is made."""
    if url.drivername.startswith("sqlite"):
        return _sqlite(url)
    connect = {"connect_timeout": 10, "application_name": "assistant_magic"}
    try:
        # At most one connection stays open between runs: a class has many kernels, a server few places.
        return sa.create_engine(
            url, pool_size=1, max_overflow=4, pool_pre_ping=True, hide_parameters=True, connect_args=connect
        )
    except ImportError as exc:
        raise MissingExtraError("PostgreSQL needs the package psycopg", "postgres") from exc


def reader_of(engine: sa.Engine) -> sa.Engine:
    """The same connections for single questions: a server is spared the transaction around each."""
    if engine.dialect.name == "sqlite":
        return engine  # opens none for reading
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _sqlite(url: sa.URL) -> sa.Engine:
    if file := sqlite_file(url):
        _create_private(file)
        engine = sa.create_engine(url, hide_parameters=True)
    else:
        # One connection for all threads: each would otherwise see a database of its own.
        engine = sa.create_engine(
            url,
            hide_parameters=True,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False},
        )
    sa.event.listen(engine, "connect", _set_pragmas)
    return engine


def locks_folder(file: Path) -> Path:
    """The folder beside an SQLite file where its lock files are; made when it is missing."""
    folder = file.with_name(f"{file.name}.locks")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _create_private(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size:
        return
    # Two processes that turn on WAL at once fail as "locked" without waiting, so one of them does it alone.
    with FileLock(locks_folder(file) / ".new.lock", timeout=30):
        # SQLite itself would make the file readable for everybody; its WAL takes over the mode of the file.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")


def _set_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
