"""The assistant for everybody: by keyboard alone, with a screen reader, in dark colours, in Korean, without motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from axe import faults
from notebook_page import ASK, NotebookPage

Open = Callable[..., NotebookPage]
GROUND = "() => getComputedStyle(document.body).getPropertyValue('--jp-layout-color1')"
LANGUAGE = "@jupyterlab/translation-extension:plugin"
SPEAK = """async ([plugin, locale]) => {
  await window.jupyterapp.serviceManager.settings.save(plugin, JSON.stringify({ locale }));
}"""


@pytest.fixture
def asked(open_notebook: Open) -> NotebookPage:
    """A notebook with an answer in a cell and in the panel, an error, and a question about code."""
    page = open_notebook(
        "%load_ext page_backend", "%%assistant\nWhat is 6*7?", "1 / 0", "%%assistant -m paced:code\nRun it."
    )
    page.command("assistant-magic:show")
    for cell in (1, 2, 3):
        page.run(cell)
    page.start(4)
    page.cell(4).get_by_role("group", name="Run this code in your kernel?").wait_for()
    return page


@pytest.fixture
def dark(lab: Page) -> Iterator[None]:
    """JupyterLab in dark colours."""
    change = (
        "async theme => { await window.jupyterapp.commands.execute('apputils:change-theme', { theme }); }"
    )
    light = lab.evaluate(GROUND)
    lab.evaluate(change, "JupyterLab Dark")
    # The colours come with a style sheet that loads after the command has ended.
    lab.wait_for_function(f"light => ({GROUND})() !== light", arg=light)
    yield
    lab.evaluate(change, "JupyterLab Light")
    lab.wait_for_function(f"light => ({GROUND})() === light", arg=light)


PLACES = (
    ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-AssistantMagic-segment",
    ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-AssistantMagic-approval",
    ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-AssistantMagic-offer",
    "#assistant-magic-panel",
    ".jp-AssistantMagic-status",
)


def test_axe_finds_nothing_serious(asked: NotebookPage, pictures: Path) -> None:
    """Names, roles and contrast hold for answers, cards, the question about code and the panel in light colours."""
    asked.page.screenshot(path=pictures / "light.png")
    assert faults(asked.page, *PLACES) == []
    asked.cell(4).get_by_role("button", name="Stop").click()
    asked.wait()


def test_axe_finds_nothing_serious_in_the_dark(dark: None, asked: NotebookPage, pictures: Path) -> None:
    """The same holds in dark colours."""
    asked.page.screenshot(path=pictures / "dark.png")
    assert faults(asked.page, *PLACES) == []
    asked.cell(4).get_by_role("button", name="Stop").click()
    asked.wait()


def test_the_keyboard_reaches_everything(open_notebook: Open) -> None:
    """With no mouse: open the panel, ask, decide about code, stop, act on an answer, and go back to the notebook."""
    page = open_notebook("%load_ext page_backend\n%assistant set model paced:code", load=True)
    page.run(1)
    keys = page.page.keyboard
    keys.press("Control+Alt+k")
    box = page.page.get_by_label(ASK)
    expect(box).to_be_focused()
    keys.type("Run it.")
    keys.press("Enter")
    panel = page.page.get_by_role("region", name="Assistant")
    card = panel.get_by_role("group", name="Run this code in your kernel?")
    expect(card).to_be_visible()
    tab_to(page.page, card.get_by_label("The code that would run"), back=True)
    keys.press("Control+a")
    keys.type("print(6 * 7)")
    tab_to(page.page, card.get_by_role("button", name="Run", exact=True))
    keys.press("Enter")
    expect(panel.locator("section[data-status='completed']")).to_contain_text("42")
    tab_to(page.page, panel.get_by_role("button", name="Insert code as cells"), back=True)
    keys.press("Enter")
    expect(page.cell(2).locator(".cm-content")).to_contain_text("print(6 * 7)")


def tab_to(page: Page, wanted: Any, *, back: bool = False) -> None:
    """Press Tab, or Shift and Tab, until this has the focus."""
    for _ in range(40):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_nothing_moves_for_who_wants_that(open_notebook: Open) -> None:
    """Where motion is to be reduced, the sign that an answer is coming stands still."""
    page = open_notebook("%load_ext page_backend\n%assistant set model paced:slow")
    page.run(1)
    page.command("assistant-magic:show")
    panel = page.page.get_by_role("region", name="Assistant")
    panel.get_by_label(ASK).fill("Write.")
    page.page.keyboard.press("Enter")
    answer = panel.locator("[data-status='in_progress'] .jp-AssistantMagic-answer")
    moves = "node => getComputedStyle(node, '::after').animationName"
    assert "breathe" in answer.evaluate(moves)
    page.page.emulate_media(reduced_motion="reduce")
    try:
        assert answer.evaluate(moves) == "none"
    finally:
        page.page.emulate_media(reduced_motion="no-preference")
    panel.get_by_role("button", name="Stop").click()
    expect(panel.locator("[data-status='cancelled']")).to_be_visible()


def test_korean_is_spoken(open_notebook: Open, pictures: Path) -> None:
    """With JupyterLab in Korean, panel, questions, commands and settings speak Korean."""
    if not [one for one in entry_points(group="jupyterlab.locale") if one.name == "assistant_magic"]:
        pytest.skip("JupyterLab finds our catalogues only where the project is installed: make test")
    page = open_notebook("%load_ext page_backend", "%%assistant -m paced:code\nRun it.", alone=True)
    page.page.evaluate(SPEAK, [LANGUAGE, "ko_KR"])
    try:
        page.open()
        page.run(1)
        page.command("assistant-magic:show")
        panel = page.page.get_by_role("region", name="어시스턴트")
        expect(panel.get_by_role("button", name="보내기")).to_be_visible()
        page.start(2)
        card = page.cell(2).get_by_role("group", name="이 코드를 이 커널에서 실행할까요?")
        expect(card).to_be_visible()
        page.page.screenshot(path=pictures / "korean.png")
        card.get_by_role("button", name="중지").click()
        page.wait()
        page.command("settingeditor:open", query="어시스턴트")
        expect(page.page.get_by_role("checkbox", name="오류 아래의 버튼")).to_be_visible()
    finally:
        page.page.evaluate(SPEAK, [LANGUAGE, "default"])
