"""Problems by topic: for a quiz, and as a worked example beside a problem that a pupil is to solve alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.tutor.diagnosis import problem_of
from assistant_magic.tutor.expressions import variables
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.steps import Step, as_markdown, solve_steps
from assistant_magic.tutor.symbols import UnreadableError, gap, to_sympy


@dataclass(frozen=True, kw_only=True)
class Example(Value):
    """A problem with its worked solution.

    Attributes:
        topic: One of `TOPICS`.
        problem: The question.
        steps: Its solution.
    """

    type: ClassVar[Literal["example"]] = "example"
    topic: str
    problem: str
    steps: tuple[Step, ...] = nested()

    @property
    def markdown(self) -> str:
        """The problem and its solution for a reader."""
        return f"{self.problem}\n\n{as_markdown(self.steps)}"


def _linear(dice: random.Random) -> str:
    a, x, b = dice.randint(3, 9), dice.randint(3, 12), dice.randint(2, 15)
    return f"Solve {a}x + {b} = {a * x + b}"


def _quadratic(dice: random.Random) -> str:
    p, q = dice.sample([n for n in range(-9, 10) if abs(n) > 2], 2)
    b, c = -(p + q), p * q
    middle = "" if b == 0 else f" {'+' if b > 0 else '-'} {abs(b) if abs(b) > 1 else ''}x"
    return f"Solve x^2{middle} {'+' if c > 0 else '-'} {abs(c)} = 0"


def _fractions(dice: random.Random) -> str:
    b, d = dice.sample([3, 4, 5, 7, 8, 9], 2)
    return f"Work out {dice.randint(1, b - 1)}/{b} {dice.choice('+-')} {dice.randint(1, d - 1)}/{d}"


def _arithmetic(dice: random.Random) -> str:
    a, b, c = (dice.randint(3, 12) for _ in range(3))
    return f"Work out {a + b * c} - {b} * {c} + {a * 3}"


def _percentages(dice: random.Random) -> str:
    return f"What is {dice.choice([5, 15, 30, 35, 60, 65])}% of {dice.choice([40, 80, 120, 260, 300])}?"


def _powers(dice: random.Random) -> str:
    return f"Work out {dice.randint(3, 9)}^3 - {dice.randint(4, 9)}^2"


def _expand(dice: random.Random) -> str:
    return f"Expand (x + {dice.randint(3, 9)})(x - {dice.randint(3, 9)})"


def _factor(dice: random.Random) -> str:
    p, q = dice.sample(range(3, 10), 2)
    return f"Factor x^2 + {p + q}x + {p * q}"


def _derivative(dice: random.Random) -> str:
    a, n, b = dice.randint(3, 9), dice.randint(3, 6), dice.randint(3, 9)
    outer = dice.choice(["sin", "cos"])
    kinds = (f"{a}x^{n} + {b}x", f"x^{n} * {outer}({a}x)", f"({a}x + {b})^{n}", f"{outer}({a}x)")
    return f"Differentiate {dice.choice(kinds)}"


def _integral(dice: random.Random) -> str:
    n = dice.randint(3, 6)
    return f"Integrate {dice.randint(3, 9) * (n + 1)}x^{n} + {dice.randint(3, 9)}"


def _inequality(dice: random.Random) -> str:
    a, x, b = dice.randint(3, 9), dice.randint(3, 12), dice.randint(3, 15)
    return f"Solve {b} - {a}x < {b - a * x}"


def _substitution(dice: random.Random) -> str:
    return f"What is {dice.randint(3, 9)}x^2 + {dice.randint(3, 9)}x when x = {dice.randint(3, 7)}?"


_MAKERS: Mapping[str, Callable[[random.Random], str]] = {
    "arithmetic": _arithmetic,
    "derivatives": _derivative,
    "expanding": _expand,
    "factoring": _factor,
    "fractions": _fractions,
    "inequalities": _inequality,
    "integrals": _integral,
    "linear equations": _linear,
    "percentages": _percentages,
    "powers": _powers,
    "quadratic equations": _quadratic,
    "substitution": _substitution,
}
TOPICS = tuple(_MAKERS)


def examples(topic: str, seed: int = 0) -> Iterator[str]:
    """Problems on a topic without end, the same ones for the same seed."""
    dice = random.Random(f"{topic}/{seed}")  # noqa: S311  # nothing is secret about an exercise
    while True:
        yield _MAKERS[topic](dice)


def worked_example(topic: str, *, seed: int = 0) -> Example:
    """Another problem on the topic, with its solution.

    Args:
        topic: One of `TOPICS`, or a problem, for an example like it.
        seed: Which one; the same seed gives the same example.

    Raises:
        ValueError: There are no examples on this.
    """
    name = topic if topic in _MAKERS else topic_of(problem_of(topic))
    if not name:
        raise ValueError(f"no examples on {topic!r}; there are: {', '.join(TOPICS)}")
    for problem in examples(name, seed):
        steps = _solved(problem)
        if steps and problem.lower() != topic.lower():
            return Example(topic=name, problem=problem, steps=steps)
    raise AssertionError("examples do not end")


@lru_cache(maxsize=512)
def _solved(problem: str) -> tuple[Step, ...]:
    """The steps of an example; the ladder of hints asks for the same ones again and again."""
    return solve_steps(problem)


def topic_of(problem: Problem | None) -> str:
    """The topic a problem belongs to, or ""."""
    if problem is None:
        return ""
    if problem.task.startswith("solve") and problem.nodes:
        return _kind_of_equation(problem)
    if problem.task == "evaluate":
        return _kind_of_value(problem.of[0])
    return {
        "simplify": "expanding", "expand": "expanding", "factor": "factoring", "derivative": "derivatives",
        "derivative_at": "derivatives", "integral": "integrals", "inequality": "inequalities", "substitute": "substitution",
    }.get(problem.task, "")  # fmt: skip


def _kind_of_equation(problem: Problem) -> str:
    equation = problem.nodes[0]
    if equation.head != "Eq" or len(variables(equation)) != 1:
        return ""
    try:
        whole = to_sympy(gap(equation)).expand()
    except UnreadableError:
        return ""
    letter = next(iter(whole.free_symbols), None)
    degree = whole.as_poly(letter).degree() if letter is not None and whole.is_polynomial(letter) else 0
    return {1: "linear equations", 2: "quadratic equations"}.get(degree, "")


def _kind_of_value(text: str) -> str:
    if "percent" in text:
        return "percentages"
    if "**" in text:
        return "powers"
    return "fractions" if "/" in text else "arithmetic"
