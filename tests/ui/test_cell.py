"""A question in a cell of JupyterLab: words that come live, buttons, Stop, and what stays in the notebook."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import page_backend
from assistant_magic.views.bundles import MIME
from notebook_kernel import NotebookKernel
from notebook_page import NotebookPage, written

Open = Callable[..., NotebookPage]
TESTS = Path(__file__).resolve().parent.parent
PATHS = os.pathsep.join((str(TESTS.parent), str(TESTS)))
PACED = "%load_ext page_backend"


def plain(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs without what differs from run to run: ids and times."""
    kept = []
    for output in outputs:
        data = dict(output.get("data", {}))
        if MIME in data:
            structure = {k: v for k, v in data[MIME].items() if k != "seconds"}
            if "tool" in structure:
                structure["tool"] = {
                    k: v for k, v in structure["tool"].items() if k not in ("seconds", "call_id")
                }
            data[MIME] = structure
        data = {mime: "".join(value) if isinstance(value, list) else value for mime, value in data.items()}
        kept.append({"kind": output["output_type"], "data": data, "text": "".join(output.get("text", ""))})
    return kept


def test_words_come_live_and_stay_whole(open_notebook: Open, pictures: Path, start_kernel: Any) -> None:
    """An answer of 5,000 tokens grows on the page; what is saved is exactly what is saved without the extension."""
    cell = "%%assistant -m paced:longest\nWrite."
    page = open_notebook(PACED, cell)
    page.run(1)
    page.start(2)
    page.outputs(2).locator("[data-status='streaming']", has_text="says that").first.wait_for()
    page.wait()
    expect(page.outputs(2)).to_contain_text(page_backend.END)
    expect(page.outputs(2).locator("[data-status='streaming']")).to_have_count(0)
    expect(page.outputs(2).get_by_text("is one of its values")).to_have_count(130)
    page.page.screenshot(path=pictures / "long-answer.png")
    saved = page.saved()["cells"][2]["outputs"]
    kernel: NotebookKernel = start_kernel(PYTHONPATH=PATHS)
    assert not kernel.run(f"%load_ext assistant_magic\n{PACED}").error
    assert plain(saved) == plain(json.loads(json.dumps(kernel.run(cell).outputs)))
    assert page.faults == []


@pytest.mark.parametrize("app", ["lab", "notebooks"])
def test_a_new_user_gets_an_answer_with_a_figure(open_notebook: Open, pictures: Path, app: str) -> None:
    """From an empty notebook, by typing: load, ask, and read which code ran, the answer and its figure."""
    page = open_notebook("", app=app, load=False)
    keys = page.page.keyboard
    page.cell(0).locator(".cm-content").click()
    keys.type("%load_ext assistant_magic")
    keys.press("Shift+Enter")
    expect(page.cell(1).locator(".cm-content")).to_be_focused()
    keys.type("%%assistant\nplot x^2 - 4")
    keys.press("Shift+Enter")
    outputs = page.outputs(1)
    expect(outputs.locator("[data-kind='tool']")).to_contain_text("plt.subplots()")
    expect(outputs.locator("[data-kind='answer']").last).to_contain_text("Here is the graph of")
    expect(outputs.locator("img")).to_be_visible()
    page.page.screenshot(path=pictures / f"answer-{app}.png")


def test_code_is_allowed_by_a_button_while_the_cell_runs(open_notebook: Open, pictures: Path) -> None:
    """The person changes the code and presses Run; that code runs, and nothing of the question is saved."""
    page = open_notebook(PACED, "%%assistant -m paced:code\nRun it.")
    page.run(1)
    page.start(2)
    card = page.cell(2).get_by_role("group", name="Run this code in your kernel?")
    expect(card).to_contain_text("calls os.remove")
    page.page.screenshot(path=pictures / "approval.png")
    card.get_by_label("The code that would run").fill("changed = 6 * 7\nprint(changed)")
    card.get_by_role("button", name="Run", exact=True).click()
    page.wait()
    expect(card).to_have_count(0)
    expect(page.outputs(2)).to_contain_text("42")
    assert page.python("print(changed)").strip() == "42"
    assert "Run this code" not in json.dumps(page.saved())


def test_stop_of_the_notebook_ends_a_stream(open_notebook: Open) -> None:
    """The notebook's own Stop keeps the words that came, and the next question is answered."""
    page = open_notebook(PACED, "%%assistant -m paced:text\nWrite.", "%%assistant\nWhat is 6*7?")
    page.run(1)
    page.start(2)
    expect(page.outputs(2)).to_contain_text("Paragraph 1", timeout=30_000)
    page.command("notebook:interrupt-kernel")
    page.wait()
    expect(page.outputs(2)).to_contain_text("interrupted")
    expect(page.outputs(2).locator("[data-status='streaming']")).to_have_count(0)
    expect(page.run(3)).to_contain_text("42")


def test_a_reload_in_mid_stream_loses_no_word(open_notebook: Open) -> None:
    """The page is reloaded while the answer grows; when it is complete, the cell has exactly its words."""
    page = open_notebook(PACED, "%%assistant -m paced:slow\nWrite.")
    page.run(1)
    page.saved()
    page.start(2)
    expect(page.outputs(2)).to_contain_text("Paragraph 1", timeout=30_000)
    page.page.goto(page.address)
    expect(page.outputs(2)).to_contain_text(page_backend.END, timeout=60_000)
    expect(page.outputs(2).get_by_text("is one of its values")).to_have_count(40)
    assert written(page.saved()["cells"][2]) == page_backend.ANSWERS["slow"]


def test_a_prompt_looks_like_markdown(open_notebook: Open) -> None:
    """A cell is highlighted as Markdown as long as it starts with the magic."""
    page = open_notebook("%%assistant\nWhat **is** 6*7?")
    mime = "window.jupyterapp.shell.currentWidget.content.widgets[1].model.mimeType"
    assert page.page.evaluate(mime) == "text/x-ipythongfm"
    cells = "window.jupyterapp.shell.currentWidget.content.widgets"
    page.page.evaluate(f"{cells}[1].model.sharedModel.setSource('6*7')")
    assert page.page.evaluate(mime) == "text/x-ipython"
