"""Output items of the Responses API as our items.

What must go back to the server unchanged stays in `provider_data["openai"]`; what our item already holds
(words, code, pictures) is not kept twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal
from uuid import uuid4

from assistant_magic.backends.openai_hosted import hosted_call
from assistant_magic.backends.openai_wire import PROVIDER, Wire, dicts, mended
from assistant_magic.items import (
    Citation,
    Compaction,
    Item,
    Message,
    Part,
    Reasoning,
    Text,
    ToolCall,
)

COMPACTED = "Earlier parts of this thread were shortened so that it fits the model's context."
_MADE = {"container_file_citation", "file_path"}
"""Annotations of files that code made; the second kind names no container and is fetched like any file."""
_HELD = {
    "message": {"type", "role", "content"},
    "function_call": {"type", "call_id", "name", "arguments"},
    "code_interpreter_call": {"code", "outputs"},
    "image_generation_call": {"result"},
}


def item_from_wire(wire: Wire, origin: str) -> Item:
    """Our item for one finished output item.

    Args:
        wire: The item of a `response.output_item.done` event, or of a stored conversation.
        origin: Name of the server it came from; only that server gets its own words back.
    """
    kind = wire.get("type")
    if kind == "message":
        return _message(wire, own(wire, origin))
    if kind == "reasoning":
        return Reasoning(text=_thoughts(wire), provider_data=own(wire, origin))
    if kind == "function_call":
        return ToolCall(
            call_id=str(wire.get("call_id") or wire.get("id") or f"call_{uuid4().hex[:24]}"),
            name=str(wire.get("name") or ""),
            arguments=_arguments(wire.get("arguments")),
            provider_data=own(wire, origin),
        )
    if kind == "custom_tool_call":
        # A tool that takes free text; for us a call with one argument.
        arguments = json.dumps({"input": wire.get("input") or ""}, ensure_ascii=False)
        return ToolCall(
            call_id=str(wire.get("call_id") or ""),
            name=str(wire.get("name") or ""),
            arguments=arguments,
            provider_data=own(wire, origin),
        )
    if kind in {"compaction", "compaction_summary"}:
        return Compaction(text=COMPACTED, provider_data=own(wire, origin))
    return hosted_call(wire, own(wire, origin))


def own(wire: Wire, origin: str, **more: Any) -> Mapping[str, Any]:
    """`provider_data` for an item: its raw form without what our item holds itself."""
    held = _HELD.get(str(wire.get("type")), set())
    raw = {k: v for k, v in wire.items() if k not in held}
    return {PROVIDER: {"origin": origin, "item": raw, **more}}


def _arguments(written: Any) -> str:
    """Arguments as JSON; some servers send the object itself."""
    return written or "{}" if isinstance(written, str | None) else json.dumps(written, ensure_ascii=False)


def _message(wire: Wire, provider_data: Mapping[str, Any]) -> Message:
    parts: list[Part] = []
    citations: list[Citation] = []
    refused = []
    length = 0
    content = wire.get("content")
    pieces = [{"text": content}] if isinstance(content, str) else dicts(content)
    for number, piece in enumerate(pieces):
        text = mended(str(piece.get("text") or piece.get("refusal") or ""))
        if piece.get("type") == "refusal":
            refused.append(number)
        parts.append(Text(text=text))
        citations += [_citation(a, text, length) for a in dicts(piece.get("annotations"))]
        length += len(text)
    if refused:
        provider_data = {PROVIDER: {**provider_data[PROVIDER], "refusal": refused}}
    role: Literal["user", "assistant"] = "user" if wire.get("role") == "user" else "assistant"
    return Message(role=role, content=tuple(parts), citations=tuple(citations), provider_data=provider_data)


def _citation(note: Wire, words: str, offset: int) -> Citation:
    kind = note.get("type")
    start, end = _place(note, words, offset)
    if kind == "url_citation":
        url, title = str(note.get("url") or ""), str(note.get("title") or "")
        return Citation(kind="url", title=title or url, url=url, start=start, end=end)
    file_id, name = str(note.get("file_id") or ""), str(note.get("filename") or "")
    if file_id and name.startswith(file_id):
        # A figure that the code never saved is named after its id.
        name = name.replace(file_id, "figure", 1)
    return Citation(
        kind="container_file" if kind in _MADE else "file",
        title=name or file_id,
        file_id=file_id,
        container_id=str(note.get("container_id") or ""),
        start=start,
        end=end,
    )


def _place(note: Wire, words: str, offset: int) -> tuple[int | None, int | None]:
    """Where a citation stands in the whole message; nowhere for one that only goes along."""
    start, end = (note.get(key, note.get("index")) for key in ("start_index", "end_index"))
    if not isinstance(start, int) or not isinstance(end, int) or start == end == 0:
        return None, None
    if words[start - 1 : start] == "(" and words[end : end + 1] == ")":
        # The address of a link is cited; what a reader sees is the link.
        start, end = max(words.rfind("[", 0, start), 0), end + 1
    return start + offset, end + offset


def _thoughts(wire: Wire) -> str:
    content = wire.get("content")
    pieces = dicts(wire.get("summary")) or (
        [{"text": content}] if isinstance(content, str) else dicts(content)
    )
    return "\n\n".join(mended(str(piece.get("text") or "")) for piece in pieces)
