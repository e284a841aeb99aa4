"""Runs code in an E2B cloud sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any, Protocol

from assistant_magic.exceptions import ExecutorError
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.executors.e2b_errors import is_gone, mapped, sdk
from assistant_magic.executors.e2b_outputs import Outputs
from assistant_magic.outputs import MAX_TEXT, OutputLog

_SETTLES = 1.5
"""Seconds after an interrupt until the server takes code again; what is sent before is dropped without a word."""
_NEW_SANDBOX = "a new sandbox runs this, without the earlier variables and files: {}"
_NEW_CONTEXT = "a new context of the sandbox runs this, without the earlier variables: {}"
_FLOOD = 30  # times what is shown, until a flood of text is broken off
_KEPT_UPLOADS = 50_000_000  # bytes of uploaded files that are kept for a new sandbox
_PROBE = 8.0  # seconds that a context has to show that it lives


class Saved(Protocol):
    """Keeps the ids of a sandbox and its context where another process finds them."""

    def load(self) -> Mapping[str, str]:
        """`sandbox` and `context`, or nothing."""
        ...

    def save(self, ids: Mapping[str, str]) -> None:
        """Keep these in place of what was kept."""
        ...


class E2BExecutor:
    """A sandbox in the cloud, made when code first runs and used until `stop`, by later kernels too.

    It pauses by itself when it is idle, costs nothing then, and resumes with its variables. When it is lost, the next
    code runs in a new one and says so. Nothing of this machine's environment reaches it.

    Args:
        saved: Where the sandbox is found again after a restart of the kernel.
        template: E2B's name of the sandbox's image.
        idle: Seconds until an unused sandbox pauses.
        envs: Variables for the code in it.
        max_text: Characters of printed text that one execution may show.
        api_key: E2B's; empty: the variable E2B_API_KEY.
    """

    name = "e2b"
    shows = False

    def __init__(
        self,
        *,
        saved: Saved | None = None,
        template: str = "code-interpreter-v1",
        idle: int = 300,
        envs: Mapping[str, str] | None = None,
        max_text: int = MAX_TEXT,
        api_key: str = "",
    ) -> None:
        self._api_key = api_key
        self._saved = saved
        self._template = template
        self._idle = idle
        self._envs = dict(envs or {})
        self._max_text = max_text
        self._sandbox: Any = None
        self._context: Any = None
        self._task: asyncio.Task[None] | None = None
        self._reason = ""
        self._settled_at = 0.0
        self._extended_at = 0.0
        self._lost = ""
        self._uploads: dict[str, bytes] = {}
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Have a sandbox; the first call makes it.

        Raises:
            MissingExtraError: The SDK is not installed.
            ConfigurationError: There is no key, or E2B does not take it.
            ExecutorError: E2B cannot be reached, or gives no sandbox.
        """
        async with self._starting:
            if self._sandbox is None:
                await self._find_again()
            if self._sandbox is None:
                await self._make()
                await self._restore()
            if self._context is None:
                with mapped("cannot make a context in the sandbox"):
                    self._context = await self._sandbox.create_code_context()
                self._save()

    async def _make(self) -> None:
        with mapped("cannot make a sandbox"):
            self._sandbox = await sdk().AsyncSandbox.create(
                self._template,
                timeout=self._idle,
                envs=self._envs,
                api_key=self._api_key or None,
                lifecycle={"on_timeout": "pause", "auto_resume": True},
            )

    async def _restore(self) -> None:
        """Write again what was uploaded to the sandbox that was lost."""
        if not self._uploads:
            return
        with mapped("the uploaded files cannot be written again"):
            for path, data in self._uploads.items():
                await self._sandbox.files.write(path, data)
        self._lost += f"; files uploaded from here were uploaded again: {', '.join(self._uploads)}"

    async def _find_again(self) -> None:
        """Take up the sandbox of an earlier kernel, when there was one."""
        ids = self._saved.load() if self._saved is not None else {}
        if not ids:
            return
        try:
            with mapped("cannot find the sandbox again"):
                sandbox = await sdk().AsyncSandbox.connect(
                    ids["sandbox"], timeout=self._idle, api_key=self._api_key or None
                )
                there = await sandbox.list_code_contexts()
        except ExecutorError as error:
            if not is_gone(error):
                raise
            self._lost = _NEW_SANDBOX.format("the one of this thread was gone")
            return
        self._sandbox = sandbox
        self._context = next((context for context in there if context.id == ids["context"]), None)
        if self._context is None:
            self._lost = _NEW_CONTEXT.format("the last one was gone")

    def _save(self) -> None:
        if self._saved is not None:
            kept = self._sandbox is not None and self._context is not None
            ids = {"sandbox": self._sandbox.sandbox_id, "context": self._context.id} if kept else {}
            self._saved.save(ids)

    async def execute(self, code: str, *, limit: float | None, on_output: OnOutput) -> Execution:
        """Run `code` in the sandbox, for at most `limit` seconds.

        Raises:
            ExecutorError: The sandbox was lost while the code ran, or cannot be reached.
        """
        async with self._turn:
            await self._ready()
            outputs = Outputs(OutputLog(max_text=self._max_text), on_output, self._max_text * _FLOOD)
            started = time.perf_counter()
            try:
                await self._run(code, limit, outputs)
            except ExecutorError as error:
                if outputs.came or not is_gone(error):
                    raise
                # It was lost before: nothing of this code ran.
                await self._ready()
                await self._run(code, limit, outputs)
            return outputs.execution(time.perf_counter() - started, self._reason)

    async def _ready(self) -> None:
        await self.start()
        if self._settled_at:
            await self._settle()

    async def _run(self, code: str, limit: float | None, outputs: Outputs) -> None:
        self._reason = ""
        if self._lost:
            outputs.note(f"[{self._lost}]\n")
            self._lost = ""
        self._task = asyncio.create_task(self._send(code, outputs))
        flooded = asyncio.create_task(outputs.flooded.wait())
        try:
            either = asyncio.FIRST_COMPLETED
            done, _ = await asyncio.wait([self._task, flooded], timeout=limit, return_when=either)
            if not done:
                await self._break_off(f"timeout after {limit:g} s", outputs)
            elif not self._task.done():
                size = self._max_text * _FLOOD / 1e6
                await self._break_off(f"stopped after {size:g} MB of printed text", outputs)
            elif self._task.cancelled():
                outputs.interrupted()
            else:
                self._task.result()
        except asyncio.CancelledError:
            await self._break_off("stopped", outputs)
            raise
        finally:
            flooded.cancel()
            self._task = None
            outputs.finish()

    async def _send(self, code: str, outputs: Outputs) -> None:
        """Run code to the end of its stream; cancelling hangs up, which makes the server interrupt it."""
        try:
            with mapped("the sandbox failed"):
                await self._extend()
                await self._sandbox.run_code(
                    code,
                    context=self._context,
                    on_stdout=outputs.stdout,
                    on_stderr=outputs.stderr,
                    on_result=outputs.result,
                    on_error=outputs.error,
                    timeout=0,
                )
        except ExecutorError as error:
            self._settled_at = time.monotonic()  # the context may have gone with its kernel
            if is_gone(error):
                self._lost = _NEW_SANDBOX.format("the last one was gone")
                self._sandbox = self._context = None
                self._settled_at = 0.0
            raise

    async def _extend(self) -> None:
        # Counted from the last call, not from the sandbox's beginning.
        if time.monotonic() > self._extended_at + self._idle / 4:
            self._extended_at = time.monotonic()
            await self._sandbox.set_timeout(self._idle)

    async def _break_off(self, reason: str, outputs: Outputs) -> None:
        self._reason = reason
        self._settled_at = time.monotonic() + _SETTLES
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        outputs.interrupted()

    async def _settle(self) -> None:
        """Wait until the context takes code again after an interrupt; replace it when it does not."""
        await asyncio.sleep(max(0.0, self._settled_at - time.monotonic()))
        self._settled_at = 0.0
        try:
            await asyncio.wait_for(self._sandbox.run_code("None", context=self._context, timeout=0), _PROBE)
        except Exception:  # noqa: BLE001  # whatever it is, a new context is the cure
            with contextlib.suppress(Exception):
                await self._sandbox.remove_code_context(self._context)
            self._context = None
            self._lost = _NEW_CONTEXT.format(
                "the last one did not answer, perhaps because its code heeds no interrupt"
            )
            await self.start()

    async def interrupt(self) -> None:
        """Interrupt what runs now."""
        if self._task is not None:
            self._reason, self._settled_at = "stopped", time.monotonic() + _SETTLES
            self._task.cancel()

    async def stop(self) -> None:
        """End the sandbox with everything in it."""
        sandbox, self._sandbox, self._context = self._sandbox, None, None
        self._uploads.clear()
        if sandbox is not None:
            with contextlib.suppress(Exception):
                await sandbox.kill()
            self._save()

    async def pause(self) -> None:
        """Pause the sandbox now; the next code resumes it with its variables."""
        if self._sandbox is not None:
            with mapped("the sandbox cannot be paused"):
                await self._sandbox.pause()

    async def upload(self, path: str, data: bytes) -> None:
        """Write a file in the sandbox; a relative path is below the folder that code runs in.

        It is written again in place of a lost sandbox, up to a size of all such files together and unless its name
        begins with `_`, as that of a carrier that code reads once.
        """
        await self._ready()
        with mapped(f"{path} cannot be written in the sandbox"):
            await self._sandbox.files.write(path, data)
        self.forget(path)
        if not path.startswith("_") and len(data) + sum(map(len, self._uploads.values())) <= _KEPT_UPLOADS:
            self._uploads[path] = data

    def forget(self, path: str) -> None:
        """Do not write this file again in a new sandbox."""
        self._uploads.pop(path, None)

    async def download(self, path: str) -> bytes:
        """Read a file of the sandbox."""
        await self._ready()
        with mapped(f"{path} cannot be read in the sandbox"):
            return bytes(await self._sandbox.files.read(path, format="bytes"))
