"""The side panel: the notebook's thread beside it, and everything that can be done from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

from notebook_page import ASK, NotebookPage, answers, ask

Open = Callable[..., NotebookPage]
FRONT = """name => {
  const { shell } = window.jupyterapp;
  shell.activateById([...shell.widgets('main')].find(one => one.context?.path.endsWith(name)).id);
}"""


def show_panel(page: NotebookPage) -> Locator:
    """Open the side panel."""
    page.page.evaluate("window.jupyterapp.shell.activateById('assistant-magic-panel')")
    return page.page.get_by_role("region", name="Assistant")


def test_cell_and_panel_are_one_thread(open_notebook: Open, pictures: Path) -> None:
    """A question in a cell appears in the panel, one in the panel knows what the cell asked, and the reverse."""
    page = open_notebook("%%assistant\nWhat is 6*7?", "%%assistant\nnow add 8")
    panel = show_panel(page)
    page.run(1)
    expect(answers(panel)).to_have_count(1)
    expect(panel).to_contain_text("What is 6*7?")
    ask(panel, "now add 100")
    expect(answers(panel)).to_have_count(2)
    expect(answers(panel).last).to_contain_text("142")
    expect(page.run(2)).to_contain_text("150")
    expect(answers(panel).last).to_contain_text("150")
    page.page.screenshot(path=pictures / "panel.png")
    page.saved()
    page.open()
    panel = show_panel(page)
    expect(answers(panel)).to_have_count(3)
    assert page.faults == []


def test_a_prompt_is_edited_on_a_branch_of_its_own(open_notebook: Open) -> None:
    """Editing a prompt answers it anew; both versions stay, and the person switches between them."""
    page = open_notebook()
    panel = show_panel(page)
    ask(panel, "What is 6*7?")
    expect(answers(panel)).to_have_count(1)
    panel.get_by_role("button", name="Edit").click()
    panel.get_by_role("textbox", name="Edit the question").fill("What is 6*8?")
    panel.locator("section").get_by_role("button", name="Send").click()
    expect(answers(panel)).to_contain_text("48")
    expect(panel).to_contain_text("2 / 2")
    panel.get_by_role("button", name="Previous version").click()
    expect(answers(panel)).to_contain_text("42")
    expect(panel).to_contain_text("1 / 2")
    panel.get_by_role("button", name="New thread").click()
    expect(panel.locator("section")).to_have_count(0)


def test_the_panel_stops_a_busy_loop(open_notebook: Open) -> None:
    """Code that the chat runs in the kernel and that never ends is ended by the panel's Stop."""
    page = open_notebook(
        "%load_ext page_backend\n%assistant set model paced:loop\n%assistant set approve auto"
    )
    page.run(1)
    panel = show_panel(page)
    ask(panel, "Run.")
    expect(panel).to_contain_text("busy")
    panel.get_by_role("button", name="Stop").click()
    expect(panel.locator("section[data-status='cancelled']")).to_contain_text("interrupted")
    assert page.python("print(6 * 7)").strip() == "42"


def test_code_of_a_chat_goes_into_cells(open_notebook: Open) -> None:
    """The code that answered becomes a cell of the notebook, not yet run."""
    page = open_notebook()
    panel = show_panel(page)
    ask(panel, "What is 6*7?")
    panel.get_by_role("button", name="Insert code as cells").click()
    expect(page.cell(1).locator(".cm-content")).to_contain_text("6*7")


def test_a_kernel_without_the_extension_is_offered_it(open_notebook: Open) -> None:
    """One button loads the extension; the keyboard alone gets from there to an answer; a restart loses nothing."""
    page = open_notebook(load=False)
    panel = show_panel(page)
    start = panel.get_by_role("button", name="Start the assistant")
    start.focus()
    page.page.keyboard.press("Enter")
    box = panel.get_by_role("combobox", name=ASK)
    expect(box).to_be_visible()
    box.focus()
    page.page.keyboard.type("What is 6*7?")
    page.page.keyboard.press("Enter")
    expect(answers(panel)).to_contain_text("42")
    page.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    panel.get_by_role("button", name="Start the assistant").click()
    expect(answers(panel)).to_contain_text("42")


def test_the_panel_follows_the_active_notebook(open_notebook: Open) -> None:
    """Each notebook has a thread of its own, and the panel shows that of the notebook in front."""
    first = open_notebook()
    panel = show_panel(first)
    ask(panel, "What is 6*7?")
    expect(answers(panel)).to_contain_text("42")
    second = open_notebook()
    expect(panel.locator("section")).to_have_count(0)
    ask(panel, "What is 6*8?")
    expect(answers(panel)).to_contain_text("48")
    first.page.evaluate(FRONT, first.path.name)
    expect(answers(panel)).to_contain_text("42")
    assert second.faults == first.faults == []
