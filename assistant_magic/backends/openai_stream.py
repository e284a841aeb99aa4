"""A streamed answer, put together from its events.

Servers differ in what they send (measured on recorded traffic of several): item ids that change with every
event, output indexes that repeat, items that only the last event names, events nobody documented. So: a
delta finds its item by id, else by output index; unknown events are ignored; the `done` form of an item
decides; the answer is the union of those with what the terminal event lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from assistant_magic.backends.openai_draft import Draft
from assistant_magic.backends.openai_events import STATUS, TERMINAL, WHOLE, WORDS
from assistant_magic.backends.openai_hosted import hosted_name
from assistant_magic.backends.openai_items import item_from_wire
from assistant_magic.backends.openai_wire import Wire, dicts
from assistant_magic.events import (
    Event,
    Finish,
    HostedToolDelta,
    ItemDone,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
)
from assistant_magic.items import Item, Message, Text, Usage

_NONE: tuple[Event, ...] = ()


class Answer:
    """All output items of one response, in the order of their first appearance.

    Attributes:
        response_id: The server's id of it, or `""`.
        sequence: Number of the last event, where to resume a background response.
        ended: A terminal event was seen.
        failure: What the server gave as the reason when it failed, else None.
        dropped: A function call that was cut short is left out of `items`.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.response_id = ""
        self.sequence: int | None = None
        self.begun = False
        self.ended = False
        self.finish: Finish = "stop"
        self.failure: Wire | None = None
        self.dropped = False
        self.usage = Usage()
        self.model = ""
        self.tier = ""
        self._drafts: list[Draft] = []
        self._by_id: dict[Any, Draft] = {}
        self._by_index: dict[Any, Draft] = {}
        self._prefix = uuid4().hex[:8]

    @property
    def over(self) -> bool:
        """Nothing more will come: it ended, or it failed."""
        return self.ended or self.failure is not None

    @property
    def items(self) -> tuple[Item, ...]:
        """The finished items."""
        return tuple(draft.item for draft in self._drafts if draft.item is not None)

    def take(self, event: Wire) -> Iterable[Event]:
        """What a reader learns from one event of the server."""
        if not isinstance(event, Mapping):
            return _NONE
        self.begun = True
        sequence = event.get("sequence_number")
        if isinstance(sequence, int):
            self.sequence = sequence
        kind = event.get("type")
        words = WORDS.get(kind) if isinstance(kind, str) else None
        if words is not None:
            return self._words(event, *words)
        whole = WHOLE.get(kind) if isinstance(kind, str) else None
        if whole is not None:
            return self._all_words(event, *whole)
        if kind == "response.output_item.added":
            self._start(event)
            return _NONE
        if kind == "response.output_item.done":
            return self._done(event)
        if kind == "response.image_generation_call.partial_image":
            self._draw(event)
            return _NONE
        if kind == "error":
            self.failure = event
            return _NONE
        return self._lifecycle(event, str(kind).split("."))

    def new_part(self) -> str:
        """A name for a piece of this answer that does not come from the stream."""
        return f"{self._prefix}-{uuid4().hex[:8]}"

    def unfinished(self) -> Iterator[Event]:
        """What was received of items that have no end, each as an item of its own."""
        for draft in self._drafts:
            if draft.item is None:
                item = draft.unfinished(self.origin)
                if item is not None:
                    yield self._finish(draft, item)

    def _words(self, event: Wire, kind: str, place: str) -> Iterable[Event]:
        text = event.get("delta")
        if not isinstance(text, str) or not text:
            return _NONE
        draft = self._find(event.get("item_id"), event.get("output_index"), kind)
        if draft.item is not None:
            return _NONE
        if not text.isascii() or draft.half:
            text = draft.joined(text)
        spot = (place, event.get(place))
        new = spot not in draft.texts
        draft.write(spot, text)
        if draft.kind == "message":
            return (TextDelta(part=draft.part, text=text),)
        if draft.kind == "reasoning":
            gap = "\n\n" if new and len(draft.texts) > 1 else ""
            return (ReasoningDelta(part=draft.part, text=gap + text),)
        if draft.kind in {"function_call", "custom_tool_call"}:
            return (ToolCallDelta(part=draft.part, name=draft.name, text=text),)
        return (HostedToolDelta(part=draft.part, name=hosted_name(draft.kind), text=text),)

    def _all_words(self, event: Wire, kind: str, place: str, field: str) -> Iterable[Event]:
        """Take the finished form of words that no delta brought."""
        draft = self._by_id.get(event.get("item_id")) or self._by_index.get(event.get("output_index"))
        if draft is None and any(known.kind == kind for known in self._drafts):
            return _NONE
        if draft is not None and (draft.kind != kind or (place, event.get(place)) in draft.texts):
            return _NONE
        return self._words({**event, "delta": event.get(field)}, kind, place)

    def _draw(self, event: Wire) -> None:
        """Keep a picture as far as it is, for a server that never sends it whole."""
        picture = event.get("partial_image_b64")
        if isinstance(picture, str) and picture:
            draft = self._find(event.get("item_id"), event.get("output_index"), "image_generation_call")
            if draft.item is None:
                draft.wire = {**draft.wire, "result": picture}

    def _lifecycle(self, event: Wire, kind: list[str]) -> Iterable[Event]:
        response = event.get("response")
        if len(kind) == 2 and kind[1] in TERMINAL and response is None:
            response = {}
        if len(kind) == 2 and isinstance(response, dict):
            self.response_id = str(response.get("id") or self.response_id)
            self.model = str(response.get("model") or self.model)
            self.tier = str(response.get("service_tier") or "")
            return self._end(kind[1], response) if kind[1] in TERMINAL else _NONE
        if len(kind) != 3 or kind[2] not in STATUS:
            return _NONE
        draft = self._by_id.get(event.get("item_id")) or self._by_index.get(event.get("output_index"))
        if draft is None or draft.item is not None:
            return _NONE
        status = kind[2].replace("_", " ")
        return (HostedToolDelta(part=draft.part, name=hosted_name(draft.kind), status=status),)

    def _start(self, event: Wire) -> None:
        wire = event.get("item")
        if isinstance(wire, dict):
            known = self._by_id.get(wire.get("id"))
            if known is None or known.item is not None:
                self._open(wire, event.get("output_index"))

    def _open(self, wire: Wire, index: Any) -> Draft:
        draft = Draft(f"{self._prefix}-{len(self._drafts)}", wire, index)
        self._drafts.append(draft)
        if wire.get("id"):
            self._by_id[wire["id"]] = draft
        self._by_index[index] = draft
        return draft

    def _find(self, item_id: Any, index: Any, kind: str) -> Draft:
        draft = self._by_id.get(item_id)
        if draft is None:
            draft = self._by_index.get(index)
            if draft is None or draft.item is not None or draft.kind != kind:
                draft = self._open({"type": kind, "id": item_id}, index)
        return draft

    def _done(self, event: Wire) -> Iterable[Event]:
        wire = event.get("item")
        if not isinstance(wire, dict):
            return _NONE
        draft = self._find(wire.get("id"), event.get("output_index"), str(wire.get("type")))
        if draft.item is not None or not self._whole(wire):
            return _NONE
        return (self._settle(draft, wire),)

    def _whole(self, wire: Wire) -> bool:
        cut = wire.get("type") == "function_call" and wire.get("status") == "incomplete"
        self.dropped |= cut
        return not cut

    def _settle(self, draft: Draft, wire: Wire) -> Event:
        # Some servers send a done item without its words.
        if draft.kind == "image_generation_call" and not wire.get("result"):
            wire = {**wire, "result": draft.wire.get("result")}
        item = item_from_wire(wire, self.origin)
        if isinstance(item, Message) and not item.text and draft.texts:
            item = Message(
                role="assistant", content=(Text(text=draft.text()),), provider_data=item.provider_data
            )
        return self._finish(draft, item)

    def _finish(self, draft: Draft, item: Item) -> Event:
        draft.item = item
        draft.texts.clear()
        return ItemDone(part=draft.part, item=item)

    def _end(self, status: str, response: dict[str, Any]) -> list[Event]:
        self.ended = True
        status = str(response.get("status") or status) if status == "done" else status
        self.usage = usage_from_wire(response.get("usage"))
        if status == "incomplete":
            details = response.get("incomplete_details") or {}
            self.finish = "content_filter" if details.get("reason") == "content_filter" else "length"
        elif status in {"failed", "cancelled"}:
            self.failure = response.get("error") or {"code": status, "message": f"the response was {status}"}
        announced = list(self._union(dicts(response.get("output"))))
        if status == "completed":
            for draft in self._drafts:
                wire = draft.finished() if draft.item is None else None
                if wire is not None:
                    announced.append(self._settle(draft, wire))
        return announced

    def _union(self, output: Iterable[Wire]) -> Iterator[Event]:
        """Take from the terminal event what no `done` event brought."""
        free = list(self._drafts)
        for place, wire in enumerate(output):
            draft = self._match(wire, place, free)
            if draft is None:
                draft = self._open(wire, place)
            else:
                free.remove(draft)
            if draft.item is None and self._whole(wire):
                yield self._settle(draft, wire)

    def _match(self, wire: Wire, place: int, free: Sequence[Draft]) -> Draft | None:
        """The draft of an item that the terminal event lists, whatever the server calls it there."""
        kind = wire.get("type")
        same = [draft for draft in free if draft.kind == kind]
        by_id = [draft for draft in same if draft.wire.get("id") and draft.wire["id"] == wire.get("id")]
        by_call = [
            d for d in same if wire.get("call_id") and getattr(d.item, "call_id", None) == wire["call_id"]
        ]
        by_place = [draft for draft in same if draft.index == place]
        said = _words(item_from_wire(wire, self.origin))
        by_words = [draft for draft in same if said and _words(draft.item) == said]
        unfinished = [draft for draft in same if draft.item is None]
        if kind == "function_call":
            by_place = [draft for draft in by_place if draft.item is None]
        return next(iter([*by_call, *by_id, *by_place, *by_words, *unfinished]), None)


def usage_from_wire(usage: Any) -> Usage:
    """Tokens as the server counted them; zeros where it did not."""
    if not isinstance(usage, dict):
        return Usage()
    read, written = usage.get("input_tokens_details") or {}, usage.get("output_tokens_details") or {}
    return Usage(
        input_tokens=int(usage.get("input_tokens") or 0),
        cached_tokens=int(read.get("cached_tokens") or 0),
        output_tokens=int(usage.get("output_tokens") or 0),
        reasoning_tokens=int(written.get("reasoning_tokens") or 0),
    )


def _words(item: Item | None) -> str | None:
    return getattr(item, "text", None) or getattr(item, "input", None)
