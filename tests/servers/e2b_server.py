"""Speaks E2B's protocol on loopback, with real kernels in place of sandboxes, for the genuine SDK.

Three services on one port, as `E2B_API_URL` and `E2B_SANDBOX_URL` allow: the control API (create, connect, timeout,
pause, kill), the code interpreter (NDJSON over plain HTTP) and the files of envd. It has the real server's trap: code
sent while an interrupted cell still ends is dropped, and its request never ends.
"""

from __future__ import annotations

import contextlib
import json
import queue
import re
import select
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

FIELDS = {
    "text/plain": "text",
    "text/html": "html",
    "text/markdown": "markdown",
    "text/latex": "latex",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "application/pdf": "pdf",
    "application/json": "json",
    "application/javascript": "javascript",
}
DEAF = 0.8
"""Seconds after an interrupt in which new code is dropped."""


class Context:
    """A kernel behind a context id."""

    def __init__(self, cwd: str) -> None:
        self.id = uuid4().hex
        self.cwd = cwd
        # Not TCP: kernels that start at the same time may take each other's ports.
        self._sockets = tempfile.mkdtemp(prefix="e2b-")
        self.manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{self._sockets}/kernel")
        self.manager.start_kernel(cwd=cwd, extra_arguments=["--log-level=40"])
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.lock = threading.Lock()
        self.deaf_until = 0.0

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def lines(self, code: str) -> Iterator[dict[str, Any] | None]:
        """The messages of one execution as the protocol words them, None where nothing came for a moment."""
        request = self.client.execute(code, allow_stdin=False, stop_on_error=False)
        yield {"type": "number_of_executions", "execution_count": 1}
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=0.05)
            except queue.Empty:
                if not self.manager.is_alive():
                    return
                yield None
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                yield {"type": "end_of_execution"}
                return
            if kind == "stream":
                yield {"type": content["name"], "text": content["text"], "timestamp": time.time_ns()}
            elif kind in {"display_data", "execute_result"}:
                yield _result(content["data"], main=kind == "execute_result")
            elif kind == "error":
                yield {
                    "type": "error",
                    "name": content["ename"],
                    "value": content["evalue"],
                    "traceback": "\n".join(content["traceback"]),
                }


def _result(data: dict[str, Any], *, main: bool) -> dict[str, Any]:
    known = {FIELDS[mime]: value for mime, value in data.items() if mime in FIELDS}
    extra = {mime: value for mime, value in data.items() if mime not in FIELDS}
    return {"type": "result", **known, "extra": extra, "is_main_result": main}


class Sandbox:
    """A folder and its contexts."""

    def __init__(self) -> None:
        self.id = "i" + uuid4().hex[:18]
        self.folder = tempfile.mkdtemp(prefix="e2b-")
        self.contexts: dict[str, Context] = {}
        self.state = "running"

    def context(self, context_id: str | None) -> Context | None:
        if context_id is None:
            context_id = "default"
            if context_id not in self.contexts:
                self.contexts[context_id] = Context(self.folder)
        return self.contexts.get(context_id)

    def stop(self) -> None:
        self.state = "gone"
        for context in self.contexts.values():
            context.stop()
        self.contexts.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


class E2BServer(ThreadingHTTPServer):
    """`with E2BServer() as server:`; `server.url` is for both variables of the SDK.

    Attributes:
        sandboxes: By id, also those that are gone.
        requests: Method and path of everything that was asked.
        keys: API keys that were sent.
    """

    daemon_threads = True
    key = "e2b_" + "0" * 40

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sandboxes: dict[str, Sandbox] = {}
        self.requests: list[str] = []
        self.created: list[dict[str, Any]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        for sandbox in self.sandboxes.values():
            sandbox.stop()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are no news; anything else is a fault of this server."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: E2BServer

    def log_message(self, *_: Any) -> None:
        pass

    def _any(self) -> None:
        path = urlsplit(self.path).path
        self.server.requests.append(f"{self.command} {path}")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        for method, pattern, name in _ROUTES:
            match = re.fullmatch(pattern, path)
            if method == self.command and match:
                getattr(self, name)(body, *match.groups())
                return
        self._json(404, {"code": 404, "message": f"no route {self.command} {path}"})

    do_GET = do_POST = do_DELETE = do_PUT = _any  # noqa: N815  # names of http.server

    # ---- control

    def create(self, body: bytes) -> None:
        if self.headers.get("X-API-Key") != self.server.key:
            self._json(401, {"code": 401, "message": "Invalid API key"})
            return
        self.server.created.append(json.loads(body))
        sandbox = Sandbox()
        self.server.sandboxes[sandbox.id] = sandbox
        self._json(201, _described(sandbox))

    def connect(self, body: bytes, sandbox_id: str) -> None:
        sandbox = self.server.sandboxes.get(sandbox_id)
        if sandbox is None or sandbox.state == "gone":
            self._json(404, {"code": 404, "message": "sandbox not found"})
            return
        sandbox.state = "running"
        self._json(200, _described(sandbox))

    def extend(self, body: bytes, sandbox_id: str) -> None:
        self._change(sandbox_id, "running")

    def pause(self, body: bytes, sandbox_id: str) -> None:
        self._change(sandbox_id, "paused")

    def kill(self, body: bytes, sandbox_id: str) -> None:
        self._change(sandbox_id, "gone")

    def _change(self, sandbox_id: str, state: str) -> None:
        sandbox = self.server.sandboxes.get(sandbox_id)
        if sandbox is None or sandbox.state == "gone":
            self._json(404, {"code": 404, "message": "sandbox not found"})
            return
        sandbox.state = state
        if state == "gone":
            sandbox.stop()
        self._empty(204)

    # ---- inside the sandbox

    def _sandbox(self) -> Sandbox | None:
        sandbox = self.server.sandboxes.get(self.headers.get("E2b-Sandbox-Id", ""))
        if sandbox is None or sandbox.state == "gone":
            self._json(502, {"message": "The sandbox was not found", "code": 502})
            return None
        sandbox.state = "running"  # auto-resume
        return sandbox

    def health(self, body: bytes) -> None:
        if self._sandbox() is not None:
            self._empty(204)

    def new_context(self, body: bytes) -> None:
        sandbox = self._sandbox()
        if sandbox is not None:
            context = Context(json.loads(body or b"{}").get("cwd") or sandbox.folder)
            sandbox.contexts[context.id] = context
            self._json(200, {"id": context.id, "language": "python", "cwd": context.cwd})

    def list_contexts(self, body: bytes) -> None:
        sandbox = self._sandbox()
        if sandbox is not None:
            contexts = sandbox.contexts.values()
            self._json(200, [{"id": c.id, "language": "python", "cwd": c.cwd} for c in contexts])

    def drop_context(self, body: bytes, context_id: str) -> None:
        sandbox = self._sandbox()
        if sandbox is not None:
            context = sandbox.contexts.pop(context_id, None)
            if context is not None:
                threading.Thread(target=context.stop, daemon=True).start()
            self._empty(204)

    def upload(self, body: bytes) -> None:
        sandbox = self._sandbox()
        if sandbox is None:
            return
        name = parse_qs(urlsplit(self.path).query)["path"][0]
        kind = self.headers["Content-Type"]
        if kind.startswith("multipart/"):
            message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
            body = next(iter(message.iter_parts())).get_payload(decode=True)  # type: ignore[assignment, union-attr]
        target = Path(sandbox.folder) / name.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        self._json(200, [{"name": target.name, "path": name, "type": "file"}])

    def download(self, body: bytes) -> None:
        sandbox = self._sandbox()
        if sandbox is None:
            return
        target = Path(sandbox.folder) / parse_qs(urlsplit(self.path).query)["path"][0].lstrip("/")
        if not target.is_file():
            self._json(404, {"code": 404, "message": "file not found"})
            return
        data = target.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def execute(self, body: bytes) -> None:
        sandbox = self._sandbox()
        if sandbox is None:
            return
        asked = json.loads(body)
        context = sandbox.context(asked.get("context_id"))
        if context is None:
            self._json(404, {"message": "context not found"})
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if time.monotonic() < context.deaf_until:
            self._never_end()
            return
        with context.lock:
            self._stream(context, asked["code"])

    def _stream(self, context: Context, code: str) -> None:
        hung_up = False
        for line in context.lines(code):
            if not hung_up and (self._left() or (line is not None and not self._send(line))):
                hung_up = True
                context.deaf_until = time.monotonic() + DEAF
                context.manager.interrupt_kernel()
            if hung_up and time.monotonic() > context.deaf_until + 3:
                return
        if not hung_up and context.manager.is_alive():
            self.wfile.write(b"0\r\n\r\n")
        elif not hung_up:
            self.connection.shutdown(socket.SHUT_RDWR)

    def _never_end(self) -> None:
        while not self._left() and self._send({"type": "keepalive"}):
            select.select([self.connection], [], [], 1.0)

    def _left(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def _send(self, line: dict[str, Any]) -> bool:
        data = json.dumps(line).encode() + b"\n"
        with contextlib.suppress(OSError):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            return True
        return False

    def _json(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


_ROUTES = (
    ("POST", r"(?:/v2)?/sandboxes", "create"),
    ("POST", r"(?:/v2)?/sandboxes/(\w+)/connect", "connect"),
    ("POST", r"(?:/v2)?/sandboxes/(\w+)/timeout", "extend"),
    ("POST", r"(?:/v2)?/sandboxes/(\w+)/pause", "pause"),
    ("DELETE", r"(?:/v2)?/sandboxes/(\w+)", "kill"),
    ("GET", r"/health", "health"),
    ("GET", r"/contexts", "list_contexts"),
    ("POST", r"/contexts", "new_context"),
    ("DELETE", r"/contexts/(\w+)", "drop_context"),
    ("POST", r"/files", "upload"),
    ("GET", r"/files", "download"),
    ("POST", r"/execute", "execute"),
)


def _described(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "templateID": "code-interpreter-v1",
        "sandboxID": sandbox.id,
        "clientID": "local",
        "envdVersion": "0.4.0",
        "alias": "code-interpreter-v1",
    }
