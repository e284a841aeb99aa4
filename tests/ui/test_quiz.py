"""A quiz on a page, worked through as a pupil does it."""

from __future__ import annotations

from playwright.sync_api import expect

from axe import faults


def test_a_quiz_is_worked_through_and_stays_readable(open_notebook, pictures) -> None:
    """Check, hint, next and stop work by mouse and keyboard; the saved page holds the record and no widget."""
    page = open_notebook("%%quiz Week 3\nSolve 2x + 3 = 11\n1/2 + 1/3 = 5/6\nExpand (x + 3)^2")
    out = page.run(1)
    box = out.get_by_label("Your answer")
    box.fill("x = 7")
    box.press("Enter")
    expect(out).to_contain_text("Not right.")
    expect(box).to_have_value("x = 7")
    out.get_by_role("button", name="Hint").click()
    expect(out).to_contain_text("both sides")
    box.fill("4")
    out.get_by_role("button", name="Check").click()
    expect(out).to_contain_text("Right.")
    page.page.screenshot(path=pictures / "quiz.png")
    assert faults(page.page, ".assistant-quiz") == []
    page.page.keyboard.press("Enter")
    expect(out).to_contain_text("2/3")
    expect(box).to_be_focused()
    box.fill("10/12")
    box.press("Enter")
    expect(out).to_contain_text("lowest terms")
    out.get_by_role("button", name="Show answer").click()
    expect(out).to_contain_text("Answer.")
    out.get_by_role("button", name="Stop").click()
    expect(out).to_contain_text("1 of 2 solved")
    expect(box).to_have_count(0)
    page.page.screenshot(path=pictures / "quiz_over.png")
    saved = page.saved()["cells"][1]["outputs"]
    assert {mime for output in saved for mime in output["data"]} == {"text/markdown", "text/plain"}
    assert "1 of 2 solved" in "".join(saved[0]["data"]["text/markdown"])
    assert page.faults == []


def test_a_reloaded_page_goes_on(open_notebook) -> None:
    """The record stands as it was saved; the box works on and shows what has come since."""
    page = open_notebook("%quiz fractions 1 -n 2 --seed 4")
    out = page.run(1)
    out.get_by_label("Your answer").fill("1/7")
    out.get_by_role("button", name="Check").click()
    expect(out).to_contain_text("Not right.")
    page.saved()
    page.open()
    box = page.outputs(1).get_by_label("Your answer")
    box.fill("9/7")
    box.press("Enter")
    expect(page.outputs(1).get_by_role("status")).to_contain_text("9/7 · Right.")
    page.outputs(1).get_by_role("button", name="Stop").click()
    expect(page.outputs(1).get_by_role("status")).to_contain_text("1 of 1 solved")
    assert page.faults == []
