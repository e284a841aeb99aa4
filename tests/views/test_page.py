"""Outputs from outside the kernel: shown in every form that cannot act."""

from __future__ import annotations

import pytest

import scripted_run as script
from assistant_magic.views.bundles import Bundle
from assistant_magic.views.page import Page

FRAME = """<div><style scoped>.dataframe tbody tr th { top: 0 }</style>
<table border="1" class="dataframe"><thead><tr><th></th><th colspan="2">a</th></tr></thead>
<tbody><tr><th>0</th><td>1</td></tr></tbody></table></div>"""


def shown(data: dict[str, str], kind: str = "display_data") -> list[Bundle]:
    """What a page publishes for an output with these forms."""
    bundles: list[Bundle] = []
    page = Page(lambda bundle, display_id, *, update: bundles.append(bundle))
    page.show_output({"output_type": kind, "data": data, "metadata": {"x": 1}})
    return bundles


def test_a_data_frame_stays_a_table() -> None:
    """The table of pandas passes without its style sheet."""
    (bundle,) = shown({"text/html": FRAME, "text/plain": "   a\\n0  1"}, "execute_result")
    assert bundle.data["text/html"].count("<th>") == 2
    assert '<table border="1" class="dataframe">' in bundle.data["text/html"]
    assert "style" not in bundle.data["text/html"]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td><img src=//evil.example onerror=alert(1)><a href=//evil.example>a</a></td></tr></table>",
        "<script>alert(1)</script>",
        "<table onclick=alert(1)><tr><td style='x:y' class=jp-Dialog>a</td></tr></table>",
        "<img src=x onerror=alert(1)><svg onload=alert(1)><iframe src=//evil.example>",
        "<a href='javascript:alert(1)'>a</a><form action=//evil.example><input></form>",
        "<div id=x class=jp-Dialog>a<!-- <script>alert(1)</script> --></div>",
    ],
)
def test_html_that_acts_is_left_out(html: str) -> None:
    """No handler, style, foreign class, address or active element passes; without a table nothing does."""
    data = shown({"text/html": html, "text/plain": "a"})[0].data
    assert ("text/html" in data) is ("<table" in html)
    assert not any(
        word in data.get("text/html", "")
        for word in ("alert", "evil", "style", "jp-", "id=", "href", "<form")
    )


def test_other_forms_pass_or_go() -> None:
    """Pictures, LaTeX, words and cleaned Markdown pass; scripts, SVG, widgets and metadata go."""
    given = {
        "image/png": script.PIXEL,
        "text/latex": "$a<b$",
        "text/markdown": "<b>",
        "text/plain": "<b>",
        "image/svg+xml": "<svg/>",
        "application/javascript": "alert(1)",
        "application/vnd.jupyter.widget-view+json": "{}",
        "application/vnd.mermaid": "x",
    }
    (bundle,) = shown(given)
    assert bundle == Bundle(
        {"text/markdown": "&lt;b>", "text/latex": "$a< b$", "image/png": script.PIXEL, "text/plain": "<b>"},
        {},
    )
    assert shown({"application/javascript": "alert(1)"}) == []


def test_printed_text_and_errors_go_to_the_streams(capsys: pytest.CaptureFixture[str]) -> None:
    """As from a cell: printed words to standard output, a traceback to standard error."""
    page = Page(lambda bundle, display_id, *, update: None)
    page.show_output({"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]})
    page.show_output({"output_type": "stream", "name": "stderr", "text": "c\n"})
    page.show_output({"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t1", "t2"]})
    page.show_output({"output_type": "error", "ename": "E", "evalue": "v", "traceback": []})
    assert capsys.readouterr() == ("a\nb\n", "c\nt1\nt2\nE: v\n")
