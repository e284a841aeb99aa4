"""Notebooks that nobody watches: nbclient and papermill."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
CELLS = (
    "%load_ext assistant_magic",
    "%%assistant\nWhat's 10 - 4 raised to the 2.7",
    "%%assistant\nnow add 17.241",
)


def notebook(*sources: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])


def words(made: nbformat.NotebookNode) -> str:
    outputs = [o for cell in made.cells for o in cell.get("outputs", [])]
    return "\n".join(o.get("text", "") + o.get("data", {}).get("text/markdown", "") for o in outputs)


@pytest.fixture(autouse=True)
def path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def test_nbclient_executes_a_conversation():
    """A notebook run from a program has its answers in its outputs."""
    made = notebook(*CELLS)
    NotebookClient(made, timeout=120).execute()

    assert "-32.22425314473263" in words(made)
    assert "-14.983253144732629" in words(made)


def test_a_question_that_cannot_be_asked_fails_the_cell():
    """An error of ours stops a run from a program like any other error."""
    with pytest.raises(CellExecutionError, match="'nonsense' is not a model name"):
        NotebookClient(notebook(CELLS[0], "%%assistant -m nonsense\nhello"), timeout=120).execute()


def test_code_that_fails_does_not_fail_the_cell():
    """An exception of the model's code is shown and answered; the cell itself is fine."""
    script = (
        "from assistant_magic.testing import ScriptedBackend, call\n"
        "from assistant_magic import Assistant\n"
        "session = get_ipython().magics_manager.registry['AssistantMagics'].session\n"
        "backend = ScriptedBackend([call('python', code='1/0'), 'That cannot be divided.'])\n"
        "session.assistant = Assistant(backend=backend, approve='auto')\n"
    )
    made = notebook(CELLS[0], script, "%%assistant\ndivide")
    NotebookClient(made, timeout=120).execute()
    kinds = [o.output_type for o in made.cells[-1].outputs]

    assert "error" in kinds
    assert "That cannot be divided." in words(made)


def test_papermill_executes_a_conversation(tmp_path):
    """Papermill runs the same notebook, with parameters that a question can name."""
    papermill = pytest.importorskip("papermill")
    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    made = notebook("n = 1", CELLS[0], "%%assistant\n{n} * 7")
    made.cells[0].metadata.tags = ["parameters"]
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, source)
    papermill.execute_notebook(
        str(source), str(target), parameters={"n": 6}, progress_bar=False, log_output=False
    )

    assert "42" in words(nbformat.read(target, 4))
