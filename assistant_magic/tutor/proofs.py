"""Proofs of worked solutions: each line follows from the one above, and the last one is the answer.

Lines of equations, inequalities and values are compared as `check_step` compares them. Lines that hold an integral or a limit
have its value: an antiderivative is differentiated, everything else is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.comparison import region_of, same_entries
from assistant_magic.tutor.moves import check_move
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.solutions import solution
from assistant_magic.tutor.symbols import to_sympy
from assistant_magic.tutor.verdicts import check_claims
from assistant_magic.tutor.working import Line

_MAY_GAIN = frozenset({"clear"})
"""Rules after which there may be further solutions; the line that leaves them out is compared with the answer."""


def is_proved(problem: Problem, lines: Sequence[Line]) -> bool:
    """Every line follows, and the last is the answer."""
    if any(line.expression is not None for line in lines):
        return all(_has_the_value(problem, line, place == len(lines) - 1) for place, line in enumerate(lines))
    if not all(_follows(problem, before, after) for before, after in pairwise(lines)):
        return False
    return _is_answer(problem, lines[-1].claim)


def _follows(problem: Problem, before: Line, after: Line) -> bool:
    if before.operator or after.rule == "exclude":
        # d/dx is no expression, and leaving out what is not allowed loses a solution: compared with the answer.
        return _is_answer(problem, after.claim)
    if _is_matrix(before.claim) and _is_matrix(after.claim):
        return same_entries(before.claim.nodes[0], after.claim.nodes[0])
    if _is_matrix(after.claim):
        return _is_answer(problem, after.claim)
    verdict = check_move(before.claim, after.claim)
    return verdict.status == "correct" or (after.rule in _MAY_GAIN and verdict.reason == "gained")


def _is_matrix(claim: Claim) -> bool:
    return len(claim.nodes) == 1 and claim.nodes[0].head == "matrix"


def _is_answer(problem: Problem, claim: Claim) -> bool:
    answer = solution(problem)
    if _is_matrix(claim):
        return _is_matrix(answer) and same_entries(claim.nodes[0], answer.nodes[0])
    if problem.task == "inequality":
        return bool(region_of(claim) == region_of(answer))
    form = "up_to_constant" if problem.task == "integral" and len(problem.of) == 1 else ""
    return check_claims([claim], [answer], form).status == "correct"


def _has_the_value(problem: Problem, line: Line, last: bool) -> bool:
    """An integral without limits: its derivative is the function. Anything else: its value is the answer."""
    import sympy as sp

    expression = line.expression
    if last and expression.has(sp.Integral, sp.Limit):
        return False
    x = sp.Symbol(str(problem.options["variable"]), real=True)
    if problem.task == "integral":
        f, *ends = (to_sympy(n) for n in problem.nodes)
        if not ends or _is_antiderivative(expression, x):
            return bool(sp.simplify(sp.diff(expression, x) - f) == 0)
    return bool(sp.simplify(expression.doit() - _value(problem)) == 0)


def _is_antiderivative(expression: Any, x: Any) -> bool:
    return bool(x in expression.free_symbols)


def _value(problem: Problem) -> Any:
    return to_sympy(solution(problem).nodes[0])
