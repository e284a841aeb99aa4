"""What a run left behind, as a value: `answer.text`, `answer.outputs`, `answer.thread`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant_magic.events import RunDone, RunStatus
from assistant_magic.exceptions import AssistantError
from assistant_magic.items import HostedToolCall, Item, Message, Output, ToolCall, ToolResult, Usage

if TYPE_CHECKING:
    from assistant_magic.thread import Thread


class Run:
    """From one prompt to its final answer.

    Attributes:
        id: Identifier, `run_…`.
        thread: The thread it belongs to; pass it on to continue the conversation.
        prompt: The user's words.
        model: `provider:model` that answered.
        status: `completed`, or why not: `failed`, `cancelled`, `incomplete`, `requires_action`.
        reason: One line that explains the status; empty when completed.
        items: What it added to the thread, prompt included.
        calls: Calls of offered tools that wait for the caller's results.
        usage: Tokens of all turns.
        seconds: Wall-clock time.
        error: The error that ended it, or None.
        value: The validated object when an `output_type` was asked for, else None.
    """

    def __init__(self, *, id: str, thread: Thread, prompt: str, model: str) -> None:  # noqa: A002 - its name
        self.id = id
        self.thread = thread
        self.prompt = prompt
        self.model = model
        self.status: RunStatus = "in_progress"
        self.reason = ""
        self.items: list[Item] = []
        self.calls: tuple[ToolCall, ...] = ()
        self.usage = Usage()
        self.seconds = 0.0
        self.error: AssistantError | None = None
        self.value: Any = None

    def end(self, status: RunStatus, reason: str, seconds: float) -> None:
        """Close the run."""
        self.status, self.reason, self.seconds = status, reason, seconds
        if self.error is not None:
            self.error.run = self

    @property
    def done(self) -> RunDone:
        """The event that ends it."""
        return RunDone(
            run_id=self.id, status=self.status, reason=self.reason, usage=self.usage, seconds=self.seconds
        )

    @property
    def text(self) -> str:
        """The final answer in Markdown: the last message of the assistant, or `""`."""
        for item in reversed(self.items):
            if isinstance(item, Message) and item.role == "assistant":
                return item.text
        return ""

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Jupyter outputs of all its tools, in order."""
        return tuple(o for i in self.items if isinstance(i, ToolResult | HostedToolCall) for o in i.outputs)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Run {self.id} {self.status}: {self.text[:60]!r}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:  # noqa: ARG002 - IPython's
        from assistant_magic.views.bundles import Origin, render_items

        origin = Origin(run_id=self.id, thread_id=self.thread.id, model=self.model)
        said = [item for item in self.items if not (isinstance(item, Message) and item.role == "user")]
        bundle = render_items(said, origin, usage=self.usage)
        return bundle.data, bundle.metadata
