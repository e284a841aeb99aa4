"""The same asked of something else: `and of sqrt(x+5)`, `what about 30?`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.expressions import Node, variables
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.kinds import is_assignment, is_expression, is_number, is_row
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.sentence import Sentence

_OF_ONE_EXPRESSION = frozenset(("plot", "domain", "range_of_function", "derivative", "derivative_at", "integral", "limit", "taylor",
    "factor", "expand", "simplify", "substitute", "vertex", "axis", "complete_square", "parity", "y_intercept", "inverse_function",
    "tangent", "normal", "stationary", "stationary_x", "local_minimum", "local_maximum", "inflection", "inflection_x", "minimum",
    "maximum", "average_value", "increasing", "decreasing", "period", "amplitude", "gradient_of", "partial_fractions",
    "vertical_asymptotes", "horizontal_asymptotes", "discriminant", "nature_of_roots", "real_root_count"))  # fmt: skip
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
    if last.task in _AT_A_POINT:
        elsewhere = _elsewhere(last, sentence)
        if elsewhere is not None:
            return elsewhere
    continued = sentence.begins_with("and") and last.task not in {"solve", "simplify"}
    if not continued and not sentence.begins_with(*_OPENINGS):
        return None
    return _of_other(last, sentence)


_AT_A_POINT = frozenset({"derivative_at", "tangent", "normal"})


def _elsewhere(last: Problem, sentence: Sentence) -> Problem | None:
    """`and at x = 5`: the same of the same function, at another point."""
    chunk = sentence.chunks[0] if len(sentence.chunks) == 1 else None
    if chunk is None or chunk.node is None or not all(m & _SAME for m in sentence.meanings):
        return None
    if chunk.role == "at" and is_number(chunk.node):
        return replace(last, of=(last.of[0], str(chunk.node)))
    if not is_assignment(chunk.node) or chunk.node.args[0].text != last.options.get("variable"):
        return None
    return replace(last, of=(last.of[0], str(chunk.node.args[1]))) if is_number(chunk.node.args[1]) else None


_OPENINGS = (
    "and of",
    "of",
    "and for",
    "what about",
    "how about",
    "now for",
    "now with",
    "same for",
    "same with",
    "same but with",
    "same but for",
    "do the same with",
    "do the same for",
    "do the same to",
    "same thing with",
    "same thing for",
    "the same with",
    "the same for",
    "and with",
    "again with",
    "again for",
    "with",
    "for",
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
    if node is None or sentence.left or not all(m & _SAME for m in sentence.meanings):
        return None
    return _of_other_expression(last, node)


_SAME = frozenset({"FILLER", "SAME", "SAME_AGAIN", "INSTEAD"})


def _of_other_expression(last: Problem, node: Node) -> Problem | None:
    old, *others = last.nodes
    letters = variables(node)
    if letters == variables(old):
        return replace(last, of=(str(node), *last.of[1:]))
    # In another letter; what is said of the old one (`at x = 3`) is then not said of it.
    if len(letters) != 1 or any(variables(other) for other in others):
        return None
    options = {**last.options, "variable": letters[0]} if "variable" in last.options else last.options
    return replace(last, of=(str(node), *last.of[1:]), options=options)
