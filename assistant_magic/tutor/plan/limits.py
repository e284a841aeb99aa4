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
_COUNTING = {"sum_of_primes": 0, "first_primes": 0, "multiples": 1, "series_sum": 1, "nth_prime": 0, "fibonacci": 0}
_FACTORING = frozenset({"factors", "factor_count", "prime_factorisation", "prime_factors", "is_prime", "next_prime"})


def too_large(problem: Problem) -> bool:
    """The numbers in a problem would take too long, or fill the page."""
    nodes = problem.nodes
    if sum(1 for node in nodes for _ in walk(node)) > _MAX_NODES:
        return True
    if any(_log(part) > MAX_DIGITS for node in nodes for part in walk(expanded(node))):
        return True
    if any(_calls_too_large(part) for node in nodes for part in walk(node)):
        return True
    if problem.task in _FACTORING and any(_log(node) > 30 for node in nodes):
        return True
    place = _COUNTING.get(problem.task)
    if place is not None and place < len(nodes) and _log(nodes[place]) > math.log10(MAX_TERMS):
        return problem.task != "series_sum" or _log(nodes[place]) > 12
    if problem.task == "arrange":
        return _log(nodes[0]) > math.log10(_MAX_FACTORIAL)
    return _options_too_large(problem)


def _options_too_large(problem: Problem) -> bool:
    orders = [problem.options.get(key, 0) for key in ("order", "steps")]
    if any(int(order) > 50 for order in orders[:1]) or int(orders[1]) > 500:
        return True
    if problem.rounding:
        kind, amount = str(problem.rounding[0]), str(problem.rounding[1])
        return kind != "nearest" and int(amount) > 30
    if problem.task in {"coefficient", "expand", "factor"}:
        return any(n.head == "pow" and _log(n.args[1]) > math.log10(60) and variables(n) for node in problem.nodes for n in walk(node))
    return False


def _calls_too_large(node: Node) -> bool:
    if node.head != "call":
        return False
    if node.text == "factorial":
        return _log(node.args[0]) > math.log10(_MAX_FACTORIAL)
    if node.text in {"binomial", "ff"}:
        return any(_log(a) > 5 for a in node.args)
    if node.text == "summation" and len(node.args) == 4:
        return _log(node.args[3]) > math.log10(MAX_TERMS) and node.args[3].text != "oo"
    return False


def _log(node: Node) -> float:
    """About how many decimal digits a number has before the point; inf for a tower of powers."""
    args = [_log(a) for a in node.args]
    match node.head:
        case "num":
            digits = node.text.partition(".")[0].lstrip("0")
            return max(0.0, math.log10(float(node.text))) if len(digits) < 300 and float(node.text) > 0 else float(len(digits))
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
