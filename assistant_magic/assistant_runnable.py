"""An `Assistant` as a LangChain Runnable, for chains: `prompt | assistant.as_runnable() | StrOutputParser()`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    convert_to_messages,
)
from langchain_core.prompt_values import PromptValue
from langchain_core.runnables import Runnable, RunnableConfig, ensure_config

from assistant_magic import kernel
from assistant_magic.answer import Run
from assistant_magic.assistant import ended
from assistant_magic.events import Event, TextDelta
from assistant_magic.items import Image, Message, Part, Text
from assistant_magic.stores import RunRecord
from assistant_magic.tracing import RootTrace, usage_metadata
from assistant_magic.views import View

if TYPE_CHECKING:
    from assistant_magic.assistant import Assistant

Asked = str | Mapping[str, Any] | PromptValue | BaseMessage | Sequence[BaseMessage]


class AssistantRunnable(Runnable[Any, AIMessage]):
    """Answers in a chain, tools included; the message it gives carries thread, run and tokens.

    The input is a text, a prompt value, messages, or `{"content": …, "thread_id": …}`. Without a thread id each
    input has a thread of its own.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.name = assistant.name

    def invoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:  # noqa: A002 - LangChain's name
        """Answer and wait for it.

        Raises:
            AssistantError: As `Assistant.ask` does.
        """
        return _message(ended(kernel.drive(self._perform(input, config, **kwargs))))

    async def ainvoke(self, input: Asked, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:  # noqa: A002 - LangChain's name
        """`invoke` from a running loop."""
        return _message(_whole(await kernel.adrive(self._perform(input, config, **kwargs))))

    async def astream(
        self,
        input: Asked,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AIMessage]:
        """The answer word by word; the last chunk carries thread, run and tokens."""
        loop, words = asyncio.get_running_loop(), asyncio.Queue[str | None]()

        def hear(event: Event) -> None:
            if isinstance(event, TextDelta):
                loop.call_soon_threadsafe(words.put_nowait, event.text)

        running = asyncio.create_task(
            kernel.adrive(self._perform(input, config, view=_Hears(hear), **kwargs))
        )
        running.add_done_callback(lambda _: words.put_nowait(None))
        said = ""
        try:
            while (text := await words.get()) is not None:
                said += text
                yield AIMessageChunk(content=text)
            run = _whole(await running)
            # Where nothing streams, all of it is the last chunk.
            yield _message(run, AIMessageChunk, "" if said.endswith(run.text) else run.text)
        finally:
            running.cancel()

    async def _perform(
        self, asked: Asked, config: RunnableConfig | None, *, view: View | None = None, **options: Any
    ) -> Run:
        thread_id, messages = _read(asked)
        thread = self.assistant.thread(thread_id)
        *earlier, last = [message for message in messages if message.type != "system"] or [HumanMessage("")]
        if earlier:
            run = RunRecord(id=f"run_{uuid4().hex[:20]}", thread=thread.id, status="completed")
            thread.append([_item(message) for message in earlier], replace(run, parent=thread.record.head))
        standing = "\n\n".join(message.text for message in messages if message.type == "system")
        if standing:
            options["instructions"] = standing
        trace = RootTrace(self.assistant.name, lambda: thread.items, ensure_config(config))
        return await self.assistant.perform(_item(last), thread, view, trace=trace, **options)


@dataclass(frozen=True)
class _Hears:
    """A view that is one function."""

    handle: Callable[[Event], None]


def _whole(run: Run) -> Run:
    """The run; a cancelled one cancels the task that waits for it, as asyncio has it."""
    if run.status == "cancelled":
        raise asyncio.CancelledError
    return ended(run)


def _read(asked: Asked) -> tuple[str, list[BaseMessage]]:
    """The thread that is continued, and the messages."""
    if isinstance(asked, Mapping):
        _, messages = _read(asked.get("content") or asked.get("input") or "")
        return str(asked.get("thread_id") or ""), messages
    if isinstance(asked, PromptValue):
        return "", asked.to_messages()
    if isinstance(asked, str | BaseMessage):
        return "", convert_to_messages([asked])
    return "", convert_to_messages(asked)


def _item(message: BaseMessage) -> Message:
    role: Literal["user", "assistant"] = "assistant" if message.type == "ai" else "user"
    return Message(role=role, content=tuple(_part(block) for block in message.content_blocks))


def _part(block: Any) -> Part:
    if block["type"] == "image" and block.get("base64"):
        return Image(data=block["base64"], media_type=block.get("mime_type") or "image/png")
    if block["type"] == "text":
        return Text(text=block["text"])
    return Text(text=json.dumps(block, ensure_ascii=False, default=str))


def _message(run: Run, kind: type[AIMessage] = AIMessage, text: str | None = None) -> AIMessage:
    """The answer, or the last chunk of it."""
    known = {"thread_id": run.thread.id, "run_id": run.id, "model_name": run.model}
    words = run.text if text is None else text
    return kind(content=words, response_metadata=known, usage_metadata=usage_metadata(run.usage))
