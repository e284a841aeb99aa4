"""The live executor in a real kernel, against what every executor must do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant_magic.executors import Execution
from assistant_magic.streams import plain
from notebook_kernel import Cell, NotebookKernel, open_kernel, pythons
from tests.executors import conformance
from tests.executors.conformance import CASES, Case, Done, check, words

PRELUDE = """
import dataclasses as _dataclasses, json as _json
from assistant_magic import kernel as _kernel
from assistant_magic.executors.live import LiveExecutor as _LiveExecutor
import importlib.util as _util, sys as _sys
_spec = _util.spec_from_file_location("conformance", {path!r})  # IPython 7 has a package `tests` on its path
_conformance = _sys.modules["conformance"] = _util.module_from_spec(_spec)
_spec.loader.exec_module(_conformance)

_cases = {{case.name: case for case in _conformance.CASES}}
_live = _LiveExecutor()

def _report(done, path):
    execution = done.execution and _dataclasses.asdict(done.execution)
    with open(path, "w") as file:
        _json.dump({{"execution": execution, "reported": done.reported}}, file)
"""


@pytest.fixture(scope="module", params=pythons(), ids=lambda path: Path(path).parts[-3])
def kernel(request) -> Iterator[NotebookKernel]:
    with open_kernel(request.param) as started:
        assert started.run(PRELUDE.format(path=conformance.__file__)).status == "ok"
        yield started


def _done(path) -> Done:
    data = json.loads(path.read_text())
    execution = data["execution"]
    if execution is not None:
        execution = Execution(**{**execution, "outputs": tuple(execution["outputs"])})
    return Done(execution, data["reported"])


def _same_on_page(case: Case, seen: Cell, done: Done) -> None:
    """The reader saw what was recorded (for one step: exactly that)."""
    assert seen.elsewhere == []
    recorded = done.reported if case.cancelled else done.execution.outputs
    if len(case.steps) == 1 and "clear_output" not in case.name:  # printed text cannot be taken back
        assert _channels(seen.outputs) == _channels(recorded)


def _channels(outputs) -> dict[str, list[str]]:
    """Words by channel: the kernel sends stdout and stderr apart, and IPython prints some errors itself."""
    channels: dict[str, list[str]] = {}
    for output in outputs:
        if output["output_type"] != "error" or output["traceback"]:
            channel = channels.setdefault(output.get("name", output["output_type"]), [])
            channel.extend(plain(words([output])).split())
    return channels


SKIPS = {"os._exit()": "it ends your kernel, as in any cell"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_async_cell(kernel, case, tmp_path):
    """In an async cell the live executor does what every executor must do, and the reader sees it."""
    if case.name in SKIPS:
        pytest.skip(SKIPS[case.name])
    path = tmp_path / "done.json"
    seen = kernel.run(
        f"_report(await _kernel.adrive(_conformance.perform(_live, _cases[{case.name!r}])), {str(path)!r})"
    )
    assert seen.status == "ok", seen.text
    done = _done(path)
    check(case, done)
    _same_on_page(case, seen, done)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_sync_cell(kernel, case, tmp_path):
    """A synchronous call in a cell does the same."""
    if case.name in SKIPS:
        pytest.skip(SKIPS[case.name])
    path = tmp_path / "done.json"
    seen = kernel.run(
        f"_report(_kernel.drive(_conformance.perform(_live, _cases[{case.name!r}])), {str(path)!r})"
    )
    assert seen.status == "ok", seen.text
    done = _done(path)
    check(case, done)
    _same_on_page(case, seen, done)


def test_flood_is_bounded(kernel):
    """A hundred megabytes of prints cost the user's kernel no more than a few caps, and the reader gets the cap."""
    kernel.run("import psutil; _process = psutil.Process(); _before = _process.memory_info().rss")
    code = "for _ in range(100): print('x' * 999_999)"
    seen = kernel.run(
        f"_done = await _kernel.adrive(_live.execute({code!r}, limit=100, on_output=lambda _: None))"
    )
    assert 1_000_000 < len(seen.text) < 1_100_000
    assert "characters left out" in seen.text
    assert kernel.value("_process.memory_info().rss - _before") < 100_000_000
