"""Streams as odd as servers make them come out as the same items."""

from __future__ import annotations

import copy
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_magic.backends.openai_stream import Answer
from assistant_magic.events import ItemDone, TextDelta, ToolCallDelta
from assistant_magic.items import Item, Message, Reasoning, ToolCall, user_message
from backends.harness import follow, python_result, request
from backends.responses_server import Reply, serving
from backends.responses_stream import Stream
from backends.turns import run_turns

Events = list[dict[str, Any]]

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
pieces = st.one_of(
    st.tuples(st.just("text"), words),
    st.tuples(st.just("reasoning"), words),
    st.tuples(st.just("call"), words.map(lambda text: json.dumps({"code": text}))),
)


def rotate_ids(events: Events) -> None:
    """No two events name an item alike."""
    for number, event in enumerate(events):
        if "item_id" in event:
            event["item_id"] = f"id-{number}"
        for item in [event.get("item"), *event.get("response", {}).get("output", ())]:
            if item:
                item["id"] = f"id-{number}-{item['id']}"


def drop_ids(events: Events) -> None:
    """Items have no ids at all."""
    for event in events:
        event.pop("item_id", None)
        for item in [event.get("item"), *event.get("response", {}).get("output", ())]:
            if item:
                item.pop("id", None)


def repeat_indexes(events: Events) -> None:
    """Every item claims the first place."""
    for event in events:
        if "output_index" in event:
            event["output_index"] = 0


def forget_starts(events: Events) -> None:
    """No item is announced before its words."""
    events[:] = [
        e for e in events if e["type"] not in {"response.output_item.added", "response.content_part.added"}
    ]


def forget_summary(events: Events) -> None:
    """The terminal event lists nothing."""
    events[-1]["response"]["output"] = []


def forget_deltas(events: Events) -> None:
    """Nothing streams; only finished items come."""
    events[:] = [e for e in events if not e["type"].endswith(".delta")]


def forget_numbers(events: Events) -> None:
    """Events are not counted."""
    for event in events:
        event.pop("sequence_number")


def chatter(events: Events) -> None:
    """Between the events stand others that nobody knows."""
    noise = [
        {"type": "keepalive"},
        {"type": "response.new.thing", "item_id": "?", "output_index": 0},
        {},
        {"type": None},
    ]
    events[:] = [e for event in events for e in (*copy.deepcopy(noise), event)]


def only_summary(events: Events) -> None:
    """Finished items come in the terminal event alone."""
    events[:] = [e for e in events if e.get("type") != "response.output_item.done"]


QUIRKS = (
    rotate_ids,
    drop_ids,
    repeat_indexes,
    forget_starts,
    forget_summary,
    forget_deltas,
    forget_numbers,
    chatter,
    only_summary,
)
MEETING = {
    # Nothing is left, or nothing tells one item from another.
    frozenset({forget_summary, only_summary}),
    frozenset({rotate_ids, repeat_indexes}),
    frozenset({drop_ids, repeat_indexes}),
    frozenset({forget_starts, repeat_indexes}),
}


def said(items: tuple[Item, ...]) -> list[tuple[str, str]]:
    return [(i.type, i.arguments if isinstance(i, ToolCall) else getattr(i, "text", "")) for i in items]


def stream_of(parts: list[tuple[str, str]]) -> Stream:
    stream = Stream()
    for number, (kind, text) in enumerate(parts):
        if kind == "text":
            stream.text(text)
        elif kind == "reasoning":
            stream.reasoning(text)
        else:
            stream.call(f"call_{number}", "python", text)
    return stream


@given(st.lists(pieces, min_size=1, max_size=5), st.sets(st.sampled_from(QUIRKS), max_size=3))
def test_quirks_change_nothing(parts: list[tuple[str, str]], quirks: set[Any]) -> None:
    """Whatever ids, indexes, announcements or summaries a server leaves out, the items are the same."""
    if any(pair <= quirks for pair in MEETING):
        return
    events = copy.deepcopy(stream_of(parts).completed())
    for quirk in sorted(quirks, key=QUIRKS.index):
        quirk(events)
    answer = Answer("here")
    heard = [event for wire in events for event in answer.take(wire)]
    wanted = {"text": "message", "reasoning": "reasoning", "call": "tool_call"}
    assert sorted(said(answer.items)) == sorted((wanted[kind], text) for kind, text in parts)
    assert len([e for e in heard if isinstance(e, ItemDone)]) == len(parts)
    assert answer.ended
    if not quirks & {forget_deltas, forget_starts, repeat_indexes}:
        assert said(answer.items) == [(wanted[kind], text) for kind, text in parts]


@given(st.lists(pieces, min_size=1, max_size=4), st.data())
def test_a_cut_anywhere_keeps_what_came(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    """Wherever the line breaks, all words that streamed are in an item, and no half of a call is."""
    events = stream_of(parts).completed()[:-1]
    cut = data.draw(st.integers(0, len(events)))
    answer = Answer("here")
    heard = [event for wire in events[:cut] for event in answer.take(wire)]
    items = [e.item for e in [*heard, *answer.unfinished()] if isinstance(e, ItemDone)]
    streamed = "".join(e.text for e in heard if isinstance(e, TextDelta))
    assert "".join(i.text for i in items if isinstance(i, Message)) == streamed
    assert all(json.loads(i.arguments) for i in items if isinstance(i, ToolCall))


def test_constant_ids_do_not_mix_items() -> None:
    """A server that calls every item by the same id still has two messages."""
    events = copy.deepcopy(Stream().text("One.").text("Two.").completed())
    for event in events:
        if "item_id" in event:
            event["item_id"] = "msg_0"
        for item in [event.get("item"), *event.get("response", {}).get("output", ())]:
            if item:
                item["id"] = "msg_0"
    answer = Answer("here")
    for wire in events:
        answer.take(wire)
    assert [i.text for i in answer.items if isinstance(i, Message)] == ["One.", "Two."]


def test_answers_that_follow_each_other_in_one_stream_end_with_the_first() -> None:
    """Only the first of two responses in one stream is this turn."""
    with serving(Reply([*Stream(1).text("One.").completed(), *Stream(2).text("Two.").completed()])) as server:
        [heard] = run_turns(server, request(user_message("?")))
    assert heard.text == "One."
    assert [type(i) for i in heard.done.items] == [Message]


def test_a_server_that_does_not_stream_is_understood() -> None:
    """A whole response as JSON where a stream was asked for gives its items all the same."""
    whole = Stream(1).reasoning("Hm.").text("Yes.").completed()[-1]["response"]
    reply = Reply(body=json.dumps(whole).encode(), headers={"Content-Type": "application/json"})
    with serving(reply, conversations=False) as server:
        [heard] = run_turns(server, request(user_message("?")))
    assert [type(i) for i in heard.done.items] == [Reasoning, Message]


def test_a_tool_that_takes_free_text_is_called_and_answered_in_its_own_form() -> None:
    """A custom tool's input is the one argument of a call, and its result goes back as a custom result."""
    call = {"id": "ctc_1", "type": "custom_tool_call", "call_id": "call_1", "name": "sql", "input": ""}
    delta = {"type": "response.custom_tool_call_input.delta", "delta": "SELECT 1"}
    first = Stream(1).item(call, delta, done={"input": "SELECT 1"}).completed()
    asked = request(user_message("?"))
    with serving(Reply(first), Reply(Stream(2).text("ok").completed()), conversations=False) as server:
        heard = run_turns(server, asked, lambda a, h: follow(a, h, python_result(1, "1")))
    [item] = heard[0].done.items
    assert isinstance(item, ToolCall)
    assert json.loads(item.arguments) == {"input": "SELECT 1"}
    assert [e.text for e in heard[0].events if isinstance(e, ToolCallDelta)] == ["SELECT 1"]
    _, replayed, result = server.asked()[1]["input"]
    assert replayed == {**call, "input": "SELECT 1"}
    assert result == {"type": "custom_tool_call_output", "call_id": "call_1", "output": "1"}


@pytest.mark.parametrize("status", ["completed", "failed", "incomplete"])
def test_an_answer_without_words_ends_in_order(status: str) -> None:
    """A response with no output at all is an end, whatever kind of end it is."""
    stream = Stream()
    events = {
        "completed": stream.completed,
        "failed": lambda: stream.failed("server_error", "x"),
        "incomplete": lambda: stream.incomplete("max_output_tokens"),
    }[status]()
    answer = Answer("here")
    for wire in events:
        answer.take(wire)
    assert answer.over
    assert answer.items == ()


def test_memory_grows_with_the_words_alone() -> None:
    """However many pieces an answer comes in, what is held of it is its text."""
    delta = {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": 0, "content_index": 0}
    held = {}
    for pieces in (1_000, 20_000):
        answer = Answer("server")
        tracemalloc.start()
        for _ in range(pieces):
            for _event in answer.take({**delta, "delta": "x" * (100_000 // pieces)}):
                pass
        held[pieces] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert held[20_000] < 2 * held[1_000]
    assert held[20_000] < 500_000
