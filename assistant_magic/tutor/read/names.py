"""Words that are made of letters: names of variables, constants, composed functions, hexadecimal digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.read.tokens import Token

COMPOSED = frozenset({"fg", "gf", "ff", "gg", "fh", "hf", "gh", "hg"})


def letters_of(token: Token) -> list[Token]:
    """One name per letter; `e`, `i` and `π` are the constants, `E` and `I` are not."""
    constants = {"e": "E", "i": "I", "π": "pi", "E": "E_", "I": "I_"}
    return [
        Token("NAME", constants.get(letter, letter), letter, token.spaced and i == 0)
        for i, letter in enumerate(token.value)
    ]


def _is_hexadecimal(word: str) -> bool:
    """`FF`, `ff`; not the words `add`, `be` or `a`."""
    return word.isupper() or (word not in {"add", "be", "bad", "dad", "fed", "bed", "face", "dec"})


def based_tokens(tokens: Sequence[Token]) -> list[Token]:
    """Hexadecimal digits are one token, if the text speaks of them: `hex 2F`."""
    if not any(t.value.lower().startswith("hex") for t in tokens):
        return list(tokens)
    out: list[Token] = []
    for token in tokens:
        hexadecimal = all(c in "0123456789ABCDEFabcdef" for c in token.value) and token.kind in {
            "NUM",
            "WORD",
        }
        if hexadecimal and out and out[-1].kind in {"NUM", "BASED"} and not token.spaced:
            out[-1] = replace(
                out[-1], kind="BASED", value=f"{out[-1].value.partition(':')[0]}{token.value}:16"
            )
        elif hexadecimal and token.kind == "WORD" and len(token.value) > 1 and _is_hexadecimal(token.value):
            out.append(replace(token, kind="BASED", value=f"{token.value}:16"))
        else:
            out.append(token)
    return out


def are_spelt(tokens: Sequence[Token]) -> bool:
    """The text speaks of letters, so that a word in capitals is one to be spelt."""
    return any(t.value.lower() in {"letters", "word", "anagrams"} for t in tokens)


def is_current(tokens: Sequence[Token], at: int) -> bool:
    """The I of `V = IR, solve for I`: capitals with an I stand in a formula somewhere."""
    for i, token in enumerate(tokens):
        beside = (tokens[k] for k in (i - 1, i + 1) if 0 <= k < len(tokens))
        tied = any(t.kind in {"=", "^", "*", "/"} for t in beside)
        if i != at and token.kind == "WORD" and token.value.isupper() and "I" in token.value and tied:
            return True
    return False
