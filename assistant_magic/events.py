"""What a run announces while it goes on. Events pass and are never stored; items are what stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from assistant_magic.codec import Value, nested
from assistant_magic.items import Item, Output, ToolCall, ToolResult, Usage

Finish = Literal["stop", "length", "content_filter"]
RunStatus = Literal["in_progress", "requires_action", "completed", "failed", "cancelled", "incomplete"]


class Event(Value):
    """A passing notice."""


# ---- from a backend, during one turn. `part` names the growing piece; it is unique within the run.


@dataclass(frozen=True, kw_only=True)
class TextDelta(Event):
    """More words of the answer."""

    type: ClassVar[Literal["text_delta"]] = "text_delta"
    part: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ReasoningDelta(Event):
    """More words of the reasoning summary."""

    type: ClassVar[Literal["reasoning_delta"]] = "reasoning_delta"
    part: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ToolCallDelta(Event):
    """More of the arguments of a tool call that the model is still writing."""

    type: ClassVar[Literal["tool_call_delta"]] = "tool_call_delta"
    part: str
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class HostedToolDelta(Event):
    """Progress of a hosted tool: more of its `input`, a new `status`, or both."""

    type: ClassVar[Literal["hosted_tool_delta"]] = "hosted_tool_delta"
    part: str
    name: str
    text: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemDone(Event):
    """An item of this turn is complete; deltas of the same `part` are now superseded by it."""

    type: ClassVar[Literal["item_done"]] = "item_done"
    part: str
    item: Item = nested()


@dataclass(frozen=True, kw_only=True)
class Notice(Event):
    """One line for the reader: a retry, a compaction, a container that had to be made anew."""

    type: ClassVar[Literal["notice"]] = "notice"
    text: str


@dataclass(frozen=True, kw_only=True)
class TurnDone(Event):
    """The last event of a turn: its items in order, what it cost, and the state the backend wants back."""

    type: ClassVar[Literal["turn_done"]] = "turn_done"
    items: tuple[Item, ...] = nested()
    usage: Usage = nested(default=Usage())
    finish: Finish = "stop"
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TurnPending(Event):
    """The turn goes on at the provider even without us; a request with this state picks it up again.

    Whoever keeps states keeps this one at once, for all items of the request.
    """

    type: ClassVar[Literal["turn_pending"]] = "turn_pending"
    state: Mapping[str, Any] = field(default_factory=dict)


# ---- from the run


@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    """A prompt was accepted and stored."""

    type: ClassVar[Literal["run_started"]] = "run_started"
    run_id: str
    thread_id: str
    model: str
    prompt: str


@dataclass(frozen=True, kw_only=True)
class TurnStarted(Event):
    """A request goes to the backend; `number` counts from 1."""

    type: ClassVar[Literal["turn_started"]] = "turn_started"
    number: int


@dataclass(frozen=True, kw_only=True)
class ToolStarted(Event):
    """A tool call was allowed and starts; `executor` says where, `""` for a plain function."""

    type: ClassVar[Literal["tool_started"]] = "tool_started"
    call: ToolCall = nested()
    executor: str = ""


@dataclass(frozen=True, kw_only=True)
class ToolOutput(Event):
    """One Jupyter output of a running tool; `shown` is True where the kernel has displayed it already."""

    type: ClassVar[Literal["tool_output"]] = "tool_output"
    call_id: str
    output: Output
    shown: bool = False


@dataclass(frozen=True, kw_only=True)
class ToolDone(Event):
    """A tool call has its result, whatever it is. `call` may never have started (refused, unknown, invalid)."""

    type: ClassVar[Literal["tool_done"]] = "tool_done"
    call: ToolCall = nested()
    result: ToolResult = nested()


@dataclass(frozen=True, kw_only=True)
class RunDone(Event):
    """The run ended; `reason` says in one line why, unless it simply completed."""

    type: ClassVar[Literal["run_done"]] = "run_done"
    run_id: str
    status: RunStatus
    reason: str = ""
    usage: Usage = nested(default=Usage())
    seconds: float = 0.0
