"""Frames of arithmetic: the operations in words, comparing, rounding, fractions."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import RELATIONS, Node, call, listed, num, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_constant, is_number, is_row
from assistant_magic.tutor.read.pieces import number, numbers
from assistant_magic.tutor.read.sentence import Sentence

_SIGN = {"Eq": "==", "Ne": "!=", "Lt": "<", "Gt": ">", "Le": "<=", "Ge": ">="}


@frame("", may="SIMPLIFY POWER_WORD NUMERATOR IN_FORM_ABI ADD MULTIPLY DIVIDE FACTORIAL_WORD")
def value(sentence: Sentence, _context: Context) -> Reading:
    """`12 * 15`: what has a value is worked out."""
    node = sentence.take(is_constant)
    if node is None:
        return None
    if node.head == "call" and node.text in {"diff", "integrate", "limit"}:
        return None
    if node.head in {"num", "neg", "name", "percent"} and not sentence.rounding and not _form_wanted(sentence):
        return None
    return problem("evaluate", node)


def _form_wanted(sentence: Sentence) -> bool:
    return any(
        sentence.has(c)
        for c in ("AS_FRACTION", "AS_DECIMAL", "AS_MIXED", "AS_PERCENT", "AS_IMPROPER", "STANDARD_FORM")
    )


def _two(sentence: Sentence, context: Context, roles: str) -> tuple[Node, Node] | None:
    """The number without a role, and the one with; a missing one is the last result."""
    items = sentence.take(lambda n: is_row(n) and len(n.args) == 2)
    if items is not None:
        return items.args[0], items.args[1]
    second = sentence.take(is_constant, role=roles)
    first = sentence.take(is_constant)
    result = context.result()
    if first is None and second is not None:
        first = result
    elif second is None:
        second = result
    return (first, second) if first is not None and second is not None else None


@frame("ADD", may="SUM")
@frame("SUM", may="ADD")
def added(sentence: Sentence, context: Context) -> Reading:
    """`add 3 to 4`, `the sum of 3, 4 and 5`, `add 17.241`."""
    many = sentence.take(lambda n: is_row(n) and len(n.args) > 2)
    if many is not None:
        return problem("evaluate", _chained("add", many.args))
    two = _two(sentence, context, "to and on")
    return (
        problem("evaluate", Node("add", (two[1], two[0]) if _follows(two, context) else two)) if two else None
    )


def _follows(two: tuple[Node, Node], context: Context) -> bool:
    return two[1] == context.result()


def _chained(head: str, nodes: tuple[Node, ...]) -> Node:
    total = nodes[0]
    for node in nodes[1:]:
        total = Node(head, (total, node))
    return total


@frame("SUBTRACT", may="AWAY DISCOUNT PRICE MAKE")
@frame("AWAY", may="SUBTRACT")
def subtracted(sentence: Sentence, context: Context) -> Reading:
    """`take 58 away from 143`, `subtract 7`."""
    if sentence.take(lambda n: is_row(n)) is not None:
        return None
    base = sentence.take(is_constant, role="from")
    pair = [p.node for p in sentence.chunks if p.node is not None and is_constant(p.node)]
    amount = sentence.take(is_constant)
    if base is None and sentence.has("AWAY") and len(pair) == 2:
        base = pair[1]
        sentence.take(lambda n: n == base)
    base = base if base is not None else context.result()
    if amount is None and context.result() is not None and base is not context.result():
        amount = context.result()
    return (
        problem("evaluate", Node("sub", (base, amount))) if base is not None and amount is not None else None
    )


@frame("MULTIPLY")
@frame("PRODUCT", may="FACTORS")
def multiplied(sentence: Sentence, context: Context) -> Reading:
    """`multiply 3 by 4`, `the product of 13 and 14`."""
    many = sentence.take(lambda n: is_row(n) and len(n.args) > 2)
    if many is not None:
        return problem("evaluate", _chained("mul", many.args))
    two = _two(sentence, context, "by with and")
    return problem("evaluate", Node("mul", two)) if two else None


@frame("DIVIDE", may="SHARE")
def divided(sentence: Sentence, context: Context) -> Reading:
    """`divide 1000 by eight`, `divide by 4`, `divide 7 into 84`."""
    into = sentence.take(is_constant, role="into")
    two = _two(sentence, context, "by")
    if into is not None and two is None:
        small = sentence.take(is_constant)
        two = (into, small) if small is not None else None
    return problem("evaluate", Node("div", two)) if two else None


@frame("QUOTIENT", may="REMAINDER DIVIDE")
@frame("REMAINDER", may="DIVIDE QUOTIENT")
def remainder(sentence: Sentence, _context: Context) -> Reading:
    """`17 divided by 5, give the quotient and the remainder`; one of the two alone too."""
    node = sentence.take(lambda n: n.head == "div" and is_number(n))
    if node is not None:
        over, under = node.args
    else:
        items = sentence.take(lambda n: is_row(n) and len(n.args) == 2)
        second = items.args[1] if items else sentence.take(is_number, role="by")
        first = items.args[0] if items else sentence.take(is_number)
        if first is None or second is None:
            return None
        over, under = first, second
    if not sentence.has("QUOTIENT"):
        return problem("evaluate", call("Mod", over, under))
    both = sentence.has("REMAINDER")
    return (
        problem("division", over, under)
        if both
        else problem("evaluate", call("floor", Node("div", (over, under))))
    )


@frame("DIFFERENCE")
def difference(sentence: Sentence, context: Context) -> Reading:
    """`the difference between 91 and 38`: never negative."""
    pair = numbers(sentence)
    if len(pair) != 2:
        return None
    return problem("evaluate", call("Abs", Node("sub", pair)) if not _descending(pair) else Node("sub", pair))


def _descending(pair: tuple[Node, ...]) -> bool:
    try:
        return float(pair[0].text) >= float(pair[1].text)
    except ValueError:
        return False


@frame("LESS_THAN")
@frame("MORE_THAN")
def shifted(sentence: Sentence, _context: Context) -> Reading:
    """`7 less than 20` is a number; `is 5 less than 7` is a question."""
    amount, base = number(sentence), number(sentence)
    if amount is None or base is None:
        return None
    less = sentence.has("LESS_THAN")
    if sentence.begins_with("is"):
        return problem("compare", amount, base, sign="<" if less else ">")
    return problem("evaluate", Node("sub" if less else "add", (base, amount)))


@frame("", may="YES_NO RIGHT ALWAYS SAME LARGER SMALLER")
def compared(sentence: Sentence, _context: Context) -> Reading:
    """`Is 2^5 bigger than 5^2?`, `is -7 > -3`."""
    relation = sentence.take(
        lambda n: n.head in RELATIONS and not variables(n) and all(is_constant(a) for a in n.args)
    )
    if relation is None:
        return None
    return problem("compare", *relation.args, sign=_SIGN[relation.head])


@frame("SAME", may="YES_NO")
def same(sentence: Sentence, _context: Context) -> Reading:
    """`are 4/6 and 10/15 the same`."""
    pair = numbers(sentence)
    return problem("compare", *pair, sign="==") if len(pair) == 2 else None


@frame("LARGER", may="AS_FRACTION DATA")
@frame("SMALLER", may="AS_FRACTION DATA")
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


@frame("CORRECT", may="SIMPLIFY NO_ROUND TRUNCATE CONVERT AS_DECIMAL")
@frame("", may="AS_DECIMAL CONVERT WHOLE")
def rounded(sentence: Sentence, context: Context) -> Reading:
    """`round 3.14159 to 2 decimal places`, `3 sig figs`."""
    if not sentence.rounding:
        return None
    node = sentence.take(is_constant) or context.result()
    if node is None or variables(node):
        return None
    return problem("evaluate", node)


@frame("TRUNCATE", may="NO_ROUND CORRECT")
@frame("NO_ROUND", may="TRUNCATE")
def truncated(sentence: Sentence, context: Context) -> Reading:
    """`chop 9.8765 after two decimals`."""
    node = number(sentence) or context.result()
    if node is None or not sentence.rounding:
        return None
    return replace(problem("evaluate", node), rounding=("cut", *sentence.rounding[1:]))


@frame("AS_FRACTION", may="CONVERT SIMPLIFY RECURRING_WORD WHOLE")
@frame("AS_DECIMAL", may="CONVERT")
@frame("AS_MIXED", may="CONVERT")
@frame("AS_IMPROPER", may="CONVERT AS_FRACTION")
@frame("AS_PERCENT", may="CONVERT")
@frame("WHAT_PERCENT")
@frame("STANDARD_FORM", may="CONVERT")
@frame("SIMPLEST", may="CONVERT AS_FRACTION")
@frame("EXACT", may="CONVERT")
@frame("IN_PI", may="CONVERT")
@frame("SURD", may="CONVERT SIMPLIFY")
def in_form(sentence: Sentence, context: Context) -> Reading:
    """`0.375 as a fraction`, `write it as a mixed number`, `what percent is that`."""
    node = sentence.take(
        lambda n: is_constant(n) or (n.head == "items" and len(n.args) == 2 and n.args[1].head == "div")
    )
    if node is not None and node.head == "items":
        node = node.args[1]
    if sentence.has("EXACT") and any(p.role == "at" for p in sentence.parts):
        return None
    node = node if node is not None else context.result()
    if node is None or variables(node) or node.head in {"list", "tuple", "matrix"}:
        return None
    reading = problem("evaluate", node)
    return replace(reading, form="percent") if sentence.has("WHAT_PERCENT") else reading


@frame("SIMPLIFY", may="AS_FRACTION SURD DENOMINATOR")
@frame("RATIONALISE", may="DENOMINATOR SIMPLIFY")
def simplified(sentence: Sentence, _context: Context) -> Reading:
    """`simplify √72`, `rationalise the denominator: 6/√3`."""
    node = sentence.take(is_constant)
    if node is None:
        return None
    return problem("rationalise" if sentence.has("RATIONALISE") else "evaluate", node)


@frame("FLIP")
def flipped(sentence: Sentence, context: Context) -> Reading:
    """`flip it upside down`."""
    node = sentence.take(is_number) or context.result()
    return problem("evaluate", Node("div", (num(1), node))) if node is not None else None


@frame("", may="MISSING NUMERATOR DENOMINATOR AS_FRACTION PROPORTION SOLVE WHOLE")
def missing_part(sentence: Sentence, _context: Context) -> Reading:
    """`3/7 = ?/35`."""
    equation = sentence.take(lambda n: n.head == "Eq" and variables(n) == ("box",))
    if equation is None:
        return None
    return problem("solve", equation, variable="box")
