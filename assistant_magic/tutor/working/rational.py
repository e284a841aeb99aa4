"""Equations with the unknown below: multiply by what stands below, solve, leave out what is not allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant_magic.tutor.expressions import Node
from assistant_magic.tutor.symbols import to_sympy
from assistant_magic.tutor.working.line import Line, line, node_of


def of_rational(equation: Node, x: Any, of_polynomial: Any) -> Iterator[Line]:
    """The lines, where `of_polynomial` makes those of the equation without fractions."""
    import sympy as sp

    left, right = (to_sympy(side) for side in equation.args)
    below = sp.lcm(sp.denom(sp.together(left)), sp.denom(sp.together(right)))
    sides = [sp.expand(sp.cancel(side * below)) for side in (left, right)]
    if not all(side.is_polynomial(x) for side in sides) or sides[0] == sides[1]:
        return
    yield line("", equation)
    cleared = Node("Eq", (node_of(sides[0]), node_of(sides[1])))
    forbidden = set(sp.real_roots(sp.Poly(below, x))) if below.has(x) else set()
    last: Line | None = None
    for step in of_polynomial(cleared, x):
        yield Line("clear", step.claim) if step.rule == "" else step
        last = step
    found = [to_sympy(n.args[1]) for n in last.claim.nodes] if last is not None else []
    allowed = [value for value in found if value not in forbidden]
    if found and len(allowed) < len(found) and allowed:
        yield line("exclude", *(Node("Eq", (node_of(x), node_of(value))) for value in allowed))
