"""What the rest may know of IPython and ipykernel: who asks, where its thread is, and what its code shows.

Facts this rests on, for IPython 7.34 to 9 and ipykernel 6.17 to 7.4:

* The parent header, which decides the cell that an output lands in, is a context variable on ipykernel 7 and a
  global before. Runs and their jobs therefore go in copies of the asking context.
* Between cells the kernel's own queue is `msg_queue` on ipykernel 6 and a lock per shell on 7.
* A subshell shares the namespace with a running cell, so code asked for from there waits for the main shell.
* A display first empties stdout and stderr, one round trip to the IO thread for each.
"""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeVar

from assistant_magic import drivers
from assistant_magic.capture import Capture
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.jobs import Job, interruption, on_main
from assistant_magic.outputs import OutputLog
from assistant_magic.tee import tee

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = [
    "adrive",
    "call",
    "cell_id",
    "drive",
    "in_kernel",
    "instated",
    "interruption",
    "namespace",
    "on_main",
    "private_shell",
    "shell",
    "spawn",
    "stream",
    "update_display",
]

T = TypeVar("T")


def shell() -> InteractiveShell | None:
    """The running IPython shell, or None in plain Python (IPython is not imported to find out)."""
    loaded = sys.modules.get("IPython.core.getipython")
    running: InteractiveShell | None = loaded.get_ipython() if loaded is not None else None
    return running if running is not _private else None


_private: Any = None


def private_shell() -> InteractiveShell:
    """For plain Python: a shell on `__main__`'s names that nobody else sees, made on first use."""
    global _private  # noqa: PLW0603  # made on first use
    if _private is None:
        _private = _make_shell()
    made: InteractiveShell = _private
    return made


@contextmanager
def instated(shell: InteractiveShell) -> Iterator[None]:
    """Let `get_ipython()` and `display()` find a private shell while its code runs."""
    from IPython.core.interactiveshell import InteractiveShell

    if shell is not _private or InteractiveShell.initialized():
        yield
        return
    InteractiveShell._instance = shell  # noqa: SLF001  # traitlets has no other way
    try:
        yield
    finally:
        InteractiveShell._instance = None  # noqa: SLF001  # traitlets has no other way


def _make_shell() -> InteractiveShell:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    names = sys.modules["__main__"].__dict__
    script_names = dict(names)
    made = InteractiveShell(config=config, user_module=sys.modules["__main__"])
    # At exit it would clear the names of the script, before the script's own exit functions run.
    atexit.unregister(made.atexit_operations)
    for name in names.keys() - script_names.keys():
        del names[name]
    names.update(script_names)
    return made


def in_kernel() -> bool:
    """True in a Jupyter kernel, False in a terminal and in plain Python."""
    return getattr(shell(), "kernel", None) is not None


def namespace() -> dict[str, Any]:
    """The user's names."""
    running = shell()
    names: dict[str, Any] = running.user_ns if running is not None else sys.modules["__main__"].__dict__
    return names


def cell_id() -> str:
    """Id of the asking cell as the front end sends it (in VS Code a URI), or `""`."""
    kernel = getattr(shell(), "kernel", None)
    if kernel is None:
        return ""
    try:
        parent = kernel.get_parent("shell")
    except LookupError:
        return ""
    return str((parent or {}).get("metadata", {}).get("cellId") or "")


def update_display(data: dict[str, Any], metadata: dict[str, Any], display_id: str) -> None:
    """Show something else in a display that is on the page.

    It stays where it stands, so nothing that was printed has to reach the page before it: that wait is most
    of what a display costs.
    """
    from IPython.display import publish_display_data

    publisher: Any = getattr(shell(), "display_pub", None)
    module = sys.modules.get("ipykernel.zmqshell")
    transient = {"display_id": display_id}
    if module is None or type(publisher) is not module.ZMQDisplayPublisher:  # %%capture, a terminal, Colab
        publish_display_data(data=data, metadata=metadata, transient=transient, update=True)
        return
    publisher.session.send(
        publisher.pub_socket,
        "update_display_data",
        {"data": data, "metadata": metadata, "transient": transient},
        parent=publisher.parent_header,
        ident=publisher.topic,
    )


def drive(coro: Coroutine[Any, Any, T]) -> T:
    """Run `coro` on the loop of the runs and serve its main-thread work on this thread until it is done.

    Works on any thread, also where a loop is running underneath (a synchronous `ask()` in a cell); that loop
    stands still meanwhile, and code with a top-level `await` gets a loop of its own.

    Raises:
        KeyboardInterrupt: Stop was pressed twice, or `coro` let its cancellation through.
    """
    if _on_subshell():
        return spawn(coro).result()
    return drivers.drive(coro)


def stream(make: Callable[[Callable[[object], None]], Coroutine[Any, Any, T]]) -> Generator[Any, None, T]:
    """`drive` as a generator: yields what the coroutine tells, in order, and returns its value."""
    return drivers.stream(make)


async def adrive(coro: Coroutine[Any, Any, T]) -> T:
    """The same in an async cell, whose loop stays free except while it performs work.

    Cancelling (Stop) cancels `coro` and waits for what it returns; a second time gives up.
    """
    if _on_subshell():
        return await asyncio.wrap_future(spawn(coro))
    return await drivers.adrive(coro)


def spawn(coro: Coroutine[Any, Any, T]) -> Future[T]:
    """Run `coro` with nobody waiting, as a chat does; cancelling the future cancels it.

    Its main-thread work queues like a cell: between cells, never on a subshell. Without a kernel there is no
    queue between cells; the work then runs in order on one thread kept for it.
    """
    kernel = getattr(shell(), "kernel", None)
    perform = partial(_between_cells, kernel) if kernel is not None else _aside
    return drivers.spawn(coro, perform)


async def call(function: Callable[[], T | Awaitable[T]], on_output: OnOutput) -> tuple[T, Execution]:
    """Call `function` where code runs; what it prints and displays is shown and recorded like a cell's.

    Its exception goes to the caller, after its outputs went to `on_output`.
    """
    running = shell()
    capture = Capture(show=running is not None, log=OutputLog(), on_output=on_output)
    started = time.perf_counter()

    def work() -> Any:
        with ExitStack() as recording:
            recording.enter_context(tee(capture, running))
            value = function()
            return pending(value, recording.pop_all()) if isawaitable(value) else value

    async def pending(value: Awaitable[T], recording: ExitStack) -> T:
        with recording:
            return await value

    value = await on_main(work)
    return value, Execution(outputs=capture.outputs, seconds=time.perf_counter() - started)


def _on_subshell() -> bool:
    return type(threading.current_thread()).__name__ == "SubshellThread"


def _between_cells(kernel: Any, job: Job[Any]) -> None:
    """Queue a job on the kernel's main shell like a cell."""

    async def perform() -> None:
        task = asyncio.get_running_loop().create_task(job.aperform(), context=job.context)
        await asyncio.wait([task])

    async def perform_locked(lock: asyncio.Lock) -> None:
        async with lock:
            await perform()

    def enqueue() -> None:
        lock = getattr(kernel, "_main_asyncio_lock", None)
        if lock is not None:  # ipykernel 7
            task = asyncio.get_running_loop().create_task(perform_locked(lock))
            _queued.add(task)
            task.add_done_callback(_queued.discard)
        else:
            kernel.schedule_dispatch(perform)

    kernel.io_loop.add_callback(enqueue)


_queued: set[asyncio.Task[None]] = set()
"""Keeps waiting tasks alive; a loop holds them only weakly."""


def _aside(job: Job[Any]) -> None:
    global _thread  # noqa: PLW0603  # made on first use
    if _thread is None:
        _thread = ThreadPoolExecutor(1, thread_name_prefix="assistant-work")
    _thread.submit(job.perform)


_thread: ThreadPoolExecutor | None = None
