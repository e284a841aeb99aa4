"""Integrals rule by rule, as SymPy's `integral_steps` finds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.symbols import to_sympy
from assistant_magic.tutor.working.line import Line, line_of

_MOST = 14


def of_integral(problem: Problem) -> Iterator[Line]:
    """From the integral to the antiderivative, and with limits on to the value."""
    import sympy as sp

    x = sp.Symbol(str(problem.options["variable"]), real=True)
    f, *ends = (to_sympy(n) for n in problem.nodes)
    yield line_of("", sp.Integral(f, (x, *ends) if ends else x))
    expression: Any = sp.Integral(f, x)
    lines = [("", expression)]
    for _ in range(_MOST):
        if not expression.has(sp.Integral):
            break
        rule, expression = _rewritten(expression, x)
        if expression is None:
            return
        lines.append((rule, expression))
    neat = sp.simplify(expression)
    # 5x² + 7x is what a pupil expects, not x(5x + 7).
    if (
        not expression.is_polynomial(x)
        and len(str(neat)) < len(str(expression))
        and not neat.has(sp.Integral)
    ):
        lines.append(("simplify", neat))
    if not ends:
        yield from (line_of(rule, value) for rule, value in lines[1:-1])
        yield replace(line_of(*lines[-1]), letter="C")
        return
    last = lines[-1][1]
    yield replace(line_of("antiderivative", last), operator="between")
    upper, lower = (last.subs(x, end) for end in reversed(ends))
    if upper.is_finite and lower.is_finite:
        yield line_of("limits", sp.Add(upper, sp.Mul(-1, lower, evaluate=False), evaluate=False))
    yield line_of("operation", sp.simplify(sp.integrate(f, (x, *ends))))


def _rewritten(expression: Any, x: Any) -> tuple[str, Any]:
    """One rule applied to the first integral in it; every integral that one rule solves goes at once."""
    import sympy as sp
    from sympy.integrals.manualintegrate import integral_steps

    integrals = sorted(expression.atoms(sp.Integral), key=sp.default_sort_key)
    found = [(integral, integral_steps(integral.function, x)) for integral in integrals]
    found = [(integral, _chosen(rule)) for integral, rule in found]
    solved = {integral: rule.eval() for integral, rule in found if _name(rule) in _AT_ONCE}
    if len(solved) == len(found):
        names = {_AT_ONCE[_name(rule)] for _, rule in found}
        return names.pop() if len(names) == 1 else "integrate", expression.xreplace(solved)
    for integral, rule in found:
        step = _step(rule, x)
        if step is not None:
            return step[0], expression.xreplace({integral: step[1]})
    return "", None


def _name(rule: Any) -> str:
    return type(rule).__name__


def _chosen(rule: Any) -> Any:
    while _name(rule) == "AlternativeRule":
        rule = rule.alternatives[0]
    return rule


_AT_ONCE = {
    "ConstantRule": "power_rule_up", "PowerRule": "power_rule_up", "NestedPowRule": "power_rule_up",
    "ExpRule": "integrate_exponential", "ReciprocalRule": "integrate_reciprocal",
    "SinRule": "integrate_trigonometry", "CosRule": "integrate_trigonometry", "Sec2Rule": "integrate_trigonometry",
    "Csc2Rule": "integrate_trigonometry", "SecTanRule": "integrate_trigonometry", "CscCotRule": "integrate_trigonometry",
    "SinhRule": "integrate_trigonometry", "CoshRule": "integrate_trigonometry", "ArctanRule": "integrate_arctangent",
    "ArcsinRule": "integrate_arctangent",
}  # fmt: skip


def _step(rule: Any, x: Any) -> tuple[str, Any] | None:
    """What a rule that leads on makes of its integral."""
    import sympy as sp

    match _name(rule):
        case "AddRule":
            return "sum_rule", sp.Add(*(sp.Integral(step.integrand, x) for step in rule.substeps))
        case "ConstantTimesRule":
            return "constant_out", rule.constant * sp.Integral(rule.other, x)
        case "RewriteRule" | "TrigRule":
            return "rewrite", sp.Integral(rule.rewritten, x) if hasattr(rule, "rewritten") else rule.eval()
        case "PartsRule":
            v = rule.v_step.eval()
            return "parts", rule.u * v - sp.Integral(v * sp.diff(rule.u, x), x)
        case "URule":
            return "substitution", rule.eval()
        case "DontKnowRule":
            return None
    return (_AT_ONCE.get(_name(rule), "integrate"), rule.eval())
