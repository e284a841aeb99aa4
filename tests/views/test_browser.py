"""In a real browser: nothing a model or a tool wrote acts in JupyterLab, nor in a page exported by nbconvert."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page, Route, sync_playwright

from assistant_magic.views.markdown import safe_markdown
from lab_server import lab_server
from markup_payloads import PAYLOADS

TESTS = Path(__file__).parent.parent
READY = "window.jupyterapp?.shell.currentWidget?.content?.rendermime !== undefined"
WATCH = """
window.acted = [];
for (const name of ['alert', 'msgbox', 'confirm', 'prompt']) window[name] = () => window.acted.push(name);
"""
RENDER = """async texts => {
  const rendermime = window.jupyterapp.shell.currentWidget.content.rendermime;
  const found = [];
  for (const text of texts) {
    const renderer = rendermime.createRenderer('text/markdown');
    const model = { data: { 'text/markdown': text }, metadata: {}, trusted: true, setData() {} };
    await renderer.renderModel(model);
    document.body.appendChild(renderer.node);
    found.push(...window.dangers(renderer.node).map(danger => [text, danger]));
    renderer.node.remove();
  }
  return found;
}"""
DANGERS = """
window.dangers = root => {
  const tags = 'script,img,iframe,object,embed,form,style,link,meta,base,video,audio,svg,input,button,template';
  const found = [...root.querySelectorAll(tags)].filter(e => !e.closest('mjx-container')).map(e => e.outerHTML);
  for (const element of root.querySelectorAll('*'))
    for (const { name, value } of element.attributes)
      if (/^on|^srcdoc$|^formaction$/i.test(name) ||
          (/href|src|action/i.test(name) && /^\\s*(javascript|data|vbscript|file):/i.test(value)))
        found.push(element.outerHTML);
  return found;
};
"""


class Watched:
    """A page whose requests are counted and whose alarms are heard."""

    def __init__(self, page: Page, own: str) -> None:
        self.page = page
        self.abroad: list[str] = []
        self._own = own
        page.add_init_script(WATCH + DANGERS)
        page.route("**/*", self._route)

    def _route(self, route: Route) -> None:
        if route.request.url.startswith((self._own, "data:", "blob:")):
            route.continue_()
        else:
            self.abroad.append(route.request.url)
            route.abort()

    @property
    def acted(self) -> list[str]:
        return list(self.page.evaluate("window.acted"))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """JupyterLab with an open notebook."""
    root = tmp_path_factory.mktemp("lab")
    path = os.pathsep.join((str(TESTS.parent), str(TESTS)))
    # The notebook's own renderer, without our front end.
    with lab_server(root, extension=None, env={"PYTHONPATH": path}) as server:
        notebook = new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        nbformat.write(notebook, server.notebooks / "page.ipynb")
        watched = Watched(browser.new_page(), server.address)
        watched.page.goto(f"{server.address}/lab/tree/page.ipynb")
        watched.page.wait_for_function(READY, timeout=120_000)
        yield watched
        watched.page.close()


def test_a_trusted_output_is_not_cleaned_by_jupyterlab(lab: Watched) -> None:
    """Raw HTML in the Markdown of a fresh output acts, so that the tests below prove something."""
    assert lab.page.evaluate(RENDER, ["<img src=/x onerror=alert(1)>"])


def test_nothing_acts_in_a_trusted_output_of_jupyterlab(lab: Watched) -> None:
    """No payload, whole or cut anywhere, becomes an element or an address that acts."""
    texts = {safe_markdown(payload[:at]) for payload in PAYLOADS for at in range(1, len(payload) + 1)}
    lab.page.evaluate("window.acted = []")
    assert lab.page.evaluate(RENDER, sorted(texts)) == []
    assert lab.acted == []
    assert lab.abroad == []


def test_no_mixture_of_markup_acts_in_jupyterlab(lab: Watched) -> None:
    """Payloads torn apart and mixed with each other stay text."""
    dice = random.Random(20)
    pieces = [p[i : i + 6] for p in PAYLOADS for i in range(0, len(p), 6)] + [
        "`",
        "$",
        "\n",
        "\n\n",
        "\\",
        "~",
        "<b>",
    ]
    texts = [safe_markdown("".join(dice.choices(pieces, k=dice.randint(2, 12)))) for _ in range(6_000)]
    lab.page.evaluate("window.acted = []")
    assert lab.page.evaluate(RENDER, texts) == []
    assert lab.acted == []
    assert lab.abroad == []


def test_a_run_in_jupyterlab_shows_everything(lab: Watched) -> None:
    """A cell that is run on the page shows cards, code, formulas, the table, the picture and the sources."""
    source = "import scripted_run as script\nfrom assistant_magic.views.inline import InlineView\nview = InlineView()\n"
    source += "for event in script.RICH: view.handle(event)"
    lab.page.evaluate(
        """async source => {
          const panel = window.jupyterapp.shell.currentWidget;
          await panel.sessionContext.ready;
          panel.content.activeCell.model.sharedModel.setSource(source);
          await window.jupyterapp.commands.execute('notebook:run-cell');
        }""",
        source,
    )
    area = lab.page.locator(".jp-CodeCell .jp-OutputArea").first
    area.get_by_role("link", name="The book").wait_for()
    area.locator("mjx-container").nth(3).wait_for(state="attached")
    words = area.inner_text()
    for part in (
        "in an isolated kernel · 412 ms",
        "factoring",
        "Let me compute.",
        "not run: You said no.",
        "<b>easy</b>",
    ):
        assert part in words
    assert area.locator("table tbody tr").count() == 2
    assert area.locator("img").count() == 1
    assert area.locator("details").count() == 1
    assert lab.abroad == []


def test_nothing_acts_in_a_page_of_nbconvert(browser: Browser, tmp_path: Path) -> None:
    """All payloads in one exported page: no script of theirs runs and no address of theirs is asked for."""
    outputs = [new_output("display_data", data={"text/markdown": safe_markdown(text)}) for text in PAYLOADS]
    html, _ = HTMLExporter().from_notebook_node(new_notebook(cells=[new_code_cell("", outputs=outputs)]))
    page = tmp_path / "page.html"
    page.write_text(html, encoding="utf-8")
    watched = Watched(browser.new_page(), page.as_uri())
    watched.page.goto(page.as_uri())
    found = watched.page.evaluate(
        "[...document.querySelectorAll('.jp-OutputArea-output')].flatMap(window.dangers)"
    )
    assert found == []
    assert watched.acted == []
    assert [address for address in watched.abroad if "evil.example" in address] == []
    assert watched.page.locator(".jp-OutputArea-output").count() == len(PAYLOADS)
    watched.page.close()
