"""The program that draws a function: plain NumPy where every value is a number, SymPy where there may be none."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, variables
from assistant_magic.tutor.plan.source import expanded, numpy_source, sympy_source
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex

_EVERYWHERE = frozenset({"sin", "cos", "exp", "Abs"})


def plot(problem: Problem) -> str:
    """Python source that draws the function of `problem` between its two ends."""
    f, lower, upper = problem.nodes
    x = str(problem.options["variable"])
    plain = variables(f) == (x,) and all(_always_a_number(expanded(node)) for node in problem.nodes)
    sampled = _plainly(f, lower, upper, x) if plain else _where_real(f, lower, upper, x)
    body = "".join(f"    {line}\n" if line else "\n" for line in [*sampled, *_SHOWN])
    return f"def _plot():\n    import matplotlib.pyplot as plt\n    import numpy as np\n{body}\n\n_plot()"


def _plainly(f: Node, lower: Node, upper: Node, x: str) -> list[str]:
    return [
        "",
        f"{x} = np.linspace({numpy_source(lower)}, {numpy_source(upper)}, 800)",
        "figure, axes = plt.subplots()",
        f"axes.plot({x}, {numpy_source(f)})",
        f'axes.set(xlabel="{x}", ylabel=r"${latex(f)}$")',
    ]


def _where_real(f: Node, lower: Node, upper: Node, x: str) -> list[str]:
    """Only real values are drawn, and no line across a pole."""
    return [
        "import sympy as sp",
        "",
        f'{x} = sp.Symbol("{x}")',
        f"f = {sympy_source(f)}",
        f"at = np.linspace(float({sympy_source(lower)}), float({sympy_source(upper)}), 800)",
        'with np.errstate(all="ignore"):',
        f'    y = sp.lambdify({x}, f, "numpy")(at.astype(complex)) * np.ones_like(at)',
        "y = np.where(abs(y.imag) < 1e-9, y.real, np.nan)",
        "y[1:][abs(np.diff(y)) > 0.5 * (np.nanmax(abs(y)) + 1)] = np.nan",
        "figure, axes = plt.subplots()",
        "axes.plot(at, y)",
        f'axes.set(xlabel="{x}", ylabel=f"${{sp.latex(f)}}$")',
    ]


_SHOWN = ('axes.axhline(0, color="grey", linewidth=0.8)', "axes.grid(True)", "plt.show()")


def _always_a_number(node: Node) -> bool:
    """Whether it has a real value for each real value of its variable, of a size that floats hold."""
    inner = all(map(_always_a_number, node.args))
    match node.head:
        case "num":
            return True
        case "name":
            return node.text not in {"I", "oo", "zoo", "nan"}
        case "add" | "sub" | "mul" | "neg":
            return inner
        case "div":
            return inner and _is_positive_number(node.args[1])
        case "pow":
            base, exponent = node.args
            return inner and (exponent.text.isdigit() or _is_positive_number(base))
        case "call":
            return inner and node.text in _EVERYWHERE
    return False


def _is_positive_number(node: Node) -> bool:
    return node == Node("name", text="E") or (node.head == "num" and node.text.strip("0.") != "")
