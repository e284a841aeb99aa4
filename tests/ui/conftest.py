"""One JupyterLab with our extension, one browser, and notebooks on its pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from notebook_page import PATIENCE, NotebookPage

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "assistant_magic" / "_labextension"
PICTURES = ROOT / "build" / "pictures"
SIZE: ViewportSize = {"width": 1280, "height": 860}
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
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a JupyterLab that has the extension as it was built last."""
    assert EXTENSION.joinpath("package.json").exists(), (
        "build it first: cd labextension; npm install; npm run build"
    )
    root = tmp_path_factory.mktemp("lab")
    for folder in ("notebooks", "data/labextensions/@assistant-magic"):
        (root / folder).mkdir(parents=True)
    (root / "data/labextensions/@assistant-magic/lab").symlink_to(EXTENSION, target_is_directory=True)
    settings = root / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    # The question about news would cover what the tests click.
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    _write_language_pack(root / "packs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with (root / "log").open("w") as log:
        process = subprocess.Popen(_command(root, address), env=_environment(root), stderr=log)
    try:
        _wait_for(address, process)
        yield f"{address} {root / 'notebooks'}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def lab(browser: Browser, server: str) -> Iterator[Page]:
    """A page with JupyterLab, which tests share: loading it takes longer than most of them."""
    address, _ = server.split(" ", 1)
    page = browser.new_page(viewport=SIZE)
    page.goto(f"{address}/lab/workspaces/shared")
    page.wait_for_function("window.jupyterapp?.restored.then(() => true)", timeout=PATIENCE)
    yield page
    page.close()


@pytest.fixture
def open_notebook(
    browser: Browser, server: str, request: pytest.FixtureRequest
) -> Iterator[Callable[..., NotebookPage]]:
    """Opens a new notebook with these cells: `open_notebook("1 + 1")`; with `alone`, on a page of its own."""
    address, folder = server.split(" ", 1)
    opened: list[NotebookPage] = []

    def open_it(*sources: str, app: str = "lab", load: bool = True, alone: bool = False) -> NotebookPage:
        path = Path(folder) / f"page-{uuid4().hex[:8]}.ipynb"
        write_notebook(path, *(["%load_ext assistant_magic", *sources] if load else sources))
        shared = app == "lab" and not alone
        page = request.getfixturevalue("lab") if shared else browser.new_page(viewport=SIZE)
        notebook = NotebookPage(page, address, path, app, shared=shared)
        opened.append(notebook)
        if load:
            notebook.run(0)
            notebook.wait_for_line()
        return notebook

    yield open_it
    for page in opened:
        page.close()


def write_notebook(path: Path, *sources: str) -> None:
    """Write a notebook with these code cells, none of them run."""
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = new_notebook(cells=list(map(new_code_cell, sources)), metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the tests leave what they saw."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES


def _command(root: Path, address: str) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--port={address.rpartition(':')[2]}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
        *(f"--ServerApp.root_dir={root / 'notebooks'}", "--LabApp.expose_app_in_browser=True"),
        *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]


def _environment(root: Path) -> dict[str, str]:
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}
    path = os.pathsep.join(
        (str(ROOT), str(ROOT / "tests"), str(root / "packs"), os.environ.get("PYTHONPATH", ""))
    )
    data = {"PYTHONPATH": path, "JUPYTER_DATA_DIR": str(root / "data")}
    return {**os.environ, **data, **{name: str(root / place) for name, place in places.items()}}


def _write_language_pack(folder: Path) -> None:
    """JupyterLab offers a language when a pack for it is installed; this one has no words of its own."""
    info = folder / "korean_pack-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: korean_pack\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[jupyterlab.languagepack]\nko_KR = korean_pack\n")
    (folder / "korean_pack.py").touch()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "JupyterLab ended"
        try:
            urllib.request.urlopen(f"{address}/api/status").close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)  # nothing announces that a server listens
        else:
            return
    raise AssertionError("JupyterLab did not start")
