"""Exports of the Assistants API come over whole, and what does not is listed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant_magic import OpenAIAssistantRunnable
from assistant_magic.assistants_export import import_export
from assistant_magic.cli import main
from assistant_magic.exceptions import UsageError
from assistant_magic.items import HostedToolCall, Image, Message, ToolCall, ToolResult
from assistant_magic.stores import AssistantRecord, Store
from assistant_magic.testing import ScriptedBackend, memory_store
from assistant_magic.thread import Thread

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ADD = {
    "type": "function",
    "function": {"name": "add", "description": "Add.", "parameters": {"type": "object", "properties": {}}},
}
ASSISTANT = {
    "id": "asst_0T8S7CJuUa4Y4hm1PF6n62v7",
    "object": "assistant",
    "created_at": 1700169519,
    "name": "math tutor",
    "description": "For pupils",
    "model": "gpt-4o",
    "instructions": "You teach.",
    "tools": [{"type": "code_interpreter"}, {"type": "file_search"}, ADD],
    "tool_resources": {
        "file_search": {"vector_store_ids": ["vs_1"]},
        "code_interpreter": {"file_ids": ["file-1"]},
    },
    "metadata": {"class": "7b"},
    "temperature": 0.2,
    "top_p": 1.0,
    "response_format": {"type": "json_object"},
    "brand_new": 1,
}
THREAD = {
    "id": "thread_hcpYI0tfpB9mHa9d95W7nK2B",
    "object": "thread",
    "created_at": 1700169000,
    "metadata": {},
}


def message(number: int, role: str, *content: Any, run: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": f"msg_{number}",
        "object": "thread.message",
        "thread_id": THREAD["id"],
        "created_at": 1700169000 + number,
        "role": role,
        "content": [each if isinstance(each, dict) else text(each) for each in content],
        "run_id": run,
        "metadata": {},
        **more,
    }


def text(value: str, *annotations: Any) -> dict[str, Any]:
    return {"type": "text", "text": {"value": value, "annotations": list(annotations)}}


CITED = {
    "type": "file_citation",
    "text": "【4†source】",
    "start_index": 8,
    "end_index": 18,
    "file_citation": {"file_id": "file-1"},
}


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory."""
    opened = memory_store()
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole export: objects in several files and forms, contents of files beside them."""
    asked = message(1, "user", "What is 10 - 4 ** 2.7?", attachments=[{"file_id": "file-1", "tools": []}])
    shown = {"type": "image_file", "image_file": {"file_id": "file-2"}}
    answered = message(
        2, "assistant", shown, text("-32.224.【4†source】", CITED), run="run_1", assistant_id=ASSISTANT["id"]
    )
    again = message(3, "user", "thanks")
    code = {
        "type": "code_interpreter",
        "id": "call_1",
        "code_interpreter": {
            "input": "10-4**2.7",
            "outputs": [
                {"type": "logs", "logs": "-32.22"},
                {"type": "image", "image": {"file_id": "file-2"}},
            ],
        },
    }
    function = {
        "type": "function",
        "id": "call_2",
        "function": {"name": "add", "arguments": '{"a": 1}', "output": "2"},
    }
    step = {
        "id": "step_1",
        "object": "thread.run.step",
        "run_id": "run_1",
        "created_at": 1,
        "step_details": {"type": "tool_calls", "tool_calls": [code, function]},
    }
    (tmp_path / "assistants.json").write_text(json.dumps({"object": "list", "data": [ASSISTANT]}))
    (tmp_path / "thread.json").write_text(json.dumps({**THREAD, "messages": [again, answered, asked]}))
    (tmp_path / "steps.jsonl").write_text(json.dumps(step) + "\n")
    (tmp_path / "stores.json").write_text(
        json.dumps([{"id": "vs_1", "object": "vector_store", "name": "lessons"}])
    )
    (tmp_path / "files.json").write_text(
        json.dumps(
            [
                {"id": "file-1", "object": "file", "filename": "notes.txt"},
                {"id": "file-2", "object": "file", "filename": "plot.png"},
            ]
        )
    )
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "strange.json").write_text(json.dumps({"id": "x_1", "object": "hologram"}))
    (tmp_path / "notes.txt").write_text("pi is irrational")
    (tmp_path / "file-2.png").write_bytes(PIXEL)
    return tmp_path


def test_an_assistant_comes_over(store: Store, folder: Path) -> None:
    """Name, instructions, model, tools with their resources, and settings are kept under the old id."""
    import_export(store, folder)
    [record] = store.find(AssistantRecord, id=str(ASSISTANT["id"]))
    assert (record.name, record.spec["instructions"]) == ("math tutor", "You teach.")
    assert record.spec["model"] == "openai:gpt-4o"
    assert record.spec["tools"] == ASSISTANT["tools"]
    assert record.spec["tool_resources"] == ASSISTANT["tool_resources"]
    assert record.spec["settings"] == {"temperature": 0.2, "top_p": 1.0}
    assert record.spec["imported"]["metadata"] == {"class": "7b"}


def test_a_thread_comes_over_in_order(store: Store, folder: Path) -> None:
    """Messages are oldest first, with the code and the calls of a run before its answer."""
    done = import_export(store, folder)
    assert done.threads == {THREAD["id"]: 6}
    thread = Thread.open(store, str(THREAD["id"]))
    assert [type(item) for item in thread.items] == [
        Message,
        HostedToolCall,
        ToolCall,
        ToolResult,
        Message,
        Message,
    ]
    asked, code, _, result, answer, _ = thread.items
    assert asked.text == "What is 10 - 4 ** 2.7?"
    assert (code.input, code.outputs[0]["text"]) == ("10-4**2.7", "-32.22")
    assert result.content[0].text == "2"
    assert answer.role == "assistant"
    assert len(thread.runs()) == 2
    assert thread.title == "What is 10 - 4 ** 2.7?"


def test_files_pictures_and_citations_come_over(store: Store, folder: Path) -> None:
    """Attached files point to their contents, pictures are stored, citations point into the text."""
    import_export(store, folder)
    asked, code, _, _, answer, _ = Thread.open(store, str(THREAD["id"])).items
    file = asked.content[1]
    assert (file.name, Path(file.path).read_text(), file.provider_data) == (
        "notes.txt",
        "pi is irrational",
        {"openai": {"file_id": "file-1"}},
    )
    picture = answer.content[0]
    assert isinstance(picture, Image)
    assert base64.b64decode(picture.data) == PIXEL
    assert base64.b64decode(code.outputs[1]["data"]["image/png"]) == PIXEL
    [citation] = answer.citations
    assert (citation.title, answer.text[citation.start : citation.end]) == ("notes.txt", "【4†source】")


def test_what_has_no_place_is_listed(store: Store, folder: Path) -> None:
    """Nothing is dropped in silence."""
    left = "\n".join(import_export(store, folder).left)
    for line in (
        f"assistant {ASSISTANT['id']}: brand_new",
        "response_format is kept but not used",
        "vector store vs_1 (lessons)",
        "broken.json: it cannot be read",
        "x_1: an object of the unknown kind 'hologram'",
    ):
        assert line in left


def test_a_second_import_changes_nothing(store: Store, folder: Path) -> None:
    """A thread that is there is left as it is, and that is said."""
    import_export(store, folder)
    again = import_export(store, folder)
    assert again.threads == {}
    assert f"thread {THREAD['id']}: it is here already and was not changed" in again.left


def test_old_code_goes_on_with_its_ids(store: Store, folder: Path) -> None:
    """The page's last block: an assistant by its old id, on an old thread."""
    import_export(store, folder)
    backend = ScriptedBackend(["You are welcome."])
    agent = OpenAIAssistantRunnable(
        assistant_id=str(ASSISTANT["id"]), as_agent=True, store=store, backend=backend
    )
    finish = agent.invoke({"content": "once more", "thread_id": THREAD["id"]})
    assert finish.return_values["output"] == "You are welcome."
    assert backend.requests[0].instructions == "You teach."
    assert [tool.name for tool in backend.requests[0].tools] == ["python", "file_search", "add"]
    assert len(backend.requests[0].items) == 7


def test_a_file_of_messages_alone_is_a_thread(store: Store, tmp_path: Path) -> None:
    """Messages without their thread object make the thread they name; files without contents are listed."""
    lone = message(
        1, "user", {"type": "image_file", "image_file": {"file_id": "file-9"}}, {"type": "riddle", "x": 1}
    )
    path = tmp_path / "old_thread.json"
    path.write_text(json.dumps([lone]))
    done = import_export(store, path)
    assert done.threads == {THREAD["id"]: 1}
    assert any("file-9" in line and "not in the export" in line for line in done.left)
    assert any("riddle" in line for line in done.left)


@pytest.mark.parametrize("content", [None, "[]", '{"a": 1}'])
def test_what_is_no_export_says_so(store: Store, tmp_path: Path, content: str | None) -> None:
    """A missing file and one without objects of the API are refused in one line."""
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError):
        import_export(store, path)


def test_from_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`jupyter assistant import FOLDER` says what came over and what did not."""
    assert main(["import", str(folder)]) == 0
    said = capsys.readouterr().out
    assert f"assistant {ASSISTANT['id']}" in said
    assert f"thread {THREAD['id']}: 6 items" in said
    assert "left out: " in said


def test_what_a_thread_had_beside_its_messages_is_listed(store: Store, tmp_path: Path) -> None:
    """Metadata, files of its tools, unfinished messages, failed runs and broken parts: a line for each."""
    resources = {"file_search": {"vector_store_ids": ["vs_7"]}, "code_interpreter": {"file_ids": ["file-7"]}}
    thread = {**THREAD, "metadata": {"class": "7b"}, "tool_resources": resources}
    cut = message(1, "user", {"type": "image_file"}, status="incomplete")
    error = {"code": "rate_limit_exceeded", "message": "quota"}
    run = {"id": "run_1", "object": "thread.run", "status": "failed", "last_error": error}
    path = tmp_path / "old_thread.json"
    path.write_text(json.dumps([thread, cut, run, {"object": "assistant", "name": "lost"}]))
    done = import_export(store, path)
    assert done.threads == {THREAD["id"]: 1}
    left = "\n".join(done.left)
    for line in (
        f'thread {THREAD["id"]}: its metadata {{"class": "7b"}}',
        "vector store vs_7",
        "the file file-7 of its code interpreter",
        "message msg_1: it was incomplete when it was saved",
        "content block that is not as the API wrote them",
        "run run_1: it ended as failed: quota",
        "old_thread.json: an object of the kind 'assistant' without an id",
    ):
        assert line in left


def test_an_assistant_alone_is_enough(store: Store, tmp_path: Path) -> None:
    """`old_assistant.json`, one object as the API gave it, becomes an assistant that old code opens by its id."""
    path = tmp_path / "old_assistant.json"
    path.write_text(json.dumps({**ASSISTANT, "tools": [ADD], "tool_resources": {}}))
    assert import_export(store, path).assistants == [ASSISTANT["id"]]
    backend = ScriptedBackend(["Yes."])
    agent = OpenAIAssistantRunnable(
        assistant_id=str(ASSISTANT["id"]), as_agent=True, store=store, backend=backend
    )
    assert agent.invoke({"content": "ok?"}).return_values["output"] == "Yes."
    assert backend.requests[0].settings == {"temperature": 0.2, "top_p": 1.0}


def test_broken_parts_are_listed_and_the_rest_comes_over(store: Store, tmp_path: Path) -> None:
    """One thing that is not as the API wrote it costs only itself, whatever it is; dates for people are read."""
    odd = {"type": "tool_calls", "tool_calls": ["junk", {"id": "c1", "type": "code_interpreter"}]}
    odd["tool_calls"][1]["code_interpreter"] = {"input": "1", "outputs": [{"type": "video", "url": "x"}]}  # type: ignore[index]  # a list
    parts: list[Any] = [
        {**ASSISTANT, "created_at": "2023-11-16", "tools": 7},
        {**ASSISTANT, "id": "asst_well", "created_at": "2023-11-16T21:18:39Z"},
        {**THREAD, "tool_resources": "none"},
        message(2, "assistant", {"type": "text", "text": "Four."}, run="run_1"),
        {**message(1, "user"), "content": "2 + 2?", "created_at": "2023-11-16T20:00:00Z"},
        {**message(3, "user"), "content": 5},
        {"object": "thread.run.step", "id": "step_1", "run_id": "run_1", "step_details": odd},
        {"object": "thread.run", "id": "run_1", "status": "failed", "last_error": "boom"},
    ]
    for number, part in enumerate(parts):
        (tmp_path / f"{number}.json").write_text(json.dumps(part))
    done = import_export(store, tmp_path)
    said = str(done)
    assert done.assistants == ["asst_well"]
    [record] = store.find(AssistantRecord, id="asst_well")
    assert record.created == 1700169519
    words = [item.text for item in Thread.open(store, THREAD["id"]).items if isinstance(item, Message)]
    assert words == ["2 + 2?", "Four."]
    for line in (
        "asst_0T8S7CJuUa4Y4hm1PF6n62v7: it is not",
        "message msg_3: it is not",
        "tool call of step step_1",
    ):
        assert line in said, said
    for line in (
        "unknown type 'video', kept as words",
        "run run_1: it ended as failed: boom",
        "has shut down its model",
    ):
        assert line in said, said
