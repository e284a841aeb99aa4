"""The backend before a server by others, aimock: streams in odd pieces, parallel calls, faults, disconnects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from assistant_magic.events import Notice, ReasoningDelta, TextDelta
from assistant_magic.exceptions import BackendUnavailableError, StreamInterruptedError
from assistant_magic.items import HostedToolCall, Message, Text, ToolCall, ToolResult, user_message
from backends.harness import Heard, request
from backends.other_servers import OtherServer, running_aimock
from backends.turns import run_turns, then
from notebook_kernel import NotebookKernel


@pytest.fixture(scope="module")
def aimock() -> Iterator[OtherServer]:
    with running_aimock() as server:
        yield server


def heard(aimock: OtherServer, prompt: str) -> Heard:
    return run_turns(aimock, request(user_message(prompt)))[0]


def test_a_stream_cut_between_the_halves_of_a_character_is_whole(aimock: OtherServer) -> None:
    """Piece by piece, character by character and half by half, the words come out whole."""
    turn = heard(aimock, "stream slowly")
    assert turn.text == "One word after the other, slowly, with ∑ and 👩‍🔬 in between."
    assert len([e for e in turn.events if isinstance(e, TextDelta)]) > 40
    assert "".join(e.text for e in turn.events if isinstance(e, ReasoningDelta)) == "I take my time."
    [message] = [item for item in turn.done.items if isinstance(item, Message)]
    assert message.text == turn.text


def test_parallel_calls_are_answered_together(aimock: OtherServer) -> None:
    """Two calls of one turn go back with both results in one request."""
    results = [
        ToolResult(call_id=call_id, name="python", content=(Text(text=text),))
        for call_id, text in (("call_seven", "49"), ("call_nine", "81"))
    ]
    called, answered = run_turns(aimock, request(user_message("two squares")), then(*results))
    assert [i.call_id for i in called.done.items if isinstance(i, ToolCall)] == ["call_seven", "call_nine"]
    assert answered.text == "They are 49 and 81."


def test_a_limit_of_rate_passes(aimock: OtherServer) -> None:
    """A 429 with Retry-After is waited for, said, and overcome."""
    turn = heard(aimock, "too fast")
    assert turn.text == "Now it is fine."
    assert ["slow down" in e.text for e in turn.events if isinstance(e, Notice)] == [True]


def test_a_server_that_stays_broken_is_an_error(aimock: OtherServer) -> None:
    """Three attempts, then one typed error."""
    before = len(aimock.asked())
    assert isinstance(heard(aimock, "always broken").error, BackendUnavailableError)
    assert len(aimock.asked()) - before == 3


def test_a_line_that_breaks_keeps_the_words(aimock: OtherServer) -> None:
    """What came before the disconnect is an item; the error says that it broke off."""
    turn = heard(aimock, "break off")
    assert isinstance(turn.error, StreamInterruptedError)
    [message] = [item for item in turn.items if isinstance(item, Message)]
    assert message.text.startswith("This sentence")
    assert turn.text == message.text


def test_a_web_search_is_shown(aimock: OtherServer) -> None:
    """A search call shows its query before the answer."""
    turn = heard(aimock, "search the web")
    assert [i.input for i in turn.done.items if isinstance(i, HostedToolCall)] == ["height of Mount Columbia"]


def test_a_real_kernel_asks_through_it(
    aimock: OtherServer, start_kernel: Callable[..., NotebookKernel]
) -> None:
    """In a notebook: both calls run in the kernel, their outputs and the answer are on the page."""
    kernel = start_kernel(OPENAI_API_KEY="sk-test-0123456789", OPENAI_BASE_URL=aimock.url)
    kernel.run("%load_ext assistant_magic")
    cell = kernel.run("%%assistant --approve auto -m openai:gpt-6-luna\ntwo squares")
    assert not cell.error
    assert "print(7 ** 2)" in cell.text
    assert "49" in cell.text
    assert "They are 49 and 81." in cell.text
    assert "sk-test" not in json.dumps(cell.messages, default=str)
