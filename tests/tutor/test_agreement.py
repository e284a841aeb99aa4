"""What a pupil says is checked by the same judge everywhere, also in code that runs in the kernel."""

from __future__ import annotations

import contextlib
import io

import pytest

from assistant_magic.risk import screen
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.plan import check_program
from assistant_magic.tutor.problems import Attempt


@pytest.mark.parametrize(
    ("question", "claim", "right"),
    [
        ("solve x^2 = 9", ("3", "-3"), True),
        ("solve x^2 = 9", ("3",), False),
        ("solve 2x + 3 = 11", ("4",), True),
        ("solve x + y = 5 and x - y = 1", ("Eq(x, 3)", "Eq(y, 2)"), True),
        ("solve x + y = 5 and x - y = 1", ("Eq(x, 2)", "Eq(y, 3)"), False),
        ("mean of 3, 4, 5", ("4",), True),
        ("convert 10 to binary", ("1010",), True),
        ("1/3 rounded to 2 decimal places", ("0.33",), True),
        ("1/3 rounded to 2 decimal places", ("1/3",), False),
        ("10 - 4^2.7", ("-32.22425314473",), True),
        ("10 - 4^2.7", ("-32.2",), False),
        ("expand (x + 3)^2", ("x**2 + 6*x + 9",), True),
        ("expand (x + 3)^2", ("x**2 + 9",), False),
        ("1/2 + 1/3", ("nonsense(",), False),
    ],
)
def test_the_code_of_an_attempt_prints_the_verdict(
    question: str, claim: tuple[str, ...], right: bool
) -> None:
    """Whatever the program of the problem gives; the code says nothing else and is pure computation."""
    problem = problem_of(question)
    assert problem is not None
    code = check_program(Attempt(problem=problem, claim=claim))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(code, {})
    assert said.getvalue() == f"{right}\n"
    assert screen(code) == ()
