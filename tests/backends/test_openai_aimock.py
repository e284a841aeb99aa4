"""The backend before a server by others, aimock: streams in odd pieces, parallel calls, faults, disconnects."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from assistant_magic.events import Notice, ReasoningDelta, TextDelta
from assistant_magic.exceptions import BackendUnavailableError, StreamInterruptedError
from assistant_magic.items import HostedToolCall, Message, Text, ToolCall, ToolResult, user_message
from backends.harness import Heard, request
from backends.turns import run_turns, then
from notebook_kernel import NotebookKernel

SERVERS = Path(__file__).resolve().parent.parent / "servers"
PROGRAM = SERVERS / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


@dataclass(frozen=True)
class AIMock:
    """A running aimock."""

    url: str

    def asked(self) -> list[dict[str, Any]]:
        """The Responses requests it noted, oldest first."""
        with urlopen(f"{self.url.removesuffix('/v1')}/__aimock/journal?limit=1000") as reply:
            entries = json.load(reply)
        return [entry for entry in entries if str(entry.get("path", "")).startswith("/v1/responses")]


@pytest.fixture(scope="module")
def aimock() -> Iterator[AIMock]:
    """The server with the answers of tests/servers/answers.json."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js: aimock needs Node 20 or later")
    if not PROGRAM.exists():
        pytest.skip("aimock is not installed: npm ci in tests/servers")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [node, str(PROGRAM), "-p", str(port), "-f", str(SERVERS / "answers.json"), "--strict"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if "listening" in line:
                break
        else:
            pytest.fail("aimock did not start: " + "".join(said))
        yield AIMock(f"http://127.0.0.1:{port}/v1")
        process.terminate()


def heard(aimock: AIMock, prompt: str) -> Heard:
    return run_turns(aimock, request(user_message(prompt)))[0]


def test_a_stream_cut_between_the_halves_of_a_character_is_whole(aimock: AIMock) -> None:
    """Piece by piece, character by character and half by half, the words come out whole."""
    turn = heard(aimock, "stream slowly")
    assert turn.text == "One word after the other, slowly, with ∑ and 👩‍🔬 in between."
    assert len([e for e in turn.events if isinstance(e, TextDelta)]) > 40
    assert "".join(e.text for e in turn.events if isinstance(e, ReasoningDelta)) == "I take my time."
    [message] = [item for item in turn.done.items if isinstance(item, Message)]
    assert message.text == turn.text


def test_parallel_calls_are_answered_together(aimock: AIMock) -> None:
    """Two calls of one turn go back with both results in one request."""
    results = [
        ToolResult(call_id=call_id, name="python", content=(Text(text=text),))
        for call_id, text in (("call_seven", "49"), ("call_nine", "81"))
    ]
    called, answered = run_turns(aimock, request(user_message("two squares")), then(*results))
    assert [i.call_id for i in called.done.items if isinstance(i, ToolCall)] == ["call_seven", "call_nine"]
    assert answered.text == "They are 49 and 81."


def test_a_limit_of_rate_passes(aimock: AIMock) -> None:
    """A 429 with Retry-After is waited for, said, and overcome."""
    turn = heard(aimock, "too fast")
    assert turn.text == "Now it is fine."
    assert ["slow down" in e.text for e in turn.events if isinstance(e, Notice)] == [True]


def test_a_server_that_stays_broken_is_an_error(aimock: AIMock) -> None:
    """Three attempts, then one typed error."""
    before = len(aimock.asked())
    assert isinstance(heard(aimock, "always broken").error, BackendUnavailableError)
    assert len(aimock.asked()) - before == 3


def test_a_line_that_breaks_keeps_the_words(aimock: AIMock) -> None:
    """What came before the disconnect is an item; the error says that it broke off."""
    turn = heard(aimock, "break off")
    assert isinstance(turn.error, StreamInterruptedError)
    [message] = [item for item in turn.items if isinstance(item, Message)]
    assert message.text.startswith("This sentence")
    assert turn.text == message.text


def test_a_web_search_is_shown(aimock: AIMock) -> None:
    """A search call shows its query before the answer."""
    turn = heard(aimock, "search the web")
    assert [i.input for i in turn.done.items if isinstance(i, HostedToolCall)] == ["height of Mount Columbia"]


def test_a_real_kernel_asks_through_it(aimock: AIMock, start_kernel: Callable[..., NotebookKernel]) -> None:
    """In a notebook: both calls run in the kernel, their outputs and the answer are on the page."""
    kernel = start_kernel(OPENAI_API_KEY="sk-test-0123456789", OPENAI_BASE_URL=aimock.url)
    kernel.run("%load_ext assistant_magic")
    cell = kernel.run("%%assistant --approve auto -m openai:gpt-6-luna\ntwo squares")
    assert not cell.error
    assert "print(7 ** 2)" in cell.text
    assert "49" in cell.text
    assert "They are 49 and 81." in cell.text
    assert "sk-test" not in json.dumps(cell.messages, default=str)
