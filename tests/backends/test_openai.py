"""The OpenAI backend does what every backend must, in both places where a thread can live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from assistant_magic.backends.openai import OpenAIBackend
from assistant_magic.backends.openai_turn import Patience
from backends.conformance import BackendConformance
from backends.harness import FAULTS, SECRET, Sent, Turn
from backends.responses_server import Reply, ResponsesServer, refusal
from backends.responses_stream import stream_of

REFUSALS = {
    "key": refusal(401, f"Incorrect API key provided: {SECRET}.", "invalid_api_key"),
    "model": refusal(
        404, "The model `test-model` does not exist or you do not have access to it.", "model_not_found"
    ),
    "rejected": refusal(
        400, "Invalid 'temperature': decimal below minimum value.", "decimal_below_min_value"
    ),
    "rate": refusal(429, "Rate limit reached for requests", "rate_limit_exceeded"),
    "unavailable": refusal(503, "The server is overloaded."),
}


class OpenAIHarness:
    """The backend before the scripted server."""

    can = frozenset({"script", "parallel", "reasoning", "images", "usage", "hang", *FAULTS})

    def __init__(self, server: ResponsesServer) -> None:
        self.server = server

    def backend(self) -> OpenAIBackend:
        return OpenAIBackend(base_url=self.server.url, api_key=SECRET, patience=Patience(pause=0.001))

    def script(self, *turns: Turn) -> str:
        for number, turn in enumerate(turns, start=1):
            self.server.replies.extend(_replies(turn, number))
        return "Please answer."

    def sent(self) -> Sequence[Sent]:
        return [_sent(body, self.server) for body in self.server.asked()]

    def left(self, timeout: float) -> bool:
        return self.server.left.wait(timeout)


def _replies(turn: Turn, number: int) -> list[Reply]:
    if turn.fault in REFUSALS:
        # What may pass is tried again; it has to fail each time.
        return [REFUSALS[turn.fault]] * (3 if turn.fault in {"rate", "unavailable"} else 1)
    return [Reply(stream_of(turn, number), cut=turn.fault == "cut", hang=turn.hang)]


def _sent(body: dict[str, Any], server: ResponsesServer) -> Sent:
    asked = body["input"]
    messages = [item for item in asked if "role" in item]
    outputs = [item for item in asked if item.get("type") == "function_call_output"]
    contents = [m["content"] for m in messages] + [o["output"] for o in outputs]
    parts = [part for content in contents if isinstance(content, list) for part in content]
    return Sent(
        texts=tuple(_words(m["content"]) for m in messages),
        calls=tuple(
            (i["call_id"], i["name"], i["arguments"]) for i in asked if i.get("type") == "function_call"
        ),
        results=tuple((o["call_id"], _words(o["output"])) for o in outputs),
        images=tuple(p["image_url"].partition(",")[2] for p in parts if p["type"] == "input_image"),
        tools=tuple(tool["name"] for tool in body.get("tools", ())),
        instructions=body.get("instructions", ""),
    )


def _words(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


class TestConversations(BackendConformance):
    """Threads that live in a conversation at the server."""

    @pytest.fixture
    def harness(self) -> Iterator[OpenAIHarness]:
        with ResponsesServer() as server:
            yield OpenAIHarness(server)


class TestLocal(BackendConformance):
    """Threads on a server that keeps nothing."""

    @pytest.fixture
    def harness(self) -> Iterator[OpenAIHarness]:
        with ResponsesServer(conversations=False) as server:
            yield OpenAIHarness(server)
