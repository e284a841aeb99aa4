"""Frames of algebra: equations, evaluating, expanding and factoring."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, replaced, variables
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.sentence import Sentence, is_number


def is_equation(node: Node) -> bool:
    """One equation with something unknown."""
    return node.head == "Eq" and bool(variables(node))


def is_name(node: Node) -> bool:
    """A single variable."""
    return node.head == "name" and bool(variables(node))


def is_expression(node: Node) -> bool:
    """Algebra with a variable and no relation."""
    return node.head in {"add", "sub", "mul", "div", "pow", "neg", "call", "name"} and bool(variables(node))


def is_assignment(node: Node) -> bool:
    """`x = 4`."""
    return node.head == "Eq" and is_name(node.args[0]) and is_number(node.args[1])


@frame("SOLVE")
@frame("")
def solved(sentence: Sentence, _context: Context) -> Reading:
    """`solve 2x + 3 = 11`, `x(x+3) = 10`."""
    equation = sentence.take(is_equation)
    if equation is None:
        return None
    unknown = sentence.take(is_name)
    letters = variables(equation)
    if unknown is None and len(letters) > 1:
        return None
    return problem("solve", equation, variable=unknown.text if unknown else letters[0])


@frame("")
def substituted(sentence: Sentence, context: Context) -> Reading:
    """`3x^2 - 2x + 1 when x = 4`, `and for x = 5?`."""
    given = sentence.take(is_assignment)
    if given is None:
        return None
    expression = sentence.take(is_expression) or _algebra(context)
    if expression is None or given.args[0].text not in variables(expression):
        return None
    return problem("substitute", expression, given)


def _algebra(context: Context) -> Node | None:
    found = context.expression
    if found is not None and is_expression(found):
        return found
    last: Problem | None = context.problem
    return next((n for n in last.nodes if is_expression(n)), None) if last else None


def put_in(expression: Node, given: Node) -> Node:
    """The expression with a value in the place of a variable."""
    return replaced(expression, given.args[0], given.args[1])
