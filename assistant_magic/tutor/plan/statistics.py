"""SymPy for statistics, each as it is taught at school."""

from __future__ import annotations

_QUARTILES = (
    "data = sorted(sp.sympify(x) for x in {0})",
    "half = len(data)//2",
    "middle = lambda row: (row[(len(row) - 1)//2] + row[len(row)//2])/2",
    "quartiles = [middle(data[:half]), middle(data), middle(data[-half:])]",
)
"""The medians of the lower half, of all, and of the upper half, each half without the middle value."""

STATISTICS: dict[str, tuple[str, ...]] = {
    "quartiles": (*_QUARTILES, "quartiles"),
    "quartile": (*_QUARTILES, "quartiles[{which}]"),
    "quartile_range": (*_QUARTILES, "quartiles[2] - quartiles[0]"),
    "midrange": ("(max({0}) + min({0}))/sp.Integer(2)",),
    "sum_of_squares": ("sum(v**2 for v in {0})",),
    "mean": ("values = {0}", "sum(values)/sp.Integer(len(values))"),
    "median": (
        "values = sorted({0})",
        "middle = len(values)//2",
        "sp.sympify(values[middle] if len(values) % 2 else sp.Rational(1, 2)*(values[middle - 1] + values[middle]))",
    ),
    "mode": (
        "values = {0}",
        "most = max(values.count(v) for v in values)",
        "sorted({{v for v in values if values.count(v) == most}})",
    ),
    "spread": ("max({0}) - min({0})",),
    "variance": (
        "values = {0}",
        "mean = sum(values)/sp.Integer(len(values))",
        "sum((v - mean)**2 for v in values)/sp.Integer(len(values) - {lost})",
    ),
    "deviation": (
        "values = {0}",
        "mean = sum(values)/sp.Integer(len(values))",
        "sp.sqrt(sum((v - mean)**2 for v in values)/sp.Integer(len(values) - {lost}))",
    ),
    "weighted_mean": ("sum(v*w for v, w in zip({0}, {1}))/sp.Integer(1)/sum({1})",),
    "geometric_mean": ("values = {0}", "sp.real_root(sp.prod(values), len(values))"),
    "harmonic_mean": ("values = {0}", "len(values)/sum(1/sp.Rational(v) for v in values)"),
}
