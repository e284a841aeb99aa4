"""LangChain chat models behind a thread: scripted ones, and real provider packages over a loopback server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

import pytest

from assistant_magic.backends.langchain import LangChainBackend
from assistant_magic.items import user_message
from backends.chat_server import ChatServer, Completions, Ollama
from backends.conformance import BackendConformance
from backends.harness import FAULTS, SECRET, Sent, Turn, ask, request
from backends.scripted_chat_model import BlockingChatModel, ScriptedChatModel

EVERYTHING = frozenset({"script", "parallel", "reasoning", "images", "usage", "hang", *FAULTS})


class ModelHarness:
    """A scripted chat model, passed as an instance."""

    def __init__(self, model: ScriptedChatModel, can: frozenset[str]) -> None:
        self.model, self.can = model, can

    def backend(self) -> LangChainBackend:
        return LangChainBackend(chat_model=self.model, api_key=SECRET)

    def script(self, *turns: Turn) -> str:
        self.model.turns.extend(turns)
        return "go on"

    def sent(self) -> Sequence[Sent]:
        return self.model.sent

    def left(self, timeout: float) -> bool:
        return self.model.left.wait(timeout)


class ServerHarness:
    """A real provider package that talks to a scripted server."""

    def __init__(self, server: ChatServer, can: frozenset[str], **options: object) -> None:
        self.server, self.can, self.options = server, can, options
        self.paths = count(1)

    def backend(self) -> LangChainBackend:
        # Packages share connections by address, over loops too; a product has one loop, tests have many.
        return LangChainBackend(base_url=f"{self.server.url}/{next(self.paths)}", **self.options)

    def script(self, *turns: Turn) -> str:
        self.server.turns.extend(turns)
        return "go on"

    def sent(self) -> Sequence[Sent]:
        return self.server.sent

    def left(self, timeout: float) -> bool:
        return self.server.closed.wait(timeout)


class TestScriptedModel(BackendConformance):
    """A chat model that streams on the loop."""

    @pytest.fixture
    def harness(self) -> ModelHarness:
        return ModelHarness(ScriptedChatModel(), EVERYTHING)


class TestBlockingModel(BackendConformance):
    """A chat model without async methods."""

    @pytest.fixture
    def harness(self) -> ModelHarness:
        return ModelHarness(BlockingChatModel(), EVERYTHING - {"hang"})


class TestCompletions(BackendConformance):
    """langchain-openai with chat completions."""

    @pytest.fixture
    def harness(self) -> Iterator[ServerHarness]:
        with ChatServer(Completions()) as server:
            can = EVERYTHING - {"reasoning"}
            yield ServerHarness(server, can, provider="openai", api_key=SECRET, max_retries=0)


def test_settings_reach_the_provider_in_its_words() -> None:
    """Sampling and the length of an answer are sent by the names that the provider has for them."""
    settings = {"temperature": 0.5, "max_output_tokens": 7, "store": "local"}
    with ChatServer(Completions()) as server, ChatServer(Ollama()) as other:
        openai = ServerHarness(server, EVERYTHING, provider="openai", api_key=SECRET)
        ollama = ServerHarness(other, EVERYTHING, provider="ollama")
        for harness in (openai, ollama):
            harness.script(Turn(text="Yes."))
            ask(harness, request(user_message("ok?"), settings=settings, tools=()))
        [body], [options] = server.bodies, [body["options"] for body in other.bodies]
    assert (body["temperature"], body["max_completion_tokens"]) == (0.5, 7)
    assert "store" not in body
    assert (options["temperature"], options["num_predict"]) == (0.5, 7)


class TestOllama(BackendConformance):
    """langchain-ollama."""

    @pytest.fixture
    def harness(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerHarness]:
        # Ollama sends no call ids; the package makes them up.
        numbers = count(1)
        monkeypatch.setattr("langchain_ollama.chat_models.uuid4", lambda: f"call_{next(numbers)}")
        with ChatServer(Ollama()) as server:
            headers = {"headers": {"Authorization": f"Bearer {SECRET}"}}
            yield ServerHarness(server, EVERYTHING, provider="ollama", reasoning=True, client_kwargs=headers)
