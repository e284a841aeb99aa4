"""Servers by others, started on this machine: aimock plays the model, OGX keeps conversations in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

TESTS = Path(__file__).resolve().parent.parent
SERVERS = TESTS / "servers"
AIMOCK = SERVERS / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
OGX = TESTS.parent / "build" / "ogx" / "bin" / "ogx"
START_SECONDS = 90.0
"""How long a server may take until it answers; far above what any of them needs."""


@dataclass(frozen=True)
class OtherServer:
    """A running server by others."""

    url: str

    def asked(self) -> list[dict[str, Any]]:
        """The Responses requests that aimock noted, oldest first."""
        with urlopen(f"{self.url.removesuffix('/v1')}/__aimock/journal?limit=1000") as reply:
            entries = json.load(reply)
        return [entry for entry in entries if str(entry.get("path", "")).startswith("/v1/responses")]


@contextmanager
def running_aimock(answers: str = "answers.json") -> Iterator[OtherServer]:
    """The server with answers of tests/servers; skips where it cannot be had."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js: aimock needs Node 20 or later")
    if not AIMOCK.exists():
        pytest.skip("aimock is not installed: npm ci in tests/servers")
    port = _free_port()
    command = [node, str(AIMOCK), "-p", str(port), "-f", str(SERVERS / answers), "--strict"]
    with _running(command, {}, f"http://127.0.0.1:{port}", "/health") as server:
        yield server


@contextmanager
def running_ogx(model: OtherServer, home: Path) -> Iterator[OtherServer]:
    """OGX in front of a model; skips where it is not installed."""
    program = os.environ.get("OGX", "") or (str(OGX) if OGX.exists() else shutil.which("ogx") or "")
    if not program:
        pytest.skip(
            "OGX is not installed: make test does it where a Python 3.12 or newer is (OGX_PYTHON names one)"
        )
    tables = next(
        Path(program).parent.parent.glob("lib/*/site-packages/litellm/litellm_core_utils/tokenizers"), home
    )
    port = _free_port()
    env = {
        "OGX_PORT": str(port),
        "OGX_HOME": str(home),
        "AIMOCK_URL": model.url,
        "TIKTOKEN_CACHE_DIR": str(tables),
    }
    command = [program, "run", "--insecure", str(SERVERS / "ogx.yaml")]
    with _running(command, env, f"http://127.0.0.1:{port}", "/v1/models") as server:
        yield server


@contextmanager
def _running(command: list[str], env: dict[str, str], address: str, ready: str) -> Iterator[OtherServer]:
    with subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(address + ready, process)
            yield OtherServer(f"{address}/v1")
        finally:
            process.terminate()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    # A server of another's says in no common way that it is ready; it is when it answers.
    began = time.monotonic()
    while time.monotonic() - began < START_SECONDS:
        if process.poll() is not None:
            pytest.fail(f"{process.args!r} ended with {process.returncode} before it answered")
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"{process.args!r} did not answer within {START_SECONDS:.0f} s")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
