"""Limits: put the value in where that works; cancel, divide by the highest power, or use l'Hôpital's rule where not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.symbols import to_sympy
from assistant_magic.tutor.working.line import Line, line_of

_MOST = 4


def of_limit(problem: Problem) -> Iterator[Line]:
    """From the limit to its value; none where no rule here leads there."""
    import sympy as sp

    x = sp.Symbol(str(problem.options["variable"]), real=True)
    f, end = (to_sympy(n) for n in problem.nodes)
    yield line_of("", sp.Limit(f, x, end, "+-"))
    for _ in range(_MOST):
        value = _put_in(f, x, end)
        if value is not None:
            yield line_of("put_in", value)
            return
        step = _simpler(f, x, end)
        if step is None:
            break
        rule, f = step
        yield line_of(rule, sp.Limit(f, x, end, "+-"))
    if end.is_infinite and f.is_rational_function(x):
        yield line_of("vanishing", sp.limit(f, x, end))


def _put_in(f: Any, x: Any, end: Any) -> Any:
    """The value at the end, where the function is continuous there."""
    if end.is_infinite:
        return None
    value = f.subs(x, end)
    return value if value.is_finite else None


def _simpler(f: Any, x: Any, end: Any) -> tuple[str, Any] | None:
    import sympy as sp

    over, under = sp.fraction(sp.together(f))
    if f.is_rational_function(x):
        if end.is_infinite:
            power = x ** max(sp.degree(over, x), sp.degree(under, x))
            divided = sp.expand(over / power) / sp.expand(under / power)
            return ("highest_power", divided) if divided != f else None
        cancelled = sp.cancel(f)
        return ("cancel", cancelled) if cancelled != f else None
    ends = [sp.limit(part, x, end) for part in (over, under)]
    indeterminate = ends == [0, 0] or all(e.is_infinite for e in ends)
    if not indeterminate or not under.has(x):
        return None
    slope = sp.simplify(sp.diff(over, x) / sp.diff(under, x))
    return ("hospital", slope) if slope.count_ops() <= f.count_ops() + 8 else None
