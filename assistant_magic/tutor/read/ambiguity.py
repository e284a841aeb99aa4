"""Where words leave two readings: how far `square root of` reaches, `1/2x`, `100 - 35%`, `sin 45`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant_magic.tutor.expressions import Node, call, name, num, rebuilt, walk

_SPOKEN: dict[str, Callable[[Node], Node]] = {
    "sqrt": lambda x: call("sqrt", x),
    "cbrt": lambda x: call("cbrt", x),
    "fourth": lambda x: Node("pow", (x, Node("div", (num(1), num(4))))),
    "square": lambda x: Node("pow", (x, num(2))),
    "cube": lambda x: Node("pow", (x, num(3))),
    "half": lambda x: Node("div", (x, num(2))),
    "third": lambda x: Node("div", (x, num(3))),
    "quarter": lambda x: Node("div", (x, num(4))),
    "double": lambda x: Node("mul", (num(2), x)),
    "triple": lambda x: Node("mul", (num(3), x)),
    "abs": lambda x: call("Abs", x),
    "reciprocal": lambda x: Node("div", (num(1), x)),
    "factorial": lambda x: call("factorial", x),
    "negative": lambda x: Node("neg", (x,)),
    "floor": lambda x: call("floor", x),
    "ceiling": lambda x: call("ceiling", x),
}


_OPEN_ENDED = ("spoken", "of")


def _open_ended(node: Node) -> bool:
    """The node ends in something spoken whose reach is open, as 'square root of 16' does."""
    if node.head in _OPEN_ENDED:
        return True
    return node.head in {"add", "sub", "mul", "div"} and _open_ended(node.args[-1])


def _reaching_further(node: Node, head: str, right: Node) -> Node:
    """The other reading: what follows belongs to what was spoken."""
    *before, last = node.args
    inner = Node(head, (last, right)) if node.head in _OPEN_ENDED else _reaching_further(last, head, right)
    return Node(node.head, (*before, inner), node.text)


def _is_complex(node: Node) -> bool:
    return any(n == name("I") for n in walk(node))


def binary(head: str) -> Callable[[list[Any]], Node]:
    """The callback of an operator; both readings where a spoken one may reach further."""

    def build(children: list[Any]) -> Node:
        left, right = children[0], children[-1]
        node = Node(head, (left, right))
        if left.head == "spoken" and left.text == "abs" and _is_complex(right):
            return _reaching_further(left, head, right)
        if head in {"add", "sub"} and right.head == "percent" and left.head != "percent":
            # 100 - 35%: hundredths, or hundredths of what stands before
            part = Node("mul", (right, left), "of")
            return Node("either", (node, Node(head, (left, part))))
        if _open_ended(left) and not _open_ended(right):
            return Node("either", (node, _reaching_further(left, head, right)))
        return node

    return build


def _factors(node: Node) -> list[Node]:
    """What a product is made of; the base of a power counts."""
    if node.head in {"mul", "div"}:
        return [f for arg in node.args[: 2 if node.head == "mul" else 1] for f in _factors(arg)]
    return _factors(node.args[0]) if node.head in {"pow", "neg"} else [node]


def div_tight(children: list[Any]) -> Node:
    """`1/2x`: half of x, or one over 2x."""
    # 1/2x: half of x, or one over 2x
    over, under = children[0], children[-1]
    by, *factors = _implied(under)
    if all(_factors(f)[0].head == "name" and _factors(f)[0] in _factors(over) for f in factors):
        # 6x^2/2x: nobody divides by 2 and multiplies by x again
        return Node("div", (over, under))
    first = Node("div", (over, by))
    for factor in factors:
        first = Node("mul", (first, factor), "implied")
    return Node("either", (first, Node("div", (over, under))))


def _implied(node: Node) -> list[Node]:
    """`3xy` as its factors, in their order."""
    if node.head == "mul" and node.text == "implied":
        return [*_implied(node.args[0]), node.args[1]]
    return [node]


def _root(node: Node, index: str) -> Node:
    """`4th root of 81`; the cube root of a negative number is a real one."""
    if index in {"2", "3"}:
        return call("sqrt" if index == "2" else "cbrt", node)
    return Node("pow", (node, Node("div", (num(1), num(index)))))


def settled_tree(node: Node) -> Node:
    """The tree with everything spoken written out."""
    return rebuilt(node, _settled)


def _settled(node: Node) -> Node | None:
    if node.head == "spoken":
        root, _, index = node.text.partition(" ")
        inner = settled_tree(node.args[0])
        return _root(inner, index) if root == "root" else _SPOKEN[node.text](inner)
    if node.head == "of":
        return Node("mul", (settled_tree(node.args[0]), settled_tree(node.args[1])), "of")
    if node.head == "group":
        return settled_tree(node.args[0])
    return None


def with_angles(node: Node) -> Node:
    """`sin 45` without a degree sign: 45 degrees, or 45 radians; nobody can know."""

    def change(n: Node) -> Node | None:
        if n.head != "call" or n.text not in {"sin", "cos", "tan"} or len(n.args) != 1:
            return None
        angle = n.args[0].args[0] if n.args[0].head == "neg" else n.args[0]
        if angle.head == "num" and angle.text.isdigit() and int(angle.text) >= 10:
            return Node("either", (call(n.text, Node("degrees", n.args)), n))
        return None

    return rebuilt(node, change)
