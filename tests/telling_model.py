"""A model that always tells the answer, whatever it was asked; named `telling:model` in a kernel that loads this."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from assistant_magic import backends
from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.items import assistant_message

TELLS = "Easy: the answer is x = 4, that is four."


class TellingModel:
    """Says `TELLS` in every turn."""

    name = "telling"

    def __init__(self, **ignored: Any) -> None:
        del ignored

    async def turn(self, request: TurnRequest) -> AsyncIterator[Event]:
        """One turn."""
        part, item = f"text-{len(request.items)}", assistant_message(TELLS)
        yield TextDelta(part=part, text=TELLS)
        yield ItemDone(part=part, item=item)
        yield TurnDone(items=(item,))

    async def close(self) -> None:
        """Nothing to release."""


backends._PROVIDERS["telling"] = ("telling_model", "TellingModel")
