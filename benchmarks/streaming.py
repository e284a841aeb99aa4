"""What streaming an answer of 20,000 characters costs: 5,000 deltas at 200 a second, through `%%assistant` in a real kernel.

Beside it the plain way, a Markdown display that is updated per token, and the same deltas with nothing shown. Messages and bytes are what a second
reader on iopub receives; CPU is the kernel process's.
"""

from __future__ import annotations

from figures import Figure
from paced import TEXT
from page import Traffic, counted, open_notebook

SETUP = """
%load_ext assistant_magic
from IPython.display import Markdown, display
from assistant_magic import backends
from paced import paced
backends._PROVIDERS["paced"] = ("paced", "PacedBackend")
"""
OURS = "%%assistant -m paced:text\nWrite about quadratic equations."
PER_TOKEN = """
words, shown = [], display(Markdown(""), display_id=True)
async for text in paced():
    words.append(text)
    shown.update(Markdown("".join(words)))
"""
NOTHING = "async for text in paced(): pass"


def measure() -> list[Figure]:
    """Bytes, messages and CPU of the three ways."""
    with open_notebook() as kernel:
        kernel.run(SETUP)
        ours = counted(kernel, OURS)
        ways = {"Markdown per token": counted(kernel, PER_TOKEN), "nothing shown": counted(kernel, NOTHING)}
    missing = _missing(ours)
    return [
        _figure("megabytes", "MB on iopub", 0.6, ours, ways),
        _figure("messages", "messages on iopub", 600, ours, ways),
        _figure("cpu", "s of kernel CPU", 1.0, ours, ways),
        Figure(what="lines of the answer that are missing on the page", ours=missing, unit="lines", aim=0),
        _figure("seconds", "s from question to idle", None, ours, ways),
    ]


def _figure(name: str, unit: str, aim: float | None, ours: Traffic, ways: dict[str, Traffic]) -> Figure:
    beside = [(way, float(getattr(traffic, name))) for way, traffic in ways.items()]
    return Figure(
        what="streaming 20,000 characters", ours=getattr(ours, name), unit=unit, aim=aim, beside=beside
    )


def _missing(traffic: Traffic) -> int:
    shown = "".join(traffic.cell.text.split())
    return sum("".join(line.split()) not in shown for line in TEXT.splitlines() if line.strip())
