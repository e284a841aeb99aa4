"""Measure what the README claims: every module here that has `measure()`, or those named on the command line."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from figures import Figure, machine, table

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
INTRODUCTION = """# Benchmarks

Written by `make bench`; each row is made by the module of `benchmarks/` that its heading names. A figure beside ours is the bare way of
doing the same, measured in the same run on the same machine: {machine}.
"""


def main(names: list[str]) -> int:
    """Run the benchmarks and print their tables; 1 when an aim is missed."""
    found = sorted(
        p.stem for p in HERE.glob("*.py") if "def measure(" in p.read_text() and p.stem != "__main__"
    )
    pages, missed = [INTRODUCTION.format(machine=machine())], []
    for name in names or found:
        module = import_module(name)
        print(f"{name} …", flush=True)
        figures: list[Figure] = module.measure()
        print(table(figures) + "\n", flush=True)
        pages.append(f"## {name}\n\n{module.__doc__.strip()}\n\n{table(figures)}\n")
        missed += [figure.what for figure in figures if not figure.holds]
    if not names:
        PAGE.write_text("\n".join(pages), encoding="utf-8")
        print(f"Written to {PAGE.relative_to(HERE.parent)}")
    if missed:
        print(f"Aims missed: {'; '.join(missed)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
