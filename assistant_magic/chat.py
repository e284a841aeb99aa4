"""A thread as a chat below a cell: `%assistant chat`, or `Chat(tutor)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant_magic import kernel
from assistant_magic.assistant import Assistant
from assistant_magic.background import runs
from assistant_magic.codec import JSON
from assistant_magic.desk import Desk
from assistant_magic.items import Message
from assistant_magic.prompts import Box
from assistant_magic.thread import Thread
from assistant_magic.views.messages import Ask, FromPage, Stop
from assistant_magic.views.widget import ChatWidget

__all__ = ["Chat"]


class Chat(ChatWidget):
    """A conversation as a widget: displayed, put into a layout, observed.

    Args:
        about: An assistant, which answers on a new thread; or a thread to continue. By default the notebook's
            own thread, which cells and the side panel share.
        thread: With an assistant, the thread to continue.
        traits: Those of any ipywidget, and `height`.

    Attributes:
        thread_id: The thread that it shows.
        title: What the thread is called.
        model: Who answers.
        busy: An answer is on its way.
        answer: The words of the last answer.
        height: How high it grows at most, in CSS.
    """

    def __init__(
        self, about: Assistant | Thread | None = None, *, thread: Thread | None = None, **traits: Any
    ) -> None:
        if isinstance(about, Thread):
            about, thread = None, about
        super().__init__(self._turn_to, **traits)
        shared = _desk_of_notebook(thread) if about is None else None
        self._desk = shared or Desk(self, Box(), about, thread)
        if shared is not None:
            shared.pages.join(self)
        self._desk.pages.followed = True  # by its traits, even while no page shows it
        self.thread_id = self._desk.session.thread.id

    def ask(self, prompt: str) -> None:
        """Ask as if it were typed into the box; observe `answer` to hear what comes of it."""
        self._say(Ask(text=prompt))

    def stop(self) -> None:
        """End the answer that is on its way."""
        self._say(Stop())

    def close(self) -> None:
        """Take it off the pages; the conversation stays."""
        self._desk.pages.leave(self)
        super().close()

    def send(self, content: JSON, buffers: Any = None) -> None:
        """Say something to the pages that show it, and keep the traits up to it."""
        super().send(content, buffers)
        kind = content.get("type")
        if kind == "transcript":
            names = {"thread_id": content["thread"]} | {n: content.get(n, "") for n in ("title", "model")}
            self._change(lambda: {**names, "busy": bool(content.get("running"))})
        elif kind == "began":
            self._change(lambda: {"busy": True})
        elif kind == "ended":
            self._change(lambda: {"busy": False, "answer": self._last_words()})

    def _say(self, message: FromPage) -> None:
        runs.get().call_soon_threadsafe(self._turn_to, message.to_json())

    def _turn_to(self, data: JSON) -> None:
        self._desk.hear(data)

    def _change(self, traits: Callable[[], Mapping[str, Any]]) -> None:
        # Who observes a trait expects to be called between cells, on the thread that runs them.
        def change() -> None:
            for name, value in traits().items():
                setattr(self, name, value)

        kernel.spawn(kernel.on_main(change))

    def _last_words(self) -> str:
        said = [item for item in self._desk.session.thread.items if isinstance(item, Message)]
        return said[-1].text if said and said[-1].role == "assistant" else ""


def _desk_of_notebook(thread: Thread | None) -> Desk | None:
    """The desk that the magics use, if they are loaded and this is the thread that they continue."""
    shell = kernel.shell()
    magics: Any = shell.magics_manager.registry.get("AssistantMagics") if shell is not None else None
    if magics is None or (thread is not None and thread.id != magics.session.thread.id):
        return None
    desk: Desk = magics.desk
    return desk
