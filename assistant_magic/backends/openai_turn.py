"""One turn: a request, its streamed answer, and what to do when either fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_errors import (
    Fault,
    faults,
    from_failure,
    interrupted,
    midway,
    not_a_stream,
)
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
        asked: float | None = fault.error.retry_after
        if asked is not None:
            return asked if asked <= self.longest else None
        return self.pause * float(2**attempt) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret is drawn


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
        self._unannounced = self._background
        self._content_type = ""
        self._attempt = 0
        self._resumes = 0

    async def events(self) -> AsyncGenerator[Event, None]:
        """The turn, as `Backend.turn` promises it."""
        answer = self._answer
        try:
            while not answer.over:
                try:
                    async with self._stream() as stream:
                        for said in self._inquiry.take_news():
                            yield Notice(text=said)
                        async for wire in stream:
                            for event in self._hear(wire):
                                yield event
                            if answer.over:
                                break
                    self._check()
                except Fault as fault:
                    news, wait = await self._recover(fault)
                    for event in news:
                        yield event
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

    def _hear(self, wire: Wire) -> Iterable[Event]:
        events = self._answer.take(wire)
        if self._unannounced and self._answer.response_id:
            # Let the run keep, before the turn is over, what it takes to pick this answer up again.
            self._unannounced = False
            return [*events, TurnPending(state=self._inquiry.state(pending=self._answer.response_id))]
        return events

    def _check(self) -> None:
        answer = self._answer
        if answer.failure is not None:
            raise from_failure(answer.failure, self._place)
        if not answer.ended and (answer.begun or self._content_type.startswith("text/event-stream")):
            raise interrupted(self._place)
        if not answer.ended:
            raise not_a_stream(self._place, self._content_type)

    async def _recover(self, fault: Fault) -> tuple[list[Event], float]:
        """What to tell the reader and how long to wait before the next attempt.

        Raises:
            Fault: There is no next attempt.
        """
        answer = self._answer
        if self._background and answer.response_id and answer.failure is None and not fault.final:
            self._resumes += 1
            if self._resumes <= RESUMES:
                said = "The connection broke; the answer goes on from where it was."
                return [Notice(text=said)], self._patience.pause
        if answer.begun:
            raise midway(fault)
        cured = await self._inquiry.cure(fault)
        if cured is not None:
            news: list[Event] = [Notice(text=cured)] if cured else []
            news += [ItemDone(part=answer.new_part(), item=item) for item in self._inquiry.take_items()]
            return news, 0.0
        wait = self._patience.wait(fault, self._attempt)
        if wait is None:
            raise fault
        self._attempt += 1
        return [Notice(text=f"{fault.error.what.rstrip('.')}; trying again in {wait:.1f} s")], wait

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
            usage=replace(usage, cost=price(answer.model or self._place.model, usage, tier=answer.tier)),
            finish=answer.finish,
            state=self._inquiry.state(),
        )


async def _whole(response: Any) -> AsyncIterator[Wire]:
    """The one event of a server that does not stream: its whole response, or why there is none."""
    if not isinstance(response, Mapping):
        return
    if response.get("error") and not response.get("status"):
        error = response["error"]
        yield {"type": "error", **(error if isinstance(error, Mapping) else {"message": str(error)})}
    elif not response.get("output") and isinstance(response.get("output_text"), str):
        said = {"type": "message", "content": response["output_text"]}
        yield {"type": "response.completed", "response": {**response, "output": [said]}}
    elif "output" in response or "status" in response:
        yield {"type": f"response.{response.get('status') or 'completed'}", "response": response}
