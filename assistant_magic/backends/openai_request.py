"""The body of a request: parameters, tools and what we ask for of our own accord."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from assistant_magic.backends import ToolDefinition, TurnRequest
from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_conversation import Memory
from assistant_magic.backends.openai_extras import TOOLS
from assistant_magic.backends.openai_prices import compaction_threshold
from assistant_magic.backends.openai_schema import strict_schema

SETTINGS = frozenset(
    {
        "background", "extra_body", "max_output_tokens", "max_tool_calls", "metadata", "parallel_tool_calls",
        "prompt_cache_key", "reasoning", "safety_identifier", "service_tier", "temperature", "text",
        "tool_choice", "top_logprobs", "top_p", "truncation",
    }
)  # fmt: skip
"""Settings that are parameters of the API by the same name."""

_INCLUDES = {
    "code_interpreter": "code_interpreter_call.outputs",
    "file_search": "file_search_call.results",
    "web_search": "web_search_call.action.sources",
}
_REASONS = re.compile(r"(o\d|gpt-[5-9])(?!.*chat)")


def request_body(
    request: TurnRequest, memory: Memory, connection: Connection, hosted: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Arguments for `responses.create`.

    Args:
        request: The turn.
        memory: Its input.
        connection: The server, and what it refused before.
        hosted: Hosted tools with their required parts filled in.
    """
    settings, refused = request.settings, connection.refused.get(request.model, set())
    body = {name: settings[name] for name in SETTINGS if settings.get(name) is not None}
    body |= {"model": request.model, "input": memory.input}
    if request.instructions:
        body["instructions"] = request.instructions
    if memory.conversation:
        body["conversation"] = memory.conversation
    elif settings.get("store") == "local" or "store" not in refused:
        body["store"] = False
    functions = () if TOOLS in refused else request.tools
    tools = [_function(tool) for tool in functions] + [_described(tool) for tool in hosted]
    if tools:
        body["tools"] = tools
    _shape(body, request)
    _ask_for_more(body, request, memory, connection)
    return body


def _function(tool: ToolDefinition) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
        "strict": False,
    }


def _described(tool: Mapping[str, Any]) -> dict[str, Any]:
    if tool.get("type") == "mcp" and "server_label" not in tool:
        host = urlsplit(str(tool.get("server_url") or "")).hostname or str(
            tool.get("connector_id") or "remote"
        )
        return {**tool, "server_label": re.sub(r"\W+", "_", host)}
    return dict(tool)


def _shape(body: dict[str, Any], request: TurnRequest) -> None:
    """How the answer is to look: its schema, its length in words, the effort behind it."""
    settings = request.settings
    text = dict(body.get("text") or {})
    if settings.get("verbosity"):
        text["verbosity"] = settings["verbosity"]
    if request.output_schema is not None:
        schema, strict = strict_schema(request.output_schema)
        text["format"] = {"type": "json_schema", "name": "answer", "schema": schema, "strict": strict}
    if text:
        body["text"] = text
    if settings.get("reasoning_effort"):
        body["reasoning"] = {**(body.get("reasoning") or {}), "effort": settings["reasoning_effort"]}


def _ask_for_more(body: dict[str, Any], request: TurnRequest, memory: Memory, connection: Connection) -> None:
    refused = connection.refused.get(request.model, set())
    kinds = {str(tool.get("type")) for tool in request.hosted}
    include = list(request.settings.get("include") or ())
    if "outputs" not in refused:
        include += [name for kind, name in _INCLUDES.items() if any(k.startswith(kind) for k in kinds)]
    if not memory.conversation and "encrypted" not in refused:
        include.append("reasoning.encrypted_content")
    if include:
        body["include"] = list(dict.fromkeys(include))
    threshold = request.settings.get("compact_at")
    if threshold is None and connection.at_home:
        threshold = compaction_threshold(request.model)
    if threshold and "compaction" not in refused:
        body["context_management"] = [{"type": "compaction", "compact_threshold": int(threshold)}]
    if not connection.at_home:
        return
    if "summary" not in refused and _REASONS.match(request.model):
        body["reasoning"] = {"summary": "auto", **(body.get("reasoning") or {})}
    if "cache key" not in refused and request.thread_id:
        body.setdefault("prompt_cache_key", request.thread_id)
    if "obfuscation" not in refused:
        body["stream_options"] = {"include_obfuscation": False}
