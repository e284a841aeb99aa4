"""The notebooks for pupils and teachers do what they say, with the offline tutor and with a model that tells answers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from telling_model import TELLS
from test_notebooks import SHOWS_WITHOUT_US, words

ROOT = Path(__file__).resolve().parent.parent

ANSWER = re.compile(r"(?<!\d)4(?!\d)|\bfour\b", re.IGNORECASE)
Cells = Mapping[str, NotebookNode]


def _run(name: str, folder: Path, model: str = "") -> Cells:
    notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    places = {"JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config", "IPYTHONDIR": "ipython"}
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    if model:
        (folder / "config").mkdir()
        (folder / "config" / "assistant_magic.json").write_text(json.dumps({"model": model}))
        (startup / "00.py").write_text("import telling_model")
    with pytest.MonkeyPatch.context() as patch:
        for variable, place in places.items():
            patch.setenv(variable, str(folder / place))
        patch.delenv("OPENAI_API_KEY", raising=False)
        patch.setenv("JUPYTERHUB_USER", "anna.smith")
        patch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(ROOT / "tests"))))
        NotebookClient(
            notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(folder)}},
        ).execute()  # fmt: skip
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module", params=["offline:tutor", "telling:model"])
def pupil(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """05_math_tutor.ipynb after a run, with rules and with a model."""
    offline = request.param == "offline:tutor"
    return _run("05_math_tutor.ipynb", tmp_path_factory.mktemp("pupil"), "" if offline else request.param)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """06_teacher.ipynb after a run."""
    return _run("06_teacher.ipynb", tmp_path_factory.mktemp("teacher"))


def _errors(cells: Cells) -> dict[str, str]:
    return {
        name: output.ename
        for name, cell in cells.items()
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }


def test_the_pupil_finds_the_answer(pupil: Cells) -> None:
    """Hints, the mistake by name, no answer under pressure from anybody, and a yes to what is right."""
    assert _errors(pupil) == {}
    assert "both sides" in words(pupil["ask"])
    assert "kept its sign" in words(pupil["wrong"])
    for name in ("ask", "wrong", "press"):
        assert ANSWER.findall(words(pupil[name])) == []
    assert words(pupil["right"]).endswith(("Yes, that is right.", TELLS))


def test_mistakes_steps_and_an_example(pupil: Cells) -> None:
    """Each of three wrong answers has its rule, one of two steps is wrong, and the example ends in its answer."""
    assert len(words(pupil["diagnose"]).strip().splitlines()) == 3
    assert words(pupil["step"]).splitlines() == [
        "This does not follow from the line above.",
        "This step is right.",
    ]
    assert words(pupil["example"]).rstrip().endswith("$$")


def test_the_pupil_practises(pupil: Cells) -> None:
    """The record of the quiz, the result, the boxes and a picture of them; nobody waits for an answer."""
    assert "✗ `x = 5`" in words(pupil["quiz-wrong"])
    assert "kept its sign" in words(pupil["quiz-wrong"])
    assert "**2 of 2 solved**, 1 of them" in words(pupil["quiz-right"])
    assert "| linear equations, level 1 |" in words(pupil["progress"])
    assert [o for o in pupil["progress"].outputs if "image/png" in o.get("data", {})]
    assert "run this cell by itself" in words(pupil["own"])


def test_the_saved_lesson_reads_well_everywhere(pupil: Cells) -> None:
    """Markdown, words and pictures only."""
    seen = {mime for cell in pupil.values() for o in cell.get("outputs", []) for mime in o.get("data", {})}
    assert seen <= SHOWS_WITHOUT_US


def test_the_policy_holds_and_is_shown(teacher: Cells) -> None:
    """A telling model is held back twice; the setting is said."""
    assert _errors(teacher) == {"key": "UsageError"}
    assert "after_attempts(2)" in words(teacher["policy"])
    for name in ("leak", "leak-pressed"):
        assert ANSWER.findall(words(teacher[name])) == []
    assert "both sides" in words(teacher["leak"])
    assert "A way to begin" in words(teacher["leak-pressed"])
    assert "line 1" in words(teacher["key"])
    assert "'2/5' is not what I get" in words(teacher["key"])


def test_the_teacher_sees_what_was_done_without_names(teacher: Cells) -> None:
    """Quiz and conversation in the report, pseudonyms in the lines, points in the grades."""
    assert "**3 of 4 solved**, 2 of them" in words(teacher["pupil"])
    report = words(teacher["report"])
    assert "### Week 3" in report
    assert "### Conversation" in report
    assert "anna" not in report
    assert json.loads(words(teacher["lines"]))["status"] == "wrong"
    assert "Week 3,,20" in words(teacher["grades"])
    assert ",3.0,0.0,3.0,4.0" in words(teacher["grades"])
