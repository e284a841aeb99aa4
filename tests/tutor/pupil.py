"""A pupil for tests: asks the offline backend as a run does, and runs its code in this process."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from typing import Any

from assistant_magic.backends import ToolDefinition, TurnRequest
from assistant_magic.backends.offline import OfflineBackend
from assistant_magic.events import Event, TurnDone
from assistant_magic.items import Item, Message, ToolCall, ToolResult, user_message

PYTHON = ToolDefinition(name="python", description="Run Python.", parameters={"type": "object"})


class Pupil:
    """One thread with the offline tutor."""

    def __init__(self, *tools: ToolDefinition) -> None:
        self.tools = tools
        self.items: list[Item] = []
        self.events: list[Event] = []
        self.state: dict[str, Any] = {}
        self.known = 0
        self.printed = ""
        self.namespace: dict[str, Any] = {"__name__": "kernel"}

    def ask(self, text: str) -> str:
        """One prompt to the end of its run."""
        self.items.append(user_message(text))
        said = []
        for _ in range(4):
            done = asyncio.run(self.turn())
            said += [item.text for item in done.items if isinstance(item, Message)]
            calls = [item for item in done.items if isinstance(item, ToolCall)]
            if not calls:
                return "\n\n".join(said)
            self.items += [self.result(call) for call in calls]
        raise AssertionError("the tutor goes on asking for code")

    async def turn(self) -> TurnDone:
        """One turn; the state goes through JSON as it does in the store."""
        request = TurnRequest(
            model="tutor", items=tuple(self.items), known=self.known, state=self.state, tools=self.tools
        )
        self.events = [event async for event in OfflineBackend(provider="offline").turn(request)]
        done = self.events[-1]
        assert isinstance(done, TurnDone)
        self.items += done.items
        self.state = json.loads(json.dumps(done.state))
        self.known = len(self.items)
        return done

    def result(self, call: ToolCall) -> ToolResult:
        """Run the code of a call."""
        code = json.loads(call.arguments)["code"]
        out = io.StringIO()
        outputs: list[dict[str, Any]] = []
        with contextlib.redirect_stdout(out):
            try:
                exec(code, self.namespace)
            except Exception as error:  # noqa: BLE001  # what the code raises is data
                outputs.append({"output_type": "error", "ename": type(error).__name__, "evalue": str(error)})
        self.printed = out.getvalue().strip()
        if self.printed:
            outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": out.getvalue()})
        status = "error" if outputs and outputs[-1]["output_type"] == "error" else "ok"
        return ToolResult(call_id=call.call_id, name=call.name, status=status, outputs=tuple(outputs))
