"""Small words in their place: `of` that multiplies, `is` that equates, `and` in a list, the arrow of a limit."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.read.beside import OPERAND_ENDS, OPERAND_STARTS, at
from assistant_magic.tutor.read.tokens import Token


def preposition(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`of` between numbers multiplies; `and` in a list parts; `is` after a variable equates."""
    if tokens[i].kind != "ROLE":
        return 0
    match tokens[i].value:
        case "of":
            return _of(tokens, i, out)
        case "is":
            return _is(tokens, i, out)
        case "and":
            out.append(replace(tokens[i], kind="AND"))
            return 1
        case "to" if tokens[i].text == "->" or (len(out) > 1 and out[-2].kind == "LIM"):
            out.append(replace(tokens[i], kind="TO"))
            return 1
    return 0


def _of(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    if any(t.kind in {"LIMIT", "WHAT_PERCENT", "WHAT_FRACTION"} for t in out):
        return 0
    ranged = (at(out, len(out) - 2).kind, at(out, len(out) - 2).value) == ("ROLE", "to")
    if ranged and any(t.kind in {"SUM", "INTEGRAL", "AREA"} for t in out):
        return 0  # "sum from k = 1 to 10 of k^2"
    limit = any(t.kind == "LIM" for t in out) and before.kind in OPERAND_ENDS
    if limit or before.kind == "DDX":
        out.append(replace(token, kind="OF"))
        return 1
    starts = OPERAND_STARTS | {"-", "SPOKEN"}
    if before.kind in {"NUM", "VULGAR", "MIXED", "PERCENT"} and after.kind in starts | {"FILLER"}:
        reach = next((k for k in range(1, 4) if at(tokens, i + k).kind != "FILLER"), 1)
        them = at(tokens, i + reach).value == "all"
        if at(tokens, i + reach).kind in starts and not them:
            out.append(replace(token, kind="OF"))
            return reach
    return 0


def _is(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    makes = token.text.lower() in {"makes", "make", "gives"} and before.kind == "NAME"
    if makes and after.kind == "NAME" and at(tokens, i + 2).kind in {"NUM", "-"}:
        out += [after, Token("REL", "=", token.text, True)]  # "what x makes y 13"
        return 2
    said = [t.text.lower() for t in out[-4:]]
    asked = said[-2:-1] in (["which"], ["what"]) or (
        said[:1] in (["which"], ["what"]) and said[2:3] == ["of"]
    )
    if before.kind == "NAME" and asked:
        return 0  # "for what value of x is 3x - 1 = 8"
    named = any(t.kind == "NAME" and t.text.endswith("number") for t in out)
    equates = (
        (named and before.kind in OPERAND_ENDS and after.kind in OPERAND_STARTS | {"-"})
        or (before.kind == "UNIT" and at(out, len(out) - 2).kind == "NUM" and after.kind == "NUM")
        or (before.kind in {"NAME", "}"} and after.kind in {"NUM", "VULGAR", "-", "MIXED"})
    )
    if equates:
        out.append(replace(token, kind="REL", value="="))
    return int(equates)


def arrow(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`x → 2` of a limit, `hex 2F -> binary`."""
    token = tokens[i]
    if token.kind == "LIM" and at(tokens, i + 1).value == "as":
        out.append(replace(token, kind="LIMIT", value=""))
        return 1
    if token.kind == "INT" and at(tokens, i + 1).value in {"from", "between"}:
        out.append(replace(token, kind="INTEGRAL", value=""))
        return 1
    if token.kind != "->":
        return 0
    limit = any(t.kind == "LIM" for t in out[-5:])
    kind = "TO" if limit else "STOP" if at(tokens, i + 1).text.startswith("P") else "ROLE"
    out.append(replace(token, kind=kind, value="to"))
    return 1
