"""A chat below a cell: the same thread as cells and the side panel, in a widget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, expect

import page_backend
from notebook_page import NotebookPage

Open = Callable[..., NotebookPage]
ASK = "Ask the assistant of this notebook"
PACED = "%load_ext page_backend"
WAIT = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.05)"


def chat_of(page: NotebookPage, index: int) -> Locator:
    """The chat below a cell."""
    return page.outputs(index).locator(".jp-AssistantMagic-widget")


def ask(chat: Locator, text: str) -> None:
    """Type a prompt and press Enter."""
    box = chat.get_by_role("textbox", name=ASK)
    box.fill(text)
    box.press("Enter")


def answers(chat: Locator) -> Locator:
    """The exchanges that have ended."""
    return chat.locator("section[data-status='completed']")


def test_a_chat_below_a_cell_is_the_notebooks_thread(open_notebook: Open, pictures: Path) -> None:
    """What is asked in a cell, in the chat and in the panel is one conversation, live in all three."""
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
    assert page.faults == []


def test_an_answer_grows_in_the_chat_and_stops(open_notebook: Open) -> None:
    """Words come while a long cell of the user runs; a reload in mid-stream loses none; Stop ends the next one."""
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
    assert page.faults == []


def test_stop_in_the_chat_ends_a_busy_loop(open_notebook: Open) -> None:
    """Code that the chat runs in the kernel, and that never ends, is ended by the chat's Stop."""
    page = open_notebook(
        f"{PACED}\n%assistant set model paced:loop\n%assistant set approve auto", "%assistant chat"
    )
    page.run(1)
    page.run(2)
    chat = chat_of(page, 2)
    ask(chat, "Run.")
    expect(chat).to_contain_text("busy")
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("section[data-status='cancelled']")).to_contain_text("interrupted")
    assert page.python("print(6 * 7)").strip() == "42"
