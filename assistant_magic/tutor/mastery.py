"""How far a pupil is: the skills of a logbook in their boxes, as a table and as a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.leitner import HIGHEST, Card, Outcome
from assistant_magic.tutor.logbook import Entry, Logbook
from assistant_magic.tutor.phrases import phrase


@dataclass(frozen=True, kw_only=True)
class Skill(Value):
    """One topic at one level.

    Attributes:
        topic: Its name.
        level: 1 to 3, or 0 for a teacher's own problems.
        box: 1 to 5; 5 is known well.
        tried: Problems so far.
        alone: Those right at the first try and without a hint.
        due: The day on which it should come back, as `2026-11-23`.
    """

    type: ClassVar[Literal["skill"]] = "skill"
    topic: str
    level: int
    box: int
    tried: int
    alone: int
    due: str

    @property
    def name(self) -> str:
        """Topic and level in words."""
        return phrase("quiz", "skill", topic=self.topic, level=self.level) if self.level else self.topic


@dataclass(frozen=True, kw_only=True)
class Progress(Value):
    """The skills of a pupil, those due first; a notebook shows it as a table.

    Attributes:
        today: The day it was computed for.
        skills: What was practised so far.
    """

    type: ClassVar[Literal["progress"]] = "progress"
    today: str
    skills: tuple[Skill, ...] = nested(default=())

    @property
    def due(self) -> tuple[Skill, ...]:
        """What should be practised today."""
        return tuple(skill for skill in self.skills if skill.due <= self.today)

    @property
    def markdown(self) -> str:
        """A table that reads well in a saved notebook."""
        if not self.skills:
            return phrase("quiz", "nothing_yet")
        rows = [f"| {' | '.join(phrase('quiz', 'columns').split(','))} |", "| --- | --- | ---: | --- |"]
        for skill in self.skills:
            due = phrase("quiz", "today") if skill.due <= self.today else skill.due
            topic = skill.name.replace("|", "\\|")
            rows.append(f"| {topic} | {_bar(skill.box)} | {skill.alone}/{skill.tried} | {due} |")
        return "\n".join(rows)

    def __str__(self) -> str:
        if not self.skills:
            return phrase("quiz", "nothing_yet")
        width = max(len(skill.name) for skill in self.skills)
        return "\n".join(
            f"{s.name:{width}}  {_bar(s.box)}  {s.alone}/{s.tried}  {s.due}" for s in self.skills
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": str(self)}

    def chart(self) -> Chart:
        """The same as a picture; words where there is no matplotlib."""
        return Chart(self)


@dataclass(frozen=True)
class Chart:
    """Bars of the boxes; a notebook shows it as a picture beside its words."""

    progress: Progress

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        words: dict[str, Any] = {"text/plain": str(self.progress)}
        picture = self.png() if self.progress.skills else None
        return words | ({"image/png": picture} if picture else {"text/markdown": self.progress.markdown})

    def png(self) -> bytes | None:
        """The picture, or None without matplotlib."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            return None
        from io import BytesIO

        skills = self.progress.skills[::-1]
        figure = Figure(figsize=(7, 1 + 0.36 * len(skills)), layout="constrained")
        axes = figure.subplots()
        colours = ["#d9822b" if s.due <= self.progress.today else "#2b7bba" for s in skills]
        bars = axes.barh([s.name for s in skills], [s.box for s in skills], color=colours)
        axes.bar_label(bars, [f"{s.alone}/{s.tried}" for s in skills], padding=4)
        axes.set_xlim(0, HIGHEST + 0.5)
        axes.set_xticks(range(HIGHEST + 1))
        axes.set_xlabel(phrase("quiz", "chart"))
        axes.spines[["top", "right"]].set_visible(False)
        out = BytesIO()
        figure.savefig(out, format="png", dpi=110)
        return out.getvalue()


def progress(logbook: Logbook | None = None, *, today: date | None = None) -> Progress:
    """How far the pupil of a logbook is; that of this machine, today, unless said otherwise."""
    day = today or local_day()
    cards = cards_of((logbook or Logbook()).entries())
    skills = [
        Skill(topic=topic, level=level, box=card.box, tried=card.tried, alone=card.alone, due=str(card.due))
        for (topic, level), card in cards.items()
    ]
    skills.sort(key=lambda skill: (skill.due > str(day), skill.box, skill.topic, skill.level))
    return Progress(today=str(day), skills=tuple(skills))


def local_day(at: float | None = None) -> date:
    """The day, where the pupil is, of seconds since the epoch; today by default."""
    return (datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)).astimezone().date()


def cards_of(entries: Iterable[Entry]) -> Mapping[tuple[str, int], Card]:
    """The card of each topic and level, from what was written about its problems."""
    by_day: dict[tuple[str, int], list[tuple[date, Outcome]]] = {}
    for lines in problems_of(entries):
        outcome = outcome_of(lines)
        if outcome is not None:
            day = local_day(lines[0].at)
            by_day.setdefault((lines[0].topic, lines[0].level), []).append((day, outcome))
    cards = {}
    for key, days in by_day.items():
        card = Card()
        for day, group in groupby(sorted(days, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
            card = card.practised([outcome for _, outcome in group], day)
        cards[key] = card
    return cards


def problems_of(entries: Iterable[Entry]) -> Sequence[Sequence[Entry]]:
    """The lines of each problem, in the order in which problems were asked."""
    found: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.quiz, entry.number), []).append(entry)
    return list(found.values())


def outcome_of(lines: Sequence[Entry]) -> Outcome | None:
    """What came of a problem; None for one that the pupil never tried."""
    deeds = [line for line in lines if line.deed != "asked"]
    tried = [line for line in deeds if line.deed == "attempt" and line.status != "unknown"]
    if any(line.deed == "reveal" for line in deeds):
        return "missed"
    if any(line.status == "correct" for line in tried):
        helped = any(line.deed == "hint" for line in deeds) or any(line.status == "wrong" for line in tried)
        return "helped" if helped else "alone"
    return "missed" if tried else None


def _bar(box: int) -> str:
    return "●" * box + "○" * (HIGHEST - box)
