"""A notebook that answers: `%%assistant` binds a notebook to an assistant thread.

Names are imported when they are first used, so that `%load_ext assistant_magic` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from assistant_magic.answer import Run
    from assistant_magic.assistant import Assistant
    from assistant_magic.chat import Chat
    from assistant_magic.exceptions import AssistantError
    from assistant_magic.runnable import OpenAIAssistantRunnable
    from assistant_magic.thread import Thread
    from assistant_magic.tools import Tool, tool

__all__ = [
    "Assistant",
    "AssistantError",
    "Chat",
    "OpenAIAssistantRunnable",
    "Run",
    "Thread",
    "Tool",
    "load_ipython_extension",
    "tool",
    "unload_ipython_extension",
]

_HOMES = {
    "Assistant": "assistant",
    "AssistantError": "exceptions",
    "Chat": "chat",
    "OpenAIAssistantRunnable": "runnable",
    "Run": "answer",
    "Thread": "thread",
    "Tool": "tools",
    "tool": "tools",
}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%load_ext assistant_magic`."""
    from assistant_magic.magic import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%unload_ext assistant_magic`."""
    from assistant_magic.magic import unload

    unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "_labextension", "dest": "@assistant-magic/lab"}]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"assistant_magic.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'assistant_magic' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
