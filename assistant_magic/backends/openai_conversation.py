"""Where a thread's earlier items are: in a conversation on the server, or only with us.

Our items are the source of truth. A conversation is used as long as it holds exactly what our branch holds;
whenever that is in doubt (another branch went on, a request broke off, the process is new) it is compared,
and if it differs, a new one is made from our items. So nothing is ever said twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_errors import Fault, faults
from assistant_magic.backends.openai_extras import PICTURES
from assistant_magic.backends.openai_input import FileWords, Input, WireItem, tail
from assistant_magic.backends.openai_wire import PROVIDER
from assistant_magic.items import Item

BATCH = 20
"""Most items that one request may add to a conversation."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What the server remembers, and what it must be told.

    Attributes:
        conversation: Id of the conversation, or `""` when everything is sent each time.
        input: Input items of the request.
        made: The conversation was made for this turn.
        opened: It was made by somebody else, and what is in it is not compared.
    """

    input: list[WireItem]
    conversation: str = ""
    made: bool = False
    opened: bool = False


class Recall:
    """Finds or makes the memory for one turn.

    Args:
        connection: The server.
        request: The turn.
        files: How attached files are handed over.
        plain: Send no item in the server's own words; for a server that no longer knows them.

    Attributes:
        left: The conversation was somebody else's, and has gone on without this thread.
    """

    def __init__(
        self, connection: Connection, request: TurnRequest, files: FileWords, *, plain: bool = False
    ) -> None:
        self._connection = connection
        self._request = request
        self._files = files
        self._plain = plain
        self.left = False
        self._pictures = PICTURES not in connection.refused.get(request.model, ())

    async def memory(self, conversation: str) -> Memory:
        """The memory for the next request.

        Args:
            conversation: The one this branch used last, or `""`.
        """
        items = self._request.items
        if self._stays_local():
            return self._local()
        opened = self._request.settings.get("conversation")
        if opened and not conversation and not self._request.known:
            place = tail(items)
            told = self._told(items[place:], items[:place])
            return Memory(conversation=str(opened), input=told, opened=True)
        if conversation and await self._holds(conversation):
            known = self._request.known
            return Memory(conversation=conversation, input=self._told(items[known:], items[:known]))
        self.left = bool(conversation) and conversation == opened and not self._request.stale
        made = await self._make()
        return made or self._local()

    def _stays_local(self) -> bool:
        return self._request.settings.get("store") == "local" or self._connection.conversations is False

    def _local(self) -> Memory:
        speaker = Input(
            self._connection.server, self._files, own_words=not self._plain, pictures=self._pictures
        )
        return Memory(input=speaker.replay(self._request.items))

    def _told(self, items: Sequence[Item], before: Sequence[Item]) -> list[WireItem]:
        return self._speaker().follow(items, before)

    def _speaker(self) -> Input:
        return Input(self._connection.server, self._files, own_words=False, pictures=self._pictures)

    async def _holds(self, conversation: str) -> bool:
        """The conversation ends with the last item that our branch knows from it."""
        if self._request.stale:
            return False
        if conversation in self._connection.settled and not self._shared(conversation):
            return True
        known = self._request.items[: self._request.known]
        try:
            with faults(self._connection.place()):
                page = await self._connection.client.conversations.items.list(
                    conversation, limit=1, order="desc"
                )
        except Fault as fault:
            if fault.status in {400, 404}:
                return False
            raise
        newest = [getattr(item, "id", None) for item in page.data]
        read = self._request.state.get("newest")
        return newest in ([read], _own_ids(known)[-1:]) if read else newest == _own_ids(known)[-1:]

    def _shared(self, conversation: str) -> bool:
        """Somebody else made it, and may go on in it between two of our turns."""
        return conversation == self._request.settings.get("conversation")

    async def _make(self) -> Memory | None:
        items = self._request.items
        place = tail(items)
        history = self._speaker().replay(items[:place], closed=False)
        conversation = await self._create(history[:BATCH])
        if not conversation:
            return None
        for start in range(BATCH, len(history), BATCH):
            with faults(self._connection.place()):
                batch: Any = history[start : start + BATCH]
                await self._connection.client.conversations.items.create(conversation, items=batch)
        return Memory(conversation=conversation, input=self._told(items[place:], items[:place]), made=True)

    async def _create(self, first: list[WireItem]) -> str:
        more: Any = {"items": first} if first else {}
        try:
            with faults(self._connection.place()):
                made = await self._connection.client.conversations.create(**more)
        except Fault as fault:
            if self._connection.conversations is None and _not_offered(
                fault, at_home=self._connection.at_home
            ):
                self._connection.conversations = False
                return ""
            raise
        conversation = getattr(made, "id", None)
        self._connection.conversations = isinstance(conversation, str) and bool(conversation)
        return conversation if isinstance(conversation, str) else ""


def _not_offered(fault: Fault, *, at_home: bool) -> bool:
    if at_home:
        return fault.status in {404, 405}
    # Servers say in many ways that they have no conversations; a broken answer is one of them.
    return fault.sent and fault.status not in {401, 403, 429}


def _own_ids(items: Sequence[Item]) -> list[Any]:
    return [
        data[PROVIDER]["item"].get("id")
        for item in items
        if (data := getattr(item, "provider_data", {})) and "item" in data.get(PROVIDER, {})
    ]
