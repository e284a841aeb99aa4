"""SymPy for quartiles as taught at school."""

from __future__ import annotations

_FOUND = (
    "data = sorted(sp.sympify(x) for x in {0})",
    "half = len(data)//2",
    "middle = lambda row: (row[(len(row) - 1)//2] + row[len(row)//2])/2",
    "quartiles = [middle(data[:half]), middle(data), middle(data[-half:])]",
)
QUARTILES: dict[str, tuple[str, ...]] = {
    "quartiles": (*_FOUND, "quartiles"),
    "quartile": (*_FOUND, "quartiles[{which}]"),
    "quartile_range": (*_FOUND, "quartiles[2] - quartiles[0]"),
}
"""The medians of the lower half, of all, and of the upper half, each half without the middle value."""
