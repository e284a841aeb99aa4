"""What code shows is recorded on its way to the reader: teed, never swallowed and replayed."""

from __future__ import annotations

import asyncio
import base64
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from assistant_magic.executors import OnOutput
from assistant_magic.interrupts import without_handler
from assistant_magic.items import Output
from assistant_magic.outputs import OutputLog

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_REPORT_EVERY = 0.05  # seconds between reports to `on_output`

_current: ContextVar[Capture | None] = ContextVar("assistant_magic_capture", default=None)
_open: list[Capture] = []
"""Captures at work, latest last: where output of threads goes that their code started."""


class Capture:
    """Records one execution. Make it on the loop of the runs, `open` it around the code on its own thread.

    Args:
        show: Let everything through to the reader; else only record.
        log: Where outputs are kept, and what bounds both.
        on_output: Told of outputs on the loop of the runs, text joined to a few pieces a second.
    """

    def __init__(self, *, show: bool, log: OutputLog, on_output: OnOutput) -> None:
        self.show = show
        self.log = log
        self._report = _Reporter(on_output)
        self._lock = threading.RLock()
        self._threads_before: set[int | None] = set()
        self._outer: Capture | None = None

    @contextmanager
    def open(self, shell: InteractiveShell | None) -> Iterator[Capture]:
        """Record what the code inside shows; put sys.stdout and sys.stderr back afterwards."""
        self._threads_before = {thread.ident for thread in threading.enumerate()}
        streams = sys.stdout, sys.stderr
        self._outer = _here()
        if self._outer is not None:
            self.show = self.show and self._outer.show
        token: Token[Capture | None] = _current.set(self)
        _open.append(self)
        try:
            with ExitStack() as stack:
                for name in ("stdout", "stderr"):
                    stack.enter_context(_replaced(getattr(sys, name), "write", _write(name)))
                    stack.enter_context(_replaced(getattr(sys, name), "close", lambda _: lambda: None))
                if shell is not None:
                    stack.enter_context(_replaced(shell.display_pub, "publish", _publish))
                    stack.enter_context(_replaced(shell.display_pub, "clear_output", _clear_output))
                    stack.enter_context(_replaced(shell, "showtraceback", _from_user_code))
                    stack.enter_context(_replaced(shell, "_showtraceback", _showtraceback))
                    if hasattr(shell, "ask_exit"):
                        stack.enter_context(_replaced(shell, "ask_exit", _ask_exit))
                yield self
                if self.show:
                    self._show_rest()
        finally:
            _open.remove(self)
            _current.reset(token)
            sys.stdout, sys.stderr = streams
            self._report.flush(self.log.rest)

    def add(self, output: Output, display_id: str = "") -> Output | None:
        """Record; return what may be shown."""
        with self._lock:
            shown = self.log.add(output, display_id=display_id)
            if shown is not None:
                self._report.add(shown)
        if shown is not None and self.show and self._outer is not None:
            return self._outer.add(shown, display_id)
        return shown

    def owns(self, stream: Any) -> bool:
        """True when the calling thread, which has no context of ours, was started by the captured code."""
        thread = threading.current_thread()
        return thread.ident not in self._threads_before or thread is getattr(stream, "watch_fd_thread", None)

    def _show_rest(self) -> None:
        token = _current.set(None)
        _open.remove(self)
        try:
            for output in self.log.rest:
                getattr(sys, output["name"]).write(output["text"])
        finally:
            _open.append(self)
            _current.reset(token)


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

    def flush(self, rest: tuple[Output, ...]) -> None:
        with self._lock:
            self._waiting.extend(rest)
        self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            waiting, self._waiting, self._scheduled = self._waiting, [], False
        for output in _joined(waiting):
            self._on_output(output)


def _joined(outputs: list[Output]) -> Iterator[Output]:
    pieces: list[str] = []
    name = ""
    for output in [*outputs, {"output_type": ""}]:
        same = output["output_type"] == "stream" and output["name"] == name
        if pieces and not same:
            yield {"output_type": "stream", "name": name, "text": "".join(pieces)}
            pieces = []
        if output["output_type"] == "stream":
            name = output["name"]
            pieces.append(output["text"])
        elif output["output_type"]:
            yield output


# ---- what is replaced while code runs. Each gets the original and returns what stands in for it.


def _here(stream: Any = None) -> Capture | None:
    """The capture that the calling code belongs to."""
    capture = _current.get()
    if capture is None:
        return _open[-1] if _open and _open[-1].owns(stream) else None
    return capture if capture in _open else None


def _write(name: str) -> Callable[[Any], Any]:
    def replacement(original: Any) -> Any:
        stream = getattr(original, "__self__", None)

        def write(text: str) -> int:
            capture = _here(stream)
            if capture is None or not isinstance(text, str):
                return int(original(text) or 0)
            shown = capture.add({"output_type": "stream", "name": name, "text": text})
            if shown is not None and capture.show:
                original(shown["text"])
            return len(text)

        return write

    return replacement


def _publish(original: Any) -> Any:
    def publish(
        data: dict[str, Any], metadata: dict[str, Any] | None = None, *args: Any, **options: Any
    ) -> None:
        capture = _here()
        if capture is None:
            original(data, metadata, *args, **options)
            return
        display_id = str((options.get("transient") or {}).get("display_id", ""))
        output: Output = {"output_type": "display_data", "data": _encoded(data), "metadata": metadata or {}}
        if options.get("update"):
            capture.log.update(display_id, output["data"], output["metadata"])
            shown: Output | None = output
        else:
            shown = capture.add(output, display_id)
        if shown is not None and capture.show:
            original(shown["data"], metadata, *args, **options)

    return publish


def _clear_output(original: Any) -> Any:
    def clear_output(wait: bool = False) -> None:
        capture = _here()
        if capture is not None:
            capture.log.clear(wait=wait)
        if capture is None or capture.show:
            original(wait)

    return clear_output


def _from_user_code(original: Any) -> Any:
    def showtraceback(*args: Any, **options: Any) -> None:
        without_handler(sys.exc_info()[2])
        original(*args, **options)

    return showtraceback


def _showtraceback(original: Any) -> Any:
    def showtraceback(etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        capture = _here()
        if capture is not None:
            capture.add(error_output(etype.__name__, evalue, stb))
        if capture is None or capture.show:
            original(etype, evalue, stb)

    return showtraceback


def _ask_exit(_: Any) -> Any:
    def ask_exit() -> None:
        raise SystemExit

    return ask_exit


def error_output(name: str, value: object, traceback: list[str]) -> Output:
    """An exception as a Jupyter output."""
    return {"output_type": "error", "ename": name, "evalue": str(value), "traceback": list(traceback)}


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    return {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}


@contextmanager
def display_instead_of_result(shell: InteractiveShell, code: str) -> Iterator[None]:
    """A last expression is displayed and nothing else: no `[n]:`, no `_`, no `Out`.

    As in a cell, a final semicolon keeps it quiet.
    """
    quiet = _ends_in_semicolon(code)

    def displayhook(value: object) -> None:
        if value is None or quiet:
            return
        assert shell.display_formatter is not None
        data, metadata = shell.display_formatter.format(value)
        if data:
            shell.display_pub.publish(data, metadata)

    with shell.display_trap:
        before, sys.displayhook = sys.displayhook, displayhook
        try:
            yield
        finally:
            sys.displayhook = before


def _ends_in_semicolon(code: str) -> bool:
    from IPython.core.displayhook import DisplayHook

    try:
        return bool(DisplayHook.semicolon_at_end_of_expression(code))
    except Exception:  # noqa: BLE001  # magics are not Python tokens
        return False


# ---- replacing one attribute of one object while anybody needs it

_replacements: dict[tuple[int, str], tuple[int, Any, Any]] = {}
_replacing = threading.Lock()


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Let `make(original)` stand for an attribute; shared by all that ask, gone with the last of them.

    Others may replace it in between (`wandb` does): then ours stays below theirs and lets everything through.
    """
    key = (id(owner), name)
    with _replacing:
        users, ours, before = _replacements.get(key, (0, None, None))
        if not users:
            ours, before = make(getattr(owner, name)), vars(owner).get(name)
            setattr(owner, name, ours)
        _replacements[key] = (users + 1, ours, before)
    try:
        yield
    finally:
        with _replacing:
            users, ours, before = _replacements.pop(key)
            if users > 1:
                _replacements[key] = (users - 1, ours, before)
            elif vars(owner).get(name) is ours:
                if before is None:
                    delattr(owner, name)
                else:
                    setattr(owner, name, before)
