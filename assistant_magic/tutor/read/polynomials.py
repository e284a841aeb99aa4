"""Frames of algebra beyond one command: single fractions, factors taken out, sums of roots, whole solutions, trends."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, call, name, num, variables, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.calculus import limits
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import (
    is_applied,
    is_constant,
    is_definition,
    is_equation,
    is_expression,
    is_inequality,
    is_name,
    is_number,
)
from assistant_magic.tutor.read.pieces import expression
from assistant_magic.tutor.read.sentence import Sentence


@frame("SINGLE_FRACTION", may="CONVERT REARRANGE SIMPLIFY ADD SUBTRACT")
def single_fraction(sentence: Sentence, _context: Context) -> Reading:
    """`write 2/x - 3/(x+1) as a single fraction`."""
    node = sentence.take(lambda n: is_expression(n) and not is_name(n))
    return problem("single_fraction", node) if node is not None else None


@frame("FACTOR", may="GCD COMMON")
def taken_out(sentence: Sentence, _context: Context) -> Reading:
    """`factor out 5 from 10x + 15`."""
    body = sentence.take(lambda n: is_expression(n) and not is_name(n), role="from of in")
    factor = sentence.take(lambda n: is_number(n) or is_expression(n))
    return problem("take_out", body, factor) if body is not None and factor is not None else None


@frame("FACTORS", may="CONVERT LIST")
def factors_of_expression(sentence: Sentence, _context: Context) -> Reading:
    """`what are the factors of x^2 - x - 6`."""
    node = sentence.take(lambda n: is_expression(n) and not is_name(n))
    return problem("factor", node) if node is not None else None


@frame("FACTOR_OF", may="YES_NO")
@frame("DIVISIBLE", may="YES_NO")
def is_factor(sentence: Sentence, _context: Context) -> Reading:
    """`is (x-2) a factor of x^2 - 4`."""
    pair = sentence.take_all(is_expression)
    if (
        len(pair) != 2
        or not sentence.begins_with("is", "does")
        or len(set(variables(pair[0]) + variables(pair[1]))) != 1
    ):
        return None
    small, big = pair[::-1] if sentence.has("DIVISIBLE") else pair
    return problem("divides_exactly", big, small)


@frame("PRODUCT", may="EXPAND SIMPLIFY")
def product_of_expressions(sentence: Sentence, _context: Context) -> Reading:
    """`product of (x+2) and (x-7)`."""
    row = sentence.take(lambda n: n.head == "items" and all(is_expression(a) for a in n.args))
    pair = (
        row.args
        if row is not None
        else tuple(sentence.take_all(lambda n: is_expression(n) and not is_name(n)))
    )
    return problem("expand", Node("mul", pair)) if len(pair) == 2 else None


@frame("EXPAND", may="SIMPLIFY MULTIPLY SURD")
def expanded_number(sentence: Sentence, _context: Context) -> Reading:
    """`expand (√3+1)(√3-1)`."""
    node = sentence.take(lambda n: is_constant(n) and n.head in {"mul", "pow", "add", "sub"})
    return problem("expand", node) if node is not None else None


@frame("SUM SOLVE", may="QUADRATIC REAL")
@frame("PRODUCT SOLVE", may="QUADRATIC REAL")
@frame("NATURE SOLVE", may="QUADRATIC REAL")
def of_roots(sentence: Sentence, _context: Context) -> Reading:
    """`sum of the roots of x^2 - 5x + 6 = 0`, `nature of the roots`."""
    equation = sentence.take(is_equation)
    body = (
        Node("sub", equation.args)
        if equation is not None
        else sentence.take(lambda n: is_expression(n) and not is_name(n))
    )
    if (
        body is None
        or len(variables(body)) != 1
        or not any(t in sentence.text("SOLVE") for t in ("root", "solution", "zero"))
    ):
        return None
    task = (
        "sum_of_roots"
        if sentence.has("SUM")
        else "product_of_roots"
        if sentence.has("PRODUCT")
        else "nature_of_roots"
    )
    return problem(task, body, variable=variables(body)[0])


@frame("INTEGERS", may="SOLVE INEQUALITY LIST EVER")
@frame("SMALLER INTEGERS", may="SOLVE INEQUALITY EVER")
@frame("LARGER INTEGERS", may="SOLVE INEQUALITY EVER")
@frame("SMALLER WHOLE", may="SOLVE INEQUALITY EVER")
@frame("LARGER WHOLE", may="SOLVE INEQUALITY EVER")
def whole_solutions(sentence: Sentence, _context: Context) -> Reading:
    """`integers that satisfy -2 < x <= 3`, `smallest integer x with 3x > 20`."""
    relation = sentence.take(is_inequality)
    if relation is None or len(variables(relation)) != 1:
        return None
    sentence.take_all(is_name)
    links = relation.args if relation.head == "and" else (relation,)
    task = (
        "smallest_whole"
        if sentence.has("SMALLER")
        else "largest_whole"
        if sentence.has("LARGER")
        else "whole_solutions"
    )
    return problem(task, *links, variable=variables(relation)[0])


@frame("POSITIVE", may="SOLVE INEQUALITY EVER REAL")
@frame("SPOKEN", may="SOLVE INEQUALITY EVER REAL")
def where_of_sign(sentence: Sentence, _context: Context) -> Reading:
    """`what values of x make 2x - 3 positive`, `when is x^2 - 4 negative`."""
    if not sentence.begins_with(
        "when", "where", "for which", "for what", "what values", "which values", "what value"
    ):
        return None
    if sentence.has("SPOKEN") and sentence.value("SPOKEN") != "negative":
        return None
    body = sentence.take(lambda n: is_expression(n) and not is_name(n))
    sentence.take_all(is_name)
    if body is None or len(variables(body)) != 1:
        return None
    head = "Gt" if sentence.has("POSITIVE") else "Lt"
    return problem("inequality", Node(head, (body, num(0))), variable=variables(body)[0])


@frame("INCREASING", may="PARABOLA")
@frame("DECREASING", may="PARABOLA")
@frame("PERIOD")
@frame("AMPLITUDE")
def trend(sentence: Sentence, context: Context) -> Reading:
    """`where is x^2 - 4x increasing`, `period of sin(2x)`."""
    f = expression(sentence, context)
    sentence.take_all(is_name)
    if f is None or len(variables(f)) != 1:
        return None
    tasks = {
        "INCREASING": "increasing",
        "DECREASING": "decreasing",
        "PERIOD": "period",
        "AMPLITUDE": "amplitude",
    }
    return problem(next(t for c, t in tasks.items() if sentence.has(c)), f, variable=variables(f)[0])


@frame("MEAN", may="INTERVAL PARABOLA")
def average_value(sentence: Sentence, context: Context) -> Reading:
    """`average value of x^2 on [0, 3]`."""
    body = sentence.take(lambda n: is_expression(n) and not is_name(n))
    pair = sentence.take(
        lambda n: n.head in {"list", "tuple"} and len(n.args) == 2 and all(is_number(a) for a in n.args)
    )
    ends = pair.args if pair is not None else limits(sentence)
    if body is None or len(ends) != 2 or len(variables(body)) != 1:
        return None
    return problem("average_value", body, *ends, variable=variables(body)[0])


@frame("", may="SOLVE EVER")
def function_equals(sentence: Sentence, context: Context) -> Reading:
    """`solve f(x) = 7 where f(x) = 2x - 3`."""
    known = {n.args[0].text: n.args[1] for n in sentence.take_all(_is_rule)}
    asked = sentence.take(lambda n: n.head == "Eq" and is_applied(n.args[0]) and is_number(n.args[1]))
    sentence.take_all(is_name)
    if asked is None or not is_name(asked.args[0].args[0]):
        return None
    body = known.get(asked.args[0].text) or context.definition(asked.args[0].text)
    if body is None or len(variables(body)) != 1:
        return None
    return problem("solve", Node("Eq", (body, asked.args[1])), variable=variables(body)[0])


def _is_rule(node: Node) -> bool:
    return is_definition(node) and is_applied(node.args[0]) and is_expression(node.args[1])


@frame("", may="FORM CONVERT REARRANGE")
def completed_square(sentence: Sentence, _context: Context) -> Reading:
    """`write x^2 + 8x in the form (x+a)^2 + b`."""
    pair = sentence.take_all(lambda n: is_expression(n) and not is_name(n))
    if len(pair) != 2:
        return None
    body, form = pair
    letters = set(variables(form)) - set(variables(body))
    if len(variables(body)) != 1 or not letters or not any(_is_square_of_sum(n) for n in walk(form)):
        return None
    return problem("complete_square", body, variable=variables(body)[0])


def _is_square_of_sum(node: Node) -> bool:
    return node.head == "pow" and node.args[0].head in {"add", "sub"} and node.args[1] == num(2)


@frame("SINGLE_LOG", may="CONVERT REARRANGE SIMPLIFY COMBINE ADD")
def single_log(sentence: Sentence, _context: Context) -> Reading:
    """`write log 3 + 2 log 5 as a single logarithm`."""
    node = sentence.take(is_constant)
    found = _argument(node) if node is not None else None
    if found is None:
        return None
    argument, base = found
    logarithm = call("log", argument, base) if base is not None else call("log", argument)
    return problem("evaluate", logarithm)


def _argument(node: Node) -> tuple[Node, Node | None] | None:
    """What one logarithm of the same base would be of."""
    if node.head == "call" and node.text == "log":
        return node.args[0], node.args[1] if len(node.args) > 1 else None
    if node.head in {"add", "sub"}:
        one, other = _argument(node.args[0]), _argument(node.args[1])
        if one is None or other is None or one[1] != other[1]:
            return None
        return Node("mul" if node.head == "add" else "div", (one[0], other[0])), one[1]
    if node.head == "mul" and is_number(node.args[0]):
        inner = _argument(node.args[1])
        return (Node("pow", (inner[0], node.args[0])), inner[1]) if inner is not None else None
    return None


@frame("SUM PRODUCT", may="TWO_NUMBERS ADD")
@frame("ADD PRODUCT", may="TWO_NUMBERS SUM")
@frame("SUM MULTIPLY", may="TWO_NUMBERS ADD")
@frame("ADD MULTIPLY", may="TWO_NUMBERS SUM")
def sum_and_product(sentence: Sentence, _context: Context) -> Reading:
    """`find two numbers whose sum is 12 and product is 35`."""
    if sentence.take(lambda n: n == num(2)) is None:
        return None
    found = sentence.loose_numbers()
    if len(found) != 2:
        return None
    first = next(p.meanings for p in sentence.parts if p.meanings & {"ADD", "SUM", "PRODUCT", "MULTIPLY"})
    total, product = found if first & {"ADD", "SUM"} else found[::-1]
    x, y = name("x"), name("y")
    equations = (Node("Eq", (Node("add", (x, y)), total)), Node("Eq", (Node("mul", (x, y)), product)))
    return problem("two_numbers", *equations, unknowns=["x", "y"])
