"""One call of a Runnable's `invoke`, as LangChain's callbacks and LangSmith see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from assistant_magic import tracing
from assistant_magic.events import Event
from assistant_magic.items import Item

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable, RunnableConfig

    from assistant_magic.answer import Run
    from assistant_magic.thread import Thread


class Invocation:
    """Announces the start and the end of a chain, and between them the turns and tools of the run.

    Args:
        runnable: Who is invoked.
        asked: With what.
        config: Callbacks, tags, metadata and a name for the run.

    Attributes:
        thread: Where the run goes on, as soon as it is known.
    """

    def __init__(
        self, runnable: Runnable[Any, Any], asked: Mapping[str, Any], config: RunnableConfig | None
    ) -> None:
        self._runnable, self._asked, self._config = runnable, asked, config
        self._around = ExitStack()
        self._tell_root: Callable[..., None] = lambda *_: None
        self._trace: tracing.RunTrace | None = None
        self._chain: Any = None
        self.thread: Thread | None = None

    def __enter__(self) -> Self:
        from langchain_core.callbacks import CallbackManager
        from langchain_core.load import dumpd
        from langchain_core.runnables import ensure_config

        config = ensure_config(self._config)
        name = config.get("run_name") or self._runnable.get_name()
        if tracing.wanted() and _parent(config.get("callbacks")) is None:
            around = tracing.roots.around(self._run_id(), name, self._asked)
            self._tell_root = self._around.enter_context(around)
        manager = CallbackManager.configure(
            inheritable_callbacks=config.get("callbacks"),
            inheritable_tags=config.get("tags"),
            inheritable_metadata=config.get("metadata"),
        )
        self._chain = manager.on_chain_start(
            dumpd(self._runnable), dict(self._asked), name=name, run_id=config.get("run_id")
        )
        if manager.handlers:
            self._trace = tracing.RunTrace(self._chain.get_child(), self._items)
        return self

    def emit(self, event: Event) -> None:
        """Pass on one event of the run."""
        if self._trace is not None:
            self._trace.handle(event)

    def end(self, run: Run, response: Any) -> Any:
        """Announce the response, and give it back."""
        self._chain.on_chain_end(response)
        self._tell_root(run.id, run.status, {"output": response})
        return response

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._chain.on_chain_error(error)
        self._around.__exit__(kind, error, trace)

    def _items(self) -> tuple[Item, ...]:
        return self.thread.items if self.thread else ()

    def _run_id(self) -> str:
        steps = self._asked.get("intermediate_steps")
        return str(getattr(steps[-1][0], "run_id", "") if steps else self._asked.get("run_id") or "")


def _parent(callbacks: Any) -> object:
    return getattr(callbacks, "parent_run_id", None)
