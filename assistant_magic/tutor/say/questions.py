"""The question as a formula, to stand left of the equals sign."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex

_SHOWN = frozenset(
    {
        "evaluate",
        "simplify",
        "simplify_log",
        "expand",
        "factor",
        "rationalise",
        "expand_trig",
        "expand_log",
        "combine_log",
        "partial_fractions",
        "complete_square",
        "matrix_value",
        "vector_value",
    }
)


def question(problem: Problem) -> str:
    """LaTeX of what is asked, or "" where words say it better."""
    nodes = problem.nodes
    if problem.task in _SHOWN:
        return latex(nodes[0])
    variable = latex(Node("name", text=str(problem.options.get("variable", "x"))))
    match problem.task:
        case "derivative" | "derivative_at":
            return _derivative(problem, nodes, variable)
        case "integral":
            limits = rf"_{{{latex(nodes[1])}}}^{{{latex(nodes[2])}}}" if len(nodes) == 3 else ""
            return rf"\int{limits} {latex(nodes[0])}\,d{variable}"
        case "limit":
            return rf"\lim_{{{variable} \to {latex(nodes[1])}}} {latex(nodes[0])}"
        case "series_sum":
            return rf"\sum_{{k=1}}^{{{latex(nodes[1])}}} \left({latex(nodes[0])}\right)"
        case "choose":
            return rf"\binom{{{latex(nodes[0])}}}{{{latex(nodes[1])}}}"
        case "arrange":
            return f"{latex(nodes[0])}!"
    return ""


def _derivative(problem: Problem, nodes: tuple[Node, ...], variable: str) -> str:
    order = int(problem.options.get("order", 1))
    power = f"^{{{order}}}" if order > 1 else ""
    text = rf"\frac{{d{power}}}{{d{variable}{power}}}\left({latex(nodes[0])}\right)"
    return rf"{text} \Big|_{{{variable} = {latex(nodes[1])}}}" if problem.task == "derivative_at" else text
