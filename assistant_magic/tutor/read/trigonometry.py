"""Frames of angles, trigonometric identities and complex numbers."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, num, rebuilt, variables, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_constant, is_expression, is_name, is_number
from assistant_magic.tutor.read.sentence import Sentence


def is_angle(node: Node) -> bool:
    """`35 degrees`."""
    return node.head == "degrees"


def _bare(node: Node) -> Node:
    return node.args[0] if is_angle(node) else node


@frame("RADIANS HOW_MANY", may="CONVERT ANGLE")
@frame("IN_RADIANS", may="CONVERT ANGLE")
def to_radians(sentence: Sentence, context: Context) -> Reading:
    """`convert 150 degrees to radians`."""
    node = sentence.take(is_number) or context.result()
    if node is None or variables(node) or (node.head == "call" and node.text in _OTHER):
        return None  # "sin(2) in radians" says what the 2 is
    plain = any(n.head == "call" and n.text in {"asin", "acos", "atan"} for n in walk(node))
    return problem("evaluate", node) if plain else problem("to_radians", _bare(node))


@frame("IN_DEGREES", may="CONVERT ANGLE RADIANS HOW_MANY")
@frame("DEG", may="CONVERT ANGLE RADIANS HOW_MANY")
def to_degrees(sentence: Sentence, context: Context) -> Reading:
    """`5π/4 rad, what's that in degrees`, `arctan(1) in degrees`."""
    node = sentence.take(is_constant) or context.result()
    if node is None or is_angle(node) or variables(node):
        return None
    return problem("to_degrees", node, unit="degree")


@frame("IN_DEGREES", may="DEG")
@frame("RADIANS")
@frame("IN_RADIANS")
def angle_said(sentence: Sentence, _context: Context) -> Reading:
    """`tan 60 in degrees`, `cos 1 radian`: which of the two readings is meant."""
    node = sentence.take(
        lambda n: n.head == "either" or (n.head == "call" and n.text in _OTHER and is_number(n))
    )
    if node is None or (node.head == "either" and node.args[0].head != "call"):
        return None
    if node.head == "call":
        inner = (
            node.args[0]
            if is_angle(node.args[0]) or not sentence.has("IN_DEGREES")
            else Node("degrees", node.args)
        )
        return problem("evaluate", Node("call", (inner,), node.text))
    return problem("evaluate", node.args[0] if sentence.has("IN_DEGREES") else node.args[1])


@frame("COMPLEMENTARY", may="ANGLE")
@frame("SUPPLEMENTARY", may="ANGLE")
def other_angle(sentence: Sentence, _context: Context) -> Reading:
    """`35 degrees: what's its supplementary angle`."""
    node = sentence.take(is_number)
    whole = num(90 if sentence.has("COMPLEMENTARY") else 180)
    return problem("evaluate", Node("sub", (whole, _bare(node))), unit="degree") if node is not None else None


@frame("ALWAYS")
@frame("", may="YES_NO REAL")
def identity(sentence: Sentence, _context: Context) -> Reading:
    """`is sin(-x) = -sin(x) true for every x?`."""
    equation = sentence.take(lambda n: n.head == "Eq" and bool(variables(n)))
    if equation is None or not (sentence.has("ALWAYS") or sentence.begins_with("is")):
        return None
    while sentence.take(is_name) is not None:
        pass
    return problem("identity", *equation.args)


@frame("TERMS_OF", may="EXPAND CONVERT REARRANGE SIMPLIFY")
def in_single_angles(sentence: Sentence, _context: Context) -> Reading:
    """`sin(2x) in terms of sin x and cos x`."""
    node = sentence.take(is_expression)
    if node is None or node.head != "call":
        return None
    while sentence.take(lambda n: is_expression(n) or n.head == "items") is not None:
        pass
    return problem("expand_trig", node)


_OTHER = {"sin": ("sin", "cos", "tan"), "cos": ("sin", "cos", "tan"), "tan": ("sin", "cos", "tan")}


@frame("FUNCTION_NAME")
def other_function(sentence: Sentence, context: Context) -> Reading:
    """`and cos` after `sin 60 degrees`."""
    last = context.problem
    wanted = sentence.value("FUNCTION_NAME")
    if last is None or not last.nodes or wanted not in _OTHER:
        return None
    node = rebuilt(
        last.nodes[0],
        lambda n: Node("call", n.args, wanted) if n.head == "call" and n.text in _OTHER else None,
    )
    return replace(last, of=(str(node), *last.of[1:])) if node != last.nodes[0] else None


@frame("MODULUS", may="COMPLEX")
@frame("ARGUMENT", may="COMPLEX")
@frame("CONJUGATE", may="COMPLEX")
@frame("REAL_PART", may="COMPLEX")
@frame("IMAGINARY_PART", may="COMPLEX")
@frame("LENGTH_OF", may="COMPLEX")
@frame("SPOKEN", may="COMPLEX")
def of_complex(sentence: Sentence, context: Context) -> Reading:
    """`modulus of 3 + 4i`, `conjugate of 2 - i`."""
    node = sentence.take(lambda n: is_constant(n) and not is_number(n))
    if node is None and not sentence.chunks:
        found = context.result()  # "modulus?" after a complex number
        node = found if found is not None and is_constant(found) and not is_number(found) else None
    names = {
        "MODULUS": "Abs",
        "LENGTH_OF": "Abs",
        "ARGUMENT": "arg",
        "CONJUGATE": "conjugate",
        "REAL_PART": "re",
    }
    function = next((f for c, f in names.items() if sentence.has(c)), "im")
    return problem("evaluate", Node("call", (node,), function)) if node is not None else None


@frame(
    "IN_FORM_ABI",
    may="DIVIDE MULTIPLY POLAR CONVERT CARTESIAN REARRANGE COMPLEX TERM ADD SIMPLIFY CONJUGATE FORM",
)
@frame("DIVIDE", may="IN_FORM_ABI COMPLEX")
@frame("MULTIPLY", may="IN_FORM_ABI COMPLEX")
@frame("", may="FORM CONVERT REARRANGE COMPLEX SIMPLIFY EXPAND")
def complex_value(sentence: Sentence, _context: Context) -> Reading:
    """`divide (5 + 5i) by (1 + 2i), answer as a + bi`."""
    _form = sentence.take(expression_like_abi)
    second = sentence.take(is_constant, role="by")
    first = sentence.take(is_constant)
    if first is None or (_form is None and not sentence.has("IN_FORM_ABI") and second is None):
        return None
    if second is None:
        return problem("evaluate", first)
    return problem("evaluate", Node("mul" if sentence.has("MULTIPLY") else "div", (first, second)))


def expression_like_abi(node: Node) -> bool:
    """The form `a + bi` that an answer should have."""
    return node.head == "add" and variables(node) == ("a", "b") and any(n.text == "I" for n in walk(node))


@frame("ADD", may="COMPLEX")
@frame("SUBTRACT", may="COMPLEX")
@frame("MULTIPLY", may="COMPLEX")
@frame("SUM", may="COMPLEX")
@frame("PRODUCT", may="COMPLEX")
def two_complex(sentence: Sentence, _context: Context) -> Reading:
    """`add 2+i and 3-4i`, `subtract 1+i from 5`."""
    row = sentence.take(lambda n: n.head == "items" and len(n.args) == 2 and all(map(is_constant, n.args)))
    pair = row.args if row is not None else tuple(sentence.take_all(is_constant))
    if len(pair) != 2 or not any(n.text == "I" for node in pair for n in walk(node)):
        return None
    if sentence.has("SUBTRACT"):
        return problem("evaluate", Node("sub", pair[::-1]))
    return problem(
        "evaluate", Node("mul" if sentence.has("MULTIPLY") or sentence.has("PRODUCT") else "add", pair)
    )


@frame("POLAR", may="CONVERT COMPLEX REARRANGE")
def polar_form(sentence: Sentence, _context: Context) -> Reading:
    """`polar form of 1 + i`."""
    node = sentence.take(is_constant)
    return problem("polar", node) if node is not None else None
