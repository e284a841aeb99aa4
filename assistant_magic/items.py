"""What a thread stores: messages, reasoning, tool calls and their results.

Items carry no identity of their own: which thread, run and place they belong to is the store's concern.
`provider_data` keeps what one backend must have back unchanged (for OpenAI: item id, phase, encrypted
reasoning) under that backend's name; other backends ignore it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from assistant_magic.codec import Value, nested

Output = dict[str, Any]
"""One Jupyter output as nbformat 4 defines it: `stream`, `display_data`, `execute_result` or `error`."""


class Part(Value):
    """A piece of a message or of a tool result."""


@dataclass(frozen=True, kw_only=True)
class Text(Part):
    """Words."""

    type: ClassVar[Literal["text"]] = "text"
    text: str


@dataclass(frozen=True, kw_only=True)
class Image(Part):
    """A picture; `data` is base64, `media_type` as in `image/png`."""

    type: ClassVar[Literal["image"]] = "image"
    data: str
    media_type: str = "image/png"
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class File(Part):
    """An attached file: `data` (base64) for a small one, else `path` on this machine."""

    type: ClassVar[Literal["file"]] = "file"
    name: str
    media_type: str = "application/octet-stream"
    data: str = ""
    path: str = ""
    provider_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Citation(Value):
    """Where a statement comes from; `start` and `end` are character offsets in the message's text."""

    type: ClassVar[Literal["citation"]] = "citation"
    kind: Literal["url", "file", "container_file"]
    title: str = ""
    url: str = ""
    file_id: str = ""
    container_id: str = ""
    start: int | None = None
    end: int | None = None


class Item(Value):
    """One stored element of a thread."""


@dataclass(frozen=True, kw_only=True)
class Message(Item):
    """What the user or the assistant said."""

    type: ClassVar[Literal["message"]] = "message"
    role: Literal["user", "assistant"]
    content: tuple[Part, ...] = nested()
    citations: tuple[Citation, ...] = nested(default=())
    provider_data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words of this message."""
        return "".join(part.text for part in self.content if isinstance(part, Text))


@dataclass(frozen=True, kw_only=True)
class Reasoning(Item):
    """What a model shows of its thinking; `text` is the summary and may be empty."""

    type: ClassVar[Literal["reasoning"]] = "reasoning"
    text: str = ""
    provider_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ToolCall(Item):
    """A model's request to run one of our tools; `arguments` is the JSON text as the model wrote it."""

    type: ClassVar[Literal["tool_call"]] = "tool_call"
    call_id: str
    name: str
    arguments: str = "{}"
    provider_data: Mapping[str, Any] = field(default_factory=dict)


NEEDS_APPROVAL = "needs approval"
"""Status of a hosted call that waits for a yes or no: a `ToolResult` with its `call_id`."""

ResultStatus = Literal["ok", "error", "refused", "interrupted"]


@dataclass(frozen=True, kw_only=True)
class ToolResult(Item):
    """What goes back for one tool call.

    `changes` says in a line which of the user's names and files the code changed. `outputs` are the Jupyter outputs a reader saw; `content` is what a plain function returned, in words and
    pictures. What the model gets is made from both by `outputs.model_parts`. `code` is what ran where a person had
    changed it; otherwise the call has it.
    """

    type: ClassVar[Literal["tool_result"]] = "tool_result"
    call_id: str
    name: str
    status: ResultStatus = "ok"
    content: tuple[Part, ...] = nested(default=())
    outputs: tuple[Output, ...] = ()
    executor: str = ""
    seconds: float | None = None
    changes: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class HostedToolCall(Item):
    """A tool that ran at the provider, with what it gave back.

    `name` is `code_interpreter`, `web_search`, `file_search`, `mcp`, `image_generation` …; `input` is the code
    or the query; `files` are citations of files it produced.
    """

    type: ClassVar[Literal["hosted_tool_call"]] = "hosted_tool_call"
    call_id: str
    name: str
    status: str = "completed"
    input: str = ""
    outputs: tuple[Output, ...] = ()
    citations: tuple[Citation, ...] = nested(default=())
    provider_data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs_approval(self) -> bool:
        """It runs at the provider only when somebody here says yes."""
        return self.status == NEEDS_APPROVAL

    @property
    def asked(self) -> ToolCall:
        """What a call that needs approval asks for, as a call of a function would say it."""
        name, _, arguments = self.input.partition(" ")
        return ToolCall(call_id=self.call_id, name=name or self.name, arguments=arguments or "{}")


@dataclass(frozen=True, kw_only=True)
class Compaction(Item):
    """Stands for the items before it once a long thread was shortened; `text` says so to a reader."""

    type: ClassVar[Literal["compaction"]] = "compaction"
    text: str = ""
    provider_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Usage(Value):
    """Tokens of one or several turns; `cost` in US dollars, None where the price is not known."""

    type: ClassVar[Literal["usage"]] = "usage"
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        """The sum; the cost is known as soon as one side knows it."""
        costs = [c for c in (self.cost, other.cost) if c is not None]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            cost=sum(costs) if costs else None,
        )


def user_message(text: str, *attachments: Part) -> Message:
    """A prompt as an item."""
    return Message(role="user", content=(Text(text=text), *attachments))


def assistant_message(text: str) -> Message:
    """An answer as an item."""
    return Message(role="assistant", content=(Text(text=text),))
