"""`%assistant tutor`: tools that teach, and when an answer may be said."""

from __future__ import annotations

from collections.abc import Sequence

from assistant_magic import config
from assistant_magic.exceptions import UsageError
from assistant_magic.session import Session
from assistant_magic.tools import Tool, as_tool


def change_tutor(session: Session, words: Sequence[str]) -> str:
    """Do what the words after `%assistant tutor` say, and say what holds now.

    Raises:
        UsageError: They are neither `on`, with or without a policy, nor `off`.
    """
    state, *policy = words or ("",)
    if state not in {"on", "off"} or (state == "off" and policy):
        raise UsageError(
            "%assistant tutor needs on or off",
            "Write `%assistant tutor on never`, or `%assistant tutor off`.",
        )
    teaching = _tools()
    assistant, thread = session.assistant, session.thread
    names = {tool.name for tool in teaching}
    others = [tool for tool in assistant.tools if tool.name not in names]
    assistant.tools = [*others, *teaching] if state == "on" else others
    settings = {name: value for name, value in thread.settings.items() if name != "reveal"}
    if policy:
        settings["reveal"] = config.parse("reveal", "".join(policy))
    elif state == "on" and "reveal" in thread.settings:
        settings["reveal"] = thread.settings["reveal"]
    thread.update(settings=settings)
    return _said(state, assistant.settings(thread).reveal, sorted(names))


def _tools() -> list[Tool]:
    from assistant_magic import tutor

    return [as_tool(function) for function in tutor.tools()]


def _said(state: str, reveal: str, names: Sequence[str]) -> str:
    told = f"The answer of a pupil's problem may be said: `{reveal}`."
    if state == "off":
        return f"The tools that teach are off. {told}"
    return f"The model may use {', '.join(f'`{name}`' for name in names)} in this kernel. {told}"
