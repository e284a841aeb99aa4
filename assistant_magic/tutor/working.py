"""The lines of a worked solution, as a teacher would write them; nothing here is shown before it is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import Node, num, replaced, variables, walk
from assistant_magic.tutor.plan.source import expanded
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.numbers import exact
from assistant_magic.tutor.symbols import from_sympy, gap, to_sympy


@dataclass(frozen=True)
class Line:
    """One line: what was done to get it, and what it says.

    Attributes:
        rule: Name of the rule among the phrases.
        claim: The mathematics.
        operator: `derivative` or `integral` where the line asks for one of `claim`.
        letter: The letter of that operator.
        joint: What stands between several equations.
    """

    rule: str
    claim: Claim
    operator: str = ""
    letter: str = ""
    joint: str = r" \quad\text{or}\quad "


def lines_of(problem: Problem) -> Iterator[Line]:
    """The lines of a solution from the question to the answer; none where no way is known."""
    way = _WAYS.get(problem.task)
    return way(problem) if way is not None else iter(())


def _line(rule: str, *nodes: Node) -> Line:
    return Line(rule, Claim("", nodes, joined="or"))


def _node(value: Any) -> Node:
    """Highest powers first, as SymPy's printer writes them."""
    return from_sympy(value)


def _without_repeats(lines: Iterator[Line]) -> Iterator[Line]:
    last: tuple[Node, ...] = ()
    for line in lines:
        if line.claim.nodes != last or line.operator:
            yield line
        last = line.claim.nodes if not line.operator else ()


def _solved(problem: Problem) -> Iterator[Line]:
    import sympy as sp

    equation = problem.nodes[0]
    x = sp.Symbol(str(problem.options["variable"]), real=True)
    if equation.head != "Eq" or set(variables(equation)) != {str(x)}:
        return iter(())
    whole = sp.expand(to_sympy(gap(equation)))
    if not whole.is_polynomial(x):
        return iter(())
    way = {1: _linear, 2: _quadratic}.get(int(sp.degree(whole, x)))
    return _without_repeats(way(equation, x)) if way else iter(())


def _linear(relation: Node, x: Any) -> Iterator[Line]:
    import sympy as sp

    yield _line("", relation)
    left, right = (sp.expand(to_sympy(side)) for side in relation.args)
    yield _line("collect", Node(relation.head, (_node(left), _node(right))))
    left, right = left - right.coeff(x, 1) * x, right.coeff(x, 0)
    yield _line("collect_left", Node(relation.head, (_node(left), _node(right))))
    left, right = left.coeff(x, 1) * x, right - left.coeff(x, 0)
    yield _line("collect_right", Node(relation.head, (_node(left), _node(right))))
    factor = left.coeff(x, 1)
    turned = factor < 0 and relation.head != "Eq"
    head = _TURNED[relation.head] if turned else relation.head
    yield _line("divide_turned" if turned else "divide", Node(head, (_node(x), _node(right / factor))))


_TURNED = {"Lt": "Gt", "Gt": "Lt", "Le": "Ge", "Ge": "Le"}


def _inequality(problem: Problem) -> Iterator[Line]:
    import sympy as sp

    node = problem.nodes[0]
    if len(problem.nodes) != 1 or node.head not in _TURNED:
        return iter(())
    x = sp.Symbol(str(problem.options["variable"]), real=True)
    whole = sp.expand(to_sympy(gap(node)))
    linear = whole.is_polynomial(x) and sp.degree(whole, x) == 1
    return _without_repeats(_linear(node, x)) if linear else iter(())


def _quadratic(equation: Node, x: Any) -> Iterator[Line]:
    import sympy as sp

    yield _line("", equation)
    whole = sp.expand(to_sympy(gap(equation)))
    yield _line("one_side", Node("Eq", (_node(whole), num(0))))
    roots = sorted(sp.solve(whole, x))
    letter = _node(x)
    if roots and all(root.is_Rational for root in roots):
        yield _line("factor", Node("Eq", (_node(sp.factor(whole)), num(0))))
        factors = [base for base, _ in sp.factor_list(whole)[1]]
        yield _line("zero_product", *(Node("Eq", (_node(base), num(0))) for base in factors))
        yield _line("each", *(Node("Eq", (letter, _node(root))) for root in roots))
    elif roots:
        a, b, c = (whole.coeff(x, n) for n in (2, 1, 0))
        root = Node("call", (_node(b**2 - 4 * a * c),), "sqrt")
        both = (Node(sign, (_node(-b), root)) for sign in ("add", "sub"))
        yield _line(
            "square_root", *(Node("Eq", (letter, Node("div", (over, _node(2 * a))))) for over in both)
        )
        yield _line("simplify", *(Node("Eq", (letter, _node(root))) for root in roots))


def _evaluated(problem: Problem) -> Iterator[Line]:
    node = expanded(problem.nodes[0])
    if variables(node):
        return
    yield _line("", problem.nodes[0])
    if node != problem.nodes[0]:
        yield _line("operation", node)
    for _ in range(12):
        if _is_number(node):
            return
        shared = _with_common_bottom(node)
        if shared is not None:
            yield _line("common_bottom", shared)
        inner = next((n for n in _inside_out(node) if _is_ready(n)), None)
        if inner is None:
            return
        node = replaced(node, inner, _node(to_sympy(inner)))
        yield _line("operation", node)


def _inside_out(node: Node) -> Iterator[Node]:
    for arg in node.args:
        yield from _inside_out(arg)
    yield node


def _is_number(node: Node) -> bool:
    """A whole number, decimal, or fraction in lowest terms."""
    value = exact(node)
    return value is not None and (node.head in {"num", "neg"} or str(_node(to_sympy(node))) == str(node))


def _is_ready(node: Node) -> bool:
    if not node.args or _is_number(node) or any(a.args and not _is_number(a) for a in node.args):
        return False
    return str(_node(to_sympy(node))) != str(node)


def _with_common_bottom(node: Node) -> Node | None:
    import math

    sums = (n for n in walk(node) if n.head in {"add", "sub"} and all(_is_number(a) for a in n.args))
    found = next(sums, None)
    if found is None:
        return None
    values = [exact(a) for a in found.args]
    bottoms = [v.denominator for v in values if v is not None]
    bottom = math.lcm(*bottoms)
    if len(set(bottoms)) < 2 or 1 in bottoms:
        return None
    over = [Node("div", (num(int(v * bottom)), num(bottom))) for v in values if v is not None]
    return replaced(node, found, Node(found.head, tuple(over)))


def _multiplied_out(problem: Problem) -> Iterator[Line]:
    import sympy as sp

    node = problem.nodes[0]
    yield _line("", node)
    product = node
    if node.head == "pow" and node.args[1] == num(2):
        product = Node("mul", (node.args[0], node.args[0]))
    if product.head == "mul":
        left, right = (to_sympy(a).as_ordered_terms() for a in product.args)
        terms = [Node("mul", (_node(a), _node(b))) for a in left for b in right]
        whole = terms[0]
        for term in terms[1:]:
            whole = Node("add", (whole, term))
        yield _line("each_by_each", whole)
    yield _line("collect_terms", _node(sp.expand(to_sympy(node))))


def _factored(problem: Problem) -> Iterator[Line]:
    import sympy as sp

    value = to_sympy(problem.nodes[0])
    yield _line("", problem.nodes[0])
    shared = _node(sp.factor_terms(value))
    result = _node(sp.factor(value))
    if shared not in {problem.nodes[0], result} and shared.head == "mul":
        yield _line("common_factor", shared)
    yield _line("product", result)


def _differentiated(problem: Problem) -> Iterator[Line]:
    import sympy as sp

    if int(problem.options.get("order", 1)) != 1:
        return
    letter = str(problem.options["variable"])
    x, f = sp.Symbol(letter, real=True), to_sympy(problem.nodes[0])
    yield Line("", Claim("", problem.nodes[:1]), "derivative", letter)
    slope = sp.diff(f, x)
    yield _line("differentiate", _node(slope))
    neat = sp.simplify(slope)
    if neat != slope:
        yield _line("simplify", _node(neat))


def _integrated(problem: Problem) -> Iterator[Line]:
    import sympy as sp

    if len(problem.of) != 1:
        return
    letter = str(problem.options["variable"])
    x = sp.Symbol(letter, real=True)
    yield Line("", Claim("", problem.nodes[:1]), "integral", letter)
    found = sp.integrate(to_sympy(problem.nodes[0]), x)
    yield _line("integrate", Node("add", (_node(found), Node("name", text="C"))))


def _put_in(problem: Problem) -> Iterator[Line]:
    body, *given = problem.nodes
    for equation in given:
        body = replaced(body, equation.args[0], equation.args[1])
    for place, line in enumerate(_evaluated(Problem(task="evaluate", of=(str(body),)))):
        yield line if place else _line("substitute", *line.claim.nodes)


_WAYS: Mapping[str, Callable[[Problem], Iterator[Line]]] = {
    "solve": _solved,
    "inequality": _inequality,
    "evaluate": _evaluated,
    "substitute": _put_in,
    "expand": _multiplied_out,
    "simplify": _multiplied_out,
    "factor": _factored,
    "derivative": _differentiated,
    "integral": _integrated,
}
