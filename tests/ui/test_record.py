"""What stays in a notebook: the same for every reader, with no kernel and no extension, and nothing that acts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from lab_server import LabServer
from notebook_page import SIZE, NotebookPage

Open = Callable[..., NotebookPage]
WITHOUT_KERNEL = """async path => {
  const app = window.jupyterapp;
  await app.commands.execute('docmanager:open', { path, kernelPreference: { shouldStart: false } });
}"""
ACTIVE = (
    "script, iframe, object, embed, form, style, base, meta, link, svg script, [onerror], [onload], [onclick]"
)
CONFIG = re.compile(r'(<script id="jupyter-config-data"[^>]*>)(.*?)(</script>)', re.DOTALL)


def without_extension(route: Route) -> None:
    """Answer with JupyterLab's page as it is where our extension is not installed."""
    answer = route.fetch()

    def drop(found: re.Match[str]) -> str:
        config = json.loads(found[2])
        ours = [one for one in config["federated_extensions"] if one["name"].startswith("@assistant-magic")]
        assert ours, "the extension was there"
        config["federated_extensions"] = [one for one in config["federated_extensions"] if one not in ours]
        return found[1] + json.dumps(config).replace("</", "<\\/") + found[3]

    route.fulfill(response=answer, body=CONFIG.sub(drop, answer.text()))


def read(page: Page, name: str) -> list[Any]:
    """What a person sees in the saved notebook, opened without a kernel: words of the answer, and its pictures."""
    page.evaluate(WITHOUT_KERNEL, name)
    outputs = page.locator(".jp-CodeCell").nth(1).locator(".jp-Cell-outputArea")
    expect(outputs).to_contain_text("Here is the graph of")
    expect(outputs.locator("mjx-container, .katex").first).to_be_visible()
    expect(outputs.locator("img")).to_be_visible()
    return [outputs.locator("p").all_inner_texts(), outputs.locator("code").all_inner_texts()]


def test_what_was_saved_is_read_without_kernel_and_without_extension(
    open_notebook: Open, lab: Page, browser: Browser, server: LabServer
) -> None:
    """Answer, code and figure stand in the reopened notebook, whether JupyterLab has our extension or not."""
    notebook = open_notebook("%%assistant\nplot x^2 - 4")
    notebook.run(1)
    notebook.saved()
    notebook.close()
    with_ours = read(lab, notebook.path.name)
    assert notebook.outputs(1).locator(".jp-AssistantMagic-segment").count() > 1
    page = browser.new_page(viewport=SIZE)
    page.route("**/lab/workspaces/reader", without_extension)
    page.goto(f"{server.address}/lab/workspaces/reader")
    page.wait_for_function("window.jupyterapp?.restored.then(() => true)")
    without = read(page, notebook.path.name)
    assert page.locator(".jp-AssistantMagic-segment").count() == 0
    assert with_ours == without
    page.close()


def test_what_was_saved_is_read_in_notebook_7(
    open_notebook: Open, browser: Browser, server: LabServer
) -> None:
    """A notebook that JupyterLab saved shows its answer and figure in Notebook 7."""
    notebook = open_notebook("%%assistant\nplot x^2 - 4")
    notebook.run(1)
    notebook.saved()
    page = browser.new_page(viewport=SIZE)
    page.goto(f"{server.address}/notebooks/{notebook.path.name}")
    outputs = page.locator(".jp-CodeCell").nth(1).locator(".jp-Cell-outputArea")
    expect(outputs).to_contain_text("Here is the graph of")
    expect(outputs.locator("img")).to_be_visible()
    page.close()


def test_nothing_that_a_model_writes_acts(open_notebook: Open) -> None:
    """Known payloads, written by a model, are text below the cell and in the panel: no dialog, no request, no element."""
    page = open_notebook("%load_ext page_backend", "%%assistant -m paced:payloads\nWrite.")
    spoken: list[str] = []
    page.page.on("dialog", lambda dialog: (spoken.append(dialog.message), dialog.dismiss()))
    page.page.on("request", lambda request: spoken.append(request.url) if "evil" in request.url else None)
    page.run(1)
    page.command("assistant-magic:show")
    panel = page.page.get_by_role("region", name="Assistant")
    page.run(2)
    for place in (page.outputs(2), panel.locator(".jp-AssistantMagic-log")):
        expect(place).to_contain_text("The end")
        expect(place).to_contain_text("onerror=alert(1)")
        assert place.locator(ACTIVE).count() == 0
        links = place.locator("a[href]").evaluate_all("links => links.map(link => link.protocol)")
        assert set(links) <= {"http:", "https:", "mailto:"}
        pictures = place.locator("img[src]").evaluate_all("all => all.map(one => one.src)")
        assert not [
            address for address in pictures if not address.startswith(("data:image/png", "data:image/jpeg"))
        ]
    assert spoken == []
    assert page.faults == []
