"""Typing errors: the one known word that a misspelt one must be."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=2048)
def corrected(word: str, known: frozenset[str], strong: frozenset[str] = frozenset()) -> str | None:
    """The only word of `known` that lies one slip away, or two slips for a long word; None if unclear.

    Of several, one that only lacks its ending is taken, or the one that is in `strong`.

    A slip is a letter left out, added, changed, or exchanged with its neighbour. Short words are left alone:
    too many of them are one slip from another word.
    """
    if len(word) < 4 or not word.isalpha():
        return None
    near = {w for w in _one_slip(word) if w in known and w[0] == word[0] and len(w) >= 5}
    if not near and len(word) >= 8:
        near = {w for w in _far(word, known) if w[0] == word[0]}
    for choice in (near, {w for w in near if w.startswith(word)}, near & strong):
        if len(choice) == 1:
            return next(iter(choice))
    return None


def _one_slip(word: str) -> Iterable[str]:
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    for left, right in splits:
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def _far(word: str, known: frozenset[str]) -> Iterable[str]:
    for other in known:
        if abs(len(other) - len(word)) <= 2 and len(other) >= 8 and _distance(word, other) == 2:
            yield other


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
