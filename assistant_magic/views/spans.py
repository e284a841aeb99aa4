r"""Cleans the words inside one Markdown block: code spans, math, links and stray markup.

What leaves here means the same in every Markdown reader: a `<` that could open a tag stands only inside a code
span, a backtick only as a delimiter of one, a dollar sign only around math, and a link only in the plain
`[words](address)` form with an address of a known kind. Readers that disagree with CommonMark in a corner
therefore find nothing to disagree about.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["clean_math", "clean_spans", "is_risky", "safe_address"]

_TOKEN = re.compile(
    r"""(?P<paren>\\\((?=.))
      | (?P<bracket>\\\[(?=.))
      | (?P<escape>\\[!-/:-@\[-`{-~])
      | (?P<code>`+)
      | (?P<display>\$\$)
      | (?P<dollar>\$)
      | (?P<address><https?://[^\s<>"'`\\|$]+>)
      | (?P<break><br[ ]?/?>)
      | (?P<tag><(?=[A-Za-z/!?]))
      | (?P<picture>!(?=\[))
      | (?P<link>\]\()
      | (?P<definition>\]:)""",
    re.VERBOSE | re.DOTALL,
)
_ATTACHMENT = re.compile(r"!\[[\w .,-]*\]\(attachment:[\w.%-]+\)")
_PICTURE = re.compile(r"!\[[^\[\]]*\]\(")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_RISKY = re.compile(r"<[A-Za-z/!?]|\]\(|\]:|!\[")
_LATEX_DOORS = re.compile(
    r"\\(?:href|url|html[A-Za-z]*|cssId|class|style|data|require|includegraphics)(?![A-Za-z])"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_KNOWN_SCHEMES = ("http:", "https:", "mailto:", "attachment:")
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>()\[\]\"'`|$*\\{}^]")
_CONTINUATION = re.compile(r"\n[ >]*")


def clean_spans(text: str) -> str:
    """The words of one block, safe to hand to any Markdown reader; idempotent."""
    out: list[str] = []
    at = 0
    while match := _TOKEN.search(text, at):
        out.append(text[at : match.start()])
        piece, at = _clean_token(text, match)
        out.append(piece)
    out.append(text[at:])
    return "".join(out)


def clean_math(text: str) -> str:
    """LaTeX in which nothing can be mistaken for markup: a space after `<` changes no formula."""
    text = _TAG.sub("< ", text)
    text = text.replace("](", "] (").replace("]:", "] :").replace("![", "! [")
    return _LATEX_DOORS.sub(r"\\text", text)


def is_risky(code: str) -> bool:
    """Whether this code would be live markup in a reader that does not see it as code."""
    return _RISKY.search(code) is not None


def safe_address(address: str) -> str:
    """A link target of a known kind, encoded so that it needs no quoting; `""` when it must not be a link."""
    from markdown_it.common.normalize_url import normalizeLink

    shown = "".join(c for c in address if c.isprintable()).strip()
    scheme = _SCHEME.match(shown)
    if scheme and scheme[0].lower() not in _KNOWN_SCHEMES:
        return ""
    if not scheme and (":" in shown.split("/")[0] or shown.startswith(("//", "\\"))):
        return ""
    return _UNSAFE_IN_ADDRESS.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), normalizeLink(shown))


def _clean_token(text: str, match: re.Match[str]) -> tuple[str, int]:
    cleaner = _CLEANERS.get(match.lastgroup or "")
    return cleaner(text, match) if cleaner else (match[0], match.end())


def _escape(_text: str, match: re.Match[str]) -> tuple[str, int]:
    char = match[0][1]
    if char in "`<!]":
        return f"&#{ord(char)};", match.end()
    return match[0], match.end()


def _code(text: str, match: re.Match[str]) -> tuple[str, int]:
    ticks = match[0]
    close = re.compile(rf"(?<!`){ticks}(?!`)").search(text, match.end())
    if close is None:
        return "&#96;" * len(ticks), match.end()
    code = _CONTINUATION.sub(" ", text[match.end() : close.start()])
    if not code.strip() or ("|" in code and is_risky(code)):
        return "&#96;" * len(ticks), match.end()
    return f"{ticks}{code}{ticks}", close.end()


def _math(text: str, match: re.Match[str]) -> tuple[str, int]:
    start, literal = match.end(), match[0].replace("$", r"\$")
    if match.lastgroup == "dollar":
        close = re.compile(r"(?<=[^\s\\])\$(?![\d$])").search(text, start + 1)
        fits = close is not None and not text[start].isspace()
        mark = "$"
    else:
        closing = {"display": r"\$\$", "paren": r"\\\)", "bracket": r"\\\]"}[match.lastgroup or ""]
        close = re.compile(closing).search(text, start)
        fits = close is not None
        mark = "$" if match.lastgroup == "paren" else "$$"
    if close is None or not fits:
        return literal, start
    formula = text[start : close.start()]
    if mark == "$":
        formula = formula.strip()
    if not formula.strip() or "`" in formula or re.search(r"(?<!\\)\$", formula):
        return literal, start
    return f"{mark}{clean_math(formula)}{mark}", close.end()


def _picture(text: str, match: re.Match[str]) -> tuple[str, int]:
    if attached := _ATTACHMENT.match(text, match.start()):
        return attached[0], attached.end()
    # a picture from elsewhere would be fetched by the page: it becomes a link
    return ("" if _PICTURE.match(text, match.start()) else "&#33;"), match.end()


def _link(text: str, match: re.Match[str]) -> tuple[str, int]:
    from markdown_it.helpers import parseLinkDestination, parseLinkTitle

    start = match.end()
    dead = "]&#40;", start
    at = _skip(text, start)
    target = parseLinkDestination(text, at, len(text))
    if not target.ok:
        return dead
    at = _skip(text, target.pos)
    if at > target.pos:
        title = parseLinkTitle(text, at, len(text))
        at = _skip(text, title.pos) if title.ok else at
    address = safe_address(target.str)
    if not address or text[at : at + 1] != ")":
        return dead
    return f"]({address})", at + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n":
        at += 1
    return at


_CLEANERS: dict[str, Callable[[str, re.Match[str]], tuple[str, int]]] = {
    "code": _code,
    "dollar": _math,
    "display": _math,
    "paren": _math,
    "bracket": _math,
    "escape": _escape,
    "picture": _picture,
    "link": _link,
    "tag": lambda _text, match: ("&lt;", match.end()),
    "definition": lambda _text, match: ("]&#58;", match.end()),
}
