"""Numbers in their context: mixed numbers, fractions, recurring decimals, ordinals, lists without commas."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.read.beside import OPERAND_ENDS, at, kinds
from assistant_magic.tutor.read.tokens import Token


def mixed(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`2 1/3` and `2½` are one number each."""
    token, following = tokens[i], at(tokens, i + 1)
    whole = token.kind == "NUM" and token.value.isdigit()
    if whole and following.kind == "VULGAR" and at(out, len(out) - 1).kind != "/":
        out.append(replace(token, kind="MIXED", value=f"{token.value} {following.value}"))
        return 2
    if whole and kinds(tokens, i + 1, 3) == ("NUM", "/", "NUM"):
        over, slash, under = tokens[i + 1 : i + 4]
        if (
            over.spaced
            and not slash.spaced
            and not under.spaced
            and over.value.isdigit()
            and under.value.isdigit()
        ) and int(over.value) < int(under.value):
            out.append(replace(token, kind="MIXED", value=f"{token.value} {over.value}/{under.value}"))
            return 4
    return 0


def fraction(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`3/4` without spaces is one number: `3/4 ÷ 1/2`, `64 to the power 1/2`; not in `2^3/4`, `1/2x`, `6/3/2`."""
    if kinds(tokens, i, 3) != ("NUM", "/", "NUM") or tokens[i + 1].text != "/":
        return 0
    over, slash, under = tokens[i : i + 3]
    before, after = at(out, len(out) - 1), at(tokens, i + 3)
    if slash.spaced or under.spaced or not (over.value.isdigit() and under.value.isdigit()):
        return 0
    if (before.kind in {"/", "^"} and before.text in {"/", "^", "**"} and not over.spaced) or after.kind in {
        "^",
        "!",
        "_",
    }:
        return 0
    if (after.kind in {"NAME", "(", "FUNC", "ROOT", "/"} and not after.spaced) or before.kind in {
        "CALL",
        "FRAC",
    }:
        return 0
    out.append(replace(over, kind="VULGAR", value=f"{over.value}/{under.value}"))
    return 3


def counting(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`6C2`, `10P3`."""
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    if (
        token.kind == "NAME"
        and token.text in {"C", "P"}
        and not token.spaced
        and before.kind == "NUM"
        and after.kind == "NUM"
    ):
        out.append(replace(token, kind="CHOOSE" if token.text == "C" else "PERMUTE"))
        return 1
    return 0


def times(tokens: list[Token], i: int, out: list[Token]) -> int:
    """The x of `3 x 5`."""
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    if token.kind != "NAME" or token.text not in {"x", "X"} or before.kind not in OPERAND_ENDS | {"UNIT"}:
        return 0
    negative = (
        after.kind == "-"
        and after.spaced
        and at(tokens, i + 2).kind == "NUM"
        and not at(tokens, i + 2).spaced
    )
    numbers = before.kind in {"NUM", "VULGAR", "MIXED"} and (
        after.kind in {"NUM", "VULGAR", "MIXED"} or (negative and token.spaced)
    )
    numbers |= before.kind == "UNIT" and after.kind == "NUM"
    apart = (
        token.spaced
        and after.spaced
        and before.kind in {"NUM", "VULGAR", "MIXED", ")"}
        and (after.kind in {"(", "NUM", "VULGAR", "ROOT"} or negative)
    )
    if numbers or apart:
        out.append(replace(token, kind="*", value="*"))
        return 1
    return 0


def recurring(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`0.3 recurring`, `0.142857142857...`."""
    token, following = tokens[i], at(tokens, i + 1)
    digits = token.value.partition(".")[2]
    if token.kind != "NUM" or not digits or following.kind not in {"DOTS", "RECURRING_WORD"}:
        return 0
    if following.kind == "DOTS" and (following.spaced or len(digits) < 2):
        return 0
    period = next((p for p in range(1, len(digits) + 1) if _repeats(digits, p)), len(digits))
    whole, block = int(token.value.replace(".", "")), int(token.value.replace(".", "")[:-period] or "0")
    under = (10**period - 1) * 10 ** (len(digits) - period)
    out.append(replace(token, kind="RECURRING", value=f"{whole - block}/{under}"))
    return 2


def _repeats(digits: str, period: int) -> bool:
    tail = digits[-period:]
    return len(digits) == period or (len(digits) >= 2 * period and digits.endswith(tail * 2))


def ratio(tokens: list[Token], i: int, out: list[Token]) -> int:
    """The colon of `2:3`."""
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    ends = {"NUM", "UNIT", "NAME", "VULGAR", "?"}
    asked = token.kind == ":" and {before.kind, after.kind} & {"NAME", "?"}
    if asked and not (len(before.text) == len(after.text) == 1 or "NUM" in {before.kind, after.kind}):
        return 0
    if asked and after.kind == "?":
        out += [replace(token, kind="COLON"), replace(after, kind="NAME", value="box")]
        return 2
    between = token.kind == ":" and before.kind in ends and after.kind in ends - {"UNIT"}
    between = between and not (
        asked and (token.spaced != after.spaced or (after.spaced and at(out, 0).kind == "SOLVE"))
    )
    if between and (token.spaced == after.spaced or before.kind == "UNIT"):
        out.append(replace(token, kind="COLON"))
        return 1
    return 0


def between_numbers(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`7 3 9 1 5` and `r=2 h=7` are lists without commas."""
    token, before = tokens[i], at(out, len(out) - 1)
    if not token.spaced:
        return 0
    bare = (
        before.kind == "NUM"
        and at(out, len(out) - 2).kind != "_"
        and token.kind == "NUM"
        and at(tokens, i + 1).kind not in {"/", "UNIT"}
    )
    next_equation = (
        before.kind in {"NUM", "UNIT"}
        and token.kind == "NAME"
        and at(tokens, i + 1).kind == "REL"
        and any(t.kind == "REL" for t in out)
    )
    signed = (
        before.kind == "NUM"
        and token.kind == "-"
        and at(tokens, i + 1).kind == "NUM"
        and not at(tokens, i + 1).spaced
        and at(out, len(out) - 2).kind == ","
    )
    if bare or next_equation or signed:
        out += [Token(",", ",", ""), token]
        return 1
    return 0


def base(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`in base 8`, `101101₂`; `log base 2` keeps its base."""
    token, following = tokens[i], at(tokens, i + 1)
    if token.kind == "BASE" and following.kind == "NUM" and not any(t.kind == "FUNC" for t in out[-3:]):
        before = at(out, len(out) - 1)
        if before.kind == "NUM" and before.value.isdigit() and token.text.lower() == "base":
            out[-1] = replace(before, kind="BASED", value=f"{before.value}:{following.value}")
            return 2
        if token.text.lower() != "base" or (
            before.kind == "ROLE" and before.value in {"in", "to", "into", "from", "as"}
        ):
            out.append(replace(token, kind="IN_BASE", value=following.value))
            return 2
    if token.kind == "NUM" and token.value.isdigit() and kinds(tokens, i + 1, 2) == ("_", "NUM"):
        out.append(replace(token, kind="BASED", value=f"{token.value}:{at(tokens, i + 2).value}"))
        return 3
    return 0


def dimensions(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`3x3 matrix`: the size says nothing that the matrix does not show."""
    size = kinds(tokens, i, 4)
    if (
        size[0] == "NUM"
        and tokens[i + 1 : i + 2]
        and tokens[i + 1].text in {"x", "*", "by", "×"}
        and size[2] == "NUM"
        and size[3] == "MATRIX"
    ):
        return 3
    return 0


def ordinal(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`ten to the fourth`, `x to the 4th power`, `10th`."""
    token, following = tokens[i], at(tokens, i + 1)
    if token.kind == "NUM" and following.text in {"th", "st", "nd", "rd"} and not following.spaced:
        out.append(replace(token, kind="ORDINAL"))
        return 2
    return 0


def to_the(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`ten to the fourth`, `x to the 4th power`."""
    token = tokens[i]
    before = at(out, len(out) - 1)
    if (
        before.kind in OPERAND_ENDS
        and (token.kind, token.value) == ("ROLE", "to")
        and at(tokens, i + 1).text == "the"
        and at(tokens, i + 2).kind == "ORDINAL"
    ):
        extra = 1 if at(tokens, i + 3).kind == "POWER_WORD" else 0
        out += [replace(token, kind="^", value="^"), replace(tokens[i + 2], kind="NUM")]
        return 3 + extra
    if token.kind == "^" and at(tokens, i + 1).kind == "ORDINAL":
        out += [token, replace(tokens[i + 1], kind="NUM")]
        return 2 + (at(tokens, i + 2).kind == "POWER_WORD")
    return 0
