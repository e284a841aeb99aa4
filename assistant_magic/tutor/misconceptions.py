"""Wrong rules that pupils apply, each as a rewriting of one place of an expression.

Collected from the literature on buggy rules (Brown & Burton; IDEAS; STACK's `buggy_pow` and `mediant`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant_magic.tutor.expressions import Node, call, num

Rule = Callable[[Node], Iterator[Node]]


def places(node: Node, rule: Rule) -> Iterator[Node]:
    """The whole tree with `rule` applied at one place, for every place and every way it applies."""
    yield from rule(node)
    for i, arg in enumerate(node.args):
        for other in places(arg, rule):
            yield Node(node.head, (*node.args[:i], other, *node.args[i + 1 :]), node.text)


def _is_sum(node: Node) -> bool:
    return node.head in {"add", "sub"}


def _add(a: Node, b: Node) -> Node:
    return Node("add", (a, b))


def _mul(a: Node, b: Node) -> Node:
    return Node("mul", (a, b))


def _div(a: Node, b: Node) -> Node:
    return Node("div", (a, b))


def _pow(a: Node, b: Node) -> Node:
    return Node("pow", (a, b))


def _neg(a: Node) -> Node:
    return Node("neg", (a,))


def add_fractions(n: Node) -> Iterator[Node]:
    """a/b + c/d → (a + c)/(b + d)."""
    if _is_sum(n) and all(a.head == "div" for a in n.args):
        (a, b), (c, d) = (x.args for x in n.args)
        yield _div(Node(n.head, (a, c)), _add(b, d))
        yield _div(Node(n.head, (a, c)), _mul(b, d))


def divide_fractions(n: Node) -> Iterator[Node]:
    """a/b ÷ c/d → ac/bd."""
    if n.head == "div" and n.args[1].head == "div":
        yield _mul(*n.args)


def invert_first(n: Node) -> Iterator[Node]:
    """a/b ÷ c/d → b/a · c/d."""
    if n.head == "div" and all(a.head == "div" for a in n.args):
        yield _mul(_div(n.args[0].args[1], n.args[0].args[0]), n.args[1])


def sign_of_bracket(n: Node) -> Iterator[Node]:
    """A - (b + c) → a - b + c."""
    if n.head == "sub" and _is_sum(n.args[1]):
        b, c = n.args[1].args
        yield Node(n.args[1].head, (Node("sub", (n.args[0], b)), c))
    if n.head == "neg" and _is_sum(n.args[0]):
        b, c = n.args[0].args
        yield Node(n.args[0].head, (_neg(b), c))
    if n.head == "sub" and n.args[1].head == "mul" and _is_sum(n.args[1].args[1]):
        factor, (b, c) = n.args[1].args[0], n.args[1].args[1].args
        yield Node(n.args[1].args[1].head, (Node("sub", (n.args[0], _mul(factor, b))), _mul(factor, c)))


def distribute_first(n: Node) -> Iterator[Node]:
    """a(b + c) → ab + c."""
    if n.head == "mul":
        for factor, bracket in (n.args, n.args[::-1]):
            if _is_sum(bracket):
                yield Node(bracket.head, (_mul(factor, bracket.args[0]), bracket.args[1]))


def power_of_sum(n: Node) -> Iterator[Node]:
    """(a + b)^n → a^n + b^n."""
    if n.head == "pow" and _is_sum(n.args[0]):
        a, b = n.args[0].args
        yield Node(n.args[0].head, (_pow(a, n.args[1]), _pow(b, n.args[1])))
        if n.args[0].head == "sub":
            yield _add(_pow(a, n.args[1]), _pow(b, n.args[1]))


def power_as_product(n: Node) -> Iterator[Node]:
    """a^n → a·n."""
    if n.head == "pow" and n.args[0].head == n.args[1].head == "num":
        yield _mul(*n.args)


def square_of_negative(n: Node) -> Iterator[Node]:
    """(-a)^2 → -a^2."""
    if n.head == "pow" and n.args[0].head == "neg":
        yield _neg(_pow(n.args[0].args[0], n.args[1]))


def negative_exponent(n: Node) -> Iterator[Node]:
    """a^-n → -a^n."""
    if n.head == "pow" and n.args[1].head == "neg":
        yield _neg(_pow(n.args[0], n.args[1].args[0]))


def multiply_exponents(n: Node) -> Iterator[Node]:
    """a^m · a^n → a^(mn)."""
    if _powers_of_one_base(n):
        yield _pow(n.args[0].args[0], _mul(n.args[0].args[1], n.args[1].args[1]))


def multiply_bases(n: Node) -> Iterator[Node]:
    """a^m · a^n → (aa)^(m + n)."""
    if _powers_of_one_base(n):
        base = n.args[0].args[0]
        yield _pow(_mul(base, base), _add(n.args[0].args[1], n.args[1].args[1]))


def _powers_of_one_base(n: Node) -> bool:
    return n.head == "mul" and all(a.head == "pow" for a in n.args) and n.args[0].args[0] == n.args[1].args[0]


def add_exponents(n: Node) -> Iterator[Node]:
    """(a^m)^n → a^(m + n)."""
    if n.head == "pow" and n.args[0].head == "pow":
        yield _pow(n.args[0].args[0], _add(n.args[0].args[1], n.args[1]))


def zero_exponent(n: Node) -> Iterator[Node]:
    """a^0 → 0."""
    if n.head == "pow" and n.args[1] == num(0):
        yield num(0)


def root_of_sum(n: Node) -> Iterator[Node]:
    """sqrt(a + b) → sqrt(a) + sqrt(b)."""
    yield from _of_each(n, "sqrt")


def log_of_sum(n: Node) -> Iterator[Node]:
    """log(a + b) → log(a) + log(b)."""
    yield from _of_each(n, "log")


def _of_each(n: Node, function: str) -> Iterator[Node]:
    if n.head == "call" and n.text == function and _is_sum(n.args[0]):
        yield Node(n.args[0].head, tuple(call(function, a, *n.args[1:]) for a in n.args[0].args))


def left_to_right(n: Node) -> Iterator[Node]:
    """A + b·c → (a + b)·c."""
    if _is_sum(n) and n.args[1].head in {"mul", "div"}:
        b, c = n.args[1].args
        yield Node(n.args[1].head, (Node(n.head, (n.args[0], b)), c))


def minus_minus(n: Node) -> Iterator[Node]:
    """A - (-b) → a - b."""
    if n.head == "sub" and n.args[1].head == "neg":
        yield Node("sub", (n.args[0], n.args[1].args[0]))


def product_of_negatives(n: Node) -> Iterator[Node]:
    """(-a)(-b) → -(ab)."""
    flat = n.args[0].args[0] if n.head == "neg" and n.args[0].head == "mul" else None
    if n.head == "mul" and all(a.head == "neg" for a in n.args):
        yield _neg(_mul(n.args[0].args[0], n.args[1].args[0]))
    elif flat is not None and n.args[0].args[1].head == "neg":
        yield _neg(_mul(flat, n.args[0].args[1].args[0]))


def function_of_multiple(n: Node) -> Iterator[Node]:
    """sin(2x) → 2 sin(x)."""
    if n.head == "call" and n.text in {"sin", "cos", "tan", "log", "sqrt"} and n.args[0].head == "mul":
        factor, rest = n.args[0].args
        if factor.head == "num":
            yield _mul(factor, call(n.text, rest))


def cancel_term(n: Node) -> Iterator[Node]:
    """(a + b)/a → b."""
    if n.head == "div" and _is_sum(n.args[0]):
        a, b = n.args[0].args
        if a == n.args[1]:
            yield b if n.args[0].head == "add" else _neg(b)
        if b == n.args[1]:
            yield a


def unlike_terms(n: Node) -> Iterator[Node]:
    """2x + 3 → 5x."""
    if _is_sum(n) and n.args[0].head == "mul" and n.args[0].args[0].head == "num" and n.args[1].head == "num":
        yield _mul(Node(n.head, (n.args[0].args[0], n.args[1])), n.args[0].args[1])


def percent_as_number(n: Node) -> Iterator[Node]:
    """15 % → 15."""
    if n.head == "percent" or (n.head == "call" and n.text == "percent"):
        yield n.args[0]


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        add_fractions, divide_fractions, invert_first, sign_of_bracket, distribute_first, power_of_sum, zero_exponent, power_as_product,
        square_of_negative, negative_exponent, multiply_exponents, multiply_bases, add_exponents,
        root_of_sum, log_of_sum, left_to_right, minus_minus, product_of_negatives, function_of_multiple, cancel_term,
        unlike_terms, percent_as_number,
    )
}  # fmt: skip
"""Every wrong rule by the name its explanation has in the phrases."""
