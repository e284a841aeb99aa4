"""One answer beside another: what they share, and what sets them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from assistant_magic.tutor import forms
from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import RELATIONS, Node, variables, walk
from assistant_magic.tutor.read.units import factor
from assistant_magic.tutor.sameness import (
    Likeness,
    Side,
    compare,
    equal_by_proof,
    matched,
    same_equation,
    satisfies,
    side_of,
    solutions_of,
)
from assistant_magic.tutor.symbols import to_sympy, value_at

_INEQUALITIES = frozenset(RELATIONS) - {"Eq"} | {"and"}


@dataclass(frozen=True)
class Finding:
    """A verdict without its words."""

    status: Literal["correct", "form", "wrong", "unknown"]
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


_SAME = Finding("correct", "same")
_DIFFERENT = Finding("wrong", "different")
_LIKENESS: Mapping[Likeness, Finding] = {
    "same": _SAME,
    "domain": Finding("form", "domain"),
    "different": _DIFFERENT,
    "unknown": Finding("unknown", "undecided"),
}


def compare_claims(given: Claim, wanted: Claim, form: str) -> Finding:
    """How one reading of an answer compares with one reading of the expected answer."""
    if "none" in {given.kind, wanted.kind}:
        return _SAME if given.kind == wanted.kind else _DIFFERENT
    if _isregion_of(given) or _isregion_of(wanted):
        return _regions(given, wanted)
    if any(n.head == "tuple" for n in (*given.nodes, *wanted.nodes)):
        return _points(given, wanted, form)
    if any(n.head == "quantity" for n in (*given.nodes, *wanted.nodes)):
        return _quantities(given.nodes, wanted.nodes, form)
    return _values(given, wanted, form)


def _isregion_of(claim: Claim) -> bool:
    return claim.kind in {"interval", "all"} or any(n.head in _INEQUALITIES for n in claim.nodes)


def _regions(given: Claim, wanted: Claim) -> Finding:
    letters = [{v for n in c.nodes if n.head in _INEQUALITIES for v in variables(n)} for c in (given, wanted)]
    if letters[0] and letters[1] and letters[0] != letters[1]:
        return Finding("wrong", "letter", {"letter": ", ".join(sorted(letters[0]))})
    if region_of(given) != region_of(wanted):
        return _DIFFERENT
    return _SAME if all(_is_solved(n) for n in given.nodes) else Finding("form", "unsolved")


def _is_solved(node: Node) -> bool:
    links = node.args if node.head == "and" else (node,)
    return all(
        any(not variables(s) for s in k.args) and any(s.head == "name" for s in k.args)
        for k in links
        if k.head in RELATIONS
    )


def region_of(claim: Claim) -> Any:
    """The set of real numbers that an answer with inequalities, or lines of one letter, describes."""
    import sympy as sp

    if claim.kind == "all":
        return sp.S.Reals
    if claim.kind == "interval":
        low, high = (to_sympy(n) for n in claim.nodes)
        return sp.Interval(low, high, not claim.closed[0], not claim.closed[1])
    sets = [
        solutions_of(n) if n.head in RELATIONS or n.head == "and" else sp.FiniteSet(to_sympy(n))
        for n in claim.nodes
    ]
    both, either = sp.Intersection(*sets), sp.Union(*sets)
    if claim.joined == "or":
        return either
    return both if claim.joined == "and" or both != sp.S.EmptySet else either


def _points(given: Claim, wanted: Claim, form: str) -> Finding:
    one, other = (_coordinates(claim) for claim in (given, wanted))
    if len(one) != len(other):
        return _DIFFERENT
    for first, second in zip(one, other, strict=True):
        if len(first) != len(second):
            return _DIFFERENT
        for a, b in zip(first, second, strict=True):
            found = _single(a, b, form, "")
            if found.status != "correct":
                return found
    return _SAME


def _coordinates(claim: Claim) -> list[tuple[Node, ...]]:
    """Points, or the values of `x = 2, y = 3` in the order of their letters."""
    if all(n.head == "tuple" for n in claim.nodes):
        return [n.args for n in claim.nodes]
    sides = [side_of(n) for n in claim.nodes]
    if all(s is not None and s.letter for s in sides):
        found = {s.letter: s.value for s in sides if s is not None}
        if len(found) == len(sides):
            return [tuple(found[letter] for letter in sorted(found))]
    raise ValueError("not a point")


def _quantities(given: Sequence[Node], wanted: Sequence[Node], form: str) -> Finding:
    if len(given) != 1 or len(wanted) != 1:
        raise ValueError("several quantities")
    one, other = given[0], wanted[0]
    if other.head != "quantity":
        same = compare(_amount(one), _amount(other)) == "same"
        return Finding("form", "extra_unit") if same else _DIFFERENT
    if one.head != "quantity":
        return Finding("form", "no_unit") if compare(_amount(one), other.args[0]) == "same" else _DIFFERENT
    if one.text == other.text:
        return _single(one.args[0], other.args[0], "" if form == "units" else form, "")
    (dimension, size), (wanted_dimension, wanted_size) = factor(one.text), factor(other.text)
    if dimension != wanted_dimension:
        return Finding("wrong", "unit")
    ratio = Fraction(size) / Fraction(wanted_size)
    scaled = Node(
        "mul",
        (
            one.args[0],
            Node("div", (Node("num", text=str(ratio.numerator)), Node("num", text=str(ratio.denominator)))),
        ),
    )
    found = _single(scaled, other.args[0], "", "")
    return Finding("form", "form_units") if found.status == "correct" and form else found


def _amount(node: Node) -> Node:
    return node.args[0] if node.head == "quantity" else node


def _values(given: Claim, wanted: Claim, form: str) -> Finding:
    ours, theirs = [side_of(n) for n in given.nodes], [side_of(n) for n in wanted.nodes]
    solved, asked = [s for s in ours if s], [s for s in theirs if s]
    if len(asked) < len(theirs):
        return _equations(given.nodes, wanted.nodes)
    if len(solved) < len(ours):
        return _unsolved(given.nodes, asked)
    letters, wanted_letters = {s.letter for s in solved}, {s.letter for s in asked}
    strange = letters - wanted_letters - {""}
    if strange and wanted_letters != {""}:
        if _same_relation(given.nodes, wanted.nodes):
            return Finding("form", "unsolved")
        return Finding("wrong", "letter", {"letter": ", ".join(sorted(strange))})
    if len(wanted_letters) > 1:
        return _by_letter(solved, asked, form)
    if len(solved) == len(asked) == 1:
        return _single(solved[0].value, asked[0].value, form, given.text)
    likeness, hits = matched([s.value for s in solved], [s.value for s in asked])
    if likeness == "different" and hits:
        return Finding("wrong", "missing", {"found": hits, "wanted": len(asked)})
    found = _LIKENESS[likeness]
    if found is _SAME and form and not form.endswith("constant"):
        return _worst([_single(s.value, s.value, form, "") for s in solved])
    return found


def _same_relation(given: Sequence[Node], wanted: Sequence[Node]) -> bool:
    pair = (*given, *wanted)
    return len(pair) == 2 and all(n.head == "Eq" for n in pair) and same_equation(*pair) == "same"


def _by_letter(given: Sequence[Side], wanted: Sequence[Side], form: str) -> Finding:
    one, other = ({s.letter: s.value for s in sides} for sides in (given, wanted))
    if len(one) < len(given) or len(other) < len(wanted):
        raise ValueError("a letter has several values")
    missing = [letter for letter in other if letter not in one]
    right = [
        letter
        for letter in other
        if letter in one and _single(one[letter], other[letter], form, "").status == "correct"
    ]
    if missing or len(right) < len(other):
        found = [_single(one[k], other[k], form, "") for k in other if k in one]
        if not missing and all(f.status != "wrong" for f in found):
            return _worst(found)
        return (
            Finding("wrong", "missing", {"found": len(right), "wanted": len(other)}) if right else _DIFFERENT
        )
    return _SAME


def _worst(found: Sequence[Finding]) -> Finding:
    return max(found, key=lambda f: ("correct", "form", "unknown", "wrong").index(f.status))


def _equations(given: Sequence[Node], wanted: Sequence[Node]) -> Finding:
    if len(given) != 1 or len(wanted) != 1 or given[0].head != "Eq":
        return _DIFFERENT
    return _LIKENESS[same_equation(given[0], wanted[0])]


def _unsolved(given: Sequence[Node], wanted: Sequence[Side]) -> Finding:
    """The pupil wrote an equation where values are wanted."""
    equations = [n for n in given if n.head == "Eq"]
    letters = {v for n in equations for v in variables(n)}
    if len(wanted) == 1 and wanted[0].letter and len(letters) > 1 and len(equations) == 1:
        whole = Node("Eq", (Node("name", text=wanted[0].letter), wanted[0].value))
        return Finding("form", "unsolved") if same_equation(equations[0], whole) == "same" else _DIFFERENT
    if len(letters) != 1 or len(equations) < len(given):
        return _DIFFERENT
    held = all(satisfies(n, min(letters), side.value) for n in equations for side in wanted)
    return Finding("form", "unsolved") if held else _DIFFERENT


def _single(given: Node, wanted: Node, form: str, text: str) -> Finding:
    """One value beside another, in the asked form."""
    kind = form.partition(":")[0]
    if kind in {"decimal_places", "significant_figures"}:
        return _rounded(given, wanted, form, text)
    if kind == "up_to_constant":
        return _up_to_constant(given, wanted)
    if "degrees" in {given.head, wanted.head} and given.head != wanted.head:
        return _degrees(given, wanted)
    found = _LIKENESS[compare(given, wanted)]
    if (
        found.status == "correct"
        and kind in {"factored", "expanded", "lowest_terms"}
        and not forms.written_as(given, kind)
    ):
        return Finding("form", f"form_{kind}")
    if found is _DIFFERENT and _is_rounding(given, wanted):
        return Finding("wrong", "rounded")
    if found is _DIFFERENT and _adds_constant(given, wanted):
        return Finding("form", "extra_constant")
    return found


def _degrees(given: Node, wanted: Node) -> Finding:
    """`45` for 45°: the sign is missing."""
    if given.head == "degrees" and compare(given, wanted) == "same":
        return _SAME
    bare, other = (given, wanted.args[0]) if wanted.head == "degrees" else (given.args[0], wanted)
    if compare(given, wanted) == "same":
        return _SAME
    if compare(bare, other) == "same":
        return Finding("form", "no_unit" if wanted.head == "degrees" else "extra_unit")
    return _DIFFERENT


def _rounded(given: Node, wanted: Node, form: str, text: str) -> Finding:
    kind, _, amount = form.partition(":")
    value = forms.rounded(wanted, form)
    if value is None:
        raise ValueError("not a real number")
    asked = Finding("form", f"form_{kind}")
    own = to_sympy(given)
    digits = forms.digits_of(text)
    if own.is_Rational and Fraction(str(own)) == value:
        if digits is None:
            return asked if (given.head in {"div", "mixed"} and value.denominator > 1) or text else _SAME
        places, figures = digits
        wide_enough = (
            places == int(amount) if kind == "decimal_places" else figures == int(amount) or not places
        )
        return _SAME if wide_enough else asked
    if compare(given, wanted) == "same":
        return asked
    again = forms.rounded(given, form)
    longer = digits is not None and digits[0] > int(amount)
    return asked if again == value and longer and _is_rounding(given, wanted) else _DIFFERENT


def _is_rounding(given: Node, wanted: Node) -> bool:
    """The pupil gave a decimal that the exact value rounds to."""
    import sympy as sp

    if any(n.head not in {"num", "neg"} for n in walk(given)) or variables(wanted):
        return False
    text = next(n.text for n in walk(given) if n.head == "num")
    places = len(text.partition(".")[2])
    exact = sp.N(to_sympy(wanted), 40)
    if not places or not exact.is_real:
        return False
    return bool(abs(exact - to_sympy(given)) <= sp.Rational(6, 10 ** (places + 1)))


def _adds_constant(given: Node, wanted: Node) -> bool:
    extra = set(variables(given)) - set(variables(wanted))
    if len(extra) != 1 or not extra <= {"C", "c"}:
        return False
    rest = to_sympy(given) - to_sympy(wanted)
    return {str(s) for s in rest.expand().free_symbols} == extra


def _up_to_constant(given: Node, wanted: Node) -> Finding:
    import sympy as sp

    letters = tuple(v for v in variables(wanted) if v not in {"C", "c", "K"})
    if len(letters) != 1:
        raise ValueError("an antiderivative has one letter")
    own, constant = forms.without_constant(given, letters)
    other, _ = forms.without_constant(wanted, letters)
    x = sp.Symbol(letters[0], real=True)
    likeness = equal_by_proof(_slope(own, x), _slope(other, x))
    if likeness != "same":
        return _LIKENESS[likeness]
    if _wider(given, wanted, letters[0]):
        return Finding("form", "domain")
    return _SAME if constant else Finding("form", "constant")


def _slope(value: Any, letter: Any) -> Any:
    """The derivative; that of ln|u| is u'/u, as that of ln u."""
    import sympy as sp

    bare = value.replace(
        lambda e: isinstance(e, sp.log) and isinstance(e.args[0], sp.Abs), lambda e: sp.log(e.args[0].args[0])
    )
    return sp.diff(bare, letter)


def _wider(given: Node, wanted: Node, letter: str) -> bool:
    """`ln x` where `ln|x|` is wanted: the pupil's is not defined where it should be."""
    points = ({letter: p, "C": 0.0, "c": 0.0, "K": 0.0, "k": 0.0} for p in (-2.3, -0.7, 0.4, 1.6, 2.9))
    return any((value_at(given, p) is None) != (value_at(wanted, p) is None) for p in points)
