"""What one execution shows, recorded on its way to the reader."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar, copy_context
from functools import partial
from typing import Any
from uuid import uuid4

from assistant_magic.executors import OnOutput
from assistant_magic.items import Output
from assistant_magic.masking import Secrets, TextMask
from assistant_magic.outputs import OutputLog
from assistant_magic.streams import stream_output

_REPORT_EVERY = 0.05  # seconds between reports to `on_output`

NOBODY = object()
"""Stands in `current` for code whose output belongs to no capture."""
current: ContextVar[Any] = ContextVar("assistant_magic_capture", default=None)
"""The capture that the running code belongs to; threads that the code starts do not inherit it."""
at_work: list[Capture] = []
"""Captures whose code is running, latest last."""


class Capture:
    """Outputs of one execution, with keys masked; `tee.tee` feeds it. Make it on the loop of the runs.

    Args:
        show: Let everything through to the reader; else only record.
        log: Where outputs are kept, and what bounds both.
        on_output: Told of outputs on the loop of the runs, text joined to a few pieces a second.

    Attributes:
        errors: How many exceptions were shown.
    """

    def __init__(self, *, show: bool, log: OutputLog, on_output: OnOutput) -> None:
        self.show = show
        self.page = Page()
        self.errors = 0
        self._log = log
        self._on_output = on_output
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()  # what `on_output` prints is no output of the code
        self._lock = threading.RLock()
        self._pending = _Pending()
        self._secrets = Secrets()
        self._masks = {"stdout": TextMask(self._secrets), "stderr": TextMask(self._secrets)}
        self._unreported: list[Output] = []
        self._report_due = False
        self._threads_before: set[int | None] = set()
        self._outer: Capture | None = None

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Everything kept, in order."""
        with self._lock:
            self._settle()
            return self._log.outputs

    def begin(self) -> None:
        """From now on this is where outputs of the calling context go."""
        self._threads_before = {thread.ident for thread in threading.enumerate()}
        self._outer = here()
        if self._outer is not None:
            self.show = self.show and self._outer.show
        at_work.append(self)

    def end(self) -> None:
        """Show and report what was held back, and take no more."""
        at_work.remove(self)
        with self._lock:
            self._settle()
            held = [stream_output(name, mask.rest()) for name, mask in self._masks.items()]
            shown = [kept for output in held if (kept := self._keep(output)) is not None]
            rest = self._log.rest
            self._unreported.extend(rest)
        if self.show:
            for output in (*shown, *rest):
                getattr(sys, output["name"]).write(output["text"])
        self._loop.call_soon_threadsafe(self._report, context=self._context)

    def write(self, name: str, text: str) -> str:
        """Record text of a stream; return what of it may be shown."""
        __tracebackhide__ = True  # an interrupt of the code can arrive here
        with self._lock:
            text = self._masks[name].take(text)
            if name != self._pending.name:
                self._settle()
                self._pending = _Pending(name, self._log.room)
            if len(text) <= self._pending.room:
                self._pending.add(text)
                self._report_soon()
                shown = text
            else:
                shown = self._settle_beyond(name, text)
        if shown and self.show and self._outer is not None:
            return self._outer.write(name, shown)
        return shown

    def add(self, output: Output, display_id: str = "") -> Output | None:
        """Record anything but text of a stream; return what of it may be shown."""
        output = self._secrets.hide_in(output)
        with self._lock:
            self._settle()
            self.errors += output["output_type"] == "error"
            shown = self._keep(output, display_id)
        if shown is not None and self.show and self._outer is not None:
            return self._outer.pass_on(shown, display_id)
        return shown

    def pass_on(self, output: Output, display_id: str) -> Output | None:
        """Record what code nested in this one showed; its exceptions are not ours."""
        errors = self.errors
        shown = self.add(output, display_id)
        self.errors = errors
        return shown

    def update(self, display_id: str, output: Output) -> None:
        """Replace the displays of an id."""
        with self._lock:
            self._log.update(display_id, output["data"], output["metadata"])
        if self._outer is not None:
            self._outer.update(display_id, output)

    def clear(self, *, wait: bool) -> None:
        """Forget what was shown, at once or when the next output comes."""
        with self._lock:
            self._settle()
            self._log.clear(wait=wait)
            self._pending = _Pending()

    def _settle(self) -> None:
        """Move the text that was written since into the log."""
        text = self._pending.take()
        if text:
            self._keep({"output_type": "stream", "name": self._pending.name, "text": text})

    def _settle_beyond(self, name: str, text: str) -> str:
        self._settle()
        shown = self._keep({"output_type": "stream", "name": name, "text": text})
        self._pending = _Pending(name, self._log.room)
        return shown["text"] if shown is not None else ""

    def _keep(self, output: Output, display_id: str = "") -> Output | None:
        shown = self._log.add(output, display_id=display_id)
        if shown is not None:
            self._unreported.append(shown)
            self._report_soon()
        return shown

    def _report_soon(self) -> None:
        __tracebackhide__ = True
        if not self._report_due:
            self._report_due = True
            later = partial(self._loop.call_later, _REPORT_EVERY, self._report)
            self._loop.call_soon_threadsafe(later, context=self._context)

    def _report(self) -> None:
        with self._lock:
            self._settle()
            unreported, self._unreported, self._report_due = self._unreported, [], False
        for output in unreported:
            self._on_output(output)

    def owns_thread(self, stream: Any) -> bool:
        """True when the captured code started the calling thread, or it reads our file descriptor."""
        thread = threading.current_thread()
        return thread.ident not in self._threads_before or thread is getattr(stream, "watch_fd_thread", None)


def here(stream: Any = None) -> Capture | None:
    """The capture that what happens now belongs to."""
    capture = current.get()
    if capture is None:
        return at_work[-1] if at_work and at_work[-1].owns_thread(stream) else None
    return capture if capture in at_work else None


class Page:
    """The displays that one execution put on the page.

    A front end clears whole cells, and with them the answer around this execution. So clearing is done by
    updating our own displays: they are blanked, and the next displays take their places.
    """

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._free: list[str] = []
        self._stale: list[str] = []

    def show(self, publish: Callable[..., None], data: Any, metadata: Any, display_id: str) -> None:
        """Put a display on the page."""
        stale, self._stale = self._stale, []
        if self._free and not display_id:
            place = self._free.pop(0)
            publish(data, metadata, transient={"display_id": place}, update=True)
        else:
            place = display_id or uuid4().hex
            publish(data, metadata, transient={"display_id": place})
        self._shown.append(place)
        self._blank(publish, [old for old in stale if old != place])

    def clear(self, publish: Callable[..., None], *, wait: bool) -> None:
        """Take this execution's displays off the page, now or when the next one comes."""
        self._free = [*self._shown, *self._free]
        self._shown = []
        if wait:
            self._stale = list(self._free)
        else:
            self._blank(publish, self._free)

    @staticmethod
    def _blank(publish: Callable[..., None], places: list[str]) -> None:
        for place in places:
            publish({"text/plain": ""}, {}, transient={"display_id": place}, update=True)


class _Pending:
    """Text of one stream that is not in the log yet; a loop of prints has no time for more."""

    def __init__(self, name: str = "", room: int = 0) -> None:
        self.name = name
        self.room = room
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        __tracebackhide__ = True
        self._pieces.append(text)
        self.room -= len(text)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text


def error_output(name: str, value: object, traceback: list[str]) -> Output:
    """An exception as a Jupyter output."""
    return {"output_type": "error", "ename": name, "evalue": str(value), "traceback": list(traceback)}


def display_output(data: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> Output:
    """A display as a Jupyter output."""
    return {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})}
