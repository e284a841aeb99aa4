"""Sizes nobody should compute: found before any code is made."""

from __future__ import annotations

import math

from assistant_magic.tutor.expressions import Node, variables, walk
from assistant_magic.tutor.plan.source import expanded
from assistant_magic.tutor.problems import Problem

MAX_DIGITS = 5_000
MAX_TERMS = 2_000
_MAX_FACTORIAL = 1_500
_MAX_NODES = 400
_MAX_DEGREE = 30
_MAX_DEGREE_OF_EQUATION = 12
_COUNTING = {
    "sum_of_primes": 0,
    "first_primes": 0,
    "multiples": 1,
    "nth_prime": 0,
    "fibonacci": 0,
    "primes_between": 1,
}
_SUMS = {"series_sum": 1, "sum_over": 2}
_FACTORING = frozenset(
    {"factors", "factor_count", "prime_factorisation", "prime_factors", "is_prime", "next_prime"}
)
_POLYNOMIAL = (
    "solve",
    "factor",
    "expand",
    "coefficient",
    "inequality",
    "system",
    "partial",
    "stationary",
    "real_root",
)


def too_large(problem: Problem) -> bool:
    """The numbers in a problem would take too long, or fill the page."""
    nodes = problem.nodes
    parts = [part for node in nodes for part in walk(expanded(node))]
    if len(parts) > _MAX_NODES or any(_log(part) > MAX_DIGITS for part in parts):
        return True
    if any(_calls_too_large(part) for part in parts):
        return True
    if problem.task in _FACTORING and any(_log(node) > 30 for node in nodes):
        return True
    most = _MAX_DEGREE_OF_EQUATION if problem.task.startswith("solve") else _MAX_DEGREE
    if problem.task.startswith(_POLYNOMIAL) and any(_degree_too_large(part, most) for part in parts):
        return True
    if problem.task == "simplify" and any(p.head == "pow" and _is_sum_raised(p) for p in parts):
        return True
    return _count_too_large(problem, nodes) or _options_too_large(problem)


def _count_too_large(problem: Problem, nodes: tuple[Node, ...]) -> bool:
    if problem.task == "arrange":
        return _log(nodes[0]) > math.log10(_MAX_FACTORIAL)
    place = _COUNTING.get(problem.task)
    if place is not None:
        return _log(nodes[place]) > math.log10(MAX_TERMS)
    place = _SUMS.get(problem.task)
    return place is not None and _sum_too_large(nodes[0], nodes[place])


def _sum_too_large(body: Node, end: Node) -> bool:
    """Sums of powers and geometric sums have a formula; others are added term by term."""
    if end == Node("name", text="oo"):
        return False
    written_out = any(
        n.head == "call"
        or (n.head == "div" and variables(n.args[1]))
        or (n.head == "pow" and variables(n.args[1]) and variables(n.args[0]))
        for n in walk(body)
    )
    return _log(end) > (math.log10(MAX_TERMS) if written_out else 12)


def _degree_too_large(node: Node, most: int) -> bool:
    return node.head == "pow" and bool(variables(node.args[0])) and _log(node.args[1]) > math.log10(most)


def _is_sum_raised(power: Node) -> bool:
    """`(x + 1)^5000`, which is multiplied out on the way to something simpler; x^5000 is not."""
    return power.args[0].head in {"add", "sub", "mul"} and _degree_too_large(power, _MAX_DEGREE)


def _options_too_large(problem: Problem) -> bool:
    orders = [problem.options.get(key, 0) for key in ("order", "steps")]
    if any(int(order) > 50 for order in orders[:1]) or int(orders[1]) > 500:
        return True
    if problem.rounding:
        kind, amount = str(problem.rounding[0]), str(problem.rounding[1])
        return kind != "nearest" and int(amount) > 30
    return False


def _calls_too_large(node: Node) -> bool:
    if node.head != "call":
        return False
    if node.text == "factorial":
        return _log(node.args[0]) > math.log10(_MAX_FACTORIAL)
    if node.text in {"binomial", "ff"}:
        return any(_log(a) > 5 for a in node.args)
    if node.text == "summation" and len(node.args) == 4:
        return _sum_too_large(node.args[0], node.args[3])
    return False


def _log(node: Node) -> float:
    """About how many decimal digits a number has before the point; inf for a tower of powers."""
    args = [_log(a) for a in node.args]
    match node.head:
        case "num":
            digits = node.text.partition(".")[0].lstrip("0")
            return (
                max(0.0, math.log10(float(node.text)))
                if len(digits) < 300 and float(node.text) > 0
                else float(len(digits))
            )
        case "add" | "sub":
            return max(args) + 0.31
        case "mul":
            return args[0] + args[1]
        case "pow":
            if any(variables(a) for a in node.args):
                return 0.0
            return math.inf if args[1] > 9 else max(args[0], _small_base(node.args[0])) * 10 ** args[1]
        case "call" if node.text == "factorial":
            return math.inf if args[0] > 6 else 10 ** args[0] * max(args[0], 0.1)
        case "neg":
            return args[0]
        case "div":
            return max(args[0], 0.0)
    return max(args, default=0.0)


def _small_base(base: Node) -> float:
    """Digits after the point grow with the power too: 1.05^8."""
    _, point, digits = base.text.partition(".")
    return 0.1 * len(digits) if base.head == "num" and point else 0.0
