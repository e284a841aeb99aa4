"""A model that tests play, and how they listen to the backend in front of it.

`Turn` says what the model does, `Sent` what it was given, `Harness` joins both to a backend; none of them
knows a provider's words.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from assistant_magic.backends import Backend, ToolDefinition, TurnRequest
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.exceptions import (
    AuthenticationError,
    BackendError,
    BackendUnavailableError,
    ModelNotFoundError,
    RateLimitError,
    RequestRejectedError,
    StreamInterruptedError,
)
from assistant_magic.items import (
    Item,
    Text,
    ToolResult,
    Usage,
)

UNICODE = "∫₀¹ x² dx = ⅓ 👩‍🔬 𝔸 \u202e عربي\u202c\tкириллица \u2028 ende"
SECRET = "sk-proj-conformance-0123456789abcdef"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

PYTHON = ToolDefinition(
    name="python",
    description="Run Python code.",
    parameters={"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
)

FAULTS: dict[str, type[BackendError]] = {
    "key": AuthenticationError,
    "model": ModelNotFoundError,
    "rejected": RequestRejectedError,
    "rate": RateLimitError,
    "unavailable": BackendUnavailableError,
    "cut": StreamInterruptedError,
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool call as the model writes it."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What the model does in one turn.

    Attributes:
        fault: `""` or a key of `FAULTS`; `cut` breaks the connection after `text`.
        hang: Send everything, then keep the stream open until the client leaves.
    """

    text: str = ""
    reasoning: str = ""
    calls: tuple[Call, ...] = ()
    usage: Usage | None = None
    fault: str = ""
    hang: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What the model was given for one turn, in no provider's words.

    Attributes:
        texts: Words of user and assistant messages, in order.
        calls: `(call_id, name, arguments)` of replayed calls; empty where the provider remembers them.
        results: `(call_id, words)` of tool results, in order.
        images: base64 of every picture.
        tools: Names of the offered functions.
        instructions: The standing text.
    """

    texts: tuple[str, ...] = ()
    calls: tuple[tuple[str, str, str], ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    instructions: str = ""


class Harness(Protocol):
    """A backend and the model behind it.

    `can` holds what the pair is able to do, out of `script` (answers exactly as told), `parallel`,
    `reasoning`, `images`, `usage`, `hang` and the keys of `FAULTS`.
    """

    can: frozenset[str]

    def backend(self) -> Backend:
        """A new backend that talks to the scripted model; its key is `SECRET` where it has one."""
        ...

    def script(self, *turns: Turn) -> str:
        """Prepare the next turns and return the prompt that leads to the first."""
        ...

    def sent(self) -> Sequence[Sent]:
        """What the model was given, turn by turn, faults included."""
        ...

    def left(self, timeout: float) -> bool:
        """Wait until the client has closed a hanging stream; False when it has not in time."""
        ...


@dataclass
class Heard:
    """The events of one turn, sorted."""

    events: list[Event] = field(default_factory=list)
    error: BackendError | None = None

    @property
    def done(self) -> TurnDone:
        """The last event, which must be the turn's end."""
        assert isinstance(self.events[-1], TurnDone), self.events[-1:]
        return self.events[-1]

    @property
    def items(self) -> list[Item]:
        """Items as they were announced."""
        return [e.item for e in self.events if isinstance(e, ItemDone)]

    @property
    def text(self) -> str:
        """Words as they streamed."""
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))


def request(*items: Item, **more: Any) -> TurnRequest:
    """A request for a model that the harness plays."""
    more = {"model": "test-model", "thread_id": "thread-1", "tools": (PYTHON,), **more}
    return TurnRequest(items=items, **more)


async def listen(backend: Backend, asked: TurnRequest) -> Heard:
    """Read one turn to its end; a `BackendError` is kept beside what came before it."""
    heard = Heard()
    try:
        async for event in backend.turn(asked):
            heard.events.append(event)
    except BackendError as error:
        heard.error = error
    return heard


def ask(harness: Harness, *asked: TurnRequest) -> list[Heard]:
    """Perform turns on one new backend, one after the other, on a loop of their own."""

    async def perform() -> list[Heard]:
        backend = harness.backend()
        try:
            return [await listen(backend, one) for one in asked]
        finally:
            await backend.close()
            await backend.close()

    return asyncio.run(perform())


def follow(asked: TurnRequest, heard: Heard, *more: Item) -> TurnRequest:
    """The request that goes on after `heard`, as a run would make it from its store."""
    items = (*asked.items, *(stored(item) for item in heard.done.items))
    state = json.loads(json.dumps(heard.done.state))
    fields = {k: getattr(asked, k) for k in ("model", "instructions", "tools", "thread_id", "settings")}
    return TurnRequest(items=(*items, *more), known=len(items), state=state, **fields)


def needs(harness: Harness, *abilities: str) -> None:
    """Skip, with the reason, what this pair of backend and model cannot be made to do."""
    missing = [ability for ability in abilities if ability not in harness.can]
    if missing:
        pytest.skip(f"{type(harness).__name__} cannot: {', '.join(missing)}")


def python_call(number: int) -> Call:
    return Call(call_id=f"call_{number}", name="python", arguments=json.dumps({"code": f"print({number})"}))


def python_result(number: int, text: str) -> ToolResult:
    return ToolResult(call_id=f"call_{number}", name="python", content=(Text(text=text),))


def stored(item: Item) -> Item:
    return Item.from_json(json.loads(json.dumps(item.to_json())))
