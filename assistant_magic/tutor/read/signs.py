"""Signs get their meaning from what stands beside them: is this `x` a times sign, this `|` an end, this `!` a factorial?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant_magic.tutor.read.tokens import Token

_RELATIONS = {"=", "<", ">", "<=", ">=", "!="}
_OPERAND_ENDS = frozenset(
    {
        "NUM",
        "VULGAR",
        "MIXED",
        "RECURRING",
        "NAME",
        ")",
        "]",
        "}",
        "CLOSEBAR",
        "!",
        "REF",
        "SQUARED",
        "CUBED",
        "PERCENT",
        "DEG",
    }
)
_OPERAND_STARTS = frozenset(
    {
        "NUM",
        "VULGAR",
        "MIXED",
        "NAME",
        "(",
        "[",
        "FUNC",
        "ROOT",
        "LATEXROOT",
        "FRAC",
        "OPENBAR",
        "CALL",
        "|",
        "REF",
    }
)
_STOPS = frozenset({".", "?", "!", ":", "~", '"', "'"})
_APPLIED_NAMES = frozenset("fghFGHpT")

Change = Callable[[list[Token], int, list[Token]], int]
"""Looks at `tokens[i]`, appends what it stands for to `out`, and says how many tokens that took; 0 for 'not mine'."""


def meaning_of_signs(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with every sign read in its place."""
    current = list(tokens)
    for changes in _PASSES:
        out: list[Token] = []
        i = 0
        while i < len(current):
            taken = next((n for change in changes if (n := change(current, i, out))), 0)
            if not taken:
                out.append(current[i])
            i += taken or 1
        current = out
    return current


def _at(tokens: Sequence[Token], i: int) -> Token:
    return tokens[i] if 0 <= i < len(tokens) else Token("END", "", "")


def _kinds(tokens: Sequence[Token], i: int, n: int) -> tuple[str, ...]:
    return tuple(_at(tokens, i + k).kind for k in range(n))


def _mixed(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, following = tokens[i], _at(tokens, i + 1)
    whole = token.kind == "NUM" and token.value.isdigit()
    if whole and following.kind == "VULGAR" and not _at(out, len(out) - 1).kind == "/":
        out.append(replace(token, kind="MIXED", value=f"{token.value} {following.value}"))
        return 2
    if whole and _kinds(tokens, i + 1, 3) == ("NUM", "/", "NUM"):
        over, slash, under = tokens[i + 1 : i + 4]
        if (
            over.spaced
            and not slash.spaced
            and not under.spaced
            and over.value.isdigit()
            and under.value.isdigit()
        ):
            if int(over.value) < int(under.value):
                out.append(replace(token, kind="MIXED", value=f"{token.value} {over.value}/{under.value}"))
                return 4
    return 0


def _times(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, before, after = tokens[i], _at(out, len(out) - 1), _at(tokens, i + 1)
    if token.kind != "NAME" or token.text not in {"x", "X"} or before.kind not in _OPERAND_ENDS:
        return 0
    negative = (
        after.kind == "-"
        and after.spaced
        and _at(tokens, i + 2).kind == "NUM"
        and not _at(tokens, i + 2).spaced
    )
    numbers = before.kind in {"NUM", "VULGAR", "MIXED"} and (
        after.kind in {"NUM", "VULGAR", "MIXED"} or (negative and token.spaced)
    )
    apart = (
        token.spaced
        and after.spaced
        and before.kind in {"NUM", "VULGAR", "MIXED", ")"}
        and after.kind in {"(", "NUM", "VULGAR", "ROOT"}
    )
    if numbers or apart:
        out.append(replace(token, kind="*", value="*"))
        return 1
    return 0


def _recurring(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, following = tokens[i], _at(tokens, i + 1)
    digits = token.value.partition(".")[2]
    if token.kind != "NUM" or not digits or following.kind not in {"DOTS", "RECURRING_WORD"}:
        return 0
    if following.kind == "DOTS" and (following.spaced or len(digits) < 2):
        return 0
    period = next((p for p in range(1, len(digits) + 1) if _repeats(digits, p)), len(digits))
    start = len(digits) % period if following.kind == "RECURRING_WORD" else _start(digits, period)
    whole, block = int(token.value.replace(".", "")), int(token.value.replace(".", "")[:-period] or "0")
    under = (10**period - 1) * 10 ** (len(digits) - period)
    del start
    out.append(replace(token, kind="RECURRING", value=f"{whole - block}/{under}"))
    return 2


def _spoken_sign(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`a minus sign`: the sign is only named."""
    if tokens[i].kind in {"+", "-", "*", "/"} and _at(tokens, i + 1).text.lower() in {"sign", "signs"}:
        return 2
    return 0


def _verb(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`square 13`, `cube it`: the verb, not the shape."""
    token, following = tokens[i], _at(tokens, i + 1)
    before = _at(out, len(out) - 1)
    if token.text.lower() in {"square", "cube"} and before.text not in {"a", "the", "perfect"}:
        if following.kind in {"NUM", "REF"} or (following.kind == "NAME" and following.text == "x"):
            out.append(replace(token, kind="SPOKEN", value=token.text.lower()))
            return 1
    return 0


def _remark(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`(r > 0)` is a remark, not a factor; so is a number said again: `0.3 recurring (0.333...)`."""
    token = tokens[i]
    if token.kind != "(" or _at(out, len(out) - 1).kind == "CALL":
        return 0
    depth, end = 0, 0
    for k in range(i, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[k].kind, 0)
        if depth == 0:
            end = k
            break
    inner = tokens[i + 1 : end]
    if _at(out, len(out) - 1).kind == "RECURRING" and [t.kind for t in inner] in (["NUM", "DOTS"], ["RECURRING"]):
        return end - i + 1
    if end and any(t.kind in _RELATIONS for t in inner):
        out += [replace(token, kind="STOP"), *meaning_of_signs(inner), replace(token, kind="STOP", text=")")]
        return end - i + 1
    return 0


def _repeats(digits: str, period: int) -> bool:
    tail = digits[-period:]
    return len(digits) == period or (len(digits) >= 2 * period and digits.endswith(tail * 2))


def _start(digits: str, period: int) -> int:
    return len(digits) % period


def _bar(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind != "|":
        return 0
    depth = sum(1 for t in out if t.kind == "OPENBAR") - sum(1 for t in out if t.kind == "CLOSEBAR")
    closes = depth > 0 and _at(out, len(out) - 1).kind in _OPERAND_ENDS
    out.append(replace(token, kind="CLOSEBAR" if closes else "OPENBAR"))
    return 1


def _factorial(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, before = tokens[i], _at(out, len(out) - 1)
    if token.kind == "!" and (token.spaced or before.kind not in {"NUM", "NAME", ")", "!"}):
        out.append(replace(token, kind="STOP"))
        return 1
    if token.kind == "FACTORIAL_WORD" and before.kind in {"NUM", "NAME", ")"}:
        out.append(replace(token, kind="!", value="!"))
        return 1
    return 0


def _relation(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind in _RELATIONS or (token.kind == "REL"):
        n = 1
        while _at(tokens, i + n).kind in {"?", "~", "DOTS"}:
            n += 1
        asked = n > 1 and _at(tokens, i + n).kind not in {"/", "*", "+", "-", "^"}
        if asked or _at(tokens, i + n).kind == "END":
            out.append(replace(token, kind="ASKED"))
            return n
        value = token.value if token.kind == "REL" else token.kind
        out.append(replace(token, kind="REL", value=value))
        return 1
    if token.kind == "?" and (
        _at(tokens, i + 1).kind in {"/", "*", "+", "-", "^"}
        or _at(out, len(out) - 1).kind in {"/", "*", "+", "-", "^"}
    ):
        out.append(replace(token, kind="NAME", value="box"))
        return 1
    if token.kind == "_" and _kinds(tokens, i, 3) == ("_", "_", "_"):
        out.append(replace(token, kind="NAME", value="box"))
        return 3
    return 0


def _ratio(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, before, after = tokens[i], _at(out, len(out) - 1), _at(tokens, i + 1)
    if token.kind == ":" and before.kind in {"NUM", "UNIT", "NAME"} and after.kind in {"NUM", "NAME"}:
        if (
            before.kind != "NAME"
            and after.kind == "NUM"
            and (token.spaced == after.spaced or before.kind == "UNIT")
        ):
            out.append(replace(token, kind="COLON"))
            return 1
    return 0


def _dots(tokens: list[Token], i: int, out: list[Token]) -> int:
    """Dots that stand for terms; others end a clause."""
    token = tokens[i]
    if token.kind != "DOTS":
        return 0
    listed = {",", "+", "*", ";"}
    inside = _at(out, len(out) - 1).kind in listed or _at(tokens, i + 1).kind in listed
    out.append(token if inside else replace(token, kind="STOP"))
    return 1


def _subscript(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`u_1`, `u_{n+1}`, `F1` are names."""
    token, following = tokens[i], _at(tokens, i + 1)
    if token.kind != "NAME" or token.value in {"E", "I", "pi"}:
        return 0
    if following.kind == "NUM" and not following.spaced and following.value.isdigit():
        out.append(replace(token, value=f"{token.value}_{following.value}"))
        return 2
    if following.kind != "_" or _at(out, len(out) - 1).kind in {"FUNC", "_"}:
        return 0
    if _at(tokens, i + 2).kind == "{":
        end = next((k for k in range(i + 3, min(i + 8, len(tokens))) if tokens[k].kind == "}"), 0)
        inner = "".join(t.text for t in tokens[i + 3 : end])
    else:
        end, inner = i + 2, _at(tokens, i + 2).text
    if not end or not inner:
        return 0
    out.append(replace(token, value=f"{token.value}_{inner}"))
    return end - i + 1


def _unit_power(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`m²`, `square metres`, `km/h`."""
    token = tokens[i]
    if token.kind != "UNIT":
        return 0
    if _kinds(tokens, i + 1, 4) == ("^", "{", "NUM", "}"):
        out.append(replace(token, value=f"{token.value}^{tokens[i + 3].value}"))
        return 5
    if _kinds(tokens, i + 1, 2) == ("^", "NUM"):
        out.append(replace(token, value=f"{token.value}^{tokens[i + 2].value}"))
        return 3
    power = {"SQUARE": "2", "SQUARED": "2", "CUBIC": "3"}.get(_at(out, len(out) - 1).kind)
    if power and _at(out, len(out) - 1).text.lower() in {"square", "cubic", "sq"}:
        out.pop()
        out.append(replace(token, value=f"{token.value}^{power}"))
        return 1
    if _at(tokens, i + 1).kind == "/" and _at(tokens, i + 2).kind in {"UNIT", "NAME"}:
        speed = {("km", "h"): "kmh", ("m", "s"): "ms", ("mile", "h"): "mph"}.get((token.value, _at(tokens, i + 2).text[:1]))
        if speed:
            out.append(replace(token, value=speed))
            return 3
    return 0


def _stop(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind in _STOPS:
        out.append(replace(token, kind="STOP"))
        return 1
    return 0


def _called(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    primes = 0
    while _at(tokens, i + 1 + primes).kind == "'":
        primes += 1
    opens = _at(tokens, i + 1 + primes)
    if opens.kind != "(" or (opens.spaced and token.kind == "NAME"):
        return 0
    before = _at(out, len(out) - 1)
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


def _log_digits(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`log2(x)` and `log10 5`: digits stuck to `log` are its base."""
    token, digits = tokens[i], _at(tokens, i + 1)
    if token.kind != "FUNC" or token.text.lower() != "log" or digits.kind != "NUM" or digits.spaced:
        return 0
    out += [token, replace(digits, kind="_", value="_"), digits]
    return 2


def _between_numbers(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`7 3 9 1 5` and `r=2 h=7` are lists without commas."""
    token, before = tokens[i], _at(out, len(out) - 1)
    if not token.spaced:
        return 0
    bare = before.kind == "NUM" and token.kind == "NUM" and _at(tokens, i + 1).kind not in {"/", "UNIT"}
    next_equation = (
        before.kind in {"NUM", "UNIT"}
        and token.kind == "NAME"
        and _at(tokens, i + 1).kind == "REL"
        and any(t.kind == "REL" for t in out)
    )
    signed = (
        before.kind == "NUM"
        and token.kind == "-"
        and _at(tokens, i + 1).kind == "NUM"
        and not _at(tokens, i + 1).spaced
        and _at(out, len(out) - 2).kind == ","
    )
    if bare or next_equation or signed:
        out += [Token(",", ",", ""), token]
        return 1
    return 0


def _tight_quotient(tokens: list[Token], i: int, out: list[Token]) -> int:
    """The slash of `1/2x` and of `6÷2(1+2)`, which people read in two ways."""
    token = tokens[i]
    if token.kind != "/" or token.text.isalpha():
        return 0
    under, after = _at(tokens, i + 1), _at(tokens, i + 2)
    product = (
        under.kind in {"NUM", "NAME"}
        and after.kind in {"NAME", "(", "FUNC", "ROOT", "CALL"}
        and not after.spaced
    )
    if product and not (under.kind == "NAME" and after.kind in {"FUNC", "CALL"}):
        out.append(replace(token, kind="OVERTIGHT"))
        return 1
    return 0


def _differential(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`dx` at the end of an integral."""
    token, following = tokens[i], _at(tokens, i + 1)
    if token.kind == "NAME" and token.text == "d" and following.kind == "NAME" and not following.spaced:
        if any(t.kind in {"INT", "INTEGRAL"} for t in out):
            out.append(replace(token, kind="DVAR", value=f"d{following.value}"))
            return 2
    return 0


def _base(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`in base 8`, `101101₂`; `log base 2` keeps its base."""
    token, following = tokens[i], _at(tokens, i + 1)
    if token.kind == "BASE" and following.kind == "NUM" and not any(t.kind == "FUNC" for t in out[-3:]):
        before = _at(out, len(out) - 1)
        if token.text.lower() != "base" or (before.kind == "ROLE" and before.value in {"in", "to", "into", "from", "as"}):
            out.append(replace(token, kind="IN_BASE", value=following.value))
            return 2
    if token.kind == "NUM" and token.value.isdigit() and _kinds(tokens, i + 1, 2) == ("_", "NUM"):
        out.append(replace(token, kind="BASED", value=f"{token.value}:{_at(tokens, i + 2).value}"))
        return 3
    return 0


def _event(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`P(not A)` is one name."""
    token = tokens[i]
    if token.text != "P" or _at(tokens, i + 1).kind != "(" or _at(tokens, i + 1).spaced:
        return 0
    end = next((k for k in range(i + 2, min(i + 9, len(tokens))) if tokens[k].kind == ")"), 0)
    inner = " ".join(t.text for t in tokens[i + 2 : end])
    if not end or any(t.kind in {"NUM", "+", "*", "^"} for t in tokens[i + 2 : end]):
        return 0
    out.append(replace(token, kind="NAME", value=f"P({inner})"))
    return end - i + 1


def _dimensions(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`3x3 matrix`: the size says nothing that the matrix does not show."""
    kinds = _kinds(tokens, i, 4)
    if kinds[0] == "NUM" and tokens[i + 1 : i + 2] and tokens[i + 1].text in {"x", "*", "by", "×"} and kinds[2] == "NUM" and kinds[3] == "MATRIX":
        return 3
    return 0


_DROPPED_SIGNS = {"£", "€", "$", "`", ";;"}


def _dropped(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind in {"%"}:
        out.append(replace(token, kind="PERCENT"))
        return 1
    if token.kind == "°":
        out.append(replace(token, kind="DEG"))
        return 1
    single = {
        "√": ("ROOT", "sqrt"),
        "∛": ("ROOT", "cbrt"),
        "∞": ("NAME", "oo"),
        "∫": ("INT", ""),
        "∑": ("SIGMA", ""),
        "Σ": ("SIGMA", ""),
    }
    if token.kind in single:
        kind, value = single[token.kind]
        out.append(replace(token, kind=kind, value=value))
        return 1
    return 1 if token.kind in _DROPPED_SIGNS else 0


def _ordinal_power(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`ten to the fourth`, `x to the 4th power`, `10th`."""
    token, following = tokens[i], _at(tokens, i + 1)
    if token.kind == "NUM" and following.text in {"th", "st", "nd", "rd"} and not following.spaced:
        out.append(replace(token, kind="ORDINAL"))
        return 2
    return 0


def _to_the(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    before = _at(out, len(out) - 1)
    if (
        before.kind in _OPERAND_ENDS
        and (token.kind, token.value) == ("ROLE", "to")
        and _at(tokens, i + 1).text == "the"
        and _at(tokens, i + 2).kind == "ORDINAL"
    ):
        extra = 1 if _at(tokens, i + 3).kind == "POWER_WORD" else 0
        out += [replace(token, kind="^", value="^"), replace(tokens[i + 2], kind="NUM")]
        return 3 + extra
    if token.kind == "^" and _at(tokens, i + 1).kind == "ORDINAL":
        out += [token, replace(tokens[i + 1], kind="NUM")]
        return 2 + (_at(tokens, i + 2).kind == "POWER_WORD")
    return 0


def _fraction_of(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`of` between numbers multiplies; `and` in a list parts; `is` after a variable equates."""
    token, before, after = tokens[i], _at(out, len(out) - 1), _at(tokens, i + 1)
    if token.kind != "ROLE":
        return 0
    if token.value == "of" and before.kind == "DDX":
        out.append(replace(token, kind="OF"))
        return 1
    if (
        token.value == "of"
        and before.kind in {"NUM", "VULGAR", "MIXED", "PERCENT"}
        and after.kind in _OPERAND_STARTS | {"-", "SPOKEN", "FILLER"}
    ):
        reach = next((k for k in range(1, 4) if _at(tokens, i + k).kind != "FILLER"), 1)
        if _at(tokens, i + reach).kind in _OPERAND_STARTS | {"-", "SPOKEN"}:
            out.append(replace(token, kind="OF"))
            return reach
    if token.value == "of" and any(t.kind == "LIM" for t in out) and before.kind in _OPERAND_ENDS:
        out.append(replace(token, kind="OF"))
        return 1
    if token.value == "and":
        out.append(replace(token, kind="AND"))
        return 1
    if token.value == "is" and any(t.kind == "NAME" and t.text.endswith("number") for t in out) and before.kind in _OPERAND_ENDS and after.kind in _OPERAND_STARTS | {"-"}:
        out.append(replace(token, kind="REL", value="="))
        return 1
    if token.value == "is" and before.kind == "UNIT" and after.kind == "NUM":
        out.append(replace(token, kind="REL", value="="))
        return 1
    if token.value == "is" and before.kind == "NAME" and after.kind in {"NUM", "VULGAR", "-", "MIXED"}:
        out.append(replace(token, kind="REL", value="="))
        return 1
    if (token.value == "to" and token.text == "->") or (
        token.value == "to" and len(out) > 1 and out[-2].kind == "LIM"
    ):
        out.append(replace(token, kind="TO"))
        return 1
    return 0


def _arrow(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind != "->":
        return 0
    limit = any(t.kind == "LIM" for t in out[-5:])
    kind = "TO" if limit else "STOP" if _at(tokens, i + 1).text.startswith("P") else "ROLE"
    out.append(replace(token, kind=kind, value="to"))
    return 1


_PASSES: tuple[tuple[Change, ...], ...] = (
    (_dropped, _dimensions, _event, _base, _mixed, _log_digits, _ordinal_power, _unit_power, _subscript),
    (_times, _recurring, _bar, _to_the, _differential, _called),
    (_remark, _verb, _spoken_sign),
    (_relation, _ratio, _tight_quotient, _arrow, _dots),
    (_factorial, _fraction_of, _between_numbers),
    (_stop,),
)
