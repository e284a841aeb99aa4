"""What `%load_ext assistant_magic` adds to a running kernel: median of seven fresh kernels.

Beside it what a kernel pays that imports the OpenAI SDK or LangChain's chat models at load time.
"""

from __future__ import annotations

import json

from figures import Figure, median
from page import open_notebook

KERNELS = 7
PROBE = """
import json, sys, time
known, began = set(sys.modules), time.perf_counter()
{statement}
seconds = time.perf_counter() - began
print(json.dumps([seconds * 1000, len(set(sys.modules) - known)]))
"""


def measure() -> list[Figure]:
    """Time and modules of loading."""
    ours = [_load("get_ipython().run_line_magic('load_ext', 'assistant_magic')") for _ in range(KERNELS)]
    rivals = {
        name: [_load(name) for _ in range(3)]
        for name in ("import openai", "import langchain_core.language_models")
    }
    middle = {name: [median(column) for column in zip(*rows, strict=True)] for name, rows in rivals.items()}
    milliseconds, modules = (median(column) for column in zip(*ours, strict=True))
    return [
        Figure(
            what="time of `%load_ext assistant_magic`",
            ours=milliseconds,
            unit="ms",
            aim=50,
            beside=[(f"`{name}`", figures[0]) for name, figures in middle.items()],
        ),
        Figure(
            what="new modules",
            ours=modules,
            unit="modules",
            aim=40,
            beside=[(f"`{name}`", figures[1]) for name, figures in middle.items()],
        ),
    ]


def _load(statement: str) -> tuple[float, float]:
    with open_notebook() as kernel:
        milliseconds, modules = json.loads(kernel.run(PROBE.format(statement=statement)).text)
        return milliseconds, modules
