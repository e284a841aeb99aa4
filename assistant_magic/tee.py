"""While code runs, the methods that its outputs pass through also record them.

Display hooks would be the tidy way, but the display hook has them on new ipykernels only, streams run theirs on
another thread, and a terminal has none. So `write`, `publish` and their like are replaced on the objects in place:
that also catches what loggers and subprocesses write to the streams they already hold.
"""

from __future__ import annotations

import base64
import io
import sys
import threading
import tokenize
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from assistant_magic.capture import NOBODY, Capture, current, display_output, error_output, here
from assistant_magic.interrupts import without_handler
from assistant_magic.items import Output
from assistant_magic.masking import mask_output

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@contextmanager
def tee(capture: Capture, shell: InteractiveShell | None) -> Iterator[None]:
    """Record in `capture` what the code inside shows; put sys.stdout and sys.stderr back afterwards."""
    streams = sys.stdout, sys.stderr
    with ExitStack() as stack:
        for name, stream in zip(("stdout", "stderr"), streams, strict=True):
            stack.enter_context(_replaced(stream, "write", _write(name)))
            stack.enter_context(_replaced(stream, "close", lambda _: lambda: None))
        if shell is not None:
            stack.enter_context(_replaced(shell.display_pub, "publish", _publish))
            stack.enter_context(_replaced(shell.display_pub, "clear_output", _clear_output))
            stack.enter_context(_replaced(shell, "showtraceback", _showtraceback))
            stack.enter_context(_replaced(shell, "_showtraceback", _show_exception))
            if hasattr(shell, "ask_exit"):
                stack.enter_context(_replaced(shell, "ask_exit", lambda _: _exit))
        capture.begin()
        token = current.set(capture)
        try:
            yield
        finally:
            current.reset(token)
            sys.stdout, sys.stderr = streams
            capture.end()


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
    ignored = (tokenize.ENDMARKER, tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT)
    try:
        tokens = [t for t in tokenize.generate_tokens(io.StringIO(code).readline) if t.type not in ignored]
    except (tokenize.TokenError, SyntaxError):  # magics are not Python
        return False
    return bool(tokens) and tokens[-1].string == ";"


# ---- stand-ins: each gets the original method and returns what takes its place


def _write(name: str) -> Callable[[Any], Any]:
    def stand_in(original: Any) -> Any:
        stream = getattr(original, "__self__", None)

        def write(text: str) -> int:
            __tracebackhide__ = True  # an interrupt of the code can arrive here
            capture = here(stream)
            if capture is None or not isinstance(text, str):
                return int(original(text) or 0)
            shown = capture.write(name, text)
            if shown and capture.show:
                original(shown)
            return len(text)

        return write

    return stand_in


def _unrecorded(method: Callable[..., Any]) -> Callable[..., Any]:
    """A terminal shows displays and exceptions by printing; that is not output once more."""

    def call(*args: Any, **options: Any) -> Any:
        token = current.set(NOBODY)
        try:
            return method(*args, **options)
        finally:
            current.reset(token)

    return call


def _publish(original: Any) -> Any:
    show = _unrecorded(original)

    def publish(data: Any, metadata: Any = None, *args: Any, **options: Any) -> None:
        capture = here()
        if capture is None:
            original(data, metadata, *args, **options)
            return
        display_id = str((options.get("transient") or {}).get("display_id", ""))
        output = display_output(_encoded(data), metadata)
        if options.get("update"):
            output = mask_output(output)
            capture.update(display_id, output)
            if capture.show:
                show(output["data"], metadata, *args, **options)
            return
        shown = capture.add(output, display_id)
        if shown is not None and capture.show:
            capture.page.show(show, shown["data"], metadata, display_id)

    return publish


def _clear_output(original: Any) -> Any:
    publisher = original.__self__

    def clear_output(wait: bool = False) -> None:
        capture = here()
        if capture is not None:
            capture.clear(wait=wait)
        if capture is None or not hasattr(publisher, "pub_socket") or _in_output_widget():
            if capture is None or capture.show:
                original(wait)
        elif capture.show:
            capture.page.clear(type(publisher).publish.__get__(publisher), wait=wait)

    return clear_output


def _in_output_widget() -> bool:
    """An Output widget clears itself by the same message."""
    widgets = sys.modules.get("ipywidgets.widgets.widget_output")
    if widgets is None:
        return False
    known = getattr(sys.modules["ipywidgets.widgets.widget"], "_instances", {}).values()
    return any(isinstance(widget, widgets.Output) and widget.msg_id for widget in list(known))


def _showtraceback(original: Any) -> Any:
    def showtraceback(*args: Any, **options: Any) -> None:
        without_handler(sys.exc_info()[2])
        original(*args, **options)

    return showtraceback


def _show_exception(original: Any) -> Any:
    def show(etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        capture = here()
        if capture is None:
            original(etype, evalue, stb)
            return
        shown: Output | None = capture.add(error_output(etype.__name__, evalue, stb))
        if shown is not None and capture.show:
            _unrecorded(original)(etype, shown["evalue"], shown["traceback"])

    return show


def _exit() -> None:
    raise SystemExit


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    return {k: base64.b64encode(v).decode() if isinstance(v, bytes) else v for k, v in data.items()}


# ---- replacing one attribute of one object while anybody needs it

_replacements: dict[tuple[int, str], tuple[int, Any, Any]] = {}
_replacing = threading.Lock()


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Let `make(original)` stand for an attribute; shared by all that ask, gone with the last of them.

    Others may replace it in between (`wandb` does): then ours stays below theirs and lets everything through.
    Where nothing can be replaced (no such stream, or one without attributes) nothing is recorded.
    """
    if not hasattr(owner, "__dict__"):
        yield
        return
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
