"""OpenAI in a real notebook: what a person sees, with the scripted server behind it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backends.harness import SECRET
from backends.responses_server import Reply, ResponsesServer, refusal, serving
from backends.responses_stream import Stream
from notebook_kernel import NotebookKernel

ASK = "%%assistant --approve auto -m openai:gpt-6-luna\n"


@pytest.fixture
def server() -> Iterator[ResponsesServer]:
    with serving() as server:
        yield server


@pytest.fixture
def kernel(
    home: Path, server: ResponsesServer, start_kernel: Callable[..., NotebookKernel]
) -> NotebookKernel:
    """A kernel of a saved notebook, with the extension, a key and the scripted server."""
    path = home / "lesson.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    kernel = start_kernel(OPENAI_API_KEY=SECRET, OPENAI_BASE_URL=server.url, JPY_SESSION_NAME=str(path))
    kernel.run("%load_ext assistant_magic")
    return kernel


def test_a_fault_is_one_line_in_the_cell(server: ResponsesServer, kernel: NotebookKernel) -> None:
    """A refused key: the cell says what and what to do, without a traceback and without the key."""
    server.replies.append(refusal(401, f"Incorrect API key provided: {SECRET}.", "invalid_api_key"))
    cell = kernel.run(ASK + "Hello")
    assert "did not accept the key" in cell.text + cell.error
    assert "OPENAI_API_KEY" in cell.text + cell.error
    assert "Traceback" not in cell.text
    assert SECRET not in json.dumps(cell.messages, default=str)


def test_stop_closes_the_stream_and_keeps_the_words(server: ResponsesServer, kernel: NotebookKernel) -> None:
    """Stop ends a streaming answer within two seconds; its words stay, and the thread goes on."""
    server.replies.append(Reply(Stream(1).text("I go on and on", finished=False).events, hang=True))
    cell = kernel.start(ASK + "Tell me a story").until(lambda page: "on and on" in page.text)
    began = time.monotonic()
    kernel.interrupt()
    cell.finish()
    assert time.monotonic() - began < 2
    assert server.left.wait(2)
    assert "on and on" in cell.text
    server.replies.append(Reply(Stream(2).text("The end.").completed()))
    assert "The end." in kernel.run(ASK + "Finish it").text


def test_a_new_kernel_goes_on_in_the_same_conversation(
    server: ResponsesServer, kernel: NotebookKernel
) -> None:
    """After a restart the next question goes to the conversation of the first, with what is new alone."""
    server.replies += [Reply(Stream(n).text(text).completed()) for n, text in ((1, "Four."), (2, "Eight."))]
    assert "Four." in kernel.run(ASK + "What is 2 + 2?", cell_id="first").text
    kernel.restart()
    kernel.run("%load_ext assistant_magic")
    assert "Eight." in kernel.run(ASK + "And twice that?", cell_id="second").text
    first, second = server.asked()
    assert first["conversation"] == second["conversation"]
    assert second["input"] == [{"role": "user", "content": "And twice that?"}]


def test_a_cell_that_runs_again_asks_on_its_own_branch(
    server: ResponsesServer, kernel: NotebookKernel
) -> None:
    """Running a cell again never asks its question twice in one conversation."""
    server.replies += [Reply(Stream(n).text(f"Answer {n}.").completed()) for n in (1, 2, 3)]
    kernel.run(ASK + "One?", cell_id="one")
    kernel.run(ASK + "Two?", cell_id="two")
    assert "Answer 3." in kernel.run(ASK + "Two, again?", cell_id="two").text
    used = server.asked()[-1]["conversation"]
    told = [item.get("content") for item in server.conversations[used]]
    assert told[:3] == ["One?", "Answer 1.", "Two, again?"]


def test_a_thread_moves_between_the_tutor_and_openai(server: ResponsesServer, kernel: NotebookKernel) -> None:
    """What the tutor computed is known to the model that takes over."""
    server.replies.append(Reply(Stream(1).text("It was 42.").completed()))
    assert "42" in kernel.run("%%assistant -m offline:tutor\nWhat is 6 * 7?", cell_id="a").text
    assert "It was 42." in kernel.run(ASK + "What was that?", cell_id="b").text
    told = json.dumps(server.conversations["conv_1"])
    assert "6 * 7" in told
    assert "function_call_output" in told
