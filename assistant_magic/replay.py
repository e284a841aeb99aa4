"""A stored thread as exchanges: every run shown again by the view that showed it live."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from assistant_magic import events
from assistant_magic.events import Event
from assistant_magic.items import File, HostedToolCall, Image, Item, Message, Output, ToolCall, ToolResult
from assistant_magic.stores import RunRecord
from assistant_magic.thread import Thread
from assistant_magic.views.bundles import MIME, Bundle
from assistant_magic.views.inline import InlineView
from assistant_magic.views.messages import Attachment, Display, Exchange
from assistant_magic.views.page import SilentPage, output_data

__all__ = ["attachments", "exchanges"]

_LONGEST_PICTURE = 400_000
"""Characters of base64 up to which a picture beside a prompt is shown; of a longer one, the name."""


def exchanges(thread: Thread, runs: Sequence[RunRecord]) -> tuple[Exchange, ...]:
    """These runs of the thread's branch, as a page shows them."""
    items = thread.items_by_run()
    return tuple(_exchange(thread, run, items[run.id]) for run in runs)


def attachments(prompt: Item) -> tuple[Attachment, ...]:
    """What went along with a prompt, as a page shows it."""
    parts = prompt.content if isinstance(prompt, Message) else ()
    return tuple(
        Attachment(
            name=part.name,
            media_type=part.media_type,
            data=part.data if isinstance(part, Image) and len(part.data) <= _LONGEST_PICTURE else "",
        )
        for part in parts
        if isinstance(part, Image | File)
    )


def _exchange(thread: Thread, run: RunRecord, items: Sequence[Item]) -> Exchange:
    prompt, rest = items[0], items[1:]
    displays = _Displays(run.id)
    view = InlineView(page=SilentPage(displays.publish))
    view.handle(
        events.RunStarted(run_id=run.id, thread_id=run.thread, model=run.model, prompt=""),
    )
    for number, item in enumerate(rest):
        _show(view, f"stored-{number}", item, rest, displays)
    if run.status != "in_progress":
        done = partial(events.RunDone, run_id=run.id, status=run.status, reason=run.reason)
        view.handle(done(usage=run.usage, seconds=run.seconds))
    return Exchange(
        run=run.id,
        prompt=prompt.text if isinstance(prompt, Message) else "",
        attachments=attachments(prompt),
        cell=run.cell,
        status=run.status,
        displays=tuple(displays.found.values()),
        versions=tuple(version.id for version in thread.versions(run)),
    )


def _show(view: InlineView, part: str, item: Item, items: Sequence[Item], displays: _Displays) -> None:
    if isinstance(item, ToolCall):
        return  # with its result
    if not isinstance(item, ToolResult):
        view.handle(events.ItemDone(part=part, item=item))
        if isinstance(item, HostedToolCall):
            displays.show(item.outputs)
        return
    asked = [one.asked if isinstance(one, HostedToolCall) else one for one in items]
    call = next(
        (one for one in asked if isinstance(one, ToolCall) and one.call_id == item.call_id),
        ToolCall(call_id=item.call_id, name=item.name),
    )
    happened: list[Event] = []
    if item.executor:
        happened.append(events.ToolStarted(call=call, executor=item.executor))
    for event in [*happened, events.ToolDone(call=call, result=item)]:
        view.handle(event)
    displays.show(item.outputs)


class _Displays:
    """Collects what a view shows."""

    def __init__(self, run: str) -> None:
        self.found: dict[str, Display] = {}
        self._run = run

    def publish(self, bundle: Bundle, display_id: str, *, update: bool) -> None:
        del update
        if MIME in bundle.data:
            self.found[display_id] = Display(id=display_id, data=bundle.data, metadata=bundle.metadata)

    def show(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            if data := output_data(output):
                name = f"{self._run}-output-{len(self.found)}"
                self.found[name] = Display(id=name, data=data)
