"""A chat below a cell: an ipywidget through which pages without our extension, too, see a thread and are heard.

It is a view and holds no conversation: a page that shows it asks for the thread, as the side panel does. What stays
in the notebook is one line of Markdown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Bool, Unicode

from assistant_magic.background import runs
from assistant_magic.codec import JSON
from assistant_magic.exceptions import ConfigurationError
from assistant_magic.views.messages import Called, Welcome

__all__ = ["CHAT", "ChatWidget"]

CHAT = "application/vnd.assistant-magic.chat.v1+json"
"""Lets our extension show the words in place of a widget whose kernel has gone."""

_BUNDLE = Path(__file__).parent.parent / "_widget"


class ChatWidget(anywidget.AnyWidget):
    """A way to the pages that show it; see `pages.Way`.

    Args:
        hear: Given what a page says, on the loop of the runs.
        traits: Those of any ipywidget, and the ones below.
    """

    renders = False  # what stands below other cells is not its business

    thread_id = Unicode(help="The thread that it shows.").tag(sync=True)
    title = Unicode(help="What the thread is called.").tag(sync=True)
    model = Unicode(help="Who answers.").tag(sync=True)
    busy = Bool(help="An answer is on its way.").tag(sync=True)
    answer = Unicode(help="The words of the last answer.")
    height = Unicode("36rem", help="How high it grows at most, in CSS.").tag(sync=True)

    def __init__(self, hear: Callable[[JSON], None], **traits: Any) -> None:
        self.listening = False
        self.hears_busy = False
        self._hear = hear
        super().__init__(**traits)
        self.on_msg(self._take)
        if hasattr(self.comm, "_reply_subshell_for"):
            # ipykernel 7.4 sends replies to the shell that spoke last on a comm, where a running cell blocks them.
            self.comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001

    @property
    def _esm(self) -> str:
        return _read("chat.js")

    @property
    def _css(self) -> str:
        return _read("chat.css")

    def send(self, content: JSON, buffers: Any = None) -> None:
        """Say something to the pages that show it; from any thread."""
        if self.listening and self.comm is not None:
            super().send(content, buffers)

    def _take(self, _widget: Any, content: Any, _buffers: Any) -> None:
        # Comes on the main thread or on a subshell's; from here on there is one thread.
        runs.get().call_soon_threadsafe(self._handle, content)

    def _handle(self, data: JSON) -> None:
        if data.get("type") == "leave":
            self.send(Called().to_json())
            self.listening = False
            return
        if data.get("type") == "hello":
            self.listening = True
            self.send(Welcome().to_json())
        self._hear(data)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[JSON, JSON]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        words = f"A chat on the thread `{self.thread_id}`. Run this cell to open it."
        ours = {CHAT: {"v": 1, "model": self.model_id}, "text/markdown": f"> {words}"}
        return {**data, **ours, "text/plain": words.replace("`", "")}, metadata


def _read(name: str) -> str:
    try:
        return (_BUNDLE / name).read_text("utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            "this copy of assistant_magic has no chat for the page",
            "Install a released one, or build it: `cd labextension; npm ci; npm run build`.",
        ) from None
