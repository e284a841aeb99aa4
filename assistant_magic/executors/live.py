"""Runs code in the user's own shell, where the user's variables live."""

from __future__ import annotations

import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from assistant_magic import kernel
from assistant_magic.capture import Capture, error_output
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.jobs import Job
from assistant_magic.outputs import MAX_TEXT, OutputLog
from assistant_magic.tee import display_instead_of_result, tee

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell


class LiveExecutor:
    """The user's namespace, in the user's process.

    `In`, `Out`, `_`, the execution count and the history stay the user's. Code that ignores an interrupt
    cannot be ended here: it is the user's own process.

    Args:
        show: Show outputs at the asking cell like a cell's own; False records only (a chat has no cell).
        max_text: Characters of printed text that one execution may show.
    """

    name = "live"

    def __init__(self, *, show: bool = True, max_text: int = MAX_TEXT) -> None:
        self.shows = show and kernel.shell() is not None
        self._max_text = max_text
        self._jobs: set[Job[Execution]] = set()

    async def start(self) -> None:
        """Nothing to do: the shell is there."""

    async def execute(self, code: str, *, limit: float | None, on_output: OnOutput) -> Execution:
        """Run `code` as a cell would run it, for at most `limit` seconds."""
        capture = Capture(show=self.shows, log=OutputLog(max_text=self._max_text), on_output=on_output)
        job: Job[Execution] = Job(
            lambda: _execution(kernel.shell() or kernel.private_shell(), code, capture), limit
        )
        self._jobs.add(job)
        try:
            return await job.result()
        finally:
            self._jobs.discard(job)

    async def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the code that runs now."""
        for job in self._jobs:
            job.interrupt("stopped")

    async def stop(self) -> None:
        """Nothing to release: the shell is the user's."""


def _execution(shell: InteractiveShell, code: str, capture: Capture) -> Any:
    """The execution itself, or a coroutine of it when the code needs a loop."""
    failure = None
    try:
        source = shell.transform_cell(code)
    except Exception:  # noqa: BLE001  # IPython shows it as the cell's error
        source, failure = code, sys.exc_info()
    running = _run(shell, code, capture, source, failure)
    if shell.should_run_async(code, transformed_cell=source, preprocessing_exc_tuple=failure):
        return running
    return _at_once(running)


async def _run(shell: InteractiveShell, code: str, capture: Capture, source: str, failure: Any) -> Execution:
    started = time.perf_counter()
    error: BaseException | None = None
    with (
        kernel.instated(shell),
        tee(capture, shell),
        display_instead_of_result(shell, code),
        _undisturbed(shell),
    ):
        result: ExecutionResult | None = None
        try:
            result = await shell.run_cell_async(
                code, store_history=False, transformed_cell=source, preprocessing_exc_tuple=failure
            )
            error = result.error_before_exec or result.error_in_exec
        except KeyboardInterrupt as interrupt:  # came between two lines of IPython's own
            error = interrupt
        finally:
            # run_cell_async leaves these to its caller; figures are shown by the first.
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        if error is not None and not capture.errors:  # IPython has printed it
            capture.add(error_output(type(error).__name__, error, []))
    return Execution(
        outputs=capture.outputs,
        seconds=time.perf_counter() - started,
        ok=not capture.errors,
        interrupted=kernel.interruption(),
    )


def _at_once(coro: Coroutine[Any, Any, Execution]) -> Execution:
    """The value of a coroutine that waits for nothing."""
    try:
        coro.send(None)
    except StopIteration as stop:
        execution: Execution = stop.value
        return execution
    raise RuntimeError("the code waits for something although it has no await")


@contextmanager
def _undisturbed(shell: InteractiveShell) -> Iterator[None]:
    """What the shell remembers of the asking cell stays the asking cell's."""
    remembered = shell.last_execution_succeeded, shell.last_execution_result
    cell_result = shell.displayhook.exec_result
    try:
        yield
    finally:
        shell.last_execution_succeeded, shell.last_execution_result = remembered
        shell.displayhook.exec_result = cell_result
