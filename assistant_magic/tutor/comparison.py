"""One answer beside another: what they share, and what sets them apart."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import RELATIONS, Node, variables
from assistant_magic.tutor.read.units import factor
from assistant_magic.tutor.sameness import (
    Side,
    compare,
    matched,
    same_equation,
    satisfies,
    side_of,
    solutions_of,
)
from assistant_magic.tutor.single_values import DIFFERENT, LIKENESS, SAME, Finding, compare_values
from assistant_magic.tutor.symbols import to_sympy

_INEQUALITIES = frozenset(RELATIONS) - {"Eq"} | {"and"}


def compare_claims(given: Claim, wanted: Claim, form: str) -> Finding:
    """How one reading of an answer compares with one reading of the expected answer."""
    if "none" in {given.kind, wanted.kind}:
        return SAME if given.kind == wanted.kind else DIFFERENT
    if _is_region(given) or _is_region(wanted):
        return _regions(given, wanted)
    if any(n.head == "matrix" for n in (*given.nodes, *wanted.nodes)):
        return _matrices(given.nodes, wanted.nodes)
    if any(n.head == "tuple" for n in (*given.nodes, *wanted.nodes)):
        return _points(given, wanted, form)
    if any(n.head == "quantity" for n in (*given.nodes, *wanted.nodes)):
        return _quantities(given.nodes, wanted.nodes, form)
    return _values(given, wanted, form)


def _matrices(given: Sequence[Node], wanted: Sequence[Node]) -> Finding:
    one, other = ((*nodes[:1],) for nodes in (given, wanted))
    both = [n for n in (*one, *other) if n.head == "matrix"]
    alone = len(given) == len(wanted) == len(both) - 1 == 1
    return SAME if alone and same_entries(*both) else DIFFERENT


def same_entries(one: Node, other: Node) -> bool:
    """Two matrices of the same size whose entries are the same."""
    rows = [[row.args for row in node.args] for node in (one, other)]
    if [len(row) for row in rows[0]] != [len(row) for row in rows[1]]:
        return False
    pairs = ((a, b) for first, second in zip(*rows, strict=True) for a, b in zip(first, second, strict=True))
    return all(compare(a, b) == "same" for a, b in pairs)


def _is_region(claim: Claim) -> bool:
    return claim.kind in {"interval", "all"} or any(n.head in _INEQUALITIES for n in claim.nodes)


def _regions(given: Claim, wanted: Claim) -> Finding:
    letters = [{v for n in c.nodes if n.head in _INEQUALITIES for v in variables(n)} for c in (given, wanted)]
    if letters[0] and letters[1] and letters[0] != letters[1]:
        return Finding("wrong", "letter", {"letter": ", ".join(sorted(letters[0]))})
    if region_of(given) != region_of(wanted):
        return DIFFERENT
    return SAME if all(_is_solved(n) for n in given.nodes) else Finding("form", "unsolved")


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
        return DIFFERENT
    for first, second in zip(one, other, strict=True):
        if len(first) != len(second):
            return DIFFERENT
        for a, b in zip(first, second, strict=True):
            found = compare_values(a, b, form, "")
            if found.status != "correct":
                return found
    return SAME


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
        return Finding("form", "extra_unit") if same else DIFFERENT
    if one.head != "quantity":
        return Finding("form", "no_unit") if compare(_amount(one), other.args[0]) == "same" else DIFFERENT
    if one.text == other.text:
        return compare_values(one.args[0], other.args[0], "" if form == "units" else form, "")
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
    found = compare_values(scaled, other.args[0], "", "")
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
        return compare_values(solved[0].value, asked[0].value, form, given.text)
    likeness, hits = matched([s.value for s in solved], [s.value for s in asked])
    if likeness == "different" and hits:
        return Finding("wrong", "missing", {"found": hits, "wanted": len(asked)})
    found = LIKENESS[likeness]
    if found is SAME and form and not form.endswith("constant"):
        return _worst([compare_values(s.value, s.value, form, "") for s in solved])
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
        if letter in one and compare_values(one[letter], other[letter], form, "").status == "correct"
    ]
    if missing or len(right) < len(other):
        found = [compare_values(one[k], other[k], form, "") for k in other if k in one]
        if not missing and all(f.status != "wrong" for f in found):
            return _worst(found)
        return (
            Finding("wrong", "missing", {"found": len(right), "wanted": len(other)}) if right else DIFFERENT
        )
    return SAME


def _worst(found: Sequence[Finding]) -> Finding:
    return max(found, key=lambda f: ("correct", "form", "unknown", "wrong").index(f.status))


def _equations(given: Sequence[Node], wanted: Sequence[Node]) -> Finding:
    if len(given) != 1 or len(wanted) != 1 or given[0].head != "Eq":
        return DIFFERENT
    return LIKENESS[same_equation(given[0], wanted[0])]


def _unsolved(given: Sequence[Node], wanted: Sequence[Side]) -> Finding:
    """The pupil wrote an equation where values are wanted."""
    equations = [n for n in given if n.head == "Eq"]
    letters = {v for n in equations for v in variables(n)}
    if len(wanted) == 1 and wanted[0].letter and len(letters) > 1 and len(equations) == 1:
        whole = Node("Eq", (Node("name", text=wanted[0].letter), wanted[0].value))
        return Finding("form", "unsolved") if same_equation(equations[0], whole) == "same" else DIFFERENT
    if len(letters) != 1 or len(equations) < len(given):
        return DIFFERENT
    held = all(satisfies(n, min(letters), side.value) for n in equations for side in wanted)
    return Finding("form", "unsolved") if held else DIFFERENT
