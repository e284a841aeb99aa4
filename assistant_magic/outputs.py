"""Jupyter outputs: merged and bounded while code runs, and turned into what a model sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assistant_magic.items import Image, Output, Part, Text, ToolResult
from assistant_magic.streams import Stream, Tail, plain, stream_output

MAX_TEXT = 1_000_000
"""Characters of printed text that one execution may show."""
MAX_MEDIA = 20_000_000
"""Characters of pictures, HTML and other rich data that one execution may show."""
MAX_OUTPUTS = 1_000
"""Outputs that one execution may show; further displays are left out."""


class OutputLog:
    """The outputs of one execution as a front end would hold them, within bounds.

    Adjacent text of one stream is one output, a carriage return overwrites its line, `clear_output` clears, an
    update replaces the displays of its id. Text keeps its head and its tail; what was left out is said once.

    Args:
        max_text: Characters of stream text to keep.
        max_media: Characters of rich data to keep, in total.
        max_outputs: Outputs to keep.
    """

    def __init__(
        self, *, max_text: int = MAX_TEXT, max_media: int = MAX_MEDIA, max_outputs: int = MAX_OUTPUTS
    ) -> None:
        self._head_room = self._whole_room = max_text - max_text // 10
        self._tail = Tail(max_text // 10)
        self._max_text = max_text
        self._max_media = self._media = max_media
        self._max_outputs = max_outputs
        self._entries: list[Stream | Output] = []
        self._text = 0
        self._left_out = 0
        self._hidden = 0
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
        if len(self._entries) >= self._max_outputs:
            self._hidden += 1
            return None
        fitting = self._fit(output)
        self._entries.append(fitting)
        if display_id:
            self._ids.setdefault(display_id, []).append(fitting)
        return fitting

    def update(self, display_id: str, data: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
        """Replace the data of the displays that carry `display_id`."""
        for shown in self._ids.get(display_id, ()):
            self._media += sum(_media_size(kind, value) for kind, value in shown["data"].items())
            shown.update(self._fit({**shown, "data": dict(data), "metadata": dict(metadata)}))

    def clear(self, *, wait: bool = False) -> None:
        """Forget everything, at once or when the next output comes."""
        self._clear_next = wait
        if not wait:
            self._entries.clear()
            self._ids.clear()
            self._tail.clear()
            self._text = self._left_out = self._hidden = 0
            self._head_room = self._whole_room
            self._media = self._max_media

    def leave_out(self, count: int) -> None:
        """Characters of text are missing here; what follows is the end."""
        self._head_room = min(self._head_room, self._text)
        self._left_out += count
        self._tail.clear()

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
            name = kept[0]["name"] if kept else "stdout"
            kept.insert(0, stream_output(name, f"\n[… {dropped:,} characters left out …]\n"))
        if self._hidden:
            kept.append(stream_output("stderr", f"\n[… {self._hidden:,} more outputs left out …]\n"))
        return tuple(kept)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Everything kept, in order."""
        kept = (entry.output() if isinstance(entry, Stream) else entry for entry in self._entries)
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
        if not isinstance(last, Stream) or last.name != name:
            last = Stream(name)
            self._entries.append(last)
        self._text += last.add(head)
        return stream_output(name, head)

    def _fit(self, output: Output) -> Output:
        if output["output_type"] == "error":
            return {
                **output,
                "evalue": cut(output["evalue"], self._max_text // 10),
                "traceback": [cut(line, self._max_text // 10) for line in output["traceback"][:200]],
            }
        fitted = {kind: self._fit_value(kind, value) for kind, value in output["data"].items()}
        dropped = [kind for kind, value in fitted.items() if value is None]
        data = {kind: value for kind, value in fitted.items() if value is not None}
        if dropped and "text/plain" not in data:
            data["text/plain"] = f"[{', '.join(dropped)} left out: too large]"
        return {**output, "data": data}

    def _fit_value(self, kind: str, value: Any) -> Any:
        if kind == "text/plain":
            return cut(str(value), self._max_text // 10)
        size = _media_size(kind, value)
        if size > self._media:
            return None
        self._media -= size
        return value


def _media_size(kind: str, value: object) -> int:
    if kind == "text/plain":
        return 0
    return (
        len(value) if isinstance(value, str) else 1_000
    )  # structures are small, or nobody could render them


def output_size(outputs: Iterable[Output]) -> int:
    """Characters of text and of rich data, for a limit on them."""
    return sum(_size(output) for output in outputs)


def _size(output: Output) -> int:
    if output["output_type"] == "stream":
        return len(output["text"])
    if output["output_type"] == "error":
        return len(output["evalue"]) + sum(map(len, output["traceback"]))
    return sum(len(v) if isinstance(v, str) else 1_000 for v in output["data"].values())


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
    spoken = (Text(text=cut(words, max_chars)),) if words else ()
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


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
