"""Rounding as taught at school: half up, from the exact value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def rounded_lines(value: str, rounding: Sequence[object], *, percent: bool = False) -> list[str]:
    """Lines that return a value and its rounded form, as text; a list is rounded one by one, hundredths with `percent`."""
    kind, amount = str(rounding[0]), str(rounding[1])
    unit = _unit(kind, amount)
    way = "ROUND_DOWN" if kind == "cut" else "ROUND_HALF_UP"
    return [
        f"from decimal import {way}, Decimal",
        "",
        "def rounded(x):",
        "    digits = Decimal(str(sp.N(x, 40)))",
        f'    return f"{{{_rounded(unit, way)}:f}}"',
        "",
        f"value = {value}",
        "if isinstance(value, list):",
        '    return value, "[" + ", ".join(rounded(x) for x in value) + "]"',
        "return value, rounded(100*value)" if percent else "return value, rounded(value)",
    ]


def _rounded(unit: str, way: str) -> str:
    if unit.startswith("*"):
        return f"(digits / {unit[1:]}).quantize(Decimal(1), {way}) * {unit[1:]}"
    return f"digits.quantize({unit}, {way})"


def _unit(kind: str, amount: str) -> str:
    """The last digit that stays, as source."""
    if kind in {"places", "cut"}:
        return f"Decimal(1).scaleb(-{int(amount)})"
    if kind == "figures":
        return f"Decimal(1).scaleb(digits.adjusted() - {int(amount) - 1})"
    step = Fraction(amount)
    if step >= 1 and set(amount.lstrip("1")) <= {"0"}:
        return f"*Decimal({amount})"
    return f"*Decimal('{float(step):g}')"
