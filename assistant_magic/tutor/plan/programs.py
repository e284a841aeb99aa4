"""One small program per task. It prints its result and leaves no names of the pupil changed.

The first line printed is the exact result in SymPy's syntax; a second one, where there is one, is what the
pupil asked to see of it (rounded, or in another form).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant_magic.tutor.expressions import Node, call, name, variables
from assistant_magic.tutor.plan.source import (
    fraction_source,
    needs_floats,
    needs_sympy,
    python_source,
    sympy_source,
)
from assistant_magic.tutor.problems import Problem

Program = Callable[[Problem], str]


def program(problem: Problem) -> str:
    """Python source that prints the answer to `problem`.

    Raises:
        KeyError: No program is known for its task.
    """
    return _PROGRAMS[problem.task](problem)


def in_function(*lines: str, symbols: Sequence[str] = (), real: bool = False) -> str:
    """Lines whose names stay inside a function; the last one is the value that is printed."""
    *before, last = lines
    declared = []
    if symbols:
        left = ", ".join(symbols)
        kind = "sp.symbols" if len(symbols) > 1 else "sp.Symbol"
        written = " ".join(symbols)
        declared.append(f'{left} = {kind}("{written}"{", real=True" if real else ""})')
    body = [*declared, *before, f"return {last}"]
    return (
        "import sympy as sp\n\n\ndef _answer():\n"
        + "".join(f"    {line}\n" for line in body)
        + "\n\nprint(_answer())"
    )


def exactly(node: Node, **options: object) -> str:
    """A program that prints the exact value of an expression."""
    if needs_floats(node) and not variables(node):
        return f"print({python_source(node)})"
    if not needs_sympy(node):
        return arithmetic(node)
    letters = variables(node)
    if letters:
        return in_function(sympy_source(node), symbols=letters)
    return f"import sympy as sp\n\nprint({sympy_source(node)})"


def arithmetic(node: Node) -> str:
    """A program for numbers: plain Python where that is exact, fractions where it is not."""
    source = fraction_source(node)
    if "Fraction" not in source:
        return f"print({source})"
    return f"from fractions import Fraction\n\nprint({source})"


def _evaluate(problem: Problem) -> str:
    return exactly(problem.nodes[0])


def _substitute(problem: Problem) -> str:
    expression, *given = problem.nodes
    pairs = ", ".join(f"{sympy_source(g.args[0])}: {sympy_source(g.args[1])}" for g in given)
    return in_function(f"({sympy_source(expression)}).subs({{{pairs}}})", symbols=variables(expression))


def _solve(problem: Problem) -> str:
    equation = problem.nodes[0]
    variable = str(problem.options["variable"])
    return in_function(f"sp.solve({sympy_source(equation)}, {variable})", symbols=variables(equation))


def _derivative(problem: Problem) -> str:
    order = int(problem.options.get("order", 1))
    source = sympy_source(call("diff", problem.nodes[0], name(str(problem.options["variable"]))))
    if order > 1:
        source = source[:-1] + f", {order})"
    return in_function(source, symbols=variables(problem.nodes[0]))


def _integral(problem: Problem) -> str:
    f, *limits = problem.nodes
    variable = name(str(problem.options["variable"]))
    over = Node("tuple", (variable, *limits)) if limits else variable
    return in_function(sympy_source(call("integrate", f, over)), symbols=variables(f))


def _plot(problem: Problem) -> str:
    f, lower, upper = problem.nodes
    x = str(problem.options["variable"])
    return f'''import matplotlib.pyplot as plt
import numpy as np
import sympy as sp


def _plot():
    {x} = sp.Symbol("{x}")
    f = {sympy_source(f)}
    at = np.linspace(float({sympy_source(lower)}), float({sympy_source(upper)}), 800)
    with np.errstate(all="ignore"):
        y = sp.lambdify({x}, f, "numpy")(at.astype(complex)) * np.ones_like(at)
    y = np.where(abs(y.imag) < 1e-9, y.real, np.nan)
    y[1:][abs(np.diff(y)) > 0.5 * (np.nanmax(abs(y)) + 1)] = np.nan
    figure, axes = plt.subplots()
    axes.plot(at, y)
    axes.set(xlabel="{x}", ylabel=f"${{sp.latex(f)}}$")
    axes.axhline(0, color="grey", linewidth=0.8)
    axes.grid(True)
    plt.show()


_plot()'''


_PROGRAMS: dict[str, Program] = {
    "evaluate": _evaluate,
    "substitute": _substitute,
    "solve": _solve,
    "derivative": _derivative,
    "integral": _integral,
    "plot": _plot,
}
