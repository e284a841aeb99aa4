"""Letters in their context: functions, subscripts, events, differentials, units."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant_magic.tutor.read.beside import OPERAND_ENDS, RELATION_SIGNS, at, kinds
from assistant_magic.tutor.read.tokens import Token

_INDEX = re.compile(r"[\w+\-]+")
_APPLIED_NAMES = frozenset("fghFGHpT")


def subscript(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`u_1`, `u_{n+1}`, `F1` are names."""
    token, following = tokens[i], at(tokens, i + 1)
    if token.kind != "NAME" or token.value in {"E", "I", "pi"}:
        return 0
    if token.value == "x" and at(out, len(out) - 1).kind == "NUM" and not token.spaced:
        return 0  # the times sign of `3x5`
    if following.kind == "NUM" and not following.spaced and following.value.isdigit():
        out.append(replace(token, value=f"{token.value}_{following.value}"))
        return 2
    if following.kind != "_" or at(out, len(out) - 1).kind in {"FUNC", "_"}:
        return 0
    if at(tokens, i + 2).kind == "{":
        end = next((k for k in range(i + 3, min(i + 8, len(tokens))) if tokens[k].kind == "}"), 0)
        inner = "".join(t.text for t in tokens[i + 3 : end])
    else:
        end, inner = i + 2, at(tokens, i + 2).text
    if not end or not _INDEX.fullmatch(inner):
        return 0
    out.append(replace(token, value=f"{token.value}_{inner}"))
    return end - i + 1


def unit_power(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`m²`, `square metres`, `km/h`."""
    token = tokens[i]
    if token.kind != "UNIT":
        return 0
    if kinds(tokens, i + 1, 4) == ("^", "{", "NUM", "}"):
        out.append(replace(token, value=f"{token.value}^{tokens[i + 3].value}"))
        return 5
    if kinds(tokens, i + 1, 2) == ("^", "NUM"):
        out.append(replace(token, value=f"{token.value}^{tokens[i + 2].value}"))
        return 3
    power = {"square": "2", "sq": "2", "cubic": "3"}.get(at(out, len(out) - 1).text.lower())
    if power:
        out.pop()
        out.append(replace(token, value=f"{token.value}^{power}"))
        return 1
    following = at(tokens, i + 1)
    if following.kind == "NUM" and not following.spaced and following.value in {"2", "3"}:
        out.append(replace(token, value=f"{token.value}^{following.value}"))
        return 2
    if at(tokens, i + 1).kind == "/" and at(tokens, i + 2).kind in {"UNIT", "NAME"}:
        speed = {("km", "h"): "kmh", ("m", "s"): "ms", ("mile", "h"): "mph"}.get(
            (token.value, at(tokens, i + 2).text[:1])
        )
        if speed:
            out.append(replace(token, value=speed))
            return 3
    return 0


def called(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`f(3)`, `sin(x)`, `g'(2)`: a name or function that is applied."""
    token = tokens[i]
    primes = 0
    while at(tokens, i + 1 + primes).kind == "'":
        primes += 1
    opens = at(tokens, i + 1 + primes)
    if opens.kind != "(" or (opens.spaced and token.kind == "NAME"):
        return 0
    before = at(out, len(out) - 1)
    named = (
        token.kind == "NAME"
        and token.text in _APPLIED_NAMES
        and not (before.kind in {"NUM", ")"} and token.text in "pT")
    )
    if named or (token.kind in {"FUNC", "ROOT"} and not opens.spaced):
        value = token.text + "'" * primes if token.kind == "NAME" else token.value
        out.append(replace(token, kind="CALL", value=value))
        return 1 + primes
    return 0


def chained(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`fg(x)` is f(g(x)), `f⁻¹(x)` the inverse of f."""
    token, following = tokens[i], at(tokens, i + 1)
    if token.kind != "NAME" or token.text not in "fgh":
        return 0
    inverse = kinds(tokens, i + 1, 5) == ("^", "{", "-", "NUM", "}") or kinds(tokens, i + 1, 3) == (
        "^",
        "-",
        "NUM",
    )
    if inverse:
        start = i + (6 if following.kind == "^" and at(tokens, i + 2).kind == "{" else 4)
        if kinds(tokens, start, 3) == ("(", "NAME", ")") and at(tokens, start - 1).value in {"1", "}"}:
            out += [Token("INVERSE", "", token.text), Token("ROLE", "of", "of"), token]
            return start + 3 - i
    if (
        following.kind != "NAME"
        or following.text not in "fgh"
        or following.spaced
        or at(tokens, i + 2).kind != "("
    ):
        return 0
    end = next((k for k in range(i + 3, len(tokens)) if tokens[k].kind == ")"), 0)
    if not end:
        return 0
    opening = at(tokens, i + 2)
    out += [
        replace(token, kind="CALL", value=token.text),
        opening,
        replace(following, kind="CALL", value=following.text),
    ]
    out += [*tokens[i + 2 : end + 1], replace(tokens[end], spaced=False)]
    return end + 1 - i


def defined_next(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`f(x) = 2x + 1 g(x) = x^2`: a second definition without a comma before it."""
    token, before = tokens[i], at(out, len(out) - 1)
    starts = token.kind == "CALL" and token.spaced and kinds(tokens, i + 1, 3) == ("(", "NAME", ")")
    if starts and at(tokens, i + 4).kind in RELATION_SIGNS and before.kind in OPERAND_ENDS:
        out += [Token(",", ",", ""), token]
        return 1
    return 0


def log_digits(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`log2(x)` and `log10 5`: digits stuck to `log` are its base."""
    token, digits = tokens[i], at(tokens, i + 1)
    if token.kind != "FUNC" or token.text.lower() != "log" or digits.kind != "NUM" or digits.spaced:
        return 0
    out += [token, replace(digits, kind="_", value="_"), digits]
    return 2


def differential(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`dx` at the end of an integral."""
    token, following = tokens[i], at(tokens, i + 1)
    tied = token.kind == "NAME" and token.text == "d" and following.kind == "NAME" and not following.spaced
    if tied and any(t.kind in {"INT", "INTEGRAL"} or "INTEGRAL" in t.also for t in out):
        out.append(replace(token, kind="DVAR", value=f"d{following.value}"))
        return 2
    return 0


def event(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`P(not A)` is one name."""
    token = tokens[i]
    if token.text != "P" or at(tokens, i + 1).kind != "(" or at(tokens, i + 1).spaced:
        return 0
    end = next((k for k in range(i + 2, min(i + 9, len(tokens))) if tokens[k].kind == ")"), 0)
    inner = " ".join(t.text for t in tokens[i + 2 : end])
    if inner.endswith(" '"):
        inner = f"not {inner[:-2]}"
    if not end or any(t.kind in {"NUM", "+", "*", "^"} for t in tokens[i + 2 : end]):
        return 0
    out.append(replace(token, kind="NAME", value=f"P({inner})"))
    return end - i + 1
