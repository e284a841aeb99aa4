"""A server on loopback that sends the paced answer as OpenAI's two interfaces do: 5,000 deltas at 200 a second."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from openai_server import frames
from paced import PIECES, paced

from loopback import LoopbackServer

ABOUT = "quadratic"
"""A prompt with this word gets the long answer, any other one word."""
_LEADING = 3  # frames before the first delta
_USAGE = {"prompt_tokens": 10, "completion_tokens": len(PIECES), "total_tokens": len(PIECES) + 10}


@contextmanager
def paced_server(folder: Path) -> Iterator[str]:
    """The server's address; when the first and the last delta left stands in the file `times` of the folder."""

    class Handler(_Handler):
        place = folder

    with LoopbackServer(Handler) as server:
        yield f"{server.url}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    place: Path

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked has gone
            super().handle()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        pieces = PIECES if ABOUT in body.decode() else ["Yes."]
        if not json.loads(body).get("stream"):
            asyncio.run(self._whole(pieces))
        elif self.path == "/v1/responses":
            asyncio.run(self._stream(list(frames(pieces)), _LEADING, len(pieces)))
        else:
            asyncio.run(self._stream(list(_chunks(pieces)), 0, len(pieces)))

    async def _whole(self, pieces: list[str]) -> None:
        if pieces is PIECES:
            async for _ in paced(self.place):
                pass
        message = {"role": "assistant", "content": "".join(pieces)}
        reply = json.dumps(_completion("", message=message, finish_reason="stop")).encode()
        self._head("application/json", ("Content-Length", str(len(reply))))
        self.wfile.write(reply)

    async def _stream(self, sent: list[bytes], leading: int, deltas: int) -> None:
        self._head("text/event-stream", ("Transfer-Encoding", "chunked"))
        self._write(*sent[:leading])
        if deltas == len(PIECES):
            at = leading
            async for _ in paced(self.place):
                self._write(sent[at])
                at += 1
        else:
            self._write(*sent[leading : leading + deltas])
        self._write(*sent[leading + deltas :], b"")

    def _head(self, kind: str, length: tuple[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header(*length)
        self.end_headers()

    def _write(self, *sent: bytes) -> None:
        for frame in sent:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(frame), frame))

    def log_message(self, *_: object) -> None:
        """Nothing: the table is all that is printed."""


def _chunks(pieces: list[str]) -> Iterator[bytes]:
    for piece in pieces:
        delta = {"role": "assistant", "content": piece}
        yield _event(_completion(".chunk", delta=delta, finish_reason=None))
    yield _event(_completion(".chunk", delta={}, finish_reason="stop"))
    yield b"data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def _completion(kind: str, **choice: object) -> dict[str, Any]:
    usage = {} if kind else {"usage": _USAGE}
    return {
        "id": "chatcmpl-1",
        "object": f"chat.completion{kind}",
        "created": 1,
        "model": "paced",
        "choices": [{"index": 0, **choice}],
        **usage,
    }
