"""Watches a page of a real JupyterLab, and its kernel, while an answer streams."""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path
from uuid import uuid4

from figures import median
from meter import Meter
from paced import DELTAS, RATE, TEXT
from playwright.sync_api import Browser, CDPSession, Error, sync_playwright

from lab_server import ROOT, LabServer
from notebook_page import NotebookPage, write_notebook

PATHS = os.pathsep.join(str(ROOT / folder) for folder in (".", "benchmarks", "tests"))
"""What a kernel imports from."""

# Some show their words in shadow roots, of which no observer outside hears.
ROOTS = """
window.roots = [];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  window.roots.push(new WeakRef(root));
  window.watchRoot?.(root);
  return root;
};
"""
WATCH = """index => {
  const { node } = window.jupyterapp.shell.currentWidget.content.widgets[index].outputArea;
  const now = () => performance.timeOrigin + performance.now();
  const seen = window.seen = { first: 0, last: 0, tasks: [] };
  const begins = one => /^(##)?P/.test(one.textContent.replace(/\\s/g, ''));
  const observer = new MutationObserver(records => {
    seen.last = now();
    if (!seen.first && records.some(({ target, addedNodes }) => [target, ...addedNodes].some(begins))) {
      requestAnimationFrame(() => seen.first ||= now());
    }
  });
  window.watchRoot = one => observer.observe(one, { subtree: true, childList: true, characterData: true });
  window.watchRoot(node);
  window.roots.forEach(root => root.deref() && window.watchRoot(root.deref()));
  new PerformanceObserver(list => list.getEntries().forEach(task => {
    seen.tasks.push([performance.timeOrigin + task.startTime + task.duration, task.duration]);
  })).observe({ type: 'longtask' });
}"""
ENDED = "() => window.ran.then(() => true)"
QUIET = "() => performance.timeOrigin + performance.now() - window.seen.last > 1500"
WORDS = """index => {
  const { model } = window.jupyterapp.shell.currentWidget.content.widgets[index].outputArea;
  const words = [];
  for (let i = 0; i < model.length; i++) words.push([model.get(i).data['text/markdown'] ?? ''].flat().join(''));
  if (words.some(one => one.trim())) return words.join('\\n');
  const roots = window.roots.map(root => root.deref()).filter(root => root?.isConnected);
  return roots.map(root => root.textContent).join('\\n');
}"""
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.id"
PATIENCE = 60  # seconds after the last delta


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was noticed.

    Attributes:
        first: From the first delta to its words on the page, in milliseconds.
        last: From the last delta to the last change of the page, in seconds.
        busy: CPU of the page's main thread, in seconds.
        longest: The longest task before the last delta, in milliseconds.
        heaviest: The CPU of the task that took most of it before the last delta, in milliseconds.
        final: The longest task behind the last delta, in milliseconds.
        over: Tasks over 50 ms.
        parts: Parts of the answer that are not on the page in the end.
        differ: Characters behind the first that is not as it was sent; white space does not count.
        kernel: CPU of the kernel, in seconds.
        messages: Sent by the kernel over iopub.
        megabytes: Sent by the kernel over iopub.
    """

    first: float
    last: float
    busy: float
    longest: float
    heaviest: float
    final: float
    over: float
    parts: float
    differ: float
    kernel: float
    messages: float
    megabytes: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as the context lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


def middle(runs: Sequence[Watched]) -> Watched:
    """The median of each figure."""
    rows = [asdict(run) for run in runs]
    return Watched(**{name: median(row[name] for row in rows) for name in rows[0]})


def watch(browser: Browser, server: LabServer, cells: Sequence[str], *, shown: int = -1) -> Watched:
    """Run cells in a new notebook, the last of them watched.

    Args:
        browser: Where.
        server: The JupyterLab.
        cells: The first sets up, the last begins the stream.
        shown: The cell below which the answer stands.
    """
    path = server.notebooks / f"{uuid4().hex}.ipynb"
    server.notebooks.joinpath("times").unlink(missing_ok=True)
    write_notebook(path, *cells)
    empty = browser.new_page(viewport={"width": 1280, "height": 860})
    empty.add_init_script(ROOTS)
    page = NotebookPage(empty, server.address, path)
    last = len(cells) - 1
    for index in range(last):
        page.run(index)
    watched = _watched(page, server, last, shown % len(cells))
    empty.close()  # the kernel ends with the server: a page that hangs could not be asked to end it
    return watched


def _watched(page: NotebookPage, server: LabServer, asking: int, shown: int) -> Watched:
    protocol = page.page.context.new_cdp_session(page.page)
    protocol.send("Performance.enable", {"timeDomain": "threadTicks"})
    connection = server.notebooks.parent / f"runtime/kernel-{page.page.evaluate(KERNEL)}.json"
    browser = page.page.context.browser
    assert browser is not None
    with Meter.of_file(connection) as meter:
        meter.start(lambda: page.python("pass"))
        page.page.evaluate(WATCH, shown)
        browser.start_tracing(page=page.page, categories=["toplevel"])
        before = _busy(protocol)
        page.start(asking)
        _wait(page, server.notebooks / "times")
        busy, cost = _busy(protocol) - before, meter.stop()
    began, ended = (float(word) for word in server.notebooks.joinpath("times").read_text().split())
    heaviest = _heaviest(browser.stop_tracing(), ended)
    seen, words = page.page.evaluate("window.seen"), page.page.evaluate(WORDS, shown)
    return Watched(
        first=seen["first"] - began * 1000 if seen["first"] else nan,
        last=seen["last"] / 1000 - ended if seen["first"] else nan,
        busy=busy,
        longest=max((took for end, took in seen["tasks"] if end < ended * 1000), default=0.0),
        heaviest=heaviest,
        final=max((took for end, took in seen["tasks"] if end >= ended * 1000), default=0.0),
        over=len(seen["tasks"]),
        parts=sum(line[3:] not in words for line in TEXT.splitlines() if line.startswith("## ")),
        differ=_differ(words) if seen["first"] else nan,
        kernel=cost.cpu,
        messages=cost.messages,
        megabytes=cost.megabytes,
    )


def _wait(page: NotebookPage, times: Path) -> None:
    page.page.wait_for_timeout(1000 * DELTAS / RATE - 1000)  # looking on would cost the page time
    until = time.time() + 3 * PATIENCE
    while not times.exists() and time.time() < until:
        time.sleep(0.1)
    until = time.time() + PATIENCE
    with suppress(Error):  # it may never be done
        for what in (ENDED, QUIET):
            left = max(1.0, until - time.time())
            page.page.wait_for_function(what, timeout=1000 * left, polling=500)


def _busy(protocol: CDPSession) -> float:
    found = protocol.send("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in found if one["name"] == "TaskDuration")


def _heaviest(trace: bytes, ended: float) -> float:
    """The CPU of the heaviest task that began before `ended`, in milliseconds."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (e["pid"], e["tid"])
        for e in events
        if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    until = (ended - time.time() + time.monotonic()) * 1e6  # Chromium's clock is the monotonic one
    tasks: dict[tuple[int, int], list[float]] = defaultdict(list)
    for event in events:
        if (event["pid"], event["tid"]) in mains and "tdur" in event and event["ts"] < until:
            tasks[event["pid"], event["tid"]].append(event["tdur"] / 1000)
    # A browser may keep the process of an earlier page for a while.
    return max(max(tasks.values(), key=sum, default=[0.0]))


def _differ(words: str) -> int:
    sent, shown = "".join(TEXT.split()), "".join(words.split())
    if sent == shown:
        return 0
    same = next(
        (i for i, (a, b) in enumerate(zip(sent, shown, strict=False)) if a != b), min(len(sent), len(shown))
    )
    return max(len(sent), len(shown)) - same
