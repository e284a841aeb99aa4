"""An assistant in LangChain's chains."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda

from assistant_magic import Assistant
from assistant_magic.items import Message
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store


def tutor(*steps: Any, chunk: int = 0) -> tuple[Assistant, ScriptedBackend]:
    backend = ScriptedBackend(list(steps), chunk=chunk)
    executor = RecordingExecutor({"6*7": "42"})
    return Assistant(
        "tutor", backend=backend, executor=executor, approve="auto", store=memory_store()
    ), backend


def test_it_stands_in_a_chain() -> None:
    """`prompt | assistant | parser`: tools run inside, instructions come from the system message."""
    assistant, backend = tutor(call("python", code="6*7"), "It is 42.")
    prompt = ChatPromptTemplate([("system", "Be brief."), ("human", "What is {what}?")])
    chain = prompt | assistant.as_runnable() | StrOutputParser()
    assert chain.invoke({"what": "6*7"}) == "It is 42."
    assert backend.requests[0].instructions == "Be brief."
    assert backend.requests[0].items[0].text == "What is 6*7?"


def test_the_message_carries_thread_and_tokens() -> None:
    """The next input may continue the thread by its id."""
    assistant, backend = tutor("One.", "Two.")
    runnable = assistant.as_runnable()
    first = runnable.invoke("one?")
    assert first.usage_metadata is not None
    again = runnable.invoke({"content": "two?", "thread_id": first.response_metadata["thread_id"]})
    assert again.content == "Two."
    assert len(backend.requests[1].items) == 3


def test_earlier_messages_are_the_threads_past() -> None:
    """A history in the prompt is history in the thread."""
    assistant, backend = tutor("Yes.")
    assistant.as_runnable().invoke([("human", "6*7?"), ("ai", "42"), ("human", "sure?")])
    said = [(item.role, item.text) for item in backend.requests[0].items if isinstance(item, Message)]
    assert said == [("user", "6*7?"), ("assistant", "42"), ("user", "sure?")]


def test_it_streams_words() -> None:
    """`astream` gives the words as they come, and the sum of the chunks is the answer."""
    assistant, _ = tutor("A longer answer.", chunk=4)

    async def go() -> list[AIMessageChunk]:
        return [chunk async for chunk in assistant.as_runnable().astream("go on")]

    chunks = asyncio.run(go())
    assert len(chunks) > 3
    whole = chunks[0] + chunks[1:]
    assert whole.content == "A longer answer."
    assert whole.response_metadata["run_id"].startswith("run_")


def test_callbacks_see_turns_and_tools() -> None:
    """Handlers of the chain's config hear the run's turns and tools."""
    from langchain_core.callbacks import BaseCallbackHandler

    heard: list[str] = []

    class Handler(BaseCallbackHandler):
        def on_chat_model_start(self, *_: Any, **__: Any) -> None:
            heard.append("turn")

        def on_tool_start(self, serialized: dict[str, Any], *_: Any, **__: Any) -> None:
            heard.append(serialized["name"])

    assistant, _ = tutor(call("python", code="6*7"), "It is 42.")
    (RunnableLambda(str) | assistant.as_runnable()).invoke("6*7?", {"callbacks": [Handler()]})
    assert heard == ["turn", "python", "turn"]


def test_batches_have_threads_of_their_own() -> None:
    """Each input is a conversation."""
    assistant, _ = tutor("Yes.", "Yes.")
    answers = assistant.as_runnable().batch(["a", "b"])
    assert len({answer.response_metadata["thread_id"] for answer in answers}) == 2
