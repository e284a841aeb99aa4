"""A loopback server that speaks a provider's chat protocol and says what the test scripted."""

from __future__ import annotations

import json
import select
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from backends.harness import Sent, Turn
from loopback import LoopbackServer

STATUS = {"key": 401, "model": 404, "rejected": 400, "rate": 429, "unavailable": 503}


class Dialect(Protocol):
    """How one provider writes its stream and reads its requests."""

    media_type: str

    def stream(self, turn: Turn) -> Iterator[str]: ...

    def end(self, turn: Turn) -> Iterator[str]: ...

    def sent(self, body: Mapping[str, Any]) -> Sent: ...

    def refusal(self, text: str) -> Mapping[str, Any]: ...


class ChatServer(LoopbackServer):
    """Answers each POST with the next scripted turn."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.turns: list[Turn] = []
        self.sent: list[Sent] = []
        self.bodies: list[dict[str, Any]] = []
        self.closed = threading.Event()
        super().__init__(_Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.owner.bodies.append(body)
        self.owner.sent.append(self.owner.dialect.sent(body))
        turn = self.owner.turns.pop(0)
        if turn.fault in STATUS:
            self._refuse(STATUS[turn.fault])
        else:
            self._answer(turn)

    def _refuse(self, status: int) -> None:
        words = f"refused with {self.headers.get('Authorization')}"
        data = json.dumps(self.owner.dialect.refusal(words)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, turn: Turn) -> None:
        self.send_response(200)
        self.send_header("Content-Type", self.owner.dialect.media_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunks(self.owner.dialect.stream(turn))
        if turn.fault == "cut":
            self.close_connection = True
        elif turn.hang:
            select.select([self.connection], [], [], 10)
            self.owner.closed.set()
            self.close_connection = True
        else:
            self._chunks(self.owner.dialect.end(turn))
            self.wfile.write(b"0\r\n\r\n")

    def _chunks(self, lines: Iterator[str]) -> None:
        for line in lines:
            data = line.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

    def log_message(self, *_: object) -> None: ...


class Completions:
    """Chat completions, as OpenAI began them and many servers speak."""

    media_type = "text/event-stream"

    def stream(self, turn: Turn) -> Iterator[str]:
        yield self._chunk({"role": "assistant", "content": ""})
        for start in range(0, len(turn.text), 7):
            yield self._chunk({"content": turn.text[start : start + 7]})
        for index, call in enumerate(turn.calls):
            head = {"index": index, "id": call.call_id, "type": "function"}
            yield self._chunk({"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]})
            for start in range(0, len(call.arguments), 5):
                piece = {"arguments": call.arguments[start : start + 5]}
                yield self._chunk({"tool_calls": [{"index": index, "function": piece}]})

    def end(self, turn: Turn) -> Iterator[str]:
        yield self._chunk({}, "tool_calls" if turn.calls else "stop")
        if turn.usage is not None:
            tokens = {"prompt_tokens": turn.usage.input_tokens, "completion_tokens": turn.usage.output_tokens}
            tokens["total_tokens"] = sum(tokens.values())
            yield self._line({"choices": [], "usage": tokens})
        yield "data: [DONE]\n\n"

    def sent(self, body: Mapping[str, Any]) -> Sent:
        texts, calls, results, images, instructions = [], [], [], [], ""
        for message in body["messages"]:
            content = message.get("content") or ""
            parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
            text = "".join(part["text"] for part in parts if part["type"] == "text")
            images += [p["image_url"]["url"].partition(",")[2] for p in parts if p["type"] == "image_url"]
            if message["role"] == "system":
                instructions = text
            elif message["role"] == "tool":
                results.append((message["tool_call_id"], text))
            elif text:
                texts.append(text)
            made = message.get("tool_calls") or ()
            calls += [(c["id"], c["function"]["name"], c["function"]["arguments"]) for c in made]
        return Sent(
            texts=tuple(texts),
            calls=tuple(calls),
            results=tuple(results),
            images=tuple(images),
            tools=tuple(tool["function"]["name"] for tool in body.get("tools") or ()),
            instructions=instructions,
        )

    def refusal(self, text: str) -> Mapping[str, Any]:
        return {"error": {"message": text, "type": "invalid_request_error", "code": None, "param": None}}

    def _chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> str:
        return self._line({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def _line(self, data: Mapping[str, Any]) -> str:
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "test-model"}
        return f"data: {json.dumps({**head, **data})}\n\n"


class Ollama:
    """Ollama's own protocol: one JSON object a line, calls whole."""

    media_type = "application/x-ndjson"

    def stream(self, turn: Turn) -> Iterator[str]:
        if turn.reasoning:
            yield self._line({"content": "", "thinking": turn.reasoning})
        for start in range(0, len(turn.text), 7):
            yield self._line({"content": turn.text[start : start + 7]})
        for call in turn.calls:
            function = {"name": call.name, "arguments": json.loads(call.arguments)}
            yield self._line({"content": "", "tool_calls": [{"function": function}]})

    def end(self, turn: Turn) -> Iterator[str]:
        counts = {}
        if turn.usage is not None:
            counts = {"prompt_eval_count": turn.usage.input_tokens, "eval_count": turn.usage.output_tokens}
        yield self._line({"content": ""}, done=True, done_reason="stop", **counts)

    def sent(self, body: Mapping[str, Any]) -> Sent:
        messages = body["messages"]
        said = [m for m in messages if m["role"] in ("user", "assistant") and m.get("content")]
        made = [c["function"] for m in messages for c in m.get("tool_calls") or ()]
        # Ollama joins results to calls by their order alone.
        results = [m["content"] for m in messages if m["role"] == "tool"]
        return Sent(
            texts=tuple(m["content"] for m in said),
            calls=tuple(("", f["name"], json.dumps(f["arguments"])) for f in made),
            results=tuple((f"call_{n}", text) for n, text in enumerate(results, 1)),
            images=tuple(image for m in messages for image in m.get("images") or ()),
            tools=tuple(tool["function"]["name"] for tool in body.get("tools") or ()),
            instructions="".join(m["content"] for m in messages if m["role"] == "system"),
        )

    def refusal(self, text: str) -> Mapping[str, Any]:
        return {"error": text}

    def _line(self, message: Mapping[str, Any], *, done: bool = False, **more: Any) -> str:
        head = {"model": "test-model", "created_at": "2026-11-01T00:00:00Z", "done": done}
        return json.dumps({**head, "message": {"role": "assistant", **message}, **more}) + "\n"
