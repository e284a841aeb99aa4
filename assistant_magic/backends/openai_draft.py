"""One output item of a streamed answer while it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant_magic.backends.openai_hosted import hosted_call
from assistant_magic.backends.openai_items import own
from assistant_magic.backends.openai_wire import Wire, is_half, mended
from assistant_magic.growing_text import GrowingText
from assistant_magic.items import Item, Message, Reasoning, Text


class Draft:
    """What an item is so far: its first form and its words."""

    __slots__ = ("half", "index", "item", "kind", "name", "part", "texts", "wire")

    def __init__(self, part: str, wire: Wire, index: Any) -> None:
        self.part = part
        self.wire = wire
        self.index = index
        self.kind = str(wire.get("type") or "")
        self.name = str(wire.get("name") or "")
        self.texts: dict[Any, GrowingText] = {}
        self.half = ""
        self.item: Item | None = None

    def joined(self, text: str) -> str:
        """`text` with the half character before it, and without the one it may end in."""
        text = self.half + text
        self.half = text[-1] if is_half(text[-1]) else ""
        return mended(text.removesuffix(self.half))

    def write(self, place: Any, text: str) -> None:
        """Add words to one of the item's pieces."""
        words = self.texts.get(place)
        if words is None:
            words = self.texts[place] = GrowingText()
        words.add(text)

    def text(self, between: str = "") -> str:
        """The words so far."""
        return between.join(map(str, self.texts.values()))

    def finished(self) -> Wire | None:
        """The item as far as its words tell, for a server that completes without its done form."""
        text = self.text()
        if self.kind == "message" and text:
            return {**self.wire, "content": [{"type": "output_text", "text": text}]}
        if self.kind == "function_call" and self.name:
            return {**self.wire, "arguments": text}
        if self.kind == "reasoning" and text:
            return {**self.wire, "summary": [{"type": "summary_text", "text": self.text("\n\n")}]}
        if self.kind in _WRITTEN and text:
            return {**self.wire, _WRITTEN[self.kind]: text, "status": "completed"}
        return None

    def unfinished(self, origin: str) -> Item | None:
        """What there is of an item that never came to its end, marked so that it is not sent back as is.

        A function call is not among them: half of its arguments asks for nothing.
        """
        data = own(self.wire, origin, partial=True)
        text = self.text("\n\n" if self.kind == "reasoning" else "")
        if not text and self.kind in {"message", "reasoning"}:
            return None
        if self.kind == "message":
            return Message(role="assistant", content=(Text(text=text),), provider_data=data)
        if self.kind == "reasoning":
            return Reasoning(text=text, provider_data=data)
        if self.kind in {"function_call", "custom_tool_call", ""}:
            return None
        call = hosted_call(self.wire, data)
        call_id = str(self.wire.get("id") or self.part)
        return replace(call, call_id=call_id, status="incomplete", input=text or call.input)


_WRITTEN = {"code_interpreter_call": "code", "custom_tool_call": "input", "mcp_call": "arguments"}
"""Where the words of an item stand in its finished form."""
