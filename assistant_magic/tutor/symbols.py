"""Trees as SymPy expressions, built node by node: nothing that a pupil typed is ever evaluated as code."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping
from typing import Any

from assistant_magic.tutor.expressions import RELATIONS, Node, num, parse, walk
from assistant_magic.tutor.plan.limits import too_large
from assistant_magic.tutor.plan.source import expanded
from assistant_magic.tutor.problems import problem

_CONSTANTS = {"pi": "pi", "E": "E", "I": "I", "oo": "oo"}
_FUNCTIONS = frozenset(
    [
        "sqrt",
        "exp",
        "log",
        "sin",
        "cos",
        "tan",
        "sec",
        "csc",
        "cot",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "Abs",
        "factorial",
        "binomial",
        "Mod",
        "root",
        "real_root",
        "floor",
        "ceiling",
        "gcd",
        "lcm",
    ]
)


class UnreadableError(ValueError):
    """Mathematics that cannot be computed with here; the text says which part."""


def to_sympy(node: Node, *, real: bool = True) -> Any:
    """The SymPy expression of a tree; letters stand for real numbers unless `real` is False.

    Raises:
        UnreadableError: It contains something that is no expression, or its numbers are too large.
    """
    if too_large(problem("evaluate", node)):
        raise UnreadableError("the numbers are too large")
    return _Builder(real).build(expanded(node))


class _Builder:
    def __init__(self, real: bool) -> None:
        self._real = real

    def build(self, node: Node) -> Any:
        import sympy as sp

        args = [self.build(a) for a in node.args]
        match node.head:
            case "num":
                return sp.Rational(node.text)
            case "name":
                constant = _CONSTANTS.get(node.text)
                return getattr(sp, constant) if constant else sp.Symbol(node.text, real=self._real or None)
            case "neg":
                return -args[0]
            case "add":
                return args[0] + args[1]
            case "sub":
                return args[0] - args[1]
            case "mul":
                return args[0] * args[1]
            case "div":
                return args[0] / args[1]
            case "pow":
                return args[0] ** args[1]
            case "call" if node.text in _FUNCTIONS:
                return getattr(sp, node.text)(*args)
        raise UnreadableError(f"'{node.text or node.head}' is not an expression")


def from_sympy(expression: Any) -> Node:
    """The tree of a SymPy expression."""
    return _with_sign_in_front(parse(str(expression)))


def _with_sign_in_front(node: Node) -> Node:
    """`-2*x` is the opposite of 2x for a reader, not -2 times x."""
    args = tuple(_with_sign_in_front(a) for a in node.args)
    if node.head in {"mul", "div"} and args[0].head == "neg":
        return Node("neg", (Node(node.head, (args[0].args[0], *args[1:])),))
    return Node(node.head, args, node.text)


_NUMERIC: dict[str, Callable[..., complex]] = {
    "sqrt": cmath.sqrt, "exp": cmath.exp, "log": cmath.log, "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan,
    "asin": cmath.asin, "acos": cmath.acos, "atan": cmath.atan, "Abs": abs, "sinh": cmath.sinh, "cosh": cmath.cosh,
    "tanh": cmath.tanh, "factorial": lambda x: math.gamma(x.real + 1), "sec": lambda x: 1 / cmath.cos(x),
    "csc": lambda x: 1 / cmath.sin(x), "cot": lambda x: 1 / cmath.tan(x),
    "cbrt": lambda x: math.copysign(abs(x) ** (1 / 3), x.real),
    "root": lambda x, n: x ** (1 / n), "real_root": lambda x, n: math.copysign(abs(x) ** (1 / n.real), x.real),
    "binomial": lambda n, k: complex(math.comb(int(n.real), int(k.real))),
}  # fmt: skip


def value_at(node: Node, values: Mapping[str, float]) -> complex | None:
    """The value of a tree as it is written, or None where it is not defined.

    Unlike SymPy, which cancels x²/x while it reads it, this sees what a reader sees: no value at 0.
    """
    try:
        value = _value(node, values, any(n.text == "I" for n in walk(node)))
    except (ArithmeticError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return value if cmath.isfinite(value) else None


def _value(node: Node, values: Mapping[str, float], imaginary: bool) -> complex:
    args = [_value(a, values, imaginary) for a in node.args]
    match node.head:
        case "num":
            return complex(float(node.text))
        case "name":
            return complex(values[node.text]) if node.text in values else _named(node.text)
        case "neg":
            return -args[0]
        case "add":
            return args[0] + args[1]
        case "sub":
            return args[0] - args[1]
        case "mul":
            return args[0] * args[1]
        case "div":
            if abs(args[1]) < _NOTHING:
                raise ZeroDivisionError
            return args[0] / args[1]
        case "pow":
            if abs(args[0]) < _NOTHING and args[1].real < 0:
                raise ZeroDivisionError
            return _allowed(complex(args[0] ** args[1]), imaginary)
        case "call":
            if node.text == "log" and abs(args[0]) < _NOTHING:
                raise ZeroDivisionError
            value = complex(_NUMERIC[node.text](*args))
            if node.text in _POLES and abs(value) > 1 / _NOTHING:
                raise ZeroDivisionError
            return _allowed(value, imaginary)
        case "percent":
            return args[0] / 100
        case "degrees":
            return args[0] * math.pi / 180
        case "mixed":
            return args[0] + args[1] / args[2]
    raise KeyError(node.head)


_NOTHING = 1e-12
_POLES = frozenset({"tan", "sec", "csc", "cot"})


def _allowed(value: complex, imaginary: bool) -> complex:
    """A root of a negative number is no real number, even where it is squared again later."""
    if not imaginary and abs(value.imag) > 1e-9 * max(1.0, abs(value)):
        raise ValueError
    return value


def _named(text: str) -> complex:
    return {"pi": complex(math.pi), "E": complex(math.e), "I": 1j}[text]


def gap(relation: Node) -> Node:
    """Left side minus right side."""
    assert relation.head in RELATIONS
    return relation.args[0] if relation.args[1] == num(0) else Node("sub", relation.args)
