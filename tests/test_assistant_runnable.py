"""An assistant in LangChain's chains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda

from assistant_magic import Assistant
from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, TextDelta
from assistant_magic.exceptions import BackendUnavailableError
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


def test_it_is_itself_a_link_of_a_chain() -> None:
    """`prompt | assistant | parser` without another word, also first, and behind a mapping; words stream through."""
    assistant, _ = tutor("One.", "Two.", "Three.", "A longer answer.", chunk=4)
    prompt = ChatPromptTemplate([("human", "What is {what}?")])
    assert (prompt | assistant | StrOutputParser()).invoke({"what": "6*7"}) == "One."
    assert (assistant | StrOutputParser()).invoke("6*7?") == "Two."
    assert ({"content": RunnableLambda(str)} | assistant | StrOutputParser()).invoke(6) == "Three."

    async def go() -> list[str]:
        chain = prompt | assistant | StrOutputParser()
        return [piece async for piece in chain.astream({"what": "6*7"})]

    pieces = asyncio.run(go())
    assert "".join(pieces) == "A longer answer."
    assert len(pieces) > 3


def test_it_has_the_methods_of_a_runnable() -> None:
    """It is invoked, batched, streamed, configured and replaced without another word, in sync and async code."""
    assistant, _ = tutor("One.", "Two.", "Three.", "Four.", "Five.", "Six.", "Seven.", "Eight.")
    assert assistant.invoke("1?").content == "One."
    assert {answer.content for answer in assistant.batch(["2?", "3?"])} == {"Two.", "Three."}
    assert assistant.with_config(tags=["exam"]).invoke("4?").content == "Four."
    assert assistant.pipe(StrOutputParser()).invoke("5?") == "Five."

    async def go() -> list[str]:
        asked = (await assistant.ainvoke("6?")).content
        [batched] = await assistant.abatch(["7?"])
        return [str(asked), str(batched.content), "".join([c.text async for c in assistant.astream("8?")])]

    assert asyncio.run(go()) == ["Six.", "Seven.", "Eight."]


def test_another_assistant_may_stand_in() -> None:
    """`with_fallbacks` takes assistants, `with_retry` asks again."""
    failing, _ = tutor(*[BackendUnavailableError("m did not answer", "Try again.")] * 3, "At last.")
    other, _ = tutor("Here.")
    assert failing.with_fallbacks([other]).invoke("?").content == "Here."
    again = failing.with_retry(stop_after_attempt=3, wait_exponential_jitter=False)
    assert again.invoke("?").content == "At last."


def test_tags_and_metadata_reach_the_turns() -> None:
    """What a chain's config carries stands at every turn of the run, under the run's name."""
    from langchain_core.callbacks import BaseCallbackHandler

    heard: list[Any] = []

    class Handler(BaseCallbackHandler):
        def on_chat_model_start(self, *_: Any, **told: Any) -> None:
            heard.append((told["tags"], told["metadata"]["class"]))

        def on_chain_start(self, serialized: Any, inputs: Any, **told: Any) -> None:
            heard.append(told.get("name"))

    assistant, _ = tutor("Yes.")
    config = {"callbacks": [Handler()], "tags": ["exam"], "metadata": {"class": "7b"}, "run_name": "mine"}
    assistant.as_runnable().invoke("ok?", config)
    assert heard == ["mine", (["exam"], "7b")]


def test_what_fails_in_a_chain_is_one_error() -> None:
    """The backend's error comes out of the chain and is told to its callbacks."""
    from langchain_core.callbacks import BaseCallbackHandler

    heard: list[str] = []

    class Handler(BaseCallbackHandler):
        def on_chain_error(self, error: BaseException, **_: Any) -> None:
            heard.append(str(error))

    assistant, _ = tutor(BackendUnavailableError("m did not answer", "Try again."))
    with pytest.raises(BackendUnavailableError, match="m did not answer"):
        asyncio.run(assistant.as_runnable().ainvoke("ok?", {"callbacks": [Handler()]}))
    assert any("m did not answer" in said for said in heard)


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


def test_what_does_not_stream_is_one_chunk() -> None:
    """A model that gives its words at once loses none of them in a chain that streams."""

    class Whole(ScriptedBackend):
        async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
            async for event in super().turn(request):
                if not isinstance(event, TextDelta):
                    yield event

    assistant = Assistant(backend=Whole(["All at once."]), store=memory_store())

    async def go() -> list[str]:
        return [piece async for piece in (assistant | StrOutputParser()).astream("?")]

    assert asyncio.run(go()) == ["All at once."]


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
