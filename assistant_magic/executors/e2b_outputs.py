"""What comes out of a sandbox, as Jupyter outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from assistant_magic.executors import Execution, OnOutput
from assistant_magic.items import Output
from assistant_magic.outputs import OutputLog

_MIMES = {
    "text": "text/plain",
    "html": "text/html",
    "markdown": "text/markdown",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "pdf": "application/pdf",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
}


class Outputs:
    """Receives an execution's outputs from the SDK, in order.

    Args:
        log: What bounds and keeps them.
        on_output: Told of outputs as they come.
        enough: Characters of text after which `flooded` is set: the SDK keeps all of it in memory.

    Attributes:
        came: Something was received from the code.
        flooded: More text came than anybody can want.
    """

    def __init__(self, log: OutputLog, on_output: OnOutput, enough: int) -> None:
        self.flooded = asyncio.Event()
        self._enough = enough
        self._log = log
        self._on_output = on_output
        self._failed = False
        self.came = False

    def stdout(self, message: Any) -> None:
        """Printed text."""
        self._text("stdout", message.line)

    def stderr(self, message: Any) -> None:
        """Text on the error stream."""
        self._text("stderr", message.line)

    def result(self, result: Any) -> None:
        """A displayed value, with every form of it that is a MIME type."""
        data = {
            mime: getattr(result, field)
            for field, mime in _MIMES.items()
            if getattr(result, field) is not None
        }
        extra: Mapping[str, Any] = result.extra or {}
        self._add({"output_type": "display_data", "data": {**data, **extra}, "metadata": {}})

    def error(self, error: Any) -> None:
        """An exception of the code."""
        self._failed = True
        traceback = str(error.traceback or "").split("\n")
        self._add(
            {"output_type": "error", "ename": error.name, "evalue": error.value, "traceback": traceback}
        )

    def note(self, text: str) -> None:
        """A line of ours to the reader."""
        self._show({"output_type": "stream", "name": "stderr", "text": text})

    def interrupted(self) -> None:
        """The stream was broken off, so the exception that this raised in the code did not come."""
        if not self._failed:
            self._failed = True
            self._show({"output_type": "error", "ename": "KeyboardInterrupt", "evalue": "", "traceback": []})

    def finish(self) -> None:
        """Report what was held back."""
        for output in self._log.rest:
            self._on_output(output)

    def execution(self, seconds: float, reason: str) -> Execution:
        """The outcome."""
        return Execution(outputs=self._log.outputs, seconds=seconds, ok=not self._failed, interrupted=reason)

    def _text(self, name: str, text: str) -> None:
        self._enough -= len(text)
        if self._enough < 0:
            self.flooded.set()
        self._add({"output_type": "stream", "name": name, "text": text})

    def _add(self, output: Output) -> None:
        self.came = True
        self._show(output)

    def _show(self, output: Output) -> None:
        shown = self._log.add(output)
        if shown is not None:
            self._on_output(shown)
