"""The table in docs/executors.md is the one that the tests make."""

from __future__ import annotations

from tests.executors.conformance import CASES
from tests.executors.conftest import BEGIN, END, PAGE


def test_every_case_is_in_the_table():
    """Each case of the conformance suite has its row, each executor its column, and none failed."""
    table = PAGE.read_text("utf-8").split(BEGIN)[1].split(END)[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert rows[0] == ["| case", "live", "isolated", "e2b |"]
    assert [row[0].removeprefix("| ") for row in rows[2:]] == [case.name for case in CASES]
    assert "✗" not in table
