"""One JupyterLab with our extension, one browser, and notebooks on its pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lab_server import LabServer, lab_server
from notebook_page import PATIENCE, SIZE, NotebookPage, write_notebook

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "pictures"
# A loaded machine is slow, not wrong.
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab that has the extension as it was built last."""
    root = tmp_path_factory.mktemp("lab")
    _write_language_pack(root / "packs")
    paths = (str(ROOT), str(ROOT / "tests"), str(root / "packs"), os.environ.get("PYTHONPATH", ""))
    with lab_server(root / "server", env={"PYTHONPATH": os.pathsep.join(paths)}) as server:
        yield server


@pytest.fixture(scope="session")
def lab(browser: Browser, server: LabServer) -> Iterator[Page]:
    """A page with JupyterLab, which tests share: loading it takes longer than most of them."""
    page = browser.new_page(viewport=SIZE)
    page.goto(f"{server.address}/lab/workspaces/shared")
    page.wait_for_function("window.jupyterapp?.restored.then(() => true)", timeout=PATIENCE)
    yield page
    page.close()


@pytest.fixture
def open_notebook(
    browser: Browser, server: LabServer, request: pytest.FixtureRequest
) -> Iterator[Callable[..., NotebookPage]]:
    """Opens a new notebook with these cells: `open_notebook("1 + 1")`; with `alone`, on a page of its own."""
    opened: list[NotebookPage] = []

    def open_it(*sources: str, app: str = "lab", load: bool = True, alone: bool = False) -> NotebookPage:
        path = server.notebooks / f"page-{uuid4().hex[:8]}.ipynb"
        write_notebook(path, *(["%load_ext assistant_magic", *sources] if load else sources))
        shared = app == "lab" and not alone
        page = request.getfixturevalue("lab") if shared else browser.new_page(viewport=SIZE)
        notebook = NotebookPage(page, server.address, path, app, shared=shared)
        opened.append(notebook)
        if load:
            notebook.run(0)
            notebook.wait_for_line()
        return notebook

    yield open_it
    for page in opened:
        page.close()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the tests leave what they saw."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES


def _write_language_pack(folder: Path) -> None:
    """JupyterLab offers a language when a pack for it is installed; this one has no words of its own."""
    info = folder / "korean_pack-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: korean_pack\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[jupyterlab.languagepack]\nko_KR = korean_pack\n")
    (folder / "korean_pack.py").touch()
