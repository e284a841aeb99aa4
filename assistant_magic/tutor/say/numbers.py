"""Numbers for the eye: the decimal value of an exact result, computed without SymPy and never shown as exact."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from fractions import Fraction

from assistant_magic.tutor.expressions import Node

_FUNCTIONS: dict[str, Callable[..., complex]] = {
    "sqrt": cmath.sqrt, "exp": cmath.exp, "log": cmath.log, "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan,
    "asin": cmath.asin, "acos": cmath.acos, "atan": cmath.atan, "Abs": abs, "sinh": cmath.sinh, "cosh": cmath.cosh,
    "tanh": cmath.tanh,
}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "E": math.e, "I": 1j}


def approximate(node: Node) -> complex | None:
    """The value of a constant expression, or None where it has variables or is out of reach."""
    try:
        return _value(node)
    except (ArithmeticError, ValueError, KeyError, TypeError):
        return None


def _value(node: Node) -> complex:
    args = [_value(a) for a in node.args]
    match node.head:
        case "num":
            return float(node.text)
        case "name":
            return _CONSTANTS[node.text]
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
            return complex(args[0] ** args[1])
        case "call":
            return _FUNCTIONS[node.text](*args)
    raise KeyError(node.head)


def exact(node: Node) -> Fraction | None:
    """The value of a fraction or whole number, or None for anything else."""
    match node.head:
        case "num" if "e" not in node.text:
            return Fraction(node.text)
        case "neg":
            inner = exact(node.args[0])
            return None if inner is None else -inner
        case "div":
            over, under = exact(node.args[0]), exact(node.args[1])
            return None if over is None or not under else over / under
    return None


def terminating(value: Fraction) -> str | None:
    """A fraction as a decimal that ends, or None if it does not end soon."""
    under = value.denominator
    for prime in (2, 5):
        while under % prime == 0:
            under //= prime
    if under != 1 or value.denominator == 1 or value.denominator > 10**12:
        return None
    places = next(n for n in range(60) if (value * 10**n).denominator == 1)
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def shown(value: float) -> str:
    """A float with as many digits as help."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.10g}"


def standard_form(value: Fraction) -> str:
    r"""`4.5 \times 10^{4}`."""
    power = 0
    while abs(value) >= 10:
        value, power = value / 10, power + 1
    while 0 < abs(value) < 1:
        value, power = value * 10, power - 1
    digits = terminating(value) or str(value.numerator if value.denominator == 1 else float(value))
    return rf"{digits} \times 10^{{{power}}}"


def fraction_node(value: Fraction) -> Node:
    """A fraction as a tree."""
    whole = Node("num", text=str(abs(value.numerator)))
    node = whole if value.denominator == 1 else Node("div", (whole, Node("num", text=str(value.denominator))))
    return Node("neg", (node,)) if value < 0 else node
