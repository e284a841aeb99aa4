"""Doubles for tests of code that uses this package; they fail on what was not expected.

::

    backend = ScriptedBackend([call("python", code="6*7"), "It is 42."])
    assistant = Assistant(backend=backend, executor=RecordingExecutor({"6*7": "42"}), store=memory_store())
    assert assistant.ask("What is 6*7?").text == "It is 42."
    backend.assert_finished()
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.items import Item, Message, ToolCall, assistant_message
from assistant_magic.stores import Store

Step = str | Item | Exception | Sequence["str | Item | Event"]


def call(name: str, **arguments: Any) -> ToolCall:
    """A tool call as a model would make it, with a fresh `call_id`."""
    return ToolCall(call_id=f"call_{uuid4().hex[:12]}", name=name, arguments=json.dumps(arguments))


def memory_store() -> Store:
    """A real store that lives in memory."""
    from assistant_magic.stores import open_store

    return open_store("sqlite://")


class ScriptedBackend:
    """A backend that plays one step per turn.

    A step is an answer, an item, an exception to raise, or a list of these and of events, in order.

    Attributes:
        requests: The `TurnRequest` of each turn so far.
    """

    name = "scripted"

    def __init__(self, steps: Sequence[Step], *, chunk: int = 0) -> None:
        self.requests: list[TurnRequest] = []
        self._steps = list(steps)
        self._chunk = chunk

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Play the next step."""
        self.requests.append(request)
        if not self._steps:
            raise AssertionError(f"unexpected turn {len(self.requests)}: the script is over")
        step = self._steps.pop(0)
        items: list[Item] = []
        for place, piece in enumerate([step] if isinstance(step, str | Item | Exception) else step):
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, Event):
                yield piece
                continue
            item = assistant_message(piece) if isinstance(piece, str) else piece
            part = f"turn{len(self.requests)}.{place}"
            for event in self._deltas(part, item):
                yield event
            items.append(item)
            yield ItemDone(part=part, item=item)
        yield TurnDone(items=tuple(items), state={"turn": len(self.requests)})

    async def close(self) -> None:
        """Nothing to release."""

    def assert_finished(self) -> None:
        """Fail when steps were not played."""
        assert not self._steps, f"{len(self._steps)} steps were not played: {self._steps!r}"

    def _deltas(self, part: str, item: Item) -> list[Event]:
        if not isinstance(item, Message):
            return []
        size = self._chunk or max(1, len(item.text))
        return [TextDelta(part=part, text=item.text[i : i + size]) for i in range(0, len(item.text), size)]


class RecordingExecutor:
    """An executor that knows the printed result of each code block in advance.

    Attributes:
        executed: The code blocks so far.
    """

    name = "recording"
    shows = False

    def __init__(self, results: Mapping[str, str]) -> None:
        self.executed: list[str] = []
        self._results = dict(results)

    async def start(self) -> None:
        """Nothing to start."""

    async def execute(self, code: str, *, limit: float | None, on_output: OnOutput) -> Execution:  # noqa: ARG002
        """Give the recorded result."""
        if code not in self._results:
            raise AssertionError(f"unexpected code: {code!r}")
        self.executed.append(code)
        output = {"output_type": "stream", "name": "stdout", "text": self._results[code]}
        on_output(output)
        return Execution(outputs=(output,))

    async def interrupt(self) -> None:
        """Nothing runs."""

    async def stop(self) -> None:
        """Nothing to stop."""
