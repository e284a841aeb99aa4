"""A LangChain chat model behind `%%assistant`, in a real kernel: a provider's package, and one of the user's own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from assistant_magic.items import Usage
from backends.chat_server import ChatServer, Ollama
from backends.harness import Call, Turn
from notebook_kernel import NotebookKernel

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """Ollama, as far as its package needs it."""
    with ChatServer(Ollama()) as running:
        yield running


def code(source: str) -> Call:
    return Call(call_id="", name="python", arguments=json.dumps({"code": source}))


def test_a_notebook_asks_any_provider(kernel: NotebookKernel, server: ChatServer) -> None:
    """Two calls of one turn run in the kernel, a figure goes back as a picture, and the tokens are counted."""
    spent = Usage(input_tokens=7, output_tokens=3)
    server.turns += [
        Turn(calls=(code("x = 6 * 7; print(x)"), code(PLOT)), usage=spent),
        Turn(text="It is **42**.", reasoning="Six sevens.", usage=spent),
    ]
    kernel.run(f"%assistant set base_url {server.url}")
    cell = kernel.run("%%assistant --approve auto -m ollama:test-model\nsix times seven, and a picture")
    assert "It is **42**." in cell.text, cell.error
    assert len(cell.images) == 1
    assert kernel.run("x").text == "42"
    said = server.sent[-1]
    assert said.results[0][1].startswith("42")
    assert len(said.images) == 1
    status = kernel.run("%assistant").text
    assert "14 tokens in, 6 out" in status


def test_a_notebook_asks_a_model_of_its_own(kernel: NotebookKernel, server: ChatServer) -> None:
    """The name of a variable that holds a chat model is a model; what it holds counts, not what it held."""
    server.turns += [Turn(text="First."), Turn(text="Second.")]
    kernel.run(
        "from langchain_ollama import ChatOllama\n"
        f"mine = ChatOllama(model='one', base_url='{server.url}', temperature=0.1)"
    )
    first = kernel.run("%%assistant -m mine\nok?")
    assert "First." in first.text, first.error
    kernel.run("mine = mine.model_copy(update={'temperature': 0.9})")
    assert "Second." in kernel.run("%%assistant -m mine\nok?").text
    assert [body["options"]["temperature"] for body in server.bodies] == [0.1, 0.9]
    kernel.run("mine = 5")
    assert "the variable mine holds no chat model any more" in kernel.run("%%assistant -m mine\nok?").text
    assert "'yours' is not a model name" in kernel.run("%%assistant -m yours\nok?").text
