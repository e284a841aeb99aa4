"""Runs code in a kernel of its own: another process, with limits and without the user's secrets."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from assistant_magic.exceptions import ExecutorError
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.executors.isolated_conversation import Conversation
from assistant_magic.executors.isolated_kernel import IsolatedKernel, Place
from assistant_magic.executors.isolated_streams import streams_code
from assistant_magic.items import Output
from assistant_magic.outputs import MAX_TEXT, OutputLog

_PATIENCE = 1.4
"""Seconds that a Stop waits for the code; if it needs longer to end, the next code waits for that."""


class IsolatedExecutor:
    """A second kernel, with state between executions.

    It is a process group of its own with a folder and a home of its own, limits on memory, CPU time and file
    size, and an environment without keys. It is not a wall: it can read the user's files and reach the network.
    It goes with the notebook's kernel, however that ends. `input()` raises in it, as nobody is asked there.

    Args:
        place: Which kernel, where, and its limits.
        spare: Keep a second one ready, so that a lost kernel is replaced at once.
        max_text: Characters of printed text that one execution may show.
    """

    name = "isolated"
    shows = False

    def __init__(self, place: Place | None = None, *, spare: bool = True, max_text: int = MAX_TEXT) -> None:
        self.place = place or Place()
        self._keep_spare = spare
        self._max_text = max_text
        self._kernel: IsolatedKernel | None = None
        self._spare: asyncio.Task[IsolatedKernel] | None = None
        self._conversation: Conversation | None = None
        self._leaving: asyncio.Task[Execution] | None = None
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._lost = ""
        self._told_of_limits = False

    @property
    def folder(self) -> str:
        """The folder it works in; `""` before it starts."""
        return self._kernel.folder if self._kernel is not None else ""

    def prepare(self) -> None:
        """Begin to start a kernel in the background, so that `start` finds it ready."""
        if self._spare is None:
            self._spare = asyncio.create_task(self._started())

    async def start(self) -> None:
        """Have a kernel that runs: the one there is, the spare one, or a new one."""
        async with self._starting:
            await self._start()

    async def _start(self) -> None:
        if self._kernel is not None and await self._kernel.is_alive():
            return
        if self._kernel is not None:
            self._lost = self._lost or await self._kernel.cause_of_death()
            await self._drop()
        spare, self._spare = self._spare, None
        kernel = await spare if spare is not None else await self._started()
        if not await kernel.is_alive():
            await kernel.stop()
            kernel = await self._started()
        self._kernel = kernel

    async def execute(self, code: str, *, limit: float | None, on_output: OnOutput) -> Execution:
        """Run `code` in the kernel, for at most `limit` seconds.

        Raises:
            ExecutorError: The kernel died; the next call has a new one.
        """
        async with self._turn:
            await self._leave()
            await self.start()
            assert self._kernel is not None
            log = OutputLog(max_text=self._max_text)
            self._tell(log, on_output)
            conversation = Conversation(self._kernel, log, on_output)
            task = asyncio.create_task(self._hold(conversation, code, limit))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                conversation.end("stopped")
                await asyncio.wait([task], timeout=_PATIENCE)
                conversation.on_output = _nobody
                self._leaving = task
                raise

    async def _hold(self, conversation: Conversation, code: str, limit: float | None) -> Execution:
        self._conversation = conversation
        try:
            return await conversation.hold(code, limit)
        except ExecutorError:
            self._lost = "it died"
            await self._drop()
            raise
        finally:
            self._conversation = None
            if conversation.killed:
                self._lost = "it did not heed an interrupt"
                await self._drop()
            if self._keep_spare:
                self.prepare()

    async def _leave(self) -> None:
        """Wait for stopped code to end; what is deaf is killed meanwhile."""
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            with contextlib.suppress(ExecutorError):
                await leaving

    async def interrupt(self) -> None:
        """Interrupt what runs now; after a grace its kernel is killed."""
        if self._conversation is not None:
            self._conversation.end("stopped")

    async def upload(self, path: str, data: bytes) -> None:
        """Write a file in the folder that its code runs in."""
        await self.start()
        await asyncio.to_thread(self._inside(path).write_bytes, data)

    async def download(self, path: str) -> bytes:
        """Read a file of that folder.

        Raises:
            ExecutorError: There is no such file.
        """
        try:
            return await asyncio.to_thread(self._inside(path).read_bytes)
        except OSError as error:
            raise ExecutorError(
                f"{path} cannot be read: {error.strerror}", "See which files there are."
            ) from error

    def _inside(self, path: str) -> Path:
        # What a model's code may have put there must not lead out of it.
        inside = (Path(self.folder) / path).resolve()
        if not self.folder or not inside.is_relative_to(Path(self.folder).resolve()):
            raise ExecutorError(f"{path} is not in the isolated kernel's folder", "Name a file below it.")
        return inside

    async def stop(self) -> None:
        """Kill the kernels with all they started; variables and the scratch folder are gone."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await (await spare).stop()
        await self._drop()
        await self._leave()

    async def _drop(self) -> None:
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            await kernel.stop()

    async def _started(self) -> IsolatedKernel:
        kernel = IsolatedKernel(self.place)
        await kernel.start()
        if kernel.is_python:
            await kernel.run_silently(streams_code(self._max_text))
        return kernel

    def _tell(self, log: OutputLog, on_output: OnOutput) -> None:
        """Say what the reader would not expect of the kernel that runs now."""
        lost, self._lost = self._lost, ""
        notes = (
            [f"[a new isolated kernel runs this, without the earlier variables: {lost}]\n"] if lost else []
        )
        if not (self._told_of_limits or (self._kernel is not None and self._kernel.limited)):
            notes.append("[this isolated kernel has no limits on memory, CPU time and file size]\n")
        self._told_of_limits = True
        for text in notes:
            note = log.add({"output_type": "stream", "name": "stderr", "text": text})
            if note is not None:
                on_output(note)


def _nobody(_: Output) -> None:
    """Hears what stopped code still says."""
