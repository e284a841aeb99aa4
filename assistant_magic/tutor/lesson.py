"""A pupil and an open problem: attempts, hints given, and whether the answer may be said yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.claims import Claim, NotReadError, read_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.expressions import RELATIONS, Node
from assistant_magic.tutor.hints import LEVELS, Hint, hint_for
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.reveal import Secret, gives_away, secret_of
from assistant_magic.tutor.say.numbers import exact
from assistant_magic.tutor.solutions import can_solve, form_of, solution
from assistant_magic.tutor.symbols import UnreadableError
from assistant_magic.tutor.verdicts import NO_COMPARISON, Verdict, check_claims

_KEPT = 5
_WORDS = {
    "yes": "yes", "yeah": "yes", "true": "yes", "it is": "yes", "no": "no", "nope": "no", "false": "no", "it isnt": "no",
    "even": "even", "odd": "odd", "neither": "neither",
}  # fmt: skip
"""What a pupil says for an answer that is a word."""


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
        problem: The open problem, or None.
        question: The words in which it was asked.
        attempts: The pupil's answers so far.
        counted: How many of them count as honest attempts: the same guess again, or the next number, does not.
        hints: How far up the ladder the pupil is.
        solved: The pupil has said the answer.
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
    verdict: Verdict | None = nested(default=None)
    earlier: tuple[Lesson, ...] = nested(default=())

    def heard(self, text: str) -> Lesson:
        """The lesson after the pupil wrote `text`: a new problem, an attempt at the open one, or neither."""
        if self.problem is not None and not self.solved:
            attempted = self._attempted(text)
            if attempted is not None:
                return attempted
        found = problem_of(text)
        if found is None or not can_solve(found) or found == self.problem:
            return replace(self, verdict=None)
        try:
            within(5, lambda: secret_of(found, text))
        except (OutOfTimeError, UnreadableError):
            return replace(self, verdict=None)
        left = () if self.problem is None or self.solved else (replace(self, earlier=(), verdict=None),)
        before = next(
            (one for one in self.earlier if one.problem == found), Lesson(problem=found, question=text)
        )
        kept = [one for one in self.earlier if one.problem != found]
        return replace(before, earlier=(*kept, *left)[-_KEPT:])

    def _attempted(self, text: str) -> Lesson | None:
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
        if _repeats(given[0], self.problem):
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
        if self.problem is None or self.solved:
            return False
        return reveal.attempts is None or self.counted < reveal.attempts

    def closed(self, reveal: Reveal) -> tuple[Lesson, ...]:
        """This lesson and those before it, as far as their answers may not be said."""
        return tuple(one for one in (self, *self.earlier) if one.is_closed(reveal))

    @property
    def secret(self) -> Secret:
        """What may not be said while the lesson is closed."""
        assert self.problem is not None
        problem = self.problem
        try:
            return within(5, lambda: secret_of(problem, self.question))
        except (OutOfTimeError, UnreadableError, *NO_COMPARISON):
            return Secret(self.question, problem.nodes, (), ())

    def hint(self) -> tuple[Hint, Lesson]:
        """The next hint of the ladder, one rung higher than the last, and the lesson after it."""
        assert self.problem is not None
        level = min(self.hints + 1, LEVELS)
        last = self.attempts[-1] if self.attempts else ""
        hint = hint_for(self.problem, self.question, level, last)
        return hint, replace(self, hints=level)

    def reply(self) -> tuple[str, Lesson]:
        """Words of the rules themselves: a verdict on an attempt, and a hint."""
        if self.solved:
            return phrase("hint", "right" if self.verdict is not None else "any"), self
        hint, lesson = self.hint()
        before = ""
        if self.verdict is not None:
            key = "right" if self.verdict.status == "correct" else "again"
            before = self.verdict.message if self.verdict.status == "form" else phrase("hint", key)
        text = f"{before}\n\n{hint.message}".strip()
        return (hint.message if gives_away(text, self.secret) else text), lesson


def _repeats(claim: Claim, problem: Problem) -> bool:
    """The problem itself, typed again, is no answer to it."""
    return len(claim.nodes) == 1 and claim.nodes[0] in problem.nodes


def word_verdict(text: str, word: str) -> Verdict | None:
    """Whether a pupil's yes, no, odd or digits of another base are the right ones; None for other words."""
    given = text.strip().strip(".!").lower()
    if given not in _WORDS and not (given.isalnum() and any(c.isdigit() for c in given)):
        return None
    right = given == word.lower() or _WORDS.get(given) == word.lower()
    return Verdict.because("correct", "same") if right else Verdict.because("wrong", "different")


def is_cycling(claim: Claim, earlier: tuple[str, ...]) -> bool:
    """The same guess again, or one beside an earlier one: trying numbers in turn is no attempt."""
    guess = _number(claim)
    for text in earlier:
        try:
            before = read_claims(text)[0]
        except NotReadError:
            continue
        if before.nodes == claim.nodes:
            return True
        number = _number(before)
        if guess is not None and number is not None and abs(guess - number) <= 1:
            return True
    return False


def _number(claim: Claim) -> float | None:
    if len(claim.nodes) != 1:
        return None
    node: Node = claim.nodes[0]
    value = exact(node.args[1] if node.head in RELATIONS else node)
    return None if value is None else float(value)
