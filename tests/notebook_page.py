"""A notebook on a page of a real browser, driven as a person would, with what cannot be clicked done by the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, ViewportSize

from assistant_magic.views.bundles import MIME

PATIENCE = 60_000
SIZE: ViewportSize = {"width": 1280, "height": 860}
ASK = "Ask the assistant of this notebook"
READY = """name => {
  const panel = window.jupyterapp?.shell.currentWidget;
  const isThere = panel?.context?.isReady && panel.context.path.endsWith(name);
  return isThere && panel.sessionContext.session?.kernel?.status === 'idle';
}"""
OPEN = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
CLOSE = """async name => {
  for (const panel of window.jupyterapp?.shell.widgets('main') ?? []) {
    if (panel.context?.path.endsWith(name)) {
      await panel.sessionContext.shutdown();
      panel.dispose();
    }
  }
}"""
THERE = "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"
RUN = """async index => {
  const panel = window.jupyterapp.shell.currentWidget;
  panel.content.activeCellIndex = index;
  panel.content.deselectAll();
  window.ran = window.jupyterapp.commands.execute('notebook:run-cell');
}"""

LISTENING = """
import asyncio
line = get_ipython().magics_manager.registry['AssistantMagics'].line
while not line.listening: await asyncio.sleep(0.01)
"""


class NotebookPage:
    """One notebook, open in JupyterLab or Notebook 7.

    Args:
        page: A page of the browser, empty or, with `shared`, one that shows JupyterLab.
        address: The server's.
        path: The notebook's file.
        app: What shows it: `lab`, or `notebooks` for Notebook 7.
        shared: JupyterLab on this page is used by others too, before and after.

    Attributes:
        page: The browser's page.
        path: The notebook's file.
        faults: Errors that the page raised.
    """

    def __init__(
        self, page: Page, address: str, path: Path, app: str = "lab", *, shared: bool = False
    ) -> None:
        self.page = page
        self.path = path
        self.faults: list[str] = []
        self._shared = shared
        # A workspace of its own, or JupyterLab would open the notebooks of other tests as well.
        place = f"lab/workspaces/{path.stem}/tree" if app == "lab" else app
        self.address = f"{address}/{place}/{path.name}"
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", self._note)
        if shared:
            page.evaluate(OPEN, path.name)
            page.wait_for_function(READY, arg=path.name, timeout=PATIENCE)
        else:
            self.open()

    def open(self, *, idle: bool = True) -> None:
        """Open the page, or open it anew; without `idle` also while a cell runs."""
        self.page.goto(self.address)
        self.page.wait_for_function(READY if idle else THERE, arg=self.path.name, timeout=PATIENCE)

    def _note(self, error: object) -> None:
        self.faults.append(str(error))

    def command(self, name: str, **args: object) -> None:
        """Execute a command of the application, to its end."""
        self.page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }", [name, args]
        )

    def wait_for_line(self) -> None:
        """Wait until kernel and page have found each other."""
        self.python(LISTENING)

    def select(self, index: int) -> None:
        """Make a cell the active one."""
        self.page.evaluate("at => window.jupyterapp.shell.currentWidget.content.activeCellIndex = at", index)

    def start(self, index: int) -> None:
        """Begin to run a cell."""
        self.page.evaluate(RUN, index)

    def wait(self) -> None:
        """Wait until the cell that was started has ended."""
        self.page.evaluate("async () => { await window.ran; }")

    def run(self, index: int) -> Locator:
        """Run a cell to its end; its outputs."""
        self.start(index)
        self.wait()
        return self.outputs(index)

    def cell(self, index: int) -> Locator:
        """A cell as it stands on the page."""
        shown = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
        return shown.locator(".jp-Cell").nth(index)

    def outputs(self, index: int) -> Locator:
        """What stands below a cell."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def python(self, code: str) -> str:
        """Run code in the kernel, between cells, and return what it prints."""
        words: str = self.page.evaluate(
            """async code => {
              const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const future = kernel.requestExecute({ code, store_history: false });
              let words = '';
              future.onIOPub = m => { words += m.content.text ?? m.content.evalue ?? ''; };
              await future.done;
              return words;
            }""",
            code,
        )
        return words

    def saved(self) -> dict[str, Any]:
        """The notebook as it is saved now."""
        self.command("docmanager:save")
        return dict(json.loads(self.path.read_text("utf-8")))

    def close(self) -> None:
        """Leave, and end the kernel."""
        self.page.evaluate(CLOSE, self.path.name)
        self.page.remove_listener("pageerror", self._note)
        if not self._shared:
            self.page.close()


def write_notebook(path: Path, *sources: str) -> None:
    """Write a notebook with these code cells, none of them run."""
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = new_notebook(cells=list(map(new_code_cell, sources)), metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)


def ask(view: Locator, text: str) -> None:
    """Type a prompt into a chat or the side panel and press Enter."""
    box = view.get_by_role("combobox", name=ASK)
    box.fill(text)
    box.press("Enter")


def answers(view: Locator) -> Locator:
    """The exchanges of a chat or the side panel that have ended."""
    return view.locator("section[data-status='completed']")


def written(cell: dict[str, Any]) -> str:
    """The words of the answer that a saved cell holds."""
    bundles = [output["data"] for output in cell["outputs"] if MIME in output.get("data", {})]
    return "\n\n".join(
        "".join(data["text/markdown"]).strip("\n") for data in bundles if data[MIME]["kind"] == "answer"
    )
