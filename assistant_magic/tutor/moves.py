"""Whether one line of a pupil's working follows from the line above it."""

from __future__ import annotations

from typing import Any

from assistant_magic.tutor.claims import Claim, NotReadError, read_claims
from assistant_magic.tutor.comparison import region_of
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.expressions import RELATIONS, Node, variables
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.sameness import compare, equal_by_proof, same_equation, side_of
from assistant_magic.tutor.symbols import gap, to_sympy
from assistant_magic.tutor.verdicts import NO_COMPARISON, Status, Verdict


def check_step(before: str, after: str, *, seconds: float = 5.0) -> Verdict:
    """Compare two lines of working: expressions by value, equations and inequalities by their real solutions.

    A line may hold several equations (`x = 2 or x = -3`, `x + y = 10, x - y = 4`). The verdict is `correct` when the
    lines are equivalent; `form` when the second has further solutions or another domain; `wrong` when it
    does not follow or loses a solution; `unknown` when it cannot be told.
    """
    claims = []
    for text in (before, after):
        try:
            claims.append(read_claims(text)[0])
        except NotReadError as error:
            return _verdict("unknown", "unread", text=str(error))
    return check_move(claims[0], claims[1], seconds=seconds)


def check_move(before: Claim, after: Claim, *, seconds: float = 5.0) -> Verdict:
    """`check_step` for lines that were read before."""
    try:
        return within(seconds, lambda: _judged(before, after))
    except OutOfTimeError:
        return _verdict("unknown", "too_long")
    except NO_COMPARISON:
        return _verdict("unknown", "undecided")


def _judged(before: Claim, after: Claim) -> Verdict:
    if before.choices or after.choices:
        return _verdict("unknown", "undecided")
    if _is_value(before) and _is_value(after):
        return _by_value(before, after)
    pair = (*before.nodes, *after.nodes)
    alone = len(before.nodes) == len(after.nodes) == 1 and all(n.head == "Eq" for n in pair)
    if alone and same_equation(*pair) == "same":
        return _verdict("correct", "same")
    letters = {v for n in pair for v in variables(n)}
    if len(letters) > 1:
        return _of_systems(before, after)
    return _by_solutions(_real(before), _real(after))


def _is_value(claim: Claim) -> bool:
    return (
        claim.kind == "values"
        and len(claim.nodes) == 1
        and claim.nodes[0].head not in {*RELATIONS, "and", "tuple"}
    )


def _by_value(before: Claim, after: Claim) -> Verdict:
    likeness = compare(before.nodes[0], after.nodes[0])
    found: dict[str, tuple[Status, str]] = {
        "same": ("correct", "same"),
        "domain": ("form", "domain"),
        "different": ("wrong", "different"),
        "unknown": ("unknown", "undecided"),
    }
    return _verdict(*found[likeness])


def _real(claim: Claim) -> Any:
    import sympy as sp

    return sp.S.EmptySet if claim.kind == "none" else region_of(claim)


def _by_solutions(first: Any, second: Any) -> Verdict:
    if first == second:
        return _verdict("correct", "same")
    if first.is_subset(second) and not first.is_empty:
        return _verdict("form", "gained")
    if second.is_subset(first):
        return _verdict("wrong", "lost")
    return _verdict("wrong", "different")


def _of_systems(before: Claim, after: Claim) -> Verdict:
    """Equations in several letters: the same solutions for all of them."""
    import sympy as sp

    if any(n.head != "Eq" for n in (*before.nodes, *after.nodes)):
        return _verdict("unknown", "undecided")
    if len(before.nodes) == len(after.nodes) == 1:
        return _rearranged(before.nodes[0], after.nodes[0])
    found = []
    letters = sorted({v for n in (*before.nodes, *after.nodes) for v in variables(n)})
    for claim in (before, after):
        symbols = [sp.Symbol(v, real=True) for v in letters]
        found.append(sp.solve([to_sympy(gap(n)) for n in claim.nodes], symbols, dict=True))
    sets = [{frozenset((x, sp.simplify(v)) for x, v in one.items()) for one in many} for many in found]
    if sets[0] == sets[1]:
        return _verdict("correct", "same")
    if len(before.nodes) == len(after.nodes):
        return _verdict("wrong", "different")
    held = all(sp.simplify(to_sympy(gap(n)).subs(one)) == 0 for one in found[0] for n in after.nodes)
    return _verdict("form", "gained") if held and found[0] else _verdict("wrong", "different")


def _rearranged(before: Node, after: Node) -> Verdict:
    """A formula solved for one of its letters."""
    import sympy as sp

    side = side_of(after)
    if side is None or side.letter not in variables(before):
        return _verdict("unknown", "undecided")
    value = to_sympy(side.value)
    ways = sp.solve(to_sympy(gap(before)), sp.Symbol(side.letter, real=True))
    likeness = [equal_by_proof(way, value) for way in ways]
    if "same" in likeness:
        return _verdict("correct", "same") if len(ways) == 1 else _verdict("wrong", "lost")
    return (
        _verdict("wrong", "different") if set(likeness) == {"different"} else _verdict("unknown", "undecided")
    )


def _verdict(status: Status, reason: str, **values: object) -> Verdict:
    return Verdict(status=status, reason=reason, message=phrase("step", reason, **values))
