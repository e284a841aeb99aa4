"""Worked solutions and examples."""

from __future__ import annotations

import itertools

import pytest

from assistant_magic.tutor import steps, working
from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.examples import TOPICS, examples, topic_of, worked_example
from assistant_magic.tutor.expressions import parse
from assistant_magic.tutor.steps import Step, solve_steps

WORKED = [
    ("solve 5x - 2 = 2x + 7", ["5 x - 2 = 2 x + 7", "3 x - 2 = 7", "3 x = 9", "x = 3"]),
    ("solve 1 - 2x < 7", ["1 - 2 x < 7", "-2 x < 6", "x > -3"]),
    ("1/2 + 1/3", [r"\frac{1}{2} + \frac{1}{3}", r"\frac{3}{6} + \frac{2}{6}", r"\frac{5}{6}"]),
    ("2 + 3*4", [r"2 + 3 \cdot 4", "2 + 12", "14"]),
    ("sqrt(50)", [r"\sqrt{50}", r"5 \sqrt{2}"]),
    ("integrate x^2 + 1", [r"\int x^{2} + 1 \, dx", r"\frac{x^{3}}{3} + x + C"]),
]


@pytest.mark.parametrize(("problem", "lines"), WORKED)
def test_a_solution_goes_line_by_line(problem: str, lines: list[str]) -> None:
    """Each line does one thing, and says what."""
    found = solve_steps(problem)
    assert [step.latex for step in found] == lines
    assert [step.rule for step in found[1:] if not step.rule] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_worked_examples(topic: str) -> None:
    """Any problem made for a topic is read as one of that topic and solved with proof."""
    for problem in itertools.islice(examples(topic, 3), 5):
        assert topic_of(problem_of(problem)) == topic
        assert len(solve_steps(problem)) >= 2


def test_an_example_is_another_problem_like_the_one_given() -> None:
    """For a problem as topic, the example is of its kind and not itself."""
    example = worked_example("solve 2x + 3 = 11")
    assert example.topic == "linear equations"
    assert example.problem != "solve 2x + 3 = 11"
    assert example.steps
    assert type(example).from_json(example.to_json()) == example
    with pytest.raises(ValueError, match="no examples on 'poetry'"):
        worked_example("poetry")


def test_a_line_that_does_not_follow_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the solver costs the solution, not the pupil's trust."""

    def slipping(problem: object):
        for text in ("Eq(2*x + 3, 11)", "Eq(2*x, 14)", "Eq(x, 4)"):
            yield working.Line("divide", Claim("", (parse(text),)))

    monkeypatch.setattr(steps, "lines_of", slipping)
    assert solve_steps("solve 2x + 3 = 11") == ()


def test_what_has_no_known_way_has_no_steps() -> None:
    """No steps for a question that is not read, or that no rule here solves."""
    assert solve_steps("why is the sky blue") == ()
    assert solve_steps("solve x^2 + x + 1 = 0") == ()
    assert Step(rule="r", latex="x").to_json() == {"type": "step", "rule": "r", "latex": "x"}
