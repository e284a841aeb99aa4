"""A tool call in the user's kernel against the bare `run_cell` of the same code, inside a real kernel.

The slower of an async cell and a synchronous call is shown, each the best of seven medians. The aim is 1.2 times the bare call, or 3 ms more where that is larger.
"""

from __future__ import annotations

import json

from figures import Figure

from notebook_kernel import NotebookKernel, open_kernel

PRELUDE = """
import json, statistics, time
from assistant_magic import kernel
from assistant_magic.executors.live import LiveExecutor

live, shell = LiveExecutor(), get_ipython()

def bare(code):
    before = time.perf_counter()
    shell.run_cell(code, store_history=False)
    return time.perf_counter() - before

async def tool_call(code):
    before = time.perf_counter()
    await live.execute(code, limit=60, on_output=lambda output: None)
    return time.perf_counter() - before

async def tool_calls(code, times):
    return [await tool_call(code) for _ in range(times)]
"""

ROUNDS = 7
CODES = {
    "an assignment": "x = 1 + 1",
    "a print": "print(1)",
    "a result": "{'a': 1}",
    "100 prints": "for i in range(100): print(i)",
    "20,000 prints": "for i in range(20_000): print(i)",
    "10 ms of work": "t = time.perf_counter()\nwhile time.perf_counter() - t < 0.01: pass",
    "a data frame": "import pandas as pd; pd.DataFrame({'a': range(20)})",
    "a figure": "import matplotlib.pyplot as plt; plt.plot([1, 2]);",
}


def measure() -> list[Figure]:
    """All rows."""
    rows = []
    with open_kernel() as kernel:
        assert kernel.run(PRELUDE).status == "ok"
        for name, code in CODES.items():
            times = 3 if "20,000" in name or "figure" in name else 20
            kernel.run(code)
            ways = (
                f"[bare({code!r}) for _ in range({times})]",
                f"kernel.drive(tool_calls({code!r}, {times}))",
                f"await kernel.adrive(tool_calls({code!r}, {times}))",
            )
            # By turns, so that the machine's moods reach all of them.
            rounds = [[_seconds(kernel, way) for way in ways] for _ in range(ROUNDS)]
            bare, sync, asynchronous = map(min, zip(*rounds, strict=True))
            aim = max(1.2 * bare, bare + 3)
            ours = max(sync, asynchronous)
            rows.append(
                Figure(what=f"live, {name}", ours=ours, unit="ms", aim=aim, beside=[("run_cell", bare)])
            )
        rows += _flood(kernel)
    return rows


def _flood(kernel: NotebookKernel) -> list[Figure]:
    """A gigabyte of prints, and what the kernel's memory grows by."""
    kernel.run("import psutil; _process = psutil.Process(); _before = _process.memory_info().rss")
    code = "for _ in range(1_000): print('x' * 999_999)"
    seen = kernel.run(f"_t = [await kernel.adrive(tool_call({code!r}))]\n{_REPORT}", timeout=300)
    grown = kernel.value("_process.memory_info().rss - _before") / 1e6
    shown = len(seen.text) / 1e6
    return [
        Figure(what="live, 1 GB of prints: shown", ours=shown, unit="MB", aim=1.1),
        Figure(what="live, 1 GB of prints: the kernel's memory grows by", ours=grown, unit="MB", aim=50),
    ]


def _seconds(kernel: NotebookKernel, way: str) -> float:
    """Median milliseconds of one way of running code."""
    return _median(kernel.run(f"_t = {way}\n{_REPORT}", timeout=120).text)


_REPORT = "print('median', json.dumps(statistics.median(_t) * 1000))"


def _median(text: str) -> float:
    return float(json.loads(text.rsplit("median", 1)[1]))
