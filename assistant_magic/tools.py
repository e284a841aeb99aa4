"""Tools: functions a model may ask for, described by their signature and docstring."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, overload

from assistant_magic import kernel
from assistant_magic.backends import ToolDefinition
from assistant_magic.events import Event, ToolDone, ToolOutput, ToolStarted
from assistant_magic.exceptions import ExecutorError, ToolError, UsageError
from assistant_magic.executors import Execution, Executor
from assistant_magic.items import Output, Part, ResultStatus, Text, ToolCall, ToolResult
from assistant_magic.ledger import Ledger
from assistant_magic.masking import mask_output
from assistant_magic.namespace import Changes, Snapshot
from assistant_magic.tool_schema import describe
from assistant_magic.tool_values import parts_of

Emit = Callable[[Event], None]
Validate = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A function a model may ask for.

    Plain functions run on the kernel's main thread, one after the other; async functions run side by side
    on the loop of the runs. What they print or display appears in the cell.

    Attributes:
        name: What the model calls it.
        description: What it is told about it.
        parameters: JSON schema (type object) of the arguments.
        validate: From the model's JSON text to keyword arguments; raises `ToolError` with a message for it.
        function: Called with those; None for a tool whose argument `code` an executor runs.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    validate: Validate
    function: Callable[..., Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself, as if it had not been made a tool."""
        if self.function is None:
            raise UsageError(f"the tool {self.name!r} is run by an executor", "Ask the assistant to use it.")
        return self.function(*args, **kwargs)

    @property
    def definition(self) -> ToolDefinition:
        """What a backend needs to know."""
        return ToolDefinition(name=self.name, description=self.description, parameters=self.parameters)

    @property
    def runs_beside(self) -> bool:
        """True for async functions: several of one turn run at the same time."""
        return inspect.iscoroutinefunction(self.function)


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(*, name: str = "", description: str = "") -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None, /, *, name: str = "", description: str = ""
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a function with type hints a tool; use as `@tool` or `@tool(name=…)`.

    The model sees its name, the summary of its Google docstring, and its parameters with their types and the
    descriptions under `Args:`.

    Raises:
        UsageError: A parameter has no type hint, or one that has no JSON form.
    """

    def decorate(function: Callable[..., Any]) -> Tool:
        described = describe(function)
        return Tool(
            name=name or function.__name__,
            description=description or described.summary,
            parameters=described.parameters,
            validate=described.validate,
            function=function,
        )

    return decorate(function) if function is not None else decorate


def as_tool(candidate: object) -> Tool:
    """A tool from what people pass as one: a `Tool`, a LangChain tool, or a function with type hints."""
    from assistant_magic.langchain_tools import from_langchain, is_langchain_tool

    if isinstance(candidate, Tool):
        return candidate
    if is_langchain_tool(candidate):
        return from_langchain(candidate)
    if callable(candidate):
        return tool(candidate)
    raise UsageError(f"{candidate!r} is not a tool", "Pass a function with type hints or a LangChain tool.")


def python_tool() -> Tool:
    """The tool `python`: code that an executor runs."""
    return Tool(
        name="python",
        description=(
            "Run Python in the user's notebook kernel, like a cell: it sees the user's variables, keeps state "
            "between calls, and the last expression, prints and figures are shown to the user and returned."
        ),
        parameters={
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "Python source, IPython syntax allowed"}
            },
            "required": ["code"],
            "additionalProperties": False,
        },
        validate=_code_argument,
    )


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of a tool call.

    Attributes:
        arguments: What it runs with; other than the model's where a person edited them.
        refusal: `""` when it may run, else the words that go to the model and the reader.
        note: Words for the model besides the result.
    """

    arguments: Mapping[str, Any]
    refusal: str = ""
    note: str = ""


class Approval(Protocol):
    """Decides on tool calls before they run."""

    async def decide(self, call: ToolCall, tool: Tool, arguments: Mapping[str, Any]) -> Decision:
        """Whether the call may run, and with what; raises CancelledError to stop the run."""
        ...


class Toolbox:
    """The tools of one run, where their code runs, and who says yes."""

    def __init__(
        self,
        tools: Sequence[Tool],
        executor: Executor,
        approval: Approval,
        *,
        ledger: Ledger | None = None,
        seconds: float | None = None,
    ) -> None:
        names = [t.name for t in tools]
        twice = {n for n in names if names.count(n) > 1}
        if twice:
            raise UsageError(f"two tools are called {min(twice)!r}", "Give one of them another name.")
        self._tools = {t.name: t for t in tools}
        self._executor = executor
        self._approval = approval
        self._ledger = ledger or Ledger()
        self._ledger.begin()
        self._seconds = seconds

    @property
    def definitions(self) -> tuple[ToolDefinition, ...]:
        """What the backend tells the model."""
        return tuple(t.definition for t in self._tools.values())

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

    async def _perform(self, call: ToolCall, emit: Emit) -> ToolResult:
        try:
            result = await self._attempt(call, emit)
        except ToolError as error:
            result = _said(call, "error", str(error))
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
            return _said(call, "refused", decision.refusal)
        executor = self._executor if tool.function is None else None
        performed = replace(call, arguments=json.dumps(dict(decision.arguments))) if decision.note else call
        emit(ToolStarted(call=performed, executor=executor.name if executor else ""))

        def on_output(output: Output) -> None:
            shown = executor is None or executor.shows
            emit(ToolOutput(call_id=call.call_id, output=mask_output(output), shown=shown))

        if executor is not None:
            return await self._execute(call, executor, decision, on_output)
        return await _call(call, tool, decision.arguments, on_output)

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
        self._ledger.ran(executor.name, code)
        changes = self._ledger.note(before, kernel.namespace()) if before is not None else Changes()
        content = (Text(text=decision.note),) if decision.note else ()
        result = _result(call, execution, executor=executor.name, content=content)
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
    except ToolError:
        raise
    except Exception as error:
        raise ToolError(f"{type(error).__name__}: {error}") from error
    return _result(call, execution, content=parts_of(value))


def _plain_call(tool: Tool, arguments: Mapping[str, Any]) -> Any:
    assert tool.function is not None
    value = tool.function(**arguments)
    if isinstance(value, Awaitable):
        raise ToolError(f"the tool {tool.name!r} returned an awaitable; declare it with `async def`")
    return value


def _result(
    call: ToolCall, execution: Execution, *, executor: str = "", content: tuple[Part, ...] = ()
) -> ToolResult:
    status: ResultStatus = "interrupted" if execution.interrupted else "ok" if execution.ok else "error"
    if execution.interrupted:
        content = (*content, Text(text=f"interrupted: {execution.interrupted}"))
    return ToolResult(
        call_id=call.call_id,
        name=call.name,
        status=status,
        content=content,
        outputs=tuple(mask_output(output) for output in execution.outputs),
        executor=executor,
        seconds=execution.seconds,
    )


def _said(call: ToolCall, status: ResultStatus, text: str) -> ToolResult:
    return ToolResult(call_id=call.call_id, name=call.name, status=status, content=(Text(text=text),))


def _code_argument(arguments: str) -> Mapping[str, Any]:
    try:
        code = json.loads(arguments)["code"]
    except (ValueError, KeyError, TypeError):
        raise ToolError('the arguments must be JSON of the form {"code": "…"}') from None
    if not isinstance(code, str):
        raise ToolError("`code` must be a string")
    return {"code": code}
