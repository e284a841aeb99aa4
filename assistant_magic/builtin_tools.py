"""The tools of the Assistants API that need no function of the caller's.

Where the backend hosts them (OpenAI), they are asked of it; elsewhere they are ours: `code_interpreter` is the
tool `python` on the executor, `retrieval` and `file_search` search attached files here, `web_search` is ddgs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from assistant_magic.backends import ToolDefinition
from assistant_magic.exceptions import UsageError
from assistant_magic.file_search import file_search_tool
from assistant_magic.items import File
from assistant_magic.tools import Tool, python_tool
from assistant_magic.web_search import web_search_tool

_SEARCH = ("file_search", "retrieval")
_WEB = ("web_search", "web_search_preview")
Host = Literal["all", "needed", "none"]
"""What runs at the provider: everything it has (OpenAI), only what we have not, or nothing."""
BUILTIN = ("code_interpreter", *_SEARCH, *_WEB)


def is_builtin(tool: object) -> bool:
    """Whether this is one by its `type`; any other type but `function` is a hosted tool too."""
    return isinstance(tool, Mapping) and tool.get("type", "function") != "function"


def shared_out(
    builtin: Sequence[Mapping[str, Any]], resources: Mapping[str, Any], host: Host
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Those that run at the provider, and those that run here."""

    def goes(tool: Mapping[str, Any]) -> bool:
        kind = tool["type"]
        stored = kind in _SEARCH and (resources.get("file_search") or {}).get("vector_store_ids")
        return host == "all" or (host == "needed" and (kind not in BUILTIN or bool(stored)))

    return [tool for tool in builtin if goes(tool)], [tool for tool in builtin if not goes(tool)]


def local_tools(builtin: Sequence[Mapping[str, Any]], files: Sequence[File]) -> list[Tool]:
    """Our own in place of the hosted ones.

    Raises:
        UsageError: One of them exists only at OpenAI.
    """
    kinds = [str(tool["type"]) for tool in builtin]
    strange = [kind for kind in kinds if kind not in BUILTIN]
    if strange:
        raise UsageError(
            f"the tool {strange[0]!r} runs only at OpenAI", "Use a model of openai:, or leave it out."
        )
    found = []
    if "code_interpreter" in kinds:
        found.append(python_tool())
    if any(kind in _SEARCH for kind in kinds):
        found.append(file_search_tool(files))
    if any(kind in _WEB for kind in kinds):
        found.append(web_search_tool())
    return found


def hosted_tools(builtin: Sequence[Mapping[str, Any]], resources: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same as OpenAI's Responses describe them, with an assistant's files and vector stores."""
    return [_hosted(dict(tool), resources) for tool in builtin]


def _hosted(tool: dict[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    if tool["type"] == "retrieval":
        tool["type"] = "file_search"
    given = resources.get(tool["type"]) or {}
    if tool["type"] == "file_search":
        tool.update(tool.pop("file_search", None) or {})
        if given.get("vector_store_ids"):
            tool.setdefault("vector_store_ids", list(given["vector_store_ids"]))
    elif tool["type"] == "code_interpreter" and given.get("file_ids"):
        tool.setdefault("container", {"type": "auto", "file_ids": list(given["file_ids"])})
    return tool


def definition_of(tool: object) -> ToolDefinition:
    """What a model is told about a function of the caller's: a LangChain tool, a dict, a class or a callable."""
    from langchain_core.utils.function_calling import convert_to_openai_tool

    from assistant_magic.langchain_tools import refuse_injected_state

    refuse_injected_state(tool)
    function = convert_to_openai_tool(tool)["function"]  # type: ignore[arg-type]  # it checks by itself
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    return ToolDefinition(
        name=function["name"], description=function.get("description") or "", parameters=parameters
    )
