"""Numbered steps that bring a store to the form this version knows; forward only.

How to add one: a module `m002_what_changes.py` with `statements(dialect)`, named in `STEPS`. A step that has
been released never changes again.
"""

from __future__ import annotations

import time

import sqlalchemy as sa

from assistant_magic.exceptions import StoreError
from assistant_magic.stores.migrations import m001_threads_and_assistants

STEPS = (m001_threads_and_assistants,)

_ledger = sa.table("assistant_magic_migrations", sa.column("number"), sa.column("name"), sa.column("applied"))
_LEDGER = (
    "CREATE TABLE IF NOT EXISTS assistant_magic_migrations "
    "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied DOUBLE PRECISION NOT NULL)"
)
_POSTGRES_LOCK = 7_310_578_903_114_772_037  # any number, the same in every process


def migrate(engine: sa.Engine, place: str) -> None:
    """Apply the steps that are missing, all or none.

    Several processes may do so at once: the first one works, the others wait and find it done.

    Raises:
        StoreError: A newer version has written this store.
    """
    with engine.connect() as connection:
        if _steps_done(connection, place) == len(STEPS):
            return
    with engine.begin() as connection:
        _wait_for_turn(connection)
        connection.exec_driver_sql(_LEDGER)
        for number in range(_steps_done(connection, place) + 1, len(STEPS) + 1):
            step = STEPS[number - 1]
            for statement in step.statements(connection.dialect.name):
                connection.exec_driver_sql(statement)
            name = step.__name__.rpartition(".")[2]
            connection.execute(_ledger.insert().values(number=number, name=name, applied=time.time()))


def _wait_for_turn(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Python's sqlite3 opens a transaction only before INSERT and its like; ours starts with reading.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRES_LOCK)))


def _steps_done(connection: sa.Connection, place: str) -> int:
    if not sa.inspect(connection).has_table(_ledger.name):
        return 0
    done = int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(_ledger.c.number), 0))) or 0)
    if done > len(STEPS):
        raise StoreError(
            f"the store {place} was written by a newer version of assistant_magic",
            "Update with: pip install -U assistant-magic",
        )
    return done
