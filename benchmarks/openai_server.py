"""A server in a process of its own that streams one long answer, as OpenAI's frames it, as fast as it is read.

The model's name says what to stream: `stream-5000-4` is 5,000 deltas of 4 characters. When the first of them
leaves, its time (`time.monotonic`) is printed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import IO, Any

TERMINAL = "response.completed"


def frames(pieces: Sequence[str]) -> Iterator[bytes]:
    """A stream with these deltas, event by event, with the fields that the real one has; three come before the first."""
    response = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "stream",
        "tools": [],
        "metadata": {},
    }
    place = {"item_id": "msg_1", "output_index": 0}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "".join(pieces), "annotations": [], "logprobs": []}
    done = {**item, "status": "completed", "content": [part]}
    usage = {"input_tokens": 10, "output_tokens": len(pieces), "total_tokens": len(pieces) + 10}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "content_index": 0, "part": {**part, "text": ""}},
    ]
    delta = {"type": "response.output_text.delta", **place, "content_index": 0, "logprobs": []}
    events += [{**delta, "delta": piece, "obfuscation": "aB3"} for piece in pieces]
    events += [
        {"type": "response.output_item.done", "output_index": 0, "item": done},
        {"type": TERMINAL, "response": {**response, "status": "completed", "output": [done], "usage": usage}},
    ]
    for number, event in enumerate(events):
        yield f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n".encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    while head := await _head(reader):
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        body = await reader.readexactly(length)
        if not head.startswith(b"POST /v1/responses "):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
            continue
        _, deltas, size = json.loads(body)["model"].split("-")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await _stream(writer, int(deltas), int(size))


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def _stream(writer: asyncio.StreamWriter, deltas: int, size: int) -> None:
    text = "word" * (deltas * size // 4 + 1)
    pieces = [text[number * size : (number + 1) * size] for number in range(deltas)]
    for number, frame in enumerate(frames(pieces)):
        writer.write(b"%x\r\n%s\r\n" % (len(frame), frame))
        if number == 3:
            print(time.monotonic(), flush=True)
        if number < 50:
            # A model's first words come one by one; later the reader sets the pace.
            await writer.drain()
            await asyncio.sleep(0.005)
        elif number % 50 == 0:
            await writer.drain()
    writer.write(b"0\r\n\r\n")


async def _main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def streaming_server() -> Iterator[tuple[str, IO[str]]]:
    """The server's address, and where it prints the times."""
    with Popen([sys.executable, __file__], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1", process.stdout
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(_main())
