"""Every recorded answer of a real server in a real notebook: what its reader sees.

The recordings lie beside the project (`../shared/recordings`) and are not part of it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant_magic.backends.openai_wire import dicts
from backends.harness import SECRET
from backends.openai_page import ASK, OpenAIPage, opened
from backends.responses_server import Reply
from backends.responses_stream import Stream
from backends.test_openai_recordings import NAMES, Recording
from notebook_kernel import Cell

SHOWN = {
    "application/vnd.assistant-magic.v1+json",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/markdown",
    "text/plain",
}
_MARK = re.compile(r" ?(?:\[&#91;\d+&#93;\]\([^)]*\)|&#91;\d+&#93;)")
_LINK = re.compile(r"\]\([^)]*\)")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIPage]:
    with opened(tmp_path_factory.mktemp("recordings")) as page:
        yield page


def letters(text: str) -> str:
    """What is left of a text when its markup goes."""
    return "".join(re.findall(r"[^\W_]+", html.unescape(_LINK.sub("]", _MARK.sub("", text)))))


def show(page: OpenAIPage, reply: Reply) -> Cell:
    """A cell whose first turn is this reply; should it ask for tools, a second one ends it."""
    page.server.replies.clear()
    page.server.replies += [reply, *[Reply(Stream(90 + n).text("End.").completed()) for n in range(3)]]
    page.count += 1
    return page.kernel.run(f"{ASK} --new\n?", cell_id=f"cell-{page.count}")


def check_answer(cell: Cell, response: Mapping[str, Any]) -> None:
    """Everything that the server summed up at the end stands on the page."""
    seen = letters(cell.text)
    pictures = 0
    for item in response["output"]:
        for part in dicts(item.get("content")) if item["type"] == "message" else ():
            assert letters(part.get("text") or part.get("refusal") or "") in seen
            for note in dicts(part.get("annotations")):
                assert letters(note.get("title") or "") in seen
        for part in dicts(item.get("summary")):
            assert letters(part["text"]) in seen
            assert "<details><summary>Reasoning</summary>" in cell.text
        if item["type"] == "function_call":
            assert letters(item["name"]) in seen
        if item["type"] == "code_interpreter_call":
            assert letters(item["code"]) in seen
            logs = [o["logs"] for o in dicts(item.get("outputs")) if o["type"] == "logs"]
            assert all(letters(log) in seen for log in logs)
            pictures += sum(o["type"] == "image" for o in dicts(item.get("outputs")))
        if item["type"] == "mcp_approval_request":
            assert letters(item["name"]) in seen
        pictures += item["type"] == "image_generation_call" and bool(item.get("result"))
    shown = [kind for o in cell.outputs for kind in o.get("data", {}) if kind.startswith("image/")]
    assert len(shown) >= pictures


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_sees_the_whole_answer(shared: Path, page: OpenAIPage, name: str) -> None:
    """Words, code, logs, pictures, sources and reasoning are on the page; a fault is one line with its cure."""
    recording = Recording(shared, name)
    for number, (status, body) in enumerate(recording.answers):
        cell = show(page, recording.reply(number))
        failed = status != 200 or (isinstance(body, list) and body[-1]["type"] == "response.failed")
        if name == "400_no_tool_output_found":
            assert "it was made anew from the items kept here" in cell.text
            assert "End." in cell.text
        elif failed:
            assert cell.error, (name, number)
            assert len(cell.outputs[-1]["traceback"]) == 1, "one line, no traceback"
        else:
            assert not cell.error, (name, number, cell.error)
            check_answer(cell, recording.terminal(number))
        assert "sandbox:" not in cell.text
        assert SECRET not in json.dumps(cell.messages, default=str)
        assert {kind for o in cell.outputs for kind in o.get("data", {})} <= SHOWN
