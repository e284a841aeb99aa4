"""Worked solutions and examples."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from assistant_magic.tutor import steps, working
from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.examples import TOPICS, examples, topic_of, worked_example
from assistant_magic.tutor.expressions import parse
from assistant_magic.tutor.proofs import is_proved
from assistant_magic.tutor.steps import Step, solve_steps

WORKED = [
    ("solve 5x - 2 = 2x + 7", ["5 x - 2 = 2 x + 7", "3 x - 2 = 7", "3 x = 9", "x = 3"]),
    ("solve 1 - 2x < 7", ["1 - 2 x < 7", "-2 x < 6", "x > -3"]),
    ("1/2 + 1/3", [r"\frac{1}{2} + \frac{1}{3}", r"\frac{3}{6} + \frac{2}{6}", r"\frac{5}{6}"]),
    ("2 + 3*4", [r"2 + 3 \cdot 4", "2 + 12", "14"]),
    ("sqrt(50)", [r"\sqrt{50}", r"5 \sqrt{2}"]),
    (
        "integrate x^2 + 1",
        [
            r"\int \left(x^{2} + 1\right)\, dx",
            r"\int 1\, dx + \int x^{2}\, dx",
            r"\frac{x^{3}}{3} + x + C",
        ],
    ),
    (
        "integrate 2x from 1 to 3",
        [r"\int\limits_{1}^{3} 2 x\, dx", r"\left[x^{2}\right]_{1}^{3}", "9 - 1", "8"],
    ),
    (
        "solve 2/(x-1) = 3/(x+2)",
        [r"\frac{2}{x - 1} = \frac{3}{x + 2}", "2 x + 4 = 3 x - 3", "4 - x = -3", "-x = -7", "x = 7"],
    ),
    (
        "solve x + y = 10, x - y = 2",
        [
            r"x + y = 10, \quad x - y = 2",
            r"x + y = 10, \quad -2 y = -8",
            r"x + y = 10, \quad y = 4",
            r"x = 6, \quad y = 4",
        ],
    ),
    (
        "determinant of [[1,2],[3,4]]",
        [r"\det \begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}", r"1 \cdot 4 - 2 \cdot 3", "-2"],
    ),
    (
        "limit of (x^2-9)/(x-3) as x -> 3",
        [r"\lim_{x \to 3}\left(\frac{x^{2} - 9}{x - 3}\right)", r"\lim_{x \to 3}\left(x + 3\right)", "6"],
    ),
]


@pytest.mark.parametrize(("problem", "lines"), WORKED)
def test_a_solution_goes_line_by_line(problem: str, lines: list[str]) -> None:
    """Each line does one thing, and says what."""
    found = solve_steps(problem)
    assert [step.latex for step in found] == lines
    assert [step.rule for step in found[1:] if not step.rule] == []


EVERY_KIND = """
solve 5x - 7 = 3x + 9
solve 4(x - 2) = 10
solve x^2 - 7x + 12 = 0
solve 2x^2 + 3x - 1 = 0
solve x^2 = 3x
solve (x^2-1)/(x-1) = 3
solve 6/(x+1) = x
solve 1/x + 1/2 = 3/4
solve 2x + 3y = 12, 3x - y = 7
solve x + y + z = 6, x - y = 1, x + z = 4
solve 3x - 4 >= 11
solve 5 - 2x < 1
solve x^2 - 5x + 6 > 0
solve x^2 <= 9
solve -x^2 + 4 > 0
1 < 2x + 3 < 9
1 < 3 - 2x < 9
3/4 + 1/6
2 1/2 - 3/4
15% of 80
increase 80 by 15%
3^2 + 4^2
sqrt(72)
8^(2/3)
expand (x+2)(x-3)
expand (x+4)^2
factor x^2 - 9
factor 6x + 9
what is x^2 + 3x when x = 4
differentiate x^3 + 2x
differentiate x sin x
differentiate (x^2+1)/(x-1)
differentiate cos(3x)
integrate x cos x
integrate 3x^2 + 2x from 0 to 2
integrate e^(3x)
integrate 2x*cos(x^2)
integrate x e^x
integrate ln x
integrate 1/(1+x^2)
integrate sec^2 x
limit of sin x / x as x -> 0
limit of (2x+1)/(x-5) as x -> infinity
limit of x^2 + 1 as x -> 2
limit of (1 - cos x)/x^2 as x -> 0
determinant of [[1,0,2],[0,3,0],[1,0,4]]
inverse of [[4,7],[2,6]]
[[1,2],[3,4]] * [[0,1],[1,0]]
[[1,2],[3,4]] + [[5,6],[7,8]]
[[1,2],[3,4]]^2
"""


@pytest.mark.parametrize("question", EVERY_KIND.strip().splitlines())
def test_every_kind_of_problem_is_solved_and_every_line_proved(question: str) -> None:
    """There are lines, and each of them was proved before it is shown."""
    problem = problem_of(question)
    assert problem is not None
    lines = list(working.lines_of(problem))
    assert len(lines) > 1
    assert is_proved(problem, lines)
    assert len(solve_steps(question)) > 1


@pytest.mark.parametrize(
    ("question", "place", "slip"),
    [
        ("integrate x cos x", 1, "x*sin(x)"),
        ("integrate 3x^2 + 2x from 0 to 2", 2, "13"),
        ("limit of (x^2-9)/(x-3) as x -> 3", 2, "7"),
    ],
)
def test_a_slip_in_a_line_that_sympy_holds_is_found(question: str, place: int, slip: str) -> None:
    """Lines with integrals and limits are proved too, not believed."""
    import sympy as sp

    problem = problem_of(question)
    assert problem is not None
    lines = list(working.lines_of(problem))
    wrong = sp.sympify(slip, locals={"x": sp.Symbol("x", real=True)})
    lines[place] = dataclasses.replace(lines[place], expression=wrong)
    assert not is_proved(problem, lines)


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
