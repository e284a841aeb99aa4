"""A JupyterLab of its own with our extension as it was built last: empty folders, no question about news."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "assistant_magic" / "_labextension"
PLACES = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "IPYTHONDIR": "ipython",
}


@dataclass(frozen=True)
class LabServer:
    """A server that runs.

    Attributes:
        address: Where it listens, without a slash at the end.
        notebooks: The folder that it shows.
    """

    address: str
    notebooks: Path


@contextmanager
def lab_server(
    root: Path,
    *,
    python: str = sys.executable,
    extension: Path | None = EXTENSION,
    env: Mapping[str, str] | None = None,
) -> Iterator[LabServer]:
    """Run JupyterLab, and Notebook 7 beside it, for as long as the context lasts.

    Args:
        root: An empty folder for all that it writes.
        python: Whose JupyterLab.
        extension: The built front end to show; None where it is installed.
        env: Added to the environment of the server and of its kernels.
    """
    (root / "notebooks").mkdir(parents=True)
    if extension is not None:
        assert (extension / "package.json").exists(), "build it first: cd labextension; npm ci; npm run build"
        place = root / "data/labextensions/@assistant-magic"
        place.mkdir(parents=True)
        (place / "lab").symlink_to(extension, target_is_directory=True)
    settings = root / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    surroundings |= {name: str(root / place) for name, place in PLACES.items()} | dict(env or {})
    if extension is not None:
        surroundings["JUPYTER_PREFER_ENV_PATH"] = "0"  # or an older build that is installed would be shown
    with (root / "log").open("w") as log:
        process = subprocess.Popen(_command(python, root, port), env=surroundings, stderr=log)
    server = LabServer(f"http://127.0.0.1:{port}", root / "notebooks")
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:  # its own shutdown hangs now and then
            process.kill()
            process.wait()


def _command(python: str, root: Path, port: int) -> list[str]:
    return [
        *(python, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"),
        *(f"--ServerApp.root_dir={root / 'notebooks'}", "--JupyterNotebookApp.expose_app_in_browser=True"),
        *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]


def _wait_for(server: LabServer, process: subprocess.Popen[bytes]) -> None:
    for _ in range(900):
        assert process.poll() is None, f"JupyterLab ended; see {server.notebooks.parent / 'log'}"
        try:
            urllib.request.urlopen(f"{server.address}/api/status").close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)  # nothing announces that a server listens
        else:
            return
    raise AssertionError("JupyterLab did not start")
