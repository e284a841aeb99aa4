"""What a person at the page notices while an answer of 20,000 characters streams: 5,000 deltas at 200 a second in a real JupyterLab.

Beside it a Markdown display that is updated 20 times a second, and per delta. *Busy* is the time that the page's main thread
works; *first* counts from the first delta to its words on the page, *last* from the last delta to the last change of the page. A way that is
not done a minute after the last delta is given up.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from figures import Figure
from paced import TEXT
from playwright.sync_api import Browser, sync_playwright

from lab_server import ROOT, LabServer, lab_server
from notebook_page import NotebookPage, write_notebook

SETUP = """
%load_ext assistant_magic
import time, paced
from IPython.display import Markdown, display
from assistant_magic import backends
backends._PROVIDERS["paced"] = ("paced", "PacedBackend")
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
WATCH = """index => {
  const node = window.jupyterapp.shell.currentWidget.content.widgets[index].outputArea.node;
  const now = () => performance.timeOrigin + performance.now();
  const seen = window.seen = { first: 0, last: 0, tasks: [] };
  new MutationObserver(() => {
    if (node.textContent.trim()) {
      seen.last = now();
      if (!seen.first) requestAnimationFrame(() => seen.first ||= now());
    }
  }).observe(node, { subtree: true, childList: true, characterData: true });
  new PerformanceObserver(list => list.getEntries().forEach(task => {
    seen.tasks.push([performance.timeOrigin + task.startTime + task.duration, task.duration]);
  })).observe({ type: 'longtask' });
}"""
ENDED = "() => window.ran.then(() => true)"
QUIET = "() => performance.timeOrigin + performance.now() - window.seen.last > 1500"
WORDS = """index => {
  const { model } = window.jupyterapp.shell.currentWidget.content.widgets[index].outputArea;
  const words = [];
  for (let i = 0; i < model.length; i++) words.push(model.get(i).data['text/markdown'] ?? '');
  return words.join('\\n');
}"""
PATIENCE = 60_000


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was noticed of one way; milliseconds, but `busy` and `last` in seconds."""

    first: float
    last: float
    busy: float
    longest: float
    final: float
    over: int
    missing: int


def measure() -> list[Figure]:
    """Three ways, each on a page of its own."""
    paths = os.pathsep.join(str(ROOT / folder) for folder in (".", "benchmarks", "tests"))
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        with lab_server(Path(home), env={"PYTHONPATH": paths}) as server:
            ways = {
                "ours": _watch(browser, server, OURS),
                "Markdown at 20 Hz": _watch(browser, server, UPDATED.format(pace=0.05)),
                "Markdown per delta": _watch(browser, server, UPDATED.format(pace=0)),
            }
        browser.close()
    return [
        _figure("first words on the page", "first", "ms", 100, ways),
        _figure("last change of the page", "last", "s", 0.5, ways),
        _figure("main thread busy", "busy", "s", None, ways),
        _figure("longest task but the final one", "longest", "ms", 50, ways),
        _figure("final task", "final", "ms", 150, ways),
        _figure("tasks over 50 ms", "over", "tasks", None, ways),
        _figure("lines that are missing at the end", "missing", "lines", 0, ways),
    ]


def _figure(what: str, name: str, unit: str, aim: float | None, ways: dict[str, Watched]) -> Figure:
    (_, ours), *beside = [(way, float(getattr(watched, name))) for way, watched in ways.items()]
    return Figure(what=what, ours=ours, unit=unit, aim=aim, beside=beside)


def _watch(browser: Browser, server: LabServer, source: str) -> Watched:
    path = server.notebooks / f"{abs(hash(source))}.ipynb"
    write_notebook(path, SETUP, WARM, source)
    page = NotebookPage(browser.new_page(viewport={"width": 1280, "height": 860}), server.address, path)
    page.run(0)
    page.wait_for_line()
    page.run(1)
    protocol = page.page.context.new_cdp_session(page.page)
    protocol.send("Performance.enable")
    page.page.evaluate(WATCH, 2)
    before = _busy(protocol)
    page.start(2)
    page.page.wait_for_timeout(24_000)  # looking on would cost the page time
    page.page.wait_for_function(ENDED, timeout=PATIENCE, polling=500)
    page.page.wait_for_function(QUIET, timeout=PATIENCE, polling=500)
    busy = _busy(protocol) - before
    seen = page.page.evaluate("window.seen")
    began, ended = (float(word) * 1000 for word in page.python("print(paced.began, paced.ended)").split())
    words = page.page.evaluate(WORDS, 2)
    page.close()
    return Watched(
        first=seen["first"] - began,
        last=(seen["last"] - ended) / 1000,
        busy=busy,
        longest=max((took for end, took in seen["tasks"] if end < ended), default=0.0),
        final=max((took for end, took in seen["tasks"] if end >= ended), default=0.0),
        over=len(seen["tasks"]),
        missing=sum(line not in words for line in TEXT.splitlines() if line.strip()),
    )


def _busy(protocol: object) -> float:
    found = protocol.send("Performance.getMetrics")["metrics"]  # type: ignore[attr-defined]
    return next(float(one["value"]) for one in found if one["name"] == "TaskDuration")
