"""Units beyond those of the grammar, through pint: exact, and with a clear line where pint is not installed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.say.numbers import terminating

_QUANTITY = re.compile(r"^\s*([-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:\s*/\s*\d+)?|[-+]?\.\d+)\s*(\S.*)$")
_UNIT = re.compile(
    r"^[A-Za-zµμ°Ω%][A-Za-zµμ°Ω%_ ]*(?:\s*[*/·]\s*[A-Za-zµμ°Ω_ ]+|\s*(?:\^|\*\*)\s*-?\d|[²³]|\d)*$"
)
_WRITTEN = {
    "°C": "degC",
    "°F": "degF",
    "celsius": "degC",
    "fahrenheit": "degF",
    "²": "**2",
    "³": "**3",
    "^": "**",
}
_MISLEADING = frozenset({"decade", "decades"})
"""For pint a decade is a factor of ten, not ten years."""


@dataclass(frozen=True, kw_only=True)
class Converted(Value):
    """A quantity in another unit.

    Attributes:
        value: The number: exact where it ends, else to twelve digits.
        exact: The number as a fraction.
        unit: The unit.
    """

    type: ClassVar[Literal["converted"]] = "converted"
    value: str
    exact: str
    unit: str


def convert(quantity: str, unit: str, *, seconds: float = 5.0) -> Converted:
    """A quantity in another unit, computed with fractions.

    Raises:
        ValueError: It is no quantity, the units measure different things, or pint is not installed.
    """
    found = _QUANTITY.match(quantity)
    if found is None or not _is_unit(found[2]) or not _is_unit(unit):
        raise ValueError(phrase("tool", "unit_unread", text=f"{quantity[:40]} → {unit[:40]}"))
    number = Fraction(found[1].replace(",", "").replace(" ", ""))
    try:
        return within(seconds, lambda: _converted(number, _pint_name(found[2]), _pint_name(unit)))
    except OutOfTimeError:
        raise ValueError(phrase("tool", "too_long")) from None


def _is_unit(text: str) -> bool:
    return len(text) <= 40 and bool(_UNIT.match(text.strip())) and text.strip().lower() not in _MISLEADING


def _pint_name(text: str) -> str:
    for written, known in _WRITTEN.items():
        text = text.replace(written, known)
    return text.strip()


def _converted(number: Fraction, source: str, target: str) -> Converted:
    registry, errors = _registry()
    try:
        result = registry.Quantity(number, source).to(target)
    except errors as error:
        raise ValueError(phrase("tool", "unit_error", text=str(error))) from None
    value = Fraction(result.magnitude)
    text = str(value.numerator) if value.denominator == 1 else terminating(value) or f"{float(value):.12g}"
    return Converted(value=text, exact=str(value), unit=target)


@cache
def _registry() -> tuple[Any, Any]:
    try:
        import pint
    except ModuleNotFoundError:
        raise ValueError(phrase("tool", "missing_units")) from None
    errors = (pint.errors.PintError, ValueError, TypeError, AttributeError, ArithmeticError)
    return pint.UnitRegistry(non_int_type=Fraction, autoconvert_offset_to_baseunit=True), errors
