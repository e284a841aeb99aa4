"""What keeping threads costs on SQLite, beside Python's sqlite3 running the same statements on an equal file.

The bare figure reads rows; ours also makes values of them, which is most of a whole path. A kernel reads that once and from
then on only what is behind the node it knows.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

from figures import Figure, median

from assistant_magic.items import assistant_message, user_message
from assistant_magic.stores import Node, Store, ThreadRecord, open_store

SIZES = (10, 1_000, 10_000)
APPEND_AIM, RECENT_AIM = 3.0, 2.0

INSERT = "INSERT INTO nodes (id, parent, thread, run, created, item) VALUES (?, ?, 't', 'r', 0.0, ?)"
UPSERT = (
    "INSERT INTO threads (id, notebook, created, data) VALUES ('t', '', 0.0, ?) ON CONFLICT (id) "
    "DO UPDATE SET notebook = excluded.notebook, created = excluded.created, data = excluded.data"
)
COLUMNS = "nodes.id, nodes.parent, nodes.thread, nodes.run, nodes.created, nodes.item"
PATH = (
    f"WITH RECURSIVE way (id, parent, thread, run, created, item, steps) AS (SELECT {COLUMNS}, 0 FROM nodes "
    f"WHERE id = ? UNION ALL SELECT {COLUMNS}, steps + 1 FROM nodes JOIN way ON nodes.id = way.parent "
    "WHERE nodes.id <> ?) SELECT * FROM way"
)


def measure() -> list[Figure]:
    """Milliseconds of one append, of a path behind a recent node, and of a whole path."""
    return [figure for size in SIZES for figure in _figures(size)]


def _figures(size: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Path(folder) / "ours.db", Path(folder) / "bare.db"
        for file in (ours, bare):
            store = _filled(file, size)
            store.close()
        store = open_store(f"sqlite:///{ours}")
        with closing(sqlite3.connect(bare)) as connection:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            figures = [
                _figure(
                    f"whole path of {size:,} nodes",
                    None,
                    _whole(store, size),
                    _rows(connection, size),
                ),
                _figure(
                    f"path behind a recent node of {size:,}",
                    RECENT_AIM,
                    _recent(store, size),
                    _rows(connection, size, _name(size - 5)),
                ),
                _figure(
                    f"append to {size:,} nodes", APPEND_AIM, _append(store, size), _insert(connection, size)
                ),
            ]
        store.close()
    return figures


def _figure(what: str, aim: float | None, ours: Callable[[], object], bare: Callable[[], object]) -> Figure:
    times = 7 if "whole" in what else 200
    # In turn, so that a busy moment of the machine meets both.
    pairs = [(_milliseconds(ours), _milliseconds(bare)) for _ in range(times + 1)][1:]
    beside = [("sqlite3", median([b for _, b in pairs]))]
    return Figure(what=what, ours=median([o for o, _ in pairs]), unit="ms", aim=aim, beside=beside)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _filled(file: Path, size: int) -> Store:
    store = open_store(f"sqlite:///{file}")
    store.append([_node(number) for number in range(size)], ThreadRecord(id="t", head=_name(size - 1)))
    return store


def _name(number: int) -> str:
    return f"node_{number:08d}"


def _node(number: int) -> Node:
    item = (assistant_message if number % 2 else user_message)(f"line {number} of a long conversation")
    parent = _name(number - 1) if number else ""
    return Node(id=_name(number), parent=parent, thread="t", run="r", item=item)


def _whole(store: Store, size: int) -> Callable[[], object]:
    return lambda: store.path(_name(size - 1))


def _recent(store: Store, size: int) -> Callable[[], object]:
    return lambda: store.path(_name(size - 1), after=_name(size - 5))


def _rows(connection: sqlite3.Connection, size: int, after: str = "") -> Callable[[], object]:
    return lambda: connection.execute(PATH, (_name(size - 1), after)).fetchall()


def _append(store: Store, size: int) -> Callable[[], object]:
    numbers = count(size)

    def append() -> None:
        number = next(numbers)
        store.append([_node(number)], ThreadRecord(id="t", head=_name(number)))

    return append


def _insert(connection: sqlite3.Connection, size: int) -> Callable[[], object]:
    numbers = count(size)

    def insert() -> None:
        number = next(numbers)
        node = _node(number)
        record = ThreadRecord(id="t", head=node.id)
        with connection:
            connection.execute(INSERT, (node.id, node.parent, json.dumps(node.item.to_json())))
            connection.execute(UPSERT, (json.dumps(record.to_json()),))

    return insert
