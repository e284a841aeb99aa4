"""A run in a terminal: words as they come, code and outputs indented below their headline."""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import TextIO

from assistant_magic import events
from assistant_magic.events import Event
from assistant_magic.items import Compaction, HostedToolCall, Item, Message, Text, ToolResult
from assistant_magic.views.cards import call_source, tool_ending, tool_head
from assistant_magic.views.footnotes import fetching
from assistant_magic.views.words import output_words

__all__ = ["TerminalView"]

_log = logging.getLogger(__name__)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ANSI = re.compile(r"\x1b\[[0-9;:]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_WORDS = {
    "incomplete": "incomplete",
    "sources": "Sources",
    "picture": "picture",
}
_STYLES = {"bold": "\x1b[1m", "dim": "\x1b[2m", "red": "\x1b[31m"}
_RESULT_CHARS = 1_000


class TerminalView:
    """Writes one run as plain text.

    Args:
        stream: Where to write; standard output at the time of each write unless told.
        quiet: Write only the final answer.
        color: Use ANSI styles; by default when the stream is a terminal and `NO_COLOR` is not set.
    """

    def __init__(
        self, stream: TextIO | None = None, *, quiet: bool = False, color: bool | None = None
    ) -> None:
        self._stream = stream
        self._quiet = quiet
        self._color = color
        self._parts: dict[str, str] = {}
        self._last = ""
        self._at_margin = True
        self._began = False
        self._items_seen = False
        self._running: set[str] = set()

    def handle(self, event: Event) -> None:
        """Take notice of one event; never raises."""
        try:
            handler = getattr(self, f"_on_{event.type}", None)
            if handler is not None:
                handler(event)
        except Exception:  # noqa: BLE001 - a terminal that went away must not end the run
            _log.warning("cannot show %s", event.type, exc_info=True)

    # ---- events

    def _on_turn_started(self, _event: events.TurnStarted) -> None:
        self._items_seen = False

    def _on_text_delta(self, event: events.TextDelta) -> None:
        if self._quiet:
            return
        if event.part not in self._parts:
            self._paragraph()
        self._parts[event.part] = self._parts.get(event.part, "") + event.text
        self._write(_visible(event.text))

    def _on_item_done(self, event: events.ItemDone) -> None:
        self._items_seen = True
        self._show_item(event.part, event.item)

    def _on_turn_done(self, event: events.TurnDone) -> None:
        if not self._items_seen:
            for number, item in enumerate(event.items):
                self._show_item(f"done:{number}", item)

    def _on_tool_started(self, event: events.ToolStarted) -> None:
        if not self._quiet:
            self._running.add(event.call.call_id)
            self._headline(tool_head(event.call, event.executor))
            self._block(call_source(event.call)[0], "dim")

    def _on_tool_output(self, event: events.ToolOutput) -> None:
        if not event.shown and not self._quiet:
            self._block(output_words(event.output))

    def _on_tool_done(self, event: events.ToolDone) -> None:
        if self._quiet:
            return
        if event.call.call_id in self._running:
            self._running.discard(event.call.call_id)
        else:
            self._headline(tool_head(event.call, event.result.executor))
            self._block(call_source(event.call)[0], "dim")
        if event.result.status == "ok" and not event.result.outputs:
            self._block(_returned(event.result))
        ending = " · ".join(tool_ending(event.result))
        if ending:
            self._line(f"({ending})", "dim" if event.result.status == "ok" else "red")

    def _on_notice(self, event: events.Notice) -> None:
        if not self._quiet:
            self._line(" ".join(event.text.split()), "dim")

    def _on_run_done(self, event: events.RunDone) -> None:
        if self._quiet and self._last:
            self._paragraph()
            self._write(_visible(self._last))
        self._margin()
        if (
            event.status == "incomplete"
        ):  # what failed or was stopped is an error, and whoever asked prints it
            self._line(f"{_WORDS['incomplete']}: {event.reason}", "red")

    # ---- items

    def _show_item(self, part: str, item: Item) -> None:
        if isinstance(item, Message):
            self._last = item.text + _sources(item)
            if not self._quiet:
                self._finish_message(part, item)
        elif self._quiet:
            return
        elif isinstance(item, HostedToolCall):
            self._headline([item.name.replace("_", " "), *([item.status] if item.needs_approval else [])])
            self._block(item.input, "dim")
            for output in item.outputs:
                self._block(output_words(output))
        elif isinstance(item, Compaction) and item.text:
            self._line(item.text, "dim")

    def _finish_message(self, part: str, item: Message) -> None:
        streamed = self._parts.pop(part, None)
        if streamed is None:
            self._paragraph()
            self._write(_visible(item.text))
        elif item.text.startswith(streamed):
            self._write(_visible(item.text[len(streamed) :]))
        else:
            self._paragraph()
            self._write(_visible(item.text))
        self._write(_visible(_sources(item)))
        self._margin()

    # ---- writing

    def _headline(self, words: list[str]) -> None:
        self._paragraph()
        self._line(" · ".join(words), "bold")

    def _block(self, text: str, style: str = "") -> None:
        text = _visible(text).strip("\n")
        if text:
            self._margin()
            for line in text.split("\n"):
                self._write(self._styled(f"    {line}", style) + "\n")

    def _line(self, text: str, style: str = "") -> None:
        self._margin()
        self._write(self._styled(_visible(" ".join(text.split())), style) + "\n")

    def _paragraph(self) -> None:
        self._margin()
        if self._began:
            self._write("\n")

    def _margin(self) -> None:
        if not self._at_margin:
            self._write("\n")

    def _styled(self, text: str, style: str) -> str:
        return f"{_STYLES[style]}{text}\x1b[0m" if style and self._colored() else text

    def _colored(self) -> bool:
        if self._color is not None:
            return self._color
        return not os.environ.get("NO_COLOR") and (self._stream or sys.stdout).isatty()

    def _write(self, text: str) -> None:
        if text:
            stream = self._stream or sys.stdout
            stream.write(text)
            stream.flush()
            self._at_margin = text.endswith("\n")
            self._began = True


def _returned(result: ToolResult) -> str:
    words = "\n".join(part.text for part in result.content if isinstance(part, Text))
    return words if len(words) <= _RESULT_CHARS else words[:_RESULT_CHARS] + " …"


def _sources(message: Message) -> str:
    lines = {
        c.url or c.title or c.file_id: f"{c.title} {c.url or fetching(c)}".strip() or c.file_id
        for c in message.citations
    }
    if not lines:
        return ""
    return f"\n\n{_WORDS['sources']}:\n" + "\n".join(
        f"[{n}] {line}" for n, line in enumerate(lines.values(), 1)
    )


def _visible(text: str) -> str:
    """Text without the sequences that would drive the reader's terminal."""
    return _CONTROL.sub("", _ANSI.sub("", text))
