"""The line between this kernel and the pages that show its notebook: one comm, which all of them hear.

The kernel opens it at `%load_ext`. A page without our extension closes it or says nothing; one with it says
hello, and after a reload finds the comm again by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant_magic.codec import JSON

__all__ = ["TARGET", "Line"]

TARGET = "assistant_magic"
"""Name of the comm."""


class Line:
    """Sends to every page and hears them all.

    Args:
        hear: Given what a page says, on the loop of the runs.

    Attributes:
        listening: A page with our extension has said hello.
        hears_busy: What that page says arrives even while a cell runs.
        renders: It shows what stands below cells, while it grows.
    """

    renders = True

    def __init__(self, hear: Callable[[JSON], None]) -> None:
        self.listening = False
        self.hears_busy = False
        self._hear = hear
        self._comm: Any = None

    def open(self) -> None:
        """Call the pages that are there, unless the line is open."""
        if self._comm is not None:
            return
        from comm import create_comm

        self._comm = create_comm(target_name=TARGET, data={"version": 1})
        self._comm.on_msg(self._take)
        self._comm.on_close(self._closed)
        if hasattr(self._comm, "_reply_subshell_for"):
            # ipykernel 7.4 sends replies to the shell that spoke last on a comm, where a running cell blocks them.
            self._comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001

    def close(self) -> None:
        """Leave the pages."""
        if self._comm is not None:
            self._comm.close()
        self._comm, self.listening = None, False

    def send(self, message: JSON) -> None:
        """Say something to all pages; from any thread."""
        if self.listening and self._comm is not None:
            self._comm.send(message)

    def _take(self, message: JSON) -> None:
        from assistant_magic.background import runs

        # Comes on the main thread or on a subshell's; from here on there is one thread.
        runs.get().call_soon_threadsafe(self._handle, message["content"]["data"])

    def _handle(self, data: JSON) -> None:
        if data.get("type") == "hello":
            self.listening = True
            self.hears_busy = bool(data.get("hears_busy"))
            self.send({"type": "welcome"})
        self._hear(data)

    def _closed(self, _message: JSON) -> None:
        self._comm, self.listening = None, False
