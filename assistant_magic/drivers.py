"""Runs go on in a loop of their own; work that needs the asking thread is handed to whoever drives the run.

A *driver* is the thread or the async cell that asked. It waits for the run, and meanwhile performs *jobs*: work
the run sends back to it. Stop reaches the driver first, which cancels the run and keeps serving until the run has
stored what came. Nothing here knows IPython; `kernel.py` decides who drives.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar, cast

from assistant_magic.background import BackgroundRun, runs
from assistant_magic.interrupts import sigint
from assistant_magic.jobs import Job, inside

T = TypeVar("T")

HEARTBEAT = 0.05
"""Seconds between wake-ups of whoever waits, so that Stop is noticed: tornado tells a loop of SIGINT without
waking it."""


_DONE, _STOP = object(), object()


@dataclass(frozen=True)
class _Told:
    value: object


class _Driver(ABC, Generic[T]):
    """Waits for one run and performs its jobs on the asking thread."""

    def __init__(self) -> None:
        self._outer = inside.get()
        self._strikes = 0  # SIGINTs that nobody has answered yet
        self._stops = 0
        self._run: BackgroundRun[T] = BackgroundRun()

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

    def tell(self, value: object) -> None:
        """Hand a value to whoever iterates over `stream`; from any thread."""
        self._queue.put(_Told(value))

    def drive(self, coro: Coroutine[Any, Any, T]) -> T:
        with sigint(self._struck):
            self._start(coro)
            try:
                self._serve_to_the_end()
            finally:
                self._close()
        return self._result()

    def stream(self, coro: Coroutine[Any, Any, T]) -> Generator[Any, None, T]:
        self._start(coro)
        try:
            while True:
                # Between two values the thread, and Stop, belong to whoever iterates.
                with sigint(self._struck):
                    token = self._step()
                if token is _DONE:
                    break
                if isinstance(token, _Told):
                    yield token.value
        except GeneratorExit:
            # Whoever iterated has left: the run ends in order, so that its thread can go on.
            self._run.cancel()
            with sigint(self._struck):
                self._serve_to_the_end()
            raise
        finally:
            self._close()
        return self._result()

    def _start(self, coro: Coroutine[Any, Any, T]) -> None:
        self._run.outcome.add_done_callback(lambda _: self._queue.put(_DONE))
        self._run.start(coro, self)

    def _result(self) -> T:
        try:
            return self._run.outcome.result()
        except CancelledError:
            if self._stops:
                raise KeyboardInterrupt from None
            raise

    def _serve_to_the_end(self) -> None:
        while self._step() is not _DONE:
            pass

    def _step(self) -> Any:
        """Wait for one token, do what it asks for, and return it."""
        token = self._next()
        if isinstance(token, Job):
            token.perform()
        if self._take_strike() if token is _STOP else isinstance(token, Job) and token.stopped:
            self._stop(KeyboardInterrupt)
        return token

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
        # Unless a job has answered the Stop meanwhile. The first one goes to the run at once: cancelling this task
        # instead would leave a moment in which a job starts, blocks the loop, and nobody knows of the Stop.
        if not self._take_strike():
            return
        if self._stops:
            self._task.cancel()
        else:
            self._stop(asyncio.CancelledError)

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
    if runs.is_current():
        coro.close()
        raise RuntimeError("this would wait for itself: inside a run, await the asynchronous form")
    return _SyncDriver[T]().drive(coro)


def stream(make: Callable[[Callable[[object], None]], Coroutine[Any, Any, T]]) -> Generator[Any, None, T]:
    """`drive` as a generator: yields what the coroutine tells, in order, and returns its value.

    Args:
        make: Makes the coroutine; it is given the function to tell with. Leaving early cancels it.
    """
    if runs.is_current():
        raise RuntimeError("this would wait for itself: inside a run, await the asynchronous form")
    driver: _SyncDriver[T] = _SyncDriver()
    return driver.stream(make(driver.tell))


async def adrive(coro: Coroutine[Any, Any, T]) -> T:
    """The same from a running loop, which stays free except while it performs work.

    Cancelling cancels `coro` and waits for what it returns; a second time gives up. The task's `cancelling()`
    count is left as it is, so the caller can tell.
    """
    if runs.is_current():
        return await coro
    return await _AsyncDriver[T]().drive(coro)


def spawn(coro: Coroutine[Any, Any, T], perform: Callable[[Job[Any]], None]) -> Future[T]:
    """Run `coro` with nobody waiting; `perform` queues its jobs. Cancelling the future cancels `coro`."""
    run: BackgroundRun[T] = BackgroundRun()
    run.start(coro, _Bystander(run, perform))
    return run.outcome


class _Bystander:
    """Serves a run that nobody waits for."""

    def __init__(self, run: BackgroundRun[Any], perform: Callable[[Job[Any]], None]) -> None:
        self._run = run
        self._perform = perform

    def submit(self, job: Job[Any]) -> None:
        job.when_stopped(self._run.cancel)
        self._perform(job)
