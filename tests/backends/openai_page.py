"""A notebook that asks a scripted server: one kernel for all tests of a module, and streams of hosted tools."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from backends.harness import SECRET
from backends.responses_server import Reply, ResponsesServer
from backends.responses_stream import Stream
from notebook_kernel import Cell, NotebookKernel

ROOT = Path(__file__).resolve().parent.parent.parent
ASK = "%%assistant --approve auto -m openai:gpt-6-luna"


@dataclass
class OpenAIPage:
    """A kernel with the extension and a key, and the server it asks."""

    kernel: NotebookKernel
    server: ResponsesServer
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    count: int = 0

    def ask(
        self,
        prompt: str,
        *streams: Stream,
        line: str = ASK,
        answers: tuple[str, ...] | None = None,
        new: bool = True,
    ) -> Cell:
        """Run a cell whose turns are answered by these streams, in a thread of its own unless told."""
        self.server.replies.extend(Reply(stream.completed()) for stream in streams)
        self.count += 1
        first = f"{line} --new" if new else line
        return self.kernel.run(f"{first}\n{prompt}", cell_id=f"cell-{self.count}", answers=answers)

    @contextmanager
    def beside(self) -> Iterator[NotebookKernel]:
        """Another kernel of the same user."""
        kernel = NotebookKernel(self.env, str(self.folder))
        try:
            yield kernel
        finally:
            kernel.close()


@contextmanager
def opened(folder: Path, **env: str) -> Iterator[OpenAIPage]:
    """A page whose home is `folder`."""
    with ResponsesServer() as server, pytest.MonkeyPatch.context() as patch:
        for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            (folder / variable).mkdir()
            patch.setenv(variable, str(folder / variable))
        named = {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
            "OPENAI_API_KEY": SECRET,
            "OPENAI_BASE_URL": server.url,
        }
        whole = {**os.environ, **named, **env}
        kernel = NotebookKernel(whole, str(folder))
        try:
            kernel.run("%load_ext assistant_magic")
            yield OpenAIPage(kernel, server, folder, whole)
        finally:
            kernel.close()


def approval(number: int, name: str = "read_wiki", arguments: str = '{"page": "Euler"}') -> Stream:
    """A turn that ends with a remote tool's call that waits for a yes or no."""
    item: dict[str, Any] = {
        "id": f"mcpr_{number}",
        "type": "mcp_approval_request",
        "server_label": "wiki",
        "name": name,
        "arguments": arguments,
    }
    return Stream(number).item(item)


def remote_call(number: int, output: str) -> dict[str, Any]:
    """A remote tool's call that ran."""
    return {
        "id": f"mcp_{number}",
        "type": "mcp_call",
        "server_label": "wiki",
        "name": "read_wiki",
        "arguments": '{"page": "Euler"}',
        "output": output,
        "status": "completed",
    }
