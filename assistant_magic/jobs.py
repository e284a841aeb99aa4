"""Jobs: work that a run hands to the thread that serves it, because only there may it touch the kernel."""

from __future__ import annotations

import asyncio
import inspect
import threading
import types
from collections.abc import Awaitable, Callable, Generator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, Generic, Protocol, TypeVar, cast

from assistant_magic.interrupts import Handler, raise_in, sigint

T = TypeVar("T")

_GRACE = 1.0  # seconds until code that ignored an interrupt gets the next one


class Server(Protocol):
    """Whoever performs the jobs of a run, one after the other."""

    def submit(self, job: Job[Any]) -> None:
        """Perform `job` when its turn comes; called from any thread."""
        ...


serving: ContextVar[Server] = ContextVar("assistant_magic_server")
"""Who performs the jobs of the current run."""
inside: ContextVar[Job[Any] | None] = ContextVar("assistant_magic_job", default=None)
"""The job that the current code is part of."""


class Job(Generic[T]):
    """One piece of work, with a handle to interrupt it. Made inside a run.

    Args:
        work: Called on the serving thread in the run's context; an awaitable it returns is awaited there.
        limit: Seconds of execution (not of queueing) after which it is interrupted.

    Attributes:
        reason: Why `interrupt` was called, or `""`.
        stopped: The user pressed Stop while it ran.
    """

    def __init__(self, work: Callable[[], T | Awaitable[T]], limit: float | None = None) -> None:
        self.reason = ""
        self.stopped = False
        self.context = copy_context()
        self.context.run(inside.set, self)
        self._work = work
        self._limit = limit
        self._lock = threading.Lock()
        self._phase = "queued"
        self._ended: Future[tuple[T | None, BaseException | None]] = Future()
        self._thread = 0
        self._on_cpu = False
        self._cancel_wait: Callable[[], None] | None = None
        self._on_stop: Callable[[], None] = lambda: None
        self._already_stopped: Callable[[], bool] = lambda: False
        self._loop = asyncio.get_running_loop()
        self._alarm: asyncio.TimerHandle | None = None

    # ---- for the run

    async def result(self) -> T:
        """Have the work performed and wait for it. Cancelling interrupts it, waits for its end and raises."""
        server = serving.get(None)
        if server is None:
            raise RuntimeError("work for the serving thread can only be asked for from inside a run")
        server.submit(self)
        ended = asyncio.wrap_future(self._ended)
        try:
            value, error = await asyncio.shield(ended)
        except asyncio.CancelledError:
            await self._end(ended)
            raise
        finally:
            if self._alarm is not None:
                self._alarm.cancel()
        if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
            raise asyncio.CancelledError(self.reason or "stopped")
        if isinstance(error, SystemExit):
            raise RuntimeError(f"exited with {error.code!r}") from error  # noqa: TRY004  # no type is at fault
        if error is not None:
            raise error
        return cast("T", value)

    def interrupt(self, reason: str) -> None:
        """Raise KeyboardInterrupt in the work, if it is running now. From any thread."""
        with self._lock:
            if self._phase != "running":
                return
            self.reason = self.reason or reason
            if self._on_cpu or self._cancel_wait is None:
                raise_in(self._thread)
            else:
                self._cancel_wait()

    def withdraw(self) -> bool:
        """Take the job back; False when it has begun."""
        with self._lock:
            if self._phase != "queued":
                return False
            self._phase = "done"
        self._ended.set_result((None, asyncio.CancelledError()))
        return True

    async def _end(self, ended: asyncio.Future[Any]) -> None:
        if self.withdraw():
            return
        if self.stopped:  # it has just been struck
            await asyncio.wait([ended], timeout=_GRACE)
        while not ended.done():
            self.interrupt("stopped")
            await asyncio.wait([ended], timeout=_GRACE)

    def _arm(self) -> None:
        assert self._limit is not None
        self._alarm = self._loop.call_later(self._limit, self._expire)

    def _expire(self) -> None:
        self.interrupt(f"timeout after {self._limit:g} s")
        if self._phase == "running":
            self._alarm = self._loop.call_later(_GRACE, self._expire)

    # ---- for the server

    def when_stopped(self, tell: Callable[[], None], already: Callable[[], bool] = lambda: False) -> None:
        """Have `tell` called when the user stopped this job, before its result goes to the run.

        `already` is asked when the work is about to start: Stop may strike between its call and its start.
        """
        self._on_stop = tell
        self._already_stopped = already

    def perform(self) -> None:
        """Do the work on this thread, now, to its end."""
        if not self._begin():
            return
        try:
            with self._interruptible():
                value = self.context.run(self._work)
            if inspect.isawaitable(value):
                value = self._wait_private(value)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits
            self._finish(None, error)
        else:
            self._finish(value, None)

    async def aperform(self) -> None:
        """Do the work as a task of the running loop; the task must have been made with `context`."""
        if not self._begin():
            return
        self._waits_in(asyncio.current_task(), asyncio.get_running_loop())
        try:
            with self._interruptible():
                value = self._work()
            if inspect.isawaitable(value):
                value = await self._steps(value)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits
            self._finish(None, error)
        else:
            self._finish(value, None)

    def _begin(self) -> bool:
        with self._lock:
            if self._phase != "queued":
                return False
            self._phase = "running"
            self._thread = threading.get_ident()
        if self._limit is not None:
            self._loop.call_soon_threadsafe(self._arm)
        return True

    def _finish(self, value: Any, error: BaseException | None) -> None:
        with self._lock:
            self._phase = "done"
        if self.stopped or (isinstance(error, KeyboardInterrupt) and not self.reason):
            self.stopped = True
            self._on_stop()
        self._ended.set_result((value, error))

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        with sigint(Handler(self._struck)):
            self._on_cpu = True
            try:
                if self._already_stopped():
                    raise KeyboardInterrupt(self._struck())
                yield
            finally:
                self._on_cpu = False

    def _struck(self) -> str:
        if not self.reason:
            self.stopped = True
            # At once: IPython's callbacks and finalizers swallow what is raised in them, and then nobody would know.
            self._on_stop()
        return self.reason

    @types.coroutine
    def _steps(self, awaitable: Awaitable[T]) -> Generator[Any, Any, T]:
        """Await, and be interruptible in each step but not in between."""
        inner = awaitable.__await__()
        step: Callable[[], Any] = inner.__next__
        while True:
            try:
                with self._interruptible():
                    waiting = step()
            except StopIteration as stop:
                return cast("T", stop.value)
            try:
                sent = yield waiting
            except BaseException as error:  # noqa: BLE001  # goes into the code
                step = _thrower(inner, error)
            else:
                step = inner.__next__ if sent is None else _sender(inner, sent)

    def _wait_private(self, awaitable: Awaitable[T]) -> T:
        """Await on this thread in a loop of its own, also when the thread's loop is blocked underneath.

        What belongs to the blocked loop cannot be awaited here; asyncio says so.
        """

        async def contained() -> tuple[T | None, BaseException | None]:
            try:
                return await self._steps(awaitable), None
            except BaseException as error:  # noqa: BLE001  # must not tear the loop down
                return None, error

        def on_sigint(*_: object) -> None:
            self._struck()
            loop.call_soon_threadsafe(task.cancel)

        blocked = _swap_running_loop(None)
        loop = asyncio.new_event_loop()
        try:
            task = loop.create_task(contained(), context=self.context)
            self._waits_in(task, loop)
            with sigint(on_sigint):
                value, error = loop.run_until_complete(task)
        finally:
            loop.close()
            _swap_running_loop(blocked)
        if error is not None:
            raise error
        return cast("T", value)

    def _waits_in(self, task: asyncio.Task[Any] | None, loop: asyncio.AbstractEventLoop) -> None:
        assert task is not None
        self._cancel_wait = lambda: cast("None", loop.call_soon_threadsafe(task.cancel))


def _thrower(inner: Any, error: BaseException) -> Callable[[], Any]:
    return lambda: inner.throw(error)


def _sender(inner: Any, sent: Any) -> Callable[[], Any]:
    return lambda: inner.send(sent)


def _swap_running_loop(loop: asyncio.AbstractEventLoop | None) -> asyncio.AbstractEventLoop | None:
    """Say which loop runs on this thread; asyncio offers this to those who run loops themselves."""
    before = asyncio._get_running_loop()  # noqa: SLF001  # exported by asyncio.events
    asyncio._set_running_loop(loop)  # noqa: SLF001  # exported by asyncio.events
    return before


def interruption() -> str:
    """Why the job that this code belongs to was interrupted, or `""`."""
    job = inside.get()
    return job.reason or ("stopped" if job.stopped else "") if job else ""


async def on_main(work: Callable[[], T | Awaitable[T]]) -> T:
    """From inside a run: perform `work` on the thread that serves it and return its value.

    An awaitable that `work` returns is awaited there: on the cell's own loop under an async driver, on a
    private loop under a sync one. Work of one run is performed in call order.
    """
    return await Job(work).result()
