"""Spaced repetition in boxes: what goes well comes back later, what goes wrong comes back tomorrow.

Leitner's rule, a day at a time: see https://en.wikipedia.org/wiki/Leitner_system. No clock is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Outcome = Literal["alone", "helped", "missed"]
"""Right at the first try and without a hint; right in the end; not right."""

DAYS = (0, 1, 2, 4, 8, 16)
"""After how many days a skill in box 0 (new), 1 … 5 is due again."""

HIGHEST = len(DAYS) - 1


@dataclass(frozen=True, kw_only=True)
class Card:
    """A skill in its box.

    Attributes:
        box: 0 for new, then 1 to `HIGHEST`.
        seen: The last day on which it was practised.
        tried: Problems so far.
        alone: Those that were right at the first try and without a hint.
    """

    box: int = 0
    seen: date | None = None
    tried: int = 0
    alone: int = 0

    @property
    def due(self) -> date | None:
        """The day on which it should come back; None for one never practised."""
        return None if self.seen is None else self.seen + timedelta(days=DAYS[self.box])

    def is_due(self, today: date) -> bool:
        """It should be practised today."""
        return self.due is None or self.due <= today

    def practised(self, outcomes: Sequence[Outcome], day: date) -> Card:
        """The card after all problems of one day.

        Most of them alone: one box up, if it was due, since practising all day is not remembering. Most of them
        missed: back to the first box. Anything else leaves it where it is.
        """
        if not outcomes:
            return self
        alone, missed = outcomes.count("alone"), outcomes.count("missed")
        box = max(self.box, 1)
        if 2 * missed > len(outcomes):
            box = 1
        elif 4 * alone >= 3 * len(outcomes) and self.is_due(day):
            box = min(self.box + 1, HIGHEST)
        return replace(self, box=box, seen=day, tried=self.tried + len(outcomes), alone=self.alone + alone)
