"""Figures: what was measured, what we aim at, and what the bare way of doing the same costs."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the table.

    Attributes:
        what: The thing measured.
        ours: Our figure.
        unit: Its unit.
        aim: The largest value we accept, or None for a figure that only informs.
        beside: The same done the bare way, as (how, figure) pairs in the same unit.
    """

    what: str
    ours: float
    unit: str
    aim: float | None = None
    beside: Sequence[tuple[str, float]] = ()

    @property
    def holds(self) -> bool:
        """Whether the aim is met."""
        return self.aim is None or self.ours <= self.aim

    def row(self) -> tuple[str, ...]:
        """Cells of the table."""
        aim = (
            ""
            if self.aim is None
            else f"≤ {readable(self.aim)} {self.unit}{'' if self.holds else ' — missed'}"
        )
        beside = "; ".join(f"{how}: {readable(value)} {self.unit}" for how, value in self.beside)
        return (self.what, f"{readable(self.ours)} {self.unit}", aim, beside)


def readable(value: float) -> str:
    """A number with three significant digits or, when large, its thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1)]


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table of all figures."""
    rows = [
        ("what", "assistant_magic", "aim", "beside it"),
        ("---",) * 4,
        *(figure.row() for figure in figures),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def machine() -> str:
    """What the figures were measured on, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("ipython", "ipykernel", "openai"))
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}"
