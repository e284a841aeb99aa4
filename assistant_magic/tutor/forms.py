"""The form an answer is asked in: factored, expanded, lowest terms, so many places, a unit, up to a constant.

A form tests how an answer is written, so it looks at the tree and not at the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from assistant_magic.tutor.expressions import Node, variables, walk
from assistant_magic.tutor.symbols import UnreadableError, to_sympy

FORMS = (
    "factored", "expanded", "lowest_terms", "worked_out", "decimal_places:N", "significant_figures:N", "units", "up_to_constant",
)  # fmt: skip
_POWER_OF_TEN = re.compile(r"[eE][-+]?\d+$|\s*[*·x]\s*10\^[({]?[-+]?\d+[)}]?$")
_DIGITS = re.compile(r"^[-+]?(\d*)\.?(\d*)$")


def written_as(node: Node, form: str) -> bool:
    """An expression is written in a form (`factored`, `expanded`, `lowest_terms` or `worked_out`)."""
    if node.head == "Eq":
        return all(written_as(side, form) for side in node.args)
    return SHAPES[form](node)


def is_factored(node: Node) -> bool:
    """A product of factors none of which can be factored further over the rational numbers."""
    import sympy as sp

    numbers = 0
    for base in _factors(node):
        value = to_sympy(base)
        if not value.free_symbols:
            numbers += value not in {1, -1}
            continue
        if base.head in {"mul", "div"}:
            return False
        _, factors = sp.factor_list(value)
        content = sp.Poly(value).content() if value.is_polynomial() else 1
        if sum(power for _, power in factors) != 1 or content not in {1, -1}:
            return False
    return numbers <= 1


def _factors(node: Node) -> Iterator[Node]:
    match node.head:
        case "neg":
            yield from _factors(node.args[0])
        case "mul":
            yield from _factors(node.args[0])
            yield from _factors(node.args[1])
        case "pow" if node.args[1].head == "num":
            yield from _factors(node.args[0])
        case _:
            yield node


def is_expanded(node: Node) -> bool:
    """A sum of terms without brackets, like terms collected."""
    import sympy as sp

    terms = list(_terms(node))
    if any(_has_sum_inside(term) for term in terms):
        return False
    return len(terms) == len(sp.Add.make_args(sp.expand(to_sympy(node))))


def _terms(node: Node) -> Iterator[Node]:
    if node.head in {"add", "sub"}:
        yield from _terms(node.args[0])
        yield from _terms(node.args[1])
    elif node.head == "neg" and node.args[0].head not in {"add", "sub"}:
        yield from _terms(node.args[0])
    else:
        yield node


def _has_sum_inside(term: Node) -> bool:
    for part in walk(term):
        if part.head in {"mul", "pow", "div"} and any(a.head in {"add", "sub"} for a in part.args):
            return True
        if part.head == "neg" and part.args[0].head in {"add", "sub"}:
            return True
    return False


def in_lowest_terms(node: Node) -> bool:
    """A whole number, or a fraction in which nothing cancels."""
    import sympy as sp

    match node.head:
        case "neg":
            return in_lowest_terms(node.args[0])
        case "num":
            return "." not in node.text
        case "mixed":
            whole, over, under = (int(a.text) for a in node.args)
            return whole >= 0 and over < under and math.gcd(over, under) == 1
        case "div":
            over, under = (to_sympy(a) for a in node.args)
            if any(a.head == "neg" for a in node.args[1:]) or under in {1, -1}:
                return False
            return bool(sp.gcd(over, under) == 1) and not any(
                n.head == "div" for a in node.args for n in walk(a)
            )
    return bool(variables(node)) and not any(n.head == "div" for n in walk(node))


def is_worked_out(node: Node) -> bool:
    """One number with nothing left to compute: whole, decimal, or a fraction in lowest terms; or a surd as it is."""
    if node.head in {"neg", "percent"}:
        return is_worked_out(node.args[0])
    if node.head == "num" or in_lowest_terms(node):
        return True
    return not variables(node) and not to_sympy(node).is_Rational


SHAPES: Mapping[str, Callable[[Node], bool]] = {
    "factored": is_factored,
    "expanded": is_expanded,
    "lowest_terms": in_lowest_terms,
    "worked_out": is_worked_out,
}
"""Forms that a tree has or has not, whatever is asked."""


def digits_of(text: str) -> tuple[int, range] | None:
    """Decimal places and significant figures of a number as it was typed, or None: `0.50` has 2 and 2, `300` 1 to 3."""
    plain = text.strip().rstrip("%° ").lstrip("$£€ ").split("=")[-1].strip().replace("−", "-")
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", plain).replace(",", ".")
    found = _DIGITS.match(_POWER_OF_TEN.sub("", plain))
    if not found or not (found[1] or found[2]):
        return None
    whole, decimals = found[1], found[2]
    figures = (whole + decimals).lstrip("0")
    if not decimals:
        return 0, range(len(figures.rstrip("0")) or 1, max(len(figures), 1) + 1)
    certain = len(figures) or len(decimals)
    return len(decimals), range(certain, certain + 1)


def rounded(value: Node, form: str) -> Fraction | None:
    """The value of an expression rounded half away from zero as `decimal_places:2` or `significant_figures:3` says."""
    import sympy as sp

    kind, _, amount = form.partition(":")
    number = to_sympy(value)
    if number.free_symbols or not number.is_real:
        return None
    close = sp.N(number, 60)
    exact = Fraction(str(number)) if number.is_Rational else Fraction(str(close))
    places = int(amount) if kind == "decimal_places" else int(amount) - 1 - _magnitude(exact)
    scaled = abs(exact) * Fraction(10) ** places
    result = Fraction(math.floor(scaled + Fraction(1, 2))) / Fraction(10) ** places
    return -result if exact < 0 else result


def _magnitude(value: Fraction) -> int:
    if value == 0:
        return 0
    power = len(str(abs(value.numerator))) - len(str(value.denominator))
    return power if abs(value) >= Fraction(10) ** power else power - 1


def without_constant(node: Node, letters: tuple[str, ...]) -> tuple[Any, bool]:
    """An antiderivative without its `+ C`, and whether one was there."""
    value = to_sympy(node)
    extra = [s for s in value.free_symbols if str(s) not in letters]
    if len(extra) > 1 or (extra and str(extra[0]) not in {"C", "c", "k", "K"}):
        raise UnreadableError("more letters than the question has")
    if not extra:
        return value, False
    if value.diff(extra[0]) not in {1, -1}:
        raise UnreadableError(f"{extra[0]} is not added as a constant")
    return value.subs(extra[0], 0), True
