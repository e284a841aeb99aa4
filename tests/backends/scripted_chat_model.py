"""LangChain chat models that say what a test scripted: one that streams by itself, one that only can wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from backends.harness import SECRET, Sent, Turn

STATUS = {"key": 401, "model": 404, "rejected": 400, "rate": 429, "unavailable": 500}


class ProviderError(Exception):
    """As SDKs raise it: a message and a status."""

    def __init__(self, status_code: int) -> None:
        super().__init__(f"the provider answered {status_code} to the key {SECRET}\nand a second line")
        self.status_code = status_code


class ScriptedChatModel(BaseChatModel):
    """Streams on the caller's loop."""

    model: str = "scripted"
    turns: list[Turn] = Field(default_factory=list)
    sent: list[Sent] = Field(default_factory=list)
    left: Any = Field(default_factory=threading.Event)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, Any]:
        offered = [convert_to_openai_tool(tool)["function"]["name"] for tool in tools]
        return self.bind(offered=offered, **kwargs)

    def _generate(self, messages: list[BaseMessage], *_: Any, **kwargs: Any) -> ChatResult:
        raise NotImplementedError

    async def _astream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        turn = self._next(messages, kwargs.get("offered", []))
        try:
            for chunk in _chunks(turn):
                await asyncio.sleep(0)
                yield ChatGenerationChunk(message=chunk)
            if turn.fault == "cut":
                raise ConnectionResetError("the connection was closed")
            if turn.hang:
                await asyncio.Event().wait()
        finally:
            self.left.set()

    def _next(self, messages: list[BaseMessage], offered: list[str]) -> Turn:
        self.sent.append(_sent(messages, offered))
        turn = self.turns.pop(0)
        if turn.fault in STATUS:
            raise ProviderError(STATUS[turn.fault])
        return turn


class BlockingChatModel(ScriptedChatModel):
    """Knows no async and streams in a thread, as many community models do."""

    def _stream(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        turn = self._next(messages, kwargs.get("offered", []))
        for chunk in _chunks(turn):
            yield ChatGenerationChunk(message=chunk)
        if turn.fault == "cut":
            raise ConnectionResetError("the connection was closed")

    _astream = BaseChatModel._astream


class WholeChatModel(ScriptedChatModel):
    """Gives its answer in one piece."""

    def _generate(self, messages: list[BaseMessage], *_: Any, **kwargs: Any) -> ChatResult:
        turn = self._next(messages, kwargs.get("offered", []))
        whole = None
        for chunk in _chunks(turn):
            whole = chunk if whole is None else whole + chunk
        message = AIMessage(
            content=whole.content,
            tool_calls=whole.tool_calls,
            invalid_tool_calls=whole.invalid_tool_calls,
            usage_metadata=whole.usage_metadata,
            additional_kwargs=whole.additional_kwargs,
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    _astream = BaseChatModel._astream


def _chunks(turn: Turn) -> Iterator[AIMessageChunk]:
    if turn.reasoning:
        yield AIMessageChunk("", additional_kwargs={"reasoning_content": turn.reasoning})
    for start in range(0, len(turn.text), 7):
        yield AIMessageChunk(turn.text[start : start + 7])
    for index, call in enumerate(turn.calls):
        half = len(call.arguments) // 2
        yield _call(index, call.call_id, call.name, call.arguments[:half])
        yield _call(index, None, None, call.arguments[half:])
    if turn.usage is not None:
        spent = {"input_tokens": turn.usage.input_tokens, "output_tokens": turn.usage.output_tokens}
        yield AIMessageChunk("", usage_metadata={**spent, "total_tokens": sum(spent.values())})


def _call(index: int, call_id: str | None, name: str | None, arguments: str) -> AIMessageChunk:
    chunk = {"type": "tool_call_chunk", "index": index, "id": call_id, "name": name, "args": arguments}
    return AIMessageChunk("", tool_call_chunks=[chunk])


def _sent(messages: list[BaseMessage], offered: list[str]) -> Sent:
    said = [m for m in messages if m.type in ("human", "ai")]
    blocks = [b for m in said for b in m.content_blocks]
    return Sent(
        texts=tuple(m.text for m in said if m.text),
        calls=tuple((c["id"], c["name"], str(c["args"])) for m in said for c in getattr(m, "tool_calls", ())),
        results=tuple((m.tool_call_id, m.text) for m in messages if isinstance(m, ToolMessage)),
        images=tuple(b["base64"] for b in blocks if b["type"] == "image"),
        tools=tuple(offered),
        instructions="".join(m.text for m in messages if isinstance(m, SystemMessage)),
    )
