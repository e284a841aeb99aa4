"""What goes wrong between a page and its kernel: the view is made anew from the thread, and no word is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, expect

import page_backend
from lab_server import LabServer
from notebook_page import SIZE, NotebookPage, answers, ask, write_notebook, written

Open = Callable[..., NotebookPage]
PACED = "%load_ext page_backend"
# Of what our kernel says every seventh delta never arrives, and every fifth message comes after the next one.
DISTURB = """() => {
  const given = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
  const decoder = new TextDecoder();
  let grown = 0;
  let told = 0;
  window.lost = 0;
  window.late = 0;
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    ...given,
    set(hear) {
      let held = null;
      const release = () => {
        const event = held;
        held = null;
        event && hear.call(this, event);
      };
      given.set.call(this, hear && (event => {
        const words = typeof event.data === 'string' ? event.data : decoder.decode(event.data);
        const isTold = words.includes('comm_msg') && /"type": ?"(grown|shown|ended|transcript)"/.test(words);
        if (words.includes('"grown"') && ++grown % 7 === 0) {
          window.lost++;
        } else if (isTold && !held && ++told % 5 === 0) {
          window.late++;
          held = event;
          setTimeout(release, 300);
        } else {
          hear.call(this, event);
          release();
        }
      }));
    }
  });
}"""


def panel_of(page: NotebookPage) -> Locator:
    """The side panel, open."""
    page.page.evaluate("window.jupyterapp.shell.activateById('assistant-magic-panel')")
    return page.page.get_by_role("region", name="Assistant")


def test_no_word_is_lost_on_a_bad_line(browser: Browser, server: LabServer) -> None:
    """Deltas get lost and messages overtake each other: cell and chat have the words of the answer, byte for byte."""
    path = server.notebooks / "bad-line.ipynb"
    cells = ("%load_ext assistant_magic", PACED, "%assistant chat", "%%assistant -m paced:text\nWrite.")
    write_notebook(path, *cells)
    view = browser.new_page(viewport=SIZE)
    view.add_init_script(f"({DISTURB})()")
    page = NotebookPage(view, server.address, path)
    page.run(0)
    page.wait_for_line()
    page.run(1)
    page.run(2)
    page.start(3)
    chat = page.outputs(2).locator(".jp-AssistantMagic-widget")
    places = (chat.locator(".jp-AssistantMagic-answer"), page.outputs(3))
    for place in places:
        expect(place.locator("[data-status='streaming']").first).to_be_visible()
    page.wait()
    expect(answers(chat)).to_contain_text(page_backend.END)
    assert view.evaluate("window.lost") > 5
    assert view.evaluate("window.late") > 5
    shown = [place.inner_text() for place in places]
    assert written(page.saved()["cells"][3]) == page_backend.ANSWERS["text"]
    page.open()
    expect(answers(chat)).to_contain_text(page_backend.END)
    assert [place.inner_text() for place in places] == shown
    page.close()


def test_two_pages_show_one_notebook(open_notebook: Open, browser: Browser, server: LabServer) -> None:
    """One page asks and the other follows, word by word; Stop on the other one ends the answer on both."""
    first = open_notebook(f"{PACED}\n%assistant set model paced:slow")
    first.run(1)
    first.saved()
    second = NotebookPage(browser.new_page(viewport=SIZE), server.address, first.path)
    panels = panel_of(first), panel_of(second)
    ask(panels[0], "Write.")
    for panel in panels:
        expect(panel.locator("[data-status='in_progress']")).to_contain_text("Paragraph 2")
    panels[1].get_by_role("button", name="Stop").click()
    for panel in panels:
        expect(panel.locator("section[data-status='cancelled']")).to_contain_text("Paragraph 2")
    ask(panels[1], "-m offline:tutor What is 6*7?")
    for panel in panels:
        expect(answers(panel)).to_contain_text("42")
    assert first.faults == second.faults == []
    second.page.close()


def test_a_kernel_that_dies_leaves_the_thread(open_notebook: Open) -> None:
    """Killed in mid-stream, the kernel comes back; one button, and the thread is there and goes on."""
    page = open_notebook(PACED)
    page.run(1)
    panel = panel_of(page)
    ask(panel, "What is 6*7?")
    expect(answers(panel)).to_contain_text("42")
    pid = int(page.python("import os; print(os.getpid())"))
    ask(panel, "-m paced:slow Write.")
    expect(panel.locator("[data-status='in_progress']")).to_contain_text("Paragraph 1")
    os.kill(pid, signal.SIGKILL)
    page.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    panel.get_by_role("button", name="Start the assistant").click()
    expect(answers(panel)).to_contain_text("42")
    expect(panel.locator("section").last).to_contain_text("Write.")
    ask(panel, "now add 100")
    expect(answers(panel).last).to_contain_text("142")
    assert page.faults == []
