"""Frames about functions and lines: domain, range, vertex, inverse, intercepts, gradients."""

from __future__ import annotations

from collections.abc import Callable

from assistant_magic.tutor.expressions import Node, name, num, replaced, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_matrix, is_name, is_number, is_point
from assistant_magic.tutor.read.pieces import expression
from assistant_magic.tutor.read.sentence import Sentence


def _of_function(task: str) -> Callable[[Sentence, Context], Reading]:
    def build(sentence: Sentence, context: Context) -> Reading:
        f = expression(sentence, context)
        while sentence.take(is_name) is not None:
            pass
        if f is None or len(variables(f)) != 1:
            return None
        return problem(task, f, variable=variables(f)[0])

    return build


frame("DOMAIN", may="REAL WHAT_NUMBER SOLVE")(_of_function("domain"))
frame("RANGE", may="REAL")(_of_function("range_of_function"))
frame("VERTEX", may="PARABOLA QUADRATIC THROUGH LOWEST HIGHEST")(_of_function("vertex"))
frame("AXIS", may="PARABOLA")(_of_function("axis"))
frame("Y_INTERCEPT", may="LINE PARABOLA INTERSECT")(_of_function("y_intercept"))
frame("VERTICAL", may="ASYMPTOTE")(_of_function("vertical_asymptotes"))
frame("HORIZONTAL", may="ASYMPTOTE")(_of_function("horizontal_asymptotes"))
frame("PARITY")(_of_function("parity"))
frame("EVEN ODD", may="NEITHER")(_of_function("parity"))
frame("LOWEST", may="EVER QUADRATIC PARABOLA")(_of_function("minimum"))
frame("HIGHEST", may="EVER QUADRATIC PARABOLA")(_of_function("maximum"))


@frame("EVEN", may="FUNCTION")
@frame("ODD", may="FUNCTION")
def is_even_or_odd(sentence: Sentence, context: Context) -> Reading:
    """`is x^2 an even function?`."""
    f = expression(sentence, context) if sentence.chunks_of_algebra else None
    if f is None or len(variables(f)) != 1:
        return None
    x = name(variables(f)[0])
    mirrored = replaced(f, x, Node("neg", (x,)))
    return problem("identity", mirrored, f if sentence.has("EVEN") else Node("neg", (f,)))


@frame("PARITY")
def parity_of_number(sentence: Sentence, _context: Context) -> Reading:
    """`is 57 even or odd`."""
    node = sentence.take(is_number)
    return problem("parity_of_number", node) if node is not None else None


@frame("INVERSE")
def inverse(sentence: Sentence, context: Context) -> Reading:
    """`find the inverse of f(x) = 3x - 5`."""
    if sentence.take(is_matrix) is not None:
        return None
    return _of_function("inverse_function")(sentence, context)


@frame("GRADIENT", may="LINE")
def gradient(sentence: Sentence, context: Context) -> Reading:
    """`gradient of y = 3x + 2`, `slope of the line`."""
    f = expression(sentence, context)
    if f is None or len(variables(f)) != 1 or sentence.left:
        return None
    return problem("gradient_of", f, variable=variables(f)[0])


def _points(sentence: Sentence) -> list[Node]:
    found: list[Node] = []
    while (node := sentence.take(lambda n: is_point(n) or _are_points(n))) is not None:
        found.extend(node.args if _are_points(node) else (node,))
    return found


def _are_points(node: Node) -> bool:
    return node.head == "items" and all(is_point(a) for a in node.args)


def _two_points(task: str) -> Callable[[Sentence, Context], Reading]:
    def build(sentence: Sentence, context: Context) -> Reading:
        points = _points(sentence)
        if sentence.has("ORIGIN"):
            points.append(Node("tuple", (num(0), num(0))))
        last = context.problem
        if not points and last is not None and len(last.of) == 2 and all(is_point(n) for n in last.nodes):
            points = list(last.nodes)
        return problem(task, *points) if len(points) == 2 else None

    return build


frame("MIDPOINT", may="LINE THROUGH")(_two_points("midpoint"))
frame("DISTANCE", may="THROUGH ORIGIN LINE")(_two_points("distance"))
frame("LENGTH_OF", may="THROUGH LINE ORIGIN")(_two_points("distance"))
frame("LENGTH LINE", may="THROUGH")(_two_points("distance"))
frame("GRADIENT", may="LINE THROUGH")(_two_points("gradient_between"))
frame("LINE_EQUATION", may="THROUGH GRADIENT LINE")(_two_points("line_through"))
frame("LINE", may="THROUGH EQUATION_OF")(_two_points("line_through"))


@frame("GRADIENT LINE", may="THROUGH EQUATION_OF LINE_EQUATION Y_INTERCEPT")
@frame("GRADIENT LINE_EQUATION", may="THROUGH LINE EQUATION_OF")
@frame("GRADIENT", may="THROUGH EQUATION_OF LINE")
def line_with_gradient(sentence: Sentence, _context: Context) -> Reading:
    """`which line has gradient 2 and goes through (3, 1)?`."""
    slope, points = sentence.take(is_number), _points(sentence)
    if slope is None or len(points) != 1:
        return None
    sentence.take(lambda n: n.head == "name")
    return problem("line_with_gradient", slope, points[0])
