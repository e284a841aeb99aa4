"""The answer in words: short, Markdown, LaTeX between dollar signs."""

from __future__ import annotations

from fractions import Fraction

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, parse, variables
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.say.numbers import approximate, exact, shown, terminating


def answer(problem: Problem, printed: str) -> str:
    """What the pupil reads: the result first, then what it is worth knowing about it.

    Args:
        problem: What was asked.
        printed: What its program printed.
    """
    words = catalogue()
    lines = printed.strip().splitlines()
    body = words.say("plot") if problem.task == "plot" else _result(problem, lines)
    return f"{body}\n\n*{words.say('about')}*"


def _result(problem: Problem, lines: list[str]) -> str:
    words = catalogue()
    try:
        result = parse(lines[-1])
    except (ValueError, IndexError):
        return words.say("odd", text=" ".join(lines)[:200])
    if problem.task == "solve":
        return _solutions(problem, result)
    return f"**{_equal(problem, result)}**{_decimal(result)}"


def _equal(problem: Problem, result: Node) -> str:
    left = _question(problem)
    if left and len(left) < 120:
        return f"${left} = {latex(result)}$"
    return f"${latex(result)}$"


def _question(problem: Problem) -> str:
    nodes = problem.nodes
    variable = str(problem.options.get("variable", ""))
    match problem.task:
        case "evaluate":
            return latex(nodes[0])
        case "derivative":
            order = int(problem.options.get("order", 1))
            sup = f"^{{{order}}}" if order > 1 else ""
            return rf"\frac{{d{sup}}}{{d{variable}{sup}}}\left({latex(nodes[0])}\right)"
        case "integral":
            limits = rf"_{{{latex(nodes[1])}}}^{{{latex(nodes[2])}}}" if len(nodes) == 3 else ""
            return rf"\int{limits} {latex(nodes[0])}\,d{variable}"
    return ""


def _decimal(result: Node) -> str:
    """The decimal value of an exact one, where it says more."""
    plain = result.args[0] if result.head == "neg" else result
    if variables(result) or plain.head == "num":
        return ""
    fraction = exact(result)
    if isinstance(fraction, Fraction):
        ending = terminating(fraction)
        return (
            f", {ending} as a decimal"
            if ending
            else f" (about {shown(float(fraction))})"
            if fraction.denominator > 1
            else ""
        )
    value = approximate(result)
    if value is None or abs(value.imag) > 1e-12:
        return ""
    return f" (about {shown(value.real)})"


def _solutions(problem: Problem, result: Node) -> str:
    words = catalogue()
    x = latex(Node("name", text=str(problem.options["variable"])))
    if not result.args:
        return f"**{words.say('no_solution')}**"
    found = " or ".join(f"${x} = {latex(s)}${_decimal(s)}" for s in result.args)
    return f"**{found}**"
