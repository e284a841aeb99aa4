"""A quiz: problems one after another, marked, hinted at, written down, and readable as Markdown at any time."""

from __future__ import annotations

import getpass
import os
import secrets
import time
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from assistant_magic.tutor.attempts import is_cycling
from assistant_magic.tutor.claims import NotReadError, read_claims
from assistant_magic.tutor.exercises import Exercise
from assistant_magic.tutor.hints import LEVELS, Hint, hint_for
from assistant_magic.tutor.lesson import Reveal
from assistant_magic.tutor.logbook import Deed, Entry, Logbook, LogbookError
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.say.quiz_record import record
from assistant_magic.tutor.say.typeset import quoted, typeset_claim
from assistant_magic.tutor.steps import as_markdown, steps_of
from assistant_magic.tutor.verdicts import Verdict


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One problem and what the pupil has done about it.

    Attributes:
        exercise: The problem.
        deeds: Answers with their verdicts, and hints, in order.
        counted: How many answers count as honest attempts: the same guess again, or the next number, does not.
        shown: The answer, once it was shown.
        left: It was given up.
    """

    exercise: Exercise
    deeds: tuple[tuple[str, Verdict] | Hint, ...] = ()
    counted: int = 0
    shown: str = ""
    left: bool = False

    @property
    def answers(self) -> tuple[tuple[str, Verdict], ...]:
        """The pupil's answers."""
        return tuple(deed for deed in self.deeds if not isinstance(deed, Hint))

    @property
    def hints(self) -> tuple[Hint, ...]:
        """The hints that were given."""
        return tuple(deed for deed in self.deeds if isinstance(deed, Hint))

    @property
    def is_solved(self) -> bool:
        """The pupil said the right answer before it was shown."""
        return any(verdict.status == "correct" for _, verdict in self.answers)

    @property
    def is_over(self) -> bool:
        """Nothing more can be done about it."""
        return self.is_solved or self.left or bool(self.shown)


class Quiz:
    """A sitting. A notebook shows it as its record; every method changes the record.

    Args:
        exercises: The problems; only as many are taken as are asked.
        title: What it is called.
        count: How many problems at most.
        reveal: When an answer may be shown: `always`, `never` or `after_attempts(3)`.
        logbook: Where it is written down; None to keep nothing.
        clock: Seconds since the epoch.
        key: Names the sitting in the logbook; a random name by default.

    Attributes:
        total: How many problems there are.
        turns: The problems so far, the open one last.
        is_over: It has ended.
        trouble: Why progress is not kept, if it is not.
    """

    def __init__(
        self,
        exercises: Iterable[Exercise],
        *,
        title: str = "",
        count: int = 5,
        reveal: str = "always",
        logbook: Logbook | None = None,
        clock: Callable[[], float] = time.time,
        key: str = "",
    ) -> None:
        self.total = min(count, len(exercises)) if isinstance(exercises, Sized) else count
        self._rest = islice(iter(exercises), self.total)
        self._reveal = Reveal.parse(reveal)
        self._logbook = logbook
        self._clock = clock
        self._key = key or secrets.token_hex(6)
        self.title = title
        self.turns: list[Turn] = []
        self.is_over = False
        self.trouble = ""
        self._next_problem()

    @property
    def turn(self) -> Turn:
        """The problem on the table, or the last one."""
        return self.turns[-1]

    @property
    def can_answer(self) -> bool:
        """An answer would be marked."""
        return not self.is_over and not self.turn.is_over

    @property
    def can_show(self) -> bool:
        """The answer of the open problem may be shown."""
        needed = self._reveal.attempts
        return self.can_answer and needed is not None and self.turn.counted >= needed

    def answer(self, text: str) -> Verdict:
        """Mark an answer to the open problem."""
        if not self.can_answer:
            return Verdict.because("unknown", "no_problem")
        verdict = self.turn.exercise.mark(text.strip())
        earlier = [said for said, past in self.turn.answers if past.status != "unknown"]
        counts = verdict.status == "wrong" and not _cycles(text, earlier)
        self._change(deeds=(*self.turn.deeds, (text.strip(), verdict)), counted=self.turn.counted + counts)
        self._write("attempt", text=text.strip()[:400], status=verdict.status, reason=verdict.reason)
        self.is_over = self.turn.is_over and len(self.turns) == self.total
        return verdict

    def hint(self) -> Hint:
        """The next hint of the ladder; it does not hold the answer."""
        turn = self.turn
        level = min(len(turn.hints) + 1, LEVELS)
        problem = turn.exercise.problem
        last = next((said for said, verdict in reversed(turn.answers) if verdict.status == "wrong"), "")
        if problem is None or not self.can_answer:
            hint = Hint(level=level, kind="nudge", message=phrase("hint", "any"))
        else:
            hint = hint_for(problem, turn.exercise.question, level, last)
        if self.can_answer:
            self._change(deeds=(*turn.deeds, hint))
            self._write("hint", rung=hint.level)
        return hint

    def show(self) -> str:
        """The answer with its worked solution, where it may be shown by now.

        Raises:
            PermissionError: It may not.
        """
        if not self.can_show:
            raise PermissionError(phrase("quiz", "closed"))
        exercise = self.turn.exercise
        claim = exercise.answer
        said = phrase("quiz", "answer", answer=typeset_claim(claim) if claim else quoted(exercise.expected))
        steps = steps_of(exercise.problem) if exercise.problem is not None else ()
        shown = f"{said}\n\n{as_markdown(steps)}".strip()
        self._change(shown=shown)
        self._write("reveal")
        self.is_over = len(self.turns) == self.total
        return shown

    def next(self) -> None:
        """Go on to the next problem; an unsolved one is given up. After the last one the quiz is over."""
        self._leave()
        self._next_problem()

    def stop(self) -> None:
        """End the quiz here."""
        self._leave()
        self.is_over = True

    @property
    def markdown(self) -> str:
        """The record: every problem with what the pupil did about it, and how it ended."""
        return record(self)

    @property
    def score(self) -> tuple[int, int]:
        """How many problems were solved, and how many of them at the first try and without a hint."""
        solved = [turn for turn in self.turns if turn.is_solved]
        return len(solved), sum(not turn.hints and not turn.counted for turn in solved)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.markdown}

    def _next_problem(self) -> None:
        exercise = None if self.is_over else next(self._rest, None)
        if exercise is None:
            self.is_over = True
            return
        self.turns.append(Turn(exercise=exercise))
        self._write("asked")

    def _leave(self) -> None:
        if self.can_answer:
            self._change(left=True)
            self._write("left")

    def _change(self, **changes: Any) -> None:
        self.turns[-1] = replace(self.turn, **changes)

    def _write(self, deed: Deed, **values: Any) -> None:
        if self._logbook is None:
            return
        exercise = self.turn.exercise
        entry = Entry(
            at=self._clock(),
            quiz=self._key,
            number=len(self.turns),
            deed=deed,
            total=self.total,
            title=self.title,
            topic=exercise.topic,
            level=exercise.level,
            question=exercise.question,
            pupil=login(),
            **values,
        )
        try:
            self._logbook.add(entry)
        except LogbookError as error:
            # A full disk must not end a lesson.
            self.trouble, self._logbook = str(error), None


def _cycles(text: str, earlier: list[str]) -> bool:
    try:
        return is_cycling(read_claims(text)[0], tuple(earlier))
    except NotReadError:
        return True


def login() -> str:
    """Who works here: the hub's name of the pupil, else the system's."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):
        return ""
