"""What stands beside a sign: looking around in a row of tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant_magic.tutor.read.tokens import Token

RELATION_SIGNS = {"=", "<", ">", "<=", ">=", "!="}


OPERAND_ENDS = frozenset(
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


OPERAND_STARTS = frozenset(
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


Change = Callable[[list[Token], int, list[Token]], int]
"""Looks at `tokens[i]`, appends what it stands for to `out`, and says how many tokens that took; 0 for 'not mine'."""


def at(tokens: Sequence[Token], i: int) -> Token:
    """The token at a place, or an `END` outside the text."""
    return tokens[i] if 0 <= i < len(tokens) else Token("END", "", "")


def kinds(tokens: Sequence[Token], i: int, n: int) -> tuple[str, ...]:
    """The kinds of `n` tokens from a place."""
    return tuple(at(tokens, i + k).kind for k in range(n))
