"""The loop from a prompt to its final answer: ask for a turn, run the tools it asks for, ask again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from assistant_magic.answer import Run
from assistant_magic.beginning import begin
from assistant_magic.events import (
    RunDone,
    RunStarted,
    RunStatus,
    ToolDone,
    TurnDone,
    TurnPending,
    TurnStarted,
)
from assistant_magic.exceptions import AssistantError, StoreError
from assistant_magic.items import Item, ToolCall
from assistant_magic.received import Received
from assistant_magic.request import FINISHES, LimitReachedError, RunRequest
from assistant_magic.stores import StateRecord
from assistant_magic.thread import Thread, never_ran
from assistant_magic.tools import Emit


async def perform(thread: Thread, request: RunRequest, emit: Emit) -> Run:
    """Perform one run and return it, however it ended; nothing that was received is lost.

    Cancelling ends the turn and the running tools, stores what came and returns the run as `cancelled`.

    Raises:
        ThreadBusyError: Another process is writing the thread; nothing was changed.
        StoreError: The store failed; what was shown is not all kept.
    """
    with thread.store.writer(thread.id):
        loop = _Loop(thread, request, emit)
        try:
            return await loop.perform()
        except StoreError as error:
            emit(RunDone(run_id=loop.run.id, status="failed", reason=str(error)))
            raise


class _Loop:
    def __init__(self, thread: Thread, request: RunRequest, emit: Emit) -> None:
        self.thread, self.request, self.emit = thread, request, emit
        self.record, prompt = begin(thread, request, emit)
        self.run = Run(id=self.record.id, thread=thread, prompt=prompt, model=request.model)
        self.calls = 0

    async def perform(self) -> Run:
        started = time.monotonic()
        # A crash may have left calls of an earlier run without a result.
        self._keep([*map(never_ran, self.thread.unanswered()), *filter(None, [self.request.prompt])])
        self.thread.name_after(self.run.prompt)
        ids = {"run_id": self.run.id, "thread_id": self.thread.id}
        self.emit(RunStarted(model=self.run.model, prompt=self.run.prompt, **ids))
        status, reason = await self._turns()
        self._close_calls("the user stopped it" if status == "cancelled" else reason)
        self.run.end(status, reason, time.monotonic() - started)
        ending = self.run.ending
        self._keep([], None, **ending)
        self.emit(RunDone(run_id=self.run.id, **ending))
        return self.run

    def _close_calls(self, reason: str) -> None:
        # Whatever happened, no call stays without a result: the next turn would be refused.
        for call in self.thread.unanswered():
            result = self.request.toolbox.underway.cut_short(call, reason) or never_ran(call, reason)
            self._keep([result])
            self.emit(ToolDone(call=call, result=result))

    async def _turns(self) -> tuple[RunStatus, str]:
        limits = self.request.limits
        try:
            async with asyncio.timeout(limits.seconds):
                reason = await self._until_answer()
            return ("incomplete" if reason else "completed"), reason
        except LimitReachedError as limit:
            return "incomplete", str(limit)
        except TimeoutError:
            return "incomplete", limits.reached(f"{limits.seconds:g} s")
        except asyncio.CancelledError:
            cast("asyncio.Task[Any]", asyncio.current_task()).uncancel()
            return "cancelled", "interrupted"
        except AssistantError as error:
            self.run.error = error
            return "failed", str(error)

    async def _until_answer(self) -> str:
        for number in range(1, self.request.limits.turns + 1):
            done = await self._turn(number)
            if done.finish != "stop":
                return FINISHES[done.finish]
            calls = [item for item in done.items if isinstance(item, ToolCall)]
            if not calls:
                return ""
            await self._answer(calls)
        return self.request.limits.reached(f"{self.request.limits.turns} turns")

    async def _turn(self, number: int) -> TurnDone:
        backend, received = self.request.backend, Received()
        over = self.request.budget.exceeded(self.run.usage, self.run.id, self.thread.id, self.thread.store)
        if over:
            raise LimitReachedError(over)
        turn = self.request.turn(self.thread, self.run.id)
        self.emit(TurnStarted(number=number))
        try:
            async with aclosing(backend.turn(turn)) as events:
                async for event in events:
                    received.take(event)
                    if isinstance(event, TurnPending):
                        self._keep([], self._state(event.state))
                    self.emit(event)
            done = received.done(backend.name)
        except BaseException:
            self._keep(received.partial())
            raise
        self.run.usage += done.usage
        self._keep(done.items, self._state(done.state) if done.state else None)
        return done

    def _state(self, data: Mapping[str, Any]) -> StateRecord:
        name = self.request.backend.name
        return StateRecord(
            id=f"{name}/{self.run.id}", thread=self.thread.id, backend=name, node="", data=data
        )

    async def _answer(self, calls: Sequence[ToolCall]) -> None:
        limits, self.calls = self.request.limits, self.calls + len(calls)
        if self.calls > limits.tool_calls:
            raise LimitReachedError(limits.reached(f"{limits.tool_calls} tool calls"))
        async with aclosing(self.request.toolbox.perform(calls, self.emit)) as results:
            async for result in results:
                self._keep([result])

    def _keep(self, items: Sequence[Item], state: StateRecord | None = None, **changes: Any) -> None:
        try:
            self.record = self.thread.append(items, replace(self.record, **changes), state)
        except StoreError as error:
            raise StoreError(f"{error.what}; not all of this answer is kept", error.cure) from error
        self.run.items.extend(items)
