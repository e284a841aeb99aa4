"""A program that compares what a pupil says with what comes out, and prints only True or False."""

from __future__ import annotations

from assistant_magic.tutor.expressions import parse, variables
from assistant_magic.tutor.plan.programs import declared, program
from assistant_magic.tutor.plan.source import sympy_source
from assistant_magic.tutor.problems import Attempt

_SAME = """

def _same(found, claimed):
    import sympy as sp

    if isinstance(found, (list, tuple, set)) and len(found) == 1:
        found = list(found)[0]
    if isinstance(found, (list, tuple, set)):
        rest = [sp.sympify(x) for x in claimed]
        return len(rest) == len(found) and all(any(_same(f, [c]) for c in rest) for f in found)
    if len(claimed) != 1:
        return False
    gap = sp.simplify(sp.sympify(found) - claimed[0])
    return bool(gap == 0 or (gap.is_number and abs(gap) < sp.Rational(1, 10**9)))

"""


def check_program(attempt: Attempt) -> str:
    """Source that prints whether the claim is what the problem's own program gives."""
    source = program(attempt.problem)
    before, _, printed = source.rpartition("print(")
    found = printed.removesuffix(")").removesuffix(', sep="\\n"').removeprefix("*")
    if attempt.problem.task == "in_base":
        digits = "".join(attempt.claim)
        return f'{before}print(str({found}) == "{digits}")' if digits.isalnum() else f"{before}print(False)"
    if attempt.problem.rounding:
        found = f"{found}[1]"
    return f"{before.rstrip()}{_SAME}\n{_claims(attempt)}\n\nprint(_same({found}, _claimed()))".lstrip("\n")


def _claims(attempt: Attempt) -> str:
    nodes = [parse(text) for text in attempt.claim]
    letters = sorted({v for node in nodes for v in variables(node)})
    lines = [f"    {declared(letters)}"] if letters else []
    values = ", ".join(f"sp.sympify({sympy_source(n)})" for n in nodes)
    return "\n".join(["def _claimed():", "    import sympy as sp", "", *lines, f"    return [{values}]", ""])
