"""Frames of arithmetic: the four operations in words, powers, percentages."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.sentence import Sentence, is_number


@frame("")
def value(sentence: Sentence, _context: Context) -> Reading:
    """`12 * 15`: a number on its own is worked out, or an expression simplified."""
    node = sentence.take(is_number)
    return problem("evaluate", node) if node is not None else None


def _two(sentence: Sentence, context: Context, roles: str) -> tuple[Node, Node] | None:
    """The number without a role, and the one with; a missing one is the last result."""
    items = sentence.take(lambda n: n.head == "items" and len(n.args) == 2)
    if items is not None:
        return items.args[0], items.args[1]
    second = sentence.take(is_number, role=roles)
    first = sentence.take(is_number)
    result = context.result()
    if first is None and second is not None:
        first = result
    elif second is None:
        second = result
    return (first, second) if first is not None and second is not None else None


@frame("ADD")
def added(sentence: Sentence, context: Context) -> Reading:
    """`add 3 to 4`, `add 17.241`."""
    many = sentence.take(lambda n: n.head == "items" and len(n.args) > 2)
    if many is not None:
        total = many.args[0]
        for part in many.args[1:]:
            total = Node("add", (total, part))
        return problem("evaluate", total)
    two = _two(sentence, context, "to and")
    return problem("evaluate", Node("add", (two[1], two[0]))) if two else None


@frame("SUBTRACT")
def subtracted(sentence: Sentence, context: Context) -> Reading:
    """`take 58 away from 143`, `subtract 7`."""
    two = _two(sentence, context, "from")
    return problem("evaluate", Node("sub", (two[1], two[0]))) if two else None


@frame("MULTIPLY")
def multiplied(sentence: Sentence, context: Context) -> Reading:
    """`multiply 3 by 4`."""
    two = _two(sentence, context, "by with and")
    return problem("evaluate", Node("mul", two)) if two else None


@frame("DIVIDE")
def divided(sentence: Sentence, context: Context) -> Reading:
    """`divide 1000 by eight`, `divide by 4`."""
    two = _two(sentence, context, "by")
    return problem("evaluate", Node("div", two)) if two else None


@frame("INCREASE")
def increased(sentence: Sentence, context: Context) -> Reading:
    """`increase 80 by 15%`."""
    two = _two(sentence, context, "by")
    return problem("evaluate", Node("add", (two[0], _change(*two)))) if two else None


@frame("DECREASE")
def decreased(sentence: Sentence, context: Context) -> Reading:
    """`decrease it by 15%`."""
    two = _two(sentence, context, "by")
    return problem("evaluate", Node("sub", (two[0], _change(*two)))) if two else None


def _change(base: Node, amount: Node) -> Node:
    return Node("mul", (amount, base)) if amount.head == "percent" else amount


@frame("ROUND")
@frame("CORRECT")
def rounded(sentence: Sentence, context: Context) -> Reading:
    """`round 3.14159 to 2 decimal places`, `round it to the nearest ten`."""
    node = sentence.take(is_number) or context.result()
    return problem("evaluate", node) if node is not None and sentence.rounding else None


def whole(text: str) -> Node:
    """A small whole number as a node."""
    return num(text)
