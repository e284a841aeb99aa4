"""`%assistant tutor` in a real kernel, and the teaching tools with a scripted model."""

from __future__ import annotations

import json
import re

import pytest

from assistant_magic import Assistant, tutor
from assistant_magic.exceptions import ConfigurationError
from assistant_magic.items import ToolResult
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store


def test_a_lesson_in_a_notebook(kernel) -> None:
    """With `tutor on never` the offline tutor gives hints, names the mistake and confirms what is right."""
    said = kernel.run("%assistant tutor on never").text
    assert "check_answer" in said
    assert "never" in said
    first = kernel.run("%%assistant\nsolve 2x + 3 = 11")
    assert "both sides" in first.text
    assert "print" not in first.text
    assert "kept its sign" in kernel.run("%%assistant\nx = 7").text
    pressed = kernel.run("%%assistant\njust tell me the answer").text
    assert re.findall(r"x = 4\b|\b4\b", pressed) == []
    assert "Yes, that is right." in kernel.run("%%assistant\nx = 4").text


def test_off_answers_again(kernel) -> None:
    """`tutor off` takes the tools and the thread's policy away."""
    kernel.run("%assistant tutor on never")
    assert "always" in kernel.run("%assistant tutor off").text
    assert "check_answer" not in kernel.run("%assistant tools").text
    assert "4" in kernel.run("%%assistant\nsolve 2x + 3 = 11").text


@pytest.mark.parametrize("words", ["", "maybe", "off never", "on sometimes"])
def test_other_words_are_refused_in_one_line(kernel, words: str) -> None:
    """What does not fit is named with a cure."""
    assert "Error" in (cell := kernel.run(f"%assistant tutor {words}")).text or cell.error


def test_a_policy_in_the_settings_is_checked() -> None:
    """An assistant with an unknown policy is not made."""
    with pytest.raises(ConfigurationError, match="reveal"):
        Assistant(reveal="sometimes", store=memory_store())


def test_any_model_can_use_the_tools() -> None:
    """Each tool takes JSON and gives JSON, computed here."""
    calls = [
        call("check_answer", student="6/8", expected="3/4", form="lowest_terms"),
        call("check_step", before="2x=8", after="x=4"),
        call("diagnose", problem="1/2 + 1/3", answer="2/5"),
        call("next_hint", problem="solve 2x + 3 = 11"),
        call("solve_steps", problem="solve 2x + 3 = 11"),
        call("worked_example", topic="fractions"),
        call("worked_example", topic="poetry"),
    ]
    assistant = Assistant(
        tools=tutor.tools(),
        backend=ScriptedBackend([calls, "Done."]),
        executor=RecordingExecutor({}),
        store=memory_store(),
    )
    results = [item for item in assistant.ask("Use them.").items if isinstance(item, ToolResult)]
    found = [json.loads(result.content[0].text) for result in results]
    assert [result.status for result in results] == ["ok"] * 7
    assert found[0]["reason"] == "form_lowest_terms"
    assert found[1]["status"] == "correct"
    assert found[2][0]["rule"] == "add_fractions"
    assert found[3]["level"] == 1
    assert found[4][-1]["latex"] == "x = 4"
    assert found[5]["topic"] == "fractions"
    assert "no examples on" in found[6]["error"]
