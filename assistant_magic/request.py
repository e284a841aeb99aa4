"""Everything one run needs besides its thread, and the limits it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant_magic.backends import Backend, ToolDefinition, TurnRequest
from assistant_magic.budget import Budget
from assistant_magic.config import Settings
from assistant_magic.items import Message, Part, ToolCall, ToolResult
from assistant_magic.outputs import output_size
from assistant_magic.stores import StateRecord
from assistant_magic.thread import Thread
from assistant_magic.toolbox import Toolbox

FINISHES = {
    "length": "the answer reached the model's limit of length; ask it to go on",
    "content_filter": "the provider's content filter ended the answer",
}
"""Why a turn did not end by itself, in words for the reader."""


class LimitReachedError(Exception):
    """A limit of the run was reached; its text becomes the run's reason."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Where a run ends in order, although the model would go on.

    Attributes:
        turns: Model calls.
        tool_calls: Tool calls.
        seconds: Wall-clock time.
        output: Characters that tools print and display.
    """

    turns: int = 30
    tool_calls: int = 60
    seconds: float = 3600
    output: int = 100_000_000

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that these settings name."""
        return cls(
            turns=settings.max_turns,
            tool_calls=settings.max_tool_calls,
            seconds=settings.run_seconds,
            output=int(settings.max_output * 1_000_000),
        )

    def reached(self, limit: str) -> str:
        """The line that says so."""
        return f"stopped at the limit of {limit}; ask to go on, or raise it with `%assistant set`"


class Meter:
    """Counts what the tools of one run do, against its limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._calls = self._output = 0

    def count_calls(self, calls: Sequence[ToolCall]) -> None:
        """Count calls before they run.

        Raises:
            LimitReachedError: They are too many.
        """
        self._calls += len(calls)
        if self._calls > self._limits.tool_calls:
            raise LimitReachedError(self._limits.reached(f"{self._limits.tool_calls} tool calls"))

    def count_output(self, result: ToolResult) -> None:
        """Count what a call printed and displayed.

        Raises:
            LimitReachedError: It is too much.
        """
        self._output += output_size(result.outputs)
        if self._output > self._limits.output:
            raise LimitReachedError(self._limits.reached(f"{self._limits.output / 1e6:g} MB of output"))


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """What the caller's tools gave, by `call_id`, for the run that waits for it.

    Attributes:
        otherwise: What all other calls get, as an error; None where each must have its result.
    """

    run: str
    results: Mapping[str, Sequence[Part]]
    otherwise: Sequence[Part] | None = None


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What is asked, of whom, and with what.

    Attributes:
        prompt: The user's message, attachments included; None takes up the thread's last run again, or the one
            that `handed_in` names.
        backend: Performs the turns.
        model: `provider:model`, for people and records; `model_id` is the part the backend wants.
        toolbox: Tools, their executor and the approval policy.
        hosted: Hosted tools by the provider's own description.
        offered: Tools that the caller runs: the run stops at their calls as `requires_action`.
        handed_in: Their results, with which such a run goes on.
        cell: Id of the asking cell; its earlier run on the current branch is replaced. `""` appends.
    """

    prompt: Message | None
    backend: Backend
    model: str
    model_id: str
    toolbox: Toolbox
    instructions: str = ""
    hosted: Sequence[Mapping[str, Any]] = ()
    offered: Sequence[ToolDefinition] = ()
    handed_in: HandedIn | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    output_schema: Mapping[str, Any] | None = None
    limits: Limits = field(default_factory=Limits)
    budget: Budget = Budget()
    cell: str = ""

    def turn(self, thread: Thread, run: str) -> TurnRequest:
        """The next turn of the run `run` on what the thread holds now."""
        saved = thread.state(self.backend.name, run)
        return TurnRequest(
            model=self.model_id,
            instructions=self.instructions,
            items=thread.items,
            known=saved.known,
            state=saved.data,
            stale=saved.stale,
            tools=(*self.toolbox.definitions, *self.offered),
            hosted=self.hosted,
            settings=self.settings,
            output_schema=self.output_schema,
            thread_id=thread.id,
        )

    def state(self, thread: Thread, run: str, data: Mapping[str, Any]) -> StateRecord:
        """What the backend wants to have again with the next turn, as the store keeps it."""
        name = self.backend.name
        return StateRecord(id=f"{name}/{run}", thread=thread.id, backend=name, node="", data=data)
