"""Frames of the few set stories whose numbers can only mean one thing: direct proportion, think of a number."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, name, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number
from assistant_magic.tutor.read.sentence import Sentence

_STEPS = {
    "ADD": "add",
    "INCREASE": "add",
    "SUBTRACT": "sub",
    "AWAY": "sub",
    "DECREASE": "sub",
    "MULTIPLY": "mul",
    "DIVIDE": "div",
}


@frame("PRICE", may="OBJECTS BALLS HOW_MANY", free=True)
def proportion(sentence: Sentence, _context: Context) -> Reading:
    """`if 3 pens cost 2.40, how much for 5 pens?`: one thing counted twice, one price."""
    chunks = [p for p in sentence.parts if p.kind == "chunk"]
    things = sentence.things()
    if len(chunks) != 3 or len(set(things.values())) != 1 or len(things) != 2 or set(things) != {0, 2}:
        return None
    if set(sentence.unknown) - set(sentence.raw_things()):
        return None
    count, price, wanted = (p.node for p in chunks)
    if not all(n is not None and is_number(n) for n in (count, price, wanted)):
        return None
    sentence.take_all(is_number)
    assert count is not None
    assert price is not None
    assert wanted is not None
    per_piece = Node("div", (price, count))
    return problem("evaluate", Node("mul", (per_piece, wanted)), story="proportion")


@frame("THINK", may="MULTIPLY ADD SUBTRACT DIVIDE AWAY THINK_RESULT INCREASE DECREASE CLAIM RIGHT")
def think_of_a_number(sentence: Sentence, _context: Context) -> Reading:
    """`im thinking of a number. i multiply it by 2, then subtract 5, and get 17`."""
    value: Node = name("n")
    result: Node | None = None
    step = ""
    for part in sentence.parts:
        if part.node is None:
            step = next((_STEPS[m] for m in part.meanings if m in _STEPS), step)
            continue
        if part.node in (name("n"), Node("ref", text="last")):
            continue
        if not is_number(part.node) or result is not None:
            return None
        if step:
            value, step = Node(step, (value, part.node)), ""
        else:
            result = part.node
    if result is None or value == name("n"):
        return None
    sentence.take_all(lambda _: True)
    return problem("solve", Node("Eq", (value, result)), variable="n")


@frame("SUM MORE_THAN", may="ADD DATA TWO_NUMBERS")
@frame("ADD MORE_THAN", may="SUM DATA TWO_NUMBERS")
@frame("SUM DIFFERENCE", may="ADD PRODUCT TWO_NUMBERS")
@frame("ADD DIFFERENCE", may="SUM TWO_NUMBERS")
def sum_and_difference(sentence: Sentence, _context: Context) -> Reading:
    """`two numbers add to 20 and their difference is 6`."""
    compared = sentence.has("MORE_THAN")
    if sentence.take(lambda n: n == num(2)) is None or (compared and not sentence.says("the other")):
        return None
    found = sentence.loose_numbers()
    if len(found) != 2:
        return None
    first = next(p.kind for p in sentence.parts if p.meanings & {"ADD", "SUM", "DIFFERENCE", "MORE_THAN"})
    total, gap = found if first not in {"DIFFERENCE", "MORE_THAN"} else (found[1], found[0])
    x, y = name("x"), name("y")
    equations = (Node("Eq", (Node("add", (x, y)), total)), Node("Eq", (Node("sub", (x, y)), gap)))
    return problem("two_numbers", *equations, unknowns=["x", "y"])
