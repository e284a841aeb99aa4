"""What the OpenAI backend asks for: tools, parameters, structured answers, and extras it can do without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant_magic.backends.openai_connection import HOME
from assistant_magic.backends.openai_schema import strict_schema
from assistant_magic.events import HostedToolDelta, Notice
from assistant_magic.items import Compaction, HostedToolCall, Message, ToolCall, ToolResult, user_message
from backends.harness import Heard, request
from backends.responses_server import Reply, Request, ResponsesServer, plain, refusal, serving
from backends.responses_stream import Stream
from backends.turns import run_turns, then

PROMPT = user_message("Go.")


def done(number: int = 1) -> Reply:
    return Reply(Stream(number).text("Done.").completed())


def asked_for(*replies: Reply, at_home: bool = False, **fields: Any) -> tuple[list[Any], Heard]:
    """The bodies of the requests that one turn made, and what was heard."""
    with serving(*(replies or (done(),)), conversations=False) as server:
        server.routes["POST /containers"] = lambda _: plain(
            {"id": "cntr_1", "object": "container", "name": "x"}
        )
        server.routes["POST /vector_stores"] = lambda _: plain(
            {"id": "vs_1", "object": "vector_store", "name": "x"}
        )
        asked = request(PROMPT, **fields)
        [heard] = run_turns(server, asked) if not at_home else [_at_home(server, asked)]
    return server.asked(), heard


def _at_home(server: ResponsesServer, asked: Any) -> Heard:
    """A turn of a backend that takes the scripted server for OpenAI's own."""
    import asyncio

    from backends.harness import listen
    from backends.turns import backend_for

    async def perform() -> Heard:
        backend = backend_for(server)
        backend.connection().server = HOME
        heard = await listen(backend, asked)
        await backend.close()
        return heard

    return asyncio.run(perform())


def test_settings_become_parameters() -> None:
    """Settings of the API's own names go along, and others that mean nothing there do not."""
    settings = {
        "temperature": 0.5,
        "max_output_tokens": 99,
        "reasoning_effort": "low",
        "verbosity": "low",
        "mood": "good",
    }
    [body], _ = asked_for(settings=settings)
    assert (body["temperature"], body["max_output_tokens"]) == (0.5, 99)
    assert body["reasoning"] == {"effort": "low"}
    assert body["text"] == {"verbosity": "low"}
    assert "mood" not in body
    assert "temperature" not in asked_for()[0][0]


def test_functions_are_described_flat() -> None:
    """A function tool stands in the request as the Responses API wants it."""
    [body], _ = asked_for()
    [tool] = body["tools"]
    assert (tool["type"], tool["name"], tool["strict"]) == ("function", "python", False)
    assert tool["parameters"]["required"] == ["code"]


def test_hosted_tools_get_what_they_require() -> None:
    """The code interpreter gets a container, file search a store, MCP a label, and each its outputs."""
    hosted = (
        {"type": "code_interpreter"},
        {"type": "file_search"},
        {"type": "web_search"},
        {"type": "mcp", "server_url": "https://mcp.example.org/sse", "require_approval": "never"},
    )
    [body], _ = asked_for(hosted=hosted, tools=())
    interpreter, search, web, mcp = body["tools"]
    assert interpreter["container"] == "cntr_1"
    assert search["vector_store_ids"] == ["vs_1"]
    assert web == {"type": "web_search"}
    assert mcp["server_label"] == "mcp_example_org"
    assert body["include"] == [
        "code_interpreter_call.outputs",
        "file_search_call.results",
        "web_search_call.action.sources",
        "reasoning.encrypted_content",
    ]


def test_only_enabled_tools_are_asked_for_their_outputs() -> None:
    """Without hosted tools nothing of theirs is asked for."""
    assert asked_for()[0][0]["include"] == ["reasoning.encrypted_content"]


def test_a_container_is_made_once_and_kept() -> None:
    """The second turn uses the container of the first."""
    with serving(done(1), done(2)) as server:
        server.routes["POST /containers"] = lambda _: plain(
            {"id": "cntr_1", "object": "container", "name": "x"}
        )
        first = request(PROMPT, hosted=({"type": "code_interpreter"},))
        run_turns(server, first, lambda a, h: replace(then(PROMPT)(a, h), hosted=first.hosted))
    assert len(server.asked("/containers")) == 1
    assert [body["tools"][-1]["container"] for body in server.asked()] == ["cntr_1", "cntr_1"]


def test_an_expired_container_is_replaced_and_the_reader_told() -> None:
    """After "Container is expired" a new one is made, the turn goes on, and a notice says so."""
    ids = iter(["cntr_1", "cntr_2"])
    with serving(refusal(400, "Container is expired."), done()) as server:
        server.routes["POST /containers"] = lambda _: plain(
            {"id": next(ids), "object": "container", "name": "x"}
        )
        [heard] = run_turns(server, request(PROMPT, hosted=({"type": "code_interpreter"},)))
    assert heard.text == "Done."
    assert heard.done.state["container"] == "cntr_2"
    assert ["container" in e.text for e in heard.events if isinstance(e, Notice)] == [True]


def test_at_home_a_request_asks_for_summaries_and_compaction() -> None:
    """OpenAI's own server is asked for reasoning summaries, a cache per thread, and to shorten in good time."""
    [body], _ = asked_for(at_home=True, model="gpt-6-luna", settings={"store": "local"})
    assert body["reasoning"] == {"summary": "auto"}
    assert body["prompt_cache_key"] == "thread-1"
    assert body["stream_options"] == {"include_obfuscation": False}
    assert body["context_management"] == [{"type": "compaction", "compact_threshold": 250_000}]


def test_a_model_that_does_not_reason_is_not_asked_to() -> None:
    """No reasoning parameter for models that would reject it."""
    [body], _ = asked_for(at_home=True, model="gpt-4.1", settings={"store": "local"})
    assert "reasoning" not in body


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("Encrypted content is not supported with this model.", "include"),
        ("Your organization must be verified to generate reasoning summaries.", "reasoning"),
        ("Unknown parameter: 'context_management'.", "context_management"),
        ("Unknown parameter: 'prompt_cache_key'.", "prompt_cache_key"),
        ("Unknown parameter: 'stream_options'.", "stream_options"),
    ],
)
def test_an_extra_that_is_refused_is_left_out(said: str, gone: str) -> None:
    """What we ask for of our own accord never fails a turn: asked again without it, in silence."""
    replies = (refusal(400, said), done())
    (first, second), heard = asked_for(
        *replies, at_home=True, model="gpt-6-luna", settings={"store": "local"}
    )
    assert heard.text == "Done."
    assert gone in first
    assert gone not in second
    assert not [e for e in heard.events if isinstance(e, Notice)]


def test_what_the_user_asked_for_is_not_left_out() -> None:
    """A parameter that the user set and the model refuses is an error that names it."""
    said = "Unsupported parameter: 'temperature' is not supported with this model."
    bodies, heard = asked_for(refusal(400, said), settings={"temperature": 1})
    assert len(bodies) == 1
    assert heard.error is not None
    assert "temperature" in str(heard.error)


SCHEMA = {
    "type": "object",
    "properties": {
        "answer": {"type": "number"},
        "steps": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    },
    "required": ["answer"],
}


def test_a_schema_is_closed_for_strict_answers() -> None:
    """Every object of the schema is closed and requires all it has, as strict mode wants it."""
    [body], _ = asked_for(output_schema=SCHEMA)
    form = body["text"]["format"]
    assert (form["type"], form["strict"]) == ("json_schema", True)
    assert form["schema"]["required"] == ["answer", "steps", "note"]
    assert form["schema"]["additionalProperties"] is False
    assert form["schema"]["properties"]["steps"]["items"]["required"] == ["text"]
    assert "default" not in form["schema"]["properties"]["note"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {
            "type": "object",
            "properties": {"x": {"type": "object", "additionalProperties": {"type": "number"}}},
        },
        {"type": "object", "properties": {"x": {"oneOf": [{"type": "string"}]}}},
    ],
)
def test_a_schema_beyond_strict_mode_is_sent_as_it_is(schema: dict[str, Any]) -> None:
    """What strict mode cannot say is sent unchanged and not called strict."""
    assert strict_schema(schema) == (schema, False)


def test_a_refusal_is_the_answer() -> None:
    """Words of refusal stream and stand in the message, marked for the server."""
    _, heard = asked_for(Reply(Stream().refusal("I cannot help with that.").completed()))
    assert heard.text == "I cannot help with that."
    [message] = heard.done.items
    assert isinstance(message, Message)
    assert message.provider_data["openai"]["refusal"] == [0]


def test_several_parts_of_a_message_keep_their_citations_in_place() -> None:
    """Offsets of citations count from the start of the whole message."""
    note = {"type": "url_citation", "start_index": 0, "end_index": 3, "url": "https://e.org", "title": "E"}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    parts = [
        {"type": "output_text", "text": "One. ", "annotations": []},
        {"type": "output_text", "text": "Two.", "annotations": [note]},
    ]
    _, heard = asked_for(Reply(Stream().item(item, done={"content": parts}).completed()))
    [message] = heard.done.items
    assert isinstance(message, Message)
    [citation] = message.citations
    assert message.text[citation.start : citation.end] == "Two"


def test_a_call_cut_short_by_the_limit_is_not_made() -> None:
    """Half of a call's arguments asks for nothing; the turn ends for its length."""
    stream = Stream().call("call_1", "python", '{"code": "pri', finished=False)
    item = {
        "id": "fc_1_1",
        "type": "function_call",
        "call_id": "call_1",
        "name": "python",
        "arguments": '{"code": "pri',
        "status": "incomplete",
    }
    stream._close(item)
    _, heard = asked_for(Reply(stream.incomplete("max_output_tokens")))
    assert heard.done.finish == "length"
    assert not [i for i in heard.done.items if isinstance(i, ToolCall)]


def test_halves_of_characters_are_put_together() -> None:
    """A delta may end in half a character; no event carries a half, and a lonely one is replaced."""
    stream = Stream().text("x", finished=False)
    place = {k: v for k, v in stream.events[-1].items() if k in {"item_id", "output_index", "content_index"}}
    for delta in ("\ud83d", "\ude00!", "\ud83d", "?"):
        stream._add("response.output_text.delta", **place, delta=delta)
    _, heard = asked_for(Reply(stream.completed()))
    assert heard.text == "x😀!\N{REPLACEMENT CHARACTER}?"


def test_shell_commands_show_their_outputs() -> None:
    """A hosted shell shows its commands and what they printed, on the stream they printed it to."""
    call = {
        "id": "sh_1",
        "type": "shell_call",
        "call_id": "c",
        "action": {"commands": ["ls", "cat x"]},
        "status": "completed",
    }
    result = {
        "id": "sho_1",
        "type": "shell_call_output",
        "call_id": "c",
        "output": [{"stdout": "a\n", "stderr": "no x\n"}],
    }
    _, heard = asked_for(Reply(Stream().item(call).item(result).completed()))
    ran, gave = heard.done.items
    assert isinstance(ran, HostedToolCall)
    assert isinstance(gave, HostedToolCall)
    assert ran.input == "ls\ncat x"
    assert [(o["name"], o["text"]) for o in gave.outputs] == [("stdout", "a\n"), ("stderr", "no x\n")]


def test_items_nobody_documented_are_kept() -> None:
    """A hosted item of an unknown type is shown by its name and goes back unchanged."""
    new = {"id": "tm_1", "type": "time_machine_call", "query": "1969", "status": "completed"}
    _, heard = asked_for(
        Reply(Stream().item(new, {"type": "response.time_machine_call.searching"}).completed())
    )
    [item] = heard.done.items
    assert isinstance(item, HostedToolCall)
    assert (item.name, item.input) == ("time_machine", "1969")
    assert [e.status for e in heard.events if isinstance(e, HostedToolDelta)] == ["searching"]
    assert item.provider_data["openai"]["item"] == new


APPROVAL = {
    "id": "mcpr_1",
    "type": "mcp_approval_request",
    "server_label": "zip1",
    "name": "shorten",
    "arguments": "{}",
}


@pytest.mark.parametrize(("status", "approved"), [("ok", True), ("refused", False), (None, False)])
def test_a_waiting_remote_call_is_answered(status: Any, approved: bool) -> None:
    """A result for a remote call says yes or no to it; going on without one says no."""
    result = () if status is None else (ToolResult(call_id="mcpr_1", name="mcp", status=status),)
    with serving(Reply(Stream(1).item(APPROVAL).completed()), done(2)) as server:
        run_turns(server, request(PROMPT), then(*result, user_message("Well?")))
    answer, prompt = server.asked()[1]["input"]
    assert answer == {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": approved}
    assert prompt["content"] == "Well?"


def _compacted(_: Request) -> Reply:
    kept = {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Go."}],
        "id": "msg_0",
    }
    return plain(
        {
            "object": "response.compaction",
            "output": [kept, {"type": "compaction", "id": "cmp_1", "encrypted_content": "gA"}],
        }
    )


@pytest.mark.parametrize("conversations", [True, False])
def test_a_thread_that_overflows_is_shortened_and_goes_on(conversations: bool) -> None:
    """The server shortens the thread, an item says so, and later turns start from it."""
    too_long = refusal(400, "Your input exceeds the context window of this model.", "context_length_exceeded")
    with serving(too_long, done(1), done(2), conversations=conversations) as server:
        server.routes["POST /responses/compact"] = _compacted
        heard = run_turns(server, request(PROMPT), then(user_message("More.")))
    assert [type(i) for i in heard[0].done.items] == [Compaction, Message]
    assert heard[0].items == list(heard[0].done.items)
    shortened = server.asked()[1]["input"]
    assert [i["type"] for i in shortened] == ["message", "compaction"]
    assert not [i for i in shortened if "id" in i]
    later = server.asked()[2]["input"]
    assert [i.get("type", i.get("role")) for i in later] == (
        ["user"] if conversations else ["message", "compaction", "message", "user"]
    )


@pytest.mark.parametrize(
    "tool",
    [{"type": "computer"}, {"type": "local_shell"}, {"type": "shell", "environment": {"type": "local"}}],
)
def test_a_tool_that_we_would_have_to_carry_out_is_refused(tool: dict[str, Any]) -> None:
    """Its calls would wait for ever; one line says so before anything is sent."""
    with serving() as server:
        [heard] = run_turns(server, request(user_message("Click."), hosted=(tool,)))
    assert f"the tool {tool['type']!r} is carried out by whoever asks for it" in str(heard.error)
    assert server.requests == []
