"""Kinds of mathematics: is this a number, an equation, a point, a matrix?"""

from __future__ import annotations

from assistant_magic.tutor.expressions import RELATIONS, Node, name, variables, walk

_NUMERIC = frozenset({"num", "neg", "add", "sub", "mul", "div", "pow", "mixed", "percent", "degrees", "call"})
_ALGEBRA = _NUMERIC | {"name"}
_NOT_VALUES = frozenset({"integrate", "diff", "limit", "summation", "f", "g", "h", "F", "G", "H", "p"})


HELD_BY = frozenset({"into", "by", "from", "than", "out", "under", "through", "after"})
"""Prepositions that want something before them: `by 9` and `into 2x + 5` are no questions of their own."""


def is_number(node: Node) -> bool:
    """No variables, no lists, no relations."""
    return all(
        n.head in _NUMERIC or (n.head == "name" and n.text in {"pi", "E", "oo"}) for n in walk(node)
    ) and not any(n.head == "call" and n.text in _NOT_VALUES for n in walk(node))


def is_percent(node: Node) -> bool:
    """`15%`."""
    return node.head == "percent" or (node.head == "call" and node.text == "percent")


def is_plain(node: Node) -> bool:
    """A number that is not a percentage."""
    return is_number(node) and not is_percent(node)


def is_constant(node: Node) -> bool:
    """A number, perhaps complex, perhaps an integral or a sum: something with one value."""
    bound = {
        n.args[1].text for n in walk(node) if n.head == "call" and n.text in _NOT_VALUES and len(n.args) > 2
    }
    return (
        node.head in _ALGEBRA
        and all(n.head in _ALGEBRA for n in walk(node))
        and not set(variables(node)) - bound
    )


def is_name(node: Node) -> bool:
    """A single variable."""
    return node.head == "name" and bool(variables(node))


def is_expression(node: Node) -> bool:
    """Algebra with a variable and no relation."""
    return node.head in _ALGEBRA and bool(variables(node)) and all(n.head in _ALGEBRA for n in walk(node))


def is_equation(node: Node) -> bool:
    """One equation with something unknown."""
    return node.head == "Eq" and bool(variables(node)) and all(is_side(side) for side in node.args)


def is_side(node: Node) -> bool:
    """What may stand on a side of an equation."""
    return is_number(node) or is_expression(node) or node == name("I")


def is_inequality(node: Node) -> bool:
    """`3x - 4 > 11`, or a chain of two."""
    heads = {n.head for n in (node.args if node.head == "and" else (node,))}
    return heads <= RELATIONS.keys() - {"Eq"} and bool(variables(node))


def is_assignment(node: Node) -> bool:
    """`x = 4`."""
    if node.head != "Eq" or not is_name(node.args[0]):
        return False
    right = node.args[1]
    return is_number(right) or (is_constant(right) and any(n == name("I") for n in walk(right)))


def is_definition(node: Node) -> bool:
    """`y = x^2`, `f(x) = 2x + 5`."""
    return (
        node.head == "Eq"
        and is_left_side(node.args[0])
        and (is_expression(node.args[1]) or is_number(node.args[1]))
    )


def is_left_side(node: Node) -> bool:
    """`y`, or `f(x)`."""
    return is_name(node) or (is_applied(node) and is_name(node.args[0]))


def is_applied(node: Node) -> bool:
    """`f(3)`, `g(x)`."""
    return (
        node.head == "call"
        and node.text.rstrip("'") in {"f", "g", "h", "F", "G", "H"}
        and len(node.args) == 1
    )


def is_row(node: Node) -> bool:
    """A list of numbers."""
    return (
        node.head in {"items", "list", "tuple", "set"}
        and bool(node.args)
        and all(is_number(a) for a in node.args)
    )


def is_point(node: Node) -> bool:
    """`(2, -3)`."""
    return (
        node.head in {"tuple", "list"}
        and len(node.args) == 2
        and all(is_number(a) or is_name(a) for a in node.args)
    )


def is_vector(node: Node) -> bool:
    """A row of two or more values in brackets."""
    return node.head in {"tuple", "list"} and len(node.args) > 1 and all(is_number(a) for a in node.args)


def is_matrix(node: Node) -> bool:
    """Rows of equal length."""
    return node.head == "matrix"
