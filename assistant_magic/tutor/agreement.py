"""For code that the offline tutor writes: one public name, so that who reads the code knows what it can do."""

from __future__ import annotations

from typing import Any

__all__ = ["agrees"]


def agrees(found: Any, *claimed: str) -> bool:
    """What a program found is what a pupil claims; the code of the offline tutor asks this.

    Args:
        found: The value, or a list of values: numbers, SymPy's expressions, or the digits of a number as text.
        claimed: The pupil's values, in SymPy's syntax.
    """
    from assistant_magic.tutor.claims import Claim
    from assistant_magic.tutor.expressions import parse
    from assistant_magic.tutor.symbols import value_at
    from assistant_magic.tutor.verdicts import check_claims

    if isinstance(found, str):
        return found == "".join(claimed)
    values = list(found) if isinstance(found, list | tuple | set | frozenset) else [found]
    if len(values) == 1 and isinstance(values[0], dict):
        values = [f"Eq({letter}, {value})" for letter, value in values[0].items()]
    try:
        given, wanted = (tuple(parse(str(value)) for value in side) for side in (claimed, values))
    except ValueError:
        return False
    if len(given) == len(wanted) == 1 and (isinstance(found, float) or type(found).__name__ == "Float"):
        # The result itself is rounded, so digits behind those of a float are no mistake.
        value = value_at(given[0], {})
        return value is not None and abs(value - complex(found)) < 1e-9
    return check_claims([Claim("", given)], [Claim("", wanted)]).status == "correct"
