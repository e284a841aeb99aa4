"""The examination: key, address, model, clock; each line with its cure."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant_magic import provider_commands
from assistant_magic.backends.openai_doctor import Finding, examine
from assistant_magic.config import Settings
from backends.harness import SECRET
from backends.responses_server import Reply, refusal, serving

ROOT = Path(__file__).resolve().parent.parent.parent


def models(*ids: str, shutdown: str | None = None, **headers: str) -> Reply:
    data = [
        {"id": i, "object": "model", "created": 1, "owned_by": "o", "shutdown_date": shutdown} for i in ids
    ]
    body = json.dumps({"object": "list", "data": data}).encode()
    return Reply(body=body, headers={"Content-Type": "application/json", **headers})


def found(reply: Reply, model: str = "gpt-6-luna") -> list[Finding]:
    with serving() as server:
        server.routes["GET /models"] = lambda _: reply
        return asyncio.run(examine(model, base_url=server.url, api_key=SECRET))


def test_all_is_well() -> None:
    """Nothing but good lines, one each for server and key, model, and clock."""
    lines = found(models("gpt-6-luna", "gpt-6-sol"))
    assert [line.ok for line in lines] == [True, True, True]
    assert not [line.cure for line in lines if line.cure]


def test_a_missing_model_names_its_neighbours() -> None:
    """A model that is not there is met with those that are near."""
    line = found(models("gpt-6-luna", "gpt-6-sol"), "gpt-6-lune")[1]
    assert not line.ok
    assert "gpt-6-luna" in line.cure


@pytest.mark.parametrize(("days", "ok"), [(30, False), (300, True)])
def test_a_models_end_is_told(days: int, ok: bool) -> None:
    """The day a model shuts down is told, and is a warning when it is near."""
    end = (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    line = found(models("gpt-6-luna", shutdown=end))[1]
    assert line.ok is ok
    assert end in line.what


def test_a_wrong_clock_is_noticed() -> None:
    """The server's Date header tells how far this machine's clock is off."""
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    line = found(models("gpt-6-luna", Date=past))[2]
    assert not line.ok
    assert "ahead" in line.what


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (refusal(401, f"Incorrect API key provided: {SECRET}", "invalid_api_key"), "did not accept the key"),
        (refusal(404, "Not Found"), "lists no models (404)"),
        (Reply(body=b"<html>hi</html>", headers={"Content-Type": "text/html"}), "not as an API does"),
    ],
)
def test_what_stands_in_the_way_is_one_line_with_a_cure(reply: Any, words: str) -> None:
    """A refused key, a wrong address and a web page are one line each, without the key."""
    [line] = found(reply)
    assert not line.ok
    assert words in line.what
    assert line.cure
    assert SECRET not in line.what


def test_no_key_is_the_first_thing_to_say() -> None:
    """Without a key for OpenAI nothing is sent, and the line says how to get one."""
    [line] = asyncio.run(examine("gpt-6-luna"))
    assert not line.ok
    assert "OPENAI_API_KEY" in line.cure


def test_an_address_without_its_beginning_is_noticed() -> None:
    """`localhost:11434/v1` is no address, and the line says how to write one."""
    [line] = asyncio.run(examine("qwen3:8b", base_url="localhost:11434/v1"))
    assert not line.ok
    assert "http://" in line.cure


def examined(home: Path, *arguments: str, **env: str) -> tuple[int, list[str]]:
    """Exit status and lines of `jupyter assistant doctor` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant_magic.cli", "doctor", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        cwd=home,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def test_in_a_terminal_every_line_that_fails_has_its_cure(home: Path) -> None:
    """`jupyter assistant doctor`: versions, store, key, address, model and clock, one line each; 1 when one fails."""
    near = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
    with serving() as server:
        server.routes["GET /models"] = lambda _: models("gpt-6-luna", shutdown=near)
        asked = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": SECRET}
        status, lines = examined(home, "-m", "openai:gpt-6-luna", **asked)
    assert status == 1
    assert [line.split()[0] for line in lines] == ["ok", "ok", "ok", "FAIL", "ok"]
    assert near in lines[3]
    assert "→ Choose its successor" in lines[3]
    assert not [line for line in lines if SECRET in line]


def test_a_store_that_cannot_be_opened_is_a_line(home: Path) -> None:
    """A data directory that is a file: the line says so and what to do, and the rest is examined all the same."""
    (home / "blocked").write_text("")
    status, lines = examined(home, "-m", "offline:tutor", JUPYTER_DATA_DIR=str(home / "blocked"))
    assert status == 1
    [failed] = [line for line in lines if line.startswith("FAIL")]
    assert "→" in failed
    assert lines[-1].startswith("ok")


def test_a_version_that_does_not_fit_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package outside the versions that this one names is met with the command that changes it."""
    there = {"openai": "2.54.0", "assistant_magic": "0.1.0", "ipython": "9.1.0"}
    monkeypatch.setattr(provider_commands, "version", lambda name: there.get(name, "1.0"))
    monkeypatch.setattr(provider_commands, "requires", lambda _: ["openai<4,>=3", "ipython>=7.34"])
    store = SimpleNamespace(store=SimpleNamespace(place="memory"))
    lines = provider_commands.examine(store, Settings(model="offline:tutor"))  # type: ignore[arg-type]
    [failed] = [line for line in lines if not line.ok]
    assert failed.what == "openai 2.54.0 is not one this works with"
    assert failed.cure == "pip install 'openai<4,>=3', then restart the kernel."
