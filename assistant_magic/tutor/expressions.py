"""Mathematics as a value: a tree that is read, changed, printed, and never evaluated here.

The one text form is Python's own syntax (`x**2 - 4`, `Eq(x, 3)`, `[1, 2]`), which is also what SymPy prints.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

RELATIONS = {"Eq": "=", "Ne": "!=", "Lt": "<", "Gt": ">", "Le": "<=", "Ge": ">="}
_OPERATORS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow"}
_COMPARISONS = {ast.Lt: "Lt", ast.Gt: "Gt", ast.LtE: "Le", ast.GtE: "Ge", ast.Eq: "Eq", ast.NotEq: "Ne"}


@dataclass(frozen=True, slots=True)
class Node:
    """One node of an expression.

    Attributes:
        head: `num`, `name`, `add`, `sub`, `mul`, `div`, `pow`, `neg`, `call`, `list`, `tuple`, `matrix`,
            `dict`, one of `RELATIONS`, or one of the forms only a reader makes: `mixed`, `percent`, `degrees`,
            `recurring`, `quantity`, `ratio`, `spoken`, `of`, `either`, `ref`, `dots`, `and`.
        args: The parts.
        text: The digits of a number, the name of a name or function, the unit of a quantity.
    """

    head: str
    args: tuple[Node, ...] = ()
    text: str = ""

    def __str__(self) -> str:
        from assistant_magic.tutor.plan.source import canonical

        return canonical(self)


def num(value: int | str) -> Node:
    """A number; a negative one becomes a negated number."""
    text = str(value)
    return Node("neg", (Node("num", text=text[1:]),)) if text.startswith("-") else Node("num", text=text)


def name(text: str) -> Node:
    """A variable or a constant such as `pi`."""
    return Node("name", text=text)


def call(function: str, *args: Node) -> Node:
    """A function applied, by SymPy's name of it."""
    return Node("call", args, function)


def listed(*args: Node) -> Node:
    """A list."""
    return Node("list", args)


def walk(node: Node) -> Iterator[Node]:
    """Every node, the outer before the inner."""
    yield node
    for arg in node.args:
        yield from walk(arg)


CONSTANTS = frozenset({"pi", "E", "I", "oo", "zoo", "nan", "GoldenRatio"})


def variables(node: Node) -> tuple[str, ...]:
    """Names that are not constants, in alphabetical order."""
    return tuple(sorted({n.text for n in walk(node) if n.head == "name"} - CONSTANTS))


def rebuilt(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """A copy in which every node for which `change` gives another one is replaced by it."""
    other = change(node)
    if other is not None:
        return other
    return Node(node.head, tuple(rebuilt(arg, change) for arg in node.args), node.text)


def replaced(node: Node, old: Node, new: Node) -> Node:
    """A copy with every `old` turned into `new`."""
    return rebuilt(node, lambda n: new if n == old else None)


def parse(text: str) -> Node:
    """The tree of Python-like text, as SymPy prints it. Nothing is evaluated.

    Raises:
        ValueError: The text is not an expression.
    """
    try:
        return _from_ast(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"not an expression: {text[:60]!r}") from error


def _from_ast(node: ast.expr) -> Node:
    match node:
        case ast.Constant(value=bool() | None):
            return name(str(node.value))
        case ast.Constant(value=int() | float() as value):
            return num(_digits(value))
        case ast.Constant(value=str()):
            return Node("text", text=str(node.value))
        case ast.Name():
            return name(node.id)
        case ast.UnaryOp(op=ast.USub()):
            return Node("neg", (_from_ast(node.operand),))
        case ast.BinOp() if type(node.op) in _OPERATORS:
            return Node(_OPERATORS[type(node.op)], (_from_ast(node.left), _from_ast(node.right)))
        case ast.BoolOp():
            return Node("and" if isinstance(node.op, ast.And) else "or", _many(node.values))
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return Node("and" if isinstance(node.op, ast.BitAnd) else "or", _many([node.left, node.right]))
        case ast.Call():
            return _from_call(node)
        case ast.List():
            return Node("list", _many(node.elts))
        case ast.Tuple():
            return Node("tuple", _many(node.elts))
        case ast.Set():
            return Node("set", _many(node.elts))
        case ast.Dict():
            pairs = zip(node.keys, node.values, strict=True)
            return Node("dict", tuple(Node("Eq", (_from_ast(k), _from_ast(v))) for k, v in pairs if k))
        case ast.Compare(ops=[op], comparators=[right]):
            return Node(_COMPARISONS[type(op)], (_from_ast(node.left), _from_ast(right)))
    raise ValueError(f"not an expression: {ast.unparse(node)[:60]!r}")


def _digits(value: float) -> str:
    """A number as it is typed: `1e-07` is 0.0000001; very large and very small ones keep their power of ten."""
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text and 1e-15 < abs(value) < 1e16 else text


def _from_call(node: ast.Call) -> Node:
    function = ast.unparse(node.func).removeprefix("sp.")
    args = _many(node.args)
    if function in RELATIONS:
        return Node(function, args)
    if function in {"Matrix", "ImmutableMatrix"} and len(args) == 1:
        return Node("matrix", args[0].args)
    return Node("call", args, function)


def _many(nodes: list[ast.expr]) -> tuple[Node, ...]:
    return tuple(_from_ast(n) for n in nodes)
