"""What the tutor promises, counted over problems of all kinds that rules make together with their answers."""

from __future__ import annotations

import pytest

from tutor.promises import Exercise, hint_leaks, leaks, made, model_leaks, proofs

EXERCISES = list(made(each=7))
SOME = EXERCISES[::3]


def test_hints_hold_no_answer() -> None:
    """More than 300 problems, three levels each: no hint holds the answer from which the problem was made."""
    assert len(EXERCISES) >= 300
    assert hint_leaks(EXERCISES) == []


@pytest.mark.parametrize("reveal", ["never", "after_attempts(2)"])
def test_a_leaking_model_gets_nothing_onto_the_page(reveal: str) -> None:
    """A model that tells the answer of each problem, in other words each time, twice: nothing of it is shown."""
    found, turns = model_leaks(SOME, reveal)
    assert found == []
    assert turns == 2 * len(SOME)


def test_every_shown_line_follows_and_the_last_is_the_answer() -> None:
    """Every kind of problem has its worked solutions; read again from the page, no line of them is wrong."""
    counted = proofs(SOME)
    assert counted.unsolved == []
    assert counted.wrong == []
    assert counted.agreed > 0.8 * counted.lines


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("x = 4", "it is 4"),
        ("5/6", r"$\frac{5}{6}$"),
        ("7", "so seven"),
        ("3x - 27", "**3x - 27**"),
        ("x = 3 or x = -3", "3"),
    ],
)
def test_the_counting_sees_a_leak(answer: str, text: str) -> None:
    """A count of nothing would be worth nothing: each kind of leak is one."""
    assert leaks(f"Well: {text}, you see.", Exercise("any", "Solve this", answer))
