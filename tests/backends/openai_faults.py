"""Everything that can go wrong between us and a server, caused on purpose.

Each `FaultCase` is run by the tests, and each is a row of docs/reliability.md.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from assistant_magic.backends import TurnRequest
from assistant_magic.events import Notice
from assistant_magic.exceptions import (
    AuthenticationError,
    BackendError,
    BackendUnavailableError,
    ModelNotFoundError,
    RateLimitError,
    RequestRejectedError,
    StreamInterruptedError,
)
from assistant_magic.items import Message, user_message
from backends.harness import PYTHON, SECRET, Heard, request
from backends.responses_server import Reply, Request, ResponsesServer, plain, refusal, serving, sse
from backends.responses_stream import Stream
from backends.turns import run_turns

WORDS = "The derivative of x² is"
REPEATED = 3

Arrange = Callable[[], AbstractContextManager[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class FaultCase:
    """One fault.

    Attributes:
        name: What goes wrong, as the table says it.
        arrange: Makes it go wrong; gives options for the backend.
        error: The error a reader gets, or None where the turn succeeds in the end.
        kept: Words of the answer that are kept.
        asked: What is different from an ordinary request.
    """

    name: str
    arrange: Arrange
    error: type[BackendError] | None
    kept: str = ""
    asked: dict[str, Any] = field(default_factory=dict)

    def cause(self) -> Heard:
        """Run one turn into the fault."""
        asked: TurnRequest = request(user_message("What is the derivative of x²?"), **self.asked)
        with self.arrange() as options:
            server = options.pop("server", None) or ResponsesServer()
            return run_turns(server, asked, **options)[0]

    def row(self) -> str:
        """The fault's line in docs/reliability.md."""
        heard = self.cause()
        said = [f"“{e.text}”" for e in heard.events if isinstance(e, Notice)]
        shown = dict.fromkeys(
            [*said, *([f"`{type(heard.error).__name__}`: {heard.error}"] if heard.error else [])]
        )
        if heard.error is None:
            finish = heard.done.finish
            shown[
                "then the answer"
                if finish == "stop"
                else f"the answer so far; the run is incomplete ({finish})"
            ] = None
        kept = (
            "the words so far"
            if any(isinstance(i, Message) for i in heard.items) and heard.error
            else "nothing had come"
        )
        kept = "everything" if heard.error is None else kept
        cells = (self.name, "; ".join(shown), kept)
        return "| " + " | ".join(_steady(cell) for cell in cells) + " |"


def _steady(text: str) -> str:
    text = re.sub(r"127\.0\.0\.1:\d+", "SERVER", text)
    return re.sub(r"again in 0\.0 s", "again in 0.5 s", text).replace("|", "\\|")


def replying(
    *replies: Reply, routes: dict[str, Callable[[Request], Reply]] | None = None, **options: Any
) -> Arrange:
    """A server that gives these replies."""

    @contextmanager
    def arrange() -> Iterator[dict[str, Any]]:
        with serving(*replies, **options) as server:
            server.routes.update(routes or {})
            yield {"server": server}

    return arrange


def _half() -> list[dict[str, Any]]:
    return Stream().text(WORDS, finished=False).events


def _raw(*pieces: bytes) -> Reply:
    return Reply(body=b"".join(pieces), headers={"Content-Type": "text/event-stream"})


@contextmanager
def _nobody() -> Iterator[dict[str, Any]]:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    yield {"base_url": f"http://127.0.0.1:{port}/v1"}


@contextmanager
def _deaf() -> Iterator[dict[str, Any]]:
    """A server whose queue is full: connections are neither accepted nor refused."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield {"base_url": f"http://127.0.0.1:{full.getsockname()[1]}/v1", "timeout": 0.3}
        for one in waiting:
            one.close()


@contextmanager
def _silent() -> Iterator[dict[str, Any]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield {"base_url": f"http://127.0.0.1:{listening.getsockname()[1]}/v1", "timeout": 0.3}


@contextmanager
def _plaintext() -> Iterator[dict[str, Any]]:
    with serving() as server:
        yield {"base_url": server.url.replace("http:", "https:")}


@contextmanager
def _proxy() -> Iterator[dict[str, Any]]:
    with (
        serving() as server,
        mock.patch.dict("os.environ", {"HTTPS_PROXY": server.url, "NO_PROXY": "", "no_proxy": ""}),
    ):
        yield {"base_url": "https://api.example.test/v1"}


@contextmanager
def _no_proxy() -> Iterator[dict[str, Any]]:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    there = {"HTTPS_PROXY": f"http://127.0.0.1:{port}", "NO_PROXY": "", "no_proxy": ""}
    with mock.patch.dict("os.environ", there):
        yield {"base_url": "https://api.example.test/v1"}


@contextmanager
def _speechless() -> Iterator[dict[str, Any]]:
    with serving(Reply(_half(), hang=True)) as server:
        # Long enough for the first words on a loaded machine.
        yield {"server": server, "timeout": 1.5}


@contextmanager
def _hang_up() -> Iterator[dict[str, Any]]:
    with serving(conversations=False) as server:
        server.replies.extend([Reply(status=0)] * REPEATED)
        yield {"server": server}


def _whole(number: int = 2) -> Reply:
    return Reply(Stream(number).text("It is 2x.").completed())


def _containers(_: Request) -> Reply:
    return plain({"id": "cntr_2", "object": "container", "name": "x", "created_at": 1, "status": "running"})


CODE = {"hosted": ({"type": "code_interpreter"},)}
HTML = b"<!doctype html><title>Sign in to the hotel network</title>"

CASES = (
    FaultCase(name="connection cut in the middle of the answer", arrange=replying(Reply(_half(), cut=True)), error=StreamInterruptedError, kept=WORDS),
    FaultCase(name="stream ends cleanly, without its last event", arrange=replying(Reply(_half())), error=StreamInterruptedError, kept=WORDS),
    FaultCase(name="200 with a web page", arrange=replying(Reply(body=HTML, headers={"Content-Type": "text/html"}), conversations=False), error=BackendUnavailableError),
    FaultCase(name="broken JSON in the stream", arrange=replying(_raw(*map(sse, _half()), b'data: {"type": "resp\n\n')), error=StreamInterruptedError, kept=WORDS),
    FaultCase(name="`error` event, nested", arrange=replying(Reply([*_half(), {"type": "error", "error": {"type": "server_error", "code": "server_error", "message": "Something broke."}}])), error=StreamInterruptedError, kept=WORDS),
    FaultCase(name="`error` event, flat", arrange=replying(Reply([*_half(), {"type": "error", "code": "rate_limit_exceeded", "message": "Slow down."}])), error=RateLimitError, kept=WORDS),
    FaultCase(name="`response.failed`", arrange=replying(Reply(Stream().text(WORDS, finished=False).failed("server_error", "The model had a fault."))), error=StreamInterruptedError, kept=WORDS),
    FaultCase(name="`incomplete`: limit of length", arrange=replying(Reply(Stream().text(WORDS).incomplete("max_output_tokens"))), error=None, kept=WORDS),
    FaultCase(name="`incomplete`: content filter", arrange=replying(Reply(Stream().text(WORDS).incomplete("content_filter"))), error=None, kept=WORDS),
    FaultCase(name="400, thread too long, and it cannot be shortened", arrange=replying(refusal(400, "Your input exceeds the context window of this model.", "context_length_exceeded")), error=RequestRejectedError),
    FaultCase(name="400, thread too long, and the server shortens it", arrange=replying(refusal(400, "Your input exceeds the context window of this model.", "context_length_exceeded"), _whole(), routes={"POST /responses/compact": lambda _: plain({"object": "response.compaction", "output": [{"type": "compaction", "id": "cmp_1", "encrypted_content": "gAAA"}]})}), error=None, kept="It is 2x."),
    FaultCase(name="400, the server misses a tool's result", arrange=replying(refusal(400, "No tool output found for function call call_1."), _whole()), error=None, kept="It is 2x."),
    FaultCase(name="400, container of the code interpreter expired", arrange=replying(refusal(400, "Container is expired."), _whole(), routes={"POST /containers": _containers}), error=None, kept="It is 2x.", asked=CODE),
    FaultCase(name="400, the model takes no tools", arrange=replying(refusal(400, "tiny:latest does not support tools"), _whole()), error=None, kept="It is 2x.", asked={"tools": (PYTHON,)}),
    FaultCase(name="404, an attached file is gone from the server", arrange=replying(refusal(404, "No such File object: file-1"), _whole()), error=None, kept="It is 2x."),
    FaultCase(name="400, anything else", arrange=replying(refusal(400, "Invalid 'temperature': decimal below minimum value.", "decimal_below_min_value")), error=RequestRejectedError),
    FaultCase(name="no key", arrange=lambda: nullcontext({"api_key": "", "base_url": "https://api.openai.com/v1"}), error=AuthenticationError),
    FaultCase(name="401, key not accepted", arrange=replying(refusal(401, f"Incorrect API key provided: {SECRET}.", "invalid_api_key")), error=AuthenticationError),
    FaultCase(name="403, key may not do this", arrange=replying(refusal(403, "Country, region, or territory not supported")), error=AuthenticationError),
    FaultCase(name="404, no such model", arrange=replying(refusal(404, "The model `test-model` does not exist or you do not have access to it.", "model_not_found")), error=ModelNotFoundError),
    FaultCase(name="404, no such API", arrange=replying(refusal(404, "Not Found"), conversations=False), error=BackendUnavailableError),
    FaultCase(name="404, conversation gone", arrange=replying(refusal(404, "Conversation with id 'conv_1' not found."), _whole()), error=None, kept="It is 2x."),
    FaultCase(name="409, another request on the conversation", arrange=replying(*[refusal(409, "Another process is currently operating on this conversation.")] * REPEATED), error=BackendUnavailableError),
    FaultCase(name="429 with Retry-After, once", arrange=replying(refusal(429, "Rate limit reached", "rate_limit_exceeded", retry_after="0"), _whole()), error=None, kept="It is 2x."),
    FaultCase(name="429 with a Retry-After of minutes", arrange=replying(refusal(429, "Rate limit reached", "rate_limit_exceeded", retry_after="600")), error=RateLimitError),
    FaultCase(name="429 without Retry-After, again and again", arrange=replying(*[refusal(429, "Rate limit reached", "rate_limit_exceeded")] * REPEATED), error=RateLimitError),
    FaultCase(name="429, quota used up", arrange=replying(refusal(429, "You exceeded your current quota.", "insufficient_quota")), error=RateLimitError),
    FaultCase(name="5xx, once", arrange=replying(refusal(502, "Bad gateway"), _whole()), error=None, kept="It is 2x."),
    FaultCase(name="5xx, again and again", arrange=replying(*[refusal(503, "The server is overloaded.")] * REPEATED), error=BackendUnavailableError),
    FaultCase(name="connection closed before an answer", arrange=_hang_up, error=BackendUnavailableError),
    FaultCase(name="connection refused", arrange=_nobody, error=BackendUnavailableError),
    FaultCase(name="name cannot be resolved", arrange=lambda: nullcontext({"base_url": "http://no-such-server.invalid/v1"}), error=BackendUnavailableError),
    FaultCase(name="no secure connection (TLS)", arrange=_plaintext, error=BackendUnavailableError),
    FaultCase(name="timeout while connecting", arrange=_deaf, error=BackendUnavailableError),
    FaultCase(name="timeout while waiting", arrange=_silent, error=BackendUnavailableError),
    FaultCase(name="timeout in the middle of the answer", arrange=_speechless, error=StreamInterruptedError, kept=WORDS),
    FaultCase(name="proxy refuses", arrange=_proxy, error=BackendUnavailableError),
    FaultCase(name="proxy cannot be reached", arrange=_no_proxy, error=BackendUnavailableError),
)  # fmt: skip


def table() -> str:
    """The rows of docs/reliability.md."""
    return "\n".join(
        [
            "| fault | what the reader sees | what is kept |",
            "| --- | --- | --- |",
            *[case.row() for case in CASES],
        ]
    )
