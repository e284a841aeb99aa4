"""Output items of the Responses API as our items.

What must go back to the server unchanged stays in `provider_data["openai"]`; what our item already holds
(words, code, pictures) is not kept twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

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
            call_id=str(wire.get("call_id") or wire.get("id") or ""),
            name=str(wire.get("name") or ""),
            arguments=str(wire.get("arguments") or "{}"),
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


def _message(wire: Wire, provider_data: Mapping[str, Any]) -> Message:
    parts: list[Part] = []
    citations: list[Citation] = []
    refused = []
    length = 0
    for number, piece in enumerate(dicts(wire.get("content"))):
        text = mended(str(piece.get("text") or piece.get("refusal") or ""))
        if piece.get("type") == "refusal":
            refused.append(number)
        parts.append(Text(text=text))
        citations += [_citation(a, length) for a in dicts(piece.get("annotations"))]
        length += len(text)
    if refused:
        provider_data = {PROVIDER: {**provider_data[PROVIDER], "refusal": refused}}
    role: Literal["user", "assistant"] = "user" if wire.get("role") == "user" else "assistant"
    return Message(role=role, content=tuple(parts), citations=tuple(citations), provider_data=provider_data)


def _citation(note: Wire, offset: int) -> Citation:
    kind = note.get("type")
    start, end = (_shifted(note.get(k, note.get("index")), offset) for k in ("start_index", "end_index"))
    if kind == "url_citation":
        url, title = str(note.get("url") or ""), str(note.get("title") or "")
        return Citation(kind="url", title=title or url, url=url, start=start, end=end)
    return Citation(
        kind="container_file" if kind == "container_file_citation" else "file",
        title=str(note.get("filename") or note.get("file_id") or ""),
        file_id=str(note.get("file_id") or ""),
        container_id=str(note.get("container_id") or ""),
        start=start,
        end=end,
    )


def _shifted(index: Any, offset: int) -> int | None:
    return index + offset if isinstance(index, int) else None


def _thoughts(wire: Wire) -> str:
    pieces = dicts(wire.get("summary")) or dicts(wire.get("content"))
    return "\n\n".join(mended(str(piece.get("text") or "")) for piece in pieces)
