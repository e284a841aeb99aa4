"""Wrong ways to solve an equation, to differentiate and to integrate: each gives the answer it would lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant_magic.tutor.expressions import Node, variables, walk
from assistant_magic.tutor.misconceptions import RULES, places
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.symbols import from_sympy, gap, to_sympy

Slip = tuple[str, tuple[Any, ...]]
"""The name of a wrong rule, and the values it leads to."""


def of_equation(problem: Problem) -> Iterator[Slip]:
    """Wrong solutions of a linear or quadratic equation."""
    import sympy as sp

    x = sp.Symbol(str(problem.options["variable"]), real=True)
    equation = problem.nodes[0]
    yield from _rewritten(equation, x)
    whole = sp.expand(to_sympy(gap(equation)))
    if not whole.is_polynomial(x) or whole.free_symbols != {x}:
        return
    right = [value for value in sp.solve(whole, x) if value.is_real]
    if sp.degree(whole, x) == 1:
        yield from _linear(equation, x)
    elif len(right) == 2:
        yield "signs_of_roots", tuple(-r for r in right)
        if 0 in right:
            yield "lost_zero", tuple(r for r in right if r != 0)
        elif right[0] == -right[1]:
            yield "one_root", (max(right),)


def _rewritten(equation: Node, x: Any) -> Iterator[Slip]:
    """The equation with a wrong rule applied to one of its sides, solved without a further mistake."""
    import sympy as sp

    for name, rule in RULES.items():
        for i, side in enumerate(equation.args):
            for wrong in places(side, rule):
                sides = (wrong, equation.args[1]) if i == 0 else (equation.args[0], wrong)
                yield name, tuple(sp.solve(to_sympy(sides[0]) - to_sympy(sides[1]), x))


def _linear(equation: Node, x: Any) -> Iterator[Slip]:
    """`ax + b = cx + d`, with one slip."""
    import sympy as sp

    (a, b), (c, d) = (
        (sp.expand(to_sympy(s)).coeff(x, 1), sp.expand(to_sympy(s)).coeff(x, 0)) for s in equation.args
    )
    if b != 0 and a != c:
        yield "sign_kept", ((d + b) / (a - c),)
    if d != 0 and c not in {0, a}:
        yield "sign_kept", ((-d - b) / (a - c),)
    if c not in {0, -a}:
        yield "sign_kept", ((d - b) / (a + c),)
    factor = a - c
    if factor not in {0, 1}:
        yield "not_divided", (d - b,)
        yield "subtracted_factor", (d - b - factor,)
        yield "multiplied_factor", ((d - b) * factor,)


def of_inequality(problem: Problem) -> Iterator[tuple[str, Node]]:
    """The sign that was not turned."""
    import sympy as sp

    node = problem.nodes[0]
    letters = variables(node)
    if node.head not in _TURNED or len(letters) != 1 or len(problem.nodes) != 1:
        return
    x = sp.Symbol(letters[0], real=True)
    whole = sp.expand(to_sympy(gap(node)))
    factor = whole.coeff(x, 1)
    if sp.degree(whole, x) == 1 and factor < 0:
        edge = from_sympy(-whole.coeff(x, 0) / factor)
        yield "not_flipped", Node(node.head, (Node("name", text=letters[0]), edge))


_TURNED = frozenset({"Lt", "Gt", "Le", "Ge"})


def of_derivative(problem: Problem) -> Iterator[Slip]:
    """Wrong derivatives."""
    import sympy as sp

    x = sp.Symbol(str(problem.options["variable"]), real=True)
    f = to_sympy(problem.nodes[0])
    terms = sp.Add.make_args(sp.expand(f) if f.is_polynomial(x) else f)
    yield "kept_exponent", (sum(_power(t, x, lambda c, n: c * n * x**n) for t in terms),)
    yield "no_factor", (sum(_power(t, x, lambda c, n: c * x ** (n - 1)) for t in terms),)
    constant = sum(t for t in terms if not t.has(x))
    if constant != 0:
        yield "constant_kept", (sp.diff(f, x) + constant,)
    node = problem.nodes[0]
    if node.head == "mul":
        yield "product_of_derivatives", (_product(sp.diff(to_sympy(a), x) for a in node.args),)
    if node.head == "div" and variables(node.args[1]):
        over, under = (sp.diff(to_sympy(a), x) for a in node.args)
        if under != 0:
            yield "quotient_of_derivatives", (over / under,)
    if any(n.head == "call" and n.text in {"sin", "cos"} for n in walk(node)):
        yield "sign_of_cosine", (-sp.diff(f, x),)
    outer = _outer(f, x)
    if outer is not None:
        yield "no_inner_derivative", (outer,)


def _power(term: Any, x: Any, change: Any) -> Any:
    import sympy as sp

    c, rest = term.as_independent(x)
    base, n = rest.as_base_exp()
    return change(c, n) if base == x and not n.has(x) else sp.diff(term, x)


def _product(values: Iterator[Any]) -> Any:
    import sympy as sp

    return sp.prod(list(values))


def _outer(f: Any, x: Any) -> Any:
    """The derivative of the outer function only."""
    import sympy as sp

    c, rest = f.as_independent(x)
    u = sp.Dummy("u", real=True)
    if rest.is_Pow and not rest.exp.has(x) and rest.base != x:
        return c * rest.exp * rest.base ** (rest.exp - 1)
    if isinstance(rest, sp.Function) and len(rest.args) == 1 and rest.args[0] != x:
        return c * sp.diff(rest.func(u), u).subs(u, rest.args[0])
    return None


def of_integral(problem: Problem) -> Iterator[Slip]:
    """Wrong antiderivatives."""
    import sympy as sp

    if len(problem.of) != 1:
        return
    x = sp.Symbol(str(problem.options["variable"]), real=True)
    f = to_sympy(problem.nodes[0])
    terms = sp.Add.make_args(sp.expand(f))
    yield "not_divided_power", (sum(_raised(t, x) for t in terms),)
    yield "differentiated", (sp.diff(f, x),)
    if f.has(sp.sin, sp.cos):
        yield "sign_of_cosine", (-sp.integrate(f, x),)


def _raised(term: Any, x: Any) -> Any:
    import sympy as sp

    c, rest = term.as_independent(x)
    base, n = rest.as_base_exp()
    return c * x ** (n + 1) if base == x and n != -1 and not n.has(x) else sp.integrate(term, x)


def of_value(problem: Problem) -> Iterator[Slip]:
    """Wrong values of an expression: one wrong rule at one place, everything else right."""
    for name, rule in RULES.items():
        for wrong in places(problem.nodes[0], rule):
            yield name, (to_sympy(wrong),)
