"""The loop from a prompt to its final answer: ask for a turn, run the tools it asks for, ask again.

A run stops early where the model calls a tool that only the caller can run (`RunRequest.offered`), and goes on
when the results are handed in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from assistant_magic.answer import Run
from assistant_magic.beginning import begin
from assistant_magic.events import Notice, RunStarted, RunStatus, ToolDone, TurnDone, TurnPending, TurnStarted
from assistant_magic.exceptions import AssistantError, StoreError
from assistant_magic.items import HostedToolCall, Item, ToolCall
from assistant_magic.received import Received
from assistant_magic.request import FINISHES, LimitReachedError, Meter, RunRequest
from assistant_magic.thread import Thread, never_ran
from assistant_magic.toolbox import Emit


async def perform(thread: Thread, request: RunRequest, emit: Emit) -> Run:
    """Perform one run and return it, however it ended; nothing that was received is lost.

    Cancelling ends the turn and the running tools, stores what came and returns the run as `cancelled`.

    Raises:
        ThreadBusyError: Another process is writing the thread; nothing was changed.
        StoreError: The store failed; what was shown is not all kept.
    """
    with thread.writing():
        loop = _Loop(thread, request, emit)
        try:
            return await loop.perform()
        except StoreError as error:
            loop.run.end("failed", str(error), 0.0)
            emit(loop.run.done)
            raise


class _Loop:
    def __init__(self, thread: Thread, request: RunRequest, emit: Emit) -> None:
        self.thread, self.request, self.emit = thread, request, emit
        self.record, prompt, self.first = begin(thread, request, emit)
        self.run = Run(id=self.record.id, thread=thread, prompt=prompt, model=request.model)
        self.run.usage = self.record.usage
        self.meter = Meter(request.limits)

    async def perform(self) -> Run:
        started = time.monotonic()
        self._keep(self.first)
        self.thread.name_after(self.run.prompt)
        ids = {"run_id": self.run.id, "thread_id": self.thread.id}
        self.emit(RunStarted(model=self.run.model, prompt=self.run.prompt, **ids))
        status, reason = await self._turns()
        if status != "requires_action":
            self._close_calls("the user stopped it" if status == "cancelled" else reason)
        self.run.end(status, reason, self.record.seconds + time.monotonic() - started)
        self._keep([], status=status, reason=reason, usage=self.run.usage, seconds=self.run.seconds)
        self.emit(self.run.done)
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
            if self.run.calls:
                return "requires_action", ""
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
        offered = {tool.name for tool in self.request.offered}
        for number in range(1, self.request.limits.turns + 1):
            done = await self._turn(number)
            if done.finish != "stop":
                return FINISHES[done.finish]
            calls = [item for item in done.items if isinstance(item, ToolCall)]
            waiting = [i for i in done.items if isinstance(i, HostedToolCall) and i.needs_approval]
            await self._answer([call for call in calls if call.name not in offered])
            for call in waiting:
                self._keep([await self.request.toolbox.permit(call, self.emit)])
            self.run.calls = tuple(call for call in calls if call.name in offered)
            if self.run.calls or not (calls or waiting):
                return ""
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
                        self._keep([], event.state)
                    self.emit(event)
            done = received.done(backend.name)
            if received.silence:
                self.emit(Notice(text=received.silence))
        except BaseException:
            self._keep(received.partial())
            raise
        self.run.usage += done.usage
        self._keep(done.items, done.state)
        return done

    async def _answer(self, calls: Sequence[ToolCall]) -> None:
        self.meter.count_calls(calls)
        async with aclosing(self.request.toolbox.perform(calls, self.emit)) as results:
            async for result in results:
                self._keep([result])
                self.meter.count_output(result)

    def _keep(self, items: Sequence[Item], data: Mapping[str, Any] | None = None, **changes: Any) -> None:
        state = self.request.state(self.thread, self.run.id, data) if data else None
        try:
            self.record = self.thread.append(items, replace(self.record, **changes), state)
        except StoreError as error:
            lost = "not all of this answer is kept" if self.run.items else "the question was not asked"
            raise StoreError(f"{error.what}; {lost}", error.cure) from error
        self.run.items.extend(items)
