"""The same asked of something else: `and of sqrt(x+5)`, `what about 30?`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.expressions import Node, variables
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.kinds import is_expression, is_number, is_row
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.sentence import Sentence

_OF_ONE_EXPRESSION = frozenset(
    [
        "plot",
        "domain",
        "range_of_function",
        "derivative",
        "integral",
        "factor",
        "expand",
        "simplify",
        "vertex",
        "parity",
        "y_intercept",
        "inverse_function",
    ]
)


_OF_ONE_NUMBER = frozenset({"factors", "factor_count", "is_prime", "prime_factorisation", "prime_factors"})
_OF_ONE_LIST = frozenset({"gcd", "lcm", "common_factors", "mean", "median", "mode", "spread"})


def _other_side(last: Problem, node: Node) -> Problem | None:
    """`what if it was 3x - 4`: the same equation with another left side."""
    equation = last.nodes[0]
    if equation.head != "Eq" or variables(node) != variables(equation):
        return None
    return replace(last, of=(str(Node("Eq", (node, equation.args[1]))),))


def read_other_expression(parts: Sequence[Part], text: str, context: Context) -> Problem | None:
    """`and of sqrt(x+5)`, `what about x^2?`: the same asked of another expression."""
    last = context.problem
    sentence = Sentence(parts, text)
    if (
        last is None
        or last.task not in {*_OF_ONE_EXPRESSION, *_OF_ONE_LIST, *_OF_ONE_NUMBER, "solve"}
        or sentence.unknown
        or sentence.begins_with("now work", "now find")
    ):
        return None
    continued = sentence.begins_with("and") and last.task not in {"solve", "simplify"}
    if not continued and not sentence.begins_with(*_OPENINGS):
        return None
    return _of_other(last, sentence)


_OPENINGS = (
    "and of",
    "of",
    "and for",
    "what about",
    "how about",
    "now for",
    "now with",
    "same for",
    "now",
    "what if it was",
    "what if its",
    "what if it is",
    "try",
)


def _of_other(last: Problem, sentence: Sentence) -> Problem | None:
    """The last task, of the list, number or expression that is typed."""
    row = sentence.take(lambda n: is_row(n) and len(n.args) > 1)
    if row is not None and last.task in _OF_ONE_LIST:
        return replace(last, of=(str(Node("list", row.args)),))
    value = sentence.take(is_number) if last.task in _OF_ONE_NUMBER else None
    if value is not None and not sentence.left and all("FILLER" in m for m in sentence.meanings):
        return replace(last, of=(str(value),))
    node = sentence.take(is_expression)
    if node is not None and last.task == "solve" and not sentence.left:
        return _other_side(last, node)
    if node is None or sentence.left or not all("FILLER" in m for m in sentence.meanings):
        return None
    letters = variables(node)
    options = {**last.options, "variable": letters[0]} if "variable" in last.options else last.options
    if not (len(letters) == 1 or letters == variables(last.nodes[0])) or (
        len(last.of) > 1 and last.task != "plot"
    ):
        return None
    return replace(last, of=(str(node), *last.of[1:]), options=options)
