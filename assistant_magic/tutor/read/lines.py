"""Frames of lines and directions: parallel and perpendicular lines, the slope of an equation, vectors side by side."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, num, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import (
    is_equation,
    is_expression,
    is_matrix,
    is_name,
    is_point,
    is_vector,
)
from assistant_magic.tutor.read.sentence import Sentence


def _line(sentence: Sentence) -> Node | None:
    """The equation of a line in x and y; `3x + 1` alone is `y = 3x + 1`."""
    equation = sentence.take(lambda n: is_equation(n) and set(variables(n)) <= {"x", "y"})
    if equation is not None:
        return equation
    body = sentence.take(lambda n: is_expression(n) and not is_name(n) and variables(n) == ("x",))
    return Node("Eq", (Node("name", text="y"), body)) if body is not None else None


@frame("PARALLEL", may="LINE LINE_EQUATION EQUATION_OF THROUGH GRADIENT TERM")
@frame("PERPENDICULAR", may="LINE LINE_EQUATION EQUATION_OF THROUGH GRADIENT NORMAL")
def beside_line(sentence: Sentence, _context: Context) -> Reading:
    """`line parallel to y = 3x + 1 through (0, 4)`, `gradient perpendicular to y = 2x + 3`."""
    line, point = _line(sentence), sentence.take(is_point)
    if line is None or "y" not in variables(line):
        return None
    across = sentence.has("PERPENDICULAR")
    if point is not None:
        return problem("line_across" if across else "line_along", line, point)
    if not sentence.has("GRADIENT"):
        return None
    return problem("gradient_across" if across else "gradient_of_line", line)


@frame("GRADIENT", may="LINE EQUATION_OF")
def gradient_of_equation(sentence: Sentence, _context: Context) -> Reading:
    """`gradient of the line 2y = 6x + 4`."""
    line = sentence.take(lambda n: is_equation(n) and variables(n) == ("x", "y"))
    return problem("gradient_of_line", line) if line is not None else None


def _vectors(sentence: Sentence) -> list[Node]:
    row = sentence.take(lambda n: n.head == "items" and all(is_vector(a) for a in n.args))
    if row is not None:
        return list(row.args)
    return sentence.take_all(is_vector)


@frame("ANGLE", may="VECTOR DEG IN_DEGREES")
@frame("PARALLEL", may="VECTOR YES_NO")
@frame("PERPENDICULAR", may="VECTOR YES_NO")
@frame("PERP_CHECK", may="VECTOR YES_NO")
def two_vectors(sentence: Sentence, _context: Context) -> Reading:
    """`angle between (1, 0) and (1, 1)`, `are (1, 2) and (2, 4) parallel`."""
    pair = _vectors(sentence)
    if len(pair) != 2 or len(pair[0].args) != len(pair[1].args):
        return None
    if sentence.has("ANGLE"):
        return problem("angle_between", *pair, unit="degree")
    return problem("are_parallel" if sentence.has("PARALLEL") else "are_perpendicular", *pair)


@frame("VECTOR", may="THROUGH")
def from_point_to_point(sentence: Sentence, _context: Context) -> Reading:
    """`vector from (1, 2) to (4, 6)`."""
    start, end = sentence.take(is_vector, role="from"), sentence.take(is_vector, role="to")
    if start is None or end is None or len(start.args) != len(end.args):
        return None
    parts = [Node("sub", (b, a)) for a, b in zip(start.args, end.args, strict=True)]
    return problem("row_value", Node("tuple", tuple(parts)))


@frame("RREF", may="MATRIX")
@frame("CHARPOLY", may="MATRIX")
def of_matrix(sentence: Sentence, _context: Context) -> Reading:
    """`characteristic polynomial of [[1,2],[3,4]]`."""
    node = sentence.take(is_matrix)
    if node is None:
        return None
    return problem("rref" if sentence.has("RREF") else "characteristic", node, variable="x")


@frame("", may="MATRIX MULTIPLY VECTOR")
def matrix_times_vector(sentence: Sentence, _context: Context) -> Reading:
    """`[[1,2],[3,4]] times (1, 1)`."""
    node = sentence.take(lambda n: n.head == "mul" and is_matrix(n.args[0]) and is_vector(n.args[1]))
    if node is None or len(node.args[0].args[0].args) != len(node.args[1].args):
        return None
    column = Node("matrix", tuple(Node("list", (a,)) for a in node.args[1].args))
    return problem("vector_value", Node("mul", (node.args[0], column)))


@frame("", may="SOLVE MATRIX SIMULTANEOUS")
def matrix_equation(sentence: Sentence, _context: Context) -> Reading:
    """`solve [[1,1],[1,-1]] x = [3,1]`."""
    equation = sentence.take(
        lambda n: (
            n.head == "Eq"
            and n.args[0].head == "mul"
            and is_matrix(n.args[0].args[0])
            and is_vector(n.args[1])
        )
    )
    if equation is None or not is_name(equation.args[0].args[1]):
        return None
    column = Node("matrix", tuple(Node("list", (a,)) for a in equation.args[1].args))
    inverse = Node("pow", (equation.args[0].args[0], Node("neg", (num(1),))))
    return problem("vector_value", Node("mul", (inverse, column)))
