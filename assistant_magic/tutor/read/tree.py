"""From what the grammar found to a `Node`. Where words leave two readings, both are kept as `either`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from assistant_magic.tutor.expressions import Node, call, name, num
from assistant_magic.tutor.read.ambiguity import binary, div_tight, settled_tree, with_angles

RELATION_HEADS = {"=": "Eq", "<": "Lt", ">": "Gt", "<=": "Le", ">=": "Ge", "!=": "Ne"}


def _times(children: list[Any]) -> Node:
    return Node("mul", (children[0], children[-1]), "implied")


def _power_of(exponent: Node) -> Callable[[list[Any]], Node]:
    return lambda children: Node("pow", (children[0], exponent))


def _wrapped(head: str) -> Callable[[list[Any]], Node]:
    return lambda children: Node(head, (children[-1],))


def _applied(function: str) -> Callable[[list[Any]], Node]:
    return lambda children: call(function, *(c for c in children if isinstance(c, Node)))


def _first(children: list[Any]) -> Node:
    return Node("percent", (children[0],))


def _mixed(children: list[Any]) -> Node:
    whole, over, under = str(children[0]).replace("/", " ").split()
    return Node("mixed", (num(whole), num(over), num(under)))


def _recurring(children: list[Any]) -> Node:
    fraction = Fraction(str(children[0]))
    return Node("div", (num(fraction.numerator), num(fraction.denominator)))


def _vulgar(children: list[Any]) -> Node:
    over, under = str(children[0]).split("/")
    return Node("div", (num(over), num(under)), "vulgar")


def _relation(children: list[Any]) -> Node:
    sides, signs = children[::2], [RELATION_HEADS[str(sign)] for sign in children[1::2]]
    if all(side.head == "ratio" and len(side.args) == 2 for side in sides):
        sides = [Node("div", side.args) for side in sides]  # 3:4 = x:20
    links = [Node(s, (sides[i], sides[i + 1])) for i, s in enumerate(signs)]
    return links[0] if len(links) == 1 else Node("and", tuple(links))


def _items(children: list[Any]) -> tuple[Node, ...]:
    out: list[Any] = []
    for child in children:
        if isinstance(child, Node):
            out.extend(child.args if child.head == "items" else (child,))
    return tuple(out)


def _list(children: list[Any]) -> Node:
    return Node("items", _items(children))


def _rows(children: list[Any]) -> Node:
    if any(child.head == "items" for child in children):
        rows = (child.args if child.head == "items" else (child,) for child in children)
        return Node("rows", tuple(Node("list", row) for row in rows))
    return Node("items", tuple(children))


def _group(children: list[Any]) -> Node:
    inner = children[0]
    return Node("tuple", inner.args) if inner.head in {"items", "rows"} else Node("group", (inner,))


def _bracket(children: list[Any]) -> Node:
    if not children:
        return Node("list")
    inner = children[0]
    if inner.head == "items":
        rows = {len(row.args) for row in inner.args if row.head == "list"}
        square = len(rows) == 1 and all(row.head == "list" for row in inner.args)
        return Node("matrix" if square else "list", inner.args)
    if inner.head == "rows":
        return Node("matrix", inner.args)
    return Node("matrix", (inner,)) if inner.head == "list" else Node("group", (inner,))


def _called(children: list[Any]) -> Node:
    inner = children[1]
    arguments = inner.args if inner.head == "items" else (inner,)
    return function_of(str(children[0]), arguments)


def function_of(function: str, arguments: tuple[Node, ...]) -> Node:
    """A function by its written name: `log10`, `lg` and two-argument `log` become SymPy's `log(x, base)`."""
    if function.startswith("log") and function[3:].isdigit():
        return call("log", *arguments, num(function[3:]))
    if function == "lg":
        return call("log", *arguments, num(10))
    return call(function, *arguments)


def _function_power(children: list[Any]) -> Node:
    function, exponent, argument = str(children[0]), children[1], children[-1]
    if exponent == Node("neg", (num(1),)) and function in {"sin", "cos", "tan"}:
        return call(f"a{function}", argument)
    return Node("pow", (function_of(function, (argument,)), exponent))


def _log_base(children: list[Any]) -> Node:
    nodes = [child for child in children if isinstance(child, Node)]
    return call("log", nodes[1], nodes[0])


def _nth_root(children: list[Any]) -> Node:
    return call("root", children[-1], children[-2])


def _amount(token: Any) -> Node:
    return {"VULGAR": _vulgar, "MIXED": _mixed}.get(token.type, _numeral)([token])


def _numeral(children: list[Any]) -> Node:
    return num(str(children[0]))


def _quantity(children: list[Any]) -> Node:
    pairs = zip(children[::2], children[1::2], strict=True)
    parts = tuple(Node("quantity", (_amount(value),), str(unit)) for value, unit in pairs)
    return parts[0] if len(parts) == 1 else Node("quantities", parts)


def _ratio(children: list[Any]) -> Node:
    return Node("ratio", tuple(c for c in children if isinstance(c, Node)))


def _integral(children: list[Any]) -> Node:
    nodes = [child for child in children if isinstance(child, Node)]
    written = [
        str(c)[1:] for c in children if c is not None and not isinstance(c, Node) and str(c)[:1] == "d"
    ]
    limits, body = (nodes[:2], nodes[2]) if len(nodes) > 2 else ([], nodes[0])
    return call("integrate", body, name(written[0]) if written else name("?"), *limits)


def _derivative(children: list[Any]) -> Node:
    variable, order = str(children[0]).split(",")
    return call("diff", children[-1], name(variable), num(order))


def _limit(children: list[Any]) -> Node:
    approach = next(c for c in children if isinstance(c, Node) and c.head == "approach")
    return call("limit", children[-1], *approach.args)


def _approach(children: list[Any]) -> Node:
    written = next(str(c) for c in children if not isinstance(c, Node) and len(str(c)) == 1)
    return Node("approach", (name(written), children[-1]))


def _sigma(children: list[Any]) -> Node:
    index = name(str(children[1]))
    low, high, body = children[-3:]
    return call("summation", body, index, low, high)


def _leaf(head: str) -> Callable[[list[Any]], Node]:
    return lambda children: Node(head, text=str(children[0]))


def _rounding(kind: str) -> Callable[[list[Any]], Node]:
    return lambda children: Node("rounding", (num(next(str(c) for c in children if str(c).isdigit())),), kind)


def _nearest(children: list[Any]) -> Node:
    unit = children[-1]
    kind = getattr(unit, "type", "")
    amount = {"ORDINAL": f"1/{unit}", "WHOLE": "1", "UNIT": "1", "PLACES": "1/100"}.get(kind, str(unit))
    return Node("rounding", (Node("num", text=amount),), "nearest")


CALLBACKS: dict[str, Callable[[list[Any]], Node]] = {
    "start": lambda children: with_angles(settled_tree(children[0])),
    "add": binary("add"),
    "sub": binary("sub"),
    "mul": binary("mul"),
    "div": lambda children: binary("div")([c for c in children if isinstance(c, Node)]),
    "mod": lambda children: call("Mod", children[0], children[-1]),
    "of": lambda children: Node("of", (children[0], children[-1])),
    "choose": lambda children: call("binomial", children[0], children[-1]),
    "permute": lambda children: call("ff", children[0], children[-1]),
    "implied": _times,
    "div_tight": div_tight,
    "neg": _wrapped("neg"),
    "plus_minus": _wrapped("plus_minus"),
    "spoken": lambda children: Node("spoken", (children[-1],), str(children[0])),
    "pow": lambda children: Node("pow", (children[0], children[-1])),
    "number_pow": lambda children: Node("pow", (num(str(children[0])), children[-1])),
    "num": lambda children: num(str(children[0])),
    "mixed": _mixed,
    "recurring": _recurring,
    "vulgar": _vulgar,
    "factorial": _applied("factorial"),
    "number_factorial": lambda children: call("factorial", num(str(children[0]))),
    "percent": _first,
    "degrees": lambda children: Node("degrees", (children[0],)),
    "number_degrees": lambda children: Node("degrees", (num(str(children[0])),)),
    "squared": _power_of(num(2)),
    "cubed": _power_of(num(3)),
    "quantity": _quantity,
    "name": _leaf("name"),
    "ref": _leaf("ref"),
    "dots": _leaf("dots"),
    "group": _group,
    "bracket": _bracket,
    "absolute": lambda children: call("Abs", children[1]),
    "root": lambda children: call(str(children[0]), children[-1]),
    "nth_root": _nth_root,
    "called": _called,
    "function": lambda children: function_of(str(children[0]), (children[-1],)),
    "function_power": _function_power,
    "log_base": _log_base,
    "integral": _integral,
    "derivative": _derivative,
    "limit": _limit,
    "approach": _approach,
    "sigma": _sigma,
    "ratio": _ratio,
    "relation": _relation,
    "places": _rounding("places"),
    "figures": _rounding("figures"),
    "nearest": _nearest,
    "list": _list,
    "rows": _rows,
}
