r"""Cleans the words inside one Markdown block: code spans, math, links and stray markup.

What leaves here means the same in every Markdown reader: a `<` that could open a tag stands only inside a code
span, a backtick only as a delimiter of one, a dollar sign only around math, and a link only in the plain
`[words](address)` form with an address of a known kind. Readers that disagree with CommonMark in a corner
therefore find nothing to disagree about.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["clean_math", "clean_spans", "is_formula", "is_risky", "safe_address"]

_TOKEN = re.compile(
    r"""(?P<paren>\\\()
      | (?P<bracket>\\\[)
      | (?P<environment>\\begin\{)
      | (?P<literal>\\\$|<span>&\#36;</span>|&\#0*36;|&\#[xX]0*24;|&dollar;)
      | (?P<escape>\\[!-/:-@\[-`{-~])
      | (?P<code>`+)
      | (?P<display>\$\$)
      | (?P<dollar>\$)
      | (?P<address><https?://[^\s<>"'`\\|$]+>)
      | (?P<break>(?:(?<=[^\s>|])|(?<=<span>&\#36;</span>))(?:[ ]?<br[ ]?/?>)+)
      | (?P<tag><(?=[A-Za-z/!?]))
      | (?P<picture>!+(?=\[))
      | (?P<link>\]\()
      | (?P<definition>\]:)""",
    re.VERBOSE | re.DOTALL,
)
_ATTACHMENT = re.compile(r"!\[[\w .,-]*\]\(attachment:[\w.%-]+\)")
_PICTURE = re.compile(r"!\[[^\[\]]*\]\(")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_RISKY = re.compile(r"<[A-Za-z/!?]|\]\(|\]:|!\[|\\begin\{|\$\$")
_NO_FORMULA = re.compile(r"`|(?<!\\)\$|(?<!\\)(?:\\\\)*\\$")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([^{}]*)\}")
_LATEX_DOORS = re.compile(
    r"\\(?:href|url|html[A-Za-z]*|cssId|class|style|data|require|includegraphics)(?![A-Za-z])"
)
_DOLLAR = "\x03"  # stands for a dollar sign that is not math, until all of the block is known
_LITERALS = {"$": _DOLLAR, "$$": _DOLLAR * 2, r"\(": "&#40;", r"\[": "&#91;", r"\begin{": "&#92;begin{"}
_CLOSERS = {
    "$": re.compile(r"(?<=[^\s\\])\$(?![\d$])"),
    "$$": re.compile(r"\$\$"),
    r"\(": re.compile(r"\\\)"),
    r"\[": re.compile(r"\\\]"),
}
_BRACKETS = tuple("()[]!")
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
    return _write_dollars("".join(out))


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


def _write_dollars(text: str) -> str:
    """Dollar signs that are money, so that no two of them enclose a formula.

    MathJax looks at the finished page, where an escaped dollar is a dollar again; it does not look across tags.
    """
    alone = text.count(_DOLLAR) == 1 and "$" not in text
    return text.replace(_DOLLAR, r"\$" if alone else "<span>&#36;</span>")


def _escape(text: str, match: re.Match[str]) -> tuple[str, int]:
    char = match[0][1]
    if char == "\\" and text[match.end() : match.end() + 1] in _BRACKETS:
        return "&#92;", match.end()  # two backslashes and a bracket are math to Jupyter
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
    # some readers take the delimiter into a bare address or a run of tildes
    start = max(text.rfind(" ", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
    word = text[start : match.start()].lower()
    gap = " " if word.endswith("~") or "://" in word or "www." in word else ""
    return f"{gap}{ticks}{code}{ticks}", close.end()


def _math(text: str, match: re.Match[str]) -> tuple[str, int]:
    opener, start = match[0], match.end()
    closer = _CLOSERS[opener].search(text, start)
    if closer is None or (opener == "$" and text[start].isspace()):
        return _LITERALS[opener], start
    formula = text[start : closer.start()]
    if not is_formula(formula):
        return _LITERALS[opener], start
    mark = "$" if opener in ("$", r"\(") else "$$"
    # a digit right behind would look like a price to most readers
    gap = " " if mark == "$" and text[closer.end() : closer.end() + 1].isdigit() else ""
    return f"{mark}{clean_math(formula.strip() if mark == '$' else formula)}{mark}{gap}", closer.end()


def _environment(text: str, match: re.Match[str]) -> tuple[str, int]:
    name = text[match.end() :].partition("}")[0]
    end = text.find(f"\\end{{{name}}}", match.end())
    whole = text[match.start() : end] + f"\\end{{{name}}}"
    if end < 0 or not is_formula(whole):
        return _LITERALS[match[0]], match.end()
    return clean_math(whole), match.start() + len(whole)


def is_formula(text: str) -> bool:
    """Whether every reader that knows math will take this as one formula."""
    if not text.strip() or _NO_FORMULA.search(text):
        return False
    open_names: list[str] = []
    for door, name in _ENVIRONMENT.findall(text):
        if door == "begin":
            open_names.append(name)
        elif not open_names or open_names.pop() != name:
            return False
    return not open_names


def _picture(text: str, match: re.Match[str]) -> tuple[str, int]:
    if attached := _ATTACHMENT.match(text, match.end() - 1):
        return "&#33;" * (match.end() - match.start() - 1) + attached[0], attached.end()
    # a picture from elsewhere would be fetched by the page: it becomes a link
    marks = match.end() - match.start() - bool(_PICTURE.match(text, match.end() - 1))
    return "&#33;" * marks, match.end()


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
    if target.str.startswith("sandbox:") and text[at : at + 1] == ")":
        return "]", at + 1  # into a container at the provider, where no page can follow
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
    "environment": _environment,
    "literal": lambda _text, match: (_DOLLAR, match.end()),
    "break": lambda _text, match: ("<br>" * match[0].count("<"), match.end()),
    "escape": _escape,
    "picture": _picture,
    "link": _link,
    "tag": lambda _text, match: ("&lt;", match.end()),
    "definition": lambda _text, match: ("]&#58;", match.end()),
}
