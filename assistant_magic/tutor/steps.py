"""Worked solutions, line by line; a line is shown only when it was proved to follow from the one above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.moves import check_move
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.solutions import solution
from assistant_magic.tutor.verdicts import NO_COMPARISON, check_claims
from assistant_magic.tutor.working import Line, lines_of


@dataclass(frozen=True, kw_only=True)
class Step(Value):
    """One line of a worked solution.

    Attributes:
        rule: What was done, in words; "" for the question itself.
        latex: The line.
    """

    type: ClassVar[Literal["step"]] = "step"
    rule: str
    latex: str


def solve_steps(problem: str, *, seconds: float = 10.0) -> tuple[Step, ...]:
    """A worked solution of a problem as a pupil would type it; empty where none can be proved.

    Linear and quadratic equations, linear inequalities, simultaneous equations, arithmetic with fractions,
    powers, roots and percentages, expanding, factoring, putting values in, derivatives and integrals.
    """
    found = problem_of(problem)
    return steps_of(found, seconds=seconds) if found is not None else ()


def steps_of(problem: Problem, *, seconds: float = 10.0) -> tuple[Step, ...]:
    """`solve_steps` for a problem that was read before."""
    try:
        return within(seconds, lambda: tuple(_proved(problem)))
    except OutOfTimeError:
        return ()
    except NO_COMPARISON:
        return ()


def _proved(problem: Problem) -> Iterator[Step]:
    """All lines or none: a solution with a gap teaches nothing."""
    lines = list(lines_of(problem))
    for before, after in pairwise(lines):
        if not _follows(problem, before, after):
            return
    answer = solution(problem)
    if len(lines) < 2 or not _is_answer(problem, lines[-1], answer):
        return
    yield Step(rule="", latex=_latex(lines[0]))
    for line in lines[1:]:
        yield Step(rule=phrase("rule", line.rule), latex=_latex(line))


def _follows(problem: Problem, before: Line, after: Line) -> bool:
    if before.operator:
        # d/dx and ∫ are no expressions: the line below is compared with SymPy's own result.
        return _is_operated(problem, before, after)
    return check_move(before.claim, after.claim).status == "correct"


def _is_operated(problem: Problem, before: Line, after: Line) -> bool:
    form = "up_to_constant" if before.operator == "integral" else ""
    return check_claims([after.claim], [solution(problem)], form).status == "correct"


def _is_answer(problem: Problem, last: Line, answer: Claim) -> bool:
    form = "up_to_constant" if problem.task == "integral" and len(problem.of) == 1 else ""
    return check_claims([last.claim], [answer], form).status == "correct"


def _latex(line: Line) -> str:
    body = line.joint.join(latex(node) for node in line.claim.nodes)
    if line.operator == "derivative":
        return rf"\frac{{d}}{{d{line.letter}}}\left({body}\right)"
    if line.operator == "integral":
        return rf"\int {body} \, d{line.letter}"
    return body


def as_markdown(steps: tuple[Step, ...]) -> str:
    """The lines below each other, each with what was done."""
    return "\n\n".join(
        f"{step.rule}\n\n$${step.latex}$$" if step.rule else f"$${step.latex}$$" for step in steps
    )
