"""What the palette, menus, buttons below errors, the Tab key and the settings do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from notebook_page import NotebookPage

Open = Callable[..., NotebookPage]
SOURCES = (
    "window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.getSource())"
)
TYPES = "window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type)"

SETTINGS = "@assistant-magic/lab:notebooks"


def choose(page: NotebookPage, setting: str, *, value: bool) -> None:
    """Change a setting in JupyterLab's settings editor, and go back to the notebook."""
    page.command("settingeditor:open", query="Assistant")
    with page.page.expect_response(lambda answer: answer.request.method == "PUT" and SETTINGS in answer.url):
        page.page.get_by_role("checkbox", name=setting).set_checked(value)
    page.command("application:close")


def test_an_error_is_explained_by_its_button(open_notebook: Open, pictures: Path) -> None:
    """The button below it sends the cell's code and its traceback; the status bar names who answers."""
    page = open_notebook("1 / 0")
    page.run(1)
    page.outputs(1).get_by_role("button", name="Explain and fix").click()
    panel = page.page.get_by_role("region", name="Assistant")
    expect(panel.locator("section").first).to_contain_text("ZeroDivisionError: division by zero")
    expect(panel.locator("section[data-status='completed']")).to_have_count(1)
    expect(page.page.get_by_role("button", name="offline:tutor")).to_be_visible()
    page.page.screenshot(path=pictures / "error.png")
    assert "Explain and fix" not in str(page.saved())


def test_an_answer_becomes_cells(open_notebook: Open) -> None:
    """Its code is inserted below, or its words and code as Markdown and code cells; one undo takes them away."""
    page = open_notebook("%%assistant\nWhat is 6*7?")
    page.run(1)
    page.command("assistant-magic:insert-code")
    assert page.page.evaluate(SOURCES)[2:] == ["print(6*7)"]
    page.command("notebook:undo-cell-action")
    page.select(1)
    page.command("assistant-magic:insert-run")
    assert page.page.evaluate(TYPES)[2:] == ["code", "markdown"]
    expect(page.cell(3)).to_contain_text("42")
    page.command("notebook:undo-cell-action")
    assert len(page.page.evaluate(SOURCES)) == 2


def test_code_becomes_a_cell_for_each_piece(open_notebook: Open) -> None:
    """`%assistant cells` makes a cell of each piece of code, below its own; one undo takes them away."""
    script = (
        "from assistant_magic import Assistant\nfrom assistant_magic.testing import ScriptedBackend, call\n"
        "session = get_ipython().magics_manager.magics['cell']['assistant'].__self__.session\n"
        "steps = [call('python', code='a = 1'), call('python', code='b = a + 1\\nprint(b)'), 'done']\n"
        "session.assistant = Assistant(backend=ScriptedBackend(steps), approve='auto')"
    )
    page = open_notebook(script, "%%assistant\ngo", "%assistant cells", "last = 1")
    page.run(1)
    expect(page.run(2)).to_contain_text("done")
    expect(page.run(3)).to_contain_text("Made 2 cells below.")
    page.page.wait_for_function(f"{SOURCES}.length === 7")
    assert page.page.evaluate(SOURCES)[4:] == ["a = 1", "b = a + 1\nprint(b)", "last = 1"]
    page.command("notebook:undo-cell-action")
    assert len(page.page.evaluate(SOURCES)) == 5


def test_the_selection_goes_into_the_question(open_notebook: Open) -> None:
    """The cell's code stands in the box of the panel, ready for a question about it; the palette has the command."""
    page = open_notebook("total = 6 * 7")
    page.select(1)
    page.page.keyboard.press("Control+Shift+C")
    page.page.keyboard.type("ask about the sel")
    page.page.locator(".lm-CommandPalette-item", has_text="Ask about the Selection").first.wait_for()
    page.page.keyboard.press("Enter")
    box = page.page.get_by_label("Ask the assistant of this notebook")
    expect(box).to_have_value("```python\ntotal = 6 * 7\n```\n\n")
    expect(box).to_be_focused()


def test_the_tab_key_knows_options_and_variables(open_notebook: Open) -> None:
    """JupyterLab's completer offers the options of a prompt's cell, and variables inside braces."""
    page = open_notebook("%%assistant -", "my_value = 3", "%%assistant\nWhat is {my_v")
    page.run(2)
    page.python(
        "get_ipython().complete('warm')"
    )  # JupyterLab waits one second, Python's first time takes longer
    for cell, word in ((1, "--approve"), (3, "my_value")):
        page.cell(cell).locator(".cm-content").click()
        page.page.keyboard.press("Control+End")
        page.page.keyboard.press("Tab")
        expect(page.page.locator(".jp-Completer-item", has_text=word)).to_be_visible()
        page.page.keyboard.press("Escape")


def test_settings_are_heeded_at_once(open_notebook: Open) -> None:
    """Without its setting the button below errors is gone; with another one a kernel needs no `%load_ext`."""
    page = open_notebook("1 / 0", "%%assistant\nWhat is 6*7?", load=False)
    page.run(0)
    offer = page.outputs(0).get_by_role("button", name="Explain and fix")
    expect(offer).to_be_visible()
    choose(page, "A button below errors", value=False)
    try:
        expect(page.outputs(0)).to_be_visible()
        expect(offer).to_be_hidden()
        choose(page, "Load the assistant into every Python kernel", value=True)
        page.wait_for_line()
        expect(page.run(1)).to_contain_text("42")
    finally:
        choose(page, "A button below errors", value=True)
        choose(page, "Load the assistant into every Python kernel", value=False)
    expect(offer).to_be_visible()
