"""A question in a cell of JupyterLab: words that come live, and what stays in the notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from notebook_page import NotebookPage

QUESTION = "%%assistant\nWhat's 10 - 4 raised to the 2.7"


def test_a_first_question_is_answered(open_notebook: Callable[..., NotebookPage], pictures: Path) -> None:
    """The new user's path: load, ask, read the code that ran and the answer."""
    page = open_notebook(QUESTION)
    outputs = page.run(1)
    outputs.locator("[data-kind='answer'][data-status='done']").last.wait_for()
    page.page.screenshot(path=pictures / "cell.png")
    assert "-32.2" in outputs.inner_text()
    assert page.faults == []
