"""The right answer of a problem, computed by SymPy from its tree: what checks, hints and the reveal gate compare with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import Node, replaced, variables
from assistant_magic.tutor.outcomes import outcome
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.sameness import solutions_of
from assistant_magic.tutor.symbols import UnreadableError, from_sympy, to_sympy

Answer = tuple[Node, ...]


def solution(problem: Problem) -> Claim:
    """What is right, as values, an interval, or "no solution".

    Raises:
        UnreadableError: Nothing here computes problems of this task, or SymPy finds no answer.
    """
    return _solution(json.dumps(problem.to_json(), sort_keys=True))


@lru_cache(maxsize=256)
def _solution(text: str) -> Claim:
    """Remembered: hints, steps and the gate ask for the same answer again and again."""
    problem = Problem.from_json(json.loads(text))
    solve = _SOLVERS.get(problem.task)
    if solve is None:
        return outcome(problem)
    try:
        return solve(problem)
    except UnreadableError:
        return outcome(problem)
    except (
        ValueError,
        TypeError,
        RuntimeError,
        ArithmeticError,
        AttributeError,
        KeyError,
        IndexError,
    ) as error:
        raise UnreadableError(f"no solution: {error}") from error


def can_solve(problem: Problem) -> bool:
    """Problems of this task have an answer that can be kept; a picture cannot."""
    return problem.task != "plot"


def form_of(problem: Problem) -> str:
    """The form in which the answer is asked."""
    if problem.rounding:
        kind = {"places": "decimal_places", "figures": "significant_figures"}.get(str(problem.rounding[0]))
        return f"{kind}:{problem.rounding[1]}" if kind else ""
    if problem.task == "integral" and len(problem.of) == 1:
        return "up_to_constant"
    return {"factor": "factored", "expand": "expanded"}.get(problem.task, "")


def _values(*found: Any) -> Claim:
    return Claim("", tuple(from_sympy(value) for value in found))


def _changed(name: str) -> Callable[[Problem], Claim]:
    def solve(problem: Problem) -> Claim:
        import sympy as sp

        return _values(getattr(sp, name)(to_sympy(problem.nodes[0])))

    return solve


def _evaluated(problem: Problem) -> Claim:
    return _values(to_sympy(problem.nodes[0]))


def _letter(problem: Problem) -> Any:
    import sympy as sp

    return sp.Symbol(str(problem.options["variable"]), real=True)


def _solved(problem: Problem) -> Claim:
    import sympy as sp

    equation = problem.nodes[0]
    x = _letter(problem)
    left, right = (to_sympy(side) for side in equation.args)
    found = sp.solve(sp.Eq(left, right), x)
    keep = {"solve_positive": "is_positive", "solve_negative": "is_negative"}.get(problem.task)
    found = [value for value in found if keep is None or getattr(value, keep)]
    if sp.simplify(left - right) == 0:
        return Claim("", (), "all")
    letter = Node("name", text=str(x))
    return Claim("", tuple(Node("Eq", (letter, from_sympy(v))) for v in found), "values" if found else "none")


def _system(problem: Problem) -> Claim:
    import sympy as sp

    letters = [sp.Symbol(str(u), real=True) for u in problem.options["unknowns"]]
    equations = [to_sympy(n.args[0]) - to_sympy(n.args[1]) for n in problem.nodes]
    found = sp.solve(equations, letters, dict=True)
    if not found:
        return Claim("", (), "none")
    if len(found) > 1 or len(found[0]) < len(letters):
        raise UnreadableError("not one solution")
    pairs = sorted(found[0].items(), key=lambda pair: str(pair[0]))
    return Claim("", tuple(Node("Eq", (from_sympy(x), from_sympy(value))) for x, value in pairs))


def _inequality(problem: Problem) -> Claim:
    node = problem.nodes[0] if len(problem.nodes) == 1 else Node("and", problem.nodes)
    solutions_of(node)
    return Claim("", (node,))


def _derivative(problem: Problem) -> Claim:
    import sympy as sp

    return _values(
        sp.diff(to_sympy(problem.nodes[0]), _letter(problem), int(problem.options.get("order", 1)))
    )


def _derivative_at(problem: Problem) -> Claim:
    import sympy as sp

    x = _letter(problem)
    slope = sp.diff(to_sympy(problem.nodes[0]), x, int(problem.options.get("order", 1)))
    return _values(slope.subs(x, to_sympy(problem.nodes[1])))


def _integral(problem: Problem) -> Claim:
    import sympy as sp

    x, (f, *limits) = _letter(problem), problem.nodes
    found = sp.integrate(to_sympy(f), (x, *(to_sympy(n) for n in limits)) if limits else x)
    if found.has(sp.Integral):
        raise UnreadableError("no integral in closed form")
    return _values(found)


def _limit(problem: Problem) -> Claim:
    import sympy as sp

    f, x, end = to_sympy(problem.nodes[0]), _letter(problem), to_sympy(problem.nodes[1])
    right, left = (sp.limit(f, x, end, side) for side in "+-")
    if right != left and left.is_extended_real:
        raise UnreadableError("the limits from both sides differ")
    return _values(right)


def _substituted(problem: Problem) -> Claim:
    body, *given = problem.nodes
    for equation in given:
        body = replaced(body, equation.args[0], equation.args[1])
    if variables(body) and not given:
        raise UnreadableError("nothing is put in")
    return _values(to_sympy(body))


def _of_list(name: str) -> Callable[[Problem], Claim]:
    def solve(problem: Problem) -> Claim:
        import sympy as sp

        return _values(getattr(sp, name)([to_sympy(n) for n in problem.nodes[0].args]))

    return solve


def _rearranged(problem: Problem) -> Claim:
    claim = _solved(problem)
    if len(claim.nodes) != 1:
        raise UnreadableError("not one way to write it")
    return claim


_SOLVERS: Mapping[str, Callable[[Problem], Claim]] = {
    "evaluate": _evaluated,
    "simplify": _changed("simplify"),
    "expand": _changed("expand"),
    "factor": _changed("factor"),
    "partial_fractions": _changed("apart"),
    "rationalise": _changed("radsimp"),
    "solve": _solved,
    "solve_positive": _solved,
    "solve_negative": _solved,
    "rearrange": _rearranged,
    "system": _system,
    "inequality": _inequality,
    "substitute": _substituted,
    "derivative": _derivative,
    "derivative_at": _derivative_at,
    "integral": _integral,
    "limit": _limit,
    "gcd": _of_list("gcd_list"),
    "lcm": _of_list("lcm_list"),
}
