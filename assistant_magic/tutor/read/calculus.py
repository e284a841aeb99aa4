"""Frames of calculus: derivatives, integrals, plots."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.algebra import is_expression, is_name
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.sentence import Sentence, is_number


def _function(sentence: Sentence, context: Context) -> Node | None:
    """The function that is talked about: `y = x^2` gives its right side."""
    found = sentence.take(lambda n: n.head == "Eq" and len(variables(n.args[1])) == 1 and _is_left(n.args[0]))
    if found is not None:
        return found.args[1]
    found = sentence.take(is_expression)
    if found is not None:
        return found
    known = context.expression
    return known if known is not None and is_expression(known) else None


def _is_left(node: Node) -> bool:
    return is_name(node) or (node.head == "call" and node.text in {"f", "g", "h"})


@frame("DERIVATIVE", may="RESPECT")
def derivative(sentence: Sentence, context: Context) -> Reading:
    """`derivative of x^3`, `differentiate that`."""
    f = _function(sentence, context)
    if f is None:
        return None
    unknown = sentence.take(is_name)
    letters = variables(f)
    variable = unknown.text if unknown else letters[0] if len(letters) == 1 else ""
    return problem("derivative", f, variable=variable, order=1) if variable else None


@frame("INTEGRAL", may="RESPECT")
def integral(sentence: Sentence, context: Context) -> Reading:
    """`integrate 2x + 1`, `integrate e^(-x) from 0 to infinity`."""
    f = _function(sentence, context)
    if f is None:
        return None
    lower, upper = sentence.take(is_number, role="from between"), sentence.take(is_number, role="to and")
    letters = variables(f)
    if len(letters) != 1 or (lower is None) != (upper is None):
        return None
    limits = (lower, upper) if lower is not None and upper is not None else ()
    return problem("integral", f, *limits, variable=letters[0])


@frame("PLOT")
def plot(sentence: Sentence, context: Context) -> Reading:
    """`plot cos(2x) from 0 to 2pi`."""
    f = _function(sentence, context)
    if f is None or len(variables(f)) != 1:
        return None
    variable = variables(f)[0]
    lower, upper = sentence.take(is_number, role="from between"), sentence.take(is_number, role="to and")
    ends = sentence.take(lambda n: n.head in {"list", "tuple", "items", "and"})
    if ends is not None:
        lower, upper = _ends(ends)
    if lower is None or upper is None:
        lower, upper = Node("neg", (Node("num", text="10"),)), Node("num", text="10")
    return problem("plot", f, lower, upper, variable=variable)


def _ends(node: Node) -> tuple[Node, Node]:
    if node.head == "and":
        return node.args[0].args[0], node.args[1].args[1]
    return node.args[0], node.args[1]
