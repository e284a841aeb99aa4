"""Frames of calculus: derivatives, integrals, limits, series, plots."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, name, num, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import (
    is_applied,
    is_assignment,
    is_equation,
    is_expression,
    is_name,
    is_number,
    is_point,
    is_row,
)
from assistant_magic.tutor.read.pieces import expression, variable_of
from assistant_magic.tutor.read.sentence import Sentence

_RULES = "RESPECT BY_PARTS FUNCTION DVAR WHOLE"


@frame("DERIVATIVE", may=_RULES)
@frame("DERIVATIVE ORDINAL", may=_RULES)
@frame("DYDX", may="DERIVATIVE")
@frame("GRADIENT", may="PARABOLA TANGENT LINE THROUGH")
def derivative(sentence: Sentence, context: Context) -> Reading:
    """`derivative of x^3`, `differentiate that`, `the second derivative`, `gradient of y = x^2 at x = 3`."""
    order = int(sentence.value("ORDINAL") or sentence.value("DYDX") or 1)
    last = context.problem
    f: Node | None
    again = last is not None and last.task == "derivative" and not sentence.chunks_of_algebra
    if last is not None and again and sentence.has("GRADIENT"):
        f, order = last.nodes[0], int(last.options["order"])  # where the derivative stands for the gradient
    elif last is not None and again and order > 1:
        f = last.nodes[0]
    else:
        f = expression(sentence, context)
    if f is None:
        return None
    given = sentence.take(is_assignment)
    value = given.args[1] if given is not None else sentence.take(is_number, role="at when")
    variable = given.args[0].text if given is not None else variable_of(sentence, f)
    if not variable or (value is None and sentence.has("GRADIENT")):
        return None
    if value is not None:
        return problem("derivative_at", f, value, variable=variable, order=order)
    return problem("derivative", f, variable=variable, order=order)


@frame("ORDINAL")
def next_derivative(sentence: Sentence, context: Context) -> Reading:
    """`third?` after a second derivative."""
    last = context.problem
    if last is None or last.task != "derivative":
        return None
    return problem(
        "derivative", *last.nodes, variable=last.options["variable"], order=int(sentence.value("ORDINAL"))
    )


@frame("IMPLICIT", may="DYDX DERIVATIVE")
@frame("DYDX", may="IMPLICIT DERIVATIVE")
def implicit(sentence: Sentence, _context: Context) -> Reading:
    """`implicit diff: x^2 + y^2 = 25, need dy/dx`."""
    equation = sentence.take(is_equation)
    if equation is None or variables(equation) != ("x", "y"):
        return None
    return problem("implicit", Node("sub", equation.args))


@frame("", may="DERIVATIVE INTEGRAL LIMIT SUM")
def operator(sentence: Sentence, _context: Context) -> Reading:
    """`d/dx (5x - 2)^3`, `∫ cos x dx`, `lim x->2 (x^2-4)/(x-2)` as signs."""
    node = sentence.take(lambda n: n.head == "call" and n.text in {"diff", "integrate", "limit"})
    if node is None:
        return None
    body, variable = node.args[0], node.args[1]
    if body.head == "call" and body.text in {"diff", "integrate", "limit"}:
        return None
    if variable.text == "?":
        letters = variables(body)
        if len(letters) != 1:
            return None
        variable = name(letters[0])
    if node.text == "diff":
        return problem("derivative", body, variable=variable.text, order=int(node.args[2].text))
    if node.text == "limit":
        return problem("limit", body, node.args[2], variable=variable.text)
    ends = limits(sentence) if len(node.args) == 2 else ()
    if ends:
        return problem("integral", body, *ends, variable=variable.text)
    return problem("integral", body, *node.args[2:], variable=variable.text)


@frame("TANGENT", may="EQUATION_OF LINE LINE_EQUATION PARABOLA THROUGH")
@frame("NORMAL", may="EQUATION_OF LINE LINE_EQUATION PARABOLA THROUGH")
def touching(sentence: Sentence, context: Context) -> Reading:
    """`equation of the normal to y = x² at (1,1)`."""
    f = expression(sentence, context)
    point = sentence.take(is_point)
    given = sentence.take(is_assignment)
    at = (
        point.args[0]
        if point is not None
        else given.args[1]
        if given is not None
        else sentence.take(is_number, role="at when")
    )
    if f is None or at is None or len(variables(f)) != 1:
        return None
    return problem("tangent" if sentence.has("TANGENT") else "normal", f, at, variable=variables(f)[0])


@frame("STATIONARY", may="THROUGH PARABOLA")
@frame("LOWEST", may="THROUGH X_COORDINATE PARABOLA VERTEX")
@frame("HIGHEST", may="THROUGH X_COORDINATE PARABOLA VERTEX")
@frame("INFLECTION", may="THROUGH X_COORDINATE PARABOLA")
def special_points(sentence: Sentence, context: Context) -> Reading:
    """`coordinates of the local minimum of x^2 - 6x + 10`, `x coordinate of the inflection point`."""
    f = expression(sentence, context)
    if f is None or len(variables(f)) != 1:
        return None
    if sentence.has("INFLECTION"):
        task = "inflection_x" if sentence.has("X_COORDINATE") else "inflection"
    elif sentence.has("STATIONARY"):
        task = "stationary"
    elif "local" not in sentence.text("LOWEST") + sentence.text("HIGHEST") and not sentence.has("THROUGH"):
        return None
    else:
        task = "local_minimum" if sentence.has("LOWEST") else "local_maximum"
    return problem(task, f, variable=variables(f)[0])


def limits(sentence: Sentence) -> tuple[Node, Node] | tuple[()]:
    """`from 0 to 3`, `between 0 and 1`, `3 down to 0`, `-20..20`."""
    pair = sentence.take(lambda n: is_row(n) and len(n.args) == 2, role="between from on in over")
    if pair is not None:
        return pair.args[0], pair.args[1]
    written = _ends_by_letter(sentence)
    if written:
        return written
    ends = [
        p.node
        for p in sentence.chunks
        if p.role in {"from", "between", "to"} and p.node is not None and is_number(p.node)
    ]
    if len(ends) == 1:
        ends = [p.node for p in sentence.chunks if p.node is not None and is_number(p.node)]
    if len(ends) != 2:
        return ()
    lower, upper = ends
    sentence.take(lambda n: n == lower)
    sentence.take(lambda n: n == upper)
    return lower, upper


@frame("INTEGRAL", may=_RULES)
@frame("AREA_UNDER", may="PARABOLA LINE")
def integral(sentence: Sentence, context: Context) -> Reading:
    """`integrate 2x + 1`, `integrate e^(-x) from 0 to infinity`."""
    ends = limits(sentence)
    f = expression(sentence, context)
    last = context.problem
    if (
        f is None
        and not ends
        and sentence.begins_with("integrate", "integral", "find", "what", "whats", "antiderivative")
    ):
        f = sentence.take(is_number)
        return problem("integral", f, variable="x") if f is not None else None
    if (
        f is not None
        and last is not None
        and last.task in {"integral", "derivative"}
        and f == context.result()
    ):
        f = f if last.task == "derivative" else last.nodes[0]
    if f is None or (sentence.has("AREA_UNDER") and not ends):
        return None
    variable = variable_of(sentence, f)
    return problem("integral", f, *ends, variable=variable) if variable else None


@frame("", may="INTEGRAL FLIP LIMIT DOWN AREA SIMPLIFY")
def other_limits(sentence: Sentence, context: Context) -> Reading:
    """`from 0 to 3 now`, `flip the limits, 3 down to 0`."""
    last = context.problem
    ends = limits(sentence)
    if not ends or last is None or last.task not in {"integral", "plot"}:
        return None
    if last.task == "plot":
        return problem("plot", last.nodes[0], *ends, variable=last.options["variable"])
    return problem("integral", last.nodes[0], *ends, variable=last.options["variable"])


@frame("AREA_BETWEEN", may="PARABOLA LINE AREA")
@frame("AREA", may="PARABOLA LINE AREA_BETWEEN")
def area_between(sentence: Sentence, _context: Context) -> Reading:
    """`how much area is trapped between y = x and y = x^2`."""
    curves: list[Node] = []
    while (node := sentence.take(lambda n: is_expression(n) or is_equation(n) or _curves(n))) is not None:
        curves.extend(node.args if node.head == "items" else (node,))
    bodies = [c.args[1] if c.head == "Eq" else c for c in curves]
    letters = {v for b in bodies for v in variables(b)}
    if len(bodies) != 2 or len(letters) != 1:
        return None
    return problem("area_between", *bodies, variable=letters.pop())


def _curves(node: Node) -> bool:
    return node.head == "items" and all(is_equation(a) or is_expression(a) for a in node.args)


@frame("LIMIT", may="")
def limit(sentence: Sentence, context: Context) -> Reading:
    """`what does (1+1/n)^n tend to as n → ∞`, `limit of sin(x)/x as x approaches 0`."""
    f = sentence.take(lambda n: is_expression(n) and not is_name(n))
    at = sentence.take(is_number)
    letter = sentence.take(is_name)
    if f is None or at is None:
        return None
    variable = letter.text if letter is not None else variables(f)[0] if len(variables(f)) == 1 else ""
    return problem("limit", f, at, variable=variable) if variable in variables(f) else None


@frame("SERIES_OF", may="INCLUDING TERM EXPANSION EXPAND DATA ORDER_WORD ORDER")
@frame("EXPAND SERIES", may="INCLUDING TERM")
@frame("EXPANSION", may="INCLUDING TERM QUADRATIC")
def taylor(sentence: Sentence, _context: Context) -> Reading:
    """`the taylor series of e^x about 0 up to and including x^3`."""
    f = sentence.take(is_expression, role="of for") or sentence.take(is_expression)
    power = sentence.take(lambda n: n.head == "pow" and is_name(n.args[0]) and n.args[1].head == "num")
    asked = sentence.number_after("ORDER_WORD")
    if power is None and asked is not None and asked.text.isdigit() and 0 < int(asked.text) < 20:
        sentence.take(lambda n: n == asked)
        power = Node("pow", (name("x"), asked))
    centre = sentence.take(lambda n: is_number(n) or is_assignment(n)) or num(0)
    if centre.head == "Eq":
        centre = centre.args[1]
    if f is None or power is None or len(variables(f)) != 1:
        return None
    return problem("taylor", f, centre, variable=variables(f)[0], order=int(power.args[1].text))


@frame("PLOT", may="LINE PARABOLA INTERVAL ZOOM")
@frame("ZOOM", may="PLOT")
@frame("PARABOLA")
def plot(sentence: Sentence, context: Context) -> Reading:
    """`plot cos(2x) for 0 <= x <= 2pi`, `graph 2x+1 on [-5, 5]`, `zoom out to -20..20`."""
    ends = _window(sentence)
    last = context.problem
    if sentence.has("ZOOM") and last is not None and last.task == "plot":
        f: Node | None = last.nodes[0]
    else:
        f = sentence.take(lambda n: n.head == "Eq" and _is_y(n.args[0]) and variables(n.args[1]) != ())
        f = f.args[1] if f is not None else expression(sentence, context)
    if f is None or len(variables(f)) != 1:
        return None
    while sentence.take(lambda n: is_name(n) or is_applied(n)) is not None:
        pass
    return problem("plot", f, *(ends or (Node("neg", (num(10),)), num(10))), variable=variables(f)[0])


def _is_y(node: Node) -> bool:
    return node == name("y") or is_applied(node)


def _ends_by_letter(sentence: Sentence) -> tuple[Node, Node] | tuple[()]:
    """`between x = -1 and x = 3`."""
    pair = sentence.take(lambda n: n.head == "items" and len(n.args) == 2 and all(map(is_assignment, n.args)))
    given = list(pair.args) if pair is not None else []
    if not given and sum(p.node is not None and is_assignment(p.node) for p in sentence.chunks) == 2:
        given = sentence.take_all(is_assignment)
    upper = next((p.node for p in sentence.chunks if p.role == "to" and p.node is not None), None)
    lower = sentence.take(is_assignment, role="from") if not given and upper is not None else None
    if lower is not None and upper is not None:  # "from x = -3 to 3"
        sentence.take(lambda n: n == upper)
        return lower.args[1], upper
    return (given[0].args[1], given[1].args[1]) if len(given) == 2 else ()


def _window(sentence: Sentence) -> tuple[Node, Node] | tuple[()]:
    ends = _ends_by_letter(sentence)
    if ends:
        return ends
    chain = sentence.take(lambda n: n.head == "and" and all(a.head in {"Le", "Lt"} for a in n.args))
    if chain is not None:
        return chain.args[0].args[0], chain.args[1].args[1]
    pair = sentence.take(lambda n: n.head in {"list", "tuple", "items"} and is_row(n) and len(n.args) == 2)
    return (pair.args[0], pair.args[1]) if pair is not None else limits(sentence)
