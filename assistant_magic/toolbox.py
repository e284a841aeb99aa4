"""The tools of one run at work: decided on, performed where they belong, and answered in every case."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant_magic import kernel
from assistant_magic.backends import ToolDefinition
from assistant_magic.events import Event, ToolDone, ToolOutput, ToolStarted
from assistant_magic.exceptions import ExecutorError, ToolError, UsageError
from assistant_magic.executors import Execution, Executor, make_executor
from assistant_magic.items import HostedToolCall, Output, Text, ToolCall, ToolResult
from assistant_magic.ledger import Ledger
from assistant_magic.masking import OutputMask
from assistant_magic.namespace import Changes, Snapshot
from assistant_magic.results import Underway, result_of, said
from assistant_magic.tool_values import parts_of
from assistant_magic.tools import Approval, Decision, Tool

__all__ = ["Emit", "Toolbox"]

Emit = Callable[[Event], None]


class Toolbox:
    """The tools of one run, where their code runs, and who says yes.

    Args:
        tools: Each with a name of its own.
        executor: Runs code, unless a tool or the approval names another one.
        approval: Decides before each call.
        elsewhere: Gives executors by name.
        ledger: Remembers what ran.
        seconds: Time limit of one call's code.
    """

    def __init__(
        self,
        tools: Sequence[Tool],
        executor: Executor,
        approval: Approval,
        *,
        elsewhere: Callable[[str], Executor] = make_executor,
        ledger: Ledger | None = None,
        seconds: float | None = None,
    ) -> None:
        twice = {t.name for t in tools if sum(t.name == other.name for other in tools) > 1}
        if twice:
            raise UsageError(f"two tools are called {min(twice)!r}", "Give one of them another name.")
        self._tools = {t.name: t for t in tools}
        self._executor = executor
        self._approval = approval
        self._elsewhere = elsewhere
        self._ledger = ledger or Ledger()
        self._ledger.begin()
        self._seconds = seconds
        self.underway = Underway()

    @property
    def definitions(self) -> tuple[ToolDefinition, ...]:
        """What the backend tells the model."""
        return tuple(t.definition(self._executor.name) for t in self._tools.values())

    async def perform(self, calls: Sequence[ToolCall], emit: Emit) -> AsyncGenerator[ToolResult, None]:
        """Perform the calls of one turn and yield their results in call order.

        Async functions run side by side; everything else follows in call order.
        """
        beside: dict[int, asyncio.Task[ToolResult]] = {}
        for place, call in enumerate(calls):
            if call.name in self._tools and self._tools[call.name].runs_beside:
                beside[place] = asyncio.create_task(self._perform(call, emit))
        try:
            for place, call in enumerate(calls):
                yield await (beside[place] if place in beside else self._perform(call, emit))
        finally:
            for task in beside.values():
                task.cancel()
            await asyncio.gather(*beside.values(), return_exceptions=True)

    async def permit(self, call: HostedToolCall, emit: Emit) -> ToolResult:
        """Decide on a call that waits at the provider for a yes or no."""
        refusal = await self._approval.permit(call.asked)
        result = said(call.asked, "refused" if refusal else "ok", refusal or "allowed")
        emit(ToolDone(call=call.asked, result=result))
        return result

    async def _perform(self, call: ToolCall, emit: Emit) -> ToolResult:
        try:
            result = await self._attempt(call, emit)
        except ToolError as error:
            result = said(call, "error", str(error))
        self.underway.end(call)
        emit(ToolDone(call=call, result=result))
        return result

    async def _attempt(self, call: ToolCall, emit: Emit) -> ToolResult:
        tool = self._tools.get(call.name)
        if tool is None:
            there = ", ".join(sorted(self._tools)) or "none"
            raise ToolError(f"there is no tool {call.name!r}; the tools are: {there}")
        arguments = tool.validate(call.arguments)
        decision = await self._approval.decide(call, tool, arguments)
        if decision.refusal:
            return said(call, "refused", decision.refusal)
        executor = self._executor_for(tool, decision)
        performed = replace(call, arguments=json.dumps(dict(decision.arguments))) if decision.note else call
        emit(ToolStarted(call=performed, executor=executor.name if executor else ""))
        log = self.underway.begin(call, executor.name if executor else "")
        masked = OutputMask()
        shown = executor is None or executor.shows

        def tell(outputs: Iterable[Output]) -> None:
            for output in outputs:
                log.add(output)
                emit(ToolOutput(call_id=call.call_id, output=output, shown=shown))

        def on_output(output: Output) -> None:
            tell(masked.take(output))

        try:
            if executor is not None:
                return await self._execute(call, executor, decision, on_output)
            return await _call(call, tool, decision.arguments, on_output)
        finally:
            tell(masked.rest())

    def _executor_for(self, tool: Tool, decision: Decision) -> Executor | None:
        if tool.function is not None:
            return None
        name = decision.executor or tool.executor
        return self._elsewhere(name) if name not in ("", self._executor.name) else self._executor

    async def _execute(
        self, call: ToolCall, executor: Executor, decision: Decision, on_output: Callable[[Output], None]
    ) -> ToolResult:
        code, live = str(decision.arguments["code"]), executor.name == "live"
        before = Snapshot(kernel.namespace(), folder=".") if live else None
        try:
            await executor.start()
            execution = await executor.execute(code, limit=self._seconds, on_output=on_output)
        except ExecutorError as error:
            raise ToolError(error.what, error.cure) from error
        finally:  # also of code that was stopped, so that undo takes back what it did until then
            self._ledger.ran(executor.name, code)
            changes = self._ledger.note(before, kernel.namespace()) if before is not None else Changes()
        content = (Text(text=decision.note),) if decision.note else ()
        result = result_of(call, execution, executor=executor.name, content=content)
        return replace(result, changes=str(changes), code=code if decision.note else "")


async def _call(
    call: ToolCall, tool: Tool, arguments: Mapping[str, Any], on_output: Callable[[Output], None]
) -> ToolResult:
    assert tool.function is not None
    execution = Execution()
    try:
        if tool.runs_beside:
            value = await tool.function(**arguments)
        else:
            value, execution = await kernel.call(lambda: _plain_call(tool, arguments), on_output)
        content = parts_of(value)  # asks the value for its words, which is the user's code
    except ToolError:
        raise
    except Exception as error:
        raise ToolError(f"{type(error).__name__}: {error}") from error
    return result_of(call, execution, content=content)


def _plain_call(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    value = tool(**arguments)
    if isinstance(value, Awaitable):
        raise ToolError(f"the tool {tool.name!r} returned an awaitable; declare it with `async def`")
    return value
