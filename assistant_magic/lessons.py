"""What pupils did in conversations: the lessons that a guarded backend keeps with a thread, as lines of a logbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant_magic.stores import RunRecord, StateRecord, Store
from assistant_magic.tutor.examples import topic_of
from assistant_magic.tutor.hints import LEVELS
from assistant_magic.tutor.lesson import Lesson
from assistant_magic.tutor.logbook import Deed, Entry
from assistant_magic.tutor.phrases import phrase

__all__ = ["lessons_of"]


def lessons_of(store: Store, pupil: str) -> Sequence[Entry]:
    """Problems, attempts with verdicts, and hints of all threads whose answers were held back.

    Args:
        store: The threads.
        pupil: Whose they are.
    """
    runs = {run.id: run for run in store.find(RunRecord)}
    threads: dict[str, list[tuple[RunRecord, Lesson]]] = {}
    for state in store.find(StateRecord):
        run = runs.get(state.id.rpartition("/")[2])
        if run is not None and "lesson" in state.data:
            threads.setdefault(state.thread, []).append((run, Lesson.from_json(state.data["lesson"])))
    return [
        replace(line, pupil=pupil)
        for lessons in threads.values()
        for line in _lines(sorted(lessons, key=lambda pair: pair[0].created))
    ]


def _lines(lessons: Sequence[tuple[RunRecord, Lesson]]) -> Iterator[Entry]:
    before, number = Lesson(), 0
    for run, lesson in lessons:
        if lesson.problem is None:
            continue
        if lesson.problem != before.problem:
            number += 1
            before = Lesson(problem=lesson.problem)
            yield _line("asked", run, number, lesson)
        verdict = lesson.verdict
        if verdict is not None and lesson.attempts != before.attempts:
            said = lesson.attempts[-1] if lesson.attempts else ""
            attempt = _line("attempt", run, number, lesson)
            yield replace(attempt, text=said, status=verdict.status, reason=verdict.reason)
        if lesson.hints > before.hints:
            yield replace(_line("hint", run, number, lesson), rung=min(lesson.hints, LEVELS))
        if lesson.revealed and not before.revealed:
            yield _line("reveal", run, number, lesson)
        before = lesson


def _line(deed: Deed, run: RunRecord, number: int, lesson: Lesson) -> Entry:
    return Entry(
        at=run.created,
        quiz=run.thread,
        number=number,
        deed=deed,
        title=phrase("report", "conversation"),
        topic=topic_of(lesson.problem),
        question=lesson.question,
        model=run.model,
    )
