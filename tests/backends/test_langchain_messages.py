"""What passes between a thread and a LangChain chat model, beyond what every backend must do."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage

from assistant_magic.backends import make_backend
from assistant_magic.backends.langchain import LangChainBackend
from assistant_magic.backends.langchain_answer import Answer
from assistant_magic.backends.langchain_errors import harmless, turn_error
from assistant_magic.backends.langchain_messages import messages_of
from assistant_magic.events import HostedToolDelta, TextDelta
from assistant_magic.exceptions import (
    AuthenticationError,
    ConfigurationError,
    MissingExtraError,
    RequestRejectedError,
)
from assistant_magic.items import (
    File,
    HostedToolCall,
    Image,
    Item,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    assistant_message,
    user_message,
)
from backends.harness import PIXEL, Call, Turn, listen, request
from backends.scripted_chat_model import ScriptedChatModel, WholeChatModel


def collect(*chunks: AIMessageChunk, provider: str = "here") -> list[Item]:
    answer = Answer(provider)
    for chunk in chunks:
        list(answer.add(chunk))
    return [Item.from_json(json.loads(json.dumps(item.to_json()))) for _, item in answer.items()]


def thinking(text: str, signature: str) -> AIMessageChunk:
    """A chunk as langchain-anthropic makes them."""
    block = {"type": "thinking", "thinking": text, "signature": signature, "index": 0}
    return AIMessageChunk([block], response_metadata={"model_provider": "anthropic"})


def tool_use(name: str, arguments: str) -> AIMessageChunk:
    block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}, "index": 1}
    chunk = {"type": "tool_call_chunk", "id": "toolu_1", "name": name, "args": arguments, "index": 1}
    return AIMessageChunk([block], tool_call_chunks=[chunk], response_metadata={"stop_reason": "tool_use"})


def test_signed_thinking_goes_back_to_its_provider_as_it_came() -> None:
    """Blocks with a signature are replayed unchanged to the provider that signed them, and to no other."""
    items = collect(thinking("I add.", "c2ln"), tool_use("python", '{"code": "1+1"}'))
    assert [type(item) for item in items] == [Reasoning, ToolCall]
    result = ToolResult(call_id="toolu_1", name="python", content=(Text(text="2"),))
    thread = [user_message("1+1?"), *items, result]
    _, home, answered = messages_of("", thread, "here")
    assert isinstance(home, AIMessage)
    assert home.content[0] == {"type": "thinking", "thinking": "I add.", "signature": "c2ln", "index": 0}
    assert home.tool_calls[0]["args"] == {"code": "1+1"}
    assert answered.content == "2"
    _, elsewhere, _ = messages_of("", thread, "there")
    assert elsewhere.content == ""
    assert elsewhere.tool_calls == home.tool_calls


def test_a_raw_message_that_no_longer_fits_is_rebuilt_plainly() -> None:
    """When a call of the original is missing from the thread, the original is not sent."""
    items = collect(thinking("I add.", "c2ln"), tool_use("python", "{}"))
    [_, rebuilt] = messages_of("", [user_message("?"), items[0], assistant_message("no")], "here")
    assert rebuilt.content == "no"


def test_results_stand_behind_their_calls_and_pictures_behind_all_results() -> None:
    """Tool messages follow the calls in their order; pictures come in one user message after them."""
    calls = [ToolCall(call_id=f"c{n}", name="draw") for n in (1, 2)]
    results = [ToolResult(call_id=f"c{n}", name="draw", content=(Image(data=PIXEL),)) for n in (2, 1)]
    _, asked, first, second, shown = messages_of("", [user_message("draw"), *calls, *results], "p")
    assert [c["id"] for c in asked.tool_calls] == ["c1", "c2"]
    assert [m.tool_call_id for m in (first, second)] == ["c1", "c2"]
    assert isinstance(shown, HumanMessage)
    assert [b["type"] for b in shown.content] == ["text", "image", "text", "image"]


def test_a_call_without_a_result_gets_an_honest_one() -> None:
    """No provider ever sees a call that is not answered."""
    _, _, result, _ = messages_of(
        "", [user_message("x"), ToolCall(call_id="c", name="f"), user_message("y")], "p"
    )
    assert isinstance(result, ToolMessage)
    assert "interrupted" in result.content


def test_broken_arguments_reach_the_model_as_it_wrote_them() -> None:
    """Arguments that are not JSON are replayed as words, so that the model sees its mistake."""
    [message, _] = messages_of("", [ToolCall(call_id="c", name="f", arguments='{"a": ')], "p")
    assert message.tool_calls[0]["args"] == {"invalid_json": '{"a": '}


def test_a_hosted_call_of_another_provider_is_told_in_words() -> None:
    """What another provider's code interpreter ran is neither lost nor passed off as a call of ours."""
    output = {"output_type": "stream", "name": "stdout", "text": "-32.2\n"}
    hosted = HostedToolCall(
        call_id="ci_1", name="code_interpreter", input="print(10-4**2.7)", outputs=(output,)
    )
    [message] = messages_of("", [hosted, assistant_message("About -32.")], "p")
    assert "print(10-4**2.7)" in message.content
    assert "-32.2" in message.content
    assert message.content.endswith("About -32.")
    assert not message.tool_calls


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (File(name="a.csv", media_type="text/csv", data=base64.b64encode(b"x,y\n1,2").decode()), "x,y\n1,2"),
        (File(name="a.xlsx", media_type="application/vnd.ms-excel", path="/data/a.xlsx"), "/data/a.xlsx"),
    ],
)
def test_files_are_read_or_named(file: File, expected: str) -> None:
    """A text file is part of the message; any other is named with its place."""
    [message] = messages_of("", [user_message("read", file)], "p")
    assert expected in message.content[1]["text"]


def test_a_hosted_tool_is_an_item_with_its_outputs() -> None:
    """A server-side tool of the provider becomes one hosted call with input and outputs."""
    call = {"type": "server_tool_call", "id": "s1", "name": "code_execution", "args": {"code": "print(1)"}}
    result = {
        "type": "server_tool_result",
        "tool_call_id": "s1",
        "status": "success",
        "output": {"stdout": "1"},
    }
    said = {"type": "text", "text": "One."}
    chunk = AIMessageChunk([call, result, said], response_metadata={"output_version": "v1"})
    answer = Answer("p")
    events = list(answer.add(chunk))
    assert [type(event) for event in events] == [HostedToolDelta, HostedToolDelta, TextDelta]
    [hosted, message] = [item for _, item in answer.items()]
    assert hosted == replace(
        hosted,
        call_id="s1",
        name="code_execution",
        input="print(1)",
        status="completed",
        outputs=({"output_type": "stream", "name": "stdout", "text": "1"},),
    )
    assert message.text == "One."


def test_citations_point_into_the_message() -> None:
    """A citation's place counts from the start of the message, not of the provider's block."""
    note = {"type": "citation", "url": "https://a.example", "title": "A"}
    first = AIMessageChunk([{"type": "text", "text": "Known: ", "index": 0}])
    second = AIMessageChunk([{"type": "text", "text": "pi", "annotations": [note], "index": 1}])
    [message] = collect(first, second)
    assert isinstance(message, Message)
    assert message.text == "Known: pi"
    [citation] = message.citations
    assert (citation.url, message.text[citation.start : citation.end]) == ("https://a.example", "pi")


def perform(backend: LangChainBackend, **asked: Any) -> Any:
    return asyncio.run(listen(backend, request(user_message("go on"), **asked)))


def test_a_model_that_answers_in_one_piece_is_heard() -> None:
    """Without streaming the turn has the same items, calls that are not JSON included."""
    calls = (
        Call(call_id="c1", name="f", arguments='{"a": 1}'),
        Call(call_id="c2", name="f", arguments="nonsense"),
    )
    heard = perform(LangChainBackend(chat_model=WholeChatModel(turns=[Turn(text="Yes.", calls=calls)])))
    said, *made = heard.done.items
    assert said.text == "Yes."
    assert [(c.call_id, c.arguments) for c in made] == [("c1", '{"a": 1}'), ("c2", "nonsense")]


SCHEMA = {"type": "object", "properties": {"value": {"type": "number"}}, "required": ["value"]}


def test_a_structured_answer_streams_as_words() -> None:
    """With an output schema the model answers through a tool, and the thread sees plain JSON text."""
    call = Call(call_id="c1", name="final_answer", arguments='{"value": 4}')
    model = ScriptedChatModel(turns=[Turn(calls=(call,))])
    heard = perform(LangChainBackend(chat_model=model), output_schema=SCHEMA, tools=())
    [message] = heard.done.items
    assert json.loads(message.text) == {"value": 4}
    assert heard.text == message.text
    assert model.sent[0].tools == ("final_answer",)


def test_a_model_without_tools_says_so() -> None:
    """A chat model that cannot call tools is refused with a cure, not with NotImplementedError."""
    from langchain_core.language_models import FakeListChatModel

    heard = perform(LangChainBackend(chat_model=FakeListChatModel(responses=["hi"])))
    assert isinstance(heard.error, RequestRejectedError)
    assert "cannot call tools" in str(heard.error)


def test_a_swallowed_cancellation_still_ends_the_turn() -> None:
    """A provider package that loses a cancellation (`wait_for` on Python 3.11) does not run on."""

    class Swallowing(ScriptedChatModel):
        async def _astream(self, *args: Any, **kwargs: Any) -> Any:
            async for chunk in super()._astream(*args, **kwargs):
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0)
                yield chunk

    async def read() -> Sequence[Any]:
        task = asyncio.current_task()
        assert task is not None
        events = []
        async for event in LangChainBackend(chat_model=Swallowing(turns=[Turn(text="word " * 50)])).turn(
            request(user_message("x"), tools=())
        ):
            events.append(event)
            if len(events) == 2:
                asyncio.get_running_loop().call_soon(task.cancel)
        return events

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(read())


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("nowhere:model", ConfigurationError, "no provider is called 'nowhere'"),
        ("cohere:command", MissingExtraError, "pip install langchain-cohere"),
        ("azure_openai:gpt", AuthenticationError, "AZURE_OPENAI_API_KEY"),
    ],
)
def test_a_provider_that_cannot_be_used_says_what_to_do(model: str, kind: type, words: str) -> None:
    """Unknown providers, missing packages and missing keys are told apart."""
    backend, model_id = make_backend(model)
    with pytest.raises(kind, match=words):
        asyncio.run(anext(backend.turn(request(user_message("x"), model=model_id))))


def test_langchain_itself_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the error names it."""
    monkeypatch.setitem(sys.modules, "langchain", None)
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    backend, model_id = make_backend("groq:llama")
    with pytest.raises(MissingExtraError, match=r"assistant-magic\[langchain\]"):
        asyncio.run(listen(backend, request(user_message("x"), model=model_id)))


@pytest.mark.parametrize(
    "said", ["no: sk-proj-0123456789", "at http://joe:hunter22@h/", "no: the-own-key", "gsk_0123456789"]
)
def test_an_error_leads_no_secret_along(said: str) -> None:
    """Neither the line nor the cause of it holds a key or a password, of whichever provider."""
    error = turn_error(ValueError(said), model="m", began=False, secrets=("the-own-key",))
    assert "…" in str(error)
    assert not any(secret in str(error) for secret in ("0123456789", "hunter22", "the-own-key"))
    assert harmless(ValueError(said), ("the-own-key",)) is None
    kept = ValueError("no such host")
    assert harmless(kept, ("none",)) is kept
