"""Writes the table of docs/executors.md: set WRITE_DOCS=1 and run this folder as a whole."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.executors.conformance import CASES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "executors.md"
BEGIN, END = "<!-- conformance: written by the tests -->\n", "<!-- end of conformance -->\n"
COLUMNS = {"live": "test_live.py", "isolated": "test_isolated.py", "e2b": "test_e2b.py"}

_outcomes: dict[tuple[str, str], str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    match = re.search(
        r"executors/(test_\w+\.py)::test_(?:conformance|async_cell|sync_cell)\[(.*)\]$", report.nodeid
    )
    if match is None:
        return
    case = next((c.name for c in CASES if match[2] == c.name or match[2].endswith(f"-{c.name}")), "")
    column = next(name for name, file in COLUMNS.items() if file == match[1])
    if report.when == "call" or report.skipped:
        worst = _outcomes.get((column, case))
        reason = str(report.longrepr[2]).removeprefix("Skipped: ") if report.skipped else ""
        outcome = f"– {reason}" if report.skipped else "✓" if report.passed else "✗"
        _outcomes[column, case] = "✗" if worst == "✗" else outcome


def pytest_sessionfinish() -> None:
    done = all((column, case.name) in _outcomes for column in COLUMNS for case in CASES)
    if not (done and os.environ.get("WRITE_DOCS")):
        return
    text = PAGE.read_text("utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(before + BEGIN + _table() + END + after, "utf-8")


def _table() -> str:
    notes: list[str] = []
    lines = [f"| case | {' | '.join(COLUMNS)} |", "| --- | --- | --- | --- |"]
    for case in CASES:
        cells = []
        for column in COLUMNS:
            outcome = _outcomes[column, case.name]
            if outcome.startswith("–"):
                reason = f"{column}: {outcome[2:]}"
                if reason not in notes:
                    notes.append(reason)
                outcome = f"– ({notes.index(reason) + 1})"
            cells.append(outcome)
        lines.append(f"| {case.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n\n" + "".join(f"{n}. {note}\n" for n, note in enumerate(notes, 1))
