"""Runs go on in a loop of their own; work that needs the asking thread is handed to whoever drives the run.

A *driver* is the thread or the async cell that asked. It waits for the run, and meanwhile performs *jobs*: work
the run sends back to it. Stop reaches the driver first, which cancels the run and keeps serving until the run has
stored what came. Nothing here knows IPython; `kernel.py` decides who drives.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import inspect
import os
import signal
import threading
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar, copy_context
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar, cast

T = TypeVar("T")

HEARTBEAT = 0.05
"""Seconds between wake-ups of a driving loop: tornado tells it of SIGINT without waking it."""

_GRACE = 1.0  # seconds until code that ignored an interrupt gets the next one


class Server(Protocol):
    """Whoever performs the jobs of a run."""

    def submit(self, job: Job[Any]) -> None:
        """Perform `job` when its turn comes; called from any thread."""
        ...


_server: ContextVar[Server] = ContextVar("assistant_magic_server")
_inside: ContextVar[Job[Any] | None] = ContextVar("assistant_magic_job", default=None)


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
        context.run(_server.set, server)
        context.run(_inside.set, None)

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


# ---- jobs


class Job(Generic[T]):
    """Work for the thread that serves the current run, with a handle to interrupt it.

    Args:
        work: Called there in the run's context; an awaitable it returns is awaited there.
        limit: Seconds of execution (not of queueing) after which it is interrupted.

    Attributes:
        reason: Why `interrupt` was called, or `""`.
        stopped: The user pressed Stop while it ran.
    """

    def __init__(self, work: Callable[[], T | Awaitable[T]], limit: float | None = None) -> None:
        self.reason = ""
        self.stopped = False
        self._work = work
        self._limit = limit
        self._lock = threading.Lock()
        self._phase = "queued"
        self._ended: Future[tuple[T | None, BaseException | None]] = Future()
        self._thread = 0
        self._stepping = False
        self._cancel_wait: Callable[[], None] | None = None
        self._tell: Callable[[], None] | None = None
        self._runs = asyncio.get_running_loop()
        self.context = copy_context()
        self.context.run(_inside.set, self)

    async def result(self) -> T:
        """Have the work performed and wait for it. Cancelling interrupts it, waits for its end and raises."""
        server = _server.get(None)
        if server is None:
            raise RuntimeError("no run here: work for the main thread is asked for from inside a run")
        server.submit(self)
        ended = asyncio.wrap_future(self._ended)
        try:
            value, error = await asyncio.shield(ended)
        except asyncio.CancelledError:
            await self._end("stopped", ended)
            raise
        if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
            raise asyncio.CancelledError(self.reason or "stopped")
        if isinstance(error, SystemExit):
            raise RuntimeError(f"exited with {error.code!r}") from error  # noqa: TRY004  # no type is at fault
        if error is not None:
            raise error
        return cast("T", value)

    def interrupt(self, reason: str) -> None:
        """Raise KeyboardInterrupt in the running work; nothing when it does not run. From any thread."""
        with self._lock:
            if self._phase != "running":
                return
            self.reason = self.reason or reason
            if self._stepping or self._cancel_wait is None:
                _raise_in(self._thread)
            else:
                self._cancel_wait()

    def when_stopped(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when the user stopped this job, before its result goes to the run."""
        self._tell = tell

    def withdraw(self) -> bool:
        """Take the job back; False when it has begun."""
        with self._lock:
            if self._phase != "queued":
                return False
            self._phase = "done"
        self._ended.set_result((None, asyncio.CancelledError()))
        return True

    def perform(self) -> None:
        """Do the work on this thread, now, to its end."""
        if not self._begin():
            return
        try:
            with self._interruptible():
                value = self.context.run(self._work)
            if inspect.isawaitable(value):
                value = _run_private(self, value)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits
            self._finish(None, error)
        else:
            self._finish(value, None)

    async def aperform(self) -> None:
        """Do the work as a task of the running loop; the task must run in `context`."""
        if not self._begin():
            return
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._cancel_wait = lambda: cast("None", loop.call_soon_threadsafe(task.cancel))
        try:
            with self._interruptible():
                value = self._work()
            if inspect.isawaitable(value):
                value = await _steps(self, value)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits
            self._finish(None, error)
        else:
            self._finish(value, None)

    async def _end(self, reason: str, ended: asyncio.Future[Any]) -> None:
        if self.withdraw():
            return
        while not ended.done():
            self.interrupt(reason)
            await asyncio.wait([ended], timeout=_GRACE)

    def _begin(self) -> bool:
        with self._lock:
            if self._phase != "queued":
                return False
            self._phase = "running"
            self._thread = threading.get_ident()
        if self._limit is not None:
            self._runs.call_soon_threadsafe(self._runs.call_later, self._limit, self._expire)
        return True

    def _finish(self, value: Any, error: BaseException | None) -> None:
        if isinstance(error, KeyboardInterrupt) and not self.reason:
            self.stopped = True
        with self._lock:
            self._phase = "done"
        if self.stopped and self._tell is not None:
            self._tell()
        self._ended.set_result((value, error))

    def _expire(self) -> None:
        self.interrupt(f"timeout after {self._limit:g} s")
        if self._phase == "running":
            self._runs.call_later(_GRACE, self._expire)

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        with _sigint(self._on_sigint):
            self._stepping = True
            try:
                yield
            finally:
                self._stepping = False

    def _on_sigint(self, *_: object) -> None:
        if self.reason:
            raise KeyboardInterrupt(self.reason)
        self.stopped = True
        raise KeyboardInterrupt


def without_handler(traceback: types.TracebackType | None) -> None:
    """Cut our signal handler off a traceback, so that it ends in the code that was interrupted."""
    while traceback is not None and traceback.tb_next is not None:
        if traceback.tb_next.tb_frame.f_code is Job._on_sigint.__code__:  # noqa: SLF001  # ours
            traceback.tb_next = None
        traceback = traceback.tb_next


def interruption() -> str:
    """Why the job that this code belongs to was interrupted, or `""`."""
    job = _inside.get()
    return job.reason or ("stopped" if job.stopped else "") if job else ""


async def on_main(work: Callable[[], T | Awaitable[T]]) -> T:
    """From inside a run: perform `work` on the thread that serves it and return its value.

    An awaitable that `work` returns is awaited there: on the cell's own loop under an async driver, on a
    private loop under a sync one. Work of one run is performed in call order.
    """
    return await Job(work).result()


@types.coroutine
def _steps(job: Job[Any], awaitable: Awaitable[T]) -> Generator[Any, Any, T]:
    # SIGINT may raise only while the code itself runs: raised in the loop around it, it would end the kernel.
    inner = awaitable.__await__()
    step: Callable[[], Any] = lambda: next(inner)  # noqa: E731  # rebound below
    while True:
        try:
            with job._interruptible():  # noqa: SLF001  # part of Job
                waiting = step()
        except StopIteration as stop:
            return cast("T", stop.value)
        try:
            sent = yield waiting
        except BaseException as error:  # noqa: BLE001  # goes into the code
            thrown = error
            step = lambda thrown=thrown: cast("Any", inner).throw(thrown)  # type: ignore[misc]  # noqa: E731
        else:
            step = lambda sent=sent: cast("Any", inner).send(sent)  # type: ignore[misc]  # noqa: E731


def _run_private(job: Job[Any], awaitable: Awaitable[T]) -> T:
    """Await on this thread in a loop of its own, also when the thread's loop is blocked underneath.

    What belongs to the blocked loop cannot be awaited here; asyncio says so.
    """

    async def contained() -> tuple[T | None, BaseException | None]:
        try:
            return await _steps(job, awaitable), None
        except BaseException as error:  # noqa: BLE001  # must not tear the loop down
            return None, error

    def on_sigint(*_: object) -> None:
        job.stopped = job.stopped or not job.reason
        loop.call_soon_threadsafe(task.cancel)

    blocked = _swap_running_loop(None)
    loop = asyncio.new_event_loop()
    try:
        task = loop.create_task(contained(), context=job.context)
        job._cancel_wait = lambda: cast("None", loop.call_soon_threadsafe(task.cancel))  # noqa: SLF001  # part of Job
        with _sigint(on_sigint):
            value, error = loop.run_until_complete(task)
    finally:
        loop.close()
        _swap_running_loop(blocked)
    if error is not None:
        raise error
    return cast("T", value)


def _swap_running_loop(loop: asyncio.AbstractEventLoop | None) -> asyncio.AbstractEventLoop | None:
    """Say which loop runs on this thread; asyncio offers this to those who run loops themselves."""
    before = asyncio._get_running_loop()  # noqa: SLF001  # exported by asyncio.events
    asyncio._set_running_loop(loop)  # noqa: SLF001  # exported by asyncio.events
    return before


# ---- drivers

_DONE, _STOP = object(), object()


class _Driver(Generic[T]):
    """Waits for one run and performs its jobs on the asking thread."""

    def __init__(self) -> None:
        self._outer = _inside.get()
        self._stops = 0
        self._run: _Run[T] = _Run()

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

    def submit(self, job: Job[Any]) -> None:
        job.when_stopped(self._run.cancel)
        self._queue.put(job)
        if self._closed:
            job.withdraw()

    def drive(self, coro: Coroutine[Any, Any, T]) -> T:
        # SimpleQueue.put is reentrant, so the handler can tell of a Stop without raising anywhere.
        with _sigint(lambda *_: self._queue.put(_STOP)):
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
            if token is _STOP or token.stopped:
                self._stop(KeyboardInterrupt)

    def _next(self) -> Any:
        while True:
            with contextlib.suppress(Empty):
                try:
                    # Windows sees Ctrl-C only between waits.
                    return self._queue.get(timeout=0.2 if os.name == "nt" else None)
                except KeyboardInterrupt:
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
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._closed = False

    def submit(self, job: Job[Any]) -> None:
        job.when_stopped(self._run.cancel)
        if self._closed:
            job.withdraw()
        self._loop.call_soon_threadsafe(self._queue.put_nowait, job)

    async def drive(self, coro: Coroutine[Any, Any, T]) -> T:
        self._run.outcome.add_done_callback(
            lambda _: self._loop.call_soon_threadsafe(self._queue.put_nowait, _DONE)
        )
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


# ---- signals and loops


@contextlib.contextmanager
def _sigint(handler: Callable[..., Any]) -> Iterator[None]:
    """SIGINT goes to `handler`; on any thread but the main one nothing changes."""
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.getsignal(signal.SIGINT)
    if before is None:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _raise_in(thread: int) -> None:
    """Raise KeyboardInterrupt in the work of a thread; on the main one this also ends a sleep."""
    if thread != threading.main_thread().ident:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(KeyboardInterrupt)
        )
    elif hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        import _thread

        _thread.interrupt_main()
