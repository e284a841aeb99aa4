"""Measure what the README claims: every module here that has `measure()`, or those named on the command line.

Their sections of docs/benchmarks.md are written anew; the others stay.
"""

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
    sections, missed = _sections(), []
    for name in names or _found():
        module = import_module(name)
        print(f"{name} …", flush=True)
        figures: list[Figure] = module.measure()
        print(table(figures) + "\n", flush=True)
        sections[name] = f"{module.__doc__.strip()}\n\n{table(figures)}\n"
        missed += [figure.what for figure in figures if not figure.holds]
    pages = [f"## {name}\n\n{sections[name]}" for name in sorted(sections)]
    PAGE.write_text("\n".join([INTRODUCTION.format(machine=machine()), *pages]), encoding="utf-8")
    print(f"Written to {PAGE.relative_to(HERE.parent)}")
    if missed:
        print(f"Aims missed: {'; '.join(missed)}")
    return bool(missed)


def _found() -> list[str]:
    """The modules that are run without being named."""
    sources = {p.stem: p.read_text("utf-8") for p in HERE.glob("*.py") if p.stem != "__main__"}
    return sorted(n for n, s in sources.items() if "def measure(" in s and "BY_NAME_ONLY" not in s)


def _sections() -> dict[str, str]:
    """What the page says now, by the modules that are still there."""
    _, *parts = PAGE.read_text("utf-8").split("\n## ") if PAGE.exists() else [""]
    said = {name: words for name, _, words in (part.partition("\n\n") for part in parts)}
    return {name: words for name, words in said.items() if (HERE / f"{name}.py").exists()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
