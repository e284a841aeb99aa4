"""notebooks/04_executors_and_approval.ipynb does what it says, with nobody there to answer a question."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from test_notebooks import words

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    folder = tmp_path_factory.mktemp("executors")
    notebook = nbformat.read(ROOT / "notebooks" / "04_executors_and_approval.ipynb", as_version=4)
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


def test_isolated(cells):
    """The tutor's code runs in an isolated kernel, and the card says so."""
    assert "18446744073709551616" in words(cells["isolated"]).replace(",", "")
    assert "an isolated kernel" in words(cells["isolated"])


def test_variables_travel(cells):
    """The list goes there and comes back."""
    assert "shared with isolated: prices" in words(cells["share"])
    assert words(cells["brought"]) == "[84.5, 12.0, 3.25]"


def test_policy(cells):
    """The policy is shown with who set it."""
    assert "auto" in words(cells["policy"])
    assert "default" in words(cells["policy"])


def test_screen(cells):
    """Harmless code has no finding; the other has one for each line that matters."""
    said = words(cells["screen"]).splitlines()
    assert said[0] == "()"
    assert [line.split(":")[0] for line in said[1:]] == ["line 1", "line 2", "line 3", "line 4"]


def test_refused_where_nobody_is(cells):
    """The harmless code ran; the risky code was refused with the setting to change, and no file is gone."""
    assert "The integral is 9." in words(cells["model"])
    assert words(cells["asked"]).startswith("refused\n")
    assert "%assistant set approve" in words(cells["asked"])


def test_changes_and_limits(cells):
    """What a call changed is listed, and a memory hog leaves its kernel usable."""
    assert words(cells["changes"]) == "'new: total; replaced: rate; changed: rows'"
    assert "MemoryError" in words(cells["limits"])
    assert "still here" in words(cells["limits"])


def test_two_places(cells):
    """One tool ran in the isolated kernel, the other in the notebook."""
    assert words(cells["places"]) == "[('python_isolated', 'isolated'), ('python', 'live')]"


def test_a_run_ends_at_its_limit(cells):
    """The run ended in order and says at which limit."""
    assert words(cells["ending"]).splitlines()[0] == "incomplete"
    assert "limit of 3 turns" in words(cells["ending"])
