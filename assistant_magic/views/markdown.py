r"""Markdown from a model or a tool, made safe for every page that will ever show it.

A saved notebook is rendered by readers that clean HTML (JupyterLab, GitHub) and by one that does not (nbconvert),
each with its own Markdown parser. So raw HTML is turned into visible text here, in the Markdown itself, and code
is written in the one form that all of them read alike. `markdown-it-py` says what is code and what is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant_magic.views.blocks import Fence, math_ranges
from assistant_magic.views.spans import clean_math, clean_spans, is_risky

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["fenced", "plain", "safe_markdown"]

_MATH = "\x02"  # stands for a line of display math while the blocks are found
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_LANGUAGE = re.compile(r"[\w+#.-]+")
_ACTIVE = ("mermaid",)  # drawn by the page itself; nbconvert puts its source into the page as it is
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def safe_markdown(text: str) -> str:
    r"""The same text with raw HTML shown as text, remote pictures as links, and only harmless links.

    Also turns `\( \)` and `\[ \]` into dollar signs and closes an open code block. Any part of a text is as
    safe as the whole; cleaning twice changes nothing.
    """
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).expandtabs(4).split("\n")
    math = {i: (a, b) for a, b in math_ranges(lines) for i in range(a, b)}
    skeleton = [_indent(line) + _MATH if i in math else line for i, line in enumerate(lines)]
    out: list[str] = []
    at = 0
    for start, end, token in _leaves(skeleton):
        out += (clean_spans(line) for line in lines[at:start])
        at = max(at, end)
        if token.type in ("fence", "code_block") and _MATH not in token.content:
            out += _code(lines[start:end], token, out)
        else:
            out += _prose(lines, start, end, math, table=token.type == "tr_open")
    out += (clean_spans(line) for line in lines[at:])
    return "\n".join(out).strip("\n")


def fenced(code: str, language: str = "") -> str:
    """A code block that its content cannot leave."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    ticks = "`" * max(3, longest + 1)
    match = _LANGUAGE.match(language)
    name = match[0] if match and match[0].lower() not in _ACTIVE else ""
    return f"{ticks}{name}\n{code.strip(chr(10))}\n{ticks}"


def plain(text: str) -> str:
    """Words on one line in which no character means anything to Markdown."""
    words = " ".join(_CONTROL.sub(" ", text).split())
    return _PUNCTUATION.sub(lambda m: f"&#{ord(m[0])};" if m[0] in "`<>&$!*_[]\\|" else m[0], words)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # html off: what comes out contains none, so its blocks are found as if there were none
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("reference")


def _leaves(lines: list[str]) -> Iterator[tuple[int, int, Token]]:
    """Blocks that hold words or code, with the lines they take."""
    parser = _parser()
    tokens: list[Any] = []
    parser.block.parse("\n".join(lines), parser, {}, tokens)
    inside_row = False
    for token in tokens:
        if token.type in ("tr_open", "tr_close"):
            inside_row = token.type == "tr_open"
        wanted = token.type in ("fence", "code_block", "tr_open") or (
            token.type == "inline" and not inside_row
        )
        if wanted and token.map:
            yield token.map[0], token.map[1], token


def _code(lines: list[str], token: Token, before: list[str]) -> list[str]:
    closed = token.type == "code_block" or _is_closed(lines)
    language = token.info.split()[0] if token.info.split() else ""
    if token.level and closed and not is_risky(token.content) and language.lower() not in _ACTIVE:
        return lines
    # at the margin, after a blank line, every reader sees code as code; inside lists they differ
    blank = [""] if before and before[-1].strip() else []
    after = [""] if token.level or token.type == "code_block" else []
    return [*blank, *fenced(token.content, language).split("\n"), *after]


def _is_closed(lines: list[str]) -> bool:
    fence = Fence.opened_by(lines[0])
    return fence is not None and any(fence.closed_by(line) for line in lines[1:])


def _prose(
    lines: list[str], start: int, end: int, math: dict[int, tuple[int, int]], *, table: bool
) -> list[str]:
    out: list[str] = []
    at = start
    while at < end:
        if at in math:
            a, b = math[at]
            out.append(_display_math("\n".join(lines[a:b])))
            at = b
            continue
        stop = next((i for i in range(at, end) if i in math), end)
        words = "\n".join(lines[at:stop])
        if table:
            words = "|".join(clean_spans(cell) for cell in _CELL_BORDER.split(words))
        else:
            words = clean_spans(words)
        out.append(words)
        at = stop
    return out


def _display_math(block: str) -> str:
    indent = _indent(block)
    body = block.strip()
    if body.startswith((r"\[", "$$")):
        return f"{indent}$${clean_math(body[2:-2])}$$"
    return indent + clean_math(body)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
