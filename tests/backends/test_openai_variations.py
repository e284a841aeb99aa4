"""Recorded streams as other servers might have sent them: nothing is lost and nothing is said twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from assistant_magic.backends.openai_stream import Answer
from assistant_magic.events import Event, ItemDone, Notice, TextDelta
from assistant_magic.items import HostedToolCall, Message, Reasoning, ToolCall, user_message
from backends.harness import PIXEL, PYTHON, request
from backends.responses_server import Reply, refusal, serving
from backends.responses_stream import Stream
from backends.test_openai_recordings import NAMES, Recording
from backends.turns import run_turns, then

Wire = dict[str, Any]
Change = Callable[[list[Wire]], list[Wire]]


def unknown_events(events: list[Wire]) -> list[Wire]:
    """Events that nobody documented stand between all others."""
    strange: list[Wire] = [
        {"type": "keepalive", "sequence_number": 1},
        {"type": "response.poem.delta", "item_id": "poem_1", "output_index": 0, "delta": "roses"},
        {"type": "response.output_text.sparkle", "output_index": 0},
        {"type": None},
        {"no": "type"},
        {"type": "response.custom.thing.delta", "response": "no object"},
    ]
    return [one for number, event in enumerate(events) for one in (strange[number % len(strange)], event)]


def no_text_done(events: list[Wire]) -> list[Wire]:
    """Only items are ever finished; their texts, arguments and parts are not."""
    kept = {"response.output_item.done", "response.completed", "response.incomplete", "response.failed"}
    return [e for e in events if not e["type"].endswith((".done", ".completed")) or e["type"] in kept]


def no_item_done(events: list[Wire]) -> list[Wire]:
    """Items come in the last event only."""
    return [e for e in events if e["type"] != "response.output_item.done"]


def no_items_at_the_end(events: list[Wire]) -> list[Wire]:
    """The last event repeats nothing."""
    return [*events[:-1], {**events[-1], "response": {**events[-1]["response"], "output": []}}]


def no_beginning(events: list[Wire]) -> list[Wire]:
    """No item and no part is announced before its words."""
    return [e for e in events if not e["type"].endswith(".added")]


def no_numbers(events: list[Wire]) -> list[Wire]:
    """No event is numbered."""
    return [{k: v for k, v in e.items() if k != "sequence_number"} for e in events]


def one_index(events: list[Wire]) -> list[Wire]:
    """All items have the same output index, as one server sends them."""
    return [{**e, "output_index": 0} if "output_index" in e else e for e in events]


def other_ids_at_the_end(events: list[Wire]) -> list[Wire]:
    """The last event calls all items by other names."""
    last = deepcopy(events[-1])
    for number, item in enumerate(last["response"]["output"]):
        if "id" in item:
            item["id"] = f"other_{number}"
    return [*events[:-1], last]


def no_ids(events: list[Wire]) -> list[Wire]:
    """Items have no ids; only their place tells them apart."""
    changed = []
    for event in deepcopy(events):
        event.pop("item_id", None)
        if "item" in event:
            event["item"].pop("id", None)
        changed.append(event)
    return changed


def sparse_indexes(events: list[Wire]) -> list[Wire]:
    """Output indexes count in tens, from the back."""
    return [
        {**e, "output_index": 1000 - 10 * e["output_index"]} if "output_index" in e else e for e in events
    ]


def done_twice(events: list[Wire]) -> list[Wire]:
    """Every end of an item comes twice."""
    return [one for e in events for one in ([e, e] if e["type"] == "response.output_item.done" else [e])]


CHANGES: tuple[Change, ...] = (
    unknown_events,
    no_text_done,
    no_item_done,
    no_items_at_the_end,
    no_beginning,
    no_numbers,
    one_index,
    other_ids_at_the_end,
    no_ids,
    sparse_indexes,
    done_twice,
)


def heard(events: list[Wire]) -> tuple[Answer, list[Event]]:
    answer = Answer("server")
    return answer, [event for wire in events for event in answer.take(wire)]


def told(answer: Answer) -> dict[str, list[Any]]:
    """What a reader and the next turn get of an answer."""
    return {
        "words": [i.text for i in answer.items if isinstance(i, Message)],
        "thoughts": [i.text for i in answer.items if isinstance(i, Reasoning)],
        "calls": [(i.call_id, i.name, i.arguments) for i in answer.items if isinstance(i, ToolCall)],
        "hosted": [(i.name, i.input, i.outputs) for i in answer.items if isinstance(i, HostedToolCall)],
    }


def streams(shared: Path, name: str) -> Iterator[list[Wire]]:
    for status, body in Recording(shared, name).answers:
        if status == 200 and isinstance(body, list) and body[-1]["type"] == "response.completed":
            yield body


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_another_servers_way_of_saying_it(shared: Path, change: Change) -> None:
    """Whichever way a server leaves out, repeats or renames, every recorded answer is the same."""
    for name in NAMES:
        for events in streams(shared, name):
            if change is done_twice and name == "item_ids_that_rotate":
                continue  # where every event has another id, nothing tells a repetition from a second item
            plain, _ = heard(events)
            changed, said = heard(change(events))
            assert told(changed) == told(plain), name
            assert changed.ended
            done = [event.part for event in said if isinstance(event, ItemDone)]
            assert len(done) == len(set(done)), name


def test_words_in_many_parts_and_a_refusal() -> None:
    """Several parts of one message are read in order, a refusal among them, and stream as they are kept."""
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    pieces = [("output_text", "One. "), ("refusal", "I will not. "), ("output_text", "Two.")]
    deltas = [
        {"type": f"response.{kind}.delta", "item_id": "msg_1", "content_index": n, "delta": text}
        for n, (kind, text) in enumerate(pieces)
    ]
    content = [
        {"type": kind, "refusal" if kind == "refusal" else "text": text, "annotations": [None, "odd", {}]}
        for kind, text in pieces
    ]
    answer, said = heard(Stream().item(item, *deltas, done={"content": content}).completed())
    [message] = answer.items
    assert isinstance(message, Message)
    assert message.text == "One. I will not. Two."
    assert "".join(e.text for e in said if isinstance(e, TextDelta)) == message.text


@pytest.mark.parametrize(
    "item",
    [
        {"type": "quantum_call", "status": "completed", "query": "spin", "output": "up"},
        {"type": "quantum_call"},
        {"type": "shell_call", "action": None, "status": "completed"},
        {"type": "code_interpreter_call", "code": None, "outputs": [{"type": "hologram"}, 7, None]},
        {"type": "file_search_call", "queries": None, "results": [{"score": 1}]},
        {"type": "web_search_call", "action": {"type": "open_page", "url": "https://example.org"}},
        {"type": "image_generation_call", "result": None, "status": "failed"},
        {"type": "mcp_call", "error": {"type": "http_error", "code": 503, "message": "away"}},
        {"type": "computer_call", "action": {"type": "click", "x": 1, "y": 2}},
    ],
    ids=lambda item: item["type"],
)
def test_hosted_tools_of_any_kind_are_kept(item: Mapping[str, Any]) -> None:
    """A tool nobody knows, or a known one with pieces missing, is an item that goes back as it came."""
    answer, _ = heard(Stream().item({"id": "x_1", **item}).text("Done.").completed())
    call, message = answer.items
    assert isinstance(call, HostedToolCall)
    assert call.provider_data["openai"]["item"]["type"] == item["type"]
    assert isinstance(message, Message)
    assert message.text == "Done."


WHOLE = Stream().reasoning("Hm.").text("Ω ≠ ∅, 한국어 👩‍🔬").completed()


def sse(event: Mapping[str, Any], newline: str = "\n", *, named: bool = True, space: str = " ") -> str:
    head = f"event:{space}{event['type']}{newline}" if named else ""
    return f"{head}data:{space}{json.dumps(event, ensure_ascii=False)}{newline}{newline}"


WIRES = {
    "carriage returns": "".join(sse(e, "\r\n") for e in WHOLE),
    "comments between events": "".join(f": keep-alive\n\n{sse(e)}" for e in WHOLE),
    "no event names": "".join(sse(e, named=False) for e in WHOLE),
    "no space behind the colon": "".join(sse(e, space="") for e in WHOLE),
    "ids and retries": "".join(f"id: 7\nretry: 1000\n{sse(e)}" for e in WHOLE),
    "a last line": "".join(map(sse, WHOLE)) + "data: [DONE]\n\n",
    "empty events": "".join(f"event: ping\ndata: {{}}\n\n{sse(e)}" for e in WHOLE),
}


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_any_form_of_the_wire_is_read(wire: str) -> None:
    """Line ends, comments, names and numbers of events as the standard allows them."""
    with serving(Reply(body=wire.encode(), headers={"Content-Type": "text/event-stream"})) as server:
        [whole] = run_turns(server, request(user_message("?")))
    assert (whole.error, whole.text) == (None, "Ω ≠ ∅, 한국어 👩‍🔬")


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pieces_may_be_cut_anywhere(size: int) -> None:
    """The stream arrives in pieces of any size, cut in the middle of a character too."""
    with serving(Reply(WHOLE, chunk=size)) as server:
        [cut] = run_turns(server, request(user_message("?")))
    assert (cut.error, cut.text) == (None, "Ω ≠ ∅, 한국어 👩‍🔬")


@pytest.mark.parametrize(
    ("added", "between", "kept"),
    [
        (
            {"type": "code_interpreter_call", "status": "in_progress"},
            {"type": "response.code_interpreter_call_code.delta", "delta": "print(1)"},
            ("code_interpreter", "print(1)"),
        ),
        (
            {"type": "custom_tool_call", "call_id": "c1", "name": "lint"},
            {"type": "response.custom_tool_call_input.delta", "delta": "x = 1"},
            ("lint", '{"input": "x = 1"}'),
        ),
        (
            {"type": "reasoning", "summary": []},
            {"type": "response.reasoning_summary_text.delta", "summary_index": 0, "delta": "Add them."},
            ("", "Add them."),
        ),
    ],
    ids=["code_interpreter", "custom", "reasoning"],
)
def test_what_has_no_end_at_all_is_kept_when_the_answer_ends(
    added: Wire, between: Wire, kept: tuple[str, str]
) -> None:
    """A server that completes without any finished form of an item: its words decide."""
    events = Stream().item({"id": "x_1", **added}, between).completed()
    answer, _ = heard(no_items_at_the_end(no_item_done(events)))
    [item] = answer.items
    words = getattr(item, "input", "") or getattr(item, "arguments", "") or getattr(item, "text", "")
    assert (getattr(item, "name", ""), words) == kept


def test_a_picture_that_never_came_whole_is_shown_as_far_as_it_came() -> None:
    """The last partial picture stands in for a result that is missing, and for one that a cut took away."""
    part = {"type": "response.image_generation_call.partial_image", "partial_image_b64": PIXEL}
    stream = Stream().item({"id": "ig", "type": "image_generation_call", "result": None}, part)
    answer, _ = heard(stream.completed())
    cut, _ = heard(no_item_done(stream.events)[:-1])
    list(cut.unfinished())
    for item in (*answer.items, *cut.items):
        assert isinstance(item, HostedToolCall)
        assert item.outputs[0]["data"]["image/png"] == PIXEL
    assert len(answer.items) == len(cut.items) == 1


def test_pieces_of_output_stand_on_lines_of_their_own() -> None:
    """Logs without a line's end are not run together; the address of a picture is one of them."""
    outputs = [
        {"type": "logs", "logs": "a"},
        {"type": "logs", "logs": "b\n"},
        {"type": "image", "url": "https://e.org/x.png"},
    ]
    answer, _ = heard(
        Stream()
        .item({"id": "ci", "type": "code_interpreter_call", "code": "", "outputs": outputs})
        .completed()
    )
    [call] = answer.items
    assert isinstance(call, HostedToolCall)
    assert "".join(output["text"] for output in call.outputs) == "a\nb\nhttps://e.org/x.png"


def test_why_a_remote_server_lists_no_tools_is_said() -> None:
    """The error of a list that failed is shown, as that of a call is."""
    failed = {"type": "mcp_list_tools", "server_label": "wiki", "tools": [], "error": {"message": "No entry"}}
    answer, _ = heard(Stream().item({"id": "mcpl", **failed}).completed())
    [call] = answer.items
    assert isinstance(call, HostedToolCall)
    assert (call.status, call.outputs[0]["text"]) == ("failed", "No entry")


def test_a_server_that_keeps_silent_about_almost_everything() -> None:
    """No ids, no indexes, no conversations, no usage, no output at the end: the words are there, once."""
    events: list[Wire] = [
        {"type": "response.output_text.delta", "delta": "It is "},
        {"type": "response.output_text.delta", "delta": "42."},
        {"type": "response.completed", "response": {}},
    ]
    with serving(Reply(events), Reply(events), conversations=False) as server:
        first, second = run_turns(server, request(user_message("?")), then(user_message("Sure?")))
    assert [(turn.error, turn.text) for turn in (first, second)] == [(None, "It is 42.")] * 2
    assert [part["content"] for part in server.asked()[1]["input"]] == ["?", "It is 42.", "Sure?"]


QUIRKS: dict[str, tuple[list[Any], list[Any]]] = {
    "calls without any id": (
        [{"item": {"type": "function_call", "name": "f", "arguments": {"x": 1}}}] * 2,
        [("f", '{"x": 1}')] * 2,
    ),
    "words as one string": ([{"item": {"type": "message", "content": "42."}}], ["42."]),
    "only finished words": ([{"type": "response.output_text.done", "item_id": "m", "text": "42."}], ["42."]),
    "only finished arguments": (
        [
            {"type": "response.output_item.added", "item": {"id": "c", "type": "function_call", "name": "f"}},
            {"type": "response.function_call_arguments.done", "item_id": "c", "arguments": '{"x": 1}'},
        ],
        [("f", '{"x": 1}')],
    ),
    "pieces that are no objects": (
        [[1, 2], "words", None, {"type": "response.output_text.delta", "delta": "42."}],
        ["42."],
    ),
}


@pytest.mark.parametrize(("events", "kept"), QUIRKS.values(), ids=QUIRKS)
def test_small_servers_leave_out_what_they_like(events: list[Any], kept: list[Any]) -> None:
    """Ids, types, objects, deltas or the response itself may be missing; words and calls are there."""
    sent = [{"type": "response.output_item.done", **e} if isinstance(e, dict) else e for e in events]
    answer, _ = heard([*sent, {"type": "response.completed"}])
    assert answer.ended
    said = [
        (i.name, i.arguments) if isinstance(i, ToolCall) else getattr(i, "text", "") for i in answer.items
    ]
    assert said == kept
    names = [item.call_id for item in answer.items if isinstance(item, ToolCall)]
    assert all(names)
    assert len(names) == len(set(names))


def whole(**body: Any) -> Reply:
    return Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize(
    ("reply", "text", "error"),
    [
        (whole(output_text="42."), "42.", ""),
        (whole(status="completed", output=[{"type": "message", "content": "42."}]), "42.", ""),
        (whole(error="model not loaded"), "", "model not loaded"),
        (whole(object="chat.completion", choices=[]), "", "Check base_url"),
        (Reply(status=404, body=b'{"error": "model \'m9\' not found"}'), "", "has no model"),
        (Reply(status=404, body=b"<html>away</html>"), "", "no reason given"),
    ],
)
def test_an_answer_in_one_piece_is_read_or_explained(reply: Reply, text: str, error: str) -> None:
    """A server that does not stream gives its words, or one line says what it gave instead."""
    with serving(reply, conversations=False) as server:
        [said] = run_turns(server, request(user_message("?")))
    assert "".join(i.text for i in said.items if isinstance(i, Message)) == text
    assert error in str(said.error)
    assert bool(error) == (said.error is not None)


@pytest.mark.parametrize(
    ("complaint", "field", "told"),
    [
        ("Unrecognized request argument supplied: store", "store", False),
        ("registry.ollama.ai/library/tiny:latest does not support tools", "tools", True),
    ],
)
def test_a_server_that_takes_less_is_asked_for_less(complaint: str, field: str, told: bool) -> None:
    """What we send of our own accord is left out and the turn goes on; without tools the reader is told."""
    asked = request(user_message("?"), tools=(PYTHON,))
    with serving(refusal(400, complaint), Reply(WHOLE), conversations=False) as server:
        [said] = run_turns(server, asked)
    assert said.error is None
    assert [field in body for body in server.asked()] == [True, False]
    notices = [event.text for event in said.events if isinstance(event, Notice)]
    assert bool(notices) == told
