"""The chat on a page that is no JupyterLab's, as in VS Code or Colab: nothing but the widget's own bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import scripted_run as script
from assistant_magic.views.bundles import MIME
from axe import faults
from markup_payloads import PAYLOADS

BUNDLE = Path(__file__).resolve().parents[2] / "assistant_magic" / "_widget"
ADDRESS = "http://page.test/"
PAGE = """<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="chat.css"><body><div id="cell" style="width: 700px"></div>
<script type="module">
  import chat from './chat.js';
  window.sent = [];
  const traits = { thread_id: 'thread_1', height: '40rem' };
  const model = {
    get: name => traits[name],
    on: (name, hear) => { if (name === 'msg:custom') window.say = hear; },
    off: () => undefined,
    send: message => window.sent.push(message)
  };
  window.leave = chat.render({ model, el: document.getElementById('cell') });
</script>"""
WORDS = """It is $\\frac{1}{2}$, see `half`:

```python
half = 1 / 2
```

| a | b |
|---|---|
| 1 | 2 |

$$\\int_0^1 x\\,dx = \\frac12$$"""
ACTIVE = """node => [...node.querySelectorAll('*')].flatMap(one => [...one.attributes].map(a => [a.name, a.value])).filter(
  ([name, value]) => /^on|^(style|id|src|action|formaction|srcdoc|xlink:href)$/.test(name)
    || (name === 'href' && !/^(https?:|mailto:)/i.test(value)))"""


def display(name: str, words: str, kind: str = "answer") -> dict[str, Any]:
    """One display of a run, as the kernel tells it."""
    return {"type": "display", "id": name, "data": {MIME: {"v": 1, "kind": kind}, "text/markdown": words}}


def transcript(*displays: dict[str, Any]) -> dict[str, Any]:
    """A thread with one answer."""
    exchange = {
        "type": "exchange",
        "run": "r",
        "prompt": "Show it.",
        "status": "completed",
        "displays": displays,
    }
    return {
        "type": "transcript",
        "thread": "thread_1",
        "title": "Show it.",
        "exchanges": [exchange],
        "number": 1,
    }


@pytest.fixture
def language() -> str:
    """What the person at the browser speaks."""
    return "en-GB"


@pytest.fixture
def page(browser: Browser, language: str) -> Iterator[Page]:
    """A page with a chat that waits for what the kernel says."""
    page = browser.new_page(viewport={"width": 720, "height": 760}, locale=language)
    page.clock.install()

    def serve(route: Any) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name in ("chat.js", "chat.css"):
            route.fulfill(path=BUNDLE / name)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    page.route(f"{ADDRESS}**", serve)
    page.goto(ADDRESS)
    page.wait_for_function("() => Boolean(window.say)")
    yield page
    page.close()


def test_answers_are_rendered_without_a_notebook(page: Page, pictures: Path) -> None:
    """Words, formulas, code, tables and pictures are shown by the bundle itself, in light and dark."""
    frame = {"text/html": "<table><tr><th>n</th></tr><tr><td>7</td></tr></table>", "text/plain": "n 7"}
    outputs = [
        display("tool", "**python** · in your kernel\n\n```python\nhalf = 1 / 2\n```", "tool"),
        {"type": "display", "id": "frame", "data": frame},
        {"type": "display", "id": "figure", "data": {"image/png": script.PIXEL}},
        {
            "type": "display",
            "id": "printed",
            "data": {"application/vnd.jupyter.stdout": "\x1b[31mred\x1b[0m"},
        },
        {"type": "display", "id": "latex", "data": {"text/latex": "$x^2$", "text/plain": "x**2"}},
        display("answer", WORDS),
    ]
    page.evaluate("message => window.say(message)", transcript(*outputs))
    answer = page.locator(".jp-AssistantMagic-answer")
    expect(answer.locator("mfrac")).to_have_count(2)
    expect(answer.locator("msup")).to_have_count(1)
    expect(answer.locator("td", has_text="7")).to_be_visible()
    expect(answer.locator("pre", has_text="red")).to_have_text("red")
    expect(answer.locator("img")).to_have_count(1)
    page.screenshot(path=pictures / "chat-bare.png")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=pictures / "chat-bare-dark.png")
    assert page.evaluate("window.sent.map(one => one.type)") == ["hello", "follow"]
    page.evaluate("window.leave()")
    assert page.evaluate("window.sent.at(-1).type") == "leave"


def test_axe_finds_nothing_serious_in_a_chat(page: Page, pictures: Path) -> None:
    """Names, roles and contrast hold with a question, a list of completions and a file, in light and dark colours."""
    asked = {
        "type": "asked",
        "call_id": "c",
        "tool": "python",
        "code": "f()",
        "place": "live",
        "findings": ["f"],
    }
    for message in (transcript(display("answer", WORDS)), {**asked, "number": 2}):
        page.evaluate("message => window.say(message)", message)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    page.get_by_role("combobox").press_sequentially("@d")
    offer = {"type": "offer", "text": "@df", "about": "DataFrame", "replaces": 2}
    page.evaluate(
        "message => window.say(message)", {"type": "offered", "text": "@d", "offers": [offer], "number": 3}
    )
    expect(page.get_by_role("option", name="@df DataFrame")).to_be_visible()
    expect(page.get_by_role("button", name="Remove a.txt")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=pictures / f"chat-question-{scheme}.png")
        assert faults(page, "#cell") == []


def test_markup_that_no_kernel_cleaned_does_not_act(page: Page) -> None:
    """The bundle trusts nothing: every payload, raw, as Markdown and as HTML, leaves no live element and no request."""
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    displays = [display(f"words-{n}", text) for n, text in enumerate(PAYLOADS)]
    displays += [
        {"type": "display", "id": f"{mime}-{n}", "data": {mime: text}}
        for n, text in enumerate(PAYLOADS)
        for mime in ("text/html", "text/markdown", "text/latex")
    ]
    page.evaluate("message => window.say(message)", transcript(*displays))
    answer = page.locator(".jp-AssistantMagic-answer")
    expect(answer.locator(".jp-AssistantMagic-segment")).to_have_count(len(PAYLOADS))
    expect(answer).to_contain_text("alert(1)")
    live = "script,style,form,input,iframe,object,embed,svg,link,meta,base,video,audio,img,template"
    expect(answer.locator(live)).to_have_count(0)
    assert answer.evaluate(ACTIVE) == []
    assert fetched == []


def test_a_kernel_that_says_nothing_is_named(page: Page) -> None:
    """Without an answer the chat says so and how to go on; a prompt that nobody heard comes back to the box."""
    silence = page.get_by_text("The kernel does not answer.")
    expect(silence).to_be_hidden()
    page.clock.fast_forward(6_000)
    expect(silence).to_contain_text("run this cell again: the conversation is kept in thread thread_1")
    page.evaluate("message => window.say(message)", transcript())
    expect(silence).to_be_hidden()
    box = page.get_by_role("combobox")
    box.fill("Are you there?")
    box.press("Enter")
    expect(box).to_have_value("")
    page.clock.fast_forward(6_000)
    expect(silence).to_be_visible()
    expect(box).to_have_value("Are you there?")


@pytest.mark.parametrize("language", ["ko-KR"])
def test_a_page_without_a_translator_speaks_as_the_browser(page: Page) -> None:
    """Where no JupyterLab translates, the language of the browser is taken from our own catalogue."""
    page.evaluate("message => window.say(message)", transcript(display("answer", WORDS)))
    expect(page.get_by_role("button", name="보내기")).to_be_visible()
    expect(page.get_by_role("combobox", name="이 노트북의 어시스턴트에게 질문")).to_be_visible()
