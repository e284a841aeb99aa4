"""A pupil and an open problem: attempts, hints given, and whether the answer may be said yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.attempts import is_another, is_cycling, may_ask, repeats, word_verdict
from assistant_magic.tutor.claims import NotReadError, read_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.hints import LEVELS, Hint, hint_for
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.questions import Question, after, questions_in
from assistant_magic.tutor.reveal import Secret, gives_away, numbers_in, secret_of
from assistant_magic.tutor.say.typeset import typeset_claim
from assistant_magic.tutor.solutions import can_solve, form_of, solution
from assistant_magic.tutor.steps import as_markdown, steps_of
from assistant_magic.tutor.symbols import UnreadableError
from assistant_magic.tutor.verdicts import NO_COMPARISON, Verdict, check_claims

_KEPT = 5


@dataclass(frozen=True)
class Reveal:
    """When the answer of an open problem may be said: `always`, `never`, or after so many attempts.

    Attributes:
        attempts: How many honest attempts open it; 0 always, None never.
    """

    attempts: int | None = 0

    @classmethod
    def parse(cls, text: str) -> Reveal:
        """`always`, `never` or `after_attempts(3)`.

        Raises:
            ValueError: It is none of these.
        """
        words = text.strip().replace(" ", "")
        if words in {"always", "never"}:
            return cls(0 if words == "always" else None)
        amount = words.removeprefix("after_attempts(").removesuffix(")")
        if not words.startswith("after_attempts(") or not amount.isdigit() or not int(amount):
            raise ValueError("reveal is always, never, or after_attempts(n) with n from 1")
        return cls(int(amount))

    def __str__(self) -> str:
        if self.attempts is None:
            return "never"
        return f"after_attempts({self.attempts})" if self.attempts else "always"


@dataclass(frozen=True, kw_only=True)
class Lesson(Value):
    """What is known of a pupil's work on the open problem; kept in the thread as JSON.

    Attributes:
        problem: The open problem; None where there is none, or none that can be read.
        question: The words in which it was asked, or "".
        attempts: The pupil's answers so far.
        counted: How many of them count as honest attempts: the same guess again, or the next number, does not.
        hints: How far up the ladder the pupil is.
        solved: The pupil has said the answer.
        revealed: The pupil was told the answer.
        verdict: What became of the last message, if it was an attempt.
        earlier: Lessons the pupil left unsolved for another problem; they stay closed.
    """

    type: ClassVar[Literal["lesson"]] = "lesson"
    problem: Problem | None = nested(default=None)
    question: str = ""
    attempts: tuple[str, ...] = ()
    counted: int = 0
    hints: int = 0
    solved: bool = False
    revealed: bool = False
    verdict: Verdict | None = nested(default=None)
    earlier: tuple[Lesson, ...] = nested(default=())

    def heard(self, text: str, *, unseen: bool = False) -> Lesson:
        """The lesson after the pupil wrote `text`: new problems, an attempt at an open one, or neither.

        Args:
            text: What the pupil wrote.
            unseen: A picture or a file came with it, so that there is more to the question than can be read here.
        """
        tried = self._tried(text)
        if tried is not None and (tried.solved or not (unseen or may_ask(text))):
            return tried
        questions = (Question(text),) if unseen else self._asked(text)
        read = [one.problem for one in questions if one.problem is not None]
        if tried is None or (read and (self.problem is None or is_another(text, read[0], self.problem))):
            return reduce(Lesson.turned_to, reversed(questions), replace(self, verdict=None))
        return reduce(Lesson.beside, [one for one in questions if one.problem is not None], tried)

    def _asked(self, text: str) -> Sequence[Question]:
        try:
            return within(5, lambda: questions_in(text, after(self.problem) if self.problem else None))
        except (OutOfTimeError, RecursionError):
            return (Question(text),)

    def turned_to(self, question: Question) -> Lesson:
        """The question is the open one now; an unsolved one before it stays closed."""
        lesson = self._of(question)
        if lesson is None or lesson.is_about(self):
            return self
        left = (replace(self, earlier=(), verdict=None),) if self.question and not self.solved else ()
        kept = [one for one in self.earlier if not one.is_about(lesson)]
        return replace(lesson, earlier=(*kept, *left)[-_KEPT:])

    def beside(self, question: Question) -> Lesson:
        """The question is closed too; the open one stays what it is."""
        lesson = self._of(question)
        if lesson is None or lesson.is_about(self) or any(one.is_about(lesson) for one in self.earlier):
            return self
        return replace(self, earlier=(*self.earlier, lesson)[-_KEPT:])

    def _of(self, question: Question) -> Lesson | None:
        """The lesson on a question, as far as it was left before; None where there is nothing to keep."""
        if question.problem is not None and not can_solve(question.problem):
            return None
        new = Lesson(problem=question.problem, question=question.text)
        if question.problem is not None and new.secret.kind == "unread":
            new = replace(new, problem=None)
        return next((one for one in self.earlier if one.is_about(new)), new)

    def is_about(self, other: Lesson) -> bool:
        """Both are about the same problem."""
        if self.problem is None:
            return other.problem is None and self.question == other.question
        return self.problem == other.problem

    def _tried(self, text: str) -> Lesson | None:
        """The lesson after an attempt: at the open problem, or the right answer of one before it."""
        own = None
        if self.question and not self.solved:
            own = self.attempted(text) if self.problem is not None else self.noted(text)
        if own is not None and (own.solved or own.problem is None):
            return own
        for one in reversed(self.earlier):
            tried = one.attempted(text) if one.problem is not None and not one.solved else None
            if tried is not None and tried.solved:
                left = [other for other in self.earlier if other is not one]
                left += [] if self.solved else [replace(self, earlier=(), verdict=None)]
                return replace(tried, earlier=tuple(left))
        if own is None:
            return None
        return replace(
            own, earlier=tuple(one.noted(text) or one if one.problem is None else one for one in own.earlier)
        )

    def noted(self, text: str) -> Lesson | None:
        """An attempt at a problem that cannot be read: nobody can mark it, but it counts."""
        try:
            given = read_claims(text)
        except NotReadError:
            return None
        counts = not is_cycling(given[0], self.attempts)
        attempts = (*self.attempts, text.strip())[-20:]
        return replace(self, attempts=attempts, counted=self.counted + counts, verdict=None)

    def attempted(self, text: str) -> Lesson | None:
        """The pupil answers: the text holds mathematics only, apart from small words."""
        assert self.problem is not None
        try:
            right = within(5, lambda: solution(self.problem))  # type: ignore[arg-type]  # it is not None here
        except (OutOfTimeError, UnreadableError):
            return None
        if right.kind == "word":
            return self._said(text, right.text)
        try:
            given = read_claims(text)
        except NotReadError:
            return None
        if repeats(given[0], self.problem):
            return None
        verdict = check_claims(given, [right], form_of(self.problem))
        if verdict.status == "unknown":
            return None
        said = verdict.status in {"correct", "form"} and verdict.reason not in {"unsolved", "domain"}
        counts = not said and not is_cycling(given[0], self.attempts)
        return replace(
            self,
            attempts=(*self.attempts, text.strip())[-20:],
            counted=self.counted + counts,
            solved=said and verdict.status == "correct",
            verdict=verdict,
        )

    def _said(self, text: str, word: str) -> Lesson | None:
        """The pupil answers in a word."""
        verdict = word_verdict(text, word)
        if verdict is None:
            return None
        right, given = verdict.status == "correct", text.strip().strip(".!").lower()
        counts = not right and given not in self.attempts
        return replace(
            self,
            attempts=(*self.attempts, given)[-20:],
            counted=self.counted + counts,
            solved=right,
            verdict=verdict,
        )

    def is_closed(self, reveal: Reveal) -> bool:
        """The answer of the open problem may not be said."""
        if not self.question or self.solved or self.revealed:
            return False
        return reveal.attempts is None or self.counted < reveal.attempts

    def closed(self, reveal: Reveal) -> tuple[Lesson, ...]:
        """This lesson and those before it, as far as their answers may not be said."""
        return tuple(one for one in (self, *self.earlier) if one.is_closed(reveal))

    def secrets(self, reveal: Reveal) -> tuple[Secret, ...]:
        """What may not be said: of this lesson and of those before it.

        Beside a problem that cannot be read, numbers stay free that the pupil has answered, or that stand in the
        problems which can be read.
        """
        lessons = (self, *self.earlier)
        texts = [text for one in lessons for text in one.attempts]
        texts += [one.question for one in lessons if one.problem is not None]
        free = tuple(number for text in texts for number in numbers_in(text))
        found = [one.secret for one in self.closed(reveal)]
        return tuple(replace(one, numbers=free) if one.kind == "unread" else one for one in found)

    @property
    def secret(self) -> Secret:
        """What may not be said while the lesson is closed; values of it that the pupil has found may be."""
        problem = self.problem
        if problem is None:
            return Secret(self.question, (), (), (), "unread")
        try:
            secret = within(5, lambda: secret_of(problem, self.question))
            found = within(5, lambda: self._found(problem))
        except (OutOfTimeError, UnreadableError, *NO_COMPARISON):
            return Secret(self.question, problem.nodes, (), (), "unread")
        return replace(secret, numbers=tuple(n for n in secret.numbers if n not in found))

    def _found(self, problem: Problem) -> Sequence[float]:
        """Numbers of attempts that are some of the answers, but not all of them."""
        right = solution(problem)
        found: list[float] = []
        for text in self.attempts:
            given = read_claims(text)
            verdict = check_claims(given, [right], form_of(problem))
            if verdict.reason == "missing" and len(given[0].nodes) <= len(right.nodes):
                found += numbers_in(text)
        return found

    def hint(self) -> tuple[Hint, Lesson]:
        """The next hint of the ladder, one rung higher than the last, and the lesson after it."""
        level = min(self.hints + 1, LEVELS)
        after_it = replace(self, hints=self.hints + 1)
        if self.problem is None:
            return Hint(level=level, kind="nudge", message=phrase("hint", "unread")), after_it
        last = self.attempts[-1] if self.attempts else ""
        return hint_for(self.problem, self.question, level, last, seed=self.hints), after_it

    def told(self) -> tuple[str, Lesson]:
        """The way to the answer, once it may be said, and the lesson after it."""
        assert self.problem is not None
        steps = steps_of(self.problem)
        if steps:
            text = f"{phrase('hint', 'open')}\n\n{as_markdown(steps)}"
        else:
            text = phrase("hint", "answer", answer=typeset_claim(solution(self.problem)))
        return text, replace(self, revealed=True)

    def reply(self, secrets: Sequence[Secret] = ()) -> tuple[str, Lesson]:
        """Words of the rules themselves: a verdict on an attempt, and a hint, which hold none of the `secrets`."""
        if self.solved:
            left = next(
                (one.question for one in reversed(self.earlier) if one.question and not one.solved), ""
            )
            said = phrase("hint", "right" if self.verdict is not None else "any")
            return f"{said}\n\n{phrase('hint', 'left', question=left)}" if left else said, self
        hint, lesson = self.hint()
        before = ""
        if self.verdict is not None:
            key = "right" if self.verdict.status == "correct" else "again"
            partly = self.verdict.status == "form" or self.verdict.reason == "missing"
            before = self.verdict.message if partly else phrase("hint", key)
        # No rule knows the answer of a problem that it cannot read, and no sentence of a rule says yes or no.
        known = (*secrets, self.secret) if self.problem is not None else secrets
        closed = [secret for secret in known if secret.kind not in {"unread", "word"}]
        texts = (f"{before}\n\n{hint.message}".strip(), hint.message)
        safe = (text for text in texts if not any(gives_away(text, secret) for secret in closed))
        return next(safe, phrase("hint", "any")), lesson
