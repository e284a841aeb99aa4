"""Take the README's pictures: real notebooks in a real JupyterLab, in headless Chromium."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright  # noqa: E402

from lab_server import LabServer, lab_server  # noqa: E402
from notebook_page import NotebookPage, answers, ask, write_notebook  # noqa: E402

PICTURES = ROOT / "docs" / "images"
FIRST = ROOT / "notebooks" / "01_first_answer.ipynb"
TIDY = """async theme => {
  const { commands } = window.jupyterapp;
  await commands.execute('application:toggle-left-area');
  await commands.execute('apputils:change-theme', { theme });
}"""
ALL_RAN = """() => {
  const code = window.jupyterapp.shell.currentWidget.content.widgets.filter(one => one.model.type === 'code');
  return code.length > 0 && code.every(cell => cell.model.executionCount !== null);
}"""
# A model that wants to delete something is not at hand everywhere, so a script plays it; the page is the real one.
CAREFUL = """
from assistant_magic import Assistant
from assistant_magic.testing import ScriptedBackend, call
_code = "from pathlib import Path\\n\\nfor path in Path('export').glob('*.tmp'):\\n    path.unlink()"
_session = get_ipython().magics_manager.registry["AssistantMagics"].session
_backend = ScriptedBackend([call("python", code=_code), "Done."])
_session.assistant = Assistant(backend=_backend, model="openai:gpt-6-luna")
"""
TIDYING = "%%assistant\nDelete the temporary files that my export left behind."
SLOPE = "%%assistant\ndifferentiate x^3 - 3x"
STATIONARY = "%%assistant\nwhere is it zero?"
PLOT = "plot x^3 - 3x from -2.5 to 2.5"
QUIZ = "%quiz linear equations 2 -n 3 --seed 1"


def main() -> int:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        with lab_server(Path(home), env={"PYTHONPATH": str(ROOT)}) as server:
            for take in (first_answer, panel, dark, approval, chat, quiz, quiz_dark):
                picture = PICTURES / f"{take.__name__}.png"
                take(browser, server).screenshot(path=picture)
                print(f"Written to {picture.relative_to(ROOT)}", flush=True)
        browser.close()
    return 0


def first_answer(browser: Browser, server: LabServer) -> Page:
    """The first notebook, from its first question."""
    path = server.notebooks / FIRST.name
    shutil.copy(FIRST, path)
    notebook = opened(browser, server, path, {"width": 1080, "height": 940})
    notebook.command("notebook:run-all-cells")
    notebook.page.wait_for_function(ALL_RAN, timeout=120_000)
    heading = notebook.page.get_by_role("heading", name="A first question")
    heading.evaluate("node => node.closest('.jp-Cell').scrollIntoView({block: 'start'})")
    return settled(notebook)


def panel(browser: Browser, server: LabServer, theme: str = "JupyterLab Light") -> Page:
    """Two questions in cells, and a figure beside them in the panel of the same thread."""
    path = server.notebooks / f"{theme.rpartition(' ')[2].lower()}.ipynb"
    write_notebook(path, "%load_ext assistant_magic", SLOPE, STATIONARY)
    notebook = opened(browser, server, path, {"width": 1280, "height": 930}, theme)
    notebook.run(0)
    notebook.wait_for_line()
    notebook.command("assistant-magic:show")
    side = notebook.page.get_by_role("region", name="Assistant")
    notebook.run(1)
    notebook.run(2)
    ask(side, PLOT)
    expect(answers(side)).to_have_count(3, timeout=60_000)
    notebook.cell(0).scroll_into_view_if_needed()
    return settled(notebook)


def dark(browser: Browser, server: LabServer) -> Page:
    """The same in dark colours."""
    return panel(browser, server, "JupyterLab Dark")


def approval(browser: Browser, server: LabServer) -> Page:
    """A question about code that does more than compute, while its cell runs."""
    path = server.notebooks / "export.ipynb"
    write_notebook(path, "%load_ext assistant_magic", TIDYING)
    notebook = opened(browser, server, path, {"width": 960, "height": 560})
    notebook.run(0)
    notebook.wait_for_line()
    notebook.python(CAREFUL)
    notebook.start(1)
    notebook.cell(1).get_by_role("group", name="Run this code in your kernel?").wait_for()
    return settled(notebook)


def chat(browser: Browser, server: LabServer) -> Page:
    """A chat below a cell, and beside it the panel of the same thread."""
    path = server.notebooks / "chat.ipynb"
    write_notebook(path, "%load_ext assistant_magic", "%assistant chat")
    notebook = opened(browser, server, path, {"width": 1280, "height": 780})
    notebook.run(0)
    notebook.wait_for_line()
    notebook.command("assistant-magic:show")
    notebook.run(1)
    below = notebook.outputs(1).locator(".jp-AssistantMagic-widget")
    for number, question in enumerate(("differentiate x^3 sin(x)", "what is it at x = 1?")):
        ask(below, question)
        expect(answers(below)).to_have_count(number + 1, timeout=60_000)
    return settled(notebook)


def quiz(browser: Browser, server: LabServer, theme: str = "JupyterLab Light") -> Page:
    """A quiz: a wrong answer, two hints, the right answer, and the next problem."""
    path = server.notebooks / f"quiz_{theme.rpartition(' ')[2].lower()}.ipynb"
    write_notebook(path, "%load_ext assistant_magic", QUIZ)
    notebook = opened(browser, server, path, {"width": 1000, "height": 600}, theme)
    notebook.run(0)
    notebook.wait_for_line()
    out = notebook.run(1)
    box = out.get_by_label("Your answer")
    box.fill("x = 7")
    out.get_by_role("button", name="Check").click()
    expect(out).to_contain_text("Not right.")
    for words in ("both sides", "kept its sign"):
        out.get_by_role("button", name="Hint").click()
        expect(out).to_contain_text(words)
    box.fill("5")
    out.get_by_role("button", name="Check").click()
    expect(out).to_contain_text("✓")
    out.get_by_role("button", name="Next").click()
    expect(out).to_contain_text("2/3")
    box.fill("x = -")
    return settled(notebook)


def quiz_dark(browser: Browser, server: LabServer) -> Page:
    """The same in dark colours."""
    return quiz(browser, server, "JupyterLab Dark")


def opened(
    browser: Browser, server: LabServer, path: Path, size: ViewportSize, theme: str = "JupyterLab Light"
) -> NotebookPage:
    """A notebook on a page of its own, with nothing beside it."""
    page = browser.new_page(viewport=size, device_scale_factor=1.5)
    notebook = NotebookPage(page, server.address, path)
    page.evaluate(TIDY, theme)
    return notebook


def settled(notebook: NotebookPage) -> Page:
    """Its page, when fonts and pictures have come."""
    notebook.page.wait_for_load_state("networkidle")
    notebook.page.wait_for_timeout(500)  # the fonts of the formulas fade in
    return notebook.page


if __name__ == "__main__":
    sys.exit(main())
