"""The store on SQLite and PostgreSQL, through SQLAlchemy Core."""

from __future__ import annotations

import gc
import json
import os
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant_magic.codec import Value
from assistant_magic.exceptions import StoreError
from assistant_magic.items import Item
from assistant_magic.stores import Node, Record
from assistant_magic.stores.engines import make_engine, parse_url, place_of, reader_of, sqlite_file
from assistant_magic.stores.faults import faults_at
from assistant_magic.stores.locks import writer_locks
from assistant_magic.stores.migrations import migrate
from assistant_magic.stores.tables import nodes, records

R = TypeVar("R", bound=Record)
Row = dict[str, Any]
_OURS = {"seq", "data"}  # columns that are no fields of a record


class SQLStore:
    """A store behind an SQLAlchemy URL, opened and migrated.

    Args:
        url: `sqlite:////folder/threads.db`, `sqlite://` (in memory), or `postgresql://user@host/database`.

    Attributes:
        place: Where the threads are, in words that may be shown: a path, or an address without password.
    """

    def __init__(self, url: str) -> None:
        parsed = parse_url(url)
        self.place = place_of(parsed)
        with faults_at(self.place):
            self._engine = make_engine(parsed)
            migrate(self._engine, self.place)
        self._reader = reader_of(self._engine)
        self._locks = writer_locks(self._engine, self.place)
        if sqlite_file(parsed) or self._engine.dialect.name == "postgresql":
            _connected.add(self)

    def save(self, *changed: Record) -> None:
        """Insert or replace records, all or none."""
        self.append((), *changed)

    def find(self, kind: type[R], **where: str) -> list[R]:
        """Records of one kind whose fields equal `where`, oldest first.

        Fields without a column of their own are compared after reading; name one with a column beside them.
        """
        table = records[kind]
        if unknown := where.keys() - kind.__annotations__.keys():
            raise TypeError(f"{kind.__name__} has no field {min(unknown)!r}")
        query = sa.select(table.c.data).order_by(table.c.created, table.c.seq)
        indexed = where.keys() & (set(table.c.keys()) - _OURS)
        for name in indexed:
            query = query.where(table.c[name] == where[name])
        with faults_at(self.place):
            with self._reader.connect() as connection:
                texts = connection.scalars(query).all()
            found = [kind.from_json(data) for data in _load(texts)]
        others = where.keys() - indexed
        return [record for record in found if all(getattr(record, name) == where[name] for name in others)]

    def append(self, added: Sequence[Node], *changed: Record) -> None:
        """Add nodes in order and save records, all or none. A node never changes afterwards."""
        rows = [_node_row(node) for node in added]
        by_kind: dict[type[Record], list[Row]] = {}
        for record in changed:
            by_kind.setdefault(type(record), []).append(_record_row(record))
        with faults_at(self.place), self._engine.begin() as connection:
            if rows:
                connection.execute(sa.insert(nodes), rows)
            for kind, kind_rows in by_kind.items():
                connection.execute(_upsert(records[kind], connection.dialect.name), kind_rows)

    def path(self, head: str, after: str = "") -> list[Node]:
        """The nodes from behind `after` to `head`, in order; from the root when `after` is not on the way.

        Raises:
            StoreError: There is no node `head`.
        """
        if head == after:
            return []
        with faults_at(self.place), _collector_paused():
            with self._reader.connect() as connection:
                rows = connection.execute(_PATH, {"head": head, "after": after}).all()
            path = _built(rows)
        if not path:
            raise StoreError(f"there is no node {head} in the store {self.place}", "Begin a new thread.")
        return path

    def writer(self, thread: str) -> AbstractContextManager[None]:
        """Hold the right to append to a thread, across processes; freed by a crash of the holder.

        Nobody gets it twice, not even its holder.

        Raises:
            ThreadBusyError: Somebody else holds it; raised at once.
        """
        return self._locks.hold(thread)

    def close(self) -> None:
        """Release connections."""
        self._engine.dispose()


def _path_query() -> sa.Select[Any]:
    head, after = sa.bindparam("head", type_=sa.Text), sa.bindparam("after", type_=sa.Text)
    columns = (nodes.c.id, nodes.c.parent, nodes.c.thread, nodes.c.run, nodes.c.created, nodes.c.item)
    start = sa.select(*columns, sa.literal(0).label("steps")).where(nodes.c.id == head)
    way = start.cte("way", recursive=True)
    up = sa.select(*columns, way.c.steps + 1).join(way, nodes.c.id == way.c.parent)
    return sa.select(way.union_all(up.where(nodes.c.id != after)))


_PATH = _path_query()


@cache
def _upsert(table: sa.Table, dialect: str) -> sa.Insert:
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    kept = ("seq", "id")
    replaced = {column.name: insert.excluded[column.name] for column in table.c if column.name not in kept}
    return insert.on_conflict_do_update(index_elements=[table.c.id], set_=replaced)


def _node_row(node: Node) -> Row:
    return {
        "id": node.id,
        "parent": node.parent or None,
        "thread": node.thread,
        "run": node.run,
        "created": node.created,
        "item": _dump(node.item),
    }


def _record_row(record: Record) -> Row:
    columns = records[type(record)].c.keys()
    row = {name: getattr(record, name) for name in columns if name not in _OURS}
    return {**row, "data": _dump(record)}


def _built(rows: Iterable[Sequence[Any]]) -> list[Node]:
    # Sorted here, where it is free: a database would carry every item through its sorter.
    in_order = sorted(rows, key=itemgetter(-1), reverse=True)
    items = _load([row[-2] for row in in_order])
    return [
        Node(id=name, parent=parent or "", thread=thread, run=run, created=created, item=Item.from_json(item))
        for (name, parent, thread, run, created, _, _), item in zip(in_order, items, strict=True)
    ]


@contextmanager
def _collector_paused() -> Iterator[None]:
    # A long thread is a hundred thousand objects that all stay; to look through them again and again for
    # garbage takes longer than to make them.
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()


def _dump(value: Value) -> str:
    try:
        return json.dumps(value.to_json(), separators=(",", ":"))
    except (TypeError, ValueError) as exc:
        raise StoreError(
            f"a {value.type} is not JSON ({exc})", "Keep to text, numbers, lists and mappings."
        ) from exc


def _load(texts: Sequence[str]) -> list[Any]:
    # One document is read three times as fast as ten thousand small ones.
    return list(json.loads(f"[{','.join(texts)}]"))


# A store in memory is not among them: a fork copies it whole.
_connected: weakref.WeakSet[SQLStore] = weakref.WeakSet()
_inherited: list[sa.Pool] = []


def _forget_connections() -> None:
    # A forked child must not use its parent's connections, nor close them, which their end would do.
    for store in _connected:
        _inherited.append(store._engine.pool)  # noqa: SLF001  the store's own module
        store._engine.dispose(close=False)  # noqa: SLF001


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_connections)
