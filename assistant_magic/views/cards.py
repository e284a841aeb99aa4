"""Tool cards: what was called, where it ran, and how it ended, in a few lines of Markdown."""

from __future__ import annotations

import json
import keyword
from collections.abc import Sequence
from typing import Any

from assistant_magic.codec import JSON
from assistant_magic.executors import PLACES
from assistant_magic.items import Citation, Output, Text, ToolCall, ToolResult
from assistant_magic.views.markdown import fenced, plain
from assistant_magic.views.spans import clean_spans

__all__ = ["call_source", "draft_card", "hosted_card", "tool_card", "tool_ending", "tool_head"]

_PLACES = {**PLACES, "provider": "the provider's sandbox"}
_WORDS = {
    "running": "running",
    "writing": "writing",
    "tool": "tool",
    "in": "in",
    "refused": "not run",
    "interrupted": "interrupted",
    "error": "error",
    "files": "Files",
}
_LANGUAGES = {"code_interpreter": "python", "local_shell": "bash", "shell": "bash"}
_SOURCE_CHARS = 8_000
_RESULT_CHARS = 1_000
_QUERY_CHARS = 120
_CHANGES_CHARS = 500
_WHY_CHARS = 200
_CURE_CHARS = 500  # a refusal also says how to allow it


def tool_card(call: ToolCall, executor: str, result: ToolResult | None = None) -> tuple[str, JSON]:
    """Words and structure of one tool call, running when it has no result yet."""
    source, language = (result.code, "python") if result and result.code else call_source(call)
    refused = result is not None and result.status == "refused"
    ending = tool_ending(result) if result else [_WORDS["running"] + " …"]
    head = [] if refused else ending
    # a refusal is in our words, which name what to type
    said = [clean_spans(part) for part in ending] if refused else []
    parts = [
        " · ".join([_headline([*tool_head(call, executor), *head]), *said]),
        fenced(_short(source, _SOURCE_CHARS), language),
    ]
    returned = _returned(result)
    if returned:
        parts.append(returned)
    if result is not None and result.changes:
        parts.append(f"*{plain(_short(result.changes, _CHANGES_CHARS))}*")
    tool: JSON = {"name": call.name, "call_id": call.call_id, "executor": executor}
    if result is not None and result.seconds is not None:
        tool["seconds"] = round(result.seconds, 3)
    return "\n\n".join(parts), {"status": result.status if result else "running", "tool": tool}


def draft_card(name: str) -> str:
    """Words for a call that the model is still writing."""
    return _headline([name or _WORDS["tool"], _WORDS["writing"] + " …"])


def hosted_card(
    name: str, source: str, status: str, call_id: str = "", files: Sequence[Citation] = ()
) -> tuple[str, JSON]:
    """Words and structure of a tool that runs at the provider, while it runs and afterwards."""
    done = status in ("", "completed")
    language = _LANGUAGES.get(name)
    query = (
        ""
        if language or len(source) > _QUERY_CHARS
        else " · ".join(" ".join(line.split()) for line in source.strip().splitlines())
    )
    place = f"{_WORDS['in']} {_PLACES['provider']}" if language else ""
    parts = [_headline([name.replace("_", " "), place, "" if done else status.replace("_", " "), query])]
    if source.strip() and not query:
        parts.append(fenced(_short(source, _SOURCE_CHARS), language or "text"))
    made = [plain(file.title or file.file_id) for file in files if file.kind != "url"]
    if made:
        parts.append(f"{_WORDS['files']}: {', '.join(made)}")
    tool = {"name": name, "call_id": call_id, "executor": "provider"}
    return "\n\n".join(parts), {"status": "ok" if done else status, "tool": tool}


def tool_head(call: ToolCall, executor: str) -> list[str]:
    """Name and place of a call."""
    place = _PLACES.get(executor, executor)
    return [call.name, f"{_WORDS['in']} {place}"] if place else [call.name]


def tool_ending(result: ToolResult) -> list[str]:
    """How long a call took, and what went wrong."""
    took = "" if result.seconds is None else _duration(result.seconds)
    return [part for part in (took, _trouble(result)) if part]


def call_source(call: ToolCall) -> tuple[str, str]:
    """What to show of a call and its language: the code itself, or the call as one would write it in Python."""
    arguments = _arguments(call)
    if arguments is None:
        return call.arguments, "text"
    code = arguments.get("code")
    if isinstance(code, str) and len(arguments) == 1:
        return code, "python"
    if all(name.isidentifier() and not keyword.iskeyword(name) for name in arguments):
        written = [f"{name}={value!r}" for name, value in arguments.items()]
        line = f"{call.name}({', '.join(written)})"
        if len(line) > 88:
            line = f"{call.name}(\n" + "".join(f"    {part},\n" for part in written) + ")"
        return line, "python"
    return json.dumps(arguments, ensure_ascii=False, indent=2), "json"


def _arguments(call: ToolCall) -> dict[str, Any] | None:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None


def _trouble(result: ToolResult) -> str:
    if result.status == "ok":
        return ""
    words = " ".join(_words(result).split())
    why = words if result.status == "interrupted" else _last_error(result.outputs) or words
    word = _WORDS[result.status]
    limit = _CURE_CHARS if result.status == "refused" else _WHY_CHARS
    why = _short(why, limit)
    return f"{word}: {why}" if why and not why.startswith(word) else why or word


def _last_error(outputs: tuple[Output, ...]) -> str:
    """The error that ended the code, in one line, or nothing."""
    for output in reversed(outputs):
        if output.get("output_type") == "error":
            words = " ".join(f"{output.get('ename', '')}: {output.get('evalue', '')}".split())
            return words.removesuffix(":")
    return ""


def _returned(result: ToolResult | None) -> str:
    """What a plain function gave back, when nothing else was shown."""
    if result is None or result.status != "ok" or result.outputs:
        return ""
    words = _words(result).strip()
    return fenced(_short(words, _RESULT_CHARS), "text") if words else ""


def _words(result: ToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, Text))


def _headline(head: list[str]) -> str:
    name, *rest = (plain(part) for part in head)
    return " · ".join([f"**{name}**", *filter(None, rest)])


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _short(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"{text[:chars]} … ({len(text) - chars:,} more characters)"
