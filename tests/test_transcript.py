"""A thread as Markdown and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scripted_run as script
import strategies
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Image, Reasoning, user_message
from assistant_magic.transcript import from_json, items_markdown, to_json, to_markdown, write

ITEMS = (
    user_message("Solve \\(x^2-5x+6=0\\) <b>", Image(data=script.PIXEL, name="board")),
    Reasoning(text="Factor it."),
    script.PYTHON,
    script.PYTHON_RESULT,
    script.ADD,
    script.ADD_RESULT,
    script.HOSTED,
    script.FINAL,
)


def test_a_transcript_reads_from_prompt_to_answer() -> None:
    """Title, prompt, tool calls with their outputs and the answer stand in order, pictures inside the text."""
    text = to_markdown(ITEMS, title="My *thread*")
    places = [
        "# My &#42;thread&#42;\n\n## Prompt\n\nSolve $x^2-5x+6=0$ &lt;b>",
        f"![board](data:image/png;base64,{script.PIXEL})",
        "<details><summary>Reasoning</summary>\n\nFactor it.",
        "**python** · in an isolated kernel · 412 ms\n\n```python\nimport sympy as sp",
        "```text\nfactoring\n```",
        f"![](data:image/png;base64,{script.PIXEL})",
        "add(a=1, b=[2, 3])",
        "**code interpreter**",
        "## Answer\n\nThe roots of $x^2-5x+6=0$",
        "1. [The book](https://book.example/q)",
    ]
    found = [text.find(place) for place in places]
    assert found == sorted(found)
    assert found[0] == 0


def test_pictures_can_be_files(tmp_path: Path) -> None:
    """With a folder, pictures are written there and linked."""
    text = to_markdown(ITEMS, images=tmp_path / "pictures")
    assert "](pictures/image-1.png)" in text
    assert "data:" not in text
    assert (tmp_path / "pictures" / "image-2.png").read_bytes().startswith(b"\x89PNG")


def test_one_bundle_leaves_pictures_out() -> None:
    """The Markdown of a run as a value holds no data links."""
    assert "data:" not in items_markdown(ITEMS, images=False)


@given(st.lists(strategies.items, max_size=5), strategies.words)
def test_json_reads_back_without_loss(items: list[object], title: str) -> None:
    """Whatever a thread holds, its JSON gives the same items and title."""
    read, about = from_json(to_json(items, title=title, model="offline:tutor"))  # type: ignore[arg-type]  # items are typed by the strategy
    assert read == tuple(items)
    assert about == {"title": title, "model": "offline:tutor"}


@given(st.lists(strategies.items, max_size=5))
def test_any_items_can_be_read(items: list[object]) -> None:
    """Markdown is made of whatever a thread holds."""
    assert isinstance(items_markdown(items, images=False), str)  # type: ignore[arg-type]  # items are typed by the strategy


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "assistant_magic.transcript", "version": 2}', "x"])
def test_other_files_are_refused(text: str) -> None:
    """What is not a transcript of this version is a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011 - json raises one of its own kinds
        from_json(text)


def test_a_transcript_is_written_by_its_ending(tmp_path: Path) -> None:
    """`.json` gives JSON, anything else Markdown; a folder that is not there is one clear line."""
    assert from_json(write(ITEMS, str(tmp_path / "a.json"), title="t").read_text())[0] == ITEMS
    assert write(ITEMS, str(tmp_path / "a.md")).read_text().startswith("## Prompt")
    with pytest.raises(UsageError, match="cannot be written"):
        write(ITEMS, str(tmp_path / "nowhere" / "a.json"))
