"""Jupyter outputs: merged and bounded while code runs, and turned into what a model sees."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from assistant_magic.items import Image, Output, Part, Text, ToolResult

MAX_TEXT = 1_000_000
"""Characters of printed text that one execution may show."""
MAX_MEDIA = 20_000_000
"""Characters of pictures, HTML and other rich data that one execution may show."""
MAX_OUTPUTS = 1_000
"""Outputs other than printed text that one execution may show."""

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class OutputLog:
    """The outputs of one execution as a front end would hold them, within bounds.

    Adjacent text of one stream is one output, a carriage return overwrites its line, `clear_output` clears, an
    update replaces the displays of its id. Text keeps its head and its tail; what was left out is said once.

    Args:
        max_text: Characters of stream text to keep.
        max_media: Characters of rich data to keep, in total.
        max_outputs: Rich outputs to keep.
    """

    def __init__(
        self, *, max_text: int = MAX_TEXT, max_media: int = MAX_MEDIA, max_outputs: int = MAX_OUTPUTS
    ) -> None:
        self._head_room = max_text - max_text // 10
        self._tail = _Tail(max_text // 10)
        self._max_text = max_text
        self._max_media = self._media = max_media
        self._max_outputs = max_outputs
        self._entries: list[_Stream | Output] = []
        self._text = 0
        self._left_out = 0
        self._ids: dict[str, list[Output]] = {}
        self._clear_next = False

    def add(self, output: Output, *, display_id: str = "") -> Output | None:
        """Keep `output`; return what of it may be shown now, or None.

        What is not shown now is in `rest`.
        """
        if self._clear_next:
            self.clear()
        if output["output_type"] == "stream":
            return self._add_text(output["name"], output["text"])
        fitting = self._fit(output)
        if fitting is not None:
            self._entries.append(fitting)
            if display_id:
                self._ids.setdefault(display_id, []).append(fitting)
        return fitting

    def update(self, display_id: str, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
        """Replace the data of the displays that carry `display_id`."""
        for shown in self._ids.get(display_id, ()):
            fitting = self._fit({**shown, "data": dict(data), "metadata": dict(metadata)})
            if fitting is not None:
                shown.update(fitting)

    def clear(self, *, wait: bool = False) -> None:
        """Forget everything, at once or when the next output comes."""
        self._clear_next = wait
        if not wait:
            self._entries.clear()
            self._ids.clear()
            self._tail.clear()
            self._text = self._left_out = 0
            self._media = self._max_media

    @property
    def room(self) -> int:
        """Characters of text that may still be shown as they come."""
        return max(self._head_room - self._text, 0)

    @property
    def rest(self) -> tuple[Output, ...]:
        """What was held back: a line about what was left out, and the end of the text."""
        kept = self._tail.outputs()
        dropped = self._left_out - self._tail.size
        if dropped:
            kept.insert(0, _stream(kept[0]["name"], f"\n[… {dropped:,} characters left out …]\n"))
        return tuple(kept)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Everything kept, in order."""
        kept = [entry.output() if isinstance(entry, _Stream) else entry for entry in self._entries]
        return (*kept, *self.rest)

    def _add_text(self, name: str, text: str) -> Output | None:
        if not text:
            return None
        head, tail = text[: self.room], text[self.room :]
        if tail:
            self._left_out += len(tail)
            self._tail.add(name, tail)
        if not head:
            return None
        last = self._entries[-1] if self._entries else None
        if not isinstance(last, _Stream) or last.name != name:
            last = _Stream(name)
            self._entries.append(last)
        self._text += last.add(head)
        return _stream(name, head)

    def _fit(self, output: Output) -> Output | None:
        if output["output_type"] == "error":
            return {
                **output,
                "evalue": cut(output["evalue"], self._max_text // 10),
                "traceback": [cut(line, self._max_text // 10) for line in output["traceback"][:200]],
            }
        if len(self._ids) + len(self._entries) >= 2 * self._max_outputs:
            return None
        data = {kind: self._fit_value(kind, value) for kind, value in output["data"].items()}
        dropped = [kind for kind, value in data.items() if value is None]
        data = {kind: value for kind, value in data.items() if value is not None}
        if dropped and "text/plain" not in data:
            data["text/plain"] = f"[{', '.join(dropped)} left out: too large]"
        return {**output, "data": data}

    def _fit_value(self, kind: str, value: Any) -> Any:
        size = len(value) if isinstance(value, str) else 1_000
        if kind == "text/plain":
            return cut(value, self._max_text // 10) if isinstance(value, str) else str(value)
        if size > self._media:
            return None
        self._media -= size
        return value


class _Stream:
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
        line = _overwrite(before[start:] + text, resumable=True)
        self._chunks = [before[:start], line]
        return len(line) - (len(before) - start)

    def output(self) -> Output:
        text = "".join(self._chunks)
        return _stream(self.name, _overwrite(text) if "\r" in text else text)


class _Tail:
    """The last characters of the streams."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: deque[tuple[str, str]] = deque()
        self.size = 0

    def add(self, name: str, text: str) -> None:
        text = text[-self._limit :] if self._limit else ""
        self._chunks.append((name, text))
        self.size += len(text)
        while self._chunks and self.size - len(self._chunks[0][1]) >= self._limit:
            self.size -= len(self._chunks.popleft()[1])

    def clear(self) -> None:
        self._chunks.clear()
        self.size = 0

    def outputs(self) -> list[Output]:
        streams: list[_Stream] = []
        for name, text in self._chunks:
            if not streams or streams[-1].name != name:
                streams.append(_Stream(name))
            streams[-1].add(text)
        return [stream.output() for stream in streams]


def _stream(name: str, text: str) -> Output:
    return {"output_type": "stream", "name": name, "text": text}


def _overwrite(text: str, *, resumable: bool = False) -> str:
    """Lines as a terminal would leave them: a carriage return goes back, a backspace takes one back.

    When more text may follow, the last line also keeps what follows its last return, for that is where the
    cursor stands.
    """
    *lines, last = text.replace("\r\n", "\n").split("\n")
    shown, written = _overwrite_line(last)
    if resumable and "\r" in last and len(written) < len(shown):
        shown = f"{shown}\r{written}"
    return "\n".join([*(_overwrite_line(line)[0] for line in lines), shown])


def _overwrite_line(line: str) -> tuple[str, str]:
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


def cut(text: str, limit: int) -> str:
    """`text`, with its middle replaced by a note when it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    head = limit * 2 // 3
    tail = limit - head
    return f"{text[:head]}\n[… {len(text) - limit:,} characters left out …]\n{text[-tail:] if tail else ''}"


# ---- for the model


def model_parts(result: ToolResult, *, max_chars: int = 20_000, max_images: int = 8) -> tuple[Part, ...]:
    """What a model gets for a tool result: words within `max_chars`, and pictures.

    Never base64 in words; widgets, HTML and pictures beyond `max_images` are mentioned.
    """
    parts = [*result.content, *(part for output in result.outputs for part in _seen(output))]
    texts = [part.text for part in parts if isinstance(part, Text)]
    others = [part for part in parts if not isinstance(part, Text)]
    images = [part for part in others if isinstance(part, Image)]
    if len(images) > max_images:
        texts.append(f"[{len(images) - max_images} more pictures are not shown to you]")
    dropped = {id(image) for image in images[max_images:]}
    words = "\n".join(text.rstrip("\n") for text in texts if text)
    if not words and not others:
        words = f"[no output; {result.status}]" if result.status != "ok" else "[no output]"
    spoken: tuple[Part, ...] = (Text(text=cut(words, max_chars)),) if words else ()
    return (*spoken, *(part for part in others if id(part) not in dropped))


def _seen(output: Output) -> Iterable[Part]:
    kind = output["output_type"]
    if kind == "stream":
        yield Text(text=plain(output["text"]))
    elif kind == "error":
        yield Text(text=_error_words(output))
    else:
        yield from _display_parts(output["data"])


def _display_parts(data: Mapping[str, Any]) -> Iterable[Part]:
    for media_type in ("image/png", "image/jpeg"):
        if media_type in data:
            yield Image(data=_joined(data[media_type]).replace("\n", ""), media_type=media_type)
            return
    if "application/vnd.jupyter.widget-view+json" in data:
        yield Text(text=f"[interactive widget: {cut(_joined(data.get('text/plain', '')), 200)}]")
        return
    for kind in ("text/plain", "text/markdown", "text/latex"):
        words = _joined(data.get(kind, ""))
        if words and not _OPAQUE.fullmatch(words):
            yield Text(text=plain(words))
            return
    if data:
        yield Text(text=f"[displayed to the user: {', '.join(sorted(data))}]")


_OPAQUE = re.compile(r"<[\w.]+( object)?( at 0x[0-9a-f]+)?>|<IPython\.core\.display\.\w+ object>")
"""A repr that says nothing about what was shown."""


def _error_words(output: Output) -> str:
    """Name and value of an exception and the lines of the traceback that lie in the user's code."""
    frames = plain("\n".join(output.get("traceback", ()))).splitlines()
    summary = f"{output['ename']}: {output['evalue']}" if output["evalue"] else output["ename"]
    arrows = [line.rstrip() for line in frames if re.match(r"\s*-+>\s*\d+", line)]
    return plain("\n".join([summary, *arrows[:10]]))


def plain(text: str) -> str:
    """`text` without terminal colours, with carriage returns applied."""
    text = _ANSI.sub("", text)
    return _overwrite(text) if "\r" in text or "\b" in text else text


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
