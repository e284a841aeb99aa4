"""The committed notebooks, run from top to bottom in a real kernel and read as a person reads them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MIME = "application/vnd.assistant-magic.v1+json"
SHOWS_WITHOUT_US = {"text/markdown", "text/plain", "image/png", MIME}


def words(cell: NotebookNode) -> str:
    """What a reader of the saved notebook finds below a cell, with a plain minus sign."""
    found = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            found.append(output.text)
        elif output.output_type == "error":
            found.append("\n".join(output.traceback))
        else:
            found.append(output.data.get("text/markdown") or output.data.get("text/plain") or "")
    return "\n".join(found).replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_committed_clean(path: Path) -> None:
    """No outputs, no counters, a stable id in words for every cell."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert [c.id for c in notebook.cells if c.get("outputs") or c.get("execution_count")] == []
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [i for i in ids if not i.replace("-", "").isalnum() or i[0].isdigit()] == []


@pytest.fixture(scope="module")
def first_answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    """The cells of 01_first_answer.ipynb after a run, by their id."""
    folder = tmp_path_factory.mktemp("first_answer")
    notebook = nbformat.read(ROOT / "notebooks" / "01_first_answer.ipynb", as_version=4)
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(folder)}}
    )
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
            patch.setenv(variable, str(folder / variable))
        patch.delenv("OPENAI_API_KEY", raising=False)
        patch.setenv("PYTHONPATH", str(ROOT))
        client.execute()
    return {cell.id: cell for cell in notebook.cells}


def test_the_first_question_is_answered(first_answer: dict[str, NotebookNode]) -> None:
    """The card shows the code that ran, and the answer is what Python says."""
    assert "-32.22425314473263" in words(first_answer["first"])
    assert "4**2.7" in words(first_answer["first"]).replace(" ", "")
    assert first_answer["check"].outputs[0].data["text/plain"] == "-32.22425314473263"


def test_the_first_answer_says_who_answers(first_answer: dict[str, NotebookNode]) -> None:
    """The first cell says that no model is set, and no later cell's notice takes its place."""
    assert "no model is set, so `offline:tutor` answers" in words(first_answer["first"])
    assert [name for name, cell in first_answer.items() if "filled in:" in words(cell)] == ["fill"]


def test_follow_ups_use_the_last_result_unrounded(first_answer: dict[str, NotebookNode]) -> None:
    """`now add` and `divide that` go on from the thread's last result."""
    assert "-14.983253144732629" in words(first_answer["follow-up"])
    assert str((10 - 4**2.7 + 17.241) / 2) in words(first_answer["second-follow-up"])


def test_the_tour_shows_what_it_promises(first_answer: dict[str, NotebookNode]) -> None:
    """Equation, derivative, integral, picture, a filled-in variable, braces, a kept run, Python and a tool."""
    roots = words(first_answer["equation"])
    assert "2" in roots
    assert "3" in roots
    assert "cos" in words(first_answer["derivative"])
    assert "9" in words(first_answer["integral"])
    assert [o for o in first_answer["plot"].outputs if "image/png" in o.get("data", {})]
    assert "12.675" in words(first_answer["fill"])
    assert "18446744073709551616" in words(first_answer["keep"])
    assert words(first_answer["kept"]) == "completed\n\nTrue"
    assert "60" in words(first_answer["python"])
    assert "84" in words(first_answer["tool"])
    assert "offline:tutor" in words(first_answer["status"])


def test_the_saved_tour_reads_well_everywhere(first_answer: dict[str, NotebookNode]) -> None:
    """Answers are Markdown and pictures: no HTML, JSON or widget that another front end would prefer."""
    seen = {
        mime
        for cell in first_answer.values()
        if cell.source.startswith(("%%assistant", "%assistant"))
        for output in cell.get("outputs", [])
        for mime in output.get("data", {})
    }
    assert "text/markdown" in seen
    assert seen <= SHOWS_WITHOUT_US
