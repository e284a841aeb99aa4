"""A question in words with its formulas set as LaTeX; text that is no mathematics stays as it was typed."""

from __future__ import annotations

import re

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.say.latex import latex

_ACTIVE = re.compile(r"[\\`*_\[\]<>$&|]")
_WORD = re.compile(r"^[^\W\d_]{2,}[.,:;?!]?$|^[^\W\d_]{3,}['’][a-z]+$")
_FORMULA = re.compile(
    r"^(?:[-+*/^()=<>.,÷×√\d\s%]|(?:sin|cos|tan|exp|log|ln|sqrt|pi)(?![a-zA-Z])|[a-zA-Z](?![a-zA-Z]))+$"
)
_SAYS_SOMETHING = re.compile(r"[=<>^*+/÷×√]|\d[a-z(]|\d - |[a-z]\(")
_LATEX = (
    (re.compile(r"%"), r"\\%"),
    (re.compile(r"<="), r"\\le "),
    (re.compile(r">="), r"\\ge "),
    (re.compile(r"\*"), r"\\times "),
    (re.compile(r"÷"), r"\\div "),
    (re.compile(r"\^\(([^()]*)\)"), r"^{\1}"),
    (re.compile(r"\^(-?\w+)"), r"^{\1}"),
    (re.compile(r"(?<![\w/{.])(\d+|[a-z])/(\d+|[a-z])(?![\w/.])"), r"\\frac{\1}{\2}"),
    (re.compile(r"(?:sqrt|√)\(([^()]*)\)"), r"\\sqrt{\1}"),
    (re.compile(r"√(\w+)"), r"\\sqrt{\1}"),
    (re.compile(r"(?<![a-z\\])(sin|cos|tan|exp|log|ln|pi)(?![a-z])"), r"\\\1"),
)
"""Sign by sign, so that nothing of what was typed can be lost or read in another way."""


def typeset(question: str) -> str:
    """Markdown of a question: `Solve x^2 = 9` with its equation as a formula."""
    out: list[str] = []
    formula: list[str] = []
    for word in [*question.split(), ""]:
        if word and not _WORD.match(word):
            formula.append(word)
            continue
        out += _set(formula)
        formula = []
        out.append(_literal(word))
    return " ".join(filter(None, out))


def typeset_claim(claim: Claim) -> str:
    """Markdown of an answer as it was computed or as a teacher gave it."""
    if claim.kind in {"none", "all"}:
        return {"none": "no solution", "all": "every number"}[claim.kind]
    if claim.kind in {"interval", "word"} or not claim.nodes:
        return f"`{claim.text}`"
    return " or ".join(f"${latex(node)}$" for node in claim.nodes)


def quoted(text: str) -> str:
    """What somebody typed, as code, whatever signs are in it."""
    plain = " ".join(text.split()).replace("`", "'")
    return f"`{plain[:200] or ' '}`"


def _set(words: list[str]) -> list[str]:
    text = " ".join(words)
    body = text.rstrip("?!.:;,")
    if not _FORMULA.match(body) or not _SAYS_SOMETHING.search(body):
        return [_literal(text)]
    for pattern, latex_of in _LATEX:
        body = pattern.sub(latex_of, body)
    return [f"${body}${text[len(text.rstrip('?!.:;,')) :]}"]


def _literal(text: str) -> str:
    """Words in which no sign means anything to Markdown."""
    return _ACTIVE.sub(lambda sign: f"\\{sign[0]}", text)


_TYPED = {
    "\\left": "", "\\right": "", "\\cdot": "*", "\\times ": "*", "\\div ": "÷", "\\le ": "<= ", "\\ge ": ">= ",
    "\\quad": " ", "\\": "", "$": "", "**": "", "> ": "", "`": "",
}  # fmt: skip


def typed(markdown: str) -> str:
    """Markdown as it would be typed: formulas in one line, nothing set."""
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", markdown)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^\1", text)
    text = re.sub(r"(?<!\*)\*([^*\n]+)\*(?!\*)", r"\1", text)
    for sign, plain in _TYPED.items():
        text = text.replace(sign, plain)
    return re.sub(r"\n(?:>?\n)+", "\n", text)
