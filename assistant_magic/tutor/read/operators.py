"""`d/dx`, `d²/dt²`, `∂/∂x` and `dy/dx`, in plain signs or LaTeX, each as one token."""

from __future__ import annotations

from collections.abc import Sequence

from assistant_magic.tutor.read.tokens import Token

_LONGEST = 16


def with_operators(tokens: Sequence[Token]) -> list[Token]:
    """The same tokens with every differential operator joined."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        found = _operator(tokens, i)
        if found:
            out.append(found[0])
            i += found[1]
        else:
            out.append(tokens[i])
            i += 1
    return out


def _operator(tokens: Sequence[Token], i: int) -> tuple[Token, int] | None:
    first = tokens[i]
    if first.kind not in {"WORD", "∂", "FRAC"} or (first.kind == "WORD" and first.value[0] != "d"):
        return None
    for end in range(min(i + _LONGEST, len(tokens)), i + 1, -1):
        text = "".join(t.value for t in tokens[i:end] if t.kind not in {"{", "}", "FRAC", "^"})
        if any(t.kind not in {"WORD", "∂", "FRAC", "{", "}", "^", "/", "NUM"} for t in tokens[i:end]):
            continue
        found = _meaning(text.replace("∂", "d").replace("/", ""), first)
        if found and tokens[end - 1].kind != "{" and _balanced(tokens[i:end]):
            return found, end - i
    return None


def _balanced(tokens: Sequence[Token]) -> bool:
    return sum(t.kind == "{" for t in tokens) == sum(t.kind == "}" for t in tokens) and any(
        t.kind in {"/", "FRAC"} for t in tokens
    )


def _meaning(text: str, first: Token) -> Token | None:
    """`ddx` → with respect to x, once; `d2dt2` → twice; `dydx`, `d2ydx2` → of y."""
    order = text[1] if text[1:2].isdigit() else ""
    rest = text[2:] if order else text[1:]
    top, _, below = rest.partition("d")
    letter = below[:1]
    if (
        text[:1] != "d"
        or not letter.isalpha()
        or below[1:] != order
        or (top and (len(top) > 1 or not top.isalpha()))
    ):
        return None
    if top:
        return Token("DYDX", order or "1", first.text, first.spaced)
    return Token("DDX", f"{letter},{order or '1'}", first.text, first.spaced)
