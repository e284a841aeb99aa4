"""Signs get their meaning from what stands beside them: is this `x` a times sign, this `|` an end, this `!` a factorial?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.read.beside import OPERAND_ENDS, OPERAND_STARTS, RELATION_SIGNS, Change, at, kinds
from assistant_magic.tutor.read.joints import (
    aim,
    combinations,
    compared,
    counted_numbers,
    more_than_unknown,
    nested,
    nth_root,
    number_sought,
    part_of_unit,
    power_words,
    scaled,
    total_of_dice,
    unit_of_years,
    verb_between,
)
from assistant_magic.tutor.read.letters import (
    called,
    chained,
    defined_next,
    differential,
    event,
    log_digits,
    subscript,
    unit_power,
)
from assistant_magic.tutor.read.meant import meant_results, pronoun, roots_wanted
from assistant_magic.tutor.read.numerals import (
    base,
    between_numbers,
    counting,
    dimensions,
    fraction,
    mixed,
    ordinal,
    ratio,
    recurring,
    times,
    to_the,
)
from assistant_magic.tutor.read.prepositions import arrow, preposition
from assistant_magic.tutor.read.tokens import Token

_STOPS = frozenset({".", "?", ":", "~", '"', "'"})


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


def _spoken_sign(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`a minus sign`: the sign is only named."""
    if tokens[i].kind in {"+", "-", "*", "/"} and at(tokens, i + 1).text.lower() in {"sign", "signs"}:
        return 2
    before = at(out, len(out) - 1)
    article = tokens[i].kind == "FILLER" and tokens[i].text.lower() in {"the", "a", "an"}
    if (
        article
        and before.kind in {"+", "-", "*", "/", "SPOKEN"}
        and at(tokens, i + 1).kind in OPERAND_STARTS | {"SPOKEN"}
    ):
        return 1
    return 0


def _verb(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`square 13`, `cube it`: the verb, not the shape."""
    token, following = tokens[i], at(tokens, i + 1)
    before = at(out, len(out) - 1)
    verb = token.text.lower() in {"square", "cube"} and before.text not in {"a", "the", "perfect"}
    if verb and (
        following.kind in {"NUM", "REF", "("} or (following.kind == "NAME" and following.text == "x")
    ):
        out.append(replace(token, kind="SPOKEN", value=token.text.lower()))
        return 1
    return 0


def _remark(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`(r > 0)` is a remark, not a factor; so is a number said again: `0.3 recurring (0.333...)`."""
    token = tokens[i]
    if token.kind != "(" or at(out, len(out) - 1).kind == "CALL":
        return 0
    depth, end = 0, 0
    for k in range(i, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[k].kind, 0)
        if depth == 0:
            end = k
            break
    inner = tokens[i + 1 : end]
    if at(out, len(out) - 1).kind == "RECURRING" and [t.kind for t in inner] in (
        ["NUM", "DOTS"],
        ["RECURRING"],
    ):
        return end - i + 1
    if end and any(t.kind in RELATION_SIGNS for t in inner):
        out += [replace(token, kind="STOP"), *meaning_of_signs(inner), replace(token, kind="STOP", text=")")]
        return end - i + 1
    return 0


def _bar(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind != "|":
        return 0
    depth = sum(1 for t in out if t.kind == "OPENBAR") - sum(1 for t in out if t.kind == "CLOSEBAR")
    closes = depth > 0 and at(out, len(out) - 1).kind in OPERAND_ENDS
    out.append(replace(token, kind="CLOSEBAR" if closes else "OPENBAR"))
    return 1


def _factorial(tokens: list[Token], i: int, out: list[Token]) -> int:
    token, before = tokens[i], at(out, len(out) - 1)
    if token.kind == "!" and (token.spaced or before.kind not in {"NUM", "NAME", ")", "!"}):
        out.append(replace(token, kind="STOP"))
        return 1
    if token.kind == "FACTORIAL_WORD" and before.kind in {"NUM", "NAME", ")"}:
        out.append(replace(token, kind="!", value="!"))
        return 1
    return 0


_ASKING = frozenset({"what", "now", "please", "then", "pls", "plz"})


def _relation(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind in RELATION_SIGNS or token.kind == "REL" or _asks_equal(tokens, i):
        n = 1
        while at(tokens, i + n).kind in {"?", "~", "DOTS"} or at(tokens, i + n).text.lower() in _ASKING:
            n += 1
        asked = n > 1 and at(tokens, i + n).kind not in {"/", "*", "+", "-", "^"}
        if asked or at(tokens, i + n).kind == "END" or _asks_equal(tokens, i):
            out.append(replace(token, kind="ASKED"))
            return n
        value = token.value if token.kind == "REL" else token.kind
        out.append(replace(token, kind="REL", value=value))
        return 1
    if token.kind == "?" and (
        (at(out, len(out) - 1).kind == "," and at(tokens, i + 1).kind in {"END", ","})
        or at(tokens, i + 1).kind in {"/", "*", "+", "-", "^"}
        or at(out, len(out) - 1).kind in {"/", "*", "+", "-", "^"}
    ):
        out.append(replace(token, kind="NAME", value="box"))
        return 1
    blank = token.kind == "_" and "," in {at(out, len(out) - 1).kind, at(tokens, i + 1).kind}
    if blank and at(tokens, i + 1).kind != "_":
        out.append(replace(token, kind="NAME", value="box"))
        return 1
    if token.kind == "_" and kinds(tokens, i, 3) == ("_", "_", "_"):
        out.append(replace(token, kind="NAME", value="box"))
        return 3
    return 0


def _asks_equal(tokens: list[Token], i: int) -> bool:
    """`what does 60 - 18 equal`."""
    return tokens[i].text.lower() in {"equal", "equals"} and at(tokens, i + 1).kind in {"END", "?", "."}


def _dots(tokens: list[Token], i: int, out: list[Token]) -> int:
    """Dots that stand for terms; others end a clause."""
    token = tokens[i]
    if token.kind != "DOTS":
        return 0
    listed = {",", "+", "*", ";"}
    inside = at(out, len(out) - 1).kind in listed or at(tokens, i + 1).kind in listed
    out.append(token if inside else replace(token, kind="STOP"))
    return 1


def _stop(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind in _STOPS:
        out.append(replace(token, kind="STOP"))
        return 1
    return 0


def _tight_quotient(tokens: list[Token], i: int, out: list[Token]) -> int:
    """The slash of `1/2x` and of `6÷2(1+2)`, which people read in two ways."""
    token = tokens[i]
    if token.kind != "/" or token.text.isalpha():
        return 0
    under, after = at(tokens, i + 1), at(tokens, i + 2)
    product = (
        under.kind in {"NUM", "NAME"}
        and after.kind in {"NAME", "(", "FUNC", "ROOT", "CALL"}
        and not after.spaced
    )
    if product and not (under.kind == "NAME" and after.kind in {"FUNC", "CALL"}):
        out.append(replace(token, kind="OVERTIGHT"))
        return 1
    return 0


_DROPPED_SIGNS = {"£", "€", "$", "`", ";;"}


def _dropped(tokens: list[Token], i: int, out: list[Token]) -> int:
    token = tokens[i]
    if token.kind == "%":
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


_PASSES: tuple[tuple[Change, ...], ...] = (
    (
        _dropped,
        dimensions,
        event,
        base,
        scaled,
        total_of_dice,
        unit_of_years,
        part_of_unit,
        mixed,
        log_digits,
        counting,
        ordinal,
        unit_power,
        subscript,
    ),
    (fraction, combinations),
    (times, recurring, _bar, nth_root, to_the, power_words, differential, chained, called),
    (
        _remark,
        _verb,
        number_sought,
        aim,
        counted_numbers,
        meant_results,
        pronoun,
        roots_wanted,
        more_than_unknown,
        nested,
        verb_between,
        _spoken_sign,
    ),
    (compared, defined_next),
    (_relation, ratio, _tight_quotient, arrow, _dots),
    (_factorial, preposition, between_numbers),
    (_stop,),
)
