"""The same answer through what else there is for notebooks, each on a JupyterLab of its own, from one OpenAI-compatible server on loopback.

5,000 deltas at 200 a second, through the SDK of OpenAI and to the page. `%%ai` is of `jupyter-ai-magics`, chatlab's `Chat` and Panel's `ChatInterface`
are used as their documentation shows. *First* counts from the first delta to its words on the page, *last* from the last delta to the last change of the
page; *busy* is the CPU of the page's main thread. What is not done a minute after the last delta is given up, so its *last* and its CPU would be larger.

`make bench WHAT=rivals` makes the environments of the others in `build/rivals` (a few minutes, once); `make bench` alone leaves this section as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from browser import LISTENING, rows
from figures import Figure
from paced_server import paced_server
from playwright.sync_api import Browser
from watching import PATHS, Watched, chromium, watch

from lab_server import EXTENSION, ROOT, lab_server

BY_NAME_ONLY = True  # installs packages
HOME = Path(os.environ.get("RIVALS") or ROOT / "build" / "rivals")
LAB = ("jupyterlab==4.6.6", "ipykernel==7.4.0")
SERVER = (
    "import os\nos.environ |= {'OPENAI_BASE_URL': URL, 'OPENAI_API_BASE': URL, 'OPENAI_API_KEY': 'none'}\n"
)
WARM, ASK = "Are you there?", "Write about quadratic equations."
OURS = (
    SERVER + "import asyncio\n%load_ext assistant_magic",
    LISTENING,
    f"%%assistant -m openai:paced\n{WARM}",
    f"%%assistant -m openai:paced\n{ASK}",
)
PANEL = """
import asyncio, openai, panel as pn
pn.extension(inline=True)
client = openai.AsyncOpenAI()
async def answer(contents, user, instance):
    messages = [{"role": "user", "content": contents}]
    stream = await client.chat.completions.create(model="paced", messages=messages, stream=True)
    words = ""
    async for chunk in stream:
        words += chunk.choices[0].delta.content or ""
        yield words
chat = pn.chat.ChatInterface(callback=answer)
"""

ROWS = (
    ("first words on the page", "first", "ms", None),
    ("last change of the page", "last", "s", None),
    ("page's main thread busy", "busy", "s of CPU", None),
    ("longest task but the final one", "longest", "ms", None),
    ("tasks over 50 ms", "over", "tasks", None),
    ("kernel", "kernel", "s of CPU", None),
    ("sent by the kernel", "megabytes", "MB", None),
    ("sent by the kernel", "messages", "messages", None),
    ("parts of the answer that are missing at the end", "parts", "of 31", 0),
)


@dataclass(frozen=True, kw_only=True)
class Rival:
    """Something else that shows a streamed answer in a notebook.

    Attributes:
        name: What people call it.
        packages: What is installed; the first is it.
        cells: The first sets up, the last begins the stream.
        shown: The cell below which the answer stands.
    """

    name: str
    packages: Sequence[str]
    cells: Sequence[str]
    shown: int = -1

    def __str__(self) -> str:
        return f"{self.name} ({self.packages[0].replace('==', ' ')})"

    def python(self) -> str:
        """The interpreter of its environment, which is made first where it is missing."""
        folder = HOME / self.packages[0].partition("==")[0]
        python = folder / "bin" / "python"
        if not (folder / "made").exists():
            venv.create(folder, clear=True, with_pip=True)
            command = [str(python), "-m", "pip", "install", "--quiet", *LAB, *self.packages]
            subprocess.run(command, check=True)
            (folder / "made").touch()
        return str(python)


RIVALS = (
    Rival(
        name="`%%ai`",
        packages=("jupyter-ai-magics==2.31.7", "langchain-openai==0.3.35"),
        cells=(
            SERVER + "%load_ext jupyter_ai_magics",
            f"%%ai openai-chat-custom:paced\n{WARM}",
            f"%%ai openai-chat-custom:paced\n{ASK}",
        ),
    ),
    Rival(
        name="`Chat`",
        packages=("chatlab==2.1.1",),
        cells=(
            SERVER + "from chatlab import Chat\nchat = Chat(model='paced', base_url=URL)",
            f"await chat({WARM!r})",
            f"await chat({ASK!r})",
        ),
    ),
    Rival(
        name="`ChatInterface`",
        packages=("panel==1.9.4", "openai==3.54.0", "jupyter_bokeh==4.1.0"),
        cells=(
            SERVER + PANEL,
            "chat",
            f"_ = chat.send({WARM!r})\nwhile chat.objects[-1].object != 'Yes.': await asyncio.sleep(0.1)",
            f"_ = chat.send({ASK!r})",
        ),
        shown=1,
    ),
)


def measure() -> list[Figure]:
    """Ours and all others."""
    with chromium() as browser:
        ours = _watch(browser, sys.executable, OURS, EXTENSION)
        ways = {str(one): _watch(browser, one.python(), one.cells, None, one.shown) for one in RIVALS}
    return rows(ROWS, ours, ways)


def _watch(
    browser: Browser, python: str, cells: Sequence[str], extension: Path | None, shown: int = -1
) -> Watched:
    with tempfile.TemporaryDirectory() as home:
        root = Path(home) / "lab"
        env = {"PYTHONPATH": PATHS if extension else ""}
        with (
            lab_server(root, python=python, extension=extension, env=env) as server,
            paced_server(server.notebooks) as url,
        ):
            first, *others = cells
            return watch(browser, server, (f"URL = {url!r}\n{first}", *others), shown=shown)
