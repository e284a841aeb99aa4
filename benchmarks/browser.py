"""What a person at the page notices while an answer of 20,000 characters streams: 5,000 deltas at 200 a second in a real JupyterLab.

Ours is the median of three pages. Beside it, one page each: `%%assistant` on a JupyterLab without our extension, a Markdown display that is
updated 20 times a second, one that is updated per delta, and a cell that receives the same deltas and shows nothing, which is what JupyterLab and
waking up cost by themselves. *First* counts from the first delta to its words on the page, *last* from the last delta to the last change of the
page. *Busy* is the CPU of the page's main thread. A task's length is what a person feels; on a machine with other work it has waited for a core, too,
which its CPU has not. A way that is not done a minute after the last delta is given up.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path

from figures import Figure
from watching import PATHS, Watched, chromium, middle, watch

from lab_server import lab_server

ROUNDS = 3
SETUP = """
%load_ext assistant_magic
import asyncio, time, paced
from IPython.display import Markdown, display
from assistant_magic import backends
backends._PROVIDERS["paced"] = ("paced", "PacedBackend")
"""
LISTENING = """
line = get_ipython().magics_manager.registry["AssistantMagics"].line
while not line.listening: await asyncio.sleep(0.01)
"""
WARM = "%%assistant -m paced:word\nAre you there?"
OURS = "%%assistant -m paced:text\nWrite about quadratic equations."
UPDATED = """
words, shown, painted = [], display(Markdown(""), display_id=True), 0
async for text in paced.paced():
    words.append(text)
    if time.monotonic() - painted >= {pace}:
        painted = time.monotonic()
        shown.update(Markdown("".join(words)))
shown.update(Markdown("".join(words)))
"""
NOTHING = "async for text in paced.paced(): pass"
ROWS = (
    ("first words on the page", "first", "ms", 100),
    ("last change of the page", "last", "s", 0.5),
    ("main thread busy", "busy", "s of CPU", None),
    ("longest task but the final one", "longest", "ms", 50),
    ("heaviest task but the final one", "heaviest", "ms of CPU", 50),
    ("final task", "final", "ms", 150),
    ("tasks over 50 ms", "over", "tasks", None),
    ("kernel", "kernel", "s of CPU", None),
    ("sent by the kernel", "megabytes", "MB", 0.4),
    ("sent by the kernel", "messages", "messages", 600),
    ("wrong or missing at the end", "differ", "characters", 0),
)
DISABLED = {"disabledExtensions": {"@assistant-magic/lab": True}}


def measure() -> list[Figure]:
    """Five ways, each on a page of its own."""
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        with lab_server(Path(home) / "extension", env={"PYTHONPATH": PATHS}) as server:
            ours = middle([watch(browser, server, (SETUP, LISTENING, WARM, OURS)) for _ in range(ROUNDS)])
        bare = Path(home) / "bare"
        settings = bare / "config/labconfig/page_config.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(DISABLED))
        with lab_server(bare, extension=None, env={"PYTHONPATH": PATHS}) as server:
            ways = {
                "without the extension": watch(browser, server, (SETUP, WARM, OURS)),
                "Markdown at 20 Hz": watch(browser, server, (SETUP, WARM, UPDATED.format(pace=0.05))),
                "Markdown per delta": watch(browser, server, (SETUP, WARM, UPDATED.format(pace=0))),
                "nothing shown": watch(browser, server, (SETUP, WARM, NOTHING)),
            }
    return rows(ROWS, ours, ways)


def rows(
    wanted: Sequence[tuple[str, str, str, float | None]], ours: Watched, ways: Mapping[str, Watched]
) -> list[Figure]:
    """Some figures of all ways, as (what, name, unit, aim); who shows nothing has no first words."""
    return [
        Figure(what=what, ours=getattr(ours, name), unit=unit, aim=aim, beside=_beside(ways, name))
        for what, name, unit, aim in wanted
    ]


def _beside(ways: Mapping[str, Watched], name: str) -> list[tuple[str, float]]:
    values = [(way, float(getattr(watched, name))) for way, watched in ways.items()]
    return [(way, value) for way, value in values if isfinite(value)]
