"""Which wrong rule leads to a wrong answer: named only when the rule gives that very answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor import slips
from assistant_magic.tutor.claims import Claim, NotReadError, read_claims
from assistant_magic.tutor.comparison import compare_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.problems import Attempt, Problem
from assistant_magic.tutor.read import Context, read
from assistant_magic.tutor.solutions import solution
from assistant_magic.tutor.symbols import from_sympy
from assistant_magic.tutor.verdicts import NO_COMPARISON


@dataclass(frozen=True, kw_only=True)
class Mistake(Value):
    """A wrong rule that gives the pupil's answer.

    Attributes:
        rule: Its name.
        message: What it is, for the pupil; it does not hold the right answer.
    """

    type: ClassVar[Literal["mistake"]] = "mistake"
    rule: str
    message: str


def diagnose(problem: str, answer: str, *, seconds: float = 5.0) -> tuple[Mistake, ...]:
    """The misconceptions that explain a wrong answer, the likeliest first; empty when none reproduces it exactly.

    Args:
        problem: The question as a pupil would type it: `solve 2x + 3 = 11`, `1/2 + 1/3`, `expand (x+3)^2`.
        answer: What the pupil answered.
        seconds: Time limit; nothing is diagnosed after it.
    """
    read_problem = problem_of(problem)
    if read_problem is None:
        return ()
    try:
        return diagnose_problem(read_problem, read_claims(answer), seconds=seconds)
    except NotReadError:
        return ()


def problem_of(text: str) -> Problem | None:
    """The problem a text asks, or None."""
    reading = read(text, Context())
    if isinstance(reading, Attempt):
        return reading.problem
    return reading if isinstance(reading, Problem) else None


def diagnose_problem(
    problem: Problem, given: tuple[Claim, ...], *, seconds: float = 5.0
) -> tuple[Mistake, ...]:
    """`diagnose` for a problem and an answer that were read before."""
    try:
        return within(seconds, lambda: _diagnosed(problem, given))
    except OutOfTimeError:
        return ()
    except NO_COMPARISON:
        return ()


def _diagnosed(problem: Problem, given: tuple[Claim, ...]) -> tuple[Mistake, ...]:
    right = solution(problem)
    if any(_same(claim, right) for claim in given):
        return ()
    found: dict[str, Mistake] = {}
    for rule, wrong in wrong_answers(problem):
        if rule not in found and any(_same(claim, wrong) for claim in given) and not _same(wrong, right):
            found[rule] = Mistake(rule=rule, message=phrase("mistake", rule))
    return tuple(found.values())


def _same(one: Claim, other: Claim) -> bool:
    try:
        finding = compare_claims(one, other, "")
    except NO_COMPARISON:
        return False
    # `+ C` makes no difference to what went wrong.
    return finding.status == "correct" or finding.reason == "extra_constant"


def wrong_answers(problem: Problem) -> Iterator[tuple[str, Claim]]:
    """What each wrong rule makes of a problem, with the name of the rule."""
    if problem.task == "inequality":
        yield from ((rule, Claim("", (node,))) for rule, node in slips.of_inequality(problem))
        return
    tasks = {"derivative": slips.of_derivative, "integral": slips.of_integral}
    if problem.task.startswith("solve"):
        wrong = slips.of_equation(problem)
    else:
        wrong = tasks.get(problem.task, slips.of_value)(problem)
    while True:
        try:
            rule, values = next(wrong)
            yield rule, Claim("", tuple(from_sympy(v) for v in values))
        except StopIteration:
            return
        except NO_COMPARISON:
            return
