"""The Assistants API (v2) as it was, on loopback: enough for LangChain's original class to talk to."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any

from loopback import LoopbackServer

Move = str | Sequence[tuple[str, str]]
"""What the model does: says a text, or calls functions by `(name, arguments)`; `!status` ends the run so."""


@dataclass
class AssistantsServer(LoopbackServer):
    """Answers each run, and each submission of tool outputs, with the next move.

    Attributes:
        requests: `(path, body)` of every POST.
    """

    moves: list[Move]
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = count(1)
        super().__init__(_Handler)
        self.url += "/v1"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.requests.append((path, body))
        if path == "/assistants":
            return {**body, "id": self._id("asst"), "object": "assistant", "created_at": 1}
        if path == "/threads/runs":
            return self._run(self._id("thread"), body)
        thread = re.match(r"/threads/([^/]+)/", path)
        assert thread is not None, path
        if path.endswith("/messages"):
            return self._message(thread[1], "", body["role"], body["content"])
        if path.endswith("/submit_tool_outputs"):
            return self._move(self.runs[path.split("/")[4]])
        return self._run(thread[1], body)

    def get(self, path: str) -> dict[str, Any]:
        if path.endswith("/messages"):
            thread = path.split("/")[2]
            found = [m for m in self.messages if m["thread_id"] == thread]
            return {"object": "list", "data": found, "has_more": False, "first_id": None, "last_id": None}
        return self.runs[path.split("/")[4]]

    def _run(self, thread: str, body: dict[str, Any]) -> dict[str, Any]:
        run = {
            "id": self._id("run"),
            "object": "thread.run",
            "thread_id": thread,
            "assistant_id": body["assistant_id"],
            "created_at": 1,
            "instructions": body.get("instructions") or "",
            "model": body.get("model") or "gpt",
            "tools": [],
            "metadata": {},
            "parallel_tool_calls": True,
        }
        return self._move(run)

    def _move(self, run: dict[str, Any]) -> dict[str, Any]:
        move = self.moves.pop(0)
        run["required_action"] = None
        if isinstance(move, str) and move.startswith("!"):
            run["status"] = move[1:]
        elif isinstance(move, str):
            run["status"] = "completed"
            self._message(run["thread_id"], run["id"], "assistant", move)
        else:
            run["status"] = "requires_action"
            calls = [
                {"id": self._id("call"), "type": "function", "function": {"name": name, "arguments": written}}
                for name, written in move
            ]
            outputs = {"tool_calls": calls}
            run["required_action"] = {"type": "submit_tool_outputs", "submit_tool_outputs": outputs}
        self.runs[run["id"]] = run
        return run

    def _message(self, thread: str, run: str, role: str, text: str) -> dict[str, Any]:
        content = [{"type": "text", "text": {"value": text, "annotations": []}}]
        message = {
            "id": self._id("msg"),
            "object": "thread.message",
            "thread_id": thread,
            "run_id": run or None,
            "assistant_id": None,
            "role": role,
            "content": content,
            "attachments": [],
            "metadata": {},
            "created_at": 1,
            "status": "completed",
        }
        self.messages.append(message)
        return message

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: AssistantsServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._reply(self.owner.post(self._path, body))

    def do_GET(self) -> None:
        self._reply(self.owner.get(self._path))

    @property
    def _path(self) -> str:
        return self.path.removeprefix("/v1").partition("?")[0]

    def _reply(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None: ...
