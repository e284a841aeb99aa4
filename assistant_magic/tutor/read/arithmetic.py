"""Frames of arithmetic: the operations in words, comparing, rounding, fractions."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, call, name, num, variables, walk
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import HELD_BY, is_constant, is_number, is_percent, is_row
from assistant_magic.tutor.read.pieces import number, numbers
from assistant_magic.tutor.read.roots import with_real_roots
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.say.numbers import exact


@frame("", may="PRICE")
def of_quantity(sentence: Sentence, _context: Context) -> Reading:
    """`20% of 45 kg`: one quantity with a unit, scaled."""
    node = sentence.take(
        lambda n: n.head in {"mul", "div"} and sum(a.head == "quantity" for a in n.args) == 1
    )
    if node is None or (node.head == "div" and node.args[1].head == "quantity"):
        return None
    units = [a.text for a in node.args if a.head == "quantity"]
    bare = Node(node.head, tuple(a.args[0] if a.head == "quantity" else a for a in node.args), node.text)
    return replace(problem("evaluate", bare, unit=units[0]), form="decimal") if is_number(bare) else None


@frame("HOW_MANY")
def how_many_is(sentence: Sentence, _context: Context) -> Reading:
    """`how many is 6 dozen`."""
    node = sentence.take(is_number) if sentence.begins_with("how many is") else None
    return problem("evaluate", node) if node is not None and not _is_bare(node) else None


@frame("", may="SIMPLIFY POWER_WORD NUMERATOR IN_FORM_ABI ADD MULTIPLY DIVIDE FACTORIAL_WORD")
def value(sentence: Sentence, context: Context) -> Reading:
    """`12 * 15`: what has a value is worked out."""
    if any(p.role in HELD_BY for p in sentence.chunks):
        return None
    node = sentence.take(is_constant)
    if node is None:
        return None
    if node.head == "call" and node.text in {"diff", "integrate", "limit"}:
        return None
    if any(n.head == "name" and n.text == "oo" for n in walk(node)):
        return None  # infinity is no number to compute with
    if context.problem is not None and _is_fraction(node) and _stands_instead(sentence, context.problem):
        return None
    if sentence.says("square roots of") and node.head == "call" and node.text == "sqrt":
        square = Node("pow", (name("x"), num(2)))
        return problem("solve", Node("Eq", (square, node.args[0])), variable="x")
    if _is_bare(node) and not sentence.rounding and not _form_wanted(sentence):
        negated = node.head == "neg" and sentence.says("negative of", "opposite of")
        return problem("evaluate", node) if negated else None
    real = with_real_roots(node)
    if real != node:
        return problem("evaluate", real, real_root=True)
    return (
        problem("evaluate", node, rounds=True)
        if _is_bare(node) and sentence.rounding
        else problem("evaluate", node)
    )


def _stands_instead(sentence: Sentence, last: Problem) -> bool:
    """`and 2/5?` or `2/5?` after 3/5 of 45."""
    asked = last.nodes[0] if last.of else None
    share = (
        asked is not None and asked.head in {"mul", "div"} and asked.args[asked.head == "div"].head != "name"
    )
    alone = [p.value for p in sentence.parts if p.kind != "stop"] == [""]
    return sentence.begins_with(*_INSTEAD) or (share and alone and not sentence.says("what", "work out"))


_INSTEAD = ("and", "what about", "how about", "or")


def _is_fraction(node: Node) -> bool:
    if node.head != "div" or not all(a.text.isdigit() for a in node.args):
        return node.head == "mixed"
    return int(node.args[0].text) < int(node.args[1].text)  # "and 48 / 8" is a question of its own


def _is_bare(node: Node) -> bool:
    """A number alone, which asks for nothing."""
    inner = node.args[0] if node.head == "neg" else node
    return inner.head in {"num", "name", "percent", "degrees"}


def _form_wanted(sentence: Sentence) -> bool:
    return any(
        sentence.has(c)
        for c in ("AS_FRACTION", "AS_DECIMAL", "AS_MIXED", "AS_PERCENT", "AS_IMPROPER", "STANDARD_FORM")
    )


def _two(sentence: Sentence, context: Context, roles: str) -> tuple[Node, Node] | None:
    """The number without a role, and the one with; a missing one is the last result."""
    items = sentence.take(lambda n: is_row(n) and len(n.args) == 2)
    if items is None and sentence.has("BOTH"):
        items = context.result("all") if not sentence.chunks else None
        if items is None or len(items.args) != 2:
            return None
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


@frame("ADD", may="SUM BOTH")
@frame("SUM", may="ADD BOTH")
def added(sentence: Sentence, context: Context) -> Reading:
    """`add 3 to 4`, `the sum of 3, 4 and 5`, `add 17.241`."""
    ranged = any(p.role == "to" for p in sentence.chunks) and sentence.has("SUM") and not sentence.has("ADD")
    last = context.problem
    listed = last is not None and any(n.head == "list" for n in last.nodes)
    if (
        ranged
        or any(p.role == "from" for p in sentence.chunks)
        or sentence.says("that add", "which add", "that sum", "which sum")  # "two numbers that add to 10"
        or (listed and sentence.begins_with("what if"))
    ):
        return None
    many = sentence.take(lambda n: is_row(n) and len(n.args) > 2)
    if many is not None:
        return problem("evaluate", _chained("add", many.args))
    if (
        not sentence.has("ADD")
        and len(sentence.chunks) == 1
        and not any(p.node is not None and is_row(p.node) for p in sentence.chunks)
    ):
        return None  # "total 12?" adds nothing to the last result
    two = _two(sentence, context, "to and on")
    if two is None:
        return None
    if is_percent(two[0]) != is_percent(two[1]) and sentence.has("ADD"):
        return problem("evaluate", _by_percent("add", two))
    return problem("evaluate", Node("add", (two[1], two[0]) if _follows(two, context) else two))


def _by_percent(head: str, two: tuple[Node, Node]) -> Node:
    """`add 20% to 50`, `25% less than 80`: hundredths of the other number."""
    rate, base = two if is_percent(two[0]) else two[::-1]
    return Node(head, (base, Node("mul", (rate, base), "of")))


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
    if sentence.take(is_row) is not None:
        return None
    base = sentence.take(is_constant, role="from")
    pair = [p.node for p in sentence.chunks if p.node is not None and is_constant(p.node)]
    amount = sentence.take(is_constant)
    if base is None and sentence.has("AWAY") and len(pair) == 2:
        base = pair[1]
        sentence.take(lambda n: n == base)
    if base is None and amount is None:
        return None
    base = base if base is not None else context.result()
    amount = amount if amount is not None else context.result()
    if amount is None or base is None or amount.head == "percent":
        return None
    return problem("evaluate", Node("sub", (base, amount)))


@frame("MULTIPLY", may="BOTH")
@frame("PRODUCT", may="FACTORS BOTH")
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
def remainder(sentence: Sentence, context: Context) -> Reading:
    """`17 divided by 5, give the quotient and the remainder`; one of the two alone too."""
    node = sentence.take(lambda n: n.head == "div" and is_number(n))
    last = context.problem
    if (
        node is None
        and not sentence.chunks_of_numbers
        and last is not None
        and last.task == "evaluate"
        and last.nodes[0].head == "div"
    ):
        node = last.nodes[0]
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
    return problem("division", over, under) if both else problem("evaluate", Node("div", (over, under)))


@frame("TIMES_INTO", may="DIVISIBLE")
def times_into(sentence: Sentence, _context: Context) -> Reading:
    """`how many times does 6 go into 54`."""
    pair = numbers(sentence)
    return problem("evaluate", Node("div", (pair[1], pair[0]))) if len(pair) == 2 else None


@frame("EXCESS", may="LESS_THAN MORE_THAN LARGER SMALLER")
def excess(sentence: Sentence, context: Context) -> Reading:
    """`how much more is 83 than 47`, `by how much does 100 exceed 64`."""
    relation = sentence.take(lambda n: n.head in {"Gt", "Lt"} and not variables(n))
    pair = relation.args if relation is not None else numbers(sentence)
    last = context.problem
    if not pair and last is not None and last.task in {"largest", "smallest"}:
        pair = last.nodes[0].args  # "by how much"
    if len(pair) != 2:
        return None
    return problem("evaluate", Node("sub", pair) if _descending(pair) else Node("sub", pair[::-1]))


@frame("DIFFERENCE", may="BOTH")
def difference(sentence: Sentence, context: Context) -> Reading:
    """`the difference between 91 and 38`: never negative; alone, that of the last two results."""
    pair = numbers(sentence)
    both = context.result("both") if not pair and not sentence.chunks else None
    pair = both.args if both is not None else pair
    if len(pair) != 2:
        return None
    return problem("evaluate", call("Abs", Node("sub", pair)) if not _descending(pair) else Node("sub", pair))


def _descending(pair: tuple[Node, ...]) -> bool:
    first, second = (exact(node) for node in pair)
    return first is not None and second is not None and first >= second


@frame("LESS_THAN")
@frame("MORE_THAN")
def shifted(sentence: Sentence, _context: Context) -> Reading:
    """`7 less than 20` is a number; `is 5 less than 7` is a question."""
    amount, base = number(sentence), number(sentence)
    if amount is None or base is None or sentence.asks_at_end:
        return None
    less = sentence.has("LESS_THAN")
    if is_percent(amount) and not is_percent(base):
        return problem("evaluate", _by_percent("sub" if less else "add", (amount, base)))
    if sentence.begins_with("is"):
        return problem("compare", amount, base, sign="<" if less else ">")
    return problem("evaluate", Node("sub" if less else "add", (base, amount)))


_SPOKEN = {"sqrt": "sqrt", "cbrt": "cbrt", "abs": "Abs"}


@frame("SPOKEN", may="SUBTRACT")
def spoken(sentence: Sentence, context: Context) -> Reading:
    """`take the square root` of the last result."""
    result = context.result()
    function = _SPOKEN.get(sentence.value("SPOKEN"))
    return problem("evaluate", call(function, result)) if result is not None and function else None
