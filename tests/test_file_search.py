"""Search in attached files without a server."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from assistant_magic import OpenAIAssistantRunnable
from assistant_magic.file_search import FileIndex, citations
from assistant_magic.items import File, ToolResult
from assistant_magic.testing import ScriptedBackend, call, memory_store


def attached(name: str, text: str) -> File:
    return File(name=name, data=base64.b64encode(text.encode()).decode())


def test_passages_have_file_and_lines() -> None:
    """The best passage comes first, with its file and its lines."""
    lines = [f"line {n} about nothing" for n in range(1, 101)]
    lines[59] = "The golden ratio is irrational."
    index = FileIndex([attached("long.txt", "\n".join(lines)), attached("other.md", "Something else.")])
    found = index.find("Is the golden RATIO rational?")
    assert found[0].file == "long.txt"
    first, last = map(int, found[0].place.split("-"))
    assert first <= 60 <= last
    assert "golden ratio" in found[0].text


def test_words_are_found_by_their_stem() -> None:
    """`running` finds `run`."""
    assert FileIndex([attached("a.txt", "They run.")]).find("running")


def test_notebooks_are_searched_by_cell() -> None:
    """A notebook's place is the number of the cell."""
    cells = [
        {"cell_type": "markdown", "source": ["Intro"]},
        {"cell_type": "code", "source": "area = pi * r**2"},
    ]
    [passage] = FileIndex([attached("n.ipynb", json.dumps({"cells": cells}))]).find("area")
    assert passage.place == "cell 2"


@pytest.mark.parametrize("query", ["", "?!", '"', "a AND (b OR", "NEAR(", "x*"])
def test_any_query_is_safe(query: str) -> None:
    """Words of the query language and stray signs are just words."""
    FileIndex([attached("a.txt", "x a b")]).find(query)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A binary file and one that is gone are told, the others searched."""
    binary = File(name="a.bin", data=base64.b64encode(b"\0\1").decode())
    gone = File(name="gone.txt", path=str(tmp_path / "gone.txt"))
    index = FileIndex([binary, gone, attached("b.txt", "here")])
    assert len(index.unreadable) == 2
    assert index.find("here")


def test_marks_become_citations() -> None:
    """A mark in an answer is a citation of file and place, at its place in the text."""
    text = "It is irrational 【long.txt:50-79】, they say."
    [citation] = citations(text)
    assert (citation.file_id, citation.title) == ("long.txt", "long.txt:50-79")
    assert text[citation.start : citation.end] == "【long.txt:50-79】"


@pytest.mark.parametrize("kind", ["retrieval", "file_search"])
def test_an_assistant_cites_attached_files(kind: str, tmp_path: Path) -> None:
    """The old tools search attachments anywhere, and citations arrive as the old annotations."""
    (tmp_path / "notes.md").write_text("The golden ratio is irrational.\n")
    backend = ScriptedBackend([call("file_search", query="golden"), "Irrational 【notes.md:1-1】."])
    runnable = OpenAIAssistantRunnable.create_assistant(
        "librarian", "", [{"type": kind}], "m:x", store=memory_store(), backend=backend
    )
    attachment = {"file_id": str(tmp_path / "notes.md"), "tools": [{"type": "file_search"}]}
    [message] = runnable.invoke({"content": "golden?", "attachments": [attachment]})
    [result] = [item for item in backend.requests[1].items if isinstance(item, ToolResult)]
    assert "【notes.md:1-1】\nThe golden ratio is irrational." in result.content[0].text
    [note] = message.content[0].text.annotations
    assert (note.type, note.file_citation.file_id, note.text) == (
        "file_citation",
        "notes.md",
        "【notes.md:1-1】",
    )
