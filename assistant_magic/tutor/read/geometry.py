"""Frames of geometry: a shape, what is asked of it, and its measures make a formula."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, name, num, parse, replaced
from assistant_magic.tutor.plan.source import expanded
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.formulas import FORMULAS
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_equation, is_number
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.say.numbers import approximate

_DIMENSIONS = {"AREA": 2, "SURFACE": 2, "CURVED_SURFACE": 2, "VOLUME": 3}
_LETTERS = {
    "r": "radius",
    "d": "diameter",
    "h": "height",
    "s": "side",
    "b": "base",
    "l": "length",
    "w": "width",
}
_MEASURES = "EQUALLY RADIUS DIAMETER SIDE LENGTH WIDTH HEIGHT BASE_LENGTH LEGS ANGLE CENTRE DEG MISSING PYTHAGORAS RIGHT_TRIANGLE BASE"
_POLYGONS = {
    "TRIANGLE": 3, "QUADRILATERAL": 4, "PENTAGON": 5, "HEXAGON": 6, "HEPTAGON": 7, "OCTAGON": 8, "NONAGON": 9,
    "DECAGON": 10,
}  # fmt: skip
_SHAPES = {shape for shape, *_ in FORMULAS}
_ASKED = {asked for _, asked, *_ in FORMULAS}


def _measured(sentence: Sentence, asked: str, shape: str) -> dict[str, Node] | None:
    """Every measure by its name; None if a number has no name."""
    found = sentence.measures()
    while (
        node := sentence.take(lambda n: n.head == "Eq" and is_equation(n) and n.args[0].text in _LETTERS)
    ) is not None:
        found.append((_LETTERS[node.args[0].text], node.args[1]))
    rows = sentence.take(
        lambda n: n.head == "items" and all(a.head == "Eq" and a.args[0].text in _LETTERS for a in n.args)
    )
    if rows is not None:
        found += [(_LETTERS[a.args[0].text], a.args[1]) for a in rows.args]
    loose = [*_dimensions(sentence, shape), *sentence.loose_numbers()]
    named = dict(found)
    sides = [node for measure, node in found if measure == "side"]
    if len(sides) > 1:
        named = {**{m: node for m, node in found if m != "side"}, **_numbered(sides)}
    elif len(named) != len(found):
        return None
    return _with_loose(named, loose, asked, shape)


def _dimensions(sentence: Sentence, shape: str) -> list[Node]:
    """`5cm x 3cm x 2cm`, `6 x 4`: the sides of a box or a rectangle, not a product."""
    if shape not in {"RECTANGLE", "CUBOID"}:
        return []
    product = sentence.take(
        lambda n: n.head == "mul" and all(a.head in {"num", "quantity", "mul"} for a in n.args)
    )
    return _sides(product) if product is not None else []


def _sides(node: Node) -> list[Node]:
    return [side for a in node.args for side in _sides(a)] if node.head == "mul" else [node]


def _numbered(nodes: list[Node]) -> dict[str, Node]:
    return {f"side{i}": node for i, node in enumerate(nodes, 1)}


def _with_loose(named: dict[str, Node], loose: list[Node], asked: str, shape: str) -> dict[str, Node] | None:
    if not loose:
        return named
    if not named and len(loose) == 1:
        return (
            {{"CIRCLE": "radius", "SPHERE": "radius"}.get(shape, "side"): loose[0]}
            if shape in {"SQUARE", "CUBE"}
            else None
        )
    if not named and shape in {"RECTANGLE", "CUBOID"}:
        return dict(zip(("length", "width", "height"), loose, strict=False))
    if not named:
        return _numbered(loose)
    return None


def _formula(shape: str, asked: str, measures: dict[str, Node]) -> tuple[str, dict[str, Node]] | None:
    for known, wanted, needed, formula in FORMULAS:
        if known == shape and wanted == asked and set(needed.split()) == set(measures):
            return formula, measures
    return None


def shape_problem(shape: str, asked: str, measures: dict[str, Node]) -> Problem | None:
    """The problem for a shape, or None where no formula fits exactly these measures."""
    stripped = {k: (v.args[0] if v.head == "quantity" else v) for k, v in measures.items()}
    stripped = {k: (v.args[0] if v.head == "degrees" else v) for k, v in stripped.items()}
    units = {v.text for v in measures.values() if v.head == "quantity"}
    found = _formula(shape, asked, stripped)
    if found is None or len(units) > 1 or not all(is_size(v) for v in stripped.values()):
        return None
    body = parse(found[0])
    for measure, value in stripped.items():
        body = replaced(body, name(measure), value)
    if not is_size(body):
        return None
    stored = {k: str(v) for k, v in stripped.items()}
    unit = f"{units.pop()}^{_DIMENSIONS.get(asked, 1)}" if units else ""
    return problem(
        "evaluate", body, shape=shape, asked=asked, measures=stored, **({"unit": unit} if unit else {})
    )


def is_size(node: Node) -> bool:
    """A length, area or angle that there can be: no triangle has the sides 1, 2 and 10."""
    value = approximate(expanded(node))
    return value is None or (abs(value.imag) < 1e-12 and value.real > 0)


def _declare(shape: str, asked: str) -> None:
    others = (
        " ".join(_SHAPES & {"SPHERE", "CIRCLE", "SECTOR", "TRIANGLE", "RECTANGLE"} - {shape})
        if shape in {"ARC", "SECTOR", "RIGHT_TRIANGLE", "EQUILATERAL", "CUBOID"}
        else ""
    )

    def build(sentence: Sentence, _context: Context) -> Reading:
        measures = _measured(sentence, asked, shape)
        return shape_problem(shape, asked, measures) if measures else None

    needs = {"ARC LENGTH": "ARC", "RIGHT_TRIANGLE HYPOTENUSE": "HYPOTENUSE"}.get(
        f"{shape} {asked}", f"{shape} {asked}"
    )
    optional = f"{_MEASURES} {others} AREA PERIMETER VOLUME CIRCUMFERENCE HYPOTENUSE LINE PARALLEL SHORTER TRIANGLE LENGTH_OF"
    if asked in {"AREA", "VOLUME", "SURFACE"}:
        optional += " RIGHT_TRIANGLE"
    frame(needs, may=optional)(build)


for _shape, _asked in sorted({(s, a) for s, a, *_ in FORMULAS}):
    _declare(_shape, _asked)


_SYMBOLS = {"V": "VOLUME", "A": "AREA", "C": "CIRCUMFERENCE", "P": "PERIMETER"}


def _declare_symbol(shape: str) -> None:
    def build(sentence: Sentence, _context: Context) -> Reading:
        symbol = sentence.take(lambda n: n.head == "name" and n.text in _SYMBOLS)
        asked = _SYMBOLS[symbol.text] if symbol is not None else ""
        measures = _measured(sentence, asked, shape) if asked else None
        return shape_problem(shape, asked, measures) if measures else None

    frame(shape, may=_MEASURES)(build)


for _shape in sorted(_SHAPES):
    _declare_symbol(_shape)


@frame("CIRCUMFERENCE", may=f"{_MEASURES} CIRCLE")
@frame("DIAMETER", may="RADIUS CIRCLE")
def of_circle(sentence: Sentence, context: Context) -> Reading:
    """`circumference when the diameter is 10`."""
    asked = "CIRCUMFERENCE" if sentence.has("CIRCUMFERENCE") else "DIAMETER"
    measures = _measured(sentence, asked, "CIRCLE")
    return shape_problem("CIRCLE", asked, measures) if measures else None


def _again(sentence: Sentence, context: Context) -> Problem | None:
    """The problem about the shape that is spoken of again: a named one, else the last."""
    shapes = [p for p in (*context.asked, context.problem) if p is not None and "shape" in p.options]
    named = [p for p in shapes if sentence.has(str(p.options["shape"]))]
    spoken_of = named or (shapes if context.problem is not None else [])
    return spoken_of[-1] if spoken_of else None


def _measures_of(known: Problem) -> dict[str, Node]:
    return {k: parse(v) for k, v in known.options["measures"].items()}


def _declare_follow_up(asked: str) -> None:
    def build(sentence: Sentence, context: Context) -> Reading:
        known = _again(sentence, context)
        if known is None or sentence.chunks_of_numbers:
            return None
        return shape_problem(str(known.options["shape"]), asked, _measures_of(known))

    frame(asked, may=f"{' '.join(_SHAPES)} FORGET TERMS_OF")(build)


for _asked in sorted(_ASKED - {"SIDE", "LENGTH", "WIDTH", "HYPOTENUSE"}):
    _declare_follow_up(_asked)


@frame("RADIUS")
@frame("DIAMETER")
@frame("SIDE")
@frame("HEIGHT")
@frame("LENGTH")
@frame("WIDTH")
@frame("BASE_LENGTH")
def other_measure(sentence: Sentence, context: Context) -> Reading:
    """`radius 6 then`: the last shape with another measure."""
    known = _again(sentence, context)
    found = dict(sentence.measures())
    if known is None or not found or not set(found) <= set(_measures_of(known)):
        return None
    measures = {**_measures_of(known), **found}
    return shape_problem(str(known.options["shape"]), str(known.options["asked"]), measures)


@frame("RADIUS CIRCLE", may="PARABOLA")
def radius_of_equation(sentence: Sentence, _context: Context) -> Reading:
    """`radius of the circle x^2 + y^2 = 49`."""
    equation = sentence.take(is_equation)
    plain = parse("x**2 + y**2")
    if equation is None or equation.args[0] != plain or not is_number(equation.args[1]):
        return None
    return problem("evaluate", Node("call", (equation.args[1],), "sqrt"))


@frame("ANGLE TRIANGLE", may="THIRD_ANGLE DEG FIND_LAST")
@frame("THIRD_ANGLE", may="ANGLE TRIANGLE DEG")
@frame("ANGLE TRIANGLE ORDINAL", may="DEG")
def third_angle(sentence: Sentence, _context: Context) -> Reading:
    """`two angles in a triangle are 35 and 75. third?`."""
    sentence.take(lambda n: n == num(2))
    angles = [n.args[0] if n.head == "degrees" else n for n in sentence.loose_numbers()]
    if len(angles) != 2:
        return None
    rest = Node("sub", (Node("sub", (num(180), angles[0])), angles[1]))
    if not is_size(rest):
        return None
    return problem("evaluate", rest, unit="degree", angles=[str(a) for a in angles])


@frame("ISOSCELES", may="TRIANGLE YES_NO")
def isosceles(sentence: Sentence, context: Context) -> Reading:
    """`is that triangle isosceles`."""
    last = context.problem
    if last is None or "angles" not in last.options:
        return None
    one, other = (parse(a) for a in last.options["angles"])
    third = parse(last.of[0])
    product = Node(
        "mul",
        (Node("mul", (Node("sub", (one, other)), Node("sub", (one, third)))), Node("sub", (other, third))),
    )
    return problem("compare", product, num(0), sign="==")


@frame("ANGLE QUADRILATERAL", may="SUM ADD")
@frame("ANGLE TRIANGLE", may="SUM ADD")
def angle_sum(sentence: Sentence, _context: Context) -> Reading:
    """`what do the angles in a quadrilateral add up to`."""
    if not (sentence.has("SUM") or sentence.has("ADD")) or sentence.chunks:
        return None
    return problem("evaluate", num(360 if sentence.has("QUADRILATERAL") else 180), unit="degree")


@frame("INTERIOR", may=f"SUM POLYGON SIDE ADD ANGLE {' '.join(_POLYGONS)}")
@frame("EXTERIOR", may=f"SUM POLYGON SIDE ADD ANGLE {' '.join(_POLYGONS)}")
def polygon_angles(sentence: Sentence, _context: Context) -> Reading:
    """`sum of the interior angles of a hexagon`, `exterior angle of a regular polygon with 12 sides`."""
    loose = sentence.loose_numbers()
    known = next((n for shape, n in _POLYGONS.items() if sentence.has(shape)), None)
    sides = num(known) if known else loose[0] if len(loose) == 1 else None
    if sides is None:
        return None
    total = Node("mul", (Node("sub", (sides, num(2))), num(180)))
    if sentence.has("EXTERIOR"):
        return problem(
            "evaluate", num(360) if sentence.has("SUM") else Node("div", (num(360), sides)), unit="degree"
        )
    everything = sentence.has("SUM") or sentence.has("ADD") or sentence.text("INTERIOR").endswith("s")
    return problem("evaluate", total if everything else Node("div", (total, sides)), unit="degree")
