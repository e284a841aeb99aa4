"""Tools: functions a model may ask for, described by their signature and docstring."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, overload

from assistant_magic.backends import ToolDefinition
from assistant_magic.exceptions import ToolError, UsageError
from assistant_magic.executors import PLACES
from assistant_magic.items import ToolCall
from assistant_magic.tool_schema import describe

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
        executor: Name of that executor; `""` for the one that is set.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    validate: Validate
    function: Callable[..., Any] | None = None
    executor: str = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function itself, as if it had not been made a tool."""
        if self.function is None:
            raise UsageError(f"the tool {self.name!r} is run by an executor", "Ask the assistant to use it.")
        return self.function(*args, **kwargs)

    def definition(self, executor: str = "") -> ToolDefinition:
        """What a backend needs to know, where the executor of this name runs code."""
        description = self.description
        if description == _about_python(""):  # the model must know which variables are there
            description = _about_python(executor)
        return ToolDefinition(name=self.name, description=description, parameters=self.parameters)

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


def python_tool(executor: str = "") -> Tool:
    """The tool `python`: code that an executor runs.

    Args:
        executor: Name of the one it always runs in, whatever is set; the tool is then called `python_isolated`
            or the like, so that a model can have it beside `python`.
    """
    return Tool(
        name=f"python_{executor}" if executor else "python",
        description=_about_python(executor),
        parameters={
            "type": "object",
            "properties": {"code": {"type": "string", "description": "Python; IPython syntax allowed"}},
            "required": ["code"],
            "additionalProperties": False,
        },
        validate=_code_argument,
        executor=executor,
    )


CODE_TOOLS = {"python_e2b": "e2b", "python_isolated": "isolated"}
"""Names of further tools for code, each with the executor that it runs in."""


def _about_python(executor: str) -> str:
    where = (
        "the user's notebook kernel, like a cell: it sees the user's variables"
        if executor not in _ELSEWHERE
        else f"{PLACES[executor]}, away from the user's notebook: it sees only variables that were shared"
    )
    return (
        f"Run Python in {where}, keeps state between calls, and the last expression, prints and figures are shown "
        "to the user and returned."
    )


_ELSEWHERE = PLACES.keys() - {"live"}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of a tool call.

    Attributes:
        arguments: What it runs with; other than the model's where a person edited them.
        refusal: `""` when it may run, else the words that go to the model and the reader.
        note: Words for the model besides the result.
        executor: Name of the executor that runs it, where that is not the tool's.
    """

    arguments: Mapping[str, Any]
    refusal: str = ""
    note: str = ""
    executor: str = ""


class Approval(Protocol):
    """Decides on tool calls before they run."""

    async def decide(self, call: ToolCall, tool: Tool, arguments: Mapping[str, Any]) -> Decision:
        """Whether the call may run, and with what; raises CancelledError to stop the run."""

    async def permit(self, call: ToolCall) -> str:
        """Why a call that would run at the provider may not, or `""`; raises CancelledError likewise."""


def _code_argument(arguments: str) -> Mapping[str, Any]:
    try:
        code = json.loads(arguments)["code"]
    except (ValueError, KeyError, TypeError):
        raise ToolError('the arguments must be JSON of the form {"code": "…"}') from None
    if not isinstance(code, str):
        raise ToolError("`code` must be a string")
    return {"code": code}
