"""One value beside another, in the form that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from assistant_magic.tutor import forms
from assistant_magic.tutor.expressions import Node, variables, walk
from assistant_magic.tutor.sameness import Likeness, compare, equal_by_proof
from assistant_magic.tutor.symbols import to_sympy, value_at


@dataclass(frozen=True)
class Finding:
    """A verdict without its words."""

    status: Literal["correct", "form", "wrong", "unknown"]
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)


SAME = Finding("correct", "same")
DIFFERENT = Finding("wrong", "different")
LIKENESS: Mapping[Likeness, Finding] = {
    "same": SAME,
    "domain": Finding("form", "domain"),
    "different": DIFFERENT,
    "unknown": Finding("unknown", "undecided"),
}


def compare_values(given: Node, wanted: Node, form: str, text: str) -> Finding:
    """One value beside another, in the asked form."""
    kind = form.partition(":")[0]
    if kind in {"decimal_places", "significant_figures"}:
        return _rounded(given, wanted, form, text)
    if kind == "up_to_constant":
        return _up_to_constant(given, wanted)
    if "degrees" in {given.head, wanted.head} and given.head != wanted.head:
        return _degrees(given, wanted)
    found = LIKENESS[compare(given, wanted)]
    if found.status == "correct" and kind in forms.SHAPES and not forms.written_as(given, kind):
        return Finding("form", f"form_{kind}")
    if found is DIFFERENT and _is_rounding(given, wanted):
        return Finding("wrong", "rounded")
    if found is DIFFERENT and _adds_constant(given, wanted):
        return Finding("form", "extra_constant")
    return found


def _degrees(given: Node, wanted: Node) -> Finding:
    """`45` for 45°: the sign is missing."""
    if given.head == "degrees" and compare(given, wanted) == "same":
        return SAME
    bare, other = (given, wanted.args[0]) if wanted.head == "degrees" else (given.args[0], wanted)
    if compare(given, wanted) == "same":
        return SAME
    if compare(bare, other) == "same":
        return Finding("form", "no_unit" if wanted.head == "degrees" else "extra_unit")
    return DIFFERENT


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
            return asked if (given.head in {"div", "mixed"} and value.denominator > 1) or text else SAME
        places, figures = digits
        wide_enough = places == int(amount) if kind == "decimal_places" else int(amount) in figures
        return SAME if wide_enough else asked
    if compare(given, wanted) == "same":
        return asked
    again = forms.rounded(given, form)
    longer = digits is not None and digits[0] > int(amount)
    return asked if again == value and longer and _is_rounding(given, wanted) else DIFFERENT


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
        return LIKENESS[likeness]
    if _wider(given, wanted, letters[0]):
        return Finding("form", "domain")
    return SAME if constant else Finding("form", "constant")


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
