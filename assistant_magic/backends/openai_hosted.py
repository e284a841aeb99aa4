"""Calls of hosted tools as our items: what ran at the provider, and what it gave back as Jupyter outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from assistant_magic.backends.openai_wire import Wire, dicts, texts
from assistant_magic.items import NEEDS_APPROVAL, Citation, HostedToolCall, Output


def hosted_name(kind: str) -> str:
    """What we call a hosted tool whose items have this type."""
    if kind.startswith("mcp_"):
        return "mcp"
    return kind.removesuffix("_output").removesuffix("_call") or "tool"


def hosted_call(wire: Wire, provider_data: Mapping[str, Any]) -> HostedToolCall:
    """Our item for a finished call of any hosted tool, known or not."""
    kind = str(wire.get("type") or "tool")
    words, show = _HOSTED.get(kind, (_any_input, _any_outputs))
    status = NEEDS_APPROVAL if kind == "mcp_approval_request" else str(wire.get("status") or "completed")
    return HostedToolCall(
        call_id=str(wire.get("id") or wire.get("call_id") or ""),
        name=hosted_name(kind),
        status="failed" if wire.get("error") else status,
        input=words(wire),
        outputs=tuple(show(wire)),
        citations=tuple(_sources(wire)),
        provider_data=provider_data,
    )


def _stream(text: Any, name: str = "stdout") -> list[Output]:
    return [{"output_type": "stream", "name": name, "text": str(text)}] if text else []


def _picture(data: str, media_type: str) -> Output:
    shown = {media_type: data, "text/plain": f"<{media_type.partition('/')[2].upper()} image>"}
    return {"output_type": "display_data", "data": shown, "metadata": {}}


def _code_outputs(wire: Wire) -> list[Output]:
    outputs: list[Output] = []
    for output in dicts(wire.get("outputs")):
        if output.get("type") == "logs":
            outputs += _stream(output.get("logs"))
        elif output.get("type") == "image":
            url = str(output.get("url") or "")
            head, comma, data = url.partition(",")
            if comma and head.startswith("data:"):
                outputs.append(_picture(data, head[5:].partition(";")[0] or "image/png"))
            else:
                outputs += _stream(url)
    for before, after in pairwise(outputs):
        if "text" in before and "text" in after:
            before["text"] = f"{before['text'].removesuffix(chr(10))}\n"  # else both stand on one line
    return outputs


def _search_input(wire: Wire) -> str:
    action = wire.get("action")
    if not isinstance(action, Mapping):
        return ""
    queries = texts(action.get("queries")) or texts([action.get("query")])
    sought = [str(action[key]) for key in ("pattern", "url") if action.get(key)]
    return "\n".join(queries or sought)


def _file_search_outputs(wire: Wire) -> list[Output]:
    found = [
        f"{r.get('filename') or r.get('file_id')}: {' '.join(str(r.get('text') or '').split())}\n"
        for r in dicts(wire.get("results"))
    ]
    return _stream("".join(found))


def _mcp_input(wire: Wire) -> str:
    return f"{wire.get('server_label')}.{wire.get('name')} {wire.get('arguments') or ''}".strip()


def _mcp_outputs(wire: Wire) -> list[Output]:
    return _stream(wire.get("output")) + _stream(_wrong(wire), "stderr")


def _wrong(wire: Wire) -> Any:
    """What went wrong, in the server's words."""
    error = wire.get("error")
    return error.get("message") or error.get("code") if isinstance(error, Mapping) else error


def _mcp_tools(wire: Wire) -> list[Output]:
    names = [str(tool.get("name")) for tool in dicts(wire.get("tools"))]
    offered = f"{wire.get('server_label')} offers {', '.join(names)}\n" if names else ""
    return _stream(offered) + _stream(_wrong(wire), "stderr")


def _image_outputs(wire: Wire) -> list[Output]:
    data = wire.get("result")
    return [_picture(str(data), f"image/{wire.get('output_format') or 'png'}")] if data else []


def _shell_input(wire: Wire) -> str:
    action = wire.get("action")
    commands = action.get("commands") or action.get("command") if isinstance(action, Mapping) else None
    return "\n".join(texts(commands))


def _shell_outputs(wire: Wire) -> list[Output]:
    outputs: list[Output] = []
    for output in dicts(wire.get("output")):
        outputs += _stream(output.get("stdout")) + _stream(output.get("stderr"), "stderr")
    return outputs


def _any_input(wire: Wire) -> str:
    for key in ("input", "query", "queries", "action", "operation", "arguments", "code"):
        value = wire.get(key)
        if value:
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return ""


def _any_outputs(wire: Wire) -> list[Output]:
    output = wire.get("output") or wire.get("result")
    if not output:
        return []
    return _stream(output if isinstance(output, str) else json.dumps(output, ensure_ascii=False))


def _no_outputs(_wire: Wire) -> list[Output]:
    return []


_HOSTED: dict[str, tuple[Callable[[Wire], str], Callable[[Wire], list[Output]]]] = {
    "code_interpreter_call": (lambda wire: str(wire.get("code") or ""), _code_outputs),
    "web_search_call": (_search_input, _no_outputs),
    "file_search_call": (lambda wire: "\n".join(texts(wire.get("queries"))), _file_search_outputs),
    "image_generation_call": (lambda wire: str(wire.get("revised_prompt") or ""), _image_outputs),
    "mcp_list_tools": (lambda wire: f"{wire.get('server_label')}: list tools", _mcp_tools),
    "mcp_call": (_mcp_input, _mcp_outputs),
    "mcp_approval_request": (_mcp_input, _no_outputs),
    "shell_call": (_shell_input, _no_outputs),
    "local_shell_call": (_shell_input, _no_outputs),
    "shell_call_output": (lambda _wire: "", _shell_outputs),
}


def _sources(wire: Wire) -> list[Citation]:
    action = wire.get("action")
    pages = dicts(action.get("sources")) if isinstance(action, Mapping) else []
    found = dicts(wire.get("results"))
    return [
        Citation(kind="url", url=str(p["url"]), title=str(p.get("title") or p["url"]))
        for p in pages
        if p.get("url")
    ] + [
        Citation(kind="file", file_id=str(r["file_id"]), title=str(r.get("filename") or ""))
        for r in found
        if r.get("file_id")
    ]
