"""Frames: which concepts and which pieces of mathematics make which problem.

A frame is tried when its own concepts are all in the sentence and the sentence has no others than those and
the optional ones. It takes chunks from the sentence; unless it takes all of them, nothing was understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Set as AbstractSet
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
    free: bool = False

    def fits(self, sentence: Sentence, concepts: AbstractSet[str]) -> bool:
        """Its concepts are there and no foreign ones; `concepts` are all that the sentence has."""
        if not self.needs <= concepts or (sentence.unknown and not self.free):
            return False
        allowed = self.needs | self.may | FORMS.keys() | _NEUTRAL
        if any("EVEN" in m and not m & (allowed - {"FILLER"}) for m in sentence.meanings):
            return False  # "the even numbers in 1, 2, 3": no filler
        return all(meanings & allowed for meanings in sentence.meanings)


FORMS: dict[str, str] = {
    "AS_FRACTION": "fraction",
    "AS_DECIMAL": "decimal",
    "AS_MIXED": "mixed",
    "AS_PERCENT": "percent",
    "IN_PI": "pi",
    "EXACT": "exact",
    "SURD": "surd",
    "SIMPLEST": "simplest",
    "STANDARD_FORM": "standard",
}
_NEUTRAL = frozenset(
    [
        "FILLER",
        "CORRECT",
        "EXACT",
        "SIMPLEST",
        "NOT_DECIMAL",
        "COMPLETELY",
        "REAL",
        "NO_UNITS",
        "WHAT_NUMBER",
        "CLAIM",
        "REVEAL",
        "YES_NO",
        "ALWAYS",
        "FORGET",
        "IS_IT",
        "JUDGE",
        "CORRECTION",
        "EQUALLY",
    ]
)
_frames: list[Frame] = []


def frame(needs: str, may: str = "", *, free: bool = False) -> Callable[[Build], Build]:
    """Declare a frame by its concepts, as in `@frame("DERIVATIVE", may="RESPECT")`.

    Args:
        needs: Concepts that must be there.
        may: Concepts that may be there.
        free: Unknown words do not matter: the frame uses them itself.
    """

    def declare(build: Build) -> Build:
        _frames.append(Frame(frozenset(needs.split()), frozenset(may.split()), build, free))
        return build

    return declare


def read_frames(sentence: Sentence, context: Context) -> Reading:
    """The problem of the frame with the most concepts that uses up the sentence."""
    concepts = frozenset().union(*sentence.meanings)  # gathered once: there are hundreds of frames
    fitting = [f for f in _frames if f.fits(sentence, concepts)]
    for candidate in sorted(fitting, key=lambda f: -len(f.needs)):
        trial = sentence.copy()
        reading = candidate.build(trial, context)
        if reading is None or trial.left or _rounds_otherwise(sentence) or _has_a_gap(reading):
            continue
        return _finished(reading, sentence)
    return None


def _has_a_gap(reading: Problem | Decline) -> bool:
    """`3 x ?` computes nothing; only an equation says what stands there."""
    return isinstance(reading, Problem) and reading.task != "solve" and any(map(_GAP.search, reading.of))


_GAP = re.compile(r"\bbox\b")


def _rounds_otherwise(sentence: Sentence) -> bool:
    """`round 3.2 up to the nearest integer`, or to 1 place and then to none: not the usual rounding."""
    roundings = [p.node for p in sentence.parts if p.kind == "rounding"]
    one_way = sentence.says("up", "down") and not (sentence.has("ROUND_UP") or sentence.has("ROUND_DOWN"))
    return len(roundings) > 1 or (len(roundings) == 1 and one_way and sentence.says("round", "rounded"))


def _finished(reading: Problem | Decline, sentence: Sentence) -> Reading:
    if isinstance(reading, Decline):
        return reading
    forms = [form for concept, form in FORMS.items() if sentence.has(concept)]
    form = reading.form or (forms[0] if forms else "")
    rounding = () if reading.options.get("estimate") else reading.rounding or sentence.rounding
    return replace(reading, form=form, rounding=rounding)
