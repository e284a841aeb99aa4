"""A real kernel as a front end drives it, for tests: what a reader sees in each cell, in order."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

REPOSITORY = Path(__file__).parents[1]


def pythons() -> list[str]:
    """The interpreter of the tests, and those with older IPythons that the environment names."""
    others = os.environ.get("ASSISTANT_MAGIC_TEST_PYTHONS", "").split(os.pathsep)
    return [sys.executable, *filter(None, others)]


@dataclass
class Seen:
    """One cell as it looks after it ran."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    status: str = ""
    execution_count: int | None = None
    elsewhere: list[dict[str, Any]] = field(default_factory=list)
    stopped_after: float | None = None
    """Seconds from Stop to idle."""

    @property
    def text(self) -> str:
        """All words: streams, results, exceptions."""
        words = [
            output.get("text")
            or output.get("data", {}).get("text/plain")
            or f"{output.get('ename')}: {output.get('evalue')}\n"
            for output in self.outputs
        ]
        return "".join(words)

    @property
    def text_elsewhere(self) -> str:
        """Words that came meanwhile in another cell; ipykernel 6.31 and 7.0 mix up threads that print."""
        return "".join(output.get("text", "") for output in self.elsewhere)

    @property
    def kinds(self) -> list[str]:
        """What came, in order."""
        return [output["output_type"] for output in self.outputs]


class Kernel:
    """A started kernel and one client."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def run(  # one loop over what arrives
        self,
        code: str,
        *,
        stop_at: str = "",
        answers: tuple[str, ...] = (),
        cell_id: str = "",
        timeout: float = 20,
    ) -> Seen:
        """Execute a cell; press Stop as soon as its words contain `stop_at`."""
        seen, stopped_at, waiting = Seen(), 0.0, list(answers)
        message = self._send(code, bool(answers), cell_id)
        deadline = time.monotonic() + timeout
        while True:
            assert time.monotonic() < deadline, f"no end of {code!r}; seen so far: {seen.text!r}"
            if waiting and self._asked():
                self.client.input(waiting.pop(0))
            try:
                received = self.client.get_iopub_msg(timeout=0.05)
            except Empty:
                continue
            if received["parent_header"].get("msg_id") != message:
                seen.elsewhere += [_output(received)] if _output(received) else []
            elif received["content"].get("execution_state") == "idle":
                break
            else:
                _apply(seen, received)
            if stop_at and stop_at in seen.text + seen.text_elsewhere and not stopped_at:
                self.manager.interrupt_kernel()
                stopped_at = time.monotonic()
        if stopped_at:
            seen.stopped_after = time.monotonic() - stopped_at
        seen.status = self._reply(message)["content"]["status"]
        return seen

    def _reply(self, message: str) -> dict[str, Any]:
        while True:
            reply: dict[str, Any] = self.client.get_shell_msg(timeout=10)
            if reply["parent_header"].get("msg_id") == message:
                return reply

    def value(self, expression: str) -> Any:
        """JSON value of an expression in the kernel."""
        seen = self.run(f"import json as _json; print(_json.dumps({expression}))")
        assert seen.status == "ok", seen.text
        return json.loads(seen.text)

    def _send(self, code: str, allow_stdin: bool, cell_id: str) -> str:
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": allow_stdin,
            "stop_on_error": False,
        }
        metadata = {"cellId": cell_id} if cell_id else {}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def _asked(self) -> bool:
        try:
            return bool(self.client.get_stdin_msg(timeout=0)["msg_type"] == "input_request")
        except Empty:
            return False


def _output(message: dict[str, Any]) -> dict[str, Any]:
    content, kind = message["content"], message["msg_type"]
    if kind == "stream":
        return {"output_type": kind, "name": content["name"], "text": content["text"]}
    if kind in ("display_data", "execute_result", "error"):
        return {"output_type": kind, **content}
    return {}


def _apply(seen: Seen, message: dict[str, Any]) -> None:
    output, last = _output(message), seen.outputs[-1] if seen.outputs else {}
    if message["msg_type"] == "clear_output":
        seen.outputs.clear()
    elif message["msg_type"] == "execute_input":
        seen.execution_count = message["content"]["execution_count"]
    elif message["msg_type"] == "update_display_data":
        wanted = message["content"]["transient"]["display_id"]
        for shown in seen.outputs:
            if shown.get("transient", {}).get("display_id") == wanted:
                shown.update(data=message["content"]["data"])
    elif output.get("name") and output["name"] == last.get("name"):
        last["text"] += output["text"]
    elif output:
        seen.outputs.append(output)


@contextmanager
def real_kernel(python: str = sys.executable, **environment: str) -> Iterator[Kernel]:
    """A kernel of `python` that can import the package and the tests."""
    manager = KernelManager(kernel_name="python3")
    assert manager.kernel_spec is not None
    manager.kernel_spec.argv[0] = python
    paths = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])
    manager.start_kernel(env={**os.environ, "PYTHONPATH": paths, **environment})
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
