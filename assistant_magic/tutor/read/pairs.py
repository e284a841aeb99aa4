"""Frames of two expressions, or of the last two results, put together."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, call, num, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_constant, is_expression, is_number
from assistant_magic.tutor.read.sentence import Sentence


def _nodes(sentence: Sentence, role: str = "") -> list[Node]:
    """Expressions and numbers, also those that 'it' or 'the first' means; a row of two is two."""
    found: list[Node] = []
    while (node := sentence.take(_is_operand, role=role)) is not None:
        found.extend(node.args if node.head == "items" else (node,))
    return found


def _is_operand(node: Node) -> bool:
    if node.head == "items":
        return all(_is_operand(a) for a in node.args)
    return is_expression(node) or is_constant(node)


@frame("ADD", may="SUM BOTH")
@frame("SUM", may="ADD BOTH")
@frame("MULTIPLY", may="BOTH")
@frame("PRODUCT", may="BOTH MULTIPLY")
@frame("SUBTRACT", may="AWAY")
@frame("DIFFERENCE")
@frame("DIVIDE")
def combined(sentence: Sentence, context: Context) -> Reading:
    """`subtract 3x + 1 from 5x - 2`, `the product of x + 1 and x + 2`, `multiply it by x`."""
    base = _nodes(sentence, "from" if sentence.has("SUBTRACT") else "into")
    by = _nodes(sentence, "by") if sentence.has("DIVIDE") else []
    nodes = [*base, *_nodes(sentence), *by]
    if len(nodes) == 1 and (last := context.result()) is not None and _is_operand(last):
        nodes = [nodes[0], last] if base else [last, nodes[0]]
    if len(nodes) == 1 and sentence.has("ADD") and nodes[0].head in {"add", "sub"}:
        return problem("simplify", nodes[0])  # "add 3x + 4x" with nothing before it
    if len(nodes) != 2 or not any(variables(node) for node in nodes):
        return None
    one, other = nodes
    if sentence.has("DIVIDE"):
        return problem("simplify", Node("div", (one, other)))
    head = next((h for c, h in _HEADS.items() if sentence.has(c)), "add")
    return problem("expand", Node(head, (one, other)))


_HEADS = {"SUBTRACT": "sub", "DIFFERENCE": "sub", "MULTIPLY": "mul", "PRODUCT": "mul"}


@frame("SUBTRACT", may="BOTH")
@frame("DIVIDE", may="BOTH")
def of_both(sentence: Sentence, context: Context) -> Reading:
    """`subtract them`: the last result from the one before it."""
    both = sentence.take(lambda n: n.head == "list" and len(n.args) == 2)
    last = context.result()
    if both is None or last is None or last.head == "list" or sentence.left:
        return None
    return problem("evaluate", Node("sub" if sentence.has("SUBTRACT") else "div", both.args))


@frame("SQUARE")
@frame("CUBE")
def its_power(sentence: Sentence, context: Context) -> Reading:
    """`and its square`."""
    result = context.result()
    if result is None or sentence.chunks or not is_number(result) or not sentence.says("its"):
        return None
    return problem("evaluate", Node("pow", (result, num(2 if sentence.has("SQUARE") else 3))))


@frame("SUM")
@frame("PRODUCT")
def of_last_two(sentence: Sentence, context: Context) -> Reading:
    """`their product`: of the last two results."""
    both = context.result("both")
    if both is None or sentence.chunks or not all(is_constant(a) for a in both.args):
        return None
    if not (
        sentence.says("their", "them", "both", "the two") or sentence.is_only("total", "the total", "sum")
    ):
        return None
    return problem("evaluate", Node("mul" if sentence.has("PRODUCT") else "add", both.args))


@frame("", may="SAME IDENTICAL")
def are_equal(sentence: Sentence, context: Context) -> Reading:
    """`are they equal`, `are those the same`: the last two results."""
    both = context.result("all")
    asked = sentence.begins_with(
        "are they", "are those", "are these", "are both", "are the two", "so are they"
    )
    if both is None or len(both.args) != 2 or not asked or not sentence.says("equal", "the same", "same"):
        return None
    return None if sentence.left else problem("compare", *both.args, sign="==")


@frame("", may="SOLVE WHAT_NUMBER")
def of_function(sentence: Sentence, context: Context) -> Reading:
    """`solve f(x) = 7` of a given f."""
    equation = sentence.take(lambda n: n.head == "Eq" and is_constant(n.args[1]))
    if equation is None:
        return None
    left = equation.args[0]
    applied = left.head == "call" and left.text in context.names and len(left.args) == 1
    body = context.definition(left.text) if applied and variables(left) else None
    if body is None or len(variables(body)) != 1:
        return None
    return problem("solve", Node("Eq", (body, equation.args[1])), variable=variables(body)[0])


@frame("DISTANCE", may="IS_IT")
def away_from(sentence: Sentence, context: Context) -> Reading:
    """`how far is it from 200`: the last result beside a number."""
    result = context.result()
    number = sentence.take(is_number, role="from off")
    if result is None or number is None or not is_number(result) or sentence.left:
        return None
    return problem("evaluate", call("Abs", Node("sub", (result, number))))
