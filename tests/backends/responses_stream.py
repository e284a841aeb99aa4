"""Streams as the API sends them, built from what the model does."""

from __future__ import annotations

import re
from typing import Any

from backends.harness import Turn

Event = dict[str, Any]


class Stream:
    """The events of one response.

    Args:
        number: Makes its ids unique.
    """

    def __init__(self, number: int = 1, model: str = "test-model-2026-01-01") -> None:
        self.id = f"resp_{number}"
        self._number = number
        self._model = model
        self._count = 0
        self.output: list[Event] = []
        self.events: list[Event] = []
        self._add("response.created", response=self._response("in_progress", []))
        self._add("response.in_progress", response=self._response("in_progress", []))

    def _add(self, kind: str, **more: Any) -> None:
        self.events.append({"type": kind, "sequence_number": len(self.events), **more})

    def _response(self, status: str, output: list[Event], **more: Any) -> Event:
        return {
            "id": self.id,
            "object": "response",
            "status": status,
            "model": self._model,
            "output": output,
            "usage": None,
            **more,
        }

    def _open(self, item: Event) -> dict[str, Any]:
        place = {"item_id": item["id"], "output_index": len(self.output)}
        self._add("response.output_item.added", output_index=len(self.output), item=item)
        return place

    def _close(self, item: Event) -> None:
        self._add("response.output_item.done", output_index=len(self.output), item=item)
        self.output.append(item)

    def _id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._number}_{self._count}"

    def text(
        self, text: str, *, annotations: list[Event] | None = None, finished: bool = True, **more: Any
    ) -> Stream:
        """A message, word by word."""
        item = {
            "id": self._id("msg"),
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
            **more,
        }
        place = self._open(item) | {"content_index": 0}
        self._add(
            "response.content_part.added",
            **place,
            part={"type": "output_text", "text": "", "annotations": []},
        )
        for word in re.findall(r"\s*\S+|\s+$", text):
            self._add("response.output_text.delta", **place, delta=word)
        if finished:
            self._add("response.output_text.done", **place, text=text)
            part = {"type": "output_text", "text": text, "annotations": annotations or []}
            self._close({**item, "status": "completed", "content": [part]})
        return self

    def refusal(self, text: str) -> Stream:
        """A message that says no."""
        item = {"id": self._id("msg"), "type": "message", "role": "assistant", "content": []}
        place = self._open(item) | {"content_index": 0}
        self._add("response.refusal.delta", **place, delta=text)
        self._close({**item, "status": "completed", "content": [{"type": "refusal", "refusal": text}]})
        return self

    def reasoning(self, *summaries: str, encrypted: str = "") -> Stream:
        """Reasoning with its summary."""
        item = {
            "id": self._id("rs"),
            "type": "reasoning",
            "summary": [],
            **({"encrypted_content": encrypted} if encrypted else {}),
        }
        place = self._open(item)
        for number, summary in enumerate(summaries):
            self._add("response.reasoning_summary_text.delta", **place, summary_index=number, delta=summary)
        self._close({**item, "summary": [{"type": "summary_text", "text": s} for s in summaries]})
        return self

    def call(self, call_id: str, name: str, arguments: str, *, finished: bool = True) -> Stream:
        """A function call, in three pieces."""
        item = {
            "id": self._id("fc"),
            "type": "function_call",
            "call_id": call_id,
            "name": name,
            "arguments": "",
            "status": "in_progress",
        }
        place = self._open(item)
        third = max(1, len(arguments) // 3)
        for start in range(0, len(arguments), third):
            self._add(
                "response.function_call_arguments.delta", **place, delta=arguments[start : start + third]
            )
        if finished:
            self._add("response.function_call_arguments.done", **place, arguments=arguments)
            self._close({**item, "arguments": arguments, "status": "completed"})
        return self

    def item(self, added: Event, *between: Event, done: Event | None = None) -> Stream:
        """Any other item: its first form, events that concern it, its last form."""
        place = self._open(added)
        for event in between:
            self._add(**{"kind": event["type"], **place, **{k: v for k, v in event.items() if k != "type"}})
        self._close({**added, **(done or {})})
        return self

    def completed(self, **usage: int) -> list[Event]:
        """All events, with a happy end."""
        count = {"input_tokens": 10, "output_tokens": 5, **usage}
        return self._ended("completed", usage={**count, "total_tokens": sum(count.values())})

    def incomplete(self, reason: str) -> list[Event]:
        """All events, ending too early."""
        return self._ended("incomplete", incomplete_details={"reason": reason})

    def failed(self, code: str, message: str) -> list[Event]:
        """All events, ending in failure."""
        return self._ended("failed", error={"code": code, "message": message})

    def _ended(self, status: str, **more: Any) -> list[Event]:
        self._add(f"response.{status}", response=self._response(status, list(self.output), **more))
        return self.events


def stream_of(turn: Turn, number: int) -> list[Event]:
    """The events of what a model does in one turn."""
    stream = Stream(number)
    if turn.reasoning:
        stream.reasoning(turn.reasoning)
    whole = not (turn.hang or turn.fault)
    if turn.text:
        stream.text(turn.text, finished=whole)
    for call in turn.calls:
        stream.call(call.call_id, call.name, call.arguments)
    if not whole:
        return stream.events
    usage = turn.usage
    return stream.completed(
        **({"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens} if usage else {})
    )
