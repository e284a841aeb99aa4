"""Pieces of a chat model's answer while it arrives, and the items they become."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant_magic.items import (
    Citation,
    HostedToolCall,
    Item,
    Message,
    Output,
    Part,
    Reasoning,
    Text,
    ToolCall,
)


@dataclass
class Segment:
    """A growing piece of an answer, which becomes one item.

    Attributes:
        part: Its name in events.
        kind: `text`, `reasoning`, `call`, `answer` (a structured answer) or `hosted`.
        text: Words, arguments or code so far.
        index: The provider's number of the block that grows.
        block: Where in `text` that block began.
    """

    part: str
    kind: str
    text: str = ""
    name: str = ""
    call_id: str = ""
    index: object = None
    block: int = 0
    images: list[Part] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    status: str = ""

    def item(self) -> Item | None:
        """What it became; None when nothing is in it."""
        if self.kind == "reasoning":
            return Reasoning(text=self.text)
        if self.kind == "call":
            self.call_id = self.call_id or f"call_{secrets.token_hex(8)}"
            return ToolCall(call_id=self.call_id, name=self.name, arguments=self.text or "{}")
        if self.kind == "hosted":
            return HostedToolCall(
                call_id=self.call_id,
                name=self.name,
                status=self.status or "incomplete",
                input=self.text,
                outputs=tuple(self.outputs),
            )
        words: tuple[Part, ...] = (Text(text=self.text),) if self.text else ()
        content = (*words, *self.images)
        return (
            Message(role="assistant", content=content, citations=tuple(self.citations)) if content else None
        )


def hosted_input(arguments: Mapping[str, Any]) -> str:
    """The code or the query that a hosted tool was given."""
    for key in ("code", "query", "input"):
        if isinstance(arguments.get(key), str):
            return str(arguments[key])
    return json.dumps(arguments) if arguments else ""


def hosted_outputs(output: object) -> list[Output]:
    """What a hosted tool gave back, as outputs of Jupyter."""
    found: list[Output] = []
    if isinstance(output, Mapping):
        found += [
            {"output_type": "stream", "name": stream, "text": str(output[stream])}
            for stream in ("stdout", "stderr")
            if output.get(stream)
        ]
    if not found and output:
        text = output if isinstance(output, str) else json.dumps(output, default=str)
        found.append({"output_type": "stream", "name": "stdout", "text": text[:20_000]})
    return found
