"""What code of tools has done in this kernel so far, and what the user has allowed. Kept in memory only."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from assistant_magic.namespace import Changes, Former, Snapshot

_KEPT = 50_000  # characters of earlier code that are remembered for each place


@dataclass
class Ledger:
    """One per assistant. Permissions are never written down: a file that comes with a notebook cannot hold any.

    Attributes:
        always: Threads and tools whose calls run without a question.
        undoable: What the last run that changed names replaced or deleted, latest last.
    """

    always: set[tuple[str, str]] = field(default_factory=set)
    undoable: list[Former] = field(default_factory=list)
    _ran: dict[str, list[str]] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)
    _begun: bool = False

    def begin(self) -> None:
        """A run begins: what it changes is what can be undone from then on."""
        self._begun = True

    def ran(self, place: str, code: str) -> None:
        """Code was allowed and ran in the executor called `place`."""
        earlier = self._ran.setdefault(place, [])
        earlier.append(code)
        while sum(map(len, earlier)) > _KEPT and len(earlier) > 1:
            earlier.pop(0)

    def earlier(self, place: str) -> tuple[str, ...]:
        """The code that ran there before, oldest first."""
        return tuple(self._ran.get(place, ()))

    def forget(self, place: str) -> None:
        """What ran in that executor is gone."""
        self._ran.pop(place, None)

    def users(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Of `names`, those that are the user's and not left by code of tools."""
        missing = object()
        return {name: value for name, value in names.items() if self._made.get(name, missing) is not value}

    def note(self, before: Snapshot, names: Mapping[str, Any]) -> Changes:
        """Note what code changed since `before`, and what can be put back."""
        changes = before.changes(names)
        if self._begun and changes:
            self.undoable.clear()
            self._begun = False
        made = (*changes.added, *(name for name in changes.rebound if name in self._made))
        self._made |= {name: names[name] for name in made}
        former = before.before(changes)
        former.settle(names)
        if changes:
            self.undoable.append(former)
        return changes

    def undo(self, names: MutableMapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Put names back as they were before the last run that changed any.

        Returns:
            The names that are as before, and those whose objects were changed in place and stay changed.
        """
        restored: dict[str, None] = {}
        stuck: dict[str, None] = {}
        while self.undoable:
            former = self.undoable.pop()
            restored |= dict.fromkeys(former.restore(names))
            stuck |= dict.fromkeys(former.changes.changed)
        return tuple(restored), tuple(stuck)
