"""Whether one line of working follows from the one above."""

from __future__ import annotations

import pytest

from assistant_magic.tutor.moves import check_step

STEPS = [
    ("2x+3=11", "2x=8", "correct"),
    ("2x=8", "x=4", "correct"),
    ("x^2=4", "x=2 or x=-2", "correct"),
    ("(x-2)(x-3)=0", "x-2=0 or x-3=0", "correct"),
    ("-2x<6", "x>-3", "correct"),
    ("2(x+1)", "2x+2", "correct"),
    ("x+y=10, x-y=4", "2x=14, x-y=4", "correct"),
    ("x+y=10, x-y=4", "x=7,y=3", "correct"),
    ("y-1=2x", "y=2x+1", "correct"),
    ("v = u + at", "t = (v-u)/a", "correct"),
    ("sin(2x)", "2sin(x)cos(x)", "correct"),
    ("2<x+1<5", "1<x<4", "correct"),
    ("x+1=x", "no solution", "correct"),
    ("x=2", "x^2=4", "form"),
    ("sqrt(x)=x-2", "x=(x-2)^2", "form"),
    ("x^2/x", "x", "form"),
    ("x+y=10, x-y=4", "2x=14", "form"),
    ("2x+3=11", "2x=14", "wrong"),
    ("x^2=4", "x=2", "wrong"),
    ("x^2=3x", "x=3", "wrong"),
    ("-2x<6", "x<-3", "wrong"),
    ("(x+1)^2", "x^2+1", "wrong"),
    ("A = πr^2", "r = sqrt(A/π)", "wrong"),
    ("x+y=10, x-y=4", "x=7,y=4", "wrong"),
    ("y-1=2x", "y=2x-1", "wrong"),
    ("|x| = 2", "x = 2", "wrong"),
    ("x^2 < 9", "x < 3", "form"),
    ("x^2 < 9", "-3 < x < 3", "correct"),
    ("x^2 > 9", "x > 3", "wrong"),
    ("x^2 >= 9", "x >= 3 or x <= -3", "correct"),
    ("1/x > 1", "x < 1", "form"),
    ("1/x > 1", "0 < x < 1", "correct"),
    ("3 - x <= 5", "x >= -2", "correct"),
    ("3 - x <= 5", "x <= -2", "wrong"),
    ("|x| < 2", "-2 < x < 2", "correct"),
    ("x > 2", "x >= 2", "form"),
    ("x >= 2", "x > 2", "wrong"),
    ("x^2 + 1 > 0", "all real numbers", "correct"),
    ("x^2 < 0", "no solution", "correct"),
    ("sqrt(x) = -2", "x = 4", "wrong"),
    ("foo bar", "x", "unknown"),
    ("x = 1", "", "unknown"),
    ("1/2x = 3", "x = 6", "unknown"),
]


@pytest.mark.parametrize(("before", "after", "status"), STEPS)
def test_steps_are_judged(before: str, after: str, status: str) -> None:
    """Equivalent lines are right, a line with further solutions is told apart, anything else is wrong."""
    assert check_step(before, after).status == status


def test_a_lost_solution_is_named() -> None:
    """Dividing by the unknown is wrong because a solution is lost."""
    assert "loses" in check_step("x^2=3x", "x=3").message
