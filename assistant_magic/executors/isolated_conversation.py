"""One execution on a kernel's channels: the request, its outputs in order, and what ended it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from queue import Empty
from typing import Any

from assistant_magic.exceptions import ExecutorError
from assistant_magic.executors import Execution, OnOutput
from assistant_magic.executors.isolated_kernel import IsolatedKernel
from assistant_magic.executors.isolated_streams import LEFT_OUT
from assistant_magic.items import Output
from assistant_magic.outputs import OutputLog

GRACE = 4.0
"""Seconds that interrupted code has before its kernel is killed."""
_AGAIN = 0.5  # seconds between interrupts, as code may ignore one
_LOOK = 0.1  # seconds between looks at the clock and the process
_REST = 5.0  # seconds that the last outputs may take after the reply


class Conversation:
    """Runs one piece of code on `kernel`. An interrupt is asked for by `end`.

    Args:
        kernel: A started kernel that runs nothing else.
        log: Where outputs are kept, and what bounds them.
        on_output: Told of outputs as they come.

    Attributes:
        killed: The code did not heed an interrupt, and its kernel was ended.
    """

    def __init__(self, kernel: IsolatedKernel, log: OutputLog, on_output: OnOutput) -> None:
        self._kernel = kernel
        self._log = log
        self.on_output = on_output
        self._request = ""
        self._idle = False
        self._reply: dict[str, Any] | None = None
        self._reason = ""
        self._asked = self._last_asked = 0.0
        self.killed = False

    def end(self, reason: str) -> None:
        """Interrupt the code; `reason` becomes the execution's."""
        if not self._reason:
            self._reason, self._asked = reason, time.monotonic()

    async def hold(self, code: str, limit: float | None) -> Execution:
        """Run `code` to its end.

        Raises:
            ExecutorError: The kernel died.
        """
        started = time.perf_counter()
        deadline = None if limit is None else time.monotonic() + limit
        self._request = self._kernel.client.execute(code, allow_stdin=False, stop_on_error=False)
        replying = asyncio.create_task(self._await_reply())
        try:
            while not self._idle:
                await self._listen()
                if deadline is not None and time.monotonic() > deadline:
                    self.end(f"timeout after {limit:g} s")
                if self._reason and not await self._insist():
                    break
            if self._idle:
                # The reply says how it ended, and comes by another channel.
                await asyncio.wait([replying], timeout=_REST)
        finally:
            replying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await replying
        return self._execution(time.perf_counter() - started)

    async def _listen(self) -> None:
        """Take the outputs that are there, or wait a moment for one."""
        try:
            message = await self._kernel.client.iopub_channel.get_msg(timeout=_LOOK)
        except Empty:
            if not await self._kernel.is_alive():
                raise await self._death() from None
            if self._reply is not None and time.monotonic() > self._reply["at"] + _REST:
                self._idle = True  # what says so was lost in a flood of outputs
            return
        if message["parent_header"].get("msg_id") == self._request:
            self._take(message["msg_type"], message["content"])

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "status":
            self._idle = content["execution_state"] == "idle"
        elif kind == "stream":
            self._show_text(content["name"], content["text"])
        elif kind in {"display_data", "execute_result"}:
            display_id = content.get("transient", {}).get("display_id", "")
            bundle = {"output_type": "display_data", "data": content["data"], "metadata": content["metadata"]}
            self._show(bundle, display_id)
        elif kind == "update_display_data":
            self._log.update(content["transient"]["display_id"], content["data"], content["metadata"])
        elif kind == "clear_output":
            self._log.clear(wait=content["wait"])
        elif kind == "error":
            self._show({"output_type": "error", **{k: content[k] for k in ("ename", "evalue", "traceback")}})

    def _show_text(self, name: str, text: str) -> None:
        shown, *after = LEFT_OUT.split(text)
        self._show({"output_type": "stream", "name": name, "text": shown})
        for count, rest in zip(after[::2], after[1::2], strict=True):
            self._log.leave_out(int(count))
            self._show({"output_type": "stream", "name": name, "text": rest})

    def _show(self, output: Output, display_id: str = "") -> None:
        shown = self._log.add(output, display_id=display_id)
        if shown is not None:
            self.on_output(shown)

    async def _await_reply(self) -> None:
        while True:
            message = await self._kernel.client.shell_channel.get_msg()
            if message["parent_header"].get("msg_id") == self._request:
                self._reply = {**message["content"], "at": time.monotonic()}
                return

    async def _insist(self) -> bool:
        """Interrupt again from time to time; False when the grace is over and the kernel was killed."""
        now = time.monotonic()
        if now > self._asked + GRACE:
            self.killed = True
            note = "\n[the code did not heed the interrupt: its kernel was ended, its variables are gone]\n"
            self._show({"output_type": "stream", "name": "stderr", "text": note})
            return False
        if now > self._last_asked + _AGAIN:
            self._last_asked = now
            await self._kernel.interrupt()
        return True

    async def _death(self) -> ExecutorError:
        # What it sent before its end is still to be read.
        with contextlib.suppress(Empty):
            while True:
                message = await self._kernel.client.iopub_channel.get_msg(timeout=_LOOK)
                self._take(message["msg_type"], message["content"])
        self._report_rest()
        return ExecutorError(
            f"the isolated kernel is gone: {await self._kernel.cause_of_death()}",
            "The next code runs in a new one, without the earlier variables.",
        )

    def _report_rest(self) -> None:
        for output in self._log.rest:
            self.on_output(output)

    def _execution(self, seconds: float) -> Execution:
        reply = self._reply or {}
        failed = reply.get("status") == "error"
        if failed and not any(o["output_type"] == "error" for o in self._log.outputs):
            # IPython words some errors itself and sends no error message for them.
            self._show(
                {"output_type": "error", "ename": reply["ename"], "evalue": reply["evalue"], "traceback": []}
            )
        self._report_rest()
        outputs = self._log.outputs
        ok = not failed and not self.killed and not any(o["output_type"] == "error" for o in outputs)
        # Code that ended by itself before the interrupt came was not interrupted.
        reason = self._reason if not ok else ""
        return Execution(outputs=outputs, seconds=seconds, ok=ok, interrupted=reason)
