"""Frames of comparing and ordering numbers."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import RELATIONS, listed, name, variables, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_constant
from assistant_magic.tutor.read.pieces import numbers
from assistant_magic.tutor.read.sentence import Sentence

_SIGN = {"Eq": "==", "Ne": "!=", "Lt": "<", "Gt": ">", "Le": "<=", "Ge": ">="}


@frame("", may="YES_NO RIGHT ALWAYS SAME LARGER SMALLER")
def compared(sentence: Sentence, _context: Context) -> Reading:
    """`Is 2^5 bigger than 5^2?`, `is -7 > -3`."""
    relation = sentence.take(
        lambda n: n.head in RELATIONS and not variables(n) and all(is_constant(a) for a in n.args)
    )
    imaginary = relation is not None and any(n == name("I") for n in walk(relation))
    if relation is None or (imaginary and not sentence.begins_with("is", "does")):
        return None
    return problem("compare", *relation.args, sign=_SIGN[relation.head])


@frame("SAME", may="YES_NO")
def same(sentence: Sentence, _context: Context) -> Reading:
    """`are 4/6 and 10/15 the same`."""
    pair = numbers(sentence)
    return problem("compare", *pair, sign="==") if len(pair) == 2 else None


@frame("LARGER", may="AS_FRACTION DATA WHAT_FRACTION")
@frame("SMALLER", may="AS_FRACTION DATA WHAT_FRACTION")
def extreme(sentence: Sentence, _context: Context) -> Reading:
    """`which is bigger, 3/5 or 5/8`."""
    found = numbers(sentence)
    if len(found) < 2:
        return None
    return replace(problem("largest" if sentence.has("LARGER") else "smallest", listed(*found)), form="given")


@frame("ASCENDING", may="ORDER AS_FRACTION SMALLER LARGER DATA LIST")
@frame("DESCENDING", may="ORDER AS_FRACTION SMALLER LARGER DATA LIST")
@frame("ORDER", may="SMALLER LARGER AS_FRACTION DATA LIST")
def ordered(sentence: Sentence, _context: Context) -> Reading:
    """`put 3, 1, 2 in ascending order`."""
    found = numbers(sentence)
    if len(found) < 2:
        return None
    return problem("descending" if sentence.has("DESCENDING") else "ascending", listed(*found))
