"""Stores keep threads and assistants. Items are append-only nodes of a tree; a thread points to its head.

How to add one: a module with a class that satisfies `Store`, a case in `open_store`, and a fixture in
tests/stores/ that runs the conformance suite on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from assistant_magic.codec import Value, nested
from assistant_magic.events import RunStatus
from assistant_magic.items import Item, Usage


class Record(Value):
    """Something the store finds by its `id`. Times are seconds since the epoch (UTC)."""

    id: str


@dataclass(frozen=True, kw_only=True)
class ThreadRecord(Record):
    """A thread: where its current branch ends, which notebook it belongs to, and its own settings."""

    type: ClassVar[Literal["thread"]] = "thread"
    id: str
    title: str = ""
    notebook: str = ""
    head: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    created: float = 0.0
    updated: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RunRecord(Record):
    """A run: from the node before its prompt (`parent`) to its last node (`head`).

    `previous_head` is where the thread stood when the run began, which is what undo returns to.
    """

    type: ClassVar[Literal["run"]] = "run"
    id: str
    thread: str
    cell: str = ""
    model: str = ""
    status: RunStatus = "in_progress"
    reason: str = ""
    parent: str = ""
    head: str = ""
    previous_head: str = ""
    usage: Usage = nested(default=Usage())
    created: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class StateRecord(Record):
    """What a backend wants back on the branch that ends in `node`; `id` is `<backend>/<run>`."""

    type: ClassVar[Literal["state"]] = "state"
    id: str
    thread: str
    backend: str
    node: str
    data: Mapping[str, Any] = field(default_factory=dict)
    created: float = 0.0


@dataclass(frozen=True, kw_only=True)
class AssistantRecord(Record):
    """A saved assistant: its specification as JSON."""

    type: ClassVar[Literal["assistant"]] = "assistant"
    id: str
    name: str = ""
    spec: Mapping[str, Any] = field(default_factory=dict)
    created: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Node(Value):
    """An item at its place in the tree; the root's `parent` is empty."""

    type: ClassVar[Literal["node"]] = "node"
    id: str
    parent: str
    thread: str
    run: str
    item: Item = nested()
    created: float = 0.0


R = TypeVar("R", bound=Record)


class Store(Protocol):
    """Where threads live. Safe to use from several threads; every method is one transaction.

    Whoever opened a store closes it. Every failure is a `StoreError` that names the place and the cure.
    """

    def save(self, *records: Record) -> None:
        """Insert or replace records, all or none."""
        ...

    def find(self, kind: type[R], **where: str) -> list[R]:
        """Records of one kind whose fields equal `where`, oldest first."""
        ...

    def append(self, nodes: Sequence[Node], *records: Record) -> None:
        """Add nodes in order and save records, all or none. A node never changes afterwards."""
        ...

    def path(self, head: str, after: str = "") -> list[Node]:
        """The nodes from behind `after` to `head`, in order; from the root when `after` is not on the way."""
        ...

    def writer(self, thread: str) -> AbstractContextManager[None]:
        """Hold the right to append to a thread, across processes; freed by a crash of the holder.

        Raises:
            ThreadBusyError: Somebody else holds it; raised at once.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...


def default_url() -> str:
    """Where threads are kept unless a setting says otherwise: an SQLite file in Jupyter's data folder."""
    from jupyter_core.paths import jupyter_data_dir

    return f"sqlite:///{jupyter_data_dir()}/assistant_magic/threads.db"


def open_store(url: str) -> Store:
    """The store behind a SQLAlchemy URL (`sqlite:////path/file.db`, `postgresql+psycopg://…`), migrated."""
    from assistant_magic.stores.sql import SQLStore

    return SQLStore(url)
