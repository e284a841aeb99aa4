"""The offline tutor as a backend: rules that read a question, and code that answers it in the kernel.

Nothing leaves the machine and nothing is guessed. A turn after the user's message asks for one call of the
tool `python`, or declines; a turn after its result says the answer.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.items import Item, Message, ToolCall, ToolResult, assistant_message

TOOL = "python"


class OfflineBackend:
    """Answers school mathematics by rules, with no key and no network.

    Args:
        ignored: Options of other backends; this one has none.
    """

    name = "offline"
    code_seconds = 20.0
    """How long its own code may run: what a rule has written ends soon, or has no exact answer."""

    def __init__(self, **ignored: Any) -> None:
        del ignored

    async def turn(self, request: TurnRequest) -> AsyncIterator[Event]:
        """Ask for code, or say what came of it."""
        from assistant_magic.tutor.dialogue import Dialogue

        number = len(request.items)
        dialogue = Dialogue.from_state(request.state, request.items, request.known)
        can_run = any(tool.name == TOOL for tool in request.tools)
        last = request.items[-1] if request.items else None
        if isinstance(last, ToolResult):
            reply = dialogue.hear_result(last)
        else:
            reply = dialogue.hear(last.text if isinstance(last, Message) else "", can_run=can_run)
        items: list[Item] = []
        if reply.text:
            part = f"offline-{number}"
            for piece in _pieces(reply.text):
                yield TextDelta(part=part, text=piece)
            items.append(assistant_message(reply.text))
            yield ItemDone(part=part, item=items[-1])
        if reply.code:
            call = ToolCall(
                call_id=f"offline_{number}",
                name=TOOL,
                arguments=json.dumps({"code": reply.code}, ensure_ascii=False),
            )
            items.append(call)
            yield ItemDone(part=f"offline-call-{number}", item=call)
        yield TurnDone(items=tuple(items), state=dialogue.state())

    async def close(self) -> None:
        """Nothing to release."""


def _pieces(text: str) -> Sequence[str]:
    """Paragraph by paragraph: a formula is never cut in two."""
    pieces = text.split("\n\n")
    return [piece + "\n\n" for piece in pieces[:-1]] + pieces[-1:]
