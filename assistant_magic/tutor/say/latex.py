"""Expressions as LaTeX, and as plain text."""

from __future__ import annotations

from assistant_magic.tutor.expressions import RELATIONS, Node

_LEVELS = {"add": 1, "sub": 1, "neg": 1, "mul": 2, "div": 3, "pow": 4}
_RELATIONS = {"Eq": "=", "Ne": r"\neq", "Lt": "<", "Gt": ">", "Le": r"\le", "Ge": r"\ge"}
_NAMES = {
    "pi": r"\pi",
    "E": "e",
    "I": "i",
    "oo": r"\infty",
    "theta": r"\theta",
    "alpha": r"\alpha",
    "beta": r"\beta",
    "box": r"\square",
}
_FUNCTIONS = {"asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "log": r"\ln"}


def latex(node: Node) -> str:
    """LaTeX without dollar signs."""
    return _piece(node)


def _within(node: Node, level: int) -> str:
    text = _piece(node)
    return text if _LEVELS.get(node.head, 9) >= level else rf"\left({text}\right)"


def _piece(node: Node) -> str:
    args = node.args
    if node.head in RELATIONS:
        return f"{_piece(args[0])} {_RELATIONS[node.head]} {_piece(args[1])}"
    match node.head:
        case "num":
            return _number(node.text)
        case "name":
            return _name(node.text)
        case "add":
            right = _piece(args[1])
            return f"{_piece(args[0])} + {right if not right.startswith('-') else f'({right})'}"
        case "sub":
            return f"{_piece(args[0])} - {_within(args[1], 2)}"
        case "neg":
            return f"-{_within(args[0], 2)}"
        case "mul":
            return _product(args[0], args[1])
        case "div":
            return rf"\frac{{{_piece(args[0])}}}{{{_piece(args[1])}}}"
        case "pow":
            return _power(args[0], args[1])
        case "call":
            return _call(node)
        case "matrix":
            rows = r" \\ ".join(" & ".join(_piece(c) for c in row.args) for row in args)
            return rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}"
        case "tuple":
            return "(" + ", ".join(_piece(a) for a in args) + ")"
        case "and":
            return r" \text{ and } ".join(_piece(a) for a in args)
    return ", ".join(_piece(a) for a in args)


def _number(text: str) -> str:
    digits, exponential, power = text.partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if exponential else text


def _name(text: str) -> str:
    if text in _NAMES:
        return _NAMES[text]
    head, _, tail = text.partition("_")
    return f"{head}_{{{tail}}}" if tail else text if len(text) == 1 else rf"\text{{{text}}}"


def _product(left: Node, right: Node) -> str:
    if left.head == "neg":
        return f"-{_product(left.args[0], right)}"
    one, other = _within(left, 2), _within(right, 2)
    if other.startswith("-"):
        other = rf"\left({other}\right)"
    if (
        other[0].isdigit()
        or (right.head in {"pow", "div", "mul"} and _begins_with_digit(right))
        or right.head == "div"
    ):
        return rf"{one} \cdot {other}"
    return f"{one} {other}"


def _begins_with_digit(node: Node) -> bool:
    while node.args:
        node = node.args[0]
    return node.head == "num"


def _power(base: Node, exponent: Node) -> str:
    if str(exponent) == "1/2":
        return rf"\sqrt{{{_piece(base)}}}"
    if base.head == "call" and base.text in {"sin", "cos", "tan"}:
        return rf"\{base.text}^{{{_piece(exponent)}}}\left({_piece(base.args[0])}\right)"
    return f"{_within(base, 5)}^{{{_piece(exponent)}}}"


def _call(node: Node) -> str:
    inner = ", ".join(_piece(a) for a in node.args)
    match node.text:
        case "sqrt":
            return rf"\sqrt{{{inner}}}"
        case "cbrt":
            return rf"\sqrt[3]{{{inner}}}"
        case "Abs":
            return rf"\left|{inner}\right|"
        case "exp":
            return f"e^{{{inner}}}"
        case "factorial":
            return f"{_within(node.args[0], 9)}!"
        case "percent":
            return rf"{inner}\%"
        case "degrees":
            return rf"{_within(node.args[0], 9)}^{{\circ}}"
        case "mixed":
            whole, over, under = node.args
            return rf"{_piece(whole)}\frac{{{_piece(over)}}}{{{_piece(under)}}}"
        case "binomial":
            return rf"\binom{{{_piece(node.args[0])}}}{{{_piece(node.args[1])}}}"
        case "Mod" if len(node.args) == 2:
            return rf"{_within(node.args[0], 3)} \bmod {_within(node.args[1], 3)}"
        case "ff":
            return rf"{{}}^{{{_piece(node.args[0])}}}P_{{{_piece(node.args[1])}}}"
        case "log" if len(node.args) == 2:
            return rf"\log_{{{_piece(node.args[1])}}}\left({_piece(node.args[0])}\right)"
    command = _FUNCTIONS.get(node.text) or (
        rf"\{node.text}" if node.text in _KNOWN else rf"\operatorname{{{node.text}}}"
    )
    return rf"{command}\left({inner}\right)"


_KNOWN = frozenset({"sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "exp", "max", "min"})
