"""From what the grammar found to a `Node`. Where words leave two readings, both are kept as `either`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from assistant_magic.tutor.expressions import Node, call, name, num, rebuilt, walk

RELATION_HEADS = {"=": "Eq", "<": "Lt", ">": "Gt", "<=": "Le", ">=": "Ge", "!=": "Ne"}

_SPOKEN: dict[str, Callable[[Node], Node]] = {
    "sqrt": lambda x: call("sqrt", x),
    "cbrt": lambda x: call("cbrt", x),
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


def _binary(head: str) -> Callable[[list[Node]], Node]:
    def build(children: list[Node]) -> Node:
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


def _times(children: list[Node]) -> Node:
    return Node("mul", (children[0], children[-1]), "implied")


def _div_tight(children: list[Node]) -> Node:
    # 1/2x: half of x, or one over 2x
    over, by, factor = children[0], children[-2], children[-1]
    first = Node("mul", (Node("div", (over, by)), factor), "implied")
    return Node("either", (first, Node("div", (over, Node("mul", (by, factor), "implied")))))


def _power_of(exponent: Node) -> Callable[[list[Node]], Node]:
    return lambda children: Node("pow", (children[0], exponent))


def _wrapped(head: str) -> Callable[[list[Node]], Node]:
    return lambda children: Node(head, (children[-1],))


def _applied(function: str) -> Callable[[list[Node]], Node]:
    return lambda children: call(function, *(c for c in children if isinstance(c, Node)))


def _first(children: list[Node]) -> Node:
    return Node("percent", (children[0],))


def _mixed(children: list[Node]) -> Node:
    whole, over, under = str(children[0]).replace("/", " ").split()
    return Node("mixed", (num(whole), num(over), num(under)))


def _recurring(children: list[Node]) -> Node:
    fraction = Fraction(str(children[0]))
    return Node("div", (num(fraction.numerator), num(fraction.denominator)))


def _vulgar(children: list[Node]) -> Node:
    over, under = str(children[0]).split("/")
    return Node("div", (num(over), num(under)), "vulgar")


def _relation(children: list[Node]) -> Node:
    sides, signs = children[::2], [RELATION_HEADS[str(sign)] for sign in children[1::2]]
    links = [Node(s, (sides[i], sides[i + 1])) for i, s in enumerate(signs)]
    return links[0] if len(links) == 1 else Node("and", tuple(links))


def _items(children: list[Node]) -> tuple[Node, ...]:
    out: list[Node] = []
    for child in children:
        if isinstance(child, Node):
            out.extend(child.args if child.head == "items" else (child,))
    return tuple(out)


def _list(children: list[Node]) -> Node:
    return Node("items", _items(children))


def _rows(children: list[Node]) -> Node:
    if any(child.head == "items" for child in children):
        rows = (child.args if child.head == "items" else (child,) for child in children)
        return Node("rows", tuple(Node("list", row) for row in rows))
    return Node("items", tuple(children))


def _group(children: list[Node]) -> Node:
    inner = children[0]
    return Node("tuple", inner.args) if inner.head in {"items", "rows"} else Node("group", (inner,))


def _bracket(children: list[Node]) -> Node:
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


def _called(children: list[Node]) -> Node:
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


def _function_power(children: list[Node]) -> Node:
    function, exponent, argument = str(children[0]), children[1], children[-1]
    if exponent == Node("neg", (num(1),)) and function in {"sin", "cos", "tan"}:
        return call(f"a{function}", argument)
    return Node("pow", (function_of(function, (argument,)), exponent))


def _log_base(children: list[Node]) -> Node:
    nodes = [child for child in children if isinstance(child, Node)]
    return call("log", nodes[1], nodes[0])


def _nth_root(children: list[Node]) -> Node:
    return call("root", children[-1], children[-2])


def _quantity(children: list[Node]) -> Node:
    pairs = zip(children[::2], children[1::2], strict=True)
    parts = tuple(Node("quantity", (num(str(value)),), str(unit)) for value, unit in pairs)
    return parts[0] if len(parts) == 1 else Node("quantities", parts)


def _ratio(children: list[Node]) -> Node:
    return Node("ratio", tuple(c for c in children if isinstance(c, Node)))


def _integral(children: list[Node]) -> Node:
    nodes = [child for child in children if isinstance(child, Node)]
    written = [
        str(c)[1:] for c in children if c is not None and not isinstance(c, Node) and str(c)[:1] == "d"
    ]
    limits, body = (nodes[:2], nodes[2]) if len(nodes) > 2 else ([], nodes[0])
    return call("integrate", body, name(written[0]) if written else name("?"), *limits)


def _derivative(children: list[Node]) -> Node:
    variable, order = str(children[0]).split(",")
    return call("diff", children[-1], name(variable), num(order))


def _limit(children: list[Node]) -> Node:
    approach = next(c for c in children if isinstance(c, Node) and c.head == "approach")
    return call("limit", children[-1], *approach.args)


def _approach(children: list[Node]) -> Node:
    written = next(str(c) for c in children if not isinstance(c, Node) and len(str(c)) == 1)
    return Node("approach", (name(written), children[-1]))


def _sigma(children: list[Node]) -> Node:
    index = name(str(children[1]))
    low, high, body = children[-3:]
    return call("summation", body, index, low, high)


def _plain(node: Node) -> Node:
    return rebuilt(node, _settled)


def _settled(node: Node) -> Node | None:
    if node.head == "spoken":
        return _SPOKEN[node.text](_plain(node.args[0]))
    if node.head == "of":
        return Node("mul", (_plain(node.args[0]), _plain(node.args[1])), "of")
    if node.head == "group":
        return _plain(node.args[0])
    return None


def _with_angles(node: Node) -> Node:
    """`sin 45` without a degree sign: 45 degrees, or 45 radians; nobody can know."""

    def change(n: Node) -> Node | None:
        if n.head != "call" or n.text not in {"sin", "cos", "tan"} or len(n.args) != 1:
            return None
        angle = n.args[0].args[0] if n.args[0].head == "neg" else n.args[0]
        if angle.head == "num" and angle.text.isdigit() and int(angle.text) >= 10:
            return Node("either", (call(n.text, Node("degrees", n.args)), n))
        return None

    return rebuilt(node, change)


def _leaf(head: str) -> Callable[[list[Node]], Node]:
    return lambda children: Node(head, text=str(children[0]))


def _rounding(kind: str) -> Callable[[list[Node]], Node]:
    return lambda children: Node("rounding", (num(next(str(c) for c in children if str(c).isdigit())),), kind)


def _nearest(children: list[Node]) -> Node:
    unit = children[-1]
    kind = getattr(unit, "type", "")
    amount = {"ORDINAL": f"1/{unit}", "WHOLE": "1", "UNIT": "1", "PLACES": "1/100"}.get(kind, str(unit))
    return Node("rounding", (Node("num", text=amount),), "nearest")


CALLBACKS: dict[str, Callable[[list[Node]], Node]] = {
    "start": lambda children: _with_angles(_plain(children[0])),
    "add": _binary("add"),
    "sub": _binary("sub"),
    "mul": _binary("mul"),
    "div": lambda children: _binary("div")([c for c in children if isinstance(c, Node)]),
    "mod": lambda children: call("Mod", children[0], children[-1]),
    "of": lambda children: Node("of", (children[0], children[-1])),
    "choose": lambda children: call("binomial", children[0], children[-1]),
    "permute": lambda children: call("ff", children[0], children[-1]),
    "implied": _times,
    "div_tight": _div_tight,
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
