"""What a thread remembers: results, the last problem, definitions, the problem still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.expressions import Node, listed, parse, walk
from assistant_magic.tutor.problems import Attempt, Problem

_PLACES = {"first": 0, "second": 1, "last": -1}


@dataclass(frozen=True, kw_only=True)
class Context(Value):
    """The state of a dialogue, as it goes to JSON.

    Attributes:
        results: What came out so far, exact and unrounded, in SymPy's syntax; the oldest first. An empty one is a
            question that got no answer: what 'it' means after that, nobody can know.
        asked: The problems that gave those results, in the same order.
        problem: The last problem that was answered or is being answered.
        open: A problem the pupil works at; a bare value is an attempt at it.
        attempt: The attempt that is being checked.
        names: What letters stand for: `p` → `x**2 + 5*x + 6`.
        attempts: How often the open problem was tried.
        pending: A text that could not be read for want of a number or expression.
    """

    type: ClassVar[str] = "tutor_context"
    results: tuple[str, ...] = ()
    asked: tuple[Problem, ...] = nested(default=())
    problem: Problem | None = nested(default=None)
    open: Problem | None = nested(default=None)
    attempt: Attempt | None = nested(default=None)
    names: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 0
    pending: str = ""

    @property
    def answered(self) -> bool:
        """The last question got its answer."""
        return not self.results or bool(self.results[-1])

    def result(self, which: str = "last") -> Node | None:
        """A result by what people call it: `last`, `first`, `both`, `price`; None if there is none."""
        if which in self.names:
            return parse(self.names[which])
        if which == "both":
            pair = self._values[-2:]
            clear = len(pair) > 1 and all(pair) and not self._goes_on
            return listed(*(parse(r) for r in pair)) if clear else None
        if which in {"larger", "smaller"}:
            return self._extreme(larger=which == "larger")
        if which == "all":
            found = self.result()
            return found if found is not None and found.head == "list" else self.result("both")
        values = self._values if which == "last" else self.results
        try:
            return parse(values[_PLACES[which]]) if which in _PLACES else None
        except (IndexError, ValueError):
            return None

    def _extreme(self, *, larger: bool) -> Node | None:
        """The larger or smaller of two solutions, else of the last two results."""
        from assistant_magic.tutor.say.numbers import exact

        recent = [parse(r) for r in reversed(self.results[-3:]) if r]
        lists = (node for node in recent if node.head == "list")
        both = (next(lists, None) or self.result("both")) if self.answered else None
        pairs = [(exact(a), a) for a in both.args] if both is not None else []
        known = [(value, node) for value, node in pairs if value is not None]
        if len(known) < 2 or len(known) < len(pairs):
            return None
        return (max if larger else min)(known, key=lambda pair: pair[0])[1]

    @property
    def _values(self) -> tuple[str, ...]:
        """Results that 'it' can mean: no yes or no."""
        return tuple(r for r in self.results if r not in {"True", "False"})

    @property
    def _goes_on(self) -> bool:
        """After three results the last of which was made of the one before: which two are meant?"""
        values = self._values
        if len(values) < 3 or not values[-2] or self.problem is None:
            return False
        return any(n == parse(values[-2]) for node in self.problem.nodes for n in walk(node))

    def definition(self, letter: str) -> Node | None:
        """What a letter was said to stand for."""
        return parse(self.names[letter]) if letter in self.names else None

    @property
    def equation(self) -> Node | None:
        """The last equation that was asked about."""
        if self.problem is None:
            return None
        problems = (self.problem, *reversed(self.asked))
        return next((n for p in problems for n in p.nodes[:1] if n.head == "Eq"), None)

    @property
    def expression(self) -> Node | None:
        """What 'it' is: the last result, or what the last problem was about."""
        found = self.result()
        if found is not None:
            return found
        return self.problem.nodes[0] if self.problem and self.problem.of else None
