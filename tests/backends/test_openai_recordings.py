"""Recorded traffic of real servers, replayed over loopback HTTP through the genuine client.

The recordings lie beside the project (`../shared/recordings`) and are not part of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant_magic.events import HostedToolDelta, ReasoningDelta, TextDelta
from assistant_magic.exceptions import RateLimitError, RequestRejectedError
from assistant_magic.items import (
    Citation,
    Compaction,
    HostedToolCall,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    user_message,
)
from backends.harness import Heard, request
from backends.responses_server import Reply, Request, ResponsesServer, plain
from backends.turns import run_turns, then

TERMINAL = {"response.completed", "response.incomplete", "response.failed"}

NAMES = (
    "400_from_the_server", "400_no_tool_output_found", "annotations", "azure_ids", "background_resume",
    "code_interpreter_image_output_as_data_url_container_citation", "code_interpreter_logs_csv_citation",
    "code_interpreter_outputs_null_include_missing", "compaction", "conversation_tool_continuation",
    "dangling_calls", "encrypted_reasoning", "file_search_with_uploads_and_vector_store", "function_call",
    "function_call_agent_loop", "function_call_llm", "image_generation", "incomplete", "item_ids_that_rotate",
    "lm_studio_tool_call", "mcp_approval", "nested_error_then_failed", "parallel_calls_encrypted_reasoning",
    "phase", "reasoning_summary", "tool_call_rejected_keepalive_event", "tool_error", "unicode_arguments",
    "web_search",
)  # fmt: skip


class Recording:
    """The answers to `/responses` in one recording, in order; streams that were joined are taken apart."""

    def __init__(self, folder: Path, name: str) -> None:
        data = json.loads((folder / "recordings" / f"{name}.json").read_text())
        self.answers: list[tuple[int, Any]] = []
        for interaction in data["interactions"]:
            if "responses" not in interaction["uri"] and "REDACTED" not in interaction["uri"]:
                continue
            if "events" in interaction:
                self.answers += [
                    (interaction["status"], events) for events in _streams(interaction["events"])
                ]
            else:
                self.answers.append((interaction["status"], interaction["json"]))

    def hear(self, number: int = 0, **options: Any) -> Heard:
        """What the backend makes of one answer."""
        with ResponsesServer(conversations=False) as server:
            server.replies.append(self.reply(number, **options))
            return run_turns(server, request(user_message("?")))[0]

    def reply(self, number: int, **options: Any) -> Reply:
        """One answer for a server."""
        status, body = self.answers[number]
        if isinstance(body, list):
            return Reply(body, status=status, **options)
        headers = {"Content-Type": "application/json"}
        return Reply(status=status, body=json.dumps(body).encode(), headers=headers)

    def terminal(self, number: int = 0) -> Mapping[str, Any]:
        """The whole response as the server summed it up."""
        body = self.answers[number][1]
        return body[-1]["response"] if isinstance(body, list) else body


def _streams(events: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    stream: list[dict[str, Any]] = []
    for event in events:
        stream.append(event)
        if event["type"] in TERMINAL:
            yield stream
            stream = []


def by_kind(heard: Heard, kind: type) -> list[Any]:
    return [item for item in heard.done.items if isinstance(item, kind)]


@pytest.mark.parametrize("chunk", [0, 7])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_recorded_answer_is_lost(shared: Path, name: str, chunk: int) -> None:
    """Whatever the server summed up at the end is in the items: words, calls, hosted calls, reasoning, tokens."""
    recording = Recording(shared, name)
    for number, (status, body) in enumerate(recording.answers):
        if status != 200 or (isinstance(body, list) and body[-1]["type"] == "response.failed"):
            continue
        heard = recording.hear(number, chunk=chunk)
        assert heard.error is None, (name, number)
        assert list(heard.done.items) == heard.items
        assert _summary(heard) == _expected(recording.terminal(number))
        if isinstance(body, list):
            assert heard.text == "".join(m.text for m in by_kind(heard, Message))


def _summary(heard: Heard) -> dict[str, Any]:
    items = heard.done.items
    return {
        "words": [i.text for i in items if isinstance(i, Message)],
        "calls": [(i.call_id, i.name, i.arguments) for i in items if isinstance(i, ToolCall)],
        "thoughts": [i.text for i in items if isinstance(i, Reasoning)],
        "hosted": [i.input for i in items if isinstance(i, HostedToolCall) and i.name == "code_interpreter"],
        "tokens": (heard.done.usage.input_tokens, heard.done.usage.output_tokens),
    }


def _expected(response: Mapping[str, Any]) -> dict[str, Any]:
    output = response["output"]
    usage = response.get("usage") or {}

    def texts(item: Mapping[str, Any], key: str) -> list[str]:
        return [part["text"] for part in item.get(key) or ()]

    return {
        "words": ["".join(texts(i, "content")) for i in output if i["type"] == "message"],
        "calls": [(i["call_id"], i["name"], i["arguments"]) for i in output if i["type"] == "function_call"],
        "thoughts": [
            "\n\n".join(texts(i, "summary") or texts(i, "content"))
            for i in output
            if i["type"] == "reasoning"
        ],
        "hosted": [i["code"] for i in output if i["type"] == "code_interpreter_call"],
        "tokens": (usage.get("input_tokens", 0), usage.get("output_tokens", 0)),
    }


def test_every_recording_is_replayed(shared: Path) -> None:
    """No file of the folder is left out of these tests."""
    assert {path.stem for path in (shared / "recordings").glob("*.json")} == set(NAMES)


def test_code_interpreter_shows_its_figure_and_its_file(shared: Path) -> None:
    """The code grows as it is written; the figure is a PNG output, the log text, the file a citation."""
    heard = Recording(shared, "code_interpreter_image_output_as_data_url_container_citation").hear()
    [call] = by_kind(heard, HostedToolCall)
    deltas = [e for e in heard.events if isinstance(e, HostedToolDelta)]
    assert call.name == "code_interpreter"
    assert "".join(e.text for e in deltas) == call.input
    assert [e.status for e in deltas if e.status] == ["in progress", "interpreting", "completed"]
    figure, log = call.outputs
    assert base64.b64decode(figure["data"]["image/png"]).startswith(b"\x89PNG")
    assert log == {"output_type": "stream", "name": "stdout", "text": "'/mnt/data/y_eq_x_squared_plot.png'"}
    [message] = by_kind(heard, Message)
    cited = message.citations[1]
    assert cited.kind == "container_file"
    assert cited.title == "y_eq_x_squared_plot.png"
    link = "[Download the chart](sandbox:/mnt/data/y_eq_x_squared_plot.png)"
    assert message.text[cited.start : cited.end] == link
    figure_itself = message.citations[0]
    assert (figure_itself.title, figure_itself.start) == ("figure.png", None)
    assert "iVBOR" not in json.dumps(dict(call.provider_data)), "the figure is kept once"


def test_code_interpreter_logs_and_a_cited_table(shared: Path) -> None:
    """Three executions with their logs, and the CSV they made as a citation."""
    heard = Recording(shared, "code_interpreter_logs_csv_citation").hear()
    calls = by_kind(heard, HostedToolCall)
    assert [call.outputs[0]["text"][:9] for call in calls[:1]] == ["(2, 12, 6"]
    assert len(calls) == 3
    [message] = by_kind(heard, Message)
    assert [c.title for c in message.citations] == ["roll2dice_sums_10000.csv"]


def test_code_without_outputs_is_still_shown(shared: Path) -> None:
    """Where the server kept the outputs to itself there are none, and the code is there."""
    heard = Recording(shared, "code_interpreter_outputs_null_include_missing").hear()
    calls = by_kind(heard, HostedToolCall)
    assert [call.outputs for call in calls] == [(), (), ()]
    assert calls[0].input.startswith("n = pow(123456, 123)")


def test_searches_and_footnotes(shared: Path) -> None:
    """A web search shows its queries, and the answer's sources are citations with their place in the text."""
    heard = Recording(shared, "annotations").hear()
    searches = by_kind(heard, HostedToolCall)
    assert [s.name for s in searches] == ["web_search", "web_search"]
    assert "Mount Columbia" in searches[1].input
    [message] = by_kind(heard, Message)
    [cited] = message.citations
    assert cited == Citation(
        kind="url",
        title="Mount Columbia | mountain, Alberta, Canada | Britannica",
        url="https://www.britannica.com/place/Mount-Columbia?utm_source=openai",
        start=77,
        end=162,
    )


def test_file_search_cites_the_file(shared: Path) -> None:
    """The query of a file search is shown, and the file it found is cited."""
    heard = Recording(shared, "file_search_with_uploads_and_vector_store").hear()
    [search] = by_kind(heard, HostedToolCall)
    assert (search.name, search.input) == ("file_search", "What is the capital of France?")
    [message] = by_kind(heard, Message)
    assert [(c.kind, c.title, c.start) for c in message.citations] == [("file", "tmp8l5_2pzy.txt", 30)]


def test_a_remote_tool_that_waits_for_approval_is_plain_to_see(shared: Path) -> None:
    """What the remote server offers is listed, and the call that waits says what it wants to do."""
    heard = Recording(shared, "mcp_approval").hear()
    offered, wanted = by_kind(heard, HostedToolCall)
    assert (offered.name, offered.input) == ("mcp", "zip1: list tools")
    assert "create_short_url" in offered.outputs[0]["text"]
    assert (wanted.name, wanted.status) == ("mcp", "needs approval")
    assert wanted.input.startswith("zip1.create_short_url {")
    assert wanted.needs_approval
    assert wanted.asked.name == "zip1.create_short_url"
    assert json.loads(wanted.asked.arguments)["url"] == "https://ai-sdk.dev/"


def test_a_made_picture_is_an_output(shared: Path) -> None:
    """An image that the provider made is a JPEG output, its prompt is the input, and it is kept once."""
    heard = Recording(shared, "image_generation").hear()
    [call] = by_kind(heard, HostedToolCall)
    assert base64.b64decode(call.outputs[0]["data"]["image/jpeg"]).startswith(b"\xff\xd8")
    assert "frog" in call.input
    assert len(json.dumps(dict(call.provider_data))) < 1000


def test_reasoning_streams_apart_from_the_answer(shared: Path) -> None:
    """A summary of several parts streams as reasoning, with the same words as its item."""
    heard = Recording(shared, "reasoning_summary").hear()
    [thought] = by_kind(heard, Reasoning)
    streamed = "".join(e.text for e in heard.events if isinstance(e, ReasoningDelta))
    assert streamed == thought.text
    assert thought.text.count("\n\n**") == 2


def test_open_models_show_their_thinking(shared: Path) -> None:
    """Reasoning that a local server sends in full, not as a summary, is reasoning all the same."""
    heard = Recording(shared, "lm_studio_tool_call").hear()
    thought, said, call = heard.done.items
    assert isinstance(thought, Reasoning)
    assert thought.text.startswith("The user is asking for the weather")
    assert isinstance(said, Message)
    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == {"location": "San Francisco"}


def test_ids_that_change_with_every_event_make_one_item(shared: Path) -> None:
    """Where no two events name an item alike there is still one reasoning and one message."""
    heard = Recording(shared, "item_ids_that_rotate").hear()
    assert [type(item) for item in heard.done.items] == [Reasoning, Message]
    assert len({e.part for e in heard.events if isinstance(e, TextDelta)}) == 1


def test_parallel_calls_with_encrypted_reasoning(shared: Path) -> None:
    """Each of four answers in a row keeps its reasoning for the server, and its call."""
    recording = Recording(shared, "parallel_calls_encrypted_reasoning")
    heard = [recording.hear(n) for n in range(len(recording.answers))]
    assert [len(by_kind(h, ToolCall)) for h in heard] == [1, 1, 1, 0]
    [thought] = by_kind(heard[0], Reasoning)
    assert thought.provider_data["openai"]["item"]["encrypted_content"].startswith("gAAAA")


def test_phase_is_kept_for_the_server(shared: Path) -> None:
    """The phase of a message is kept, so that it can go back unchanged."""
    heard = Recording(shared, "phase").hear()
    [message] = by_kind(heard, Message)
    assert message.provider_data["openai"]["item"]["phase"] == "commentary"


def test_compaction_is_an_item_a_reader_sees(shared: Path) -> None:
    """When the server shortens the thread, an item says so and keeps what the server needs."""
    heard = Recording(shared, "compaction").hear(2)
    [compaction] = by_kind(heard, Compaction)
    assert "shortened" in compaction.text
    assert compaction.provider_data["openai"]["item"]["encrypted_content"]


def test_a_limit_of_length_ends_the_answer_in_order(shared: Path) -> None:
    """An answer that ran into its limit keeps its words and says why it stopped."""
    heard = Recording(shared, "incomplete").hear(1)
    assert heard.done.finish == "length"
    assert heard.text == "In a lush, green valley, a bear named Benny roamed. Every morning"


def test_a_used_up_quota_in_the_middle_of_a_stream(shared: Path) -> None:
    """An error event with a nested error is one typed error with its cure."""
    heard = Recording(shared, "nested_error_then_failed").hear()
    assert isinstance(heard.error, RateLimitError)
    assert "quota" in str(heard.error)
    assert "billing" in heard.error.cure


@pytest.mark.parametrize("name", ["400_from_the_server", "400_no_tool_output_found"])
def test_a_rejected_request_says_why(shared: Path, name: str) -> None:
    """What the server wrote about a bad request is in the error."""
    heard = Recording(shared, name).hear()
    assert isinstance(heard.error, RequestRejectedError)
    assert heard.error.cure
    assert ("temperature" in str(heard.error)) or ("tool call" in str(heard.error))


def test_background_work_is_picked_up_where_it_was_cut(shared: Path) -> None:
    """After a cut the stream goes on from the last number, and the answer is whole and said once."""
    recording = Recording(shared, "background_resume")
    events = recording.answers[0][1]

    def resumed(asked: Request) -> Reply:
        after = int(asked.query["starting_after"][0])
        return Reply([e for e in events if e["sequence_number"] > after])

    with ResponsesServer() as server:
        server.replies.append(Reply(events[:8], cut=True))
        server.routes[r"GET /responses/resp_.*"] = resumed
        [heard] = run_turns(server, request(user_message("What is 2 + 2?"), settings={"background": True}))
    assert heard.error is None
    assert heard.text == "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
    assert server.asked()[0]["background"] is True
    assert server.requests[-1].query["starting_after"] == [str(events[7]["sequence_number"])]


def test_a_conversation_goes_on_with_the_result_of_a_tool(shared: Path) -> None:
    """As recorded: the second request names the same conversation and holds the result only."""
    recording = Recording(shared, "conversation_tool_continuation")
    with ResponsesServer() as server:
        server.replies += [recording.reply(0), recording.reply(1)]
        server.routes["POST /conversations"] = lambda _: plain({"id": "conv_x", "object": "conversation"})
        server.conversations["conv_x"] = []
        result = ToolResult(
            call_id="call_010000000000000000000000",
            name="get_conversation_code",
            content=(Text(text="TOOL-PAI-5222"),),
        )
        heard = run_turns(server, request(user_message("Call it.")), then(result))[1]
    assert [m.text for m in by_kind(heard, Message)] == ["TOOL-PAI-5222"]
    first, second = server.asked()
    assert first["conversation"] == second["conversation"] == "conv_x"
    assert [(item["type"], item["output"]) for item in second["input"]] == [
        ("function_call_output", "TOOL-PAI-5222")
    ]
