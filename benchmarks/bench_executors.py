"""Code in a kernel of its own and in a sandbox against the bare client libraries, and what safety costs before a call.

The same code runs by turns through our executor and through the library that it uses, on kernels of the same kind. The
E2B side is a server on loopback with real kernels; the SDK is the genuine one on both sides.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
from figures import Figure, median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant_magic.executors.e2b import E2BExecutor
from assistant_magic.executors.isolated import IsolatedExecutor
from assistant_magic.namespace import Snapshot
from assistant_magic.risk import screen

ROUNDS = 60
CODE = {
    "one line": "x = 40 + 2\nprint(x)",
    "100 lines, a display each": "for i in range(100):\n    display(i)",
    "200 ms of work": "import time\nuntil = time.perf_counter() + 0.2\nwhile time.perf_counter() < until: pass",
}
CELL = """import numpy as np
import matplotlib.pyplot as plt
x = np.linspace(0, 10, 200)
def damped(t, rate=0.3):
    return np.exp(-rate * t) * np.cos(t)
plt.plot(x, damped(x), label="damped")
plt.legend()
print(f"maximum {damped(x).max():.3f} at {x[damped(x).argmax()]:.2f}")
"""


def measure() -> list[Figure]:
    """All rows."""
    return [*asyncio.run(_isolated()), *asyncio.run(_e2b()), *_before_a_call()]


async def _isolated() -> list[Figure]:
    executor = IsolatedExecutor()
    started = time.perf_counter()
    await executor.start()
    cold = time.perf_counter() - started
    bare = await _bare_kernel()
    rows = []
    for what, code in CODE.items():
        ours, theirs = await _by_turns(
            lambda code=code: executor.execute(code, limit=60, on_output=_ignore),
            lambda code=code: _bare_execute(bare[1], code),
        )
        rows.append(_compared(f"isolated kernel, {what}", ours, theirs, "jupyter_client"))
    rows += await _flood(executor)
    warm = await _warm_start(executor)
    await executor.stop()
    bare[1].stop_channels()
    await bare[0].shutdown_kernel(now=True)
    rows.append(
        Figure(
            what="isolated kernel replaced by the spare one",
            ours=warm * 1000,
            unit="ms",
            aim=50,
            beside=[("a new one", cold * 1000)],
        )
    )
    return rows


async def _flood(executor: IsolatedExecutor) -> list[Figure]:
    """A gigabyte of prints, and what the memory of both processes grows by."""
    execution = await executor.execute("import os; print(os.getpid())", limit=60, on_output=_ignore)
    both = psutil.Process(), psutil.Process(int(execution.outputs[0]["text"]))
    before = [process.memory_info().rss for process in both]
    code = "for _ in range(1_000): print('x' * 999_999)"
    execution = await executor.execute(code, limit=300, on_output=_ignore)
    shown = sum(len(output["text"]) for output in execution.outputs) / 1e6
    ours, theirs = ((p.memory_info().rss - rss) / 1e6 for p, rss in zip(both, before, strict=True))
    what = "isolated kernel, 1 GB of prints"
    return [
        Figure(what=f"{what}: shown", ours=shown, unit="MB", aim=1.1),
        Figure(what=f"{what}: the notebook's memory grows by", ours=ours, unit="MB", aim=50),
        Figure(what=f"{what}: the kernel's memory grows by", ours=theirs, unit="MB", aim=50),
    ]


async def _warm_start(executor: IsolatedExecutor) -> float:
    await executor.execute("1", limit=60, on_output=_ignore)
    spare = executor._spare  # noqa: SLF001  # what is measured is hidden on purpose
    assert spare is not None
    await asyncio.shield(spare)
    kernel = executor._kernel  # noqa: SLF001  # what is measured is hidden on purpose
    assert kernel is not None
    await kernel.stop()
    started = time.perf_counter()
    await executor.start()
    return time.perf_counter() - started


async def _bare_kernel() -> tuple[Any, Any]:
    from jupyter_client.manager import AsyncKernelManager

    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(extra_arguments=["--log-level=40"])
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    return manager, client


async def _bare_execute(client: Any, code: str) -> None:
    outputs: list[dict[str, Any]] = []
    await client.execute_interactive(code, allow_stdin=False, output_hook=outputs.append, timeout=60)


async def _e2b() -> list[Figure]:
    from tests.servers.e2b_server import E2BServer

    rows = []
    with E2BServer() as server:
        os.environ |= {"E2B_API_URL": server.url, "E2B_SANDBOX_URL": server.url, "E2B_API_KEY": server.key}
        from e2b_code_interpreter import AsyncSandbox

        executor = E2BExecutor()
        sandbox = await AsyncSandbox.create()
        context = await sandbox.create_code_context()
        for what, code in CODE.items():
            ours, theirs = await _by_turns(
                lambda code=code: executor.execute(code, limit=60, on_output=_ignore),
                lambda code=code: sandbox.run_code(code, context=context),
            )
            rows.append(_compared(f"E2B sandbox, {what}", ours, theirs, "E2B's SDK"))
        await executor.stop()
        await sandbox.kill()
    return rows


async def _by_turns(
    ours: Callable[[], Awaitable[Any]], theirs: Callable[[], Awaitable[Any]]
) -> tuple[float, float]:
    """Median seconds of both, measured by turns so that the machine's moods reach both."""
    times: tuple[list[float], list[float]] = ([], [])
    rounds = ROUNDS
    for number in range(rounds):
        for side, run in enumerate((ours, theirs) if number % 2 else (theirs, ours)):
            started = time.perf_counter()
            await run()
            times[1 - side if number % 2 == 0 else side].append(time.perf_counter() - started)
    return median(times[0][5:]), median(times[1][5:])


def _compared(what: str, ours: float, theirs: float, library: str) -> Figure:
    return Figure(
        what=what, ours=ours * 1000, unit="ms", aim=1.1 * theirs * 1000, beside=[(library, theirs * 1000)]
    )


def _before_a_call() -> list[Figure]:
    names: dict[str, Any] = {f"name{i}": [i, {"a": i}] for i in range(1_000)}
    return [
        Figure(
            what="reading a cell for its risks",
            ours=_best(lambda: screen(CELL, names)),
            unit="ms of CPU",
            aim=20,
        ),
        Figure(
            what="noticing changes among 1,000 names",
            ours=_best(lambda: Snapshot(names).changes(names)),
            unit="ms of CPU",
            aim=5,
        ),
    ]


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(20):
        started = time.thread_time()
        work()
        times.append(time.thread_time() - started)
    return median(times) * 1000


def _ignore(_: object) -> None:
    pass
