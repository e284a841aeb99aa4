"""A thread or a run as a readable text: Markdown for people, JSON for machines; derived, never kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant_magic.exceptions import UsageError
from assistant_magic.items import (
    Compaction,
    File,
    HostedToolCall,
    Image,
    Item,
    Message,
    Output,
    Part,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from assistant_magic.views.cards import hosted_card, tool_card
from assistant_magic.views.footnotes import with_footnotes
from assistant_magic.views.markdown import fenced, plain, safe_markdown
from assistant_magic.views.words import output_words

__all__ = ["from_json", "items_markdown", "to_json", "to_markdown", "write"]

_WORDS = {"prompt": "Prompt", "answer": "Answer", "reasoning": "Reasoning", "file": "File"}
_FORMAT = "assistant_magic.transcript"


def to_markdown(items: Sequence[Item], *, title: str = "", images: Path | None = None) -> str:
    """A thread's branch as one Markdown text.

    Args:
        items: The branch from its root.
        title: The first heading.
        images: A folder to write pictures into; they are data links inside the text when it is None.
    """
    head = f"# {plain(title)}\n\n" if title else ""
    return head + items_markdown(items, headings=True, images=images) + "\n"


def write(items: Sequence[Item], file: str, *, title: str = "", **about: Any) -> Path:
    """Write a branch to `file`, as JSON when it ends in .json, else as Markdown with its pictures beside it.

    Raises:
        UsageError: The file cannot be written.
    """
    path = Path(file).expanduser()
    pictures = path.with_suffix("")
    try:
        if path.suffix == ".json":
            path.write_text(to_json(items, title=title, **about), "utf-8")
        else:
            path.write_text(to_markdown(items, title=title, images=pictures), "utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file.") from error
    return path


def to_json(items: Sequence[Item], *, title: str = "", **about: Any) -> str:
    """A thread's branch as JSON that `from_json` reads back without loss."""
    data = {
        "format": _FORMAT,
        "version": 1,
        "title": title,
        **about,
        "items": [item.to_json() for item in items],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> tuple[tuple[Item, ...], Mapping[str, Any]]:
    """The items of a JSON transcript, and what else it says (`title` …).

    Raises:
        ValueError: It is not a transcript, or from a newer version.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != _FORMAT or data.get("version") != 1:
        raise ValueError(f"not a transcript of version 1 ({_FORMAT})")
    about = {name: value for name, value in data.items() if name not in ("format", "version", "items")}
    return tuple(Item.from_json(item) for item in data.get("items", ())), about


def items_markdown(
    items: Sequence[Item], *, headings: bool = False, images: Path | bool | None = None
) -> str:
    """Items as Markdown, each tool call with its result below it.

    Args:
        items: In order.
        headings: Put one above each prompt and answer.
        images: A folder for pictures; None to put them into the text; False to leave them out.
    """
    pictures = _Pictures(images)
    results = {item.call_id: item for item in items if isinstance(item, ToolResult)}
    blocks = [block for item in items for block in _item(item, results, pictures, headings=headings)]
    return "\n\n".join(block for block in blocks if block)


class _Pictures:
    """Where pictures go."""

    def __init__(self, place: Path | bool | None) -> None:
        self._place = place
        self._count = 0

    def link(self, data: str, media_type: str, name: str = "") -> str:
        if self._place is False:
            return ""
        if not isinstance(self._place, Path):
            return f"![{plain(name)}](data:{media_type};base64,{''.join(data.split())})"
        from base64 import b64decode

        self._count += 1
        ending = media_type.partition("/")[2].partition("+")[0] or "bin"
        path = self._place / f"image-{self._count}.{ending}"
        self._place.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b64decode(data))
        return f"![{plain(name)}]({self._place.name}/{path.name})"


def _item(
    item: Item, results: Mapping[str, ToolResult], pictures: _Pictures, *, headings: bool
) -> Iterator[str]:
    if isinstance(item, Message):
        if headings:
            yield f"## {_WORDS['prompt' if item.role == 'user' else 'answer']}"
        yield safe_markdown(with_footnotes(item.text, item.citations))
        for part in item.content:
            yield _attachment(part, pictures)
    elif isinstance(item, Reasoning) and item.text.strip():
        yield f"<details><summary>{_WORDS['reasoning']}</summary>\n\n{safe_markdown(item.text)}\n\n</details>"
    elif isinstance(item, ToolCall):
        yield from _tool(item, results.get(item.call_id), pictures)
    elif isinstance(item, HostedToolCall) and item.needs_approval:
        yield from _tool(item.asked, results.get(item.call_id), pictures)
    elif isinstance(item, HostedToolCall):
        yield hosted_card(item.name, item.input, item.status, item.call_id, item.citations)[0]
        for output in item.outputs:
            yield _output(output, pictures)
    elif isinstance(item, Compaction):
        yield "> " + safe_markdown(" ".join(item.text.split())) if item.text else ""


def _tool(call: ToolCall, result: ToolResult | None, pictures: _Pictures) -> Iterator[str]:
    yield tool_card(call, result.executor if result else "", result)[0]
    if result is not None:
        for output in result.outputs:
            yield _output(output, pictures)
        for part in result.content:
            yield _attachment(part, pictures)


def _attachment(part: Part, pictures: _Pictures) -> str:
    if isinstance(part, Image):
        return pictures.link(part.data, part.media_type, part.name)
    if isinstance(part, File):
        return f"*{_WORDS['file']}: {plain(part.name)}*"
    assert isinstance(part, Text)
    return ""


def _output(output: Output, pictures: _Pictures) -> str:
    data = output.get("data", {})
    for media_type in ("image/png", "image/jpeg"):
        if media_type in data:
            picture = data[media_type]
            return pictures.link(picture if isinstance(picture, str) else "".join(picture), media_type)
    words = output_words(output)
    return fenced(words, "text") if words.strip() else ""
