"""A chat below a cell: the same thread as cells and the side panel, in a widget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import page_backend
from notebook_page import ASK, NotebookPage, answers, ask
from scripted_run import PIXEL

Open = Callable[..., NotebookPage]
PACED = "%load_ext page_backend"
WAIT = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.05)"


ORDINARY = """
%load_ext page_backend
from ipywidgets import VBox
from assistant_magic import Assistant, Chat
chat = Chat(Assistant('artist', model='paced:figure', approve='auto'), height='30rem')
said = []
chat.observe(lambda change: said.append(change.new), 'answer')
display(VBox([chat]))
chat.ask('Draw.')
"""
LIVE = [
    "script",
    "style",
    "form",
    "input",
    "iframe",
    "object",
    "embed",
    "svg",
    "link",
    "meta",
    "base",
    "video",
    "audio",
    "img",
    "button[formaction]",
]
ACTIVE = """node => [...node.querySelectorAll('*')].some(one => [...one.attributes].some(({ name, value }) =>
  name.startsWith('on') || (/^(href|src|action|xlink:href)$/.test(name) && !/^(https?:|mailto:|#|$)/i.test(value))
))"""
RESTART = (
    "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
)
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
PASTE = """(box, picture) => {
  const bytes = Uint8Array.from(atob(picture), c => c.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], 'drawing.png', { type: 'image/png' }));
  box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""


def chat_of(page: NotebookPage, index: int) -> Locator:
    """The chat below a cell."""
    return page.outputs(index).locator(".jp-AssistantMagic-widget")


def test_a_chat_below_a_cell_is_the_notebooks_thread(open_notebook: Open, pictures: Path) -> None:
    """What is asked in a cell, in the chat and in the panel is one conversation, live in all three; so is another branch."""
    page = open_notebook("%assistant chat", "%%assistant\nWhat is 6*7?")
    page.run(1)
    chat = chat_of(page, 1)
    page.run(2)
    expect(answers(chat)).to_contain_text("42")
    ask(chat, "now add 100")
    expect(answers(chat).last).to_contain_text("142")
    page.page.screenshot(path=pictures / "chat.png")
    page.page.evaluate("window.jupyterapp.shell.activateById('assistant-magic-panel')")
    panel = page.page.get_by_role("region", name="Assistant")
    expect(answers(panel)).to_have_count(2)
    ask(panel, "now add 1000")
    expect(answers(chat).last).to_contain_text("1142")
    page.page.screenshot(path=pictures / "chat-and-panel.png")
    chat.get_by_role("button", name="Edit").last.click()
    chat.get_by_role("textbox", name="Edit the question").fill("now add 2000")
    chat.locator("section").get_by_role("button", name="Send").click()
    for place in (chat, panel):
        expect(answers(place).last).to_contain_text("2142")
        expect(place.locator("section").last).to_contain_text("2 / 2")
    chat.get_by_role("button", name="Previous version").click()
    expect(answers(panel).last).to_contain_text("1142")
    chat.locator("section").first.get_by_role("button", name="Insert code as cells").click()
    expect(page.page.locator(".jp-Notebook .cm-content", has_text="print(6*7)")).to_be_visible()
    chat.get_by_role("button", name="New thread").click()
    expect(panel.locator("section")).to_have_count(0)
    assert page.faults == []


def test_an_answer_grows_in_the_chat_and_stops(open_notebook: Open) -> None:
    """Words come while a long cell of the user runs; a reload loses none; Stop ends a stream, and code that never ends."""
    page = open_notebook(f"{PACED}\n%assistant set model paced:slow", "%assistant chat", WAIT)
    page.run(1)
    page.run(2)
    chat = chat_of(page, 2)
    page.saved()
    page.start(3)
    ask(chat, "Write.")
    expect(chat).to_contain_text("Paragraph 2")
    expect(page.cell(3).locator(".jp-InputPrompt")).to_have_text("[*]:")
    page.open(idle=False)
    page.path.with_name("go").touch()
    expect(chat).to_contain_text("Paragraph 3")
    expect(answers(chat)).to_contain_text(page_backend.END)
    expect(chat.get_by_text("is one of its values")).to_have_count(40)
    ask(chat, "Write more.")
    expect(chat.locator("section").last).to_contain_text("Paragraph 1")
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("section[data-status='cancelled']")).to_have_count(1)
    page.python("%assistant set model paced:loop\n%assistant set approve auto")
    ask(chat, "Run.")
    expect(chat.locator("section").last).to_contain_text("busy")
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("section[data-status='cancelled']").last).to_contain_text("interrupted")
    assert page.python("print(6 * 7)").strip() == "42"
    assert page.faults == []


def test_pictures_variables_and_cells_go_along(open_notebook: Open, pictures: Path) -> None:
    """A picture is pasted, a table and cells, run or not, are picked from a list; the model is sent all of them."""
    page = open_notebook(
        f"{PACED}\n%assistant set model paced:sent",
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})",
        "%assistant chat",
        "what_comes = next",
    )
    for index in (1, 2, 3):
        page.run(index)
    chat = chat_of(page, 3)
    box = chat.get_by_role("combobox", name=ASK)
    box.press_sequentially("Compare @d")
    expect(chat.get_by_role("option", name="@df DataFrame")).to_be_visible()
    page.page.screenshot(path=pictures / "chat-completion.png")
    box.press("Enter")
    box.press_sequentially("with #3")
    chat.get_by_role("option", name="#3 import pandas as pd").click()
    box.press_sequentially("and #what")
    chat.get_by_role("option", name="what_comes = next not run in this kernel").click()
    expect(box).to_have_value("Compare @df with #3 and ")
    box.evaluate(PASTE, PIXEL)
    expect(chat.get_by_role("list", name="Attached files")).to_contain_text("drawing.png")
    box.press("Enter")
    sent = answers(chat)
    expect(sent).to_contain_text("df.csv: ,a 0,1 1,2")
    expect(sent).to_contain_text("cell-3.txt: In [3]: import pandas as pd")
    expect(sent).to_contain_text("what_comes = next.py: what_comes = next")
    expect(sent).to_contain_text(f"drawing.png: image/png, {len(PIXEL)} characters")
    expect(sent.locator(".jp-AssistantMagic-chip img")).to_be_visible()
    page.page.screenshot(path=pictures / "chat-attachments.png")
    box.press_sequentially("--mo")
    expect(chat.get_by_role("option", name="--model")).to_be_visible()
    box.press("Tab")
    expect(box).to_have_value("--model ")


def test_the_code_of_a_cell_is_changed_and_allowed_in_the_chat(open_notebook: Open, pictures: Path) -> None:
    """While a cell runs, its question can be answered in the chat; the code as changed there runs."""
    page = open_notebook(PACED, "%assistant chat", "%%assistant -m paced:code\nRun it.")
    page.run(1)
    page.run(2)
    chat = chat_of(page, 2)
    page.start(3)
    card = chat.get_by_role("group", name="Run this code in your kernel?")
    expect(card).to_contain_text("calls os.remove")
    page.page.screenshot(path=pictures / "chat-approval.png")
    card.get_by_label("The code that would run").fill("changed = 6 * 7\nprint(changed)")
    card.get_by_role("button", name="Run", exact=True).click()
    page.wait()
    expect(card).to_have_count(0)
    expect(page.outputs(3)).to_contain_text("42")
    expect(answers(chat)).to_contain_text("42")


def test_a_chat_without_its_kernel_says_so(open_notebook: Open, pictures: Path) -> None:
    """After a restart, and in a notebook that is opened again, a line of words stands where the chat was."""
    page = open_notebook("%assistant chat", "%load_ext assistant_magic")
    page.run(1)
    chat = chat_of(page, 1)
    ask(chat, "What is 6*7?")
    expect(answers(chat)).to_contain_text("42")
    page.page.evaluate(RESTART)
    expect(page.outputs(1)).to_contain_text("A chat on the thread thread_")
    expect(page.outputs(1)).to_contain_text("Run this cell to open it.")
    expect(chat).to_have_count(0)
    page.saved()
    page.open()
    expect(page.outputs(1)).to_contain_text("Run this cell to open it.")
    page.page.screenshot(path=pictures / "chat-without-kernel.png")
    page.run(2)
    page.run(1)
    expect(answers(chat)).to_contain_text("42")
    assert page.faults == []


def test_no_markup_of_a_model_acts(open_notebook: Open) -> None:
    """Texts that try to become live markup stay words: in the chat as JupyterLab and as other pages render it, and in the panel."""
    page = open_notebook(
        f"{PACED}\n%assistant set model paced:payloads", "%assistant chat", "%assistant chat"
    )
    fetched: list[str] = []
    page.page.on("request", lambda request: fetched.append(request.url))
    page.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    page.run(1)
    page.run(2)
    page.page.evaluate("delete globalThis[Symbol.for('assistant-magic:surroundings')]")
    page.run(3)
    page.page.evaluate("window.jupyterapp.shell.activateById('assistant-magic-panel')")
    ask(chat_of(page, 2), "Try.")
    for chat in (chat_of(page, 2), chat_of(page, 3), page.page.get_by_role("region", name="Assistant")):
        expect(answers(chat).first).to_contain_text("alert(1)")
        answer = answers(chat).first.locator(".jp-AssistantMagic-answer")
        for element in LIVE:
            expect(answer.locator(element)).to_have_count(0)
        assert not answer.evaluate(ACTIVE)
    assert [url for url in fetched if "evil.example" in url] == []


def test_a_chat_is_an_ipywidget(open_notebook: Open, pictures: Path) -> None:
    """An assistant's own chat stands in a layout, shows figures and tables, is asked from Python and observed; dark as well."""
    page = open_notebook(ORDINARY, "print(said, chat.busy, chat.title)")
    page.page.evaluate(THEME, "JupyterLab Dark")
    page.run(1)
    chat = chat_of(page, 1)
    expect(answers(chat)).to_contain_text("a figure")
    expect(answers(chat).locator("img")).to_be_visible()
    expect(answers(chat).locator("table")).to_contain_text("10")
    chat.get_by_role("button", name="Show all").first.click()
    chat.get_by_role("button", name="Show less").wait_for()
    page.page.screenshot(path=pictures / "chat-dark.png")
    expect(page.run(2)).to_contain_text("['Here is a figure and a table.'] False Draw.")
    page.page.evaluate(THEME, "JupyterLab Light")
    assert page.faults == []
