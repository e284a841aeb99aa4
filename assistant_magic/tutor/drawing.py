"""Graphs, drawn where the code of a notebook runs."""

from __future__ import annotations

from typing import Any

from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.plan import program, too_large

_FARTHEST = 1e9


def plot(expression: str, lower: float = -10.0, upper: float = 10.0) -> dict[str, Any]:
    """Draw a function below the running cell, and say what was drawn.

    Args:
        expression: The function as a pupil types it: `x^2 - 4`, `y = sin(2x)`.
        lower: Left end.
        upper: Right end.

    Returns:
        `function`, `lower` and `upper`, or `error` with the reason.
    """
    drawable = -_FARTHEST <= lower < upper <= _FARTHEST
    problem = problem_of(f"plot {expression} from {lower:g} to {upper:g}") if drawable else None
    if problem is None or problem.task != "plot" or too_large(problem):
        return {"error": phrase("tool", "plot_unread", text=expression[:60])}
    try:
        code = compile(program(problem), "<tutor>", "exec")
        exec(code, {"__name__": "tutor"})  # noqa: S102  # made by `plan`, from a tree
    except ModuleNotFoundError as error:
        return {"error": phrase("tool", "missing", module=str(error.name))}
    return {"function": problem.of[0], "lower": lower, "upper": upper}
