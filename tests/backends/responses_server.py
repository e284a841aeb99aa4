"""A loopback server for the genuine client: it speaks Responses, Conversations and Files as far as a test needs.

It answers `POST /responses` with prepared `Reply`s, one after the other, keeps conversations with their
items as the real one does, and remembers every request.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

GATE_SECONDS = 60
"""How long a piece waits for its gate; far above what any test needs."""


@dataclass(frozen=True)
class Reply:
    """One answer: events of a stream, or any other body.

    Attributes:
        events: Sent as server-sent events.
        status: HTTP status; 0 closes the connection without a word.
        body: Sent as it is where there are no events.
        cut: Break the connection when everything is sent.
        hang: Keep it open until the client leaves.
        chunk: Send the stream in pieces of so many bytes; 0 for one piece per event.
        gates: Pieces that are sent only when their gate is open, by their number.
    """

    events: Iterable[Mapping[str, Any]] | None = None
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    hang: bool = False
    chunk: int = 0
    gates: Mapping[int, threading.Event] = field(default_factory=dict)


def refusal(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """An error as the API words it."""
    error = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        status=status, body=json.dumps(error).encode(), headers={"Content-Type": "application/json", **named}
    )


@dataclass
class Request:
    """What a client sent."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


class ResponsesServer:
    """The server; use it as a context manager.

    Args:
        conversations: Whether it keeps conversations; without them it answers 404.
    """

    def __init__(self, *, conversations: bool = True) -> None:
        self.keeps_conversations = conversations
        self.replies: deque[Reply] = deque()
        self.routes: dict[str, Callable[[Request], Reply]] = {}
        self.requests: list[Request] = []
        self.conversations: dict[str, list[dict[str, Any]]] = {}
        self.left = threading.Event()
        self._count = 0
        handler = type("Handler", (_Handler,), {"owner": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def asked(self, path: str = "/responses") -> list[Any]:
        """The bodies that were posted to a path."""
        return [r.json for r in self.requests if r.method == "POST" and r.path == path]

    def answer(self, request: Request) -> Reply:
        """What a request gets."""
        self.requests.append(request)
        for pattern, route in self.routes.items():
            if re.fullmatch(pattern, f"{request.method} {request.path}"):
                return route(request)
        if request.path == "/responses" and request.method == "POST":
            return self._respond(request)
        if request.path.startswith("/conversations"):
            return self._converse(request)
        return refusal(404, f"Unknown request URL: {request.method} {request.path}")

    def _respond(self, request: Request) -> Reply:
        if not self.replies:
            return refusal(400, "the test has no reply left", "unexpected_request")
        asked = request.json
        conversation = asked.get("conversation")
        if conversation is not None and conversation not in self.conversations:
            return refusal(404, f"Conversation with id '{conversation}' not found.")
        reply = self.replies.popleft()
        if reply.events is None:
            return reply
        events = list(reply.events)
        if conversation is not None:
            self._append(conversation, asked["input"], events)
        return Reply(**{**vars(reply), "events": events})

    def _append(self, conversation: str, asked: Any, events: list[Mapping[str, Any]]) -> None:
        # As the real one does: items are added once the response is complete.
        if events and events[-1].get("type") == "response.completed":
            given = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
            self.conversations[conversation] += [self._named(item) for item in given]
            self.conversations[conversation] += events[-1]["response"]["output"]

    def _named(self, item: Mapping[str, Any]) -> dict[str, Any]:
        self._count += 1
        return {"id": f"item_{self._count}", **item}

    def _converse(self, request: Request) -> Reply:
        if not self.keeps_conversations:
            return refusal(404, "Not Found")
        _, _, conversation, *more = request.path.split("/") + [""] * (request.path.count("/") < 2)
        if request.method == "POST" and not conversation:
            conversation = f"conv_{len(self.conversations) + 1}"
            self.conversations[conversation] = []
        elif conversation not in self.conversations:
            return refusal(404, f"Conversation with id '{conversation}' not found.")
        items = self.conversations[conversation]
        if request.method == "POST":
            new = (request.json or {}).get("items") or []
            assert len(new) <= 20
            items += [self._named(item) for item in new]
        if more == ["items"]:
            limit = int(request.query.get("limit", ["20"])[0])
            newest = request.query.get("order", ["desc"]) == ["desc"]
            ordered = items[::-1] if newest else items
            after = request.query.get("after", [""])[0]
            start = next((n for n, item in enumerate(ordered, start=1) if item["id"] == after), 0)
            data = ordered[start : start + limit]
            more_to_come = start + limit < len(items)
            last = data[-1]["id"] if data else None
            return plain({"object": "list", "data": data, "last_id": last, "has_more": more_to_come})
        return plain({"id": conversation, "object": "conversation", "created_at": 1, "metadata": {}})


def plain(data: Any) -> Reply:
    """A JSON reply."""
    return Reply(body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ResponsesServer

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/v1")
        request = Request(self.command, path, parse_qs(parts.query), dict(self.headers.items()), raw)
        reply = self.owner.answer(request)
        try:
            self._send(reply)
        except OSError:
            self.owner.left.set()
            self.close_connection = True

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _send(self, reply: Reply) -> None:
        if not reply.status:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        if "Date" not in reply.headers:
            self.send_header("Date", self.date_time_string())
        if reply.events is None:
            headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        else:
            headers = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.events is None:
            self.wfile.write(reply.body)
            return
        for number, piece in enumerate(_pieces(reply)):
            if number in reply.gates:
                reply.gates[number].wait(GATE_SECONDS)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        if reply.hang:
            self._wait_until_left()
        elif reply.cut:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _wait_until_left(self) -> None:
        self.connection.settimeout(20)
        if not self.rfile.read(1):
            self.owner.left.set()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _pieces(reply: Reply) -> Iterator[bytes]:
    events = [sse(event) for event in reply.events or ()]
    if not reply.chunk:
        yield from events
        return
    stream = b"".join(events)
    for start in range(0, len(stream), reply.chunk):
        yield stream[start : start + reply.chunk]


def sse(event: Mapping[str, Any]) -> bytes:
    """One event on the wire."""
    try:
        data = json.dumps(event, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        data = json.dumps(event).encode()
    return f"event: {event.get('type')}\ndata: ".encode() + data + b"\n\n"


@contextmanager
def serving(*replies: Reply, **options: Any) -> Iterator[ResponsesServer]:
    """A server with these replies."""
    with ResponsesServer(**options) as server:
        server.replies.extend(replies)
        yield server
