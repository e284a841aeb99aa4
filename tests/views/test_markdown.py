"""What `safe_markdown` lets through, what it stops, and that real readers agree."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from assistant_magic.views.markdown import fenced, plain, safe_markdown
from markup_payloads import PAYLOADS

HARMLESS_TAGS = {
    *("p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4", "h5", "h6"),
    *(
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "hr",
        "div",
        "span",
        "del",
        "dl",
        "dt",
        "dd",
    ),
    *("sup", "section"),
}
PIECES = st.sampled_from(
    [
        *(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<b>",
            "<!--",
            "-->",
            "</",
            "<",
            "&lt;",
        ),
        *("`", "``", "```", "~~~", "~", "$", "$$", r"\(", r"\)", r"\[", r"\]", "\\", "\\\\", r"\begin{x}"),
        *(r"\end{x}", "\n", "\n\n", "\n    ", "\n   ", "\n- ", "\n1. ", "\n> ", "\n# ", "\n---\n", "|", "\t"),
        *("\n| a | b |\n|---|---|\n", "[a](", "javascript:alert(1)", "![x](", "http://a.example/x.png", ")"),
        *("\n[r]: ", "[r]", "[^1]", "!", "[", "]", "(", "<br>", "<https://a.example/>", "www.a.example", "a"),
        *(
            "x ",
            "  ",
            " \n",
            "\n```html\n",
            "\n```\n",
            "\n   ```\n",
            "mermaid\n",
            "5",
            "*",
            "_",
            ":",
            "@b.example",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join)


class _Dangers(HTMLParser):
    """Collects what could act on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, object]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HARMLESS_TAGS:
            self.found.append((tag, attrs))
        for name, value in attrs:
            acts = name.startswith("on") or name in {"srcdoc", "formaction", "xlink:href"}
            leads = name in {"href", "src", "action"} and re.match(
                r"\s*(javascript|data|vbscript|file):", value or "", re.IGNORECASE
            )
            if acts or leads or (name == "style" and tag not in {"td", "th"}):
                self.found.append((tag, attrs))

    handle_startendtag = handle_starttag


def dangers(markdown: str) -> list[tuple[str, object]]:
    """What nbconvert, which cleans nothing, would put on the page."""
    reader = _Dangers()
    reader.feed(markdown2html_mistune(markdown))
    reader.close()
    return reader.found


def test_the_reader_of_this_test_does_not_clean_by_itself() -> None:
    """Raw HTML passes through nbconvert, so an empty list of dangers below is our doing."""
    assert [tag for tag, _ in dangers("<img src=x onerror=alert(1)>")] == ["img", "img"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_acts_on_a_page_of_nbconvert(payload: str) -> None:
    """No payload leaves a tag, a handler or an address that acts in nbconvert's HTML."""
    assert dangers(safe_markdown(payload)) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_part_of_a_text_is_as_safe_as_the_whole(payload: str) -> None:
    """While an answer streams, each prefix is shown; none of them acts, nor do rests after a cut."""
    for at in range(len(payload)):
        assert dangers(safe_markdown(payload[:at])) == []
        assert dangers(safe_markdown(payload[at:])) == []


@given(TEXTS)
@hypothesis_settings(max_examples=1500)
def test_no_mixture_of_markup_acts(text: str) -> None:
    """Whatever pieces of Markdown, math and HTML follow each other, nothing acts in nbconvert's HTML."""
    assert dangers(safe_markdown(text)) == []


@given(TEXTS | st.text())
@hypothesis_settings(max_examples=1500)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """A cleaned text is its own cleaned text."""
    once = safe_markdown(text)
    assert safe_markdown(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "a < b and b > c, x <= y, 1<2, <3",
        "$a < b$ and $$\\frac{1}{2}$$",
        "**bold** *it* ~~gone~~ `code` `List[int]` `a < b` `<script>`",
        "```python\nif a < b:\n    print('<b>')\n```",
        "- one\n- two\n  - three\n\n1. first\n2. second",
        "> a quotation",
        "| a | b |\n|---|:-:|\n| `x` | $y$ |",
        "see https://a.example/x?y=1&z=2 or <https://a.example/>",
        "[words](https://a.example/path?x=1#y) and [mail](mailto:a@b.example) and [below](#part)",
        "# Title\n\nwords\n\n---\n\nmore &amp; more &lt;b&gt;",
        "$$\na\n= b\n$$",
        "costs \\$5",
        "![plot](attachment:plot.png)",
        "a | b, f(x)! and [1] and (2)",
    ],
)
def test_ordinary_markdown_stays_as_it_is(text: str) -> None:
    """What a well-behaved model writes passes unchanged."""
    assert safe_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("x<y", "x&lt;y"),
        ("$a<b$", "$a< b$"),
        (r"\(x\) and \[y\]", "$x$ and $$y$$"),
        ("\\[\nx\n\\]", "$$\nx\n$$"),
        ("$5 and $6", "<span>&#36;</span>5 and <span>&#36;</span>6"),
        ("$5", r"\$5"),
        ("<b>x</b>", "&lt;b>x&lt;/b>"),
        ("![p](https://a.example/p.png)", "[p](https://a.example/p.png)"),
        ("[x](javascript:alert(1))", "[x]&#40;javascript:alert(1))"),
        ("```py\nx", "```py\nx\n```"),
        ("    x = 1", "```\nx = 1\n```"),
        ("| a |\n|---|\n| b<br>c |", "| a |\n|---|\n| b<br>c |"),
        ("- a\n  ```html\n  <b>\n  ```", "- a\n\n```html\n<b>\n```\n"),
    ],
)
def test_what_is_changed(text: str, clean: str) -> None:
    """HTML becomes text, foreign pictures links, LaTeX delimiters dollars, and open code is closed."""
    assert safe_markdown(text) == clean.strip("\n")


@pytest.mark.parametrize("code", ["```", "````\n```", "a\n```\n<script>", "~~~", "`", ""])
def test_code_cannot_leave_its_fence(code: str) -> None:
    """Whatever the code contains, it is one code block, and nothing acts."""
    markdown = fenced(code, "python")
    html = markdown2html_mistune(markdown)
    assert dangers(markdown) == []
    assert html.count("<pre>") == 1
    assert not re.sub(r"(?s)<div class=.highlight.>.*</div>|<pre>.*</pre>", "", html).strip()


@given(st.text())
def test_plain_words_mean_nothing_to_markdown(text: str) -> None:
    """`plain` leaves one line without tags, links, code or math."""
    html = markdown2html_mistune("x " + plain(text))
    assert "\n" not in plain(text)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a"}  # a bare address may become a link


@pytest.mark.parametrize(
    "piece", ["`", "``x", "$", "<", "[a](", "![", "\\(", "\\begin{x}", "- ", "> ", "|", "~", "<br>"]
)
def test_a_hostile_text_costs_no_more_than_an_honest_one(piece: str) -> None:
    """Cleaning takes time in proportion to the length: 20,000 characters of any mark pass in a second."""
    import time

    began = time.process_time()
    safe_markdown(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 1.0
