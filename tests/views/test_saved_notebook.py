"""What a real kernel sends and a saved notebook holds, read as nbconvert, GitHub and VS Code read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from markdown_it import MarkdownIt
from nbconvert import HTMLExporter, MarkdownExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from markup_payloads import PAYLOADS
from notebook_kernel import Cell, NotebookKernel

TESTS = Path(__file__).parent.parent
GOLDEN = Path(__file__).with_name("golden.txt")
SHOW = """
import scripted_run as script
from assistant_magic.views.inline import InlineView
def show(events):
    view = InlineView()
    for event in events:
        view.handle(event)
"""


@pytest.fixture
def kernel(start_kernel: Callable[..., NotebookKernel]) -> NotebookKernel:
    """A kernel that can feed the view."""
    import os

    kernel = start_kernel(PYTHONPATH=os.pathsep.join((str(TESTS.parent), str(TESTS))))
    assert not kernel.run(SHOW).error
    return kernel


def saved(cell: Cell) -> NotebookNode:
    """The notebook a front end would save after this cell."""
    outputs = []
    for output in cell.outputs:
        fields = {k: v for k, v in output.items() if k not in {"output_type", "transient"}}
        outputs.append(new_output(output["output_type"], **fields))
    notebook = new_notebook(cells=[new_code_cell("%%assistant\n?", outputs=outputs)])
    nbformat.validate(notebook)
    return notebook


def as_github(notebook: NotebookNode) -> str:
    """A page made of Markdown, pictures and plain text only, raw HTML passed on (it is cleaned there)."""
    parts = []
    for output in notebook.cells[0].outputs:
        data: dict[str, Any] = output.get("data", {})
        if output.output_type == "stream":
            parts.append(f"<pre>{output.text}</pre>")
        elif "text/markdown" in data:
            parts.append(
                MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(data["text/markdown"])
            )
        elif "image/png" in data:
            parts.append(f'<img src="data:image/png;base64,{data["image/png"]}">')
        else:
            parts.append(f"<pre>{data['text/plain']}</pre>")
    return "\n".join(parts)


def test_a_saved_run_reads_well_without_us(kernel: NotebookKernel, tmp_path: Path) -> None:
    """As Markdown, the saved outputs are the golden page: what a person reads, in order."""
    notebook = saved(kernel.run("show(script.RICH)"))
    page, resources = MarkdownExporter().from_notebook_node(notebook)
    assert list(resources["outputs"]) == ["output_0_8.png"]
    assert page.strip() + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_nbconvert_and_github_show_every_part(kernel: NotebookKernel) -> None:
    """Both pages show code, table, formula, picture and sources, and neither shows our structure or any script."""
    notebook = saved(kernel.run("show(script.RICH)"))
    html, _ = HTMLExporter().from_notebook_node(notebook)
    outputs = html[html.index('class="jp-Cell-outputWrapper"') :]
    for page in (outputs, as_github(notebook)):
        words = re.sub(r"<[^>]+>", "", page)
        for part in (
            "in an isolated kernel · 412 ms",
            "sp.factor",
            "factoring",
            "far away",
            "Plan",
            "The book",
        ):
            assert part in words
        assert "<table>" in page.replace('<table class="dataframe">', "<table>")
        assert "data:image/png" in page
        assert "&lt;b&gt;easy&lt;/b&gt;" in page
        assert "vnd.assistant-magic" not in page
        assert "<b>easy" not in page


def test_types_that_hide_the_words_are_nowhere(kernel: NotebookKernel) -> None:
    """No output carries HTML, JSON or a widget, which VS Code and nbconvert would show instead of the words."""
    for output in saved(kernel.run("show(script.RICH)")).cells[0].outputs:
        assert not {"text/html", "application/json", "application/javascript"} & set(output.get("data", {}))


def test_a_chat_leaves_a_line_of_words(kernel: NotebookKernel) -> None:
    """A saved chat is a Markdown line in nbconvert, which has no widget to show: no script, no error."""
    cell = kernel.run("%load_ext assistant_magic\n%assistant chat")
    assert not cell.error
    page, _ = HTMLExporter(template_name="lab").from_notebook_node(saved(cell))
    body = page[page.index("<body") :]
    assert "Run this cell to open it." in body
    assert "widget-view" not in body
    words, _ = MarkdownExporter().from_notebook_node(saved(cell))
    assert "> A chat on the thread `thread_" in words


def test_payloads_in_answers_code_and_results_stay_text(kernel: NotebookKernel) -> None:
    """A whole notebook page of nbconvert has no tag or handler more than the same page with harmless words."""
    code = """
from markup_payloads import PAYLOADS
from assistant_magic.events import *
from assistant_magic.items import *
def attack(texts):
    events = script.started()
    for n, text in enumerate(texts):
        called = script.call(f"c{n}", "python", code=text)
        failed = ToolResult(call_id=f"c{n}", name="python", status="error", content=(Text(text=text),))
        given = ToolResult(call_id=f"c{n}", name="python", content=(Text(text=text),))
        source = (Citation(kind="url", title=text, url=text, start=0, end=0),)
        item = Message(role="assistant", content=(Text(text=text),), citations=source)
        events += [Notice(text=text), ItemDone(part=f"r{n}", item=Reasoning(text=text)), ItemDone(part=f"p{n}", item=item),
            ToolDone(call=called, result=given), ToolDone(call=called, result=failed),
            ItemDone(part=f"h{n}", item=HostedToolCall(call_id=f"h{n}", name=text or "x", input=text))]
    show([*events, *script.ended("failed", " ".join(texts))])
"""
    assert not kernel.run(code).error
    attacked = tags(saved(kernel.run("attack(PAYLOADS)")))
    harmless = tags(saved(kernel.run("attack(['words'])")))
    assert len(PAYLOADS) >= 100
    allowed = harmless | {
        "code",
        "blockquote",
        "ol",
        "li",
        "ul",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "h1",
        "br",
        "em",
        "dl",
        "dt",
        "dd",
    }
    assert attacked <= allowed


def tags(notebook: NotebookNode) -> set[str]:
    """Names of the tags, and of attributes that act, in the outputs of nbconvert's page."""
    html, _ = HTMLExporter().from_notebook_node(notebook)
    found = set()
    for tag, attributes in re.findall(
        r"<([A-Za-z][\w:-]*)((?:\s+[\w:-]+=\"[^\"]*\")*)", html[html.index("<main") :]
    ):
        found.add(tag.lower())
        found |= set(re.findall(r"\s(on\w+|srcdoc|formaction)=", attributes))
        found |= set(re.findall(r"=\"\s*((?:javascript|vbscript|data|file):)", attributes))
    return found


def test_a_fast_stream_is_few_messages_and_all_the_words(kernel: NotebookKernel) -> None:
    """5,000 deltas in quick succession make few messages, and the page holds every word."""
    code = """
import asyncio
words = [f"word{n} " + ("\\n\\n" if n % 50 == 49 else "") for n in range(5000)]
from assistant_magic.events import ItemDone, TextDelta
from assistant_magic.items import assistant_message
view = InlineView()
for event in script.started():
    view.handle(event)
for word in words:
    view.handle(TextDelta(part="p", text=word))
    await asyncio.sleep(0)
view.handle(ItemDone(part="p", item=assistant_message("".join(words))))
for event in script.ended():
    view.handle(event)
"""
    cell = kernel.run(code)
    assert not cell.error
    assert cell.text.split() == [f"word{n}" for n in range(5000)]
    assert len(cell.outputs) < 40
    assert len(cell.messages) < 200
