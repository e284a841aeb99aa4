"""Equations in one unknown, values, brackets, factors and derivatives, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import Node, num, replaced, variables, walk
from assistant_magic.tutor.plan.source import expanded
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.numbers import exact
from assistant_magic.tutor.symbols import gap, to_sympy
from assistant_magic.tutor.working.inequalities import TURNED, of_chain, of_quadratic
from assistant_magic.tutor.working.line import Line, line, node_of
from assistant_magic.tutor.working.rational import of_rational


def _without_repeats(lines: Iterator[Line]) -> Iterator[Line]:
    last: tuple[Node, ...] = ()
    for one in lines:
        if one.claim.nodes != last or one.operator:
            yield one
        last = one.claim.nodes if not one.operator else ()


def of_equation(problem: Problem) -> Iterator[Line]:
    """An equation in one letter: linear, quadratic, or with the letter below a fraction bar."""
    import sympy as sp

    equation = problem.nodes[0]
    x = sp.Symbol(str(problem.options["variable"]), real=True)
    if equation.head != "Eq" or set(variables(equation)) != {str(x)}:
        return iter(())
    whole = sp.expand(to_sympy(gap(equation)))
    if not whole.is_polynomial(x):
        if sp.together(whole).is_rational_function(x):
            return _without_repeats(of_rational(equation, x, _of_polynomial))
        return iter(())
    way = {1: _linear, 2: _quadratic}.get(int(sp.degree(whole, x)))
    return _without_repeats(way(equation, x)) if way else iter(())


def _of_polynomial(equation: Node, x: Any) -> Iterator[Line]:
    """A linear or quadratic equation."""
    import sympy as sp

    degree = int(sp.degree(sp.expand(to_sympy(gap(equation))), x))
    return _without_repeats({1: _linear, 2: _quadratic}.get(degree, _unsolved)(equation, x))


def _unsolved(equation: Node, x: Any) -> Iterator[Line]:
    del equation, x
    return iter(())


def _linear(relation: Node, x: Any) -> Iterator[Line]:
    import sympy as sp

    yield line("", relation)
    left, right = (sp.expand(to_sympy(side)) for side in relation.args)
    yield line("collect", Node(relation.head, (node_of(left), node_of(right))))
    left, right = left - right.coeff(x, 1) * x, right.coeff(x, 0)
    yield line("collect_left", Node(relation.head, (node_of(left), node_of(right))))
    left, right = left.coeff(x, 1) * x, right - left.coeff(x, 0)
    yield line("collect_right", Node(relation.head, (node_of(left), node_of(right))))
    factor = left.coeff(x, 1)
    turned = factor < 0 and relation.head != "Eq"
    head = TURNED[relation.head] if turned else relation.head
    yield line("divide_turned" if turned else "divide", Node(head, (node_of(x), node_of(right / factor))))


def of_inequality(problem: Problem) -> Iterator[Line]:
    """A linear or quadratic inequality, or a chain of two."""
    import sympy as sp

    node = problem.nodes[0]
    x = sp.Symbol(str(problem.options["variable"]), real=True)
    if len(problem.nodes) == 2:
        return of_chain(problem.nodes, x)
    if len(problem.nodes) != 1 or node.head not in TURNED:
        return iter(())
    whole = sp.expand(to_sympy(gap(node)))
    degree = int(sp.degree(whole, x)) if whole.is_polynomial(x) else 0
    return _without_repeats({1: _linear, 2: of_quadratic}.get(degree, _unsolved)(node, x))


def _quadratic(equation: Node, x: Any) -> Iterator[Line]:
    import sympy as sp

    yield line("", equation)
    whole = sp.expand(to_sympy(gap(equation)))
    yield line("one_side", Node("Eq", (node_of(whole), num(0))))
    roots = sorted(sp.solve(whole, x))
    letter = node_of(x)
    if roots and all(root.is_Rational for root in roots):
        yield line("factor", Node("Eq", (node_of(sp.factor(whole)), num(0))))
        factors = [base for base, _ in sp.factor_list(whole)[1]]
        yield line("zero_product", *(Node("Eq", (node_of(base), num(0))) for base in factors))
        yield line("each", *(Node("Eq", (letter, node_of(root))) for root in roots))
    elif roots:
        a, b, c = (whole.coeff(x, n) for n in (2, 1, 0))
        root = Node("call", (node_of(b**2 - 4 * a * c),), "sqrt")
        both = (Node(sign, (node_of(-b), root)) for sign in ("add", "sub"))
        yield line(
            "square_root", *(Node("Eq", (letter, Node("div", (over, node_of(2 * a))))) for over in both)
        )
        yield line("simplify", *(Node("Eq", (letter, node_of(root))) for root in roots))


def of_value(problem: Problem) -> Iterator[Line]:
    """A number, one operation at a time."""
    node = expanded(problem.nodes[0])
    if variables(node):
        return
    yield line("", problem.nodes[0])
    if node != problem.nodes[0]:
        yield line("operation", node)
    for _ in range(12):
        if _is_number(node):
            return
        shared = _with_common_bottom(node)
        if shared is not None:
            yield line("common_bottom", shared)
        inner = next((n for n in _inside_out(node) if _is_ready(n)), None)
        if inner is None:
            return
        node = replaced(node, inner, node_of(to_sympy(inner)))
        yield line("operation", node)


def _inside_out(node: Node) -> Iterator[Node]:
    for arg in node.args:
        yield from _inside_out(arg)
    yield node


def _is_number(node: Node) -> bool:
    """A whole number, decimal, or fraction in lowest terms."""
    value = exact(node)
    return value is not None and (node.head in {"num", "neg"} or str(node_of(to_sympy(node))) == str(node))


def _is_ready(node: Node) -> bool:
    if not node.args or _is_number(node) or any(a.args and not _is_number(a) for a in node.args):
        return False
    return str(node_of(to_sympy(node))) != str(node)


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


def of_product(problem: Problem) -> Iterator[Line]:
    """Brackets multiplied out."""
    import sympy as sp

    node = problem.nodes[0]
    yield line("", node)
    product = node
    if node.head == "pow" and node.args[1] == num(2):
        product = Node("mul", (node.args[0], node.args[0]))
    if product.head == "mul":
        left, right = (to_sympy(a).as_ordered_terms() for a in product.args)
        terms = [node_of(a * b) for a in left for b in right]
        whole = terms[0]
        for term in terms[1:]:
            minus = term.head == "neg"
            whole = Node("sub", (whole, term.args[0])) if minus else Node("add", (whole, term))
        yield line("each_by_each", whole)
    yield line("collect_terms", node_of(sp.expand(to_sympy(node))))


def of_factors(problem: Problem) -> Iterator[Line]:
    """A common factor, then a product."""
    import sympy as sp

    value = to_sympy(problem.nodes[0])
    yield line("", problem.nodes[0])
    shared = node_of(sp.factor_terms(value))
    result = node_of(sp.factor(value))
    if shared not in {problem.nodes[0], result} and shared.head == "mul":
        yield line("common_factor", shared)
    yield line("product", result)


def of_derivative(problem: Problem) -> Iterator[Line]:
    """A derivative, by the rule its outermost operation asks for."""
    import sympy as sp

    if int(problem.options.get("order", 1)) != 1:
        return
    letter = str(problem.options["variable"])
    x, f = sp.Symbol(letter, real=True), to_sympy(problem.nodes[0])
    yield Line("", Claim("", problem.nodes[:1]), "derivative", letter)
    slope = sp.diff(f, x)
    yield line(_rule_for(problem.nodes[0], letter), node_of(slope))
    neat = sp.simplify(slope)
    if neat != slope:
        yield line("simplify", node_of(neat))


def _rule_for(node: Node, letter: str) -> str:
    """The rule that the outermost operation of a function asks for."""
    varies = [letter in variables(a) for a in node.args]
    if node.head == "mul" and all(varies):
        return "product_rule"
    if node.head == "div" and varies[1]:
        return "quotient_rule"
    inner = node.head == "call" or (node.head == "pow" and varies[0])
    return "chain_rule" if inner and node.args[0].head != "name" else "differentiate"


def of_substitution(problem: Problem) -> Iterator[Line]:
    """Values put in for letters, then worked out."""
    body, *given = problem.nodes
    for equation in given:
        body = replaced(body, equation.args[0], equation.args[1])
    for place, one in enumerate(of_value(Problem(task="evaluate", of=(str(body),)))):
        yield one if place else line("substitute", *one.claim.nodes)
