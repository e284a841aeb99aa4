"""A tool call in the live executor against the bare `run_cell`, inside a real kernel.

Run from the repository's root: `PYTHONPATH=.:tests python benchmarks/bench_live.py`.
Aims: at most 1.2 times and at most 3 ms more.
"""

from __future__ import annotations

import json

from notebook_kernel import open_kernel

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


def main() -> None:
    with open_kernel() as kernel:
        assert kernel.run(PRELUDE).status == "ok"
        print(f"{'code':16}{'run_cell ms':>12}{'sync ms':>10}{'async ms':>10}{'ratio':>8}{'more ms':>9}")
        for name, code in CODES.items():
            times = 10 if "20,000" in name or "figure" in name else 100
            kernel.run(code)
            bare, sync, asynchronous = (
                _median(kernel.run(f"_t = {expression}\n{_REPORT}").text)
                for expression in (
                    f"[bare({code!r}) for _ in range({times})]",
                    f"kernel.drive(tool_calls({code!r}, {times}))",
                    f"await kernel.adrive(tool_calls({code!r}, {times}))",
                )
            )
            worst = max(sync, asynchronous)
            print(
                f"{name:16}{bare:12.2f}{sync:10.2f}{asynchronous:10.2f}{worst / bare:8.2f}{worst - bare:9.2f}"
            )


_REPORT = "print('median', json.dumps(statistics.median(_t) * 1000))"


def _median(text: str) -> float:
    return float(json.loads(text.rsplit("median", 1)[1]))


if __name__ == "__main__":
    main()
