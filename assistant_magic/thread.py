"""A thread: a durable conversation, held as the current branch of a tree of items."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import uuid4

from assistant_magic.exceptions import ThreadNotFoundError, UsageError
from assistant_magic.items import Item, Text, ToolCall, ToolResult
from assistant_magic.stores import Node, RunRecord, StateRecord, Store, ThreadRecord


@dataclass(frozen=True, kw_only=True)
class SavedState:
    """A backend's saved state as it applies to the current branch; see `TurnRequest`."""

    data: Mapping[str, Any] = field(default_factory=dict)
    known: int = 0
    stale: bool = False


class Thread:
    """Handle of one thread in a store.

    The branch is read once and then kept up by appending; `refresh` takes over what other processes wrote.
    A handle is used by one run at a time (the store's writer lock sees to it).
    """

    def __init__(self, store: Store, record: ThreadRecord) -> None:
        self.store = store
        self.record = record
        self._nodes: list[Node] = []
        self._items: list[Item] = []
        self._place: dict[str, int] = {}
        self._states: dict[str, StateRecord] = {}

    @classmethod
    def create(cls, store: Store, *, title: str = "", notebook: str = "", head: str = "") -> Self:
        """A new thread, saved at once."""
        now = time.time()
        record = ThreadRecord(
            id=f"thread_{uuid4().hex[:20]}",
            title=title,
            notebook=notebook,
            head=head,
            created=now,
            updated=now,
        )
        store.save(record)
        return cls(store, record)

    @classmethod
    def open(cls, store: Store, name: str) -> Self:
        """The thread with this id, the start of an id, or a title.

        Raises:
            ThreadNotFoundError: None, or several that fit equally well.
        """
        threads = store.find(ThreadRecord, id=name)
        if not threads:
            known = store.find(ThreadRecord)
            threads = [t for t in known if t.title == name] or [t for t in known if t.id.startswith(name)]
        if len(threads) != 1:
            what = f"{len(threads)} threads fit {name!r}" if threads else f"there is no thread {name!r}"
            raise ThreadNotFoundError(what, "`%assistant threads` lists them with their ids.")
        return cls(store, threads[0])

    @property
    def id(self) -> str:
        """Identifier, `thread_…`."""
        return self.record.id

    @property
    def title(self) -> str:
        """What people call it; by default the start of its first prompt."""
        return self.record.title

    @property
    def items(self) -> tuple[Item, ...]:
        """The current branch, oldest first."""
        self._load()
        return tuple(self._items)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The thread's own settings, which stand above the user's."""
        return self.record.settings

    def refresh(self) -> None:
        """Take over what another process did to this thread."""
        found = self.store.find(ThreadRecord, id=self.id)
        if not found:
            raise ThreadNotFoundError(f"thread {self.id} is gone", "`%assistant new` starts another one.")
        self.record = found[0]
        self._load()

    def update(self, **changes: Any) -> None:
        """Change fields of the record (`title`, `notebook`, `settings`, `head`) and save it.

        The rest of the record is taken from the store: another kernel may have moved the head since.
        """
        self.refresh()
        self.record = replace(self.record, updated=time.time(), **changes)
        self.store.save(self.record)
        self._load()

    def append(self, items: Iterable[Item], run: RunRecord, state: StateRecord | None = None) -> RunRecord:
        """Add items at the head and save run, thread and state in the same transaction.

        Returns:
            The run as saved, with its new head.
        """
        self._load()
        now, nodes, head = time.time(), [], self.record.head
        for item in items:
            node = Node(id=uuid4().hex, parent=head, thread=self.id, run=run.id, item=item, created=now)
            nodes.append(node)
            head = node.id
        run = replace(run, head=head)
        # Another kernel may have changed the settings or the title meanwhile; the head is the writer's.
        stored = self.store.find(ThreadRecord, id=self.id)
        record = replace(stored[0] if stored else self.record, head=head, updated=now)
        if state is not None:
            state = replace(state, node=head, created=now)
        self.store.append(nodes, run, record, *([state] if state else []))
        self.record = record
        self._extend(nodes)
        if state is not None:
            self._states[state.backend] = state
        return run

    def state(self, backend: str, run: str) -> SavedState:
        """What `backend` saved last on this branch, as seen from the run `run`."""
        self._load()
        saved = self._states.get(backend)
        if saved is None or saved.node not in self._place:
            saved = next(self._stored_states(backend), None)
        if saved is None:
            return SavedState()
        self._states[backend] = saved
        later = self.store.find(RunRecord, parent=saved.node)
        mine = {node.run for node in self._nodes[self._place[saved.node] + 1 :]} | {run}
        stale = any(r.id not in mine for r in later)
        return SavedState(data=saved.data, known=self._place[saved.node] + 1, stale=stale)

    def save_state(self, backend: str, data: Mapping[str, Any]) -> None:
        """Put other data in the place of what `backend` saved last on this branch; nothing when there is none."""
        self.state(backend, "")
        saved = self._states.get(backend)
        if saved is not None:
            self._states[backend] = replace(saved, data=data)
            self.store.save(self._states[backend])

    def unanswered(self) -> list[ToolCall]:
        """Tool calls of the current branch that have no result, in order."""
        open_calls: dict[str, ToolCall] = {}
        for item in self._tail():
            if isinstance(item, ToolCall):
                open_calls[item.call_id] = item
            elif isinstance(item, ToolResult):
                open_calls.pop(item.call_id, None)
        return list(open_calls.values())

    def runs(self) -> list[RunRecord]:
        """The runs of the current branch, oldest first."""
        self._load()
        order = {run: place for place, run in enumerate(dict.fromkeys(node.run for node in self._nodes))}
        found = [r for t in {n.thread for n in self._nodes} for r in self.store.find(RunRecord, thread=t)]
        return sorted((r for r in found if r.id in order), key=lambda r: order[r.id])

    def items_by_run(self) -> dict[str, list[Item]]:
        """The items of the current branch under the run that added them."""
        self._load()
        found: dict[str, list[Item]] = {}
        for node in self._nodes:
            found.setdefault(node.run, []).append(node.item)
        return found

    def versions(self, run: RunRecord) -> list[RunRecord]:
        """The runs that answer at the same place of the tree, oldest first, `run` among them."""
        return self.store.find(RunRecord, thread=run.thread, parent=run.parent)

    def switch(self, run: str) -> None:
        """Continue on the newest branch that `run` is on.

        Raises:
            UsageError: This thread has no such run.
        """
        found = self.store.find(RunRecord, thread=self.id, id=run)
        if not found:
            raise UsageError(f"there is no run {run}", "Reload the page to see the thread as it is.")
        last = found[0]
        while later := self.store.find(RunRecord, thread=self.id, parent=last.head):
            last = later[-1]
        self.update(head=last.head)

    def name_after(self, prompt: str) -> None:
        """Give an unnamed thread its first prompt, shortened, as title."""
        if not self.title:
            self.update(title=textwrap.shorten(prompt, 60, placeholder="…"))

    def rewind(self, cell: str) -> int:
        """Go back to before the run that a cell started on the current branch, if it did.

        Returns:
            How many later runs that leaves behind; they stay in the store, on a branch of their own.
        """
        self._load()
        order = list(dict.fromkeys(node.run for node in self._nodes))
        started = self.store.find(RunRecord, thread=self.id, cell=cell) if cell else []
        here = [run for run in started if run.id in order]
        if not here:
            return 0
        self.update(head=here[-1].parent)
        return len(order) - 1 - order.index(here[-1].id)

    def undo(self) -> RunRecord:
        """Return to where the thread stood before its last run, be it back in time or to another branch.

        Returns:
            The run that was undone.

        Raises:
            UsageError: There is nothing to undo.
            ThreadBusyError: The run that would be undone is going on, here or in another process.
        """
        with self.store.writer(self.id):
            self.refresh()
            last = self.store.find(RunRecord, id=self._nodes[-1].run) if self._nodes else []
            if not last:
                raise UsageError("nothing to undo", "This thread has no runs yet.")
            self.update(head=last[0].previous_head)
        return last[0]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer of this thread and of the conversation that it was opened from, or `ThreadBusyError`."""
        shared = self.settings.get("conversation")
        with self.store.writer(self.id), self.store.writer(shared) if shared else nullcontext():
            yield

    def fork(self, title: str = "", notebook: str = "") -> Thread:
        """A new thread with the same past; costs nothing, whatever its length."""
        self.refresh()
        name = title or f"{self.title} (fork)"
        thread = Thread.create(self.store, title=name, notebook=notebook, head=self.record.head)
        thread.update(settings=self.settings)
        return thread

    def _load(self) -> None:
        head = self.record.head
        if head in self._place:
            self._truncate(self._place[head] + 1)
        elif not head:
            self._truncate(0)
        else:
            known = self._nodes[-1].id if self._nodes else ""
            nodes = self.store.path(head, after=known)
            if nodes[0].parent != known:
                self._truncate(0)
            self._extend(nodes)

    def _truncate(self, length: int) -> None:
        for node in self._nodes[length:]:
            del self._place[node.id]
        del self._nodes[length:], self._items[length:]

    def _extend(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._place[node.id] = len(self._nodes)
            self._nodes.append(node)
            self._items.append(node.item)

    def _tail(self) -> list[Item]:
        # Only the last run can have open calls: every run answers its own before the next one starts.
        self._load()
        start = len(self._nodes)
        while start and self._nodes[start - 1].run == self._nodes[-1].run:
            start -= 1
        return self._items[start:]

    def _stored_states(self, backend: str) -> Iterator[StateRecord]:
        runs = dict.fromkeys(node.run for node in reversed(self._nodes[-500:]))
        for run in runs:
            for found in self.store.find(StateRecord, id=f"{backend}/{run}"):
                if found.node in self._place:
                    yield found


def never_ran(call: ToolCall, reason: str = "the kernel went away") -> ToolResult:
    """The honest result of a call that has none, so that no thread is ever stuck."""
    text = f"interrupted: no result, {reason}"
    return ToolResult(call_id=call.call_id, name=call.name, status="interrupted", content=(Text(text=text),))
