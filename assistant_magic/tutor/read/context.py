"""What a thread remembers: results, the last problem, definitions, the problem still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.expressions import Node, parse
from assistant_magic.tutor.problems import Problem


@dataclass(frozen=True, kw_only=True)
class Context(Value):
    """The state of a dialogue, as it goes to JSON.

    Attributes:
        results: What came out so far, exact and unrounded, in SymPy's syntax; the oldest first.
        problem: The last problem that was answered or is being answered.
        open: A problem the pupil works at; a bare value is an attempt at it.
        names: What letters stand for: `p` → `x**2 + 5*x + 6`.
        attempts: How often the open problem was tried.
        pending: A text that could not be read for want of a number or expression.
    """

    type: ClassVar[str] = "tutor_context"
    results: tuple[str, ...] = ()
    problem: Problem | None = nested(default=None)
    open: Problem | None = nested(default=None)
    names: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    pending: str = ""

    def result(self, which: str = "last") -> Node | None:
        """A result by what people call it: `last`, `first`, `second`; None if there is none."""
        if not self.results:
            return None
        place = {"first": 0, "second": 1}.get(which, -1)
        try:
            return parse(self.results[place])
        except (IndexError, ValueError):
            return None

    def definition(self, letter: str) -> Node | None:
        """What a letter was said to stand for."""
        return parse(self.names[letter]) if letter in self.names else None

    @property
    def expression(self) -> Node | None:
        """What 'it' is: the last result, or what the last problem was about."""
        found = self.result()
        if found is not None:
            return found
        return self.problem.nodes[0] if self.problem and self.problem.of else None
