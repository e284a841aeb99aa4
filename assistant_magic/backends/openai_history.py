"""What an existing conversation holds, as items of a thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_errors import Fault, faults
from assistant_magic.backends.openai_items import item_from_wire
from assistant_magic.backends.openai_wire import Wire, dicts
from assistant_magic.items import Image, Item, Message, Part, Text, ToolCall, ToolResult

PAGE = 100
"""Items that one request brings; the most the server gives."""


@dataclass(frozen=True, kw_only=True)
class History:
    """A conversation, ready to be a thread.

    Attributes:
        items: What was said and done, oldest first.
        state: The backend's state for a branch that ends with the last of them.
    """

    items: tuple[Item, ...]
    state: dict[str, Any]


async def read_history(connection: Connection, conversation: str) -> History:
    """Everything in a conversation at the server.

    Args:
        connection: The way there, as `OpenAIBackend.connection()` gives it.
        conversation: Its id, as in `conv_…`.

    Raises:
        BackendError: There is no such conversation, or the server cannot be asked.
    """
    wires: list[Wire] = []
    try:
        with faults(connection.place()):
            listing = connection.client.conversations.items.list(conversation, limit=PAGE, order="asc")
            async for item in listing:
                wires.append(item.to_dict())  # noqa: PERF401 - a comprehension would hide the request
    except Fault as fault:
        raise fault.error from fault.__cause__
    state = {"server": connection.server, "conversation": conversation}
    if wires and wires[-1].get("id"):
        state["newest"] = str(wires[-1]["id"])
    return History(items=tuple(_items(wires, connection.server)), state=state)


def _items(wires: list[Wire], origin: str) -> Iterator[Item]:
    names: dict[str, str] = {}
    for wire in wires:
        kind = str(wire.get("type") or "message")
        if kind == "message" and wire.get("role") == "user":
            yield Message(role="user", content=tuple(_parts(wire.get("content"))))
        elif kind in {"function_call_output", "custom_tool_call_output"}:
            call_id = str(wire.get("call_id") or "")
            parts = tuple(_parts(wire.get("output")))
            yield ToolResult(call_id=call_id, name=names.get(call_id, "tool"), content=parts)
        elif kind != "message" or wire.get("role") == "assistant":
            item = item_from_wire({**wire, "type": kind}, origin)
            if isinstance(item, ToolCall):
                names[item.call_id] = item.name
            yield item


def _parts(content: Any) -> Iterator[Part]:
    if isinstance(content, str):
        yield Text(text=content)
    for piece in dicts(content):
        head, comma, data = str(piece.get("image_url") or "").partition(",")
        if comma and head.startswith("data:"):
            yield Image(data=data, media_type=head[5:].partition(";")[0])
        elif piece.get("text"):
            yield Text(text=str(piece["text"]))
        elif piece.get("type") in {"input_file", "input_image"}:
            named = piece.get("filename") or piece.get("file_id") or piece.get("image_url") or "a file"
            yield Text(text=f"({named})")
