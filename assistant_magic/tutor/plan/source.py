"""Expressions as Python source: plain numbers, exact fractions, NumPy, or SymPy."""

from __future__ import annotations

from dataclasses import dataclass

from assistant_magic.tutor.expressions import CONSTANTS, RELATIONS, Node, call, name, num, walk

_LEVELS = {"add": 1, "sub": 1, "neg": 2, "mul": 2, "div": 2, "pow": 4}
_SIGNS = {"add": " + ", "sub": " - ", "mul": "*", "div": "/", "pow": "**"}
_ATOM = 9
_BUILTIN = {"Abs": "abs"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """Source with how tightly it binds, and whether plain Python would already compute it exactly."""

    text: str
    level: int = _ATOM
    plain: bool = False

    def within(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


def canonical(node: Node) -> str:
    """The text form that `expressions.parse` reads back."""
    return _Canonical().piece(node).text


def sympy_source(node: Node) -> str:
    """Source that SymPy computes exactly; it expects `sp` and the symbols."""
    return _Sympy().piece(expanded(node)).text


def fraction_source(node: Node) -> str:
    """Source for exact rational arithmetic with `Fraction`."""
    return _Fractions().piece(expanded(node)).text


def python_source(node: Node) -> str:
    """Source for plain Python numbers."""
    return _Canonical().piece(expanded(node)).text


def numpy_source(node: Node) -> str:
    """Source for numbers and NumPy's arrays of them; it expects `np` and the variables."""
    return _NumPy().piece(expanded(node)).text


def expanded(node: Node) -> Node:
    """Percent signs, degrees and mixed numbers written out as arithmetic."""
    args = tuple(expanded(a) for a in node.args)
    match node.text if node.head == "call" else node.head:
        case "percent":
            return Node("div", (*args, num(100)))
        case "degrees":
            return Node("div", (Node("mul", (*args, name("pi"))), num(180)))
        case "mixed":
            return Node("add", (args[0], Node("div", args[1:])))
        case "cbrt":
            return call("real_root", *args, num(3))
    return Node(node.head, args, node.text)


class _Canonical:
    """The printer all others refine."""

    def piece(self, node: Node) -> _Piece:
        if node.head in _SIGNS:
            return self._binary(node)
        if node.head in {"percent", "degrees", "mixed", "ratio"}:
            return self.function(node.head, node.args)
        if node.head in RELATIONS:
            return self.function(node.head, node.args)
        match node.head:
            case "num":
                return self.number(node.text)
            case "name":
                return self.name(node.text)
            case "neg":
                return self._negative(node)
            case "call":
                return self.function(node.text, node.args)
            case "list" | "items":
                return _Piece("[" + self._all(node.args) + "]")
            case "matrix":
                return self.function("Matrix", (Node("list", node.args),))
            case "tuple":
                return _Piece("(" + self._all(node.args) + ("," if len(node.args) == 1 else "") + ")")
            case "set" | "dict":
                return _Piece("{" + self._all(node.args) + "}")
            case "and" | "or":
                sign = " & " if node.head == "and" else " | "
                return _Piece("(" + sign.join(f"({self.piece(a).text})" for a in node.args) + ")")
            case "text":
                return _Piece(repr(node.text))
        return self.function(f"{node.head}_", node.args)

    def number(self, text: str) -> _Piece:
        return _Piece(text, plain=True)

    def name(self, text: str) -> _Piece:
        return _Piece(text)

    def function(self, function: str, args: tuple[Node, ...]) -> _Piece:
        return _Piece(f"{function}({self._all(args)})")

    def quotient(self, over: _Piece, under: _Piece) -> _Piece:
        return _Piece(f"{over.within(2)}/{under.within(3)}", 2, over.plain and under.plain)

    def power(self, base: _Piece, exponent: _Piece) -> _Piece:
        return _Piece(
            f"{base.within(5)}**{exponent.within(2 if exponent.level == 2 and exponent.text[0] == '-' else 4)}",
            4,
        )

    def _all(self, args: tuple[Node, ...]) -> str:
        return ", ".join(self.piece(a).text for a in args)

    def _negative(self, node: Node) -> _Piece:
        inner = self.piece(node.args[0])
        return _Piece(f"-{inner.within(3)}", 2, inner.plain)

    def _binary(self, node: Node) -> _Piece:
        left, right = (self.piece(a) for a in node.args)
        if node.head == "div":
            return self.quotient(left, right)
        if node.head == "pow":
            return self.power(left, right)
        level = _LEVELS[node.head]
        tighter = level + 1 if node.head == "sub" else level
        if node.head == "mul" and right.level == level and "/" in right.text:
            tighter = level + 1
        if right.text.startswith("-"):
            tighter = max(tighter, 3)
        text = f"{left.within(level)}{_SIGNS[node.head]}{right.within(tighter)}"
        return _Piece(text, level, left.plain and right.plain)


class _NumPy(_Canonical):
    """Arrays of floats: `np.sin(x)`, `np.pi`."""

    def name(self, text: str) -> _Piece:
        return _Piece({"pi": "np.pi", "E": "np.e"}.get(text, text))

    def function(self, function: str, args: tuple[Node, ...]) -> _Piece:
        return super().function(_BUILTIN.get(function, f"np.{function}"), args)


class _Fractions(_Canonical):
    """Exact arithmetic: `Fraction(3, 4)`, `Fraction("3.7")`."""

    def number(self, text: str) -> _Piece:
        return _Piece(f'Fraction("{text}")', plain=True) if "." in text else _Piece(text, plain=True)

    def quotient(self, over: _Piece, under: _Piece) -> _Piece:
        return _Piece(f"Fraction({over.text}, {under.text})", plain=True)

    def power(self, base: _Piece, exponent: _Piece) -> _Piece:
        if exponent.text.startswith("-") and base.text.isdigit():
            return super().power(_Piece(f"Fraction({base.text})"), exponent)
        return super().power(base, exponent)

    def function(self, function: str, args: tuple[Node, ...]) -> _Piece:
        return super().function(_BUILTIN.get(function, function), args)


class _Sympy(_Canonical):
    """SymPy, exact: `sp.Rational(1, 2)`, `sp.sqrt(2)`."""

    def number(self, text: str) -> _Piece:
        return _Piece(f'sp.Rational("{text}")') if "." in text else _Piece(text, plain=True)

    def name(self, text: str) -> _Piece:
        return _Piece(f"sp.{text}" if text in CONSTANTS else text)

    def quotient(self, over: _Piece, under: _Piece) -> _Piece:
        if over.plain and under.plain:
            return _Piece(f"sp.Rational({over.text}, {under.text})")
        return super().quotient(over, under)

    def power(self, base: _Piece, exponent: _Piece) -> _Piece:
        if base.plain and not (exponent.plain and not exponent.text.startswith("-")):
            base = _Piece(f"sp.Integer({base.text})")
        piece = super().power(base, exponent)
        return _Piece(piece.text, piece.level, base.plain and exponent.plain)

    def function(self, function: str, args: tuple[Node, ...]) -> _Piece:
        if function in {"integrate", "summation"} and len(args) == 4:
            args = (args[0], Node("tuple", args[1:]))
        return super().function(function if function in _LOCAL else f"sp.{function}", args)


_LOCAL = frozenset({"f", "g", "h"})


def needs_sympy(node: Node) -> bool:
    """The value is not a fraction: a root, a function, a constant, a variable, a fractional power."""
    return any(_irrational(n) for n in walk(expanded(node)))


def _irrational(node: Node) -> bool:
    if node.head in {"name", "matrix", "tuple", "dict"} or node.head in RELATIONS:
        return True
    if node.head == "pow":
        return not _whole(node.args[1])
    return node.head == "call" and node.text not in {"Abs", "percent", "mixed"}


def _whole(node: Node) -> bool:
    return (node.head == "num" and node.text.isdigit()) or (node.head == "neg" and _whole(node.args[0]))


def needs_floats(node: Node) -> bool:
    """Plain Python floats are what the reader expects: a decimal exponent, or a float that came before."""
    if any(n.head in {"name", "call"} for n in walk(expanded(node))):
        return False
    for n in walk(node):
        if n.head == "pow" and any(x.head == "num" and "." in x.text for x in walk(n.args[1])):
            return True
        if n.head == "num" and len(n.text.replace(".", "")) > 13 and "." in n.text:
            return True
    return False
