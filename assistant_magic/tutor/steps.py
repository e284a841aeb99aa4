"""Worked solutions, line by line; a line is shown only when it was proved to follow from the one above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.proofs import is_proved
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.verdicts import NO_COMPARISON
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

    Linear, quadratic and rational equations, inequalities, simultaneous equations, arithmetic with fractions, powers,
    roots and percentages, expanding, factoring, putting values in, derivatives, integrals, limits and matrices.
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
    if len(lines) < 2 or not is_proved(problem, lines):
        return
    shown = _latex(lines[0], problem)
    yield Step(rule="", latex=shown)
    for line in lines[1:]:
        before, shown = shown, _latex(line, problem)
        if shown != before:
            yield Step(rule=phrase("rule", line.rule), latex=shown)


def _latex(line: Line, problem: Problem) -> str:
    if line.expression is not None:
        import sympy as sp

        text = str(sp.latex(line.expression, ln_notation=True, inv_trig_style="full"))
        if line.operator == "between":
            low, high = (latex(end) for end in problem.nodes[1:])
            return rf"\left[{text}\right]_{{{low}}}^{{{high}}}"
        return f"{text} + {line.letter}" if line.letter else text
    body = line.joint.join(latex(node) for node in line.claim.nodes)
    match line.operator:
        case "derivative":
            return rf"\frac{{d}}{{d{line.letter}}}\left({body}\right)"
        case "determinant":
            return rf"\det {body}"
        case "inverse":
            return rf"{body}^{{-1}}"
    return body


def as_markdown(steps: tuple[Step, ...]) -> str:
    """The lines below each other, each with what was done."""
    return "\n\n".join(
        f"{step.rule}\n\n$${step.latex}$$" if step.rule else f"$${step.latex}$$" for step in steps
    )
