"""What a pupil asks for, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.expressions import Node, parse


@dataclass(frozen=True, kw_only=True)
class Problem(Value):
    """One question, ready to be planned, checked, hinted at or varied.

    Attributes:
        task: What is asked: `evaluate`, `solve`, `derivative`, `mean` …
        of: What it is asked of, each in SymPy's syntax (`x**2 - 4`, `Eq(x, 3)`, `[1, 2]`).
        options: What else the task needs to know, as plain JSON: `variable`, `lower`, `upper`, `order` …
        form: How the answer should look: `fraction`, `decimal`, `mixed`, `percent`, `surd`, `pi`, or "".
        rounding: `["places", 2]`, `["figures", 3]`, `["nearest", "100"]`, or empty.
    """

    type: ClassVar[Literal["problem"]] = "problem"
    task: str
    of: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    rounding: tuple[Any, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """`of` as trees."""
        return tuple(parse(text) for text in self.of)


def problem(task: str, *of: Node, **options: Any) -> Problem:
    """A problem from trees."""
    return Problem(task=task, of=tuple(str(node) for node in of), options=options)


@dataclass(frozen=True, kw_only=True)
class Decline(Value):
    """Nothing is computed, and why.

    Attributes:
        reason: `unread`, `ambiguous`, `missing`, `too_large`, `proof`, `picture` …
        words: What could not be read, or what is missing.
        readings: The ways the text can be read, in SymPy's syntax.
    """

    type: ClassVar[Literal["decline"]] = "decline"
    reason: str
    words: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attempt(Value):
    """The pupil says what comes out; whether that is right is computed.

    Attributes:
        problem: What it is an answer to.
        claim: What the pupil says, in SymPy's syntax; several values for several solutions.
    """

    type: ClassVar[Literal["attempt"]] = "attempt"
    problem: Problem = nested()
    claim: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Talk(Value):
    """What asks for words, not for a result.

    Attributes:
        kind: `hint`, `explain`, `chat`, `noted` (the pupil only gives data) or `quiz`.
        problem: What it is about, or None.
        names: What letters stand for from now on.
        value: A number or expression that 'it' means from now on, or "".
    """

    type: ClassVar[Literal["talk"]] = "talk"
    kind: str
    problem: Problem | None = nested(default=None)
    names: Mapping[str, str] = field(default_factory=dict)
    value: str = ""
