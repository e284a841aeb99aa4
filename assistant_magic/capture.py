"""What one execution shows, recorded on its way to the reader."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any
from uuid import uuid4

from assistant_magic.executors import OnOutput
from assistant_magic.items import Output
from assistant_magic.outputs import OutputLog

_REPORT_EVERY = 0.05  # seconds between reports to `on_output`

current: ContextVar[Capture | None] = ContextVar("assistant_magic_capture", default=None)
"""The capture that the running code belongs to; threads that the code starts do not inherit it."""
at_work: list[Capture] = []
"""Captures whose code is running, latest last."""


class Capture:
    """Outputs of one execution; `tee.tee` feeds it. Make it on the loop of the runs.

    Args:
        show: Let everything through to the reader; else only record.
        log: Where outputs are kept, and what bounds both.
        on_output: Told of outputs on the loop of the runs, text joined to a few pieces a second.

    Attributes:
        errors: How many exceptions were shown.
    """

    def __init__(self, *, show: bool, log: OutputLog, on_output: OnOutput) -> None:
        self.show = show
        self.log = log
        self.page = Page()
        self.errors = 0
        self._reporter = _Reporter(on_output)
        self._lock = threading.RLock()
        self._threads_before: set[int | None] = set()
        self._outer: Capture | None = None

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
        for output in self.log.rest:
            if self.show:
                getattr(sys, output["name"]).write(output["text"])
            self._reporter.add(output)
        self._reporter.flush()

    def add(self, output: Output, display_id: str = "") -> Output | None:
        """Record; return what may be shown."""
        with self._lock:
            self.errors += output["output_type"] == "error"
            shown = self.log.add(output, display_id=display_id)
            if shown is not None:
                self._reporter.add(shown)
        if shown is not None and self.show and self._outer is not None:
            return self._outer.pass_on(shown, display_id)
        return shown

    def pass_on(self, output: Output, display_id: str) -> Output | None:
        """Record what code nested in this one showed; its exceptions are not ours."""
        errors = self.errors
        shown = self.add(output, display_id)
        self.errors = errors
        return shown

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


class _Reporter:
    """Carries outputs from the executing thread to `on_output` on the loop of the runs."""

    def __init__(self, on_output: OnOutput) -> None:
        self._on_output = on_output
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Output] = []
        self._lock = threading.Lock()
        self._scheduled = False

    def add(self, output: Output) -> None:
        with self._lock:
            self._waiting.append(output)
            if self._scheduled:
                return
            self._scheduled = True
        self._loop.call_soon_threadsafe(self._loop.call_later, _REPORT_EVERY, self._deliver)

    def flush(self) -> None:
        self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            waiting, self._waiting, self._scheduled = self._waiting, [], False
        for output in _joined(waiting):
            self._on_output(output)


def _joined(outputs: list[Output]) -> Iterator[Output]:
    """Adjacent text of one stream as one output."""
    name, pieces = "", list[str]()
    for output in outputs:
        stream = output["name"] if output["output_type"] == "stream" else ""
        if pieces and stream != name:
            yield {"output_type": "stream", "name": name, "text": "".join(pieces)}
            pieces = []
        if stream:
            name = stream
            pieces.append(output["text"])
        else:
            yield output
    if pieces:
        yield {"output_type": "stream", "name": name, "text": "".join(pieces)}


def error_output(name: str, value: object, traceback: list[str]) -> Output:
    """An exception as a Jupyter output."""
    return {"output_type": "error", "ename": name, "evalue": str(value), "traceback": list(traceback)}


def display_output(data: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> Output:
    """A display as a Jupyter output."""
    return {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})}
