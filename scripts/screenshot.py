"""Take the pictures of README and docs: a first answer and a quiz, in a real JupyterLab in headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "notebooks" / "01_first_answer.ipynb"
PICTURES = ROOT / "docs" / "images"
SHOWN_FROM = "A first question"
QUIZ = (
    "%load_ext assistant_magic",
    "%quiz linear equations 2 -n 3 --seed 1",
)
TIDY = """async () => {
  const app = window.jupyterapp;
  await app.commands.execute('application:toggle-left-area');
  await app.commands.execute('application:set-mode', {mode: 'single-document'});
  await app.commands.execute('notebook:run-all-cells');
}"""


def take() -> int:
    """Write the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _lab() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        for name, draw in (("first_answer", _first_answer), ("quiz", _quiz)):
            page = browser.new_page(viewport={"width": 1080, "height": 940}, device_scale_factor=1.5)
            page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb")
            _run_all(page)
            page.add_style_tag(content=".Toastify { display: none }")  # the question about news
            draw(page)
            page.wait_for_timeout(500)  # the fonts of the formulas fade in
            page.screenshot(path=PICTURES / f"{name}.png")
            page.close()
        browser.close()
    print(f"Written to {PICTURES.relative_to(ROOT)}")
    return 0


def _first_answer(page: Page) -> None:
    heading = page.get_by_role("heading", name=SHOWN_FROM)
    heading.evaluate("node => node.closest('.jp-Cell').scrollIntoView({block: 'start'})")


def _quiz(page: Page) -> None:
    """A wrong answer, two hints, the right answer, and the next problem begun."""
    page.set_viewport_size({"width": 1080, "height": 660})
    box = page.get_by_label("Your answer")
    out = page.locator(".jp-Cell-outputArea").last
    box.fill("x = 7")
    box.press("Enter")
    expect(out).to_contain_text("Not right.")
    page.get_by_role("button", name="Hint").click()
    expect(out).to_contain_text("both sides")
    page.get_by_role("button", name="Hint").click()
    expect(out).to_contain_text("Look at this again")
    box.fill("5")
    box.press("Enter")
    expect(out).to_contain_text("Right.")
    page.get_by_role("button", name="Next").click()
    expect(out).to_contain_text("2/3")
    box.press_sequentially("x = 1/")


def _run_all(page: Page) -> None:
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady", timeout=60_000)
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    page.evaluate(TIDY)
    page.wait_for_function(
        """() => {
          const code = window.jupyterapp.shell.currentWidget.content.widgets.filter(w => w.model.type === 'code');
          return code.length > 0 && code.every(cell => cell.model.executionCount !== null);
        }""",
        timeout=120_000,
    )


@contextmanager
def _lab() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copy(NOTEBOOK, home / "first_answer.ipynb")
        kernel = {"name": "python3", "display_name": "Python 3"}
        quiz = new_notebook(cells=[new_code_cell(source) for source in QUIZ], metadata={"kernelspec": kernel})
        nbformat.write(quiz, home / "quiz.ipynb")
        places = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        env = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
        env |= {place: str(home / f".{place.lower()}") for place in places}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
            *("--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={home}"),
            *("--LabApp.expose_app_in_browser=True", "--log-level=ERROR"),
        ]
        server = subprocess.Popen(command, env=env, cwd=home, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/api", server)
            yield address
        finally:
            server.terminate()
            server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(address):
                return
        except OSError:
            if server.poll() is not None:
                sys.exit("JupyterLab ended before it answered")
            time.sleep(0.2)
    sys.exit("JupyterLab did not answer within a minute")


if __name__ == "__main__":
    sys.exit(take())
