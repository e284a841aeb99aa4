"""What streaming an answer of 20,000 characters costs: 5,000 deltas at 200 a second, through `%%assistant` in a real kernel.

*Anywhere* is a front end without our extension, which gets displays; *extension* is a page with it, which gets what is new. Beside them the
plain way, a Markdown display that is updated per token, and the same deltas with nothing shown: waking up 5,000 times costs CPU of its own,
which every way pays. Messages and bytes are what a second reader on iopub receives; CPU is the kernel process's.
"""

from __future__ import annotations

from collections.abc import Mapping

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
WARM = "%%assistant -m paced:word\nAre you there?"
OURS = "%%assistant -m paced:text\nWrite about quadratic equations."
PER_TOKEN = """
words, shown = [], display(Markdown(""), display_id=True)
async for text in paced():
    words.append(text)
    shown.update(Markdown("".join(words)))
"""
NOTHING = "async for text in paced(): pass"


UNITS = {
    "megabytes": "MB on iopub",
    "messages": "messages on iopub",
    "cpu": "s of kernel CPU",
    "seconds": "s from question to idle",
}
NONE: Mapping[str, Traffic] = {}


def measure() -> list[Figure]:
    """Bytes, messages and CPU of the four ways."""
    with open_notebook() as kernel:
        kernel.run(SETUP)
        kernel.run(WARM)
        anywhere = counted(kernel, OURS)
        ways = {"Markdown per token": counted(kernel, PER_TOKEN), "nothing shown": counted(kernel, NOTHING)}
        kernel.be_a_page()
        extension = counted(kernel, OURS)
    waking = ways["nothing shown"].cpu
    return [
        _figure("anywhere", "megabytes", 0.6, anywhere, ways),
        _figure("anywhere", "messages", 600, anywhere, ways),
        _figure("anywhere", "cpu", 1.0, anywhere, ways),
        _above("anywhere", anywhere, waking),
        _figure("extension", "megabytes", 0.4, extension),
        _figure("extension", "messages", 600, extension),
        _figure("extension", "cpu", 0.7, extension),
        _above("extension", extension, waking),
        Figure(
            what="lines of the answer that are missing on the page",
            ours=_missing(anywhere) + _missing(extension),
            unit="lines",
            aim=0,
        ),
        _figure("anywhere", "seconds", None, anywhere, ways),
    ]


def _figure(
    place: str, name: str, aim: float | None, ours: Traffic, ways: Mapping[str, Traffic] = NONE
) -> Figure:
    beside = [(way, float(getattr(traffic, name))) for way, traffic in ways.items()]
    return Figure(
        what=f"20,000 characters, {place}", ours=getattr(ours, name), unit=UNITS[name], aim=aim, beside=beside
    )


def _above(place: str, ours: Traffic, waking: float) -> Figure:
    return Figure(
        what=f"20,000 characters, {place}",
        ours=ours.cpu - waking,
        unit="s of kernel CPU above waking up 5,000 times",
    )


def _missing(traffic: Traffic) -> int:
    shown = "".join(traffic.cell.text.split())
    return sum("".join(line.split()) not in shown for line in TEXT.splitlines() if line.strip())
