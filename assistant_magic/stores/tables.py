"""The tables as queries see them; how they came to be is told by `migrations/`.

A record is kept whole as JSON in `data`; beside it stand only the columns it is found by.
"""

from __future__ import annotations

import sqlalchemy as sa

from assistant_magic.stores import AssistantRecord, Record, RunRecord, StateRecord, ThreadRecord

metadata = sa.MetaData()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _order() -> sa.Column[int]:
    # `created` comes from clocks and may be equal or run backwards; `seq` counts insertions.
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("seq", number, sa.Identity(), primary_key=True)


def _records(name: str, *columns: str) -> sa.Table:
    found_by = [_text(column) for column in columns]
    created = sa.Column("created", sa.Double, nullable=False)
    return sa.Table(name, metadata, _order(), _text("id"), *found_by, created, _text("data"))


nodes = sa.Table(
    "nodes",
    metadata,
    _order(),
    _text("id"),
    sa.Column("parent", sa.Text, sa.ForeignKey("nodes.id")),
    _text("thread"),
    _text("run"),
    sa.Column("created", sa.Double, nullable=False),
    _text("item"),
)

records: dict[type[Record], sa.Table] = {
    ThreadRecord: _records("threads", "notebook"),
    RunRecord: _records("runs", "thread", "cell", "parent"),
    StateRecord: _records("states", "thread", "backend", "node"),
    AssistantRecord: _records("assistants", "name"),
}
