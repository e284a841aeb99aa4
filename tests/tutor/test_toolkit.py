"""The ten tools before what nobody should compute: a refusal within the limit, from Python and through a model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from assistant_magic import Assistant, tutor
from assistant_magic.items import ToolResult
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from assistant_magic.tutor import toolkit

GIANTS = {
    "a tower of powers": "9**9**9**9",
    "a factorial": "1000000!",
    "a sum of 10,000 terms": "+".join(["1/7"] * 10_000),
    "a series": "sum of 1/k from k=1 to 10000",
    "a matrix": "determinant of [" + ",".join(["[" + ",".join(["7"] * 40) + "]"] * 40) + "]",
    "an exponent": "expand (x+1)^5000",
    "100,000 digits": "9" * 100_000,
    "nested functions": "sin(" * 50 + "x" + ")" * 50,
}
Call = tuple[str, dict[str, Any]]
CALLS: dict[str, Callable[[str], list[Call]]] = {
    "check_answer": lambda g: [
        ("check_answer", {"student": g, "expected": "3"}),
        ("check_answer", {"student": "3", "expected": g}),
    ],
    "check_step": lambda g: [
        ("check_step", {"before": g, "after": "x = 3"}),
        ("check_step", {"before": "x = 3", "after": g}),
    ],
    "convert": lambda g: [
        ("convert", {"quantity": g, "unit": "m"}),
        ("convert", {"quantity": "5 km", "unit": g}),
    ],
    "diagnose": lambda g: [
        ("diagnose", {"problem": g, "answer": "3"}),
        ("diagnose", {"problem": "solve 2x = 4", "answer": g}),
    ],
    "next_hint": lambda g: [
        ("next_hint", {"problem": g}),
        ("next_hint", {"problem": "solve 2x = 4", "level": 2, "attempt": g}),
    ],
    "plot": lambda g: [("plot", {"expression": g})],
    "quiz": lambda g: [
        ("quiz", {"topic": g}),
        ("quiz", {"topic": "fractions", "level": 1, "problem": "Work out 1/2 + 1/3", "answer": g}),
    ],
    "solve_steps": lambda g: [("solve_steps", {"problem": g})],
    "worked_example": lambda g: [("worked_example", {"topic": g})],
}


@pytest.mark.parametrize("giant", GIANTS)
@pytest.mark.parametrize("tool", CALLS)
def test_what_is_too_large_is_refused(tool: str, giant: str) -> None:
    """Each tool says in a line that it does not compute this, whichever argument it stands in."""
    for name, arguments in CALLS[tool](GIANTS[giant]):
        began = time.monotonic()
        found = getattr(toolkit, name)(**arguments)
        assert time.monotonic() - began < 12
        assert set(found) == {"error"}, (arguments, found)
        assert "\n" not in found["error"]
        assert len(found["error"]) < 200


def test_a_model_reads_the_refusal() -> None:
    """Through a model a tool refuses in the same words, for the tenth one there is nothing to refuse."""
    calls = [call(name, **arguments) for make in CALLS.values() for name, arguments in make("9**9**9**9")]
    assistant = Assistant(
        tools=tutor.tools(),
        backend=ScriptedBackend([[*calls, call("progress")], "Done."]),
        executor=RecordingExecutor({}),
        store=memory_store(),
        model="scripted:m",
    )
    results = [i for i in assistant.ask("Try.").items if isinstance(i, ToolResult)]
    *refused, progress = [json.loads(result.content[0].text) for result in results]
    assert len(refused) == len(calls)
    assert all("error" in found for found in refused)
    assert progress["type"] == "progress"


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for the whole call of a tool, whatever it is doing, and the tool says so."""

    def endless(*_: object, **__: object) -> None:
        while True:
            time.sleep(0)

    monkeypatch.setattr(toolkit, "_SECONDS", 0.3)
    monkeypatch.setattr(toolkit.steps, "solve_steps", endless)
    assert "too long" in toolkit.solve_steps("solve 2x + 3 = 11")["error"]


@pytest.mark.parametrize(
    ("lower", "upper"), [(0, float("inf")), (float("nan"), 1), (-1e300, 1e300), (1, 1), (2, 1)]
)
def test_a_graph_has_ends(lower: float, upper: float) -> None:
    """What cannot be drawn is refused before anything is computed."""
    assert "ends" in toolkit.plot("x^2", lower, upper)["error"]
