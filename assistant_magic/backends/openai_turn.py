"""One turn: a request, its streamed answer, and what to do when either fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_errors import Fault, faults, from_failure, interrupted, not_a_stream
from assistant_magic.backends.openai_inquiry import Inquiry
from assistant_magic.backends.openai_prices import price
from assistant_magic.backends.openai_stream import Answer
from assistant_magic.backends.openai_wire import Wire
from assistant_magic.events import Event, ItemDone, Notice, TurnDone, TurnPending

CANCEL_SECONDS = 5.0
"""How long Stop waits for the server to confirm that background work is cancelled."""
DRAIN_SECONDS = 0.2
"""How long a finished stream may take to close, so that its connection can be used again."""
RESUMES = 8
"""How often the stream of one background response is taken up again after a cut."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often and how long to wait before a request is tried again.

    Attributes:
        retries: Further attempts after the first.
        pause: Seconds before the first of them; doubled each time, and a little random.
        longest: A server that asks for more seconds than this is not waited for.
    """

    retries: int = 2
    pause: float = 0.5
    longest: float = 30.0

    def wait(self, fault: Fault, attempt: int) -> float | None:
        """Seconds until the next attempt, or None when there is none."""
        if not fault.passing or attempt >= self.retries:
            return None
        asked = fault.error.retry_after
        if asked is not None:
            return asked if asked <= self.longest else None
        return self.pause * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311 - no secret is drawn


class Turn:
    """Performs one `TurnRequest` on one connection."""

    def __init__(self, connection: Connection, request: TurnRequest, patience: Patience) -> None:
        self._connection = connection
        self._client = connection.client
        self._place = connection.place(request.model)
        self._patience = patience
        self._background = bool(request.settings.get("background"))
        self._inquiry = Inquiry(connection, request)
        self._answer = Answer(connection.server)
        self._content_type = ""
        self._attempt = 0
        self._resumes = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        """The turn, as `Backend.turn` promises it."""
        answer, unannounced = self._answer, self._background
        try:
            while not answer.ended:
                try:
                    async with self._stream() as stream:
                        async for wire in stream:
                            for event in answer.take(wire):
                                yield event
                            if unannounced and answer.response_id:
                                unannounced = False
                                yield TurnPending(state=self._inquiry.state(pending=answer.response_id))
                            if answer.ended or answer.failure is not None:
                                break
                    self._check()
                except Fault as fault:
                    notice, wait = await self._recover(fault)
                    if notice:
                        yield Notice(text=notice)
                    for item in self._inquiry.take_items():
                        yield ItemDone(part=answer.new_part(), item=item)
                    await asyncio.sleep(wait)
        except Fault as fault:
            for event in answer.unfinished():
                yield event
            raise fault.error from fault.__cause__
        except (GeneratorExit, asyncio.CancelledError):
            await self._cancel()
            raise
        yield self._done()

    @asynccontextmanager
    async def _stream(self) -> AsyncIterator[AsyncIterator[Wire]]:
        from openai import AsyncStream

        responses = self._client.responses.with_streaming_response
        with faults(self._place):
            resume = self._answer.response_id or self._inquiry.pending
            if resume:
                # Without a number the server repeats the answer from its beginning.
                after: Any = (
                    {} if self._answer.sequence is None else {"starting_after": self._answer.sequence}
                )
                call = responses.retrieve(resume, stream=True, **after)
            else:
                call = responses.create(**await self._inquiry.body(), stream=True)
            async with call as response:
                self._content_type = response.headers.get("content-type", "")
                if self._content_type.startswith("application/json"):
                    yield _whole(await response.json())
                    return
                stream = await response.parse(to=AsyncStream[object])
                yield stream
                if self._answer.ended:
                    with suppress(Exception):
                        async with asyncio.timeout(DRAIN_SECONDS):
                            async for _ in stream:
                                pass

    def _check(self) -> None:
        answer = self._answer
        if answer.failure is not None:
            raise from_failure(answer.failure, self._place)
        if not answer.ended:
            raise interrupted(self._place) if answer.begun else not_a_stream(self._place, self._content_type)

    async def _recover(self, fault: Fault) -> tuple[str, float]:
        """What to tell the reader and how long to wait before the next attempt; raises when there is none."""
        answer = self._answer
        if self._background and answer.response_id and answer.failure is None and not fault.final:
            self._resumes += 1
            if self._resumes <= RESUMES:
                return "The connection broke; the answer goes on from where it was.", self._patience.pause
        if answer.begun:
            raise fault
        cured = await self._inquiry.cure(fault)
        if cured is not None:
            return cured, 0.0
        wait = self._patience.wait(fault, self._attempt)
        if wait is None:
            raise fault
        self._attempt += 1
        return f"{fault.error.what}; trying again in {wait:.1f} s", wait

    async def _cancel(self) -> None:
        """Stop work that would go on at the server although nobody waits for it any more."""
        answer = self._answer
        if self._background and answer.response_id and not answer.ended and answer.failure is None:
            with suppress(Exception):
                async with asyncio.timeout(CANCEL_SECONDS):
                    await self._client.responses.cancel(answer.response_id)

    def _done(self) -> TurnDone:
        answer = self._answer
        usage = answer.usage
        self._inquiry.settle(whole=answer.finish == "stop" and not answer.dropped)
        return TurnDone(
            items=(*self._inquiry.items, *answer.items),
            usage=replace(usage, cost=price(answer.model or self._place.model, usage)),
            finish=answer.finish,
            state=self._inquiry.state(),
        )


async def _whole(response: Any) -> AsyncIterator[Wire]:
    """The one event of a server that does not stream: its whole response."""
    if isinstance(response, Mapping):
        yield {"type": f"response.{response.get('status') or 'completed'}", "response": response}
