"""LaTeX commands become the signs and words that pupils type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.read.tokens import Token

_COMMANDS = {
    "cdot": "*", "times": "*", "div": "/", "pm": "±", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "lt": "<",
    "gt": ">", "ne": "!=", "neq": "!=", "to": "->", "rightarrow": "->", "ldots": "...", "dots": "...", "cdots": "...",
    "circ": "°", "%": "%", "$": "", "{": "{", "}": "}", "partial": "∂", "mid": "|", "vert": "|", "lvert": "|",
    "rvert": "|", "colon": ":", "leqslant": "<=", "geqslant": ">=", "ast": "*", "degree": "°",
}  # fmt: skip
_DROPPED = {
    "left", "right", "displaystyle", "quad", "qquad", ",", ";", ":", "!", " ", "text", "mathrm", "operatorname",
    "bigl", "bigr", "Big", "big", "limits", "dfrac", "(", ")", "[", "]", "mathbf", "vec",
}  # fmt: skip


def without_latex(tokens: Sequence[Token]) -> list[Token]:
    """The same tokens with every LaTeX command replaced; matrices become nested lists."""
    out: list[Token] = []
    matrix, skip = False, 0
    for i, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if token.kind == "LATEX" and token.value in {"begin", "end"}:
            skip = next((j - i for j in range(i, len(tokens)) if tokens[j].kind == "}"), 0)
            matrix = token.value == "begin"
            out += _signs("[[" if matrix else "]]", token)
        elif matrix and token.kind == "&":
            out += _signs(",", token)
        elif token.kind == "LATEX" and token.value == "\\":
            out += _signs("],[", token)
        elif token.kind == "LATEX":
            out += _command(token)
        elif token.kind != "$":
            out.append(token)
    return _degrees(out)


def _signs(signs: str, token: Token) -> list[Token]:
    return [Token(sign, sign, token.text, False) for sign in signs]


def _command(token: Token) -> list[Token]:
    value = token.value
    if value in {"frac", "tfrac", "dfrac"}:
        return [replace(token, kind="FRAC")]
    if value == "sqrt":
        return [replace(token, kind="LATEXROOT", value="sqrt")]
    if value in {"int", "sum", "lim"}:
        return [replace(token, kind={"int": "INT", "sum": "SIGMA", "lim": "LIM"}[value])]
    if value in _COMMANDS:
        sign = _COMMANDS[value]
        return [replace(token, kind=sign, value=sign)] if sign else []
    return [] if value in _DROPPED else [replace(token, kind="WORD")]


def _degrees(tokens: list[Token]) -> list[Token]:
    r"""`30^{\circ}` and `30^\circ` are 30°."""
    out: list[Token] = []
    for token in tokens:
        if token.kind == "°":
            while out and out[-1].kind in {"^", "{"}:
                out.pop()
            out.append(token)
        elif token.kind == "}" and out and out[-1].kind == "°":
            continue
        else:
            out.append(token)
    return out
