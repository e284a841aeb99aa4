"""What every test stands on: a home of its own, no keys, no network, real kernels, and a plain report."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from notebook_kernel import NotebookKernel

ROOT = Path(__file__).resolve().parent.parent
SECRETS = (
    "OPENAI_",
    "ANTHROPIC_",
    "GOOGLE_",
    "AZURE_",
    "E2B_",
    "LANGSMITH_",
    "LANGCHAIN_",
    "ASSISTANT_MAGIC_",
)

# A loaded machine is slow, not wrong; the same examples every time keep a failure repeatable.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new machine for each test: empty Jupyter and IPython folders, no provider's key."""
    folder = tmp_path / "home"
    places = {"JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime"}
    for variable, name in {**places, "IPYTHONDIR": "ipython"}.items():
        (folder / name).mkdir(parents=True)
        monkeypatch.setenv(variable, str(folder / name))
    for variable in os.environ:
        if variable.startswith(SECRETS):
            monkeypatch.delenv(variable)
    return folder


@pytest.fixture
def start_kernel(home: Path) -> Iterator[Callable[..., NotebookKernel]]:
    """Starts real kernels: `start_kernel(NAME="value")` adds to the environment, and all of them are ended."""
    started: list[NotebookKernel] = []

    def start(cwd: Path | None = None, **env: str) -> NotebookKernel:
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        kernel = NotebookKernel({**os.environ, "PYTHONPATH": path, **env}, str(cwd or home))
        started.append(kernel)
        return kernel

    yield start
    for kernel in started:
        kernel.close()


@pytest.fixture(scope="module")
def shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookKernel]:
    """One real kernel for the tests of a file, with a home of its own and no provider's key."""
    folder = tmp_path_factory.mktemp("shared")
    places = {
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    for name in places.values():
        (folder / name).mkdir()
    env = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    env |= {"PYTHONPATH": path, **{variable: str(folder / name) for variable, name in places.items()}}
    kernel = NotebookKernel(env, str(folder))
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(start_kernel: Callable[..., NotebookKernel]) -> NotebookKernel:
    """A kernel in which the extension is loaded."""
    kernel = start_kernel()
    loaded = kernel.run("%load_ext assistant_magic")
    assert not loaded.error, loaded.text
    return kernel


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a browser; tests that use it are the group "browser"."""
    named = os.environ.get("CHROMIUM", "")
    found = named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    if not found:
        pytest.skip("no browser: apt install chromium, or set CHROMIUM")
    return found


@pytest.fixture(scope="session")
def postgres() -> Path:
    """Folder of PostgreSQL's server programs; tests that use it are the group "PostgreSQL"."""
    named = os.environ.get("POSTGRES", "") or shutil.which("postgres")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("no PostgreSQL server: apt install postgresql, or set POSTGRES")
    return found[-1].parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and questions beside the project; tests that use it are the group "shared"."""
    folder = Path(os.environ.get("ASSISTANT_MAGIC_SHARED", "") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("no ../shared beside the project (recordings of real servers, questions of pupils)")
    return folder


GROUPS = {"chromium": "browser", "ogx": "OGX", "postgres": "PostgreSQL", "shared": "../shared"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note which optional group a test belongs to, by the fixture it asks for."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in GROUPS:
                item.user_properties.append(("group", GROUPS[fixture]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly which optional groups ran, and why the others did not."""
    terminalreporter.section("optional groups")
    for group in GROUPS.values():
        reports = {
            outcome: [
                r
                for r in terminalreporter.stats.get(outcome, [])
                if ("group", group) in getattr(r, "user_properties", ())
            ]
            for outcome in ("passed", "failed", "error", "skipped")
        }
        skipped = reports.pop("skipped")
        reasons = {
            str(r.longrepr[2]).removeprefix("Skipped: ") for r in skipped if isinstance(r.longrepr, tuple)
        }
        ran = sum(map(len, reports.values()))
        if not ran and not skipped:
            continue
        why = f"; {len(skipped)} skipped: {'; '.join(sorted(reasons))}" if skipped else ""
        terminalreporter.write_line(f"{group:12s} {ran} ran{why}")
