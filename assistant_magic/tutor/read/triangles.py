"""Frames of triangles and polygons: Pythagoras, sine, cosine and tangent in a right triangle, sides and diagonals."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, call, num
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_assignment, is_number, is_row
from assistant_magic.tutor.read.pieces import number, numbers
from assistant_magic.tutor.read.sentence import Sentence

_TRIANGLE = "LENGTH_OF RIGHT_TRIANGLE TRIANGLE MISSING SIDE LEGS LENGTH PYTHAGORAS DEG"


def _square(node: Node) -> Node:
    return Node("pow", (node, num(2)))


def _bare(node: Node) -> Node:
    return node.args[0] if node.head in {"degrees", "quantity"} else node


def _beside(sentence: Sentence, concept: str) -> Node | None:
    """The number at a word, after it or before it; taken."""
    found = sentence.number_after(concept) or sentence.number_before(concept)
    return sentence.take(lambda n: n == found) if found is not None else None


@frame("HYPOTENUSE", may=_TRIANGLE)
@frame("PYTHAGORAS", may=f"{_TRIANGLE} HYPOTENUSE")
def missing_side(sentence: Sentence, _context: Context) -> Reading:
    """`hypotenuse 13 and one leg 5`, `pythagoras a=6 b=8 find c`."""
    letters = _letters(sentence)
    if letters is not None:
        return letters
    longest = next((node for after, node in sentence.numbers_after("HYPOTENUSE") if after), None)
    found = list(numbers(sentence))
    if len(found) == 3 and num(1) in found:
        found.remove(num(1))  # "one leg"
    if longest is None or longest not in found or len(found) != 2:
        return None
    found.remove(longest)
    return problem("evaluate", call("sqrt", Node("sub", (_square(longest), _square(found[0])))))


def _letters(sentence: Sentence) -> Problem | None:
    """a, b and c of a² + b² = c²."""
    if not sentence.has("PYTHAGORAS"):
        return None
    given = {n.args[0].text: n.args[1] for n in sentence.take_all(is_assignment)}
    row = sentence.take(lambda n: n.head == "items" and all(is_assignment(a) for a in n.args))
    given |= {n.args[0].text: n.args[1] for n in row.args} if row is not None else {}
    sentence.take_all(lambda n: n.head == "name")
    if set(given) == {"a", "b"}:
        return problem("evaluate", call("sqrt", Node("add", tuple(_square(given[k]) for k in "ab"))))
    if "c" in given and len(given) == 2:
        other = next(v for k, v in given.items() if k != "c")
        return problem("evaluate", call("sqrt", Node("sub", (_square(given["c"]), _square(other)))))
    return None


_RATIOS = {"OPPOSITE HYPOTENUSE": "asin", "ADJACENT HYPOTENUSE": "acos", "OPPOSITE ADJACENT": "atan"}
_SIDES = {"OPPOSITE", "ADJACENT", "HYPOTENUSE"}


@frame("ANGLE OPPOSITE HYPOTENUSE", may=_TRIANGLE)
@frame("ANGLE ADJACENT HYPOTENUSE", may=_TRIANGLE)
@frame("ANGLE OPPOSITE ADJACENT", may=_TRIANGLE)
def in_right_triangle(sentence: Sentence, _context: Context) -> Reading:
    """`opposite 5 and hypotenuse 10, find the angle`; `angle 30, hypotenuse 10, find the opposite`."""
    known = {side: node for side in sorted(_SIDES) if (node := _beside(sentence, side)) is not None}
    if len(known) == 2:
        inverse = next(f for pair, f in _RATIOS.items() if set(pair.split()) == set(known))
        over, under = (
            known[side] for side in next(p for p in _RATIOS if set(p.split()) == set(known)).split()
        )
        return problem("to_degrees", call(inverse, Node("div", (over, under))), unit="degree")
    angle = sentence.take(lambda n: is_number(_bare(n)))
    wanted = next((s for s in sorted(_SIDES) if sentence.has(s) and s not in known), "")
    if len(known) != 1 or angle is None or not wanted:
        return None
    return problem("evaluate", _side(wanted, known, Node("degrees", (_bare(angle),))))


def _side(wanted: str, known: dict[str, Node], angle: Node) -> Node:
    (given, length), *_ = known.items()
    pair = next(p.split() for p in _RATIOS if set(p.split()) == {wanted, given})
    ratio = call(_RATIOS[" ".join(pair)][1:], angle)
    return Node("mul", (length, ratio)) if wanted == pair[0] else Node("div", (length, ratio))


@frame("ANGLE FUNCTION_NAME", may="DEG IN_DEGREES")
def angle_of_ratio(sentence: Sentence, _context: Context) -> Reading:
    """`find the angle whose sine is 0.5`."""
    function, value = sentence.value("FUNCTION_NAME"), number(sentence)
    if function not in {"sin", "cos", "tan"} or value is None:
        return None
    return problem("to_degrees", call(f"a{function}", value), unit="degree")


@frame("TRIANGLE RIGHT_TRIANGLE", may="SIDE LENGTH YES_NO")
@frame("RIGHT_TRIANGLE", may="SIDE LENGTH YES_NO TRIANGLE")
def is_right(sentence: Sentence, _context: Context) -> Reading:
    """`is a triangle with sides 5, 12, 13 right angled`."""
    row = sentence.take(lambda n: is_row(n) and len(n.args) == 3) if sentence.begins_with("is") else None
    if row is None:
        return None
    try:
        short, middle, longest = sorted(row.args, key=lambda n: float(n.text))
    except ValueError:
        return None
    return problem("compare", Node("add", (_square(short), _square(middle))), _square(longest), sign="==")


_POLYGONS = {
    "TRIANGLE": 3, "QUADRILATERAL": 4, "RECTANGLE": 4, "PENTAGON": 5, "HEXAGON": 6, "HEPTAGON": 7, "OCTAGON": 8,
    "NONAGON": 9, "DECAGON": 10,
}  # fmt: skip


def _facts(polygon: str, sides: int) -> None:
    def angles(sentence: Sentence, _context: Context) -> Reading:
        if sentence.chunks_of_numbers:
            return None
        return problem("evaluate", Node("mul", (Node("sub", (num(sides), num(2))), num(180))), unit="degree")

    def edges(sentence: Sentence, _context: Context) -> Reading:
        if sentence.chunks_of_numbers:
            return None
        if sentence.has("SIDE"):
            return problem("evaluate", Node("add", (num(sides), num(0))), unit="")
        pairs = Node("mul", (num(sides), Node("sub", (num(sides), num(3)))))
        return problem("evaluate", Node("div", (pairs, num(2))))

    frame(f"HOW_MANY DEG {polygon}", may="ANGLE ADD SUM")(angles)
    frame(f"ANGLE SUM {polygon}", may="DEG ADD INTERIOR")(angles)
    frame(f"HOW_MANY SIDE {polygon}", may="POLYGON")(edges)
    frame(f"HOW_MANY DIAGONALS {polygon}", may="POLYGON")(edges)


for _polygon, _count in _POLYGONS.items():
    _facts(_polygon, _count)


@frame("AREA DIAGONALS RHOMBUS")
@frame("AREA DIAGONALS KITE")
def from_diagonals(sentence: Sentence, _context: Context) -> Reading:
    """`area of a kite with diagonals 4 and 10`."""
    pair = [_bare(n) for n in sentence.loose_numbers()]
    return problem("evaluate", Node("div", (Node("mul", tuple(pair)), num(2)))) if len(pair) == 2 else None
