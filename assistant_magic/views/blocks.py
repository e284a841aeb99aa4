r"""Where a Markdown text can be cut: between blocks, never inside code, math, a list or a table.

Everything here looks at a text from its start and decides with what lies before a place and the line after it;
so cutting a growing text gives the same pieces as cutting the finished one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from assistant_magic.views.spans import is_formula

__all__ = ["Fence", "cut", "math_ranges"]

_FENCE = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)]) +)*(?P<marks>`{3,}(?=[^`]*$)|~{3,})")
_FENCE_END = re.compile(r"[ >]*(?P<marks>`{3,}|~{3,})[ \t]*$")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s|$)|>")
_MATH_ENDS = {"$$": "$$", r"\[": r"\]", r"\begin{": "}"}


@dataclass(frozen=True)
class Fence:
    """The opening line of a code block."""

    marks: str

    @classmethod
    def opened_by(cls, line: str) -> Self | None:
        """The fence this line opens, if it does."""
        match = _FENCE.match(line)
        return cls(match["marks"]) if match else None

    def closed_by(self, line: str) -> bool:
        """Whether this line closes it."""
        match = _FENCE_END.match(line)
        return match is not None and match["marks"].startswith(self.marks)


def cut(text: str, size: int, *, done: bool = False) -> int:
    """The first place at or after `size` characters where a new segment may begin; 0 when there is none (yet).

    Args:
        text: A Markdown text from the start of a block.
        size: How long the first segment should at least be. A list may make it twice as long.
        done: No more text will come, so the last line is complete.
    """
    if len(text) <= size:
        return 0
    at = 0
    fence: Fence | None = None
    blank = False
    lines = text.splitlines(keepends=True)
    for line in lines:
        if not done and not line.endswith("\n"):
            return 0
        if blank and fence is None and at >= size and _may_start(line, loose=at >= 2 * size):
            return at
        if fence is not None:
            fence = None if fence.closed_by(line.rstrip("\n")) else fence
        else:
            fence = Fence.opened_by(line.rstrip("\n"))
        blank = not line.strip()
        at += len(line)
    return 0


def math_ranges(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    r"""Line ranges that are display math: `$$ … $$`, `\[ … \]` or `\begin{…} … \end{…}` on lines of their own."""
    fence: Fence | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        if fence is not None:
            fence = None if fence.closed_by(line) else fence
        elif (end := _math_end(lines, at)) > at:
            yield at, end
            at = end
            continue
        else:
            fence = Fence.opened_by(line)
        at += 1


def _may_start(line: str, *, loose: bool) -> bool:
    if not line.strip() or line[0] in " \t":
        return False
    return loose or _ITEM.match(line) is None


def _math_end(lines: Sequence[str], start: int) -> int:
    first = lines[start].strip()
    opener = next((o for o in _MATH_ENDS if first.startswith(o)), None)
    if opener is None:
        return start
    closer = _MATH_ENDS[opener]
    if opener == r"\begin{":
        closer = r"\end{" + first[len(opener) :].split("}")[0] + "}"
    for i in range(start, len(lines)):
        line = lines[i].strip()
        if not line or "`" in line:
            return start
        rest = line[len(opener) :] if i == start else line
        if closer in rest:
            return i + 1 if rest.endswith(closer) and _is_display(lines[start : i + 1], opener) else start
    return start


def _is_display(lines: Sequence[str], opener: str) -> bool:
    block = "\n".join(lines).strip()
    return is_formula(block if opener.startswith(r"\begin") else block[2:-2])
