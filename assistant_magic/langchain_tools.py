"""LangChain's tools as they are, as tools of ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant_magic import tracing
from assistant_magic.exceptions import ToolError, UsageError
from assistant_magic.items import Image, Part, Text
from assistant_magic.tool_values import parts_of
from assistant_magic.tools import Tool

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool


def is_langchain_tool(candidate: object) -> bool:
    """Whether this is a LangChain tool; imports nothing to find out."""
    return any(
        kind.__name__ == "BaseTool" and kind.__module__.startswith("langchain_core")
        for kind in type(candidate).__mro__
    )


def from_langchain(tool: Any) -> Tool:
    """Our tool for a LangChain tool: same name, description and arguments.

    Async tools run on the loop of the runs, side by side; others like any plain function. A ToolException, or
    any other error of the tool, goes to the model.

    Raises:
        UsageError: It wants state of a graph, which there is none of here.
    """
    from langchain_core.utils.function_calling import convert_to_openai_tool

    refuse_injected_state(tool)
    function = convert_to_openai_tool(tool)["function"]

    def validate(arguments: str) -> Mapping[str, Any]:
        return {"arguments": _checked(tool, arguments)}

    async def beside(arguments: Any) -> tuple[Part, ...]:
        with tracing.silence(), _told_to_the_model(tool):
            return _parts(await tool.ainvoke(_call(tool, arguments)))

    def plain(arguments: Any) -> tuple[Part, ...]:
        with tracing.silence(), _told_to_the_model(tool):
            return _parts(tool.invoke(_call(tool, arguments)))

    return Tool(
        name=function["name"],
        description=function.get("description") or "",
        parameters=function.get("parameters") or {"type": "object", "properties": {}},
        validate=validate,
        function=beside if _is_async(tool) else plain,
    )


def refuse_injected_state(tool: object) -> None:
    """Refuse a tool whose arguments only a running graph can give.

    Raises:
        UsageError: It has such an argument.
    """
    if not is_langchain_tool(tool):
        return
    from langchain_core.tools import InjectedToolCallId

    if isinstance(tool.tool_call_schema, Mapping):  # type: ignore[attr-defined]  # a BaseTool, see above
        return  # a JSON schema, which cannot say that something is injected
    wanted = _fields(tool.get_input_schema())  # type: ignore[attr-defined]  # a BaseTool, see above
    shown = _fields(tool.tool_call_schema)  # type: ignore[attr-defined]  # the same
    for name, field in wanted.items():
        marks = [mark if isinstance(mark, type) else type(mark) for mark in field.metadata]
        if name not in shown and InjectedToolCallId not in marks:
            raise UsageError(
                f"the tool {tool.name!r} wants its argument {name!r} injected by a graph",  # type: ignore[attr-defined]  # the same
                "Wrap it in a function that gets the value in another way.",
            )


def _fields(schema: Any) -> Mapping[str, Any]:
    return getattr(schema, "model_fields", {})


def _is_async(tool: BaseTool) -> bool:
    """Whether the tool brings async code of its own; LangChain's stand-in would only start a thread."""
    from langchain_core.tools import BaseTool as Plain
    from langchain_core.tools import StructuredTool
    from langchain_core.tools import Tool as Simple

    if isinstance(tool, StructuredTool | Simple):
        return tool.coroutine is not None
    return type(tool)._arun is not Plain._arun  # noqa: SLF001 - no other way to ask


def _checked(tool: BaseTool, arguments: str) -> Any:
    """The arguments, if they fit.

    Raises:
        ToolError: They are not JSON, or do not validate.
    """
    from pydantic import BaseModel, ValidationError

    try:
        values = json.loads(arguments or "{}", strict=False)
    except ValueError as error:
        raise ToolError(f"the arguments of {tool.name!r} are not JSON: {error}") from error
    if isinstance(values, dict) and list(values) == ["__arg1"]:
        return values["__arg1"]
    schema = tool.tool_call_schema
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        try:
            schema.model_validate(values)
        except ValidationError as error:
            problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise ToolError(f"the arguments of {tool.name!r} do not validate: {problems}") from error
    return values


def _call(tool: BaseTool, arguments: Any) -> Any:
    """A tool call for `invoke`, which then gives a message with content and artifact."""
    if not isinstance(arguments, dict):
        arguments = {"__arg1": arguments}
    return {"type": "tool_call", "id": "call", "name": tool.name, "args": arguments}


def _parts(answer: Any) -> tuple[Part, ...]:
    """Words and pictures of what a tool gave; an artifact that is a picture is one of them."""
    from langchain_core.messages import ToolMessage

    if not isinstance(answer, ToolMessage):
        return parts_of(answer)
    if answer.status == "error":
        raise ToolError(answer.text)
    blocks = [_part(block) for block in answer.content_blocks]
    shown = (
        [part for part in parts_of(answer.artifact) if isinstance(part, Image)]
        if answer.artifact is not None
        else []
    )
    return (*blocks, *shown)


def _part(block: Any) -> Part:
    if block["type"] == "text":
        return Text(text=block["text"])
    if block["type"] == "image" and block.get("base64"):
        return Image(data=block["base64"], media_type=block.get("mime_type") or "image/png")
    return Text(text=json.dumps(block, ensure_ascii=False, default=str))


@contextlib.contextmanager
def _told_to_the_model(tool: BaseTool) -> Any:
    try:
        yield
    except (ToolError, asyncio.CancelledError):
        raise
    except Exception as error:
        raise ToolError(f"{tool.name} failed: {type(error).__name__}: {error}") from error
