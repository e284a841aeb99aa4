"""Whether two expressions, solutions or inequalities are the same; never "yes" without a proof."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant_magic.tutor.expressions import RELATIONS, Node, replaced, variables, walk
from assistant_magic.tutor.symbols import gap, to_sympy, value_at

Likeness = Literal["same", "domain", "different", "unknown"]
"""`domain`: equal wherever both are defined, but not defined at the same places."""

_POINTS = (
    -3.7,
    -2.0,
    -1.3,
    -1.0,
    -0.4,
    0.0,
    0.6,
    1.0,
    1.9,
    2.0,
    3.0,
    5.3,
    math.pi / 2,
    math.pi,
    -math.pi / 2,
)
_MIXED = (1.7, -2.3, 0.6, -0.9, 3.1, 2.2, -1.4, 0.35)


def compare(first: Node, second: Node) -> Likeness:
    """How two expressions compare as functions of real numbers."""
    if first == second:
        return "same"
    letters = sorted({*variables(first), *variables(second)})
    apart = False
    for point in _assignments(letters, (first, second)) if letters else ():
        here, there = value_at(first, point), value_at(second, point)
        if (here is None) != (there is None):
            apart = True
        elif here is not None and there is not None and abs(here - there) > 1e-7 * max(1.0, abs(here)):
            return "different"
    one, other = to_sympy(first), to_sympy(second)
    likeness = equal_by_proof(one, other)
    if apart and likeness == "unknown":
        likeness = equal_by_proof(_for_positive(one), _for_positive(other))
    return "domain" if apart and likeness == "same" else likeness


def _for_positive(expression: Any) -> Any:
    import sympy as sp

    return expression.subs({x: sp.Symbol(str(x), positive=True) for x in expression.free_symbols})


def equal_by_proof(first: Any, second: Any) -> Likeness:
    """How two SymPy expressions compare, wherever they are defined."""
    import sympy as sp

    if first == second:
        return "same"
    if first.has(sp.zoo, sp.nan, sp.oo) or second.has(sp.zoo, sp.nan, sp.oo):
        return "different"
    rest = first - second
    if rest == 0 or sp.expand(rest) == 0:
        return "same"
    if not rest.free_symbols:
        return _constant(rest)
    if _somewhere_nonzero(rest):
        return "different"
    return "same" if _simplified(rest) == 0 else "unknown"


def _simplified(rest: Any) -> Any:
    import sympy as sp

    for change in (sp.together, sp.cancel, sp.trigsimp, sp.simplify):
        try:
            if change(rest) == 0:
                return sp.S.Zero
        except (sp.PolynomialError, RuntimeError, TypeError):
            continue
    return rest


def _constant(rest: Any) -> Likeness:
    import sympy as sp

    if rest.is_Rational:
        return "same" if rest == 0 else "different"
    size = abs(complex(sp.N(rest, 40)))
    if size > 1e-25:
        return "different"
    return {True: "same", False: "different", None: "unknown"}[rest.equals(0)]  # type: ignore[return-value]  # the literals


def _somewhere_nonzero(rest: Any) -> bool:
    """A difference too small for floats shows at 40 digits."""
    import sympy as sp

    letters = sorted(rest.free_symbols, key=str)
    for shift in range(4):
        values = {x: sp.Rational(7 + 4 * i + 3 * shift, 11 - 2 * shift) for i, x in enumerate(letters)}
        value = sp.N(rest.subs(values), 40)
        if value.is_number and value.is_finite and abs(value) > sp.Float("1e-28"):
            return True
    return False


def _assignments(letters: Sequence[str], nodes: Sequence[Node]) -> Iterator[Mapping[str, float]]:
    if len(letters) == 1:
        points = {*_POINTS, *(p for node in nodes for p in _critical(node, letters[0]))}
        yield from ({letters[0]: point} for point in points)
        return
    around = itertools.cycle(_MIXED)
    for _ in range(12):
        yield {letter: next(around) * (1 + 0.1 * place) for place, letter in enumerate(letters)}
    for letter in letters:
        yield {other: 0.0 if other == letter else 1.3 + i for i, other in enumerate(letters)}
    for sign in (1.0, -1.0):
        yield {letter: 1.5 * sign**place for place, letter in enumerate(letters)}


def _critical(node: Node, letter: str) -> Iterator[float]:
    """Where a denominator, or what stands under a root or in a logarithm, is zero."""
    import sympy as sp

    for part in walk(node):
        watched: Node | None = None
        if part.head == "div":
            watched = part.args[1]
        elif part.head == "pow" or (part.head == "call" and part.text in {"sqrt", "log"}):
            watched = part.args[0]
        if watched is None or letter not in variables(watched):
            continue
        try:
            roots = [float(root) for root in sp.real_roots(sp.Poly(to_sympy(watched)))]
        except (sp.PolynomialError, RuntimeError, ValueError, TypeError):
            continue
        for root in roots:
            yield from (root, root - 0.01, root + 0.01)


@dataclass(frozen=True)
class Side:
    """One value of an answer, with the letter it belongs to; `letter` is "" for a bare value."""

    letter: str
    value: Node


def side_of(node: Node) -> Side | None:
    """`x = 3` and `3` as sides; None for an equation that is not solved."""
    if node.head not in RELATIONS:
        return Side("", node)
    if node.head != "Eq":
        return None
    for one, other in (node.args, node.args[::-1]):
        if one.head == "name" and one.text not in variables(other):
            return Side(one.text, other)
    return None


def matched(found: Sequence[Node], wanted: Sequence[Node]) -> tuple[Likeness, int]:
    """Whether two lists hold the same values in any order, and how many of `wanted` were found."""
    hits, worst = 0, "same"
    for value in wanted:
        best = _best([compare(other, value) for other in found])
        hits += best == "same"
        worst = _worst(worst, best)
    for value in found:
        worst = _worst(worst, _best([compare(value, other) for other in wanted]))
    return worst, hits  # type: ignore[return-value]  # one of the literals


_ORDER = ("same", "domain", "unknown", "different")


def _best(kinds: Sequence[str]) -> str:
    return min(kinds, key=_ORDER.index, default="different")


def _worst(one: str, other: str) -> str:
    return max(one, other, key=_ORDER.index)


def same_equation(first: Node, second: Node) -> Likeness:
    """Two equations say the same: their sides differ by a constant factor that is not zero."""
    import sympy as sp

    one, other = to_sympy(gap(first)), to_sympy(gap(second))
    if one == 0 or other == 0:
        return "same" if sp.simplify(one) == sp.simplify(other) == 0 else "different"
    ratio = sp.cancel(sp.together(one / other))
    return "same" if not ratio.free_symbols and ratio != 0 and ratio.is_finite else "different"


def satisfies(equation: Node, letter: str, value: Node) -> bool:
    """A value put in for a letter makes both sides equal."""
    left, right = (replaced(side, Node("name", text=letter), value) for side in equation.args)
    return compare(left, right) == "same"


def solutions_of(node: Node) -> Any:
    """The set of real numbers for which an inequality, a chain of them, or an equation holds.

    Raises:
        ValueError: It has not exactly one letter, or SymPy finds no set.
    """
    import sympy as sp

    if node.head == "and":
        found = sp.S.Reals
        for link in node.args:
            found = found.intersect(solutions_of(link))
        return found
    letters = variables(node)
    if len(letters) != 1 or node.head not in RELATIONS:
        raise ValueError("an inequality needs one letter")
    x = sp.Symbol(letters[0], real=True)
    left, right = (to_sympy(side) for side in node.args)
    found = sp.solveset(getattr(sp, node.head)(left, right), x, sp.S.Reals)
    if isinstance(found, sp.ConditionSet) or found.has(sp.ConditionSet):
        raise ValueError("SymPy finds no set")
    return found
