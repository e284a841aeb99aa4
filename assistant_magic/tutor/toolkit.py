"""The teaching functions as tools of a model: words in, plain JSON out, each with a time limit."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from assistant_magic.tutor import (
    conversion,
    diagnosis,
    drawing,
    examples,
    hints,
    mastery,
    moves,
    practice,
    steps,
    verdicts,
)
from assistant_magic.tutor.claims import NotReadError, read_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.logbook import LogbookError
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.plan import too_large
from assistant_magic.tutor.problems import problem as asked

P = ParamSpec("P")
R = TypeVar("R")
_SECONDS = 12.0
_LONGEST = 1_000
_MOST_BRACKETS = 30


def _limited(function: Callable[P, R]) -> Callable[P, R | dict[str, Any]]:
    """The tool with an error in place of a result that would be too large or take too long."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R | dict[str, Any]:
        texts = [value for value in (*args, *kwargs.values()) if isinstance(value, str)]
        try:
            if any(len(text) > _LONGEST for text in texts) or within(
                _SECONDS, lambda: any(map(_is_large, texts))
            ):
                return {"error": phrase("tool", "too_large")}
            if function.__name__ in _AT_HOME:
                return function(*args, **kwargs)
            return within(_SECONDS, lambda: function(*args, **kwargs))
        except OutOfTimeError:
            return {"error": phrase("tool", "too_long")}

    return call


_AT_HOME = frozenset({"plot", "progress", "quiz"})
"""Tools that draw or write: they stay on the thread that called them, and need no limit beside that of their input."""


def _is_large(text: str) -> bool:
    """Numbers, powers, sums or matrices in it are beyond what is computed here."""
    if text.count("(") > _MOST_BRACKETS:
        return True
    found = diagnosis.problem_of(text)
    if found is not None and too_large(found):
        return True
    try:
        nodes = read_claims(text)[0].nodes
    except NotReadError:
        return False
    return any(too_large(asked("evaluate", node)) for node in nodes)


@_limited
def check_answer(student: str, expected: str, form: str = "") -> dict[str, Any]:
    """Compare a pupil's answer with the expected one; never judge an answer without it.

    Args:
        student: The answer as the pupil typed it.
        expected: The right answer, such as 3/4, x=2 or x=-3, 2(x+1), x<3, 5 cm.
        form: How it must look, or empty: factored, expanded, lowest_terms, decimal_places:2,
            significant_figures:3, units, up_to_constant.
    """
    return verdicts.check_answer(student, expected, form or None).to_json()


@_limited
def check_step(before: str, after: str) -> dict[str, Any]:
    """Say whether one line of a pupil's working follows from the line above.

    Args:
        before: The line above: an expression, equation or inequality.
        after: The line that should follow from it.
    """
    return moves.check_step(before, after).to_json()


@_limited
def diagnose(problem: str, answer: str) -> list[dict[str, Any]]:
    """Name the misconception that leads to exactly this wrong answer; an empty list when none does.

    Args:
        problem: The question, such as: solve 2x + 3 = 11.
        answer: The pupil's wrong answer.
    """
    return [mistake.to_json() for mistake in diagnosis.diagnose(problem, answer)]


@_limited
def next_hint(problem: str, level: int = 1, attempt: str = "") -> dict[str, Any]:
    """Give a hint that does not hold the answer.

    Args:
        problem: The question, such as: solve 2x + 3 = 11.
        level: 1 a nudge, 2 a pointed hint, 3 a worked example of a similar problem.
        attempt: The pupil's last answer, if there is one.
    """
    return hints.next_hint(problem, level, attempt).to_json()


@_limited
def solve_steps(problem: str) -> list[dict[str, Any]]:
    """Solve a problem line by line, every line proved; an empty list when it cannot.

    Args:
        problem: The question, such as: solve 2x + 3 = 11.
    """
    return [step.to_json() for step in steps.solve_steps(problem)]


@_limited
def worked_example(topic: str) -> dict[str, Any]:
    """Show another problem of the same kind with its solution.

    Args:
        topic: A problem such as solve 2x + 3 = 11, or one of: arithmetic, derivatives, expanding, factoring,
            fractions, inequalities, integrals, linear equations, percentages, powers, quadratic equations,
            substitution.
    """
    try:
        return examples.worked_example(topic).to_json()
    except ValueError as error:
        return {"error": str(error)}


@_limited
def quiz(topic: str = "", level: int = 0, problem: str = "", answer: str = "") -> dict[str, Any]:
    """Give a problem to practise, without its answer; or mark a pupil's answer to it and note it as practised.

    Args:
        topic: For a new problem: arithmetic, derivatives, expanding, factoring, fractions, inequalities, integrals,
            linear equations, percentages, powers, quadratic equations, simultaneous equations, substitution;
            empty for what the pupil should repeat today.
        level: 1 easy to 3 hard; 0 for what suits the pupil.
        problem: To mark an answer: the problem as it was given, with its topic and level.
        answer: To mark an answer: what the pupil typed.
    """
    try:
        return practice.marked(topic, level, problem, answer) if answer else practice.given(topic, level)
    except ValueError as error:
        return {"error": str(error)}


@_limited
def progress() -> dict[str, Any]:
    """Show how far the pupil is: every practised topic and level with its box (5 is known well) and when it is due."""
    try:
        return mastery.progress().to_json()
    except LogbookError as error:
        return {"error": str(error)}


@_limited
def plot(expression: str, lower: float = -10.0, upper: float = 10.0) -> dict[str, Any]:
    """Draw a graph for the pupil, in the notebook.

    Args:
        expression: A function of one letter, such as x^2 - 4 or sin(2x).
        lower: Left end.
        upper: Right end.
    """
    return drawing.plot(expression, lower, upper)


@_limited
def convert(quantity: str, unit: str) -> dict[str, Any]:
    """Convert a quantity to another unit, exactly.

    Args:
        quantity: A number with a unit, such as 5 km, 3/4 inch or 25 degC.
        unit: The unit that is wanted, such as mile or degF.
    """
    try:
        return conversion.convert(quantity, unit).to_json()
    except ValueError as error:
        return {"error": str(error)}


TOOLS: tuple[Callable[..., Any], ...] = (
    check_answer, check_step, convert, diagnose, next_hint, plot, progress, quiz, solve_steps, worked_example,
)  # fmt: skip


def answered(name: str, arguments: str) -> str:
    """What a tool answers to arguments as JSON, as text; empty where it refuses them, and for tools with a memory.

    Those would remember twice. A problem to practise and a verdict hold no answer.
    """
    function = next((tool for tool in TOOLS if tool.__name__ == name and tool not in {quiz, progress}), None)
    try:
        values = json.loads(arguments)
        return json.dumps(function(**values), ensure_ascii=False) if function is not None else ""
    except (ValueError, TypeError):
        return ""
