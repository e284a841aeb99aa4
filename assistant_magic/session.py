"""What one kernel remembers between cells: its assistant, its notebook and the current thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from assistant_magic import kernel
from assistant_magic.answer import Run
from assistant_magic.assistant import Assistant
from assistant_magic.attachments import attach
from assistant_magic.budget import Budget
from assistant_magic.buttons import ButtonAsker
from assistant_magic.config import Settings
from assistant_magic.context import fill
from assistant_magic.events import Notice
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Part, user_message
from assistant_magic.langchain_tools import is_langchain_tool
from assistant_magic.mcp_tools import MCPServer, connection_of
from assistant_magic.notebook import Notebook
from assistant_magic.page_view import PageView
from assistant_magic.remote_thread import open_thread
from assistant_magic.sharing import Carrier, share
from assistant_magic.thread import Thread
from assistant_magic.tools import CODE_TOOLS, Tool, python_tool
from assistant_magic.views import View, make_view
from assistant_magic.views.messages import Insert
from assistant_magic.views.pages import Pages


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt as a cell asks it, or a chat (`cell` is None); options that are None leave the configured value.

    `attachments` are named, by a path or a variable; `parts` are there already.
    """

    text: str
    thread: str = ""
    new: bool = False
    tools: tuple[str, ...] = ()
    share: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    cell: str | None = ""
    options: Mapping[str, Any] = field(default_factory=dict)


class Session:
    """The running kernel's side of a conversation; there is one per kernel.

    Args:
        pages: The pages, where there can be any.
        assistant: Answers, in place of the notebook's own.
        thread: Continues this thread.
    """

    def __init__(
        self, pages: Pages | None = None, assistant: Assistant | None = None, thread: Thread | None = None
    ) -> None:
        self.pages = pages
        # What belongs to an assistant or a thread of its own is not the notebook's to find again.
        self.notebook = Notebook() if assistant or thread else Notebook.current()
        self._assistant = assistant or (Assistant(store=thread.store) if thread else None)
        self._lock = threading.RLock()  # a cell and the chat may be the first at the same time
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = thread
        self._notes: list[str] = []
        self._servers: dict[str, tuple[MCPServer, list[Tool]]] = {}

    @property
    def assistant(self) -> Assistant:
        """Answers the cells of this notebook; made on first use."""
        with self._lock:
            if self._assistant is None:
                self._assistant = Assistant()
            return self._assistant

    @assistant.setter
    def assistant(self, other: Assistant) -> None:
        with self._lock:
            self._assistant = other

    @property
    def thread(self) -> Thread:
        """The thread that cells continue; found or made on first use."""
        with self._lock:
            if self._thread is None:
                self._thread, note = self.notebook.thread(self.assistant.store)
                self._notes += [note] if note else []
            else:
                self._thread.refresh()
            return self._thread

    def use(self, thread: Thread) -> None:
        """Continue on another thread, now and after a restart."""
        self.notebook.bind(thread)
        self._thread = thread

    def new(self, title: str = "") -> Thread:
        """Start an empty thread with the settings of the present one, which stays in the store."""
        kept = {name: value for name, value in self.thread.settings.items() if name != "conversation"}
        self.use(self.assistant.thread(title=title))
        if kept:
            self.thread.update(settings=kept)
        return self.thread

    def change_tools(self, verb: str, *words: str) -> str:
        """Connect to an MCP server for as long as this kernel lives, or disconnect; gives the words for it.

        Raises:
            UsageError: The words are neither `add mcp NAME COMMAND…|URL` nor `remove NAME`.
            ConfigurationError: The server cannot be reached.
        """
        if verb == "add" and words[:1] == ("mcp",) and len(words) > 2:
            server = MCPServer(words[1], connection_of(words[2:]))
            tools = kernel.drive(server.start())
            self._remove_server(server.name)
            self._servers[server.name] = server, tools
            self.assistant.tools += tools
            return f"{server.name} adds {', '.join(tool.name for tool in tools)}, until the kernel ends."
        if verb == "remove" and len(words) == 1 and self._remove_server(words[0]):
            return f"{words[0]} is disconnected."
        raise UsageError(
            f"`tools {' '.join((verb, *words))}` is not understood",
            "Write `%assistant tools add mcp NAME COMMAND…` (or a URL), or `%assistant tools remove NAME`.",
        )

    def _remove_server(self, name: str) -> bool:
        if name not in self._servers:
            return False
        server, tools = self._servers.pop(name)
        self.assistant.tools = [tool for tool in self.assistant.tools if tool not in tools]
        kernel.drive(server.stop())
        return True

    def perform(self, prompt: Prompt) -> Coroutine[Any, Any, Run]:
        """The run that answers a cell, to be driven by the caller; what is wrong is raised before it starts."""
        if not prompt.text.strip():
            raise UsageError("the cell is empty", "Write your question below the line with %%assistant.")
        thread = self._thread_of(prompt)
        text, filled = fill(prompt.text.strip("\n"), kernel.namespace())
        attached = [*(attach(name, kernel.namespace()) for name in prompt.attachments), *prompt.parts]
        notices = [Notice(text=note) for note in self._notes]
        self._notes.clear()
        if filled:
            words = ", ".join(f"`{{{name}}}` = {_short(value)}" for name, value in filled.items())
            notices.append(Notice(text=f"filled in: {words}"))
        settings = self.assistant.settings(thread, **prompt.options)
        if warning := Budget.of(settings).unenforceable(settings.named_model()):
            notices.append(Notice(text=warning))
        if not settings.model and not thread.items:
            notices.append(Notice(text=_introduction(settings.named_model())))
        view = self._view(prompt.cell, thread, quiet=settings.quiet)
        message, cell = user_message(text, *attached), prompt.cell or ""
        answer = partial(
            self._assistant_for(prompt).perform, message, thread, view, cell=cell, **prompt.options
        )
        if not prompt.share:
            return self._watched(answer(notices=notices))
        return self._watched(self._sharing(prompt.share, self.carrier(settings, thread), answer, notices))

    def carrier(self, settings: Settings, thread: Thread, *, last: bool = False) -> Carrier:
        """The executor that code runs in, where variables can be copied to it and from it.

        Args:
            settings: What holds now.
            thread: Whose sandbox it is.
            last: Where that is the user's own kernel, take the one that ran code last, for a prompt or a tool.
        """
        executor: Any = self.assistant.executor_of(settings, thread)
        if last and executor.name == "live" and self.assistant.ledger.elsewhere:
            executor = self.assistant.places.named(self.assistant.ledger.elsewhere, settings, thread)
        if not hasattr(executor, "upload"):
            raise UsageError(
                f"code runs in {executor.name!r}, where all variables are",
                "Add `-e isolated` or `-e e2b` to copy some.",
            )
        carrier: Carrier = executor
        return carrier

    async def _sharing(
        self, names: tuple[str, ...], carrier: Carrier, answer: Callable[..., Any], notices: list[Notice]
    ) -> Run:
        line = await share(carrier, names, kernel.namespace())
        run: Run = await answer(notices=[*notices, Notice(text=line)])
        return run

    def resume(self) -> Coroutine[Any, Any, Run]:
        """The thread's last run, taken up again; to be driven by the caller."""
        settings = self.assistant.settings(self.thread)
        view = self._view("", self.thread, quiet=settings.quiet)
        return self._watched(self.assistant.perform(None, self.thread, view))

    @property
    def busy(self) -> bool:
        """A run goes on."""
        return bool(self._tasks)

    def stop(self) -> None:
        """End the runs that go on; called on the loop of the runs."""
        for task in self._tasks:
            if not task.cancelling():  # what it does about the first must not be cut short
                task.cancel()

    async def _watched(self, run: Coroutine[Any, Any, Run]) -> Run:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            return await run
        finally:
            self._tasks.discard(task)

    def make_cells(self, sources: Sequence[str]) -> bool:
        """Have code put into cells of its own, below the one that runs; False where no page can do that."""
        pages = self.pages
        if pages is None or not pages.renders:
            return False
        message = Insert(sources=tuple(sources), cell=kernel.cell_id())

        async def tell() -> None:
            pages.tell(message)

        kernel.drive(tell())
        return True

    def _view(self, cell: str | None, thread: Thread, *, quiet: bool) -> View:
        if self.pages is not None and (cell is None or self.pages.listening):
            return PageView(self.pages, thread, cell=cell, quiet=quiet)
        return make_view(in_kernel=kernel.in_kernel(), quiet=quiet)

    def _thread_of(self, prompt: Prompt) -> Thread:
        if prompt.new:
            return self.new()
        if prompt.thread:
            settings = self.assistant.settings(self.thread, **prompt.options)
            self.use(open_thread(self.assistant, prompt.thread, settings, keep=self.thread.settings))
        return self.thread

    def _assistant_for(self, prompt: Prompt) -> Assistant:
        assistant = copy(self.assistant.with_tools([_named_tool(name) for name in prompt.tools]))
        if self.pages is not None:
            otherwise = assistant.asker if prompt.cell is not None else None
            assistant.asker = ButtonAsker(pages=self.pages, cell=prompt.cell or "", otherwise=otherwise)
        assistant.shows = prompt.cell is not None
        return assistant


def _named_tool(name: str) -> Callable[..., Any] | Tool | Mapping[str, Any]:
    known = kernel.namespace().get(name)
    if callable(known) or is_langchain_tool(known):
        return known  # type: ignore[return-value]  # any callable of the user's
    if isinstance(known, Mapping) and isinstance(known.get("type"), str):
        return known  # as the provider describes it
    if name in HOSTED_TOOLS:
        return {"type": name}
    if name in CODE_TOOLS:
        return python_tool(CODE_TOOLS[name])
    raise UsageError(
        f"there is no tool {name!r}",
        f"Name a function of this notebook, one of {', '.join((*CODE_TOOLS, *HOSTED_TOOLS))}, or a variable that "
        'describes one, as in `docs = {"type": "mcp", "server_label": "docs", "server_url": "https://…"}`.',
    )


HOSTED_TOOLS = ("code_interpreter", "file_search", "image_generation", "web_search")
"""Names that stand for a provider's own tools."""


def _short(value: str) -> str:
    line = " ".join(value.split())
    return f"`{line[:60]}…`" if len(line) > 60 else f"`{line}`"


def _introduction(model: str) -> str:
    if model.startswith("offline:"):
        return (
            "no model is set, so `offline:tutor` answers: rules and SymPy, not a language model. "
            "`%assistant set model openai:gpt-6-luna` connects one"
        )
    return f"no model is set, so `{model}` answers, as a key is there. `%assistant set model NAME` changes it"
