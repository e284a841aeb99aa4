"""What is asked in one turn, and how to ask it differently when the server does not take it as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_attachments import Attachments
from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_conversation import Memory, Recall
from assistant_magic.backends.openai_errors import Fault, faults
from assistant_magic.backends.openai_extras import PICTURES, TOOLS, refused_extras
from assistant_magic.backends.openai_input import Input
from assistant_magic.backends.openai_items import COMPACTED
from assistant_magic.backends.openai_request import request_body
from assistant_magic.backends.openai_wire import PROVIDER, Wire, dicts
from assistant_magic.exceptions import RequestRejectedError
from assistant_magic.items import Compaction, Item

_REBUILT = (
    "The conversation at the server was gone or did not match this thread; "
    "it was made anew from the items kept here."
)
_LEFT = (
    "The conversation {0} went on without this thread, which goes on in a copy of its own. "
    "`%assistant use {0}` takes over what was said there."
)
_LOST_FILES = "Files of this thread were gone from the server; those that are still here were sent again."
_NO_TOOLS = "{} takes no tools: it answers without running code."
_NEW_CONTAINER = "The code interpreter's container had expired; a new one was made. Variables in it are gone."


class Inquiry:
    """Prepares the request of one turn, again and again if need be.

    Attributes:
        items: Items that the preparation itself brought forth (a compaction).
        pending: Id of a background response that this turn only has to pick up, or `""`.
    """

    def __init__(self, connection: Connection, request: TurnRequest) -> None:
        state = dict(request.state)
        if state.get("server") != connection.server:
            state = {}  # ids of one server mean nothing to another
        self._connection = connection
        self._client = connection.client
        self._place = connection.place(request.model)
        self._request = request
        self._conversation = str(state.get("conversation") or "")
        self._abandoned = str(state.get("pending") or "")
        self._memory: Memory | None = None
        self._attachments = Attachments(connection, request, state)
        self._plain = False
        self._tried: set[str] = set()
        self._untold: list[Item] = []
        self._news: list[str] = []
        self.items: list[Item] = []
        self.pending = ""
        if self._abandoned and request.known == len(request.items) and not request.stale:
            self.pending, self._abandoned = self._abandoned, ""

    async def body(self) -> dict[str, Any]:
        """Arguments for `responses.create`, with everything in place that they refer to."""
        self._refuse_contradictions()
        await self._abandon()
        files, hosted = await self._attachments.prepare()
        if self._memory is None:
            recall = Recall(self._connection, self._request, files, plain=self._plain)
            self._memory = await recall.memory(self._conversation)
            self._news += [_LEFT.format(self._conversation)] if recall.left else []
        body = request_body(self._request, self._memory, self._connection, hosted)
        self._connection.settled.discard(self._memory.conversation)
        return body

    async def cure(self, fault: Fault) -> str | None:
        """Change what is asked so that this fault does not come again.

        Returns:
            A line for the reader, `""` where there is nothing to tell, None where nothing can be changed.
        """
        self._reconsider(fault)
        if self.pending and fault.status in {400, 404}:
            self.pending = ""
            return ""
        if fault.status not in {400, 404, 413, 422}:
            return None
        said = f"{fault.code} {fault.error.what}".lower()
        for words, remedy in (
            (r"no such file|file.{0,60}(not found|not exist|deleted)", self._forget_files),
            (r"container", self._forget_container),
            (r"conversation|no tool output", self._forget_conversation),
            (r"encrypted.*verif", self._speak_plainly),
            (r"thread is too long", self._compact),
        ):
            if re.search(words, said) and remedy.__name__ not in self._tried:
                self._tried.add(remedy.__name__)
                return await remedy()
        return self._drop_extras(said)

    def take_items(self) -> list[Item]:
        """Items brought forth since the last call."""
        items, self._untold = self._untold, []
        self.items += items
        return items

    def take_news(self) -> list[str]:
        """What a reader has to know of the request that was just made, once."""
        news, self._news = self._news, []
        return news

    def settle(self, *, whole: bool) -> None:
        """The turn came to its end; `whole` when the server certainly keeps the same items as we."""
        if whole and self._memory is not None:
            self._connection.settled.add(self._memory.conversation)

    def state(self, pending: str = "") -> dict[str, Any]:
        """What the next turn on this branch wants to know."""
        conversation = self._memory.conversation if self._memory is not None else self._conversation
        state = {"server": self._connection.server, "conversation": conversation, "pending": pending}
        return {key: value for key, value in {**self._attachments.state, **state}.items() if value}

    def _refuse_contradictions(self) -> None:
        settings = self._request.settings
        errand = next(filter(_is_errand, self._request.hosted), None)
        if errand is not None:
            what = f"the tool {errand['type']!r} is carried out by whoever asks for it, and nobody does that here"
            raise Fault(RequestRejectedError(what, "Leave it out; the tool python runs code."))
        if settings.get("background") and settings.get("store") == "local":
            what = "background work is kept by the server, and this thread is to stay local"
            raise Fault(
                RequestRejectedError(what, "Turn one of the two options off: background, or the local store.")
            )

    async def _abandon(self) -> None:
        """Cancel background work of an earlier request that the thread has gone past."""
        if self._abandoned:
            response, self._abandoned = self._abandoned, ""
            with suppress(Fault), faults(self._place):
                await self._client.responses.cancel(response)

    def _reconsider(self, fault: Fault) -> None:
        """After a request that the server may have kept, no conversation is taken for granted."""
        memory = self._memory
        if memory is None or not memory.conversation:
            return
        if not fault.sent or fault.final:
            if memory.conversation == self._conversation:
                self._connection.settled.add(memory.conversation)
        elif memory.opened:
            fault.passing = False
        else:
            self._memory = None

    async def _forget_container(self) -> str:
        self._attachments.forget_container()
        return _NEW_CONTAINER

    async def _forget_files(self) -> str:
        self._attachments.forget_files()
        self._memory = None
        return _LOST_FILES

    async def _forget_conversation(self) -> str | None:
        memory = self._memory
        if memory is None or not memory.conversation or memory.opened:
            return None
        self._connection.settled.discard(memory.conversation)
        self._conversation, self._memory = "", None
        return _REBUILT

    async def _speak_plainly(self) -> str:
        self._plain, self._memory = True, None
        return ""

    def _drop_extras(self, said: str) -> str | None:
        refused = self._connection.refused.setdefault(self._request.model, set())
        new = refused_extras(said) - refused
        refused |= new
        if PICTURES in new:
            self._memory = None
        if TOOLS in new:
            return _NO_TOOLS.format(self._request.model)
        return "" if new else None

    async def _compact(self) -> str | None:
        """Have the server shorten the thread, and go on from what it made of it."""
        files, _ = await self._attachments.prepare()
        request = self._request
        items = Input(self._connection.server, files).replay(request.items)
        body = {"model": request.model, "input": items, "instructions": request.instructions or None}
        made: Any = None
        with suppress(Fault), faults(self._place):
            made = await self._client.post("/responses/compact", cast_to=object, body=body)
        output = dicts(made.get("output")) if isinstance(made, dict) else []
        if not output:
            return None
        own = {"origin": self._connection.server, "item": {}, "items": [dict(item) for item in output]}
        compaction = Compaction(text=COMPACTED, provider_data={PROVIDER: own})
        self._untold.append(compaction)
        self._request = replace(request, items=(compaction,), known=0)
        self._conversation, self._memory = "", None
        return COMPACTED


def _is_errand(tool: Wire) -> bool:
    """A tool whose calls wait for the caller to do something at this machine."""
    environment = tool.get("environment")
    here = isinstance(environment, Mapping) and environment.get("type") == "local"
    return tool.get("type") in _ERRANDS or (tool.get("type") == "shell" and here)


_ERRANDS = {"apply_patch", "computer", "computer_use_preview", "local_shell"}
