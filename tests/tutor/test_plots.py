"""Graphs: the code is what a pupil would write, and the line is the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.plan import program

mpl = pytest.importorskip("matplotlib", reason="graphs are drawn with matplotlib")
mpl.use("agg")

PLAIN: dict[str, Callable[[Any], Any]] = {
    "plot x^3 - 3x from -2.5 to 2.5": lambda x: x**3 - 3 * x,
    "plot 2sin(3x) from -pi to pi": lambda x: 2 * np.sin(3 * x),
    "plot |x| - 2": lambda x: abs(x) - 2,
    "plot e^(-x) from 0 to 5": lambda x: np.exp(-x),
    "plot 2^t from 0 to 3": lambda t: 2**t,
    "plot 50% * x": lambda x: x / 2,
}
PARTLY: dict[str, Callable[[Any], Any]] = {
    "plot sqrt(x) from -1 to 4": np.sqrt,
    "plot 1/x": lambda x: 1 / x,
    "plot ln(x) from -1 to 2": np.log,
    "plot (x^2)^(1/2)": abs,
}


def drawn(source: str) -> tuple[Any, Any]:
    """The points of the line that a program draws."""
    from matplotlib import pyplot as plt

    exec(source, {})
    line = plt.gca().lines[0]
    plt.gcf().canvas.draw()  # its labels are typeset here
    plt.close("all")
    return line.get_data()


@pytest.mark.parametrize("question", PLAIN)
def test_a_function_with_values_everywhere_is_plotted_with_numpy_alone(question: str) -> None:
    """Two lines of NumPy, as a teacher would write them."""
    source = source_of(question)
    x, y = drawn(source)
    assert "sympy" not in source
    assert np.allclose(y, PLAIN[question](x))


@pytest.mark.parametrize("question", PARTLY)
def test_only_real_values_are_drawn(question: str) -> None:
    """Outside its domain a function has no line, and none crosses a pole."""
    x, y = drawn(source_of(question))
    with np.errstate(all="ignore"):
        wanted = PARTLY[question](x)
    there = np.isfinite(y)
    assert np.allclose(y[there], wanted[there])
    beside_poles = 4
    assert there.sum() >= np.isfinite(wanted).sum() - beside_poles


def source_of(question: str) -> str:
    """The program for a question."""
    problem = problem_of(question)
    assert problem is not None
    return program(problem)
