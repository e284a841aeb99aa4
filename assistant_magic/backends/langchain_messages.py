"""The items of a thread as LangChain messages.

What this provider itself wrote goes back as it was (thinking signatures and the like); items of other
backends are replayed plainly: words as words, calls as calls, foreign reasoning left out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant_magic.items import (
    File,
    HostedToolCall,
    Image,
    Item,
    Message,
    Part,
    Text,
    ToolCall,
    ToolResult,
)

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

PROVIDER_DATA = "langchain"
"""Key of what we keep in an item's `provider_data`."""

_MAX_TEXT_FILE = 200_000
_MAX_DOCUMENT = 20_000_000
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/x-ipynb", "application/toml")
_UNANSWERED = "interrupted: this call was never finished"


def messages_of(instructions: str, items: Sequence[Item], provider: str) -> list[BaseMessage]:
    """The whole conversation as the chat model wants it, every tool call followed by its result."""
    from langchain_core.messages import HumanMessage, SystemMessage

    out: list[BaseMessage] = [SystemMessage(instructions)] if instructions else []
    for group in _groups(items):
        first = group[0]
        if isinstance(first, Message) and first.role == "user":
            out.append(HumanMessage(_content(first.content)))
        else:
            out += _assistant_turn(group, provider)
    return out


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Cut the branch into user messages and assistant turns, a turn including the results of its calls."""
    group: list[Item] = []
    for item in items:
        from_user = isinstance(item, Message) and item.role == "user"
        answered = bool(group) and isinstance(group[-1], ToolResult)
        begins = from_user or _raw(item) is not None or (answered and not isinstance(item, ToolResult))
        if group and begins:
            yield group
            group = []
        if from_user:
            yield [item]
        else:
            group.append(item)
    if group:
        yield group


def _assistant_turn(group: list[Item], provider: str) -> Iterator[BaseMessage]:
    calls = [item for item in group if isinstance(item, ToolCall)]
    message = _as_written(group, calls, provider) or _plain(group, calls)
    if message is None:
        return
    yield message
    results = {item.call_id: item for item in group if isinstance(item, ToolResult)}
    pictures: list[Part] = []
    for call in calls:
        answer, seen = _tool_message(call, results.get(call.call_id))
        yield answer
        pictures += seen
    if pictures:
        # Several providers take only words in a tool message; a user message may carry pictures everywhere.
        from langchain_core.messages import HumanMessage

        yield HumanMessage(_content(pictures))


def _as_written(group: list[Item], calls: list[ToolCall], provider: str) -> AIMessage | None:
    """The message exactly as this provider sent it, where that was kept and nothing is missing from it."""
    from langchain_core.messages import AIMessage

    raw = _raw(group[0])
    if raw is None or raw["provider"] != provider or raw["calls"] != [call.call_id for call in calls]:
        return None
    return AIMessage(
        content=raw["content"],
        additional_kwargs=raw["additional_kwargs"],
        response_metadata=raw["response_metadata"],
        tool_calls=[_tool_call(call) for call in calls],
    )


def _plain(group: list[Item], calls: list[ToolCall]) -> AIMessage | None:
    from langchain_core.messages import AIMessage

    words = [_words(item) for item in group if isinstance(item, Message | HostedToolCall)]
    text = "\n\n".join(word for word in words if word)
    if not text and not calls:
        return None
    return AIMessage(text, tool_calls=[_tool_call(call) for call in calls])


def _words(item: Message | HostedToolCall) -> str:
    if isinstance(item, Message):
        return item.text
    from assistant_magic.outputs import model_parts

    result = ToolResult(call_id=item.call_id, name=item.name, outputs=item.outputs)
    seen = "".join(part.text for part in model_parts(result) if isinstance(part, Text))
    done = "was asked for" if item.needs_approval else "ran"
    return f"[{item.name} {done}]\n{item.input}\n{seen}".rstrip()


def _tool_call(call: ToolCall) -> Any:
    try:
        arguments = json.loads(call.arguments or "{}", strict=False)
    except ValueError:
        arguments = {"invalid_json": call.arguments}
    if not isinstance(arguments, dict):
        arguments = {"value": arguments}
    return {"type": "tool_call", "id": call.call_id, "name": call.name, "args": arguments}


def _tool_message(call: ToolCall, result: ToolResult | None) -> tuple[ToolMessage, list[Part]]:
    """The answer to a call in words, and what of it can only be shown."""
    from langchain_core.messages import ToolMessage

    if result is None:
        return ToolMessage(_UNANSWERED, tool_call_id=call.call_id, name=call.name, status="error"), []
    from assistant_magic.outputs import model_parts

    parts = model_parts(result)
    text = "\n".join(part.text for part in parts if isinstance(part, Text))
    pictures: list[Part] = [part for part in parts if isinstance(part, Image)]
    if pictures:
        pictures.insert(0, Text(text=f"Pictures from {call.name} ({call.call_id}):"))
    status = "success" if result.status == "ok" else "error"
    message = ToolMessage(text or "(no output)", tool_call_id=call.call_id, name=call.name, status=status)
    return message, pictures


def _content(parts: Sequence[Part]) -> Any:
    if len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text
    return [_block(part) for part in parts]


def _block(part: Part) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if isinstance(part, Image):
        return {"type": "image", "base64": part.data, "mime_type": part.media_type}
    if isinstance(part, File):
        return _file_block(part)
    return {"type": "text", "text": f"[a {part.type}, which this model cannot read]"}


def _file_block(file: File) -> dict[str, Any]:
    if file.media_type.startswith(_TEXT_TYPES):
        words = _bytes(file, _MAX_TEXT_FILE).decode(errors="replace")
        if words:
            return {"type": "text", "text": f"File {file.name}:\n```\n{words}\n```"}
    if file.media_type == "application/pdf" and (data := _bytes(file, _MAX_DOCUMENT)):
        encoded = base64.b64encode(data).decode()
        return {
            "type": "file",
            "base64": encoded,
            "mime_type": file.media_type,
            "extras": {"filename": file.name},
        }
    where = f" at {file.path}" if file.path else ""
    return {
        "type": "text",
        "text": f"[attached file {file.name} ({file.media_type}){where}; open it with a tool]",
    }


def _bytes(file: File, limit: int) -> bytes:
    """The file's content, or nothing where it is gone or too large to send."""
    if file.data:
        data = base64.b64decode(file.data)
        return data if len(data) <= limit else b""
    path = Path(file.path)
    if not file.path or not path.is_file() or path.stat().st_size > limit:
        return b""
    return path.read_bytes()


def _raw(item: Item) -> Mapping[str, Any] | None:
    data = getattr(item, "provider_data", {}).get(PROVIDER_DATA)
    return data if isinstance(data, Mapping) and "content" in data else None
