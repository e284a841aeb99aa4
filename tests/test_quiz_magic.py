"""`%quiz` and `%%quiz` in a real kernel: an answer box, the keyboard, and a notebook that nobody sits at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebook_kernel import NotebookKernel

ROOT = Path(__file__).resolve().parent.parent
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookKernel]:
    """One kernel for all tests, with a home of its own."""
    folder = tmp_path_factory.mktemp("lesson")
    places = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    env = {**os.environ, "PYTHONPATH": str(ROOT), **{place: str(folder / place) for place in places}}
    kernel = NotebookKernel(env, str(folder))
    assert not kernel.run("%load_ext assistant_magic").error
    yield kernel
    kernel.close()


def test_loading_imports_nothing_of_the_tutor(kernel: NotebookKernel) -> None:
    """The magic is there, and what it needs comes with the first quiz."""
    found = kernel.run("import sys; print([m for m in sys.modules if m.startswith('assistant_magic.tutor')])")
    assert found.text.strip() == "[]"
    assert not kernel.run("%quiz?").error


def test_alone_it_says_what_there_is(kernel: NotebookKernel) -> None:
    """Nothing is due on the first day, so `%quiz` and an empty `%%quiz` list the topics."""
    assert "quadratic equations" in kernel.run("%quiz").text
    assert "quadratic equations" in kernel.run("%%quiz").text


def test_a_box_where_somebody_sits_and_none_where_a_notebook_is_run_as_a_whole(
    lesson: NotebookKernel,
) -> None:
    """The record is Markdown in either case, and no cell waits."""
    with_box = lesson.run("%quiz fractions 1 --seed 4", answers=[])
    assert [sorted(o["data"]) for o in with_box.outputs] == [
        ["text/markdown", "text/plain"],
        [WIDGET, "text/plain"],
    ]
    alone = lesson.run("%%quiz fractions 1 --seed 4\n")
    assert "run this cell by itself" in alone.text
    assert [sorted(o["data"]) for o in alone.outputs] == [["text/markdown", "text/plain"]]


def test_the_same_seed_asks_the_same(lesson: NotebookKernel) -> None:
    """A class can work on one set of problems."""
    cell = "%quiz powers 2 --seed 9 -o q"
    assert lesson.run(cell).text == lesson.run(cell).text


def test_a_kept_quiz_is_answered_in_python(lesson: NotebookKernel) -> None:
    """`-o` gives the quiz a name, and a notebook shows it as its record."""
    lesson.run("%%quiz Week 3 -o q\n7 * 8 = 56\nSolve 2x + 3 = 11")
    said = lesson.run("q.answer('56'); q.next(); q.answer('x = 7'); q").text
    assert "**Week 3**" in said
    assert "✓ `56`" in said
    assert "✗ `x = 7`" in said


def test_a_file_keeps_the_answers_off_the_page(lesson: NotebookKernel) -> None:
    """`-f` reads a sheet; one that is not there is named."""
    lesson.run("open('week3.txt', 'w').write('7 * 8 = 56')")
    cell = lesson.run("%quiz Week 3 -f week3.txt -o q")
    assert "$7 \\times  8$" in cell.text
    assert "56" not in cell.text
    assert "No such file" in lesson.run("%quiz -f nowhere.txt").error


def test_at_the_keyboard(lesson: NotebookKernel) -> None:
    """`--input` asks line by line: hint, a wrong answer, the right one, the answer shown, the result."""
    cell = lesson.run("%quiz fractions 1 -n 2 --seed 4 --input", answers=["", "hint", "1/2", "9/7", "show"])
    assert not cell.error
    for words in (
        "1/2  Work out 3/7 + 6/7",
        "Type an answer",
        "Not right.",
        "Right.",
        "2/2",
        "Answer. 9/7",
        "1 of 2",
    ):
        assert words in cell.text


def test_the_notebooks_policy_holds(lesson: NotebookKernel) -> None:
    """`reveal` decides for a quiz as for a question."""
    lesson.run("%assistant tutor on never")
    cell = lesson.run("%quiz fractions 1 -n 1 --seed 4 --input", answers=["show", "stop"])
    assert "may not be shown yet" in cell.text
    assert "9/7" not in cell.text
    lesson.run("%assistant tutor off")


def test_progress_is_a_table_and_a_picture(lesson: NotebookKernel) -> None:
    """What was practised, with its box."""
    lesson.run("%quiz percentages 3 -o q")
    lesson.run("q.answer('1/7')")
    cell = lesson.run("%quiz progress")
    assert "| percentages, level 3 | ●○○○○ |" in cell.text
    assert len(cell.images) == 1


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%quiz poetry", "there are: arithmetic"),
        ("%quiz fractions 7", "levels are 1, 2 and 3"),
        ("%quiz fractions -n 0", "not a number of problems"),
        ("%quiz fractions -n x", "invalid int value"),
        ("%quiz fractions -o 1x", "not a variable name"),
        ("%%quiz\n1 + 1\nWhy?", "line 2"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(lesson: NotebookKernel, cell: str, words: str) -> None:
    """No traceback, and what to write instead."""
    found = lesson.run(cell)
    assert found.error.startswith("UsageError")
    assert words in found.error
    assert "\n" not in found.error
