"""What `invoke` is given in the words of the Assistants API: a question, or results of the caller's tools."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from assistant_magic.exceptions import UsageError
from assistant_magic.items import File, Image, Message, Part, Text
from assistant_magic.old_messages import DATA
from assistant_magic.request import HandedIn
from assistant_magic.tool_values import parts_of

_MARK = re.compile(r"\(run (\S+) on thread (\S+)\)")


def read(asked: Mapping[str, Any], *, as_agent: bool) -> tuple[str | None, Message | HandedIn]:
    """The thread that is meant, None for a new one, and what goes there.

    The order is the original's: steps of an agent, a new thread, a known thread, results of tools.

    Raises:
        UsageError: There is nothing to ask, or a part of it is of no known kind.
    """
    if as_agent and asked.get("intermediate_steps"):
        return _of_steps(asked["intermediate_steps"])
    if asked.get("thread_id") is None:
        return None, _prompt(asked)
    thread_id = str(asked["thread_id"])
    if asked.get("run_id") is None:
        return thread_id, _prompt(asked)
    if "tool_outputs" not in asked:
        raise UsageError(
            "thread_id and run_id come without tool_outputs",
            "Hand in what the tools gave, or leave run_id out to ask something new.",
        )
    results = {one["tool_call_id"]: parts_of(one["output"]) for one in asked["tool_outputs"]}
    return thread_id, HandedIn(run=asked["run_id"], results=results)


def keys_of(given: object, further: Mapping[str, Any]) -> dict[str, Any]:
    """What `invoke` was given and, under that, its further keywords; warns of keys that have no effect.

    Raises:
        UsageError: It was given no dictionary.
    """
    if not isinstance(given, Mapping):
        raise UsageError(f"invoke was given {type(given).__name__}", 'Invoke with {"content": "…"}.')
    asked = {**further, **given}
    warn_of_the_unheard(asked, stacklevel=4)
    return asked


def warn_of_the_unheard(asked: Mapping[str, Any], stacklevel: int = 3) -> None:
    """Say of each key that once meant something and has no effect now that it has none."""
    given = {key: asked[key] for key in _UNHEARD if asked.get(key) not in (None, {}, {"type": "auto"})}
    for key in given:
        warnings.warn(f"{key} has no effect: {_UNHEARD[key]}.", stacklevel=stacklevel)


_UNHEARD = {
    "max_prompt_tokens": "a thread that grows too long is shortened by itself",
    "truncation_strategy": "a thread that grows too long is shortened by itself",
    "extra_body": "nothing is sent when an assistant is made, for it is kept here",
}


def waiting_mark(thread_id: str, run_id: str) -> str:
    """Words by which a step of `AgentExecutor(handle_parsing_errors=True)`, which has no ids, leads back to its run."""
    return f"(run {run_id} on thread {thread_id})"


def _of_steps(steps: Sequence[tuple[Any, Any]]) -> tuple[str, HandedIn]:
    last, said = steps[-1]
    if hasattr(last, "run_id"):
        results = {a.tool_call_id: parts_of(str(out)) for a, out in steps if _run_of(a) == last.run_id}
        return last.thread_id, HandedIn(run=last.run_id, results=results)
    marks = _MARK.findall(last.log)
    if not marks:
        raise UsageError(
            "the last of intermediate_steps belongs to no run", "Pass on the actions that invoke returned."
        )
    run_id, thread_id = marks[-1]
    return thread_id, HandedIn(run=run_id, results={}, otherwise=parts_of(str(said)))


def _run_of(action: Any) -> str:
    return getattr(action, "run_id", "")


def _prompt(asked: Mapping[str, Any]) -> Message:
    if not asked.get("content"):
        raise UsageError("there is nothing to ask", 'Invoke with {"content": "…"}.')
    files = [file_of(each["file_id"]) for each in asked.get("attachments") or ()]
    files += [file_of(each) for each in asked.get("file_ids") or ()]
    kept = {name: asked[f"{name}_metadata"] for name in ("thread", "run") if asked.get(f"{name}_metadata")}
    if asked.get("message_metadata"):
        kept["metadata"] = asked["message_metadata"]
    data = {DATA: kept} if kept else {}
    return Message(role="user", content=(*parts_of_content(asked["content"]), *files), provider_data=data)


def parts_of_content(content: object) -> tuple[Part, ...]:
    """The parts of a user message in the old form: a text, or a list of blocks.

    Raises:
        UsageError: A block of a kind that is not known.
    """
    if isinstance(content, str):
        return (Text(text=content),)
    if not isinstance(content, Sequence):
        raise UsageError(f"content is {type(content).__name__}", "Pass a text or a list of content blocks.")
    try:
        return tuple(_part(block) for block in content)
    except (KeyError, TypeError) as error:
        what = f"a content block is not as the Assistants API had it: {error} is missing"
        raise UsageError(what, 'Write {"type": "text", "text": "…"}.') from error


def _part(block: Any) -> Part:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if kind == "text":
        text = block["text"]
        return Text(text=text["value"] if isinstance(text, Mapping) else text)
    if kind == "image_url":
        url = block["image_url"]["url"] if isinstance(block["image_url"], Mapping) else block["image_url"]
        head, comma, data = str(url).partition(";base64,")
        return (
            Image(data=data, media_type=head.removeprefix("data:")) if comma else Text(text=f"[image: {url}]")
        )
    if kind == "image_file":
        return file_of(block["image_file"]["file_id"])
    raise UsageError(f"a content block is of the unknown type {kind!r}", "Use text, image_url or image_file.")


def file_of(file_id: str) -> File:
    """An attachment by its id at OpenAI, or by its path on this machine."""
    from mimetypes import guess_type
    from pathlib import Path

    media_type = guess_type(file_id)[0] or "application/octet-stream"
    if Path(file_id).is_file():
        return File(name=Path(file_id).name, path=str(Path(file_id).resolve()), media_type=media_type)
    return File(name=file_id, media_type=media_type, provider_data={"openai": {"file_id": file_id}})
