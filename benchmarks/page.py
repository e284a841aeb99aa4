"""A notebook with a real kernel for benchmarks: an empty home, no keys, and every byte on iopub counted."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meter import Meter

from notebook_kernel import Cell, NotebookKernel

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What one cell cost."""

    cell: Cell
    seconds: float
    cpu: float
    messages: int
    megabytes: float


@contextmanager
def open_notebook() -> Iterator[NotebookKernel]:
    """A kernel as on a new machine, where this folder's modules can be imported."""
    with tempfile.TemporaryDirectory() as home:
        env = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        env |= {place: str(Path(home) / place.lower()) for place in PLACES}
        env["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "benchmarks")))
        kernel = NotebookKernel(env, home)
        try:
            yield kernel
        finally:
            kernel.close()


def timed(kernel: NotebookKernel, source: str, cell_id: str = "") -> float:
    """Seconds from sending a cell until the front end knows that it has ended."""
    began = time.perf_counter()
    cell = kernel.run(source, cell_id=cell_id)
    seconds = time.perf_counter() - began
    if cell.error:
        raise RuntimeError(f"{source}\n{cell.text}\n{cell.error}")
    return seconds


def counted(kernel: NotebookKernel, source: str) -> Traffic:
    """Run a cell beside a second reader that counts what goes over iopub."""
    with Meter(kernel.manager.get_connection_info(), kernel.process) as meter:
        meter.start(lambda: kernel.run("pass"))
        began = time.perf_counter()
        cell = kernel.run(source)
        seconds, cost = time.perf_counter() - began, meter.stop()
    if cell.error:
        raise RuntimeError(f"{source}\n{cell.text}\n{cell.error}")
    return Traffic(cell=cell, seconds=seconds, cpu=cost.cpu, messages=cost.messages, megabytes=cost.megabytes)
