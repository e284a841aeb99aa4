"""Frames of equations, inequalities and systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.expressions import Node, name, num, rebuilt, replaced, variables, walk
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.calculus import limits
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import (
    is_applied,
    is_assignment,
    is_constant,
    is_equation,
    is_expression,
    is_inequality,
    is_name,
    is_number,
)
from assistant_magic.tutor.read.pieces import algebra, variable_of
from assistant_magic.tutor.read.sentence import Sentence

_TRIG = {"sin", "cos", "tan"}
_ANY = "SOLVE QUADRATIC REAL EXTRANEOUS HOW_MANY PROPORTION ANGLE COMPLETE_SQUARE X_COORDINATE POSITIVE WHAT_NUMBER EVER LIST DOMAIN REARRANGE"


@frame("", may=_ANY.replace(" ALWAYS", ""))
@frame("COMPLEX", may=_ANY)
def solved(sentence: Sentence, context: Context) -> Reading:
    """`solve 2x + 3 = 11`, `x(x+3) = 10`, `sin x = 1/2 for 0° ≤ x ≤ 360°`."""
    equation = sentence.take(is_equation)
    if equation is not None and is_assignment(equation):
        body = context.definition(equation.args[0].text)
        if body is not None and variables(body):
            equation = Node("Eq", (body, equation.args[1]))
    if equation is None or any(is_applied(n) for n in walk(equation)):
        return None
    if sentence.begins_with("is", "does") and not sentence.has("SOLVE"):
        return None
    window = sentence.take(_is_window) or _between(sentence, equation)
    unknown = variable_of(sentence, equation)
    while sentence.take(lambda n: is_name(n) and n.text == unknown) is not None:
        pass
    if not unknown:
        return None
    if is_assignment(equation) and not sentence.has("SOLVE"):
        return None
    return _equation(equation, unknown, window, sentence)


def _between(sentence: Sentence, equation: Node) -> Node | None:
    """`between 0 and 2pi`, `in [0, 360]`, for trigonometric equations."""
    if not any(n.head == "call" and n.text in _TRIG for n in walk(equation)):
        return None
    pair = sentence.take(
        lambda n: n.head in {"list", "tuple", "items"} and len(n.args) == 2 and _are_ends(n.args)
    )
    ends = pair.args if pair is not None else limits(sentence)
    if len(ends) != 2:
        return None
    x = name("x")
    return Node("and", (Node("Le", (ends[0], x)), Node("Le", (x, ends[1]))))


def _are_ends(nodes: Sequence[Node]) -> bool:
    return all(is_number(n.args[0] if n.head == "degrees" else n) for n in nodes)


def _is_window(node: Node) -> bool:
    """`0° ≤ x ≤ 360°`."""
    return node.head == "and" and all(a.head in {"Le", "Lt"} for a in node.args)


def _equation(equation: Node, unknown: str, window: Node | None, sentence: Sentence) -> Problem:
    if window is not None:
        return _in_window(equation, unknown, window)
    if sentence.has("COMPLEX"):
        return problem("solve", equation, variable=unknown, complex=True)
    if sentence.has("POSITIVE"):
        return problem("solve_positive", equation, variable=unknown)
    if sentence.has("NEGATIVE"):
        return problem("solve_negative", equation, variable=unknown)
    return problem("solve", equation, variable=unknown)


def _in_window(equation: Node, unknown: str, window: Node) -> Problem:
    low, high = window.args[0].args[0], window.args[1].args[1]
    # In degrees the letter stands for a number of degrees; SymPy solves in radians.
    degrees = any(n.head == "degrees" for n in walk(window)) or any(
        end.head == "num" and end.text.isdigit() and int(end.text) >= 90 for end in (low, high)
    )
    if degrees:
        low, high = (
            rebuilt(end, lambda n: n.args[0] if n.head == "degrees" else None) for end in (low, high)
        )
    ends = [str(link.head == "Lt") for link in window.args]
    return problem(
        "solve_between", equation, low, high, variable=unknown, degrees=degrees, left=ends[0], right=ends[1]
    )


@frame("NEGATIVE", may="SOLVE")
@frame("POSITIVE", may="SOLVE QUADRATIC")
def of_sign(sentence: Sentence, context: Context) -> Reading:
    """`only the positive solution of x^2 + x = 20`, `only the positive one`."""
    last = context.problem
    sentence.take(lambda n: n == num(1))
    if last is not None and last.task == "solve" and not sentence.chunks:
        return replace(last, task="solve_positive" if sentence.has("POSITIVE") else "solve_negative")
    return solved(sentence, context)


@frame("SOLVE", may="QUADRATIC REAL HOW_MANY WHAT_NUMBER X_COORDINATE EXTRANEOUS DERIVATIVE")
def zeros(sentence: Sentence, context: Context) -> Reading:
    """`roots of x^2 - 4`, `where does 8x + 20 hit zero`, `so for which x is it zero`, `where is f zero`."""
    node = sentence.take(lambda n: n.head == "Eq" and _is_left(n.args[0]) and is_expression(n.args[1]))
    body = node.args[1] if node is not None else sentence.take(lambda n: is_expression(n) and not is_name(n))
    named = sentence.take(is_name)
    if body is None and named is not None and named.text in context.names:
        body = context.definition(named.text)
    if body is None:
        body = algebra(context)
    sentence.take(lambda n: n == num(0))
    if body is None or len(variables(body)) != 1:
        return None
    return problem("solve", Node("Eq", (body, num(0))), variable=variables(body)[0])


@frame("", may="DERIVATIVE")
def where_zero(sentence: Sentence, context: Context) -> Reading:
    """`where is f zero`, `where is the derivative zero`."""
    if not sentence.begins_with("where", "when", "and where", "so where", "for which", "for what"):
        return None
    if sentence.take(lambda n: n == num(0)) is None:
        return None
    if not sentence.has("DERIVATIVE") or not sentence.chunks_of_algebra:
        return zeros(sentence, context)
    # Of this function, which stands here, and not of the derivative that was the last result.
    f = sentence.take(lambda n: is_expression(n) and not is_name(n))
    return (
        problem("stationary_x", f, variable=variables(f)[0])
        if f is not None and len(variables(f)) == 1
        else None
    )


def _is_left(node: Node) -> bool:
    return node == name("y") or (node.head == "call" and node.text in {"f", "g", "h"})


@frame("", may="SET_EQUAL SOLVE SAME")
def set_equal(sentence: Sentence, context: Context) -> Reading:
    """`set that equal to 20 and solve`."""
    relation = sentence.take(
        lambda n: (
            n.head == "Eq"
            and is_expression(n.args[0])
            and not is_name(n.args[0])
            and not is_applied(n.args[0])
            and is_constant(n.args[1])
        )
    )
    if relation is None:
        return None
    letters = variables(relation)
    return problem("solve", relation, variable=letters[0]) if len(letters) == 1 else None


@frame("HOW_MANY REAL", may="QUADRATIC SOLVE")
@frame("HOW_MANY SOLVE", may="QUADRATIC REAL")
def number_of_roots(sentence: Sentence, context: Context) -> Reading:
    """`how many real roots does x^2 + 3x + 4 have`."""
    equation = sentence.take(is_equation)
    body = sentence.take(is_expression) if equation is None else None
    last = context.problem
    if equation is None and body is None and last is not None and last.nodes:
        first = last.nodes[0]
        equation, body = (
            (first, None) if first.head == "Eq" else (None, first if is_expression(first) else None)
        )
    if equation is not None:
        body = Node("sub", equation.args) if equation.args[1] != num(0) else equation.args[0]
    if body is None or len(variables(body)) != 1:
        return None
    return problem("real_root_count", body, variable=variables(body)[0])


@frame("ROOT_OF", may="YES_NO RIGHT SOLVE REAL")
@frame("SOLVE", may="YES_NO RIGHT REAL")
def is_solution(sentence: Sentence, context: Context) -> Reading:
    """`is x = 4 a solution of 3x - 5 = 7`, `check that x = 2 is really a root`."""
    given = sentence.take(is_assignment)
    value = given.args[1] if given is not None else sentence.take(is_number)
    if value is None:
        return None
    equation = sentence.take(is_equation)
    equation = equation if equation is not None else context.equation
    if equation is None or len(variables(equation)) != 1:
        return None
    if given is not None and given.args[0].text not in variables(equation):
        return None
    return tried(equation, value)


def tried(equation: Node, value: Node) -> Problem:
    """Whether a value solves an equation in one letter."""
    letter = name(variables(equation)[0])
    sides = (replaced(side, letter, value) for side in equation.args)
    return problem("is_solution", *sides, equation=str(equation))


@frame("", may="SOLVE INEQUALITY INTERVAL REAL QUADRATIC REARRANGE")
@frame("INEQUALITY", may="SOLVE INTERVAL")
def inequality(sentence: Sentence, _context: Context) -> Reading:
    """`solve 3x - 4 > 11`, `|x-1| <= 3 as an interval`."""
    relation = sentence.take(is_inequality)
    if relation is None or len(variables(relation)) != 1:
        return None
    sentence.take(is_name)
    links = relation.args if relation.head == "and" else (relation,)
    return problem("inequality", *links, variable=variables(relation)[0])


@frame("", may="SOLVE SIMULTANEOUS INTERSECT LINE PARABOLA THROUGH QUADRATIC LIST")
def system(sentence: Sentence, _context: Context) -> Reading:
    """`solve: x + y = 10 ; x − y = 4`, `where do the lines y = x + 1 and y = -x + 5 cross?`."""
    equations: list[Node] = []
    while (node := sentence.take(lambda n: is_equation(n) or _are_equations(n))) is not None:
        equations.extend(node.args if node.head != "Eq" else (node,))
    letters = sorted({v for e in equations for v in variables(e)})
    while (
        sentence.take(lambda n: is_name(n) or (n.head == "items" and all(is_name(a) for a in n.args)))
        is not None
    ):
        pass
    if len(equations) < 2 or len(letters) != len(equations) or all(is_assignment(e) for e in equations):
        return None
    return problem("system", *equations, unknowns=letters)


def _are_equations(node: Node) -> bool:
    items = node.args
    if node.head == "rows":
        items = tuple(a for row in node.args for a in row.args)
    return node.head in {"items", "rows", "and"} and all(is_equation(a) for a in items)
