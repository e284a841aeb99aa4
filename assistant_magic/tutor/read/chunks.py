"""The longest piece of mathematics from a place in the sentence, read by the grammar."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

from assistant_magic.tutor.expressions import Node
from assistant_magic.tutor.read.tokens import Token
from assistant_magic.tutor.read.tree import CALLBACKS


@cache
def _parser() -> Any:
    from lark import Lark

    grammar = files("assistant_magic.tutor").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        start=["start", "rounding"],
        transformer=SimpleNamespace(**CALLBACKS),
        maybe_placeholders=False,
    )


@cache
def _symbols() -> dict[str, str]:
    """The terminal's name of each sign that the grammar writes in quotes."""
    from lark.lexer import PatternStr

    return {t.pattern.value: t.name for t in _parser().terminals if isinstance(t.pattern, PatternStr)}


def _terminal(token: Token) -> str:
    kind = f"{token.kind}_{token.value.upper()}" if token.kind == "ROLE" else token.kind
    return _symbols().get(kind, kind)


def longest(tokens: Sequence[Token], start: int, rule: str) -> tuple[Node, int] | None:
    """The longest run of `tokens` from `start` that is a `rule` of the grammar: its tree and where it ends."""
    from lark import Token as Terminal
    from lark.exceptions import UnexpectedInput

    state = _parser().parse_interactive(start=rule)
    endings = []
    position = start
    while position < len(tokens):
        kind = _terminal(tokens[position])
        try:
            state.feed_token(Terminal(kind, tokens[position].value))
        except UnexpectedInput:
            break
        position += 1
        if "$END" in state.choices():
            endings.append((state.copy(deepcopy_values=False), position))
    for ending, end in reversed(endings):
        try:
            return ending.feed_eof(), end
        except UnexpectedInput:
            continue
    return None
