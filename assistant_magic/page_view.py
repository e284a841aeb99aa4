"""A run on pages with our extension: words travel as deltas, and who follows the thread sees all of it.

What stays in the notebook is what `InlineView` leaves there without the extension.
"""

from __future__ import annotations

from assistant_magic.codec import JSON
from assistant_magic.events import Event, ItemDone, RunDone, RunStarted, ToolOutput
from assistant_magic.items import HostedToolCall, Output
from assistant_magic.replay import attachments
from assistant_magic.thread import Thread
from assistant_magic.views.bundles import MIME, Bundle
from assistant_magic.views.inline import InlineView
from assistant_magic.views.messages import Began, Display, Ended, Exchange, Shown
from assistant_magic.views.page import Page, SilentPage, output_data, publish_display
from assistant_magic.views.pages import Pages

__all__ = ["PageView"]


class PageView:
    """Shows one run on all pages.

    Args:
        pages: The pages.
        thread: The thread that the run belongs to.
        cell: Id of the asking cell, below which it is shown too; None for a chat.
        quiet: Show only the final answer.
    """

    def __init__(self, pages: Pages, thread: Thread, *, cell: str | None, quiet: bool = False) -> None:
        self._pages = pages
        self._thread = thread
        self._cell = cell
        self._run = ""
        self._displays: dict[str, Display] = {}
        page = Page(self._publish) if cell is not None else SilentPage(self._publish)
        self._deltas = cell is None or pages.renders
        self._inline = InlineView(quiet=quiet, page=page, deltas=self._deltas)

    def handle(self, event: Event) -> None:
        """Take notice of one event; never raises."""
        if isinstance(event, RunStarted):
            self._run = event.run_id
            self._begin(event)
        self._inline.handle(event)
        if isinstance(event, ToolOutput):
            self._show_output(event.output)
        elif isinstance(event, ItemDone) and isinstance(event.item, HostedToolCall):
            for output in event.item.outputs:
                self._show_output(output)
        elif isinstance(event, RunDone):
            self._pages.live.pop(self._run, None)
            if self._pages.followed:
                self._pages.tell(Ended(run=event.run_id, status=event.status, usage=event.usage))

    def _begin(self, event: RunStarted) -> None:
        self._pages.live[self._run] = self._displays
        if not self._pages.followed:
            return
        runs = self._thread.runs()
        mine = next(run for run in runs if run.id == event.run_id)
        before = runs[: runs.index(mine)]
        exchange = Exchange(
            run=mine.id,
            prompt=event.prompt,
            attachments=attachments(self._thread.items_by_run()[mine.id][0]),
            cell=self._cell or "",
            versions=tuple(run.id for run in self._thread.versions(mine)),
        )
        self._pages.tell(Began(exchange=exchange, after=before[-1].id if before else ""))

    def _publish(self, bundle: Bundle, display_id: str, *, update: bool) -> None:
        structure = bundle.data.get(MIME, {})
        if structure.get("kind") == "answer":
            key = f"{self._run}/{structure['id']}/{structure['segment']}"
            if structure["status"] == "streaming":
                self._pages.grow(key, bundle.data["text/markdown"])
                if update and self._deltas:
                    return
            else:
                self._pages.finish(key)
        if self._cell is not None:
            publish_display(bundle, display_id, update=update)
        if structure and not (update and structure.get("status") == "streaming"):
            self._tell(display_id, bundle.data, bundle.metadata)

    def _show_output(self, output: Output) -> None:
        data = output_data(output)
        if data:
            self._tell(f"{self._run}-output-{len(self._displays)}", data, {})

    def _tell(self, display_id: str, data: JSON, metadata: JSON) -> None:
        display = Display(id=display_id, data=data, metadata=metadata)
        self._displays[display_id] = display
        if self._pages.followed:
            self._pages.tell(Shown(run=self._run, display=display))
