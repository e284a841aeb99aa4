"""What people install: a wheel with the built front end, which needs no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, expect

from lab_server import ROOT, LabServer, lab_server
from notebook_page import NotebookPage, write_notebook

SIZE = {"width": 1280, "height": 860}


@pytest.fixture(scope="module")
def no_node() -> Mapping[str, str]:
    """An environment in which no Node can be found, nor this folder."""
    places = [place for place in os.environ["PATH"].split(os.pathsep) if not shutil.which("node", path=place)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env["PATH"] = os.pathsep.join(places)
    assert shutil.which("node", path=env["PATH"]) is None
    return env


@pytest.fixture(scope="module")
def wheel(no_node: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this folder as it was built last."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), "."]
    subprocess.run(command, cwd=ROOT, env=no_node, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, no_node: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment's Python with the wheel installed; all other packages are those of this one."""
    folder = tmp_path_factory.mktemp("environment") / "env"
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    (others,) = folder.glob("lib/python*/site-packages")
    (others / "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    subprocess.run([*command, str(wheel)], env=no_node, check=True)
    return python


def test_the_wheel_has_what_pages_need(wheel: Path) -> None:
    """The extension of JupyterLab, its settings, the chat below cells and the translations are in it."""
    names = ZipFile(wheel).namelist()
    extension = "share/jupyter/labextensions/@assistant-magic/lab"
    for wanted in (
        f"{extension}/package.json",
        f"{extension}/install.json",
        f"{extension}/static/remoteEntry.",
        f"{extension}/schemas/@assistant-magic/lab/notebooks.json",
        "assistant_magic/_widget/chat.js",
        "assistant_magic/locale/ko_KR/LC_MESSAGES/assistant_magic.json",
    ):
        assert any(wanted in name for name in names), wanted
    assert not [name for name in names if "node_modules" in name or "labextension/src" in name]


def test_a_fresh_environment_answers(
    installed: Path, no_node: Mapping[str, str], browser: Browser, tmp_path: Path
) -> None:
    """Where the wheel was installed without Node, JupyterLab shows the answer by our extension, and the panel too."""
    env = {**no_node, "JUPYTERLAB_DIR": f"{sys.prefix}/share/jupyter/lab"}
    with lab_server(tmp_path / "lab", python=str(installed), extension=None, env=env) as server:
        page = open_notebook(browser, server)
        assert str(installed.parents[1]) in page.python(
            "import assistant_magic; print(assistant_magic.__file__)"
        )
        expect(page.run(1).locator("[data-kind='answer']")).to_contain_text("42")
        page.command("assistant-magic:show")
        expect(page.page.get_by_role("region", name="Assistant")).to_contain_text("42")
        page.close()


def open_notebook(browser: Browser, server: LabServer) -> NotebookPage:
    """A notebook that asks, with our extension loaded."""
    path = server.notebooks / "fresh.ipynb"
    write_notebook(path, "%load_ext assistant_magic", "%%assistant\nWhat is 6*7?")
    page = NotebookPage(browser.new_page(viewport=SIZE), server.address, path)
    page.run(0)
    page.wait_for_line()
    return page
