"""Odd roots of negative numbers: the real ones, as at school."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, call, num, rebuilt
from assistant_magic.tutor.read.kinds import is_number


def with_real_roots(node: Node) -> Node:
    """`(-8)^(1/3)`: an odd root of a negative number is the negative number that pupils mean."""

    def change(n: Node) -> Node | None:
        if n.head != "pow" or n.args[0].head != "neg" or n.args[1].head != "div":
            return None
        over, under = n.args[1].args
        odd = under.text.isdigit() and over.text.isdigit() and int(under.text) % 2 == 1
        if not odd or not is_number(n.args[0].args[0]):
            return None
        root = call("cbrt", n.args[0]) if under == num(3) else call("real_root", n.args[0], under)
        return root if over == num(1) else Node("pow", (root, over))

    return rebuilt(node, change)
