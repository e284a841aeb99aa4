"""Frames of units: lengths, masses, times, temperatures; factors are exact and come from the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.sentence import Sentence

_SAME_DIMENSION = {"length3": ("volume", 1_000), "length2": ("area", 1), "years": ("time", 365 * 86_400)}
"""A litre is a thousandth of a cubic metre; a year, where seconds are asked for, has 365 days."""
_TEMPERATURES = {"celsius", "fahrenheit", "kelvin"}


def is_quantity(node: Node) -> bool:
    """`3.5 km`, `3 hours 20 minutes`."""
    return node.head in {"quantity", "quantities"}


def factor(unit: str) -> tuple[str, Fraction]:
    """The dimension of a unit and how many base units it is."""
    base, _, power = unit.partition("^")
    dimension, _, amount = catalogue().units[base].partition(" ")
    size = Fraction(amount) ** int(power or 1)
    known, scale = _SAME_DIMENSION.get(dimension + power, (dimension + power, 1))
    return known, size * scale


def in_same_unit(parts: Sequence[Node]) -> list[Node] | None:
    """The numbers of several quantities in the smallest of their units."""
    factors = [factor(p.text) for p in parts]
    if len({dimension for dimension, _ in factors}) != 1:
        return None
    least = min(amount for _, amount in factors)
    return [_scaled(p.args[0], amount / least) for p, (_, amount) in zip(parts, factors, strict=True)]


def _scaled(node: Node, by: Fraction) -> Node:
    if by == 1:
        return node
    if by.denominator == 1:
        return Node("mul", (node, num(by.numerator)))
    if by.numerator == 1:
        return Node("div", (node, num(by.denominator)))
    return Node("div", (Node("mul", (node, num(by.numerator))), num(by.denominator)))


@frame("")
@frame("UNIT", may="CONVERT HOW_MANY DEG CORRECT")
@frame("UNIT SIMPLE_RATE", may="CONVERT")
def converted(sentence: Sentence, context: Context) -> Reading:
    """`convert 3.5 km to m`, `and in cm?`, `how many minutes is 3 hours 20 minutes`."""
    target = sentence.value("UNIT")
    rate = sentence.take(lambda n: n.head == "Eq" and all(a.head == "quantity" for a in n.args))
    last = context.problem
    word, again = sentence.text("UNIT"), last is not None and last.options.get("converted")
    if again and last is not None and not sentence.chunks and sentence.says(f"in a {word}", f"in an {word}"):
        return _conversion(Node("quantity", (num(1),), target), str(last.options["unit"]), None)
    if not target and again and last is not None:
        target = str(last.options["unit"])  # "what about 10 km"
    quantity = sentence.take(is_quantity) or _together(sentence) or _below_zero(sentence)
    if quantity is None:
        quantity = _last_quantity(context)
    if quantity is None or not target:
        return None
    return _conversion(quantity, target, rate)


def _together(sentence: Sentence) -> Node | None:
    """`2 km + 300 m`, as quantities to be added."""
    node = sentence.take(lambda n: n.head == "add" and all(a.head == "quantity" for a in n.args))
    return Node("quantities", node.args) if node is not None else None


def _below_zero(sentence: Sentence) -> Node | None:
    """`-10 celsius`."""
    node = sentence.take(lambda n: n.head == "neg" and n.args[0].head == "quantity")
    if node is None:
        return None
    inner = node.args[0]
    return Node("quantity", (Node("neg", inner.args),), inner.text)


def _last_quantity(context: Context) -> Node | None:
    last = context.problem
    unit = str(last.options.get("unit", "")) if last else ""
    result = context.result()
    return Node("quantity", (result,), unit) if unit and result is not None else None


def _conversion(quantity: Node, target: str, rate: Node | None) -> Problem | None:
    parts = quantity.args if quantity.head == "quantities" else (quantity,)
    if rate is not None:
        return _by_rate(parts[0], target, rate) if len(parts) == 1 else None
    if target in _TEMPERATURES or parts[0].text in _TEMPERATURES:
        return _temperature(parts[0], target)
    dimension, size = factor(target)
    total: Node | None = None
    for part in parts:
        other, amount = factor(part.text)
        if other != dimension or dimension == "money":
            return None
        piece = _scaled(part.args[0], amount / size)
        total = piece if total is None else Node("add", (total, piece))
    return problem("evaluate", total, unit=target, converted=True) if total is not None else None


def _by_rate(quantity: Node, target: str, rate: Node) -> Problem | None:
    one, other = rate.args
    if (one.text, other.text) == (target, quantity.text):
        one, other = other, one
    if (one.text, other.text) != (quantity.text, target):
        return None
    scale = Node("mul", (quantity.args[0], other.args[0]))
    return problem(
        "evaluate", scale if one.args[0] == num(1) else Node("div", (scale, one.args[0])), unit=target
    )


def _temperature(quantity: Node, target: str) -> Problem | None:
    value, source = quantity.args[0], quantity.text
    nine_fifths = Node("div", (num(9), num(5)))
    to_celsius = {
        "celsius": value,
        "fahrenheit": Node("mul", (Node("sub", (value, num(32))), Node("div", (num(5), num(9))))),
        "kelvin": Node("sub", (value, num("273.15"))),
    }
    if source not in to_celsius:
        return None
    celsius = to_celsius[source]
    out = {
        "celsius": celsius,
        "fahrenheit": Node("add", (Node("mul", (celsius, nine_fifths)), num(32))),
        "kelvin": Node("add", (celsius, num("273.15"))),
    }
    return problem("evaluate", out[target], unit=target, subject=str(value)) if target in out else None


@frame("ADD UNIT")
@frame("SUBTRACT UNIT")
def more_of_unit(sentence: Sentence, context: Context) -> Reading:
    """`go back to the metres and add 800 m`: the last result in that unit goes on."""
    unit = sentence.value("UNIT")
    amount = sentence.take(lambda n: n.head == "quantity" and n.text == unit)
    before = next((p for p in reversed(context.asked) if p.options.get("unit") == unit), None)
    if amount is None or before is None or len(before.of) != 1:
        return None
    head = "add" if sentence.has("ADD") else "sub"
    return problem("evaluate", Node(head, (before.nodes[0], amount.args[0])), unit=unit)


@frame("", may="PRICE ADD SUBTRACT MULTIPLY")
def sum_of_quantities(sentence: Sentence, _context: Context) -> Reading:
    """`3 km + 200 m`."""
    node = sentence.take(lambda n: n.head in {"add", "sub"} and all(a.head == "quantity" for a in n.args))
    if node is None:
        return None
    same = in_same_unit(node.args)
    least = min(node.args, key=lambda q: factor(q.text)[1]).text
    return problem("evaluate", Node(node.head, tuple(same)), unit=least) if same else None
