"""Which problems come next: what somebody names, or what is due."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import cycle
from typing import Any

from assistant_magic.tutor.exercises import LEVELS, Exercise, exercises, topic_named
from assistant_magic.tutor.logbook import Logbook, LogbookError
from assistant_magic.tutor.mastery import Progress, Skill, local_day, progress
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.quizzes import Quiz

_KNOWN = 3
"""From this box on the next level is asked."""


def quiz(
    topic: str = "",
    level: int = 0,
    *,
    count: int = 5,
    seed: int | None = None,
    reveal: str = "always",
    logbook: Logbook | None = None,
    today: date | None = None,
) -> Quiz:
    """A quiz on a topic, or on what is due today.

    Args:
        topic: One of `exercises.TOPICS` or the beginning of one; empty for what is due.
        level: 1 to 3; 0 for the first that is not known yet.
        count: How many problems.
        seed: The same number gives the same problems; None for others each time.
        reveal: When an answer may be shown: `always`, `never` or `after_attempts(3)`.
        logbook: Where it is written down; the file of this machine by default.
        today: The day.

    Raises:
        ValueError: There is no such topic or level, or nothing is due.
    """
    kept = logbook or Logbook()
    known = _known(kept, today)
    dice = secrets.randbelow(10**6) if seed is None else seed
    if topic:
        name = topic_named(topic)
        chosen = [(name, level or next_level(name, known.skills))]
    else:
        chosen = [(skill.topic, skill.level) for skill in known.due if skill.level]
    if not chosen:
        raise ValueError(phrase("quiz", "nothing_due"))
    title = (
        phrase("quiz", "skill", topic=chosen[0][0], level=chosen[0][1]) if topic else phrase("quiz", "due")
    )
    return Quiz(_mixed(chosen, dice), title=title, count=count, reveal=reveal, logbook=kept)


def given(topic: str, level: int) -> dict[str, Any]:
    """One problem for a model to ask, as JSON; nothing is written down before it is answered.

    Raises:
        ValueError: There is no such topic or level, or nothing is due.
    """
    known = _known(Logbook(), None)
    name, step = (topic_named(topic), level) if topic else _first_due(known)
    exercise = next(exercises(name, step or next_level(name, known.skills), secrets.randbelow(10**6)))
    return {"topic": exercise.topic, "level": exercise.level, "problem": exercise.question}


def marked(topic: str, level: int, problem: str, answer: str) -> dict[str, Any]:
    """The verdict on an answer to a problem, as JSON; problem and answer are written down.

    Raises:
        ValueError: The problem cannot be answered here.
    """
    exercise = Exercise(question=problem, topic=topic_named(topic) if topic else "", level=level)
    if exercise.problem is None:
        raise ValueError(f"I cannot answer {problem!r} myself; use check_answer with the expected answer")
    # A second answer to the same problem on the same day belongs to the same sitting.
    sitting = Quiz(
        [exercise], title=phrase("quiz", "asked"), logbook=Logbook(), key=f"{local_day()}/{problem}"
    )
    return sitting.answer(answer).to_json()


def next_level(topic: str, skills: Sequence[Skill]) -> int:
    """The first level of a topic that is not known yet."""
    boxes = {skill.level: skill.box for skill in skills if skill.topic == topic}
    return next((level for level in LEVELS if boxes.get(level, 0) < _KNOWN), LEVELS[-1])


def _first_due(known: Progress) -> tuple[str, int]:
    due = [skill for skill in known.due if skill.level]
    if not due:
        raise ValueError(phrase("quiz", "nothing_due"))
    return due[0].topic, due[0].level


def _known(logbook: Logbook, today: date | None) -> Progress:
    try:
        return progress(logbook, today=today)
    except LogbookError:
        # The quiz itself says that nothing is kept, at its first line.
        return Progress(today=str(today or local_day()))


def _mixed(chosen: Sequence[tuple[str, int]], seed: int) -> Iterator[Exercise]:
    """One problem of each skill in turn."""
    for source in cycle([exercises(topic, level, seed) for topic, level in chosen]):
        yield next(source)
