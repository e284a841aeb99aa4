"""A run whose tools the caller executes: it stops at `requires_action` and goes on with the results.

`run.py` performs a run in one piece. LangChain's agents and the hand-written loops of the Assistants API want
it in steps: ask, get the calls, run them wherever they like, hand in the results, ask again. Tools of our own
(`request.toolbox`) run within a step; only calls of `offered` tools come out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import uuid4

from assistant_magic.backends import ToolDefinition, TurnRequest
from assistant_magic.events import Event, RunDone, RunStarted, RunStatus, TurnDone, TurnStarted
from assistant_magic.exceptions import AssistantError, UsageError
from assistant_magic.items import Item, Part, ToolCall, ToolResult
from assistant_magic.received import Received
from assistant_magic.request import LimitReachedError, RunRequest
from assistant_magic.stores import Node, RunRecord, StateRecord
from assistant_magic.thread import Thread, never_ran

Emit = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where a run stands after a step.

    Attributes:
        run: Its record; `requires_action` as long as `calls` wait for results.
        nodes: Everything the run added to the thread so far, its prompt included.
        calls: Tool calls for the caller to run, in order.
    """

    thread: Thread
    run: RunRecord
    nodes: Sequence[Node]
    calls: Sequence[ToolCall] = ()


class SteppedRun:
    """One run, or the continuation of one, on a thread.

    Args:
        thread: Where it is kept; each step holds the thread's writer lock only while it lasts.
        request: As for a run in one piece; its toolbox holds the tools that run within a step.
        offered: Tools that the caller runs.
        emit: Hears the events of the run.
    """

    def __init__(
        self, thread: Thread, request: RunRequest, offered: Sequence[ToolDefinition], emit: Emit
    ) -> None:
        self._thread, self._request, self._offered, self._emit = thread, request, offered, emit
        assert request.prompt is not None
        self._prompt = request.prompt
        self._record = RunRecord(id=f"run_{uuid4().hex[:20]}", thread=thread.id, model=request.model)
        self._started = time.monotonic()

    async def begin(self) -> Step:
        """Put the prompt on the thread and go on to the first calls, or to the answer.

        Raises:
            BackendError: The provider failed; what came is kept and the run is over.
            ThreadBusyError: Somebody else writes this thread.
        """
        with self._thread.store.writer(self._thread.id):
            self._thread.refresh()
            head = self._thread.record.head
            self._record = replace(self._record, parent=head, previous_head=head, created=time.time())
            self._keep([*map(never_ran, self._thread.unanswered()), self._prompt])
            self._thread.name_after(self._prompt.text)
            return await self._advance()

    async def resume(self, run_id: str, results: Mapping[str, Sequence[Part]]) -> Step:
        """Hand in what the caller's tools gave, by `call_id`, and go on.

        Raises:
            UsageError: The run waits for nothing, or for other calls.
        """
        with self._thread.store.writer(self._thread.id):
            self._thread.refresh()
            found = self._thread.store.find(RunRecord, id=run_id, thread=self._thread.id)
            pending = self._thread.unanswered() if found and found[0].status == "requires_action" else []
            if not pending:
                raise UsageError(
                    f"run {run_id!r} on thread {self._thread.id} does not wait for tool outputs",
                    "Invoke with the newest run_id, or with content to ask something new.",
                )
            missing = [call for call in pending if call.call_id not in results]
            if missing:
                names = ", ".join(f"{call.call_id} ({call.name})" for call in missing)
                raise UsageError(f"tool_outputs lacks {names}", "All calls of a turn are answered together.")
            self._record = replace(found[0], status="in_progress")
            self._keep([_result(call, results[call.call_id]) for call in pending])
            return await self._advance()

    async def _advance(self) -> Step:
        ids = {"run_id": self._record.id, "thread_id": self._thread.id}
        self._emit(RunStarted(model=self._record.model, prompt=self._prompt.text, **ids))
        try:
            async with asyncio.timeout(self._request.limits.seconds):
                calls, reason = await self._until_handover()
        except (LimitReachedError, TimeoutError) as limit:
            return self._end("incomplete", str(limit) or "the time limit of the run was reached")
        except asyncio.CancelledError:
            cast("asyncio.Task[Any]", asyncio.current_task()).uncancel()
            return self._end("cancelled", "interrupted")
        except AssistantError as error:
            self._end("failed", str(error))
            raise
        if calls:
            return self._end("requires_action", calls=calls)
        return self._end("incomplete" if reason else "completed", reason)

    async def _until_handover(self) -> tuple[Sequence[ToolCall], str]:
        """The calls that the caller must run, or none and why the answer is not whole (`""`: it is)."""
        limits = self._request.limits
        offered = {tool.name for tool in self._offered}
        for number in range(1, limits.turns + 1):
            done = await self._turn(number)
            if done.finish != "stop":
                return (), f"the answer ended early: {done.finish}"
            calls = [item for item in done.items if isinstance(item, ToolCall)]
            ours = [call for call in calls if call.name not in offered]
            async with aclosing(self._request.toolbox.perform(ours, self._emit)) as results:
                async for result in results:
                    self._keep([result])
            theirs = [call for call in calls if call.name in offered]
            if theirs or not calls:
                return theirs, ""
        raise LimitReachedError(limits.reached(f"{limits.turns} turns"))

    async def _turn(self, number: int) -> TurnDone:
        backend, received = self._request.backend, Received()
        self._emit(TurnStarted(number=number))
        try:
            async with aclosing(backend.turn(self._turn_request())) as events:
                async for event in events:
                    received.take(event)
                    self._emit(event)
            done = received.done(backend.name)
        except BaseException:
            self._keep(received.partial())
            raise
        self._record = replace(self._record, usage=self._record.usage + done.usage)
        key = f"{backend.name}/{self._record.id}"
        state = StateRecord(id=key, thread=self._thread.id, backend=backend.name, node="", data=done.state)
        self._keep(done.items, state if done.state else None)
        return done

    def _turn_request(self) -> TurnRequest:
        turn = self._request.turn(self._thread, self._record.id)
        return replace(turn, tools=(*turn.tools, *self._offered))

    def _end(self, status: RunStatus, reason: str = "", calls: Sequence[ToolCall] = ()) -> Step:
        if status != "requires_action":
            underway = self._request.toolbox.underway
            left = self._thread.unanswered()
            self._keep([underway.cut_short(call, reason) or never_ran(call, reason) for call in left])
        spent = self._record.seconds + time.monotonic() - self._started
        self._record = replace(self._record, status=status, reason=reason, seconds=spent)
        self._keep([])
        self._emit(
            RunDone(
                run_id=self._record.id, status=status, reason=reason, usage=self._record.usage, seconds=spent
            )
        )
        nodes = self._thread.store.path(self._thread.record.head, after=self._record.parent)
        return Step(thread=self._thread, run=self._record, nodes=nodes, calls=calls)

    def _keep(self, items: Sequence[Item], state: StateRecord | None = None) -> None:
        self._record = self._thread.append(items, self._record, state)


def _result(call: ToolCall, content: Sequence[Part]) -> ToolResult:
    return ToolResult(call_id=call.call_id, name=call.name, content=tuple(content))
