"""A run below its cell: answer segments, tool cards and outputs, each an ordinary display.

Works in every front end, with no extension. What is saved reads well with no kernel and no JavaScript.
"""

from __future__ import annotations

import logging

from assistant_magic import events
from assistant_magic.events import Event, ItemDone, RunDone, ToolDone, ToolOutput, ToolStarted
from assistant_magic.items import Compaction, HostedToolCall, Image, Item, Message, Reasoning
from assistant_magic.views.answer import Answer
from assistant_magic.views.bundles import Kind, Origin, make_bundle, usage_json
from assistant_magic.views.card_row import CardRow
from assistant_magic.views.cards import draft_card, hosted_card, tool_card
from assistant_magic.views.footnotes import with_footnotes
from assistant_magic.views.markdown import safe_markdown
from assistant_magic.views.pace import Pace
from assistant_magic.views.page import Page, Publish, publish_display
from assistant_magic.views.spans import clean_spans

__all__ = ["InlineView"]

_log = logging.getLogger(__name__)
_WORDS = {
    "thinking": "thinking …",
    "reasoning": "Reasoning",
    "incomplete": "incomplete",
}


class InlineView:
    """Shows one run in the output area of the asking cell.

    Args:
        quiet: Show only the final answer.
        publish: The way to the front end; IPython's display machinery unless told.
        page: Where to show it, instead of a page made from `publish`.
        deltas: What `publish` does with growing words costs no more than what is new in them.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        publish: Publish = publish_display,
        page: Page | None = None,
        deltas: bool = False,
    ) -> None:
        self._page = page or Page(publish)
        self._deltas = deltas
        self._quiet = quiet
        self._origin = Origin()
        self._answers: dict[str, Answer] = {}
        self._last: Answer | None = None
        self._final = ""
        self._cards = CardRow(self._page)
        self._places: dict[str, str] = {}
        self._hosted: dict[str, _Hosted] = {}
        self._reasoning: dict[str, int] = {}
        self._items_seen = False
        self._pace = Pace(self._paint)

    def handle(self, event: Event) -> None:
        """Take notice of one event; never raises."""
        try:
            handler = getattr(self, f"_on_{event.type}", None)
            if handler is not None:
                handler(event)
        except Exception:  # noqa: BLE001 - a page that cannot show something must not end the run
            _log.warning("cannot show %s", event.type, exc_info=True)

    # ---- the run

    def _on_run_started(self, event: events.RunStarted) -> None:
        self._origin = Origin(run_id=event.run_id, thread_id=event.thread_id, model=event.model)

    def _on_turn_started(self, _event: events.TurnStarted) -> None:
        self._items_seen = False

    def _on_turn_done(self, event: events.TurnDone) -> None:
        if not self._items_seen:  # a backend that does not stream
            for number, item in enumerate(event.items):
                self._show_item(f"{self._page.count}:{number}", item)

    def _on_run_done(self, event: RunDone) -> None:
        self._close()
        if self._quiet and self._final:
            self._last = Answer(self._page, self._origin, "final")
            self._last.finish(self._final)
        structure = {
            "run_status": event.status,
            "usage": usage_json(event.usage),
            "seconds": round(event.seconds, 3),
        }
        if event.status == "incomplete":
            self._show(
                "status",
                f"> **{_WORDS['incomplete']}** · {clean_spans(' '.join(event.reason.split()))}",
                **structure,
            )
        elif (
            self._last is not None
        ):  # what failed or was stopped is said by the cell's own last line, its error
            self._last.close(structure)

    def _on_notice(self, event: events.Notice) -> None:
        if not self._quiet:
            self._show("notice", "> " + safe_markdown(" ".join(event.text.split())))

    # ---- words

    def _on_text_delta(self, event: events.TextDelta) -> None:
        if self._quiet:
            return
        self._answer(event.part).add(event.text)
        self._pace.ask(0 if self._deltas else self._answers[event.part].waiting)

    def _on_reasoning_delta(self, event: events.ReasoningDelta) -> None:
        if event.part not in self._reasoning and not self._quiet:
            self._reasoning[event.part] = self._show(
                "reasoning", f"> *{_WORDS['thinking']}*", status="streaming"
            )

    def _on_item_done(self, event: ItemDone) -> None:
        self._items_seen = True
        self._show_item(event.part, event.item)

    def _show_item(self, part: str, item: Item) -> None:
        if isinstance(item, Message):
            self._final = with_footnotes(item.text, item.citations)
        if self._quiet:
            return
        if isinstance(item, Message) and self._final.strip():
            self._answer(part).finish(self._final)
            del self._answers[part]
        elif isinstance(item, Reasoning):
            self._show_reasoning(part, item)
        elif isinstance(item, HostedToolCall):
            self._show_hosted(part, item)
        elif isinstance(item, Compaction) and item.text:
            self._show("notice", "> " + safe_markdown(" ".join(item.text.split())))

    def _show_reasoning(self, part: str, item: Reasoning) -> None:
        number = self._reasoning.pop(part, None)
        markdown = ""
        if item.text.strip():
            # fixed tags around cleaned words; every reader that cleans HTML knows these two
            summary = f"<details><summary>{_WORDS['reasoning']}</summary>"
            markdown = f"{summary}\n\n{safe_markdown(item.text)}\n\n</details>"
        bundle = make_bundle("reasoning", markdown, self._origin, {"id": part, "status": "done"})
        if number is not None:
            self._page.update(number, bundle)
        elif markdown:
            self._flush()
            self._page.append(bundle)

    # ---- tools

    def _on_tool_call_delta(self, event: events.ToolCallDelta) -> None:
        # one at a time: outputs of the first call must not land below the card of the second
        if self._cards.takes_draft and not self._quiet:
            self._cards.draft(self._show("tool", draft_card(event.name), status="writing"))

    def _on_tool_started(self, event: ToolStarted) -> None:
        self._places[event.call.call_id] = event.executor
        if not self._quiet:
            self._flush()
            self._cards.show(event.call.call_id, *tool_card(event.call, event.executor), self._origin)

    def _on_tool_output(self, event: ToolOutput) -> None:
        self._cards.count(event.output)
        if not event.shown and not self._quiet:
            self._flush()
            self._page.show_output(event.output)

    def _on_tool_done(self, event: ToolDone) -> None:
        if self._quiet:
            return
        self._flush()
        place = event.result.executor or self._places.get(event.call.call_id, "")
        self._cards.show(event.call.call_id, *tool_card(event.call, place, event.result), self._origin)
        for part in () if event.result.outputs else event.result.content:
            if isinstance(part, Image):
                self._page.show_output({"output_type": "display_data", "data": {part.media_type: part.data}})

    def _on_hosted_tool_delta(self, event: events.HostedToolDelta) -> None:
        if self._quiet:
            return
        tool = self._hosted.setdefault(event.part, _Hosted(event.name))
        tool.source += event.text
        tool.status = event.status or tool.status
        if tool.display is None:
            markdown, structure = hosted_card(tool.name, tool.source, tool.status)
            tool.display = self._show("tool", markdown, id=event.part, **structure)
        self._pace.ask(len(tool.source))

    def _show_hosted(self, part: str, item: HostedToolCall) -> None:
        tool = self._hosted.pop(part, _Hosted(item.name))
        tool.source, tool.status = item.input or tool.source, item.status
        self._flush()
        markdown, structure = hosted_card(item.name, tool.source, tool.status, item.call_id, item.citations)
        bundle = make_bundle("tool", markdown, self._origin, {"id": part, **structure})
        if tool.display is None:
            tool.display = self._page.append(bundle)
        else:
            self._page.update(tool.display, bundle)
        if item.needs_approval:
            self._cards.adopt(item.call_id, tool.display)
        for output in item.outputs:
            self._page.show_output(output)

    # ---- painting

    def _answer(self, part: str) -> Answer:
        if part not in self._answers:
            self._flush()
            self._answers[part] = self._last = Answer(self._page, self._origin, part)
        return self._answers[part]

    def _show(self, kind: Kind, markdown: str, **structure: object) -> int:
        self._flush()
        return self._page.append(make_bundle(kind, markdown, self._origin, structure))

    def _flush(self) -> None:
        """Paint what waits, so that what comes next stands below it."""
        self._pace.stop()
        self._paint()

    def _close(self) -> None:
        """Nothing grows any more: keep what came, and let nothing look as if it went on."""
        self._flush()
        for answer in self._answers.values():
            answer.finish()
        self._answers.clear()
        for tool in self._hosted.values():
            tool.status = "interrupted"
        self._paint()
        for part in list(self._reasoning):
            self._show_reasoning(part, Reasoning())
        self._hosted.clear()
        self._cards.drop_draft(self._origin)

    def _paint(self) -> None:
        for answer in self._answers.values():
            answer.paint()
        for part, tool in self._hosted.items():
            if tool.display is not None:
                markdown, structure = hosted_card(tool.name, tool.source, tool.status)
                self._page.update(
                    tool.display, make_bundle("tool", markdown, self._origin, {"id": part, **structure})
                )


class _Hosted:
    """A hosted tool that is at work."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.source = ""
        self.status = "in_progress"
        self.display: int | None = None
