"""One problem of a quiz: made by a rule or written by a teacher, and marked in one way."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor.attempts import word_verdict
from assistant_magic.tutor.claims import Claim, NotReadError, read_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.drills import RULES
from assistant_magic.tutor.forms import is_worked_out
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.solutions import can_solve, form_of, solution
from assistant_magic.tutor.symbols import UnreadableError
from assistant_magic.tutor.verdicts import Verdict, check_answer, check_claims

TOPICS = tuple(RULES)
LEVELS = (1, 2, 3)
_STEMS = {
    "factor": "factoring", "expand": "expanding", "differentiat": "derivatives", "integrat": "integrals",
    "inequalit": "inequalities", "power": "powers", "equation": "linear equations",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Exercise(Value):
    """A problem and how to tell whether it was answered.

    Attributes:
        question: As a pupil would type it, or in a teacher's words.
        topic: One of `TOPICS`, or the title of a teacher's sheet.
        level: 1 to 3; 0 for a teacher's own.
        expected: The right answer, where it is not computed from the question.
        form: How the answer must look, as in `check_answer`.
    """

    type: ClassVar[Literal["exercise"]] = "exercise"
    question: str
    topic: str = ""
    level: int = 0
    expected: str = ""
    form: str = ""

    @cached_property
    def problem(self) -> Problem | None:
        """What is asked, if the words can be read and its answer computed."""
        found = problem_of(self.question)
        return found if found is not None and can_solve(found) else None

    @property
    def wanted_form(self) -> str:
        """The form an answer is marked for: what is a number has to be worked out."""
        asked = self.form
        if not asked and not self.expected and self.problem is not None:
            asked = form_of(self.problem)
        return asked or ("worked_out" if self.answer is not None and _is_number(self.answer) else "")

    def mark(self, answer: str) -> Verdict:
        """Whether an answer is right; the same verdicts as `check_answer`."""
        if self.expected:
            return check_answer(answer, self.expected, self.wanted_form or None)
        right = self.answer
        if right is None:
            return check_answer(answer, "", None)
        unread = Verdict.because("unknown", "unread", text=answer)
        if right.kind == "word":
            return word_verdict(answer, right.text) or unread
        try:
            given = read_claims(answer)
        except NotReadError:
            return unread
        verdict = check_claims(given, [right], self.wanted_form)
        if verdict.status == "correct" and self._is_question(given[0]) and given[0].nodes != right.nodes:
            return Verdict.because("form", "unsolved")
        return verdict

    def _is_question(self, claim: Claim) -> bool:
        """The question itself, typed again."""
        return self.problem is not None and len(claim.nodes) == 1 and claim.nodes[0] in self.problem.nodes

    @cached_property
    def answer(self) -> Claim | None:
        """The right answer, computed from the question unless the teacher gave it."""
        try:
            if self.expected:
                return read_claims(self.expected)[0]
            problem = self.problem
            return None if problem is None else within(5, lambda: solution(problem))
        except (NotReadError, OutOfTimeError, UnreadableError):
            return None


def _is_number(claim: Claim) -> bool:
    return (
        len(claim.nodes) == 1
        and claim.nodes[0].head in {"num", "neg", "div", "mixed"}
        and is_worked_out(claim.nodes[0])
    )


def exercises(topic: str, level: int = 1, seed: int = 0) -> Iterator[Exercise]:
    """Problems without end, no two alike in a row of ten; the same ones for the same seed.

    Every problem is read and solved again before it is given; one whose computed answer is not the rule's
    own is left out.

    Raises:
        ValueError: There is no such topic or level.
    """
    name = topic_named(topic)
    if level not in LEVELS:
        raise ValueError(f"level {level}: levels are 1, 2 and 3")
    dice = random.Random(f"{name}/{level}/{seed}")  # noqa: S311  # nothing is secret about an exercise
    recent: list[str] = []
    while True:
        question, answer = RULES[name][level - 1](dice)
        exercise = Exercise(question=question, topic=name, level=level)
        if question in recent or exercise.mark(answer).status != "correct":
            continue
        recent = [*recent, question][-10:]
        yield exercise


def topic_named(words: str) -> str:
    """The topic that somebody means: its name, its beginning, or nearly that.

    Raises:
        ValueError: There is none.
    """
    wanted = " ".join(words.lower().replace("_", " ").split())
    for fits in (str.__eq__, str.startswith):
        found = [topic for topic in TOPICS if wanted and fits(topic, wanted)]
        if len(found) == 1:
            return found[0]
    close = difflib.get_close_matches(wanted, TOPICS, n=1, cutoff=0.75)
    if close:
        return close[0]
    raise ValueError(f"no problems on {words!r}; there are: {', '.join(TOPICS)}")


def topic_in(text: str) -> str:
    """The topic that a sentence names, in its own words or by the kind of problem; "" for none."""
    words = " ".join(text.lower().replace("-", " ").split())
    for topic in TOPICS:
        kind = topic.removesuffix(" equations")
        if kind.removesuffix("s") in words:
            return topic
    return next((topic for stem, topic in _STEMS.items() if stem in words), "")
