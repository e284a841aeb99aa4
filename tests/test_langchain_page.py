"""The LangChain page of 2023, block by block, in a real kernel with no key and no network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from backends.other_servers import OtherServer, running_aimock, running_ogx
from notebook_kernel import Cell, NotebookKernel

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = nbformat.read(ROOT / "notebooks" / "03_langchain.ipynb", as_version=4)
CODE = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
IMPORT = re.compile(r"^(?:from \S+ import .*|import .*|%pip .*|)$")


def executed(folder: Path, model: str = "offline:tutor", **env: str) -> dict[str, Cell]:
    """Every cell after a run from top to bottom; Enter is pressed where a key is asked for."""
    places = {name: str(folder / name) for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    plain = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    kernel = NotebookKernel({**plain, **places, "PYTHONPATH": str(ROOT), **env}, str(folder))
    try:
        return {
            cell.id: kernel.run(cell.source.replace("offline:tutor", model), cell_id=cell.id, answers=[""])
            for cell in CODE
            if "skip-execution" not in cell.metadata.get("tags", [])
        }
    finally:
        kernel.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cell]:
    """The page on the offline tutor."""
    return executed(tmp_path_factory.mktemp("page"))


def test_only_imports_and_the_model_differ_from_the_page(shared: Path) -> None:
    """Line by line, the notebook's code is the page's."""
    page = (shared / "reference" / "openai_assistants_page.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len(blocks) == len(CODE)
    for block, cell in zip(blocks, CODE, strict=True):
        theirs = block.strip().replace("gpt-4-1106-preview", "offline:tutor").splitlines()
        ours = cell.source.splitlines()
        assert [x for x in ours if not IMPORT.match(x)] == [x for x in theirs if not IMPORT.match(x)]


def test_no_cell_fails(page: dict[str, Cell]) -> None:
    """The page runs to its end."""
    assert {name: cell.error for name, cell in page.items() if cell.error} == {}


def test_the_interpreter_answers_with_thread_messages(page: dict[str, Cell]) -> None:
    """The first block shows a list of messages with the number."""
    assert "Message(" in page["interpreter"].text
    assert "-32.22425314473263" in page["interpreter"].text


def test_agent_executor_gives_output_thread_and_run(page: dict[str, Cell]) -> None:
    """The dictionary has the page's keys; the tutor does not invent the weather."""
    for key in ("'content'", "'output'", "'thread_id': 'thread_", "'run_id': 'run_"):
        assert key in page["executor"].text
    assert "weather" in page["executor"].text


def test_the_own_loop_prints_call_result_and_answer(page: dict[str, Cell]) -> None:
    """The call of `e2b_data_analysis`, its JSON result, and the answer, as on the page."""
    assert "e2b_data_analysis {'python_code': " in page["first-question"].text
    assert '{"stdout": "-32.22425314473263", "stderr": "", "artifacts": []}' in page["first-question"].text
    assert page["first-question"].text.count("-32.22425314473263") == 2


def test_the_thread_goes_on_unrounded(page: dict[str, Cell]) -> None:
    """`now add 17.241` gives the page's number."""
    assert '"stdout": "-14.983253144732629"' in page["existing-thread"].text
    assert page["existing-thread"].text.count("-14.983253144732629") == 2


@pytest.fixture
def aimock() -> Iterator[OtherServer]:
    """A server by others that plays the page's model."""
    with running_aimock("langchain_page.json") as server:
        yield server


@pytest.fixture
def ogx(aimock: OtherServer, tmp_path: Path) -> Iterator[OtherServer]:
    """Another one that keeps conversations in front of it."""
    with running_ogx(aimock, tmp_path / "ogx") as server:
        yield server


@pytest.mark.parametrize(
    ("name", "model"), [("aimock", "openai:gpt-6-luna"), ("ogx", "openai:openai/gpt-6-luna")]
)
def test_the_page_on_openais_backend(
    name: str, model: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """With `openai:` models the page's own words come back, its numbers from code that really ran."""
    server = request.getfixturevalue(name)
    cells = executed(tmp_path, model, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-test")
    assert {name: cell.error for name, cell in cells.items() if cell.error} == {}
    assert "is approximately \\\\(-32.224\\\\)." in cells["interpreter"].text
    assert "approximately 24.815." in cells["executor"].text
    first, again = cells["first-question"].text, cells["existing-thread"].text
    assert "result = 10 - 4 ** 2.7\\nprint(result)" in first
    assert '{"stdout": "-32.22425314473263", "stderr": "", "artifacts": []}' in first
    assert "approximately -32.224." in first
    assert "4 ** 2.7 + 17.241\\nprint(result)" in again
    assert '{"stdout": "-14.983253144732629", "stderr": "", "artifacts": []}' in again
    assert "approximately -14.983." in again
