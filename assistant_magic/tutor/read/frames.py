"""Frames: which concepts and which pieces of mathematics make which problem.

A frame is tried when its own concepts are all in the sentence and the sentence has no others than those and
the optional ones. It takes chunks from the sentence; unless it takes all of them, nothing was understood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant_magic.tutor.problems import Decline, Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.sentence import Sentence

Reading = Problem | Decline | None
Build = Callable[[Sentence, Context], Reading]


@dataclass(frozen=True, slots=True)
class Frame:
    """A way to ask for something."""

    needs: frozenset[str]
    may: frozenset[str]
    build: Build

    def fits(self, concepts: frozenset[str]) -> bool:
        """Its concepts are there and no foreign ones."""
        return self.needs <= concepts <= self.needs | self.may | FORMS.keys() | _NEUTRAL


FORMS: dict[str, str] = {
    "AS_FRACTION": "fraction",
    "AS_DECIMAL": "decimal",
    "AS_MIXED": "mixed",
    "AS_PERCENT": "percent",
    "IN_PI": "pi",
    "EXACT": "exact",
    "SURD": "surd",
    "SIMPLEST": "simplest",
}
_NEUTRAL = frozenset({"CORRECT", "ROUND", "ANSWER"})
_frames: list[Frame] = []


def frame(needs: str, may: str = "") -> Callable[[Build], Build]:
    """Declare a frame by its concepts, as in `@frame("DERIVATIVE", may="RESPECT")`."""

    def declare(build: Build) -> Build:
        _frames.append(Frame(frozenset(needs.split()), frozenset(may.split()), build))
        return build

    return declare


def read_frames(sentence: Sentence, context: Context) -> Reading:
    """The problem of the frame with the most concepts that uses up the sentence."""
    fitting = [f for f in _frames if f.fits(sentence.concepts)]
    for candidate in sorted(fitting, key=lambda f: -len(f.needs)):
        trial = sentence.copy()
        reading = candidate.build(trial, context)
        if reading is not None and not trial.left:
            return _finished(reading, sentence)
    return None


def _finished(reading: Problem | Decline, sentence: Sentence) -> Reading:
    if isinstance(reading, Decline):
        return reading
    forms = [form for concept, form in FORMS.items() if concept in sentence.concepts]
    form = reading.form or (forms[0] if forms else "")
    return replace(reading, form=form, rounding=reading.rounding or sentence.rounding)
