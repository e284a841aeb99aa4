"""Printed text as a terminal would leave it."""

from __future__ import annotations

import re
from collections import deque

from assistant_magic.items import Output

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class Stream:
    """Text of one stream; carriage returns and backspaces act on its last line."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._chunks: list[str] = []

    def add(self, text: str) -> int:
        """Append; return by how many characters the text grew."""
        if "\r" not in text and "\b" not in text:
            self._chunks.append(text)
            return len(text)
        before = "".join(self._chunks)
        start = before.rfind("\n") + 1
        line = _left(before[start:] + text, resumable=True)
        self._chunks = [before[:start], line]
        return len(line) - (len(before) - start)

    def output(self) -> Output:
        """The text as it is now."""
        text = "".join(self._chunks)
        return stream_output(self.name, _left(text) if "\r" in text else text)


class Tail:
    """The last characters of the streams."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: deque[tuple[str, str]] = deque()
        self.size = 0

    def add(self, name: str, text: str) -> None:
        """Append, and forget what is too far back."""
        text = text[-self._limit :] if self._limit else ""
        self._chunks.append((name, text))
        self.size += len(text)
        while self._chunks and self.size - len(self._chunks[0][1]) >= self._limit:
            self.size -= len(self._chunks.popleft()[1])

    def clear(self) -> None:
        """Forget everything."""
        self._chunks.clear()
        self.size = 0

    def outputs(self) -> list[Output]:
        """What is kept, adjacent text of one stream as one output."""
        streams: list[Stream] = []
        for name, text in self._chunks:
            if not streams or streams[-1].name != name:
                streams.append(Stream(name))
            streams[-1].add(text)
        return [stream.output() for stream in streams]


def stream_output(name: str, text: str) -> Output:
    """Text as a Jupyter output."""
    return {"output_type": "stream", "name": name, "text": text}


def _left(text: str, *, resumable: bool = False) -> str:
    """Lines as a terminal would leave them: a carriage return goes back, a backspace takes one back.

    When more text may follow, the last line also keeps what follows its last return, for that is where the
    cursor stands.
    """
    *lines, last = text.replace("\r\n", "\n").split("\n")
    shown, written = _line_left(last)
    if resumable and "\r" in last and len(written) < len(shown):
        shown = f"{shown}\r{written}"
    return "\n".join([*(_line_left(line)[0] for line in lines), shown])


def _line_left(line: str) -> tuple[str, str]:
    """The line, and the part of it that was written last."""
    while "\b" in line:
        shorter = re.sub(r"[^\b\r]\x08|^\x08", "", line)
        if shorter == line:
            break
        line = shorter
    shown = piece = ""
    for piece in line.split("\r"):
        shown = piece + shown[len(piece) :]
    return shown, piece


def plain(text: str) -> str:
    """`text` without terminal colours, with carriage returns applied."""
    text = _ANSI.sub("", text)
    return _left(text) if "\r" in text or "\b" in text else text
