"""Where a Markdown text is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant_magic.views.blocks import cut, math_ranges

LINES = st.sampled_from(
    ["words", "", "", "- item", "  more", "```", "~~~", "$$", "x", "# head", "| a |", "> quote", "1. one"]
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("one\n\ntwo", 5),
        ("one\ntwo\n", 0),
        ("```\na\n\nb\n```\n\nafter", 14),
        ("- a\n\n- b\n\nafter", 10),
        ("- a\n\n  b\n\nafter", 10),
        ("1. a\n   ```\n   x\n\n   ```\n\nafter", 26),
        ("| a |\n|---|\n| b |\n\nafter", 19),
        ("one\n\n\n\ntwo", 7),
    ],
)
def test_a_cut_is_before_the_next_block(text: str, at: int) -> None:
    """After a blank line, outside of code and lists, at the margin."""
    assert cut(text, 4, done=True) == at


def test_a_list_that_is_too_long_is_cut_between_items() -> None:
    """From twice the size on, a list gives way."""
    text = "- item\n\n" * 10
    assert cut(text, 8, done=True) == 16


def test_an_unfinished_line_decides_nothing() -> None:
    """While text comes, the line after a blank one must be whole."""
    assert cut("one\n\n", 1) == 0
    assert cut("one\n\ntwo", 1) == 0
    assert cut("one\n\ntwo\n", 1) == 5


@given(TEXTS, st.integers(1, 40), st.data())
def test_a_growing_text_is_cut_where_the_whole_is(text: str, size: int, data: st.DataObject) -> None:
    """A cut found in the first part of a text is the cut of the whole text."""
    part = text[: data.draw(st.integers(0, len(text)))]
    early = cut(part, size)
    assert early in (0, cut(text, size, done=True))


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("$$\na\n= b\n$$", [(0, 4)]),
        (r"\[ x \]", [(0, 1)]),
        ("\\begin{align}\na\n\\end{align}", [(0, 3)]),
        ("$$\na\n\nb\n$$", []),
        ("```\n$$\nx\n$$\n```", []),
        ("$$x$$ and words", []),
        ("$$\na `b`\n$$", []),
        ("$$", []),
        ("- a\n\n  $$\n  x\n  $$", [(2, 5)]),
    ],
)
def test_display_math_is_found_on_lines_of_its_own(text: str, ranges: list[tuple[int, int]]) -> None:
    """Whole, without blank lines, and not in code."""
    assert list(math_ranges(text.split("\n"))) == ranges
