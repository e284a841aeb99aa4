"""The answer of a chat model while it arrives: chunks in, deltas and items out."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant_magic.backends.langchain_messages import PROVIDER_DATA
from assistant_magic.backends.langchain_segment import Segment, hosted_input, hosted_outputs
from assistant_magic.events import Event, Finish, HostedToolDelta, ReasoningDelta, TextDelta, ToolCallDelta
from assistant_magic.exceptions import StreamInterruptedError
from assistant_magic.items import (
    Citation,
    HostedToolCall,
    Image,
    Item,
    Message,
    Reasoning,
    ToolCall,
    Usage,
)

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

FINAL_ANSWER = "final_answer"
"""Name of the tool by which a model gives a structured answer."""

_FINISHES: Mapping[str, Finish] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "max_output_tokens": "length",
    "content_filter": "content_filter",
    "refusal": "content_filter",
    "safety": "content_filter",
}
# Providers that always say why they stopped: an answer without it was cut.
_ALWAYS_FINISH = frozenset({"openai", "azure", "ollama", "anthropic", "mistralai", "groq", "deepseek", "xai"})


class Answer:
    """Collects the chunks of one turn.

    Args:
        provider: Whose message it is; stands beside what is kept for replaying it.
    """

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._turn = secrets.token_hex(4)
        self._segments: list[Segment] = []
        self._chunks: list[AIMessage] = []

    def add(self, chunk: AIMessage) -> Iterator[Event]:
        """Take one chunk (or, from a model that does not stream, the whole message)."""
        from langchain_core.messages import AIMessageChunk

        self._chunks.append(chunk)
        if isinstance(chunk.content, str) and not chunk.additional_kwargs:
            if chunk.content:
                yield self._say(chunk.content, 0)
        else:
            for block in chunk.content_blocks:
                yield from self._add_block(block)
        if isinstance(chunk, AIMessageChunk):
            for part in chunk.tool_call_chunks:
                yield self._call(part["name"], part["args"], part["id"], part["index"])
        else:
            for call in chunk.tool_calls:
                yield self._call(call["name"], json.dumps(call["args"]), call["id"], None)
            for wrong in chunk.invalid_tool_calls:
                yield self._call(wrong["name"], wrong["args"], wrong["id"], None)

    def items(self) -> list[tuple[str, Item]]:
        """What the turn consists of, each with the part it grew as."""
        found = [(segment.part, item) for segment in self._segments if (item := segment.item()) is not None]
        raw = self._raw()
        if not found or raw is None:
            return found
        part, first = found[0]
        return [(part, _with_data(first, raw)), *found[1:]]

    def received(self) -> list[tuple[str, Item]]:
        """What is worth keeping of an answer that broke off: its words, not half-written calls."""
        return [
            (segment.part, item)
            for segment in self._segments
            if segment.kind != "call" and (item := segment.item()) is not None
        ]

    @property
    def began(self) -> bool:
        """Whether anything has arrived."""
        return bool(self._segments)

    def check(self, model: str) -> None:
        """See to it that the answer is whole.

        Raises:
            StreamInterruptedError: The provider is one that always says why it stopped, and it did not.
        """
        metadata = self._metadata()
        if metadata.get("model_provider") in _ALWAYS_FINISH and not _reason(metadata):
            raise StreamInterruptedError(
                f"{model} ended without saying why", "What came is kept; ask it to go on."
            )

    @property
    def finish(self) -> Finish:
        """Why the answer ended."""
        return _FINISHES.get(_reason(self._metadata()).lower(), "stop")

    @property
    def usage(self) -> Usage:
        """What the turn cost, as far as the provider says."""
        from langchain_core.messages.ai import add_usage

        total = None
        for chunk in self._chunks:
            if chunk.usage_metadata is not None:
                total = add_usage(total, chunk.usage_metadata)
        if total is None:
            return Usage()
        return Usage(
            input_tokens=total["input_tokens"],
            output_tokens=total["output_tokens"],
            cached_tokens=total.get("input_token_details", {}).get("cache_read") or 0,
            reasoning_tokens=total.get("output_token_details", {}).get("reasoning") or 0,
        )

    # ---- growing

    def _add_block(self, block: Mapping[str, Any]) -> Iterator[Event]:
        kind = block.get("type")
        if kind == "text":
            if block.get("text"):
                yield self._say(block["text"], block.get("index"))
            self._cite(block.get("annotations") or ())
        elif kind == "reasoning" and block.get("reasoning"):
            segment = self._last("reasoning")
            segment.text += block["reasoning"]
            yield ReasoningDelta(part=segment.part, text=block["reasoning"])
        elif kind == "image" and block.get("base64"):
            image = Image(data=block["base64"], media_type=block.get("mime_type") or "image/png")
            self._last("text").images.append(image)
        elif kind in ("server_tool_call", "server_tool_call_chunk", "server_tool_result"):
            yield self._hosted(block)

    def _say(self, text: str, index: object) -> Event:
        segment = self._last("text")
        if segment.index != index:
            segment.index, segment.block = index, len(segment.text)
        segment.text += text
        return TextDelta(part=segment.part, text=text)

    def _cite(self, annotations: Any) -> None:
        for note in annotations:
            if note.get("type") != "citation":
                continue
            segment = self._last("text")
            first, last = note.get("start_index"), note.get("end_index")
            segment.citations.append(
                Citation(
                    kind="url" if note.get("url") else "file",
                    title=note.get("title") or "",
                    url=note.get("url") or "",
                    start=segment.block + (first or 0),
                    end=len(segment.text) if last is None else segment.block + last,
                )
            )

    def _call(self, name: str | None, arguments: str | None, call_id: str | None, index: object) -> Event:
        segment = self._open_call(call_id, index)
        if segment is None:
            segment = self._new("call")
            segment.index = index
        segment.name += name or ""
        segment.call_id = segment.call_id or call_id or ""
        segment.text += arguments or ""
        if segment.name == FINAL_ANSWER:
            segment.kind = "answer"
            return TextDelta(part=segment.part, text=arguments or "")
        return ToolCallDelta(part=segment.part, name=segment.name, text=arguments or "")

    def _open_call(self, call_id: str | None, index: object) -> Segment | None:
        """The call that a chunk continues: same index, and no other id."""
        if index is None:
            return None
        for segment in reversed(self._segments):
            if segment.kind in ("call", "answer") and segment.index == index:
                same = not call_id or not segment.call_id or segment.call_id == call_id
                return segment if same else None
        return None

    def _hosted(self, block: Mapping[str, Any]) -> Event:
        call_id = str(block.get("tool_call_id") or block.get("id") or "")
        found = [s for s in self._segments if s.kind == "hosted" and (not call_id or s.call_id == call_id)]
        segment = found[-1] if found else self._new("hosted")
        segment.call_id = segment.call_id or call_id
        segment.name = segment.name or str(block.get("name") or "")
        text = ""
        if block["type"] == "server_tool_result":
            segment.status = "completed" if block.get("status") != "error" else "failed"
            segment.outputs += hosted_outputs(block.get("output"))
        else:
            written = block.get("args")
            text = written if isinstance(written, str) else hosted_input(written or {})
            segment.text += text
        return HostedToolDelta(part=segment.part, name=segment.name, text=text, status=segment.status)

    def _last(self, kind: str) -> Segment:
        if self._segments and self._segments[-1].kind == kind:
            return self._segments[-1]
        return self._new(kind)

    def _new(self, kind: str) -> Segment:
        segment = Segment(part=f"{self._turn}.{len(self._segments)}", kind=kind)
        self._segments.append(segment)
        return segment

    # ---- ended

    def _metadata(self) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for chunk in self._chunks:
            merged.update({k: v for k, v in chunk.response_metadata.items() if v})
        return merged

    def _raw(self) -> dict[str, Any] | None:
        """What must go back to this provider unchanged; None where plain items say it all."""
        from langchain_core.messages import AIMessageChunk

        structured = any(isinstance(c.content, list) and c.content for c in self._chunks)
        if not structured and not any(c.additional_kwargs for c in self._chunks):
            return None
        if any(segment.kind == "answer" for segment in self._segments):
            return None
        message = self._chunks[0]
        if isinstance(message, AIMessageChunk):
            message = message + [c for c in self._chunks[1:] if isinstance(c, AIMessageChunk)]
        metadata = self._metadata()
        raw = {
            "provider": self._provider,
            "calls": [s.call_id for s in self._segments if s.kind == "call"],
            "content": message.content,
            "additional_kwargs": {k: v for k, v in message.additional_kwargs.items() if k != "tool_calls"},
            "response_metadata": {
                k: metadata[k] for k in ("model_provider", "output_version") if k in metadata
            },
        }
        try:
            plain: dict[str, Any] = json.loads(json.dumps(raw))
        except (TypeError, ValueError):
            return None
        return plain


def _with_data(item: Item, raw: dict[str, Any]) -> Item:
    data = {PROVIDER_DATA: raw}
    assert isinstance(item, Message | Reasoning | ToolCall | HostedToolCall)
    return replace(item, provider_data=data)


def _reason(metadata: Mapping[str, Any]) -> str:
    for key in ("finish_reason", "stop_reason", "done_reason", "stopReason"):
        if metadata.get(key):
            return str(metadata[key])
    # OpenAI's Responses through LangChain: `status` with details in place of a reason.
    details = metadata.get("incomplete_details")
    return (
        str(details.get("reason", "")) if isinstance(details, Mapping) else str(metadata.get("status") or "")
    )
