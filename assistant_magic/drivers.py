"""Runs go on in a loop of their own; work that needs the asking thread is handed to whoever drives the run.

A *driver* is the thread or the async cell that asked. It waits for the run, and meanwhile performs *jobs*: work
the run sends back to it. Stop reaches the driver first, which cancels the run and keeps serving until the run has
stored what came. Nothing here knows IPython; `kernel.py` decides who drives.
"""

from __future__ import annotations

import asyncio
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar, cast

from assistant_magic.interrupts import sigint
from assistant_magic.jobs import Job, Server, inside, serving

T = TypeVar("T")

HEARTBEAT = 0.05
"""Seconds between wake-ups of whoever waits, so that Stop is noticed: tornado tells a loop of SIGINT without
waking it."""


# ---- the loop of the runs


class _RunsLoop:
    """One asyncio loop in a daemon thread, made on first use and made anew in a forked child."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="assistant-runs", daemon=True).start()
            return self._loop

    def is_current(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False


_runs = _RunsLoop()
if hasattr(os, "register_at_fork"):  # the child has the objects but not the thread
    os.register_at_fork(after_in_child=_runs.__init__)  # type: ignore[misc]  # a fresh start is meant


class _Run(Generic[T]):
    """A coroutine on the loop of the runs, in a copy of the asking context so that displays land in its cell."""

    def __init__(self) -> None:
        self.outcome: Future[T] = Future()
        self._loop = _runs.get()
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False

    def start(self, coro: Coroutine[Any, Any, T], server: Server) -> None:
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


# ---- drivers

_DONE, _STOP = object(), object()


class _Driver(ABC, Generic[T]):
    """Waits for one run and performs its jobs on the asking thread."""

    def __init__(self) -> None:
        self._outer = inside.get()
        self._strikes = 0  # SIGINTs that nobody has answered yet
        self._stops = 0
        self._run: _Run[T] = _Run()

    def submit(self, job: Job[Any]) -> None:
        """Perform `job` when its turn comes; called from any thread."""
        job.when_stopped(self._run.cancel, self._take_strike)
        if not self._hand_over(job):
            job.withdraw()

    @abstractmethod
    def _hand_over(self, token: object) -> bool:
        """Queue a job or a sign for the driving thread; False when the driver has gone. From any thread."""

    def _struck(self, *_: object) -> None:
        self._strikes += 1
        self._hand_over(_STOP)

    def _take_strike(self) -> bool:
        # The handler and whoever asks run on the same thread, so each SIGINT is answered once.
        if not self._strikes:
            return False
        self._strikes -= 1
        return True

    def _stop(self, again: type[BaseException]) -> None:
        """The first Stop cancels the run, the next one gives up waiting for it."""
        self._stops += 1
        if self._outer is not None and not self._outer.reason:
            self._outer.stopped = True  # the run that this one is nested in stops as well
        if self._stops > 1:
            raise again
        self._run.cancel()


class _SyncDriver(_Driver[T]):
    def __init__(self) -> None:
        super().__init__()
        self._queue: SimpleQueue[Any] = SimpleQueue()
        self._closed = False

    def _hand_over(self, token: object) -> bool:
        # SimpleQueue.put is reentrant, so the signal handler can tell of a Stop without raising anywhere.
        self._queue.put(token)
        return not self._closed

    def drive(self, coro: Coroutine[Any, Any, T]) -> T:
        with sigint(self._struck):
            self._run.outcome.add_done_callback(lambda _: self._queue.put(_DONE))
            self._run.start(coro, self)
            try:
                self._serve()
            finally:
                self._close()
        try:
            return self._run.outcome.result()
        except CancelledError:
            if self._stops:
                raise KeyboardInterrupt from None
            raise

    def _serve(self) -> None:
        while True:
            token = self._next()
            if token is _DONE:
                return
            if token is not _STOP:
                token.perform()
            if self._take_strike() if token is _STOP else token.stopped:
                self._stop(KeyboardInterrupt)

    def _next(self) -> Any:
        while True:
            try:
                # A signal that comes just before the wait begins does not wake it; on Windows none does.
                return self._queue.get(timeout=HEARTBEAT)
            except Empty:
                continue
            except KeyboardInterrupt:
                self._strikes += 1
                return _STOP

    def _close(self) -> None:
        self._closed = True
        while not self._queue.empty():
            job = self._queue.get()
            if isinstance(job, Job):
                job.withdraw()


class _AsyncDriver(_Driver[T]):
    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._closed = False

    def _hand_over(self, token: object) -> bool:
        if self._closed or self._loop.is_closed():
            return False
        if token is _STOP:
            self._loop.call_soon_threadsafe(self._cancel_if_struck)
        else:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, token)
        return True

    def _cancel_if_struck(self) -> None:
        # What ipykernel's own handler does, but after a look whether a job has answered the Stop meanwhile.
        if self._take_strike():
            self._task.cancel()

    async def drive(self, coro: Coroutine[Any, Any, T]) -> T:
        self._run.outcome.add_done_callback(lambda _: self._hand_over(_DONE))
        with sigint(self._struck):
            self._run.start(coro, self)
            beat = asyncio.ensure_future(_heartbeat())
            try:
                await self._serve()
            finally:
                beat.cancel()
                self._close()
        try:
            return self._run.outcome.result()
        except CancelledError:
            raise asyncio.CancelledError from None

    async def _serve(self) -> None:
        while True:
            try:
                token = await self._queue.get()
            except asyncio.CancelledError:
                self._stop(asyncio.CancelledError)
                continue
            if token is _DONE:
                return
            await self._perform(token)

    async def _perform(self, job: Job[Any]) -> None:
        task = self._loop.create_task(job.aperform(), context=job.context)
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                self._stop(asyncio.CancelledError)
        if job.stopped:
            self._stop(asyncio.CancelledError)

    def _close(self) -> None:
        self._closed = True
        while not self._queue.empty():
            job = self._queue.get_nowait()
            if isinstance(job, Job):
                job.withdraw()


async def _heartbeat() -> None:
    while True:  # noqa: ASYNC110  # waking the loop is the purpose
        await asyncio.sleep(HEARTBEAT)


def drive(coro: Coroutine[Any, Any, T]) -> T:
    """Run `coro` on the loop of the runs and serve its work on this thread until it is done.

    Raises:
        KeyboardInterrupt: Stop was pressed twice, or `coro` let its cancellation through.
    """
    if _runs.is_current():
        coro.close()
        raise RuntimeError("this would wait for itself: inside a run, await the asynchronous form")
    return _SyncDriver[T]().drive(coro)


async def adrive(coro: Coroutine[Any, Any, T]) -> T:
    """The same from a running loop, which stays free except while it performs work.

    Cancelling cancels `coro` and waits for what it returns; a second time gives up. The task's `cancelling()`
    count is left as it is, so the caller can tell.
    """
    if _runs.is_current():
        return await coro
    return await _AsyncDriver[T]().drive(coro)


def spawn(coro: Coroutine[Any, Any, T], perform: Callable[[Job[Any]], None]) -> Future[T]:
    """Run `coro` with nobody waiting; `perform` queues its jobs. Cancelling the future cancels `coro`."""
    run: _Run[T] = _Run()
    run.start(coro, _Bystander(run, perform))
    return run.outcome


class _Bystander:
    """Serves a run that nobody waits for."""

    def __init__(self, run: _Run[Any], perform: Callable[[Job[Any]], None]) -> None:
        self._run = run
        self._perform = perform

    def submit(self, job: Job[Any]) -> None:
        job.when_stopped(self._run.cancel)
        self._perform(job)
