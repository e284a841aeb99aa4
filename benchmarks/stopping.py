"""From Stop to an idle kernel that runs the next cell: the kernel is interrupted as the front end's button does it.

Each row is one `%%assistant` cell in a real kernel; the time ends when the kernel is idle, and a cell after it is run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from figures import Figure

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.notebook_kernel import NotebookKernel
from tests.servers.e2b_server import E2BServer

ROOT = Path(__file__).resolve().parent.parent
AIM = 2.0
PRELUDE = """
%load_ext assistant_magic
import asyncio
from assistant_magic import Assistant
from assistant_magic.events import TextDelta
from assistant_magic.testing import ScriptedBackend, call
session = get_ipython().magics_manager.magics["cell"]["assistant"].__self__.session

class Slow(ScriptedBackend):
    async def turn(self, request):
        for number in range(10_000):
            yield TextDelta(part="a", text=f"word {number} ready ")
            await asyncio.sleep(0.01)

async def fetch(address: str) -> str:
    "Fetch it."
    print("ready", flush=True)
    await asyncio.sleep(1_000)

def model(*steps, slow=False, **options):
    kind = Slow if slow else ScriptedBackend
    session.assistant = Assistant(backend=kind(list(steps)), approve="auto", **options)
"""
READY = "print('ready', flush=True)\n"
CASES = {
    "a busy loop": ("live", READY + "while True: pass"),
    "a sleep": ("live", READY + "import time; time.sleep(1000)"),
    "calls into C of 0.2 s": ("live", READY + "while True: sum(range(10_000_000))"),
    "an await": ("live", READY + "import asyncio\nawait asyncio.sleep(1000)"),
    "isolated kernel: a busy loop": ("isolated", READY + "while True: pass"),
    "isolated kernel: deaf code": (
        "isolated",
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        + READY
        + "while True: time.sleep(1)",
    ),
    "sandbox: a busy loop": ("e2b", READY + "while True: pass"),
}


def measure() -> list[Figure]:
    """All rows."""
    with E2BServer() as server, tempfile.TemporaryDirectory() as folder:
        places = dict.fromkeys(("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"), folder)
        keys = {"E2B_API_URL": server.url, "E2B_SANDBOX_URL": server.url, "E2B_API_KEY": server.key}
        notebook = NotebookKernel({**os.environ, "PYTHONPATH": str(ROOT), **places, **keys}, folder)
        notebook.run(PRELUDE)
        rows = [_row(what, _stop(notebook, where, code)) for what, (where, code) in CASES.items()]
        rows.append(_row("the model's stream", _stop_run(notebook, "model(slow=True)")))
        two = "model([call('fetch', address='a'), call('fetch', address='b')], tools=[fetch])"
        rows.append(_row("two calls at the same time", _stop_run(notebook, two)))
        notebook.close()
    return rows


def _stop(notebook: NotebookKernel, where: str, code: str) -> float:
    notebook.run("%assistant new")
    # The place is there before: what is measured is stopping, not starting.
    return _stop_run(notebook, f"model(call('python', code='1'), call('python', code={code!r}))", where)


def _stop_run(notebook: NotebookKernel, model: str, where: str = "live") -> float:
    made = notebook.run(model)
    assert not made.error, made.error
    cell = notebook.start(f"%%assistant -e {where}\ngo").until(lambda cell: "ready" in _outputs(cell))
    stopped = time.perf_counter()
    notebook.interrupt()
    cell.finish()
    seconds = time.perf_counter() - stopped
    assert notebook.run("1 + 1").text.strip() == "2"
    return seconds


def _outputs(cell: object) -> str:
    """What was printed; the card of a call has the word in its code."""
    return "\n".join(
        str(o.get("text") or o["data"].get("text/markdown", "").replace("print('ready'", ""))
        for o in cell.outputs
    )  # type: ignore[attr-defined]


def _row(what: str, seconds: float) -> Figure:
    return Figure(what=f"Stop to idle: {what}", ours=seconds, unit="s", aim=AIM)
