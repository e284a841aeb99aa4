"""Words for earlier results among the signs: `the second from the first`, `the larger one`, `the roots`."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.read.beside import at
from assistant_magic.tutor.read.tokens import Token

_ENDS = frozenset({"END", "STOP", "?", ".", ",", "ROLE", "+", "-", "*", "/"})


def meant_results(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`the sum of the two`, `subtract the first from the second`: earlier results, not the numbers 2 or 1."""
    token, before = tokens[i], at(out, len(out) - 1)
    word, closed = token.text.lower(), at(tokens, i + 1).kind in _ENDS
    if word == "two" and token.kind == "NUM" and before.text.lower() == "the" and closed:
        out.append(replace(token, kind="REF", value="both"))
        return 1
    value = word if token.kind in {"FIRST", "ORDINAL"} else _COMPARED.get(token.kind, "")
    if value not in {"first", "second", "larger", "smaller"}:
        return 0
    named = at(tokens, i + 1).text.lower() in _RESULT_NOUNS
    if word.endswith("est") and not named and before.text.lower() != "the":
        return 0  # "biggest − smallest" explains what a range is
    if token.kind in {"FIRST", "ORDINAL"} and before.kind in {*"+-*/"} and not named:
        return 0  # "do the plus first"
    after = at(tokens, i + 1 + named)
    if not (named or after.kind in _ENDS) or not _computes(tokens, i, i + 1 + named):
        return 0
    if before.text.lower() == "the":
        out.pop()  # "the second minus the first"
    out.append(replace(token, kind="REF", value=value))
    return 1 + named


def compared_result(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`is it bigger than 150`: the last result on the left."""
    token, sign = tokens[i], _RELATIONS.get(at(tokens, i + 1).kind, at(tokens, i + 1).value)
    if token.kind != "IS_IT" or sign not in {"<", ">", "<=", ">=", "="}:
        return 0
    if at(tokens, i + 2).kind not in {"NUM", "VULGAR", "MIXED", "-"}:
        return 0
    out += [Token("REF", "last", token.text, True), Token("REL", sign, at(tokens, i + 1).text, True)]
    return 2


_RELATIONS = {"LESS_THAN": "<", "MORE_THAN": ">"}


def roots_wanted(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`what are the roots`: asked for, where nothing is to be done with them."""
    token = tokens[i]
    if token.kind != "REF" or token.text.lower() not in {"the roots", "the solutions"}:
        return 0
    if any(t.kind in _DONE_WITH or t.kind in _COMPUTING for t in tokens):
        return 0
    out.append(replace(token, kind="SOLVE", value=""))
    return 1


_DONE_WITH = frozenset(
    {"SUM", "PRODUCT", "DIFFERENCE", "LARGER", "SMALLER", "MEAN", "BOTH", "HOW_MANY", "PRIME", "EVEN", "ODD"}
)


_COMPARED = {"LARGER": "larger", "SMALLER": "smaller"}
_RESULT_NOUNS = frozenset({"one", "number", "answer", "result", "root", "solution", "value"})
_COMPUTING = frozenset({"ADD", "SUBTRACT", "MULTIPLY", "DIVIDE", "SPOKEN", "SQUARED", "CUBED", *"+-*/"})


def _computes(tokens: list[Token], start: int, end: int) -> bool:
    """A verb before it or a sign beside it: `subtract the smaller from the larger`, `bigger one minus smaller one`."""
    verb = any(t.kind in _COMPUTING for t in tokens[max(0, start - 6) : start])
    return verb or at(tokens, end).kind in {*"+-*/", "SQUARED", "CUBED"}


def pronoun(tokens: list[Token], i: int, out: list[Token]) -> int:
    """`the largest one`, `the positive one`: no number 1."""
    before = at(out, len(out) - 1)
    if tokens[i].kind == "NUM" and tokens[i].text.lower() == "one" and before.kind in _QUALITIES:
        out.append(replace(tokens[i], kind="FILLER", value=""))
        return 1
    if before.kind in _COMPARED and tokens[i].text.lower() in _RESULT_NOUNS and tokens[i].kind != "REF":
        out.append(replace(tokens[i], kind="FILLER", value=""))
        return 1  # "the larger root"
    joined = before.value == "and" and at(tokens, i + 1).value == "is"
    if joined and any(t.kind in {"MORE_THAN", "LESS_THAN"} for t in tokens[i:]):
        out.append(replace(tokens[i], kind="FILLER", value=""))
        return 1  # "and one is 7 more than the other"
    return 0


_QUALITIES = frozenset(
    {"LARGER", "SMALLER", "POSITIVE", "NEGATIVE", "EVEN", "ODD", "PRIME", "ORDINAL", "FIRST"}
)
