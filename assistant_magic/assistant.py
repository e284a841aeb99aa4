"""The front object: an assistant answers prompts on threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from assistant_magic import kernel, tracing
from assistant_magic.answer import Run
from assistant_magic.approval import Asker, Policy, PolicyApproval, policy_of
from assistant_magic.asking import KeyboardAsker
from assistant_magic.backends import Backend, make_backend
from assistant_magic.backends.guarded import guarded
from assistant_magic.budget import Budget
from assistant_magic.chain_link import ChainLink
from assistant_magic.config import Settings, resolve
from assistant_magic.events import Event, Notice
from assistant_magic.exceptions import ConfigurationError, RunInterrupted, UsageError
from assistant_magic.executors import Executor
from assistant_magic.items import Message, Part, user_message
from assistant_magic.ledger import Ledger
from assistant_magic.places import Places
from assistant_magic.request import Limits, RunRequest
from assistant_magic.run import perform
from assistant_magic.stores import Store, default_url, open_store
from assistant_magic.structured import schema_of, validated
from assistant_magic.telling import Told, teller
from assistant_magic.thread import Thread
from assistant_magic.toolbox import Toolbox
from assistant_magic.tools import CODE_TOOLS, Tool, as_tool, python_tool
from assistant_magic.views import View


class Assistant(ChainLink):
    """A named specification (instructions, model, tools, policy) that answers prompts on threads.

    Args:
        name: What people call it.
        instructions: Standing text for the model.
        model: `provider:model`; by default the one that is configured.
        tools: Functions with type hints, `Tool`s, or hosted tools as the provider describes them
            (`{"type": "web_search"}`). The tool `python` is always there, unless `python=False`.
        python: Whether the model may run code.
        store: Where its threads live; by default the user's store.
        backend: Performs the turns in place of the one that `model` names.
        executor: Where code runs in place of what is configured: `live`, `isolated`, `e2b`, or an executor of yours.
        options: Any other option of `Settings`, such as `approve="auto"` or `max_turns=5`.

    Raises:
        ConfigurationError: An option does not exist or its value does not fit.
    """

    def __init__(
        self,
        name: str = "assistant",
        *,
        instructions: str = "",
        model: str = "",
        tools: Sequence[Callable[..., Any] | Tool | Mapping[str, Any]] = (),
        python: bool = True,
        store: Store | None = None,
        backend: Backend | None = None,
        executor: Executor | str | None = None,
        **options: Any,
    ) -> None:
        self.name = name
        self.tools = [python_tool()] if python else []
        self.tools += [as_tool(t) for t in tools if not isinstance(t, Mapping)]
        self.hosted: list[Mapping[str, Any]] = [t for t in tools if isinstance(t, Mapping)]
        asked = {"instructions": instructions, "model": model}
        asked["executor"] = executor if isinstance(executor, str) else ""
        self.options = {**options, **{key: value for key, value in asked.items() if value}}
        self._backend = backend
        self._backends: dict[tuple[object, ...], tuple[Backend, str]] = {}
        self.places = Places(None if isinstance(executor, str) else executor)
        self.asker: Asker | None = KeyboardAsker()
        self.shows, self.ledger = True, Ledger()  # live code shows at its cell, unless there is none
        if store is not None:
            self.store = store
        resolve(call=self.options)

    @cached_property
    def store(self) -> Store:
        """Where its threads live."""
        return open_store(self.settings().database or default_url())

    def with_tools(self, tools: Sequence[Callable[..., Any] | Tool | Mapping[str, Any]]) -> Assistant:
        """This assistant with further tools; store, backends and executors are shared."""
        other = copy(self)
        other.tools = [*self.tools, *(as_tool(t) for t in tools if not isinstance(t, Mapping))]
        other.hosted = [*self.hosted, *(t for t in tools if isinstance(t, Mapping))]
        return other

    def thread(self, name: str = "", *, title: str = "") -> Thread:
        """A new thread, or the one with this id or title.

        Raises:
            ThreadNotFoundError: No thread has this name.
        """
        return Thread.open(self.store, name) if name else Thread.create(self.store, title=title)

    def ask(
        self,
        prompt: str,
        *attachments: Part,
        thread: Thread | None = None,
        view: View | None = None,
        **options: Any,
    ) -> Run:
        """Answer a prompt and wait for it.

        Args:
            prompt: What to ask; sent as it is.
            attachments: Images and files that go along.
            thread: The conversation to continue; a new one by default.
            view: Shows the run while it goes on.
            options: Settings for this prompt only, and `cell`, `output_type`.

        Returns:
            The run: `.text`, `.items`, `.outputs`, `.usage`, `.thread`.

        Raises:
            BackendError: The provider failed; `error.run` has what came.
            ThreadBusyError: Another kernel is answering on this thread.
            RunInterrupted: Stop was pressed; like KeyboardInterrupt.
        """
        message = user_message(prompt, *attachments)
        return ended(kernel.drive(self.perform(message, thread or self.thread(), view, **options)))

    async def aask(
        self,
        prompt: str,
        *attachments: Part,
        thread: Thread | None = None,
        view: View | None = None,
        **options: Any,
    ) -> Run:
        """`ask` from a running event loop, as in an async cell or a server."""
        message = user_message(prompt, *attachments)
        return ended(await kernel.adrive(self.perform(message, thread or self.thread(), view, **options)))

    def resume(self, thread: Thread, *, view: View | None = None, **options: Any) -> Run:
        """Take up the last run of a thread again, after a crash, a Stop, a failure or a limit.

        An answer that the provider went on with in the background is fetched from where it broke off.
        """
        return ended(kernel.drive(self.perform(None, thread, view, **options)))

    def stream(
        self, prompt: str, *attachments: Part, thread: Thread | None = None, **options: Any
    ) -> Iterator[Event]:
        """Answer a prompt and yield its events as they happen; the last one is `RunDone`.

        Leaving the loop early stops the run in order. Errors are raised as by `ask`.
        """
        message = user_message(prompt, *attachments)
        place = thread or self.thread()
        run = yield from kernel.stream(lambda tell: self.perform(message, place, Told(tell), **options))
        ended(run)

    def settings(self, thread: Thread | None = None, **call: Any) -> Settings:
        """The settings that hold for a prompt on this thread."""
        shell = kernel.shell()
        return resolve(
            notebook=thread.settings if thread else None,
            call={**self.options, **{k: v for k, v in call.items() if v is not None}},
            config=shell.config if shell else None,
        )

    def policy(self, settings: Settings) -> Policy:
        """Who says yes to code, under these settings."""
        return policy_of(settings.approve, self._backend.name if self._backend else settings.named_model())

    async def close(self) -> None:
        """Stop its executors and release its connections."""
        await self.places.stop()
        for backend, _ in self._backends.values():
            await backend.close()

    async def perform(
        self,
        prompt: Message | None,
        thread: Thread,
        view: View | None = None,
        *,
        cell: str = "",
        output_type: Any = None,
        notices: Sequence[Notice] = (),
        trace: View | None = None,
        **options: Any,
    ) -> Run:
        """The coroutine behind `ask`: one run on the loop of the runs, returned however it ended.

        Without a prompt the last run of the thread is taken up again: see `resume`.
        """
        if prompt is not None and not prompt.text.strip():
            raise UsageError("the prompt is empty", "Write what you want to know.")
        emit = teller(view, trace or self._trace(thread))
        for notice in notices:
            emit(notice)
        request = self.request(self.settings(thread, **options), prompt, thread)
        request = replace(request, cell=cell, output_schema=schema_of(output_type))
        run = await perform(thread, request, emit)
        if output_type is not None and run.status == "completed":
            try:
                run.value = validated(output_type, run.text)
            except ConfigurationError as error:
                error.run = run
                raise
        return run

    def _trace(self, thread: Thread) -> View | None:
        return tracing.RootTrace(self.name, lambda: thread.items) if tracing.wanted() else None

    def request(self, settings: Settings, prompt: Message | None, thread: Thread) -> RunRequest:
        """What a run on `prompt` needs besides its thread."""
        model = settings.named_model()
        backend, model_id = self.backend_of(settings)
        executor = self.executor_of(settings, thread)
        approval = PolicyApproval(
            self.policy(settings),
            asker=self.asker,
            ledger=self.ledger,
            thread=thread.id,
            place=executor.name,
            refuge=settings.risky_executor,
        )
        elsewhere = partial(self.places.named, settings=settings, thread=thread, shows=self.shows)
        there = {tool.name for tool in self.tools}
        further = [python_tool(CODE_TOOLS[n]) for n in settings.tools if n in CODE_TOOLS.keys() - there]
        toolbox = Toolbox(
            [*self.tools, *further],
            executor,
            approval,
            elsewhere=elsewhere,
            ledger=self.ledger,
            seconds=min(settings.tool_seconds, getattr(backend, "code_seconds", settings.tool_seconds)),
        )
        return RunRequest(
            prompt=prompt,
            backend=guarded(backend, settings.reveal),
            model=model,
            model_id=model_id,
            toolbox=toolbox,
            instructions=settings.instructions,
            hosted=(*self.hosted, *({"type": name} for name in settings.tools if name not in CODE_TOOLS)),
            settings=settings.for_provider(),
            limits=Limits.of(settings),
            budget=Budget.of(settings),
        )

    def backend_of(self, settings: Settings) -> tuple[Backend, str]:
        """Who answers under these settings, made on first use, and the model's id."""
        model = settings.named_model()
        if self._backend is not None:
            return self._backend, model.partition(":")[2]
        way = {"base_url": settings.base_url, "timeout": settings.timeout}
        key = (model, *way.values())
        if key not in self._backends:
            self._backends[key] = make_backend(model, **{k: v for k, v in way.items() if v})
        return self._backends[key]

    def executor_of(self, settings: Settings, thread: Thread | None = None) -> Executor:
        """Where code runs under these settings; made on first use."""
        return self.places.chosen(settings, thread, shows=self.shows)


def ended(run: Run) -> Run:
    """The run, unless it failed or was stopped.

    Raises:
        AssistantError: What ended it; `error.run` is the run.
        RunInterrupted: It was stopped.
    """
    if run.error is not None:
        raise run.error
    if run.status == "cancelled":
        raise RunInterrupted(f"interrupted; {_kept(run)}", run)
    return run


def _kept(run: Run) -> str:
    if run.text:
        return "the words so far are kept, and the next question goes on from them"
    if any(not isinstance(item, Message) for item in run.items):
        return "what was done so far is kept, and the next question goes on from it"
    return "no answer had come; the question is kept"
