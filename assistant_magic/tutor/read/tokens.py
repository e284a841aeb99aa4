"""Signs, numbers and words of a text, before anything is known about their meaning."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_SIGNS = str.maketrans(
    {
        "−": "-", "–": "-", "‐": "-", "‑": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "∕": "/", "⁄": "/",
        "’": "'", "‘": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "⇒": "->", "⟶": "->",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "º": "°", "𝑥": "x", "ℎ": "h", "∆": "Δ", "：": ":", "…": "...", "—": " ~ ",
    }
)  # fmt: skip
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_SUPERSCRIPTS = str.maketrans(_SUPERSCRIPTS, "0123456789-+n")
_PLAIN_SUBSCRIPTS = str.maketrans(_SUBSCRIPTS, "0123456789")
_ABBREVIATION = re.compile(r"\b([A-Za-z])\.([A-Za-z])\b\.?(?!\w)")
"""`d.p.`, `s.f.`, `i.e.`"""
_POSSESSIVE = re.compile(r"\b[b-zB-Z]'s\b")
"""`the p's and the q's`: letters that are only mentioned."""
_COMMA = r"(?<![\d.,])(\d+),(\d{1,2})(?![\d.,])"
_DECIMAL_COMMA = re.compile(rf"(?<=[-+*/^] ){_COMMA}|(?<=[-+*/^]){_COMMA}|{_COMMA}(?=\s*[-+*/^])")
"""`2,5 * 4`: a comma without a space beside an operator; in a list a space follows it."""
_ANY_DECIMAL_COMMA = re.compile(_COMMA)
_TOKEN = re.compile(
    rf"""
    (?P<latex>\\[A-Za-z]+|\\.)
  | (?P<base>0[bxo][0-9a-fA-F]+\b)
  | (?P<dots>\.{{2,}})
  | (?P<power>\d+(?:\.\d+)?[eE][-+]?\d+(?!\w))
  | (?P<number>\d{{1,3}}(?:,\d{{3}})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
  | (?P<vulgar>[¼½¾⅐-⅞])
  | (?P<super>[{_SUPERSCRIPTS}]+)
  | (?P<sub>[{_SUBSCRIPTS}]+)
  | (?P<word>(?:(?![{_SUPERSCRIPTS}{_SUBSCRIPTS}¼½¾⅐-⅞])[^\W\d_])+(?:'[^\W\d_]+)*)
  | (?P<sign>\*\*|->|<=|>=|!=|==|\S)
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text.

    Attributes:
        kind: A terminal of the grammar, a concept of the catalogue in capitals, or `WORD` for what is unknown.
        value: What the grammar gets.
        text: As it was typed.
        spaced: White space stood before it.
        also: Other concepts that the same word can stand for.
    """

    kind: str
    value: str
    text: str
    spaced: bool = True
    also: tuple[str, ...] = ()


def tokens_of(text: str) -> list[Token]:
    """Split a text; typographic signs become plain ones."""
    out: list[Token] = []
    if not any(sign in text for sign in ("\\", "^{", "_{")):
        text = text.replace("{", "(").replace("}", ")")  # the outermost brackets of `{[2 + 3] * 4} - 7`
    text = _ABBREVIATION.sub(r"\1\2 ", _POSSESSIVE.sub(" ", text.translate(_SIGNS)))
    for match in _TOKEN.finditer(_with_points(text)):
        spaced = match.start() == 0 or text[match.start() - 1].isspace()
        out.extend(_tokens(str(match.lastgroup), match.group(), spaced))
    return out


def _with_points(text: str) -> str:
    """Decimal commas become points where no list can be meant: beside an operator, or in a list parted by `;`."""
    if any(c in text for c in "([{") or ", " in text:
        return text
    commas = _ANY_DECIMAL_COMMA if ";" in text else _DECIMAL_COMMA
    return commas.sub(lambda m: ".".join(g for g in m.groups() if g is not None), text)


def _tokens(group: str, text: str, spaced: bool) -> list[Token]:
    match group:
        case "number":
            value = text.replace(",", "")
            return [Token("NUM", "0" + value if value[0] == "." else value, text, spaced)]
        case "power":
            return [Token("NUM", format(Decimal(text), "f"), text, spaced)] if abs(float(text)) < 1e30 else []
        case "dots":
            return [Token("DOTS" if len(text) > 2 else "->", text, text, spaced)]
        case "vulgar":
            return [Token("VULGAR", unicodedata.normalize("NFKC", text).replace("⁄", "/"), text, spaced)]
        case "base":
            base = {"b": 2, "o": 8, "x": 16}[text[1]]
            return [Token("BASED", f"{text[2:]}:{base}", text, spaced)]
        case "super":
            return _superscript(text)
        case "sub":
            return [Token("_", "_", "_", False), Token("NUM", text.translate(_PLAIN_SUBSCRIPTS), text, False)]
        case "word":
            return [Token("WORD", text.replace("'", ""), text, spaced)]
        case "latex":
            return [Token("LATEX", text[1:], text, spaced)]
    sign = _WRITTEN.get(text, text)
    return [Token(sign, sign, text, spaced)]


_WRITTEN = {"**": "^", "==": "=", "÷": "/"}


def _superscript(text: str) -> list[Token]:
    value = text.translate(_PLAIN_SUPERSCRIPTS)
    inner = [Token(c, c, "", False) for c in value[:1] if c in "+-"]
    rest = value.lstrip("+-")
    inner.append(Token("NUM" if rest.isdigit() else "NAME", rest, "", False))
    return [Token("^", "^", text, False), Token("{", "{", "", False), *inner, Token("}", "}", "", False)]


_PARTS = frozenset({*"abcdefgh", "i", "ii", "iii", "iv", "v", "vi"})
_LABEL_WORDS = frozenset({"q", "question", "exercise", "ex", "problem", "no", "number", "task", "part"})


def without_label(tokens: list[Token]) -> list[Token]:
    """The same without the number of an exercise: `Q3)`, `4b.`, `7 a)`, `Exercise 12:`."""
    lettered = [t.kind for t in tokens[:3]] == ["(", "WORD", ")"] and tokens[1].value.lower() in _PARTS
    if lettered and len(tokens) > 4 and tokens[3].kind == "WORD":
        return tokens[3:]
    named = bool(tokens) and tokens[0].value.lower() in _LABEL_WORDS
    at = 1 if named else 0
    kinds = [t.kind for t in tokens]
    if kinds[at : at + 1] != ["NUM"]:
        return tokens
    lettered = at + 1 < len(tokens) and kinds[at + 1] == "WORD" and len(tokens[at + 1].value) == 1
    end = at + 2 if lettered else at + 1
    closed = kinds[end : end + 1] in ([")"], ["."], [":"])
    rest = tokens[end + 1 :]
    if not closed or not rest or (not named and kinds[end] != ")" and not lettered):
        return tokens
    return rest if named or rest[0].spaced else tokens
