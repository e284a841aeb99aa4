"""A real kernel as a front end sees it: cells go in, and what a person would see comes out."""

from __future__ import annotations

import base64
import json
import os
import queue
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

Output = dict[str, Any]
ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds until a cell that says nothing is given up; far above what any test needs."""
_OUTPUTS = {"stream", "display_data", "execute_result", "error"}


def pythons() -> list[str]:
    """The interpreter of the tests, and those with older IPythons that the environment names."""
    others = os.environ.get("ASSISTANT_MAGIC_TEST_PYTHONS", "").split(os.pathsep)
    return [sys.executable, *filter(None, others)]


@dataclass(repr=False)
class Cell:
    """One executed cell with its outputs as they stand on the page after updates and clearing.

    Attributes:
        source: The code.
        outputs: nbformat outputs.
        reply: Content of the execute reply, empty until the cell ended.
        messages: Every message on iopub that belongs to the cell, in order.
        elsewhere: Outputs that came meanwhile and belong to no running cell.
        stopped_after: Seconds from Stop to the end, where `run` pressed it.
    """

    source: str
    request: str
    kernel: NotebookKernel
    outputs: list[Output] = field(default_factory=list)
    reply: dict[str, Any] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    elsewhere: list[Output] = field(default_factory=list)
    stopped_after: float = 0.0
    idle: bool = False
    _clear_first: bool = False

    def __repr__(self) -> str:
        return f"<cell {self.source!r}>"

    @property
    def text(self) -> str:
        """All the words a person reads below the cell, from top to bottom."""
        return "\n".join(filter(None, map(_words, self.outputs)))

    @property
    def text_elsewhere(self) -> str:
        """Words that came meanwhile in another cell; ipykernel 6.31 and 7.0 mix up threads that print."""
        return "".join(output.get("text", "") for output in self.elsewhere)

    @property
    def status(self) -> str:
        """How the cell ended, as the kernel replied."""
        return str(self.reply.get("status", ""))

    @property
    def execution_count(self) -> int:
        """The number that the kernel gave the cell."""
        return int(self.reply["execution_count"])

    @property
    def kinds(self) -> list[str]:
        """What stands below the cell, in order."""
        return [output["output_type"] for output in self.outputs]

    @property
    def error(self) -> str:
        """`Name: value` of the error that ended the cell, or nothing."""
        return f"{self.reply['ename']}: {self.reply['evalue']}" if self.reply.get("status") == "error" else ""

    @property
    def images(self) -> list[bytes]:
        """The pictures below the cell."""
        return [
            base64.b64decode(o["data"]["image/png"]) for o in self.outputs if "image/png" in o.get("data", {})
        ]

    def bundles(self, mime: str) -> list[Any]:
        """The data of every output that has this MIME type."""
        return [o["data"][mime] for o in self.outputs if mime in o.get("data", {})]

    def until(self, seen: Callable[[Cell], bool], timeout: float = PATIENCE) -> Cell:
        """Wait until the page satisfies `seen`; fails when the cell ends before."""
        self.kernel.read(lambda: seen(self) or self.done, timeout)
        assert seen(self), f"the cell ended before that was seen:\n{self.text}\n{self.error}"
        return self

    def finish(self, timeout: float = PATIENCE) -> Cell:
        """Wait until the cell has ended."""
        self.kernel.read(lambda: self.done, timeout)
        return self

    @property
    def done(self) -> bool:
        """The kernel is idle again and has replied."""
        return self.idle and bool(self.reply)

    def take(self, message: dict[str, Any]) -> None:
        """Apply one iopub message to the page."""
        self.messages.append(message)
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            self.idle = content["execution_state"] == "idle"
        elif kind == "clear_output":
            self._clear_first = bool(content.get("wait"))
            if not self._clear_first:
                self.outputs.clear()
        elif kind in _OUTPUTS:
            self._add({"output_type": kind, **content})

    def _add(self, output: Output) -> None:
        if self._clear_first:
            self.outputs.clear()
            self._clear_first = False
        last = self.outputs[-1] if self.outputs else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            self.outputs.append(output)


class NotebookKernel:
    """Starts a kernel, runs cells in it, and keeps the page they belong to."""

    def __init__(self, env: Mapping[str, str], cwd: str, python: str = sys.executable) -> None:
        self._env, self._cwd, self._python = dict(env), cwd, python
        self.cells: dict[str, Cell] = {}
        self.comms: list[dict[str, Any]] = []
        self._start()

    @property
    def process(self) -> int:
        """The kernel's process id."""
        return int(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def run(
        self,
        source: str,
        *,
        cell_id: str = "",
        answers: Iterable[str] | None = None,
        stop_at: str = "",
        timeout: float = PATIENCE,
    ) -> Cell:
        """Run a cell to its end and return what it left on the page; press Stop when it says `stop_at`."""
        cell = self.start(source, cell_id=cell_id, answers=answers)
        if not stop_at:
            return cell.finish(timeout)
        cell.until(lambda seen: stop_at in seen.text + seen.text_elsewhere, timeout)
        self.interrupt()
        stopped = time.monotonic()
        cell.finish(timeout)
        cell.stopped_after = time.monotonic() - stopped
        return cell

    def value(self, expression: str) -> Any:
        """JSON value of an expression in the kernel."""
        cell = self.run(f"import json as _json; print(_json.dumps({expression}))")
        assert cell.status == "ok", cell.text
        return json.loads(cell.text)

    def start(self, source: str, *, cell_id: str = "", answers: Iterable[str] | None = None) -> Cell:
        """Send a cell without waiting for it.

        Args:
            source: The code.
            cell_id: Sent as a front end does; empty for one that has no ids.
            answers: What is typed when the cell asks for input; None for a front end that cannot ask.
        """
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": answers is not None,
            # A person reads an error before running the next cell; old kernels would refuse that cell for a moment.
            "stop_on_error": False,
        }
        message = self.client.session.msg("execute_request", content)
        message["metadata"] = {"cellId": cell_id} if cell_id else {}
        self._answers = iter(answers or ())
        cell = Cell(source=source, request=message["header"]["msg_id"], kernel=self)
        self.cells[cell.request] = cell
        self.client.shell_channel.send(message)
        return cell

    def be_a_page(self) -> None:
        """Say hello as a page with our extension does, and wait until the kernel has heard it."""
        line = next(m["content"]["comm_id"] for m in self.comms if m["msg_type"] == "comm_open")
        data = {"type": "hello", "hears_busy": True}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", {"comm_id": line, "data": data}))
        self.read(lambda: any(m["content"]["data"].get("type") == "welcome" for m in self.comms), PATIENCE)

    def interrupt(self) -> None:
        """Press Stop."""
        self.manager.interrupt_kernel()

    def restart(self) -> None:
        """Press Restart; cells of before keep what they show."""
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self._connect()

    def kill(self) -> None:
        """End the process as a crash would, then start another one."""
        self.close()
        self._start()

    def close(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def read(self, enough: Callable[[], bool], timeout: float) -> None:
        """Take messages until there is enough; fails after `timeout` seconds of silence."""
        heard = time.monotonic()
        while not enough():
            if self._take_one():
                heard = time.monotonic()
            elif time.monotonic() - heard > timeout:
                raise AssertionError(
                    f"the kernel said nothing for {timeout:.0f} s; on the page: {self._page()}"
                )
            elif not self.manager.is_alive():
                raise AssertionError(f"the kernel died; on the page: {self._page()}")

    def _start(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        assert self.manager.kernel_spec is not None
        self.manager.kernel_spec.argv[0] = self._python
        # ipykernel warns at every start that loopback is not encrypted.
        self.manager.start_kernel(env=self._env, cwd=self._cwd, extra_arguments=["--log-level=40"])
        self._connect()

    def _connect(self) -> None:
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def _take_one(self) -> bool:
        if self.client.stdin_channel.msg_ready():
            asked = self.client.get_stdin_msg(timeout=1)
            self.cells[asked["parent_header"]["msg_id"]].prompts.append(asked["content"]["prompt"])
            self.client.input(next(self._answers))
            return True
        if self.client.shell_channel.msg_ready():
            reply = self.client.get_shell_msg(timeout=1)
            if cell := self.cells.get(reply["parent_header"].get("msg_id", "")):
                cell.reply = reply["content"]
            return True
        try:
            self._dispatch(self.client.get_iopub_msg(timeout=0.05))
        except queue.Empty:
            return False
        return True

    def _dispatch(self, message: dict[str, Any]) -> None:
        if message["msg_type"].startswith("comm_"):
            self.comms.append(message)
        # Like a notebook's page, which treats a second display of one id as an update of the first.
        if message["content"].get("transient", {}).get("display_id"):
            self._update(message["content"])
        asked = self.cells.get(message["parent_header"].get("msg_id", ""))
        if asked is not None:
            asked.take(message)
        if message["msg_type"] in _OUTPUTS and (asked is None or asked.done):
            for cell in (c for c in self.cells.values() if not c.done):
                cell.elsewhere.append({"output_type": message["msg_type"], **message["content"]})

    def _update(self, content: dict[str, Any]) -> None:
        # As in a notebook, every place that shows the display changes, in whichever cell it is.
        for cell in self.cells.values():
            for output in cell.outputs:
                if output.get("transient", {}).get("display_id") == content["transient"]["display_id"]:
                    output["data"], output["metadata"] = content["data"], content["metadata"]

    def _page(self) -> str:
        return "\n".join(cell.text for cell in self.cells.values())[-2000:]


def _words(output: Output) -> str:
    if output["output_type"] == "stream":
        return str(output["text"])
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    data = output["data"]
    return str(data.get("text/markdown") or data.get("text/plain") or "")


@contextmanager
def open_kernel(python: str = sys.executable) -> Iterator[NotebookKernel]:
    """A kernel of `python` that can import the package and the tests, for many tests or a benchmark."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    kernel = NotebookKernel({**os.environ, "PYTHONPATH": path}, str(ROOT), python)
    try:
        yield kernel
    finally:
        kernel.close()
