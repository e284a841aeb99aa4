"""Inequalities: linear ones as equations are solved, chains link by link, quadratic ones by their signs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.symbols import gap, to_sympy
from assistant_magic.tutor.working.line import Line, line, node_of

TURNED = {"Lt": "Gt", "Gt": "Lt", "Le": "Ge", "Ge": "Le"}


def of_chain(links: tuple[Node, ...], x: Any) -> Iterator[Line]:
    """`1 < 2x + 3 < 9`: the same is done to all three parts."""
    import sympy as sp

    if len(links) != 2 or links[0].args[1] != links[1].args[0]:
        return
    low, middle, high = (to_sympy(n) for n in (*links[0].args, links[1].args[1]))
    if not middle.is_polynomial(x) or sp.degree(middle, x) != 1 or low.has(x) or high.has(x):
        return
    heads = (links[0].head, links[1].head)
    yield line("", Node("and", links))
    middle = sp.expand(middle)
    constant, factor = middle.coeff(x, 0), middle.coeff(x, 1)
    if constant != 0:
        yield line("collect_right", _chain(heads, low - constant, factor * x, high - constant))
    if factor == 1:
        return
    ends = ((low - constant) / factor, (high - constant) / factor)
    if factor < 0:
        turned = (TURNED[heads[1]], TURNED[heads[0]])
        yield line("divide_turned", _chain((TURNED[turned[0]], TURNED[turned[1]]), ends[1], x, ends[0]))
    else:
        yield line("divide", _chain(heads, ends[0], x, ends[1]))


def _chain(heads: tuple[str, str], low: Any, middle: Any, high: Any) -> Node:
    one = Node(heads[0], (node_of(low), node_of(middle)))
    return Node("and", (one, Node(heads[1], (node_of(middle), node_of(high)))))


def of_quadratic(relation: Node, x: Any) -> Iterator[Line]:
    """Everything on one side, the roots, then the side of them where the sign is right."""
    import sympy as sp

    whole = sp.expand(to_sympy(gap(relation)))
    roots = sorted(sp.real_roots(sp.Poly(whole, x), multiple=False))
    if len(roots) != 2 or not all(root.is_rational for root, _ in roots):
        return
    low, high = (root for root, _ in roots)
    yield line("", relation)
    zero = Node(relation.head, (node_of(whole), num(0)))
    if to_sympy(relation.args[1]) != 0:
        yield line("one_side", zero)
    yield line("factor", Node(relation.head, (node_of(sp.factor(whole)), num(0))))
    less = (relation.head in {"Lt", "Le"}) == (whole.coeff(x, 2) > 0)
    strict = relation.head in {"Lt", "Gt"}
    if less:
        head = "Lt" if strict else "Le"
        yield line("signs_between", _chain((head, head), low, x, high))
    else:
        down, up = ("Lt", "Gt") if strict else ("Le", "Ge")
        yield line(
            "signs_outside", Node(down, (node_of(x), node_of(low))), Node(up, (node_of(x), node_of(high)))
        )
