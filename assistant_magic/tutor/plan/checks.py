"""A program that says whether what a pupil claims is what comes out, and prints only True or False."""

from __future__ import annotations

from assistant_magic.tutor.plan.programs import program
from assistant_magic.tutor.problems import Attempt


def check_program(attempt: Attempt) -> str:
    """Source that lets `verdicts`, through `agrees`, compare the claim with what the problem's own program gives."""
    before, _, printed = program(attempt.problem).rpartition("print(")
    found = printed.removesuffix(")").removesuffix(', sep="\\n"').removeprefix("*")
    if attempt.problem.rounding:
        found = f"{found}[1]"
    claimed = ", ".join(repr(claim) for claim in attempt.claim)
    source = f"from assistant_magic.tutor.agreement import agrees\n\n{before.lstrip()}"
    return f"{source.rstrip()}\n\nprint(agrees({found}, {claimed}))"
