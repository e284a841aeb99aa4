"""Words between numbers that work as signs: `7 add 5`, `3 dozen`, `half a kilo`, `2 to the minus 3`, `4th root of 81`."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.read.beside import OPERAND_ENDS, OPERAND_STARTS, RELATION_SIGNS, at, kinds
from assistant_magic.tutor.read.tokens import Token

_VERBS = {"ADD": "+", "SUBTRACT": "-", "MULTIPLY": "*", "DIVIDE": "/"}
_VERB_WORDS = {"add": "+", "subtract": "-", "multiply": "*", "times": "*", "divide": "/"}
_SCALES = frozenset({"dozen", "hundred", "thousand", "million", "billion"})
_ROUNDINGS = frozenset({"PLACES", "FIGURES", "NEAREST", "UNIT", "WHOLE", "DEG", "PERCENT"})


def verb_between(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`7 add 5`, `12 divide by 4`: a verb between two values is a sign."""
    token, before = tokens[i], at(out, len(out) - 1)
    sign = _VERB_WORDS.get(token.text.lower(), "")
    asks = at(out, len(out) - 2).text.lower() in {"does", "do", "will"}
    if token.text.lower() == "divide" and asks and before.kind == "NUM":
        out.append(replace(token, kind="DIVISIBLE", value="", text="divides"))
        return 1  # "does 7 divide 154"
    if not sign or token.kind not in _VERBS or before.kind not in OPERAND_ENDS or before.kind == "REF":
        return 0
    by = 1 if at(tokens, i + 1).text.lower() == "by" else 0
    after = at(tokens, i + 1 + by)
    if after.kind not in OPERAND_STARTS | {"SPOKEN"} or after.kind == "REF":
        return 0
    out.append(Token(sign, sign, token.text, token.spaced))
    return 1 + by


def scaled(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`3 dozen`, `2.5 million`: digits with a number word behind them."""
    token, following = tokens[i], at(tokens, i + 1)
    digits = token.kind == "NUM" and token.text[:1].isdigit()
    if not digits or following.kind != "NUM" or following.text.lower() not in _SCALES:
        return 0
    out += [token, Token("*", "*", "", True), following]
    return 2


def part_of_unit(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`half a kilogram`, `three quarters of an hour`, `2 and a half hours`, `cm in a metre`, `half a percent`."""
    token = tokens[i]
    if token.kind == "NUM" and at(tokens, i + 1).text.lower() == "and" and at(tokens, i + 2).kind == "VULGAR":
        vulgar = at(tokens, i + 2)
        if vulgar.text.lower().startswith(("a ", "one ", "three q")):
            out.append(replace(token, kind="MIXED", value=f"{token.value} {vulgar.value}"))
            return 3
    half = (token.kind, token.value) == ("SPOKEN", "half") or token.kind == "VULGAR"
    reach = 1 + (at(tokens, i + 1).value == "of")
    article = at(tokens, i + reach).text.lower() in {"a", "an"}
    if half and article and at(tokens, i + reach + 1).kind in {"UNIT", "PERCENT"}:
        value = "1/2" if token.kind == "SPOKEN" else token.value
        out.append(replace(token, kind="VULGAR", value=value))
        return reach + 1
    single = token.text.lower() in {"a", "an", "one"} and at(tokens, i + 1).kind == "UNIT"
    asked = any(t.kind in {"HOW_MANY", "CONVERT"} for t in out)
    if single and token.kind in {"FILLER", "NUM"} and asked and at(tokens, i + 1).text.lower() != "m":
        out.append(replace(token, kind="NUM", value="1"))
        return 1
    return 0


def power_words(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`2 to the 8`, `10 to the minus 3`, `16 to the three quarters`, `e to the x`."""
    token, before = tokens[i], at(out, len(out) - 1)
    to_the = (token.kind, token.value) == ("ROLE", "to") and at(tokens, i + 1).text.lower() == "the"
    if not to_the or before.kind not in OPERAND_ENDS or _ranges(out):
        return 0
    minus = 1 if at(tokens, i + 2).kind == "-" or at(tokens, i + 2).text.lower() == "negative" else 0
    value, after = at(tokens, i + 2 + minus), at(tokens, i + 3 + minus)
    if value.kind not in {"NUM", "VULGAR", "NAME"} or after.kind in _ROUNDINGS:
        return 0
    out += [Token("^", "^", token.text, token.spaced), Token("{", "{", "", False)]
    out += [Token("-", "-", "", False)] * minus
    out += [replace(value, spaced=False), Token("}", "}", "", False)]
    return 3 + minus + (after.kind == "POWER_WORD")


def _ranges(out: list[Token]) -> bool:
    """`from 2 to the 8`, `round 74 to the 10`: no power is meant."""
    return any(t.kind == "CORRECT" or (t.kind == "ROLE" and t.value in {"from", "between"}) for t in out)


def nth_root(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`4th root of 81`, `the fifth root of 32`, `³√27`."""
    token, following = tokens[i], at(tokens, i + 1)
    if token.kind == "ORDINAL" and following.text.lower() in {"root", "root of"}:
        reach = 2 + (following.text.lower() == "root" and at(tokens, i + 2).value == "of")
        out.append(replace(token, kind="SPOKEN", value=f"root {token.value}"))
        return reach
    if kinds(tokens, i, 5) == ("^", "{", "NUM", "}", "ROOT") and at(tokens, i + 5).kind == "NUM":
        if at(out, len(out) - 1).kind in OPERAND_ENDS:
            return 0
        out += [Token("(", "(", "", True), Token("SPOKEN", f"root {tokens[i + 2].value}", token.text)]
        out += [tokens[i + 5], Token(")", ")", "", False)]
        return 6
    return 0


def unit_of_years(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`3 years in days`: years beside another unit are a unit, not the time of an interest."""
    token = tokens[i]
    beside = any(t.kind == "UNIT" and k != i for k, t in enumerate(tokens))
    if token.kind != "YEARS" or not beside or at(out, len(out) - 1).kind not in {"NUM", "VULGAR", "MIXED"}:
        return 0
    if any(t.kind in {"PERCENT", "INTEREST"} for t in tokens):
        return 0
    out.append(replace(token, kind="UNIT", value="year"))
    return 1


def total_of_dice(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`two dice are rolled, probability that the total is 8`: the total of the dice, not the last result."""
    token = tokens[i]
    if token.kind == "REF" and token.text.lower() == "the total" and any(t.kind == "DICE" for t in tokens):
        out.append(replace(token, kind="SUM", value=""))
        return 1
    return 0


def number_sought(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`what number squared is 169`, `what number plus 5 is 12`: the number is an unknown."""
    token, following = tokens[i], at(tokens, i + 1)
    if token.kind != "WHAT_NUMBER" or not token.text.lower().endswith("number"):
        return 0
    if following.kind in {"SQUARED", "CUBED", "+", "-", "*", "/", "^"}:
        out.append(Token("NAME", "n", "a number", token.spaced))
        return 1
    return 0


def aim(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`to get 100`: what an operation should come to, not a number to go on with."""
    token, following = tokens[i], at(tokens, i + 1)
    aims = {"to get", "to make", "to give", "to reach"}
    if token.kind == "FILLER" and token.text.lower() in aims and following.kind in {"NUM", "VULGAR", "MIXED"}:
        out.append(replace(token, kind="TO_GET", value=""))
        return 1
    return 0


def counted_numbers(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`how many 8s are in 96`: the plural of a number."""
    token, following = tokens[i], at(tokens, i + 1)
    asked = any(t.kind == "HOW_MANY" for t in out)
    if asked and token.kind == "NUM" and following.text.lower() == "s" and not following.spaced:
        out += [token, Token("PLURAL", "", "s")]
        return 2
    return 0


def compared(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`for which x is 3x + 2 less than 14`: between algebra and a value, the words are a relation."""
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    if token.kind not in {"LESS_THAN", "MORE_THAN"} and token.text.lower() not in {
        "less than",
        "below",
        "above",
    }:
        return 0
    clause: list[Token] = []
    for t in reversed(out):
        if t.kind in {"STOP", "ROLE"} | RELATION_SIGNS:
            break
        clause.append(t)
    algebra = any(t.kind == "NAME" and t.value not in {"pi", "E", "I", "oo"} for t in clause)
    if not algebra or before.kind not in OPERAND_ENDS or after.kind not in OPERAND_STARTS | {"-"}:
        return 0
    if any(t.text.endswith("number") for t in clause):
        return 0
    less = token.text.lower() in {"less than", "below", "fewer than"}
    out.append(Token("REL", "<" if less else ">", token.text, token.spaced))
    return 1


def combinations(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`8 nCr 2`, `C(7, 3)`."""
    token, before, after = tokens[i], at(out, len(out) - 1), at(tokens, i + 1)
    infix = token.kind == "FUNC" and token.value in {"binomial", "ff"}
    if infix and before.kind == "NUM" and after.kind == "NUM":
        out.append(replace(token, kind="CHOOSE" if token.value == "binomial" else "PERMUTE"))
        return 1
    pair = kinds(tokens, i + 1, 5) == ("(", "NUM", ",", "NUM", ")")
    if token.kind == "NAME" and token.text in {"C", "P"} and pair and not tokens[i + 1].spaced:
        out.append(replace(token, kind="CALL", value="binomial" if token.text == "C" else "ff"))
        return 1
    return 0


_NESTED = {"SUM": "+", "DIFFERENCE": "-", "PRODUCT": "*", "QUOTIENT": "/"}
_OUTER = frozenset(
    {
        "MULTIPLY",
        "DIVIDE",
        "ADD",
        "SUBTRACT",
        "INCREASE",
        "DECREASE",
        "SPOKEN",
        "PERCENT",
        "VULGAR",
        "MORE_THAN",
        "LESS_THAN",
    }
)


def nested(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`multiply the sum of 4 and 5 by 6`, `half the product of 3 and 8`: a value inside another command."""
    sign = _NESTED.get(tokens[i].kind, "")
    reach = 1 + (at(tokens, i + 1).value in {"of", "between"})
    joined = (at(tokens, i + reach + 1).kind, at(tokens, i + reach + 1).value) == ("ROLE", "and")
    one, other, after = at(tokens, i + reach), at(tokens, i + reach + 2), at(tokens, i + reach + 3)
    inside = any(t.kind in _OUTER for t in out) or after.kind in {"*", "/", "+", "-"}
    if not sign or not joined or (one.kind, other.kind) != ("NUM", "NUM") or not inside:
        return 0
    if after.kind in {",", "SQUARED", "CUBED", "^", "PERCENT", "UNIT"} or after.value == "and":
        return 0
    while out and out[-1].kind == "FILLER":
        out.pop()  # "half the product of …"
    out += [
        Token("(", "(", tokens[i].text),
        one,
        Token(sign, sign, "", True),
        other,
        Token(")", ")", "", False),
    ]
    return reach + 3


def more_than_unknown(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`5 more than twice a number`, `3 less than a number`: a sum or difference with the unknown."""
    token, before = tokens[i], at(out, len(out) - 1)
    reach = 2 if at(tokens, i + 1).kind == "SPOKEN" else 1
    unknown = at(tokens, i + reach)
    named = unknown.kind == "NAME" and unknown.text.endswith("number")
    if token.kind not in {"MORE_THAN", "LESS_THAN"} or before.kind != "NUM" or not named:
        return 0
    amount, sign = out.pop(), "+" if token.kind == "MORE_THAN" else "-"
    inner = tokens[i + 1 : i + reach + 1]
    out += [Token("(", "(", ""), *inner, Token(")", ")", "", False), Token(sign, sign, token.text), amount]
    return reach + 1
