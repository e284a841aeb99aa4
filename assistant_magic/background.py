"""The loop that all runs go on in, in a thread of its own, so that streaming goes on whatever the kernel does."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any, Generic, TypeVar

from assistant_magic.jobs import Server, inside, serving

T = TypeVar("T")


class RunsLoop:
    """One asyncio loop in a daemon thread, made on first use and made anew in a forked child."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        """The loop, running."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="assistant-runs", daemon=True).start()
            return self._loop

    def is_current(self) -> bool:
        """True on that loop itself."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False


runs = RunsLoop()
if hasattr(os, "register_at_fork"):  # the child has the objects but not the thread
    os.register_at_fork(after_in_child=runs.__init__)  # type: ignore[misc]  # a fresh start is meant


class BackgroundRun(Generic[T]):
    """A coroutine on the loop of the runs, in a copy of the asking context so that displays land in its cell."""

    def __init__(self) -> None:
        self.outcome: Future[T] = Future()
        self._loop = runs.get()
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    def start(self, coro: Coroutine[Any, Any, T], server: Server) -> None:
        """Begin; `server` performs its jobs."""
        context = copy_context()
        context.run(serving.set, server)
        context.run(inside.set, None)

        def begin() -> None:
            self._task = self._loop.create_task(self._contain(coro), context=context)

        self._loop.call_soon_threadsafe(begin)
        self.outcome.add_done_callback(self._given_up)

    def cancel(self) -> None:
        """Cancel the coroutine, once: what it does about it must not be cut short. It may return a value."""
        if not self._cancelled:
            self._cancelled = True
            self._loop.call_soon_threadsafe(lambda: self._task and self._task.cancel())

    async def _contain(self, coro: Coroutine[Any, Any, T]) -> None:
        # KeyboardInterrupt and SystemExit would end the loop of all runs if they left this task.
        try:
            value = await coro
        except asyncio.CancelledError:
            self.outcome.cancel()
        except BaseException as error:  # noqa: BLE001  # re-raised by whoever asks for the outcome
            if not self.outcome.cancelled():
                self.outcome.set_exception(error)
        else:
            if not self.outcome.cancelled():
                self.outcome.set_result(value)

    def _given_up(self, outcome: Future[T]) -> None:
        if outcome.cancelled():
            self.cancel()
