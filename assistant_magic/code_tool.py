"""A caller's tool that runs Python, standing in for our own tool `python`.

The offline tutor knows one tool, `python(code)`. In LangChain the same thing has other names:
`e2b_data_analysis(python_code)` and the like. What goes to the tutor and what comes back is renamed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from assistant_magic.backends import Backend, ToolDefinition, TurnRequest
from assistant_magic.events import Event, ItemDone, ToolCallDelta, TurnDone
from assistant_magic.items import Item, Output, Text, ToolCall, ToolResult

PYTHON = "python"
_ARGUMENTS = ("code", "python_code", "query", "command", "script")


def code_tool(tools: Sequence[ToolDefinition]) -> tuple[ToolDefinition, str] | None:
    """The first tool that takes Python source as its only required text, with that argument's name."""
    for tool in tools:
        properties = tool.parameters.get("properties", {})
        required = tool.parameters.get("required", list(properties))
        for name in _ARGUMENTS:
            about = f"{tool.name} {tool.description}".lower()
            if list(required) == [name] and properties[name].get("type") == "string" and "python" in about:
                return tool, name
    return None


class CodeToolBackend:
    """Renames a caller's code tool to `python` on the way to a backend, and back.

    Args:
        backend: Knows only `python`.
        tool: What the caller has; `argument` is the name of its source text.
    """

    def __init__(self, backend: Backend, tool: ToolDefinition, argument: str) -> None:
        self.name = backend.name
        self._backend, self._tool, self._argument = backend, tool, argument

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Ask the backend once."""
        tools = [self._known(tool) for tool in request.tools]
        items = [self._inward(item) for item in request.items]
        async with aclosing(self._backend.turn(replace(request, tools=tools, items=items))) as events:
            async for event in events:
                yield self._outward(event)

    async def close(self) -> None:
        """Release the backend's connections."""
        await self._backend.close()

    def _known(self, tool: ToolDefinition) -> ToolDefinition:
        if tool.name != self._tool.name:
            return tool
        source = {"type": "string"}
        return replace(tool, name=PYTHON, parameters={"type": "object", "properties": {"code": source}})

    def _inward(self, item: Item) -> Item:
        if isinstance(item, ToolCall) and item.name == self._tool.name:
            return replace(item, name=PYTHON, arguments=_renamed(item.arguments, self._argument, "code"))
        if isinstance(item, ToolResult) and item.name == self._tool.name:
            return replace(item, name=PYTHON, content=(), outputs=tuple(_outputs(item)))
        return item

    def _outward(self, event: Event) -> Event:
        if isinstance(event, ToolCallDelta) and event.name == PYTHON:
            return replace(event, name=self._tool.name)
        if isinstance(event, ItemDone):
            return replace(event, item=self._called(event.item))
        if isinstance(event, TurnDone):
            return replace(event, items=tuple(map(self._called, event.items)))
        return event

    def _called(self, item: Item) -> Item:
        if isinstance(item, ToolCall) and item.name == PYTHON:
            arguments = _renamed(item.arguments, "code", self._argument)
            return replace(item, name=self._tool.name, arguments=arguments)
        return item


def _renamed(arguments: str, old: str, new: str) -> str:
    values = json.loads(arguments)
    return json.dumps({new if name == old else name: value for name, value in values.items()})


def _outputs(result: ToolResult) -> list[Output]:
    """What the tool said as streams: E2B's JSON of stdout and stderr, or plain text."""
    text = "".join(part.text for part in result.content if isinstance(part, Text))
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "stdout" not in said:
        return [{"output_type": "stream", "name": "stdout", "text": text}]
    outputs: list[Output] = [
        {"output_type": "stream", "name": name, "text": str(said[name])}
        for name in ("stdout", "stderr")
        if said.get(name)
    ]
    if said.get("stderr") and not said["stdout"]:
        name, _, value = str(said["stderr"]).strip().splitlines()[-1].partition(": ")
        outputs.append({"output_type": "error", "ename": name, "evalue": value, "traceback": []})
    return outputs
