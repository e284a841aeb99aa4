"""The lines of a worked solution, as a teacher would write them; nothing here is shown before it is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.working import algebra, integrals, limits, matrices, systems
from assistant_magic.tutor.working.line import Line

__all__ = ["Line", "lines_of"]


def lines_of(problem: Problem) -> Iterator[Line]:
    """The lines of a solution from the question to the answer; none where no way is known."""
    way = _WAYS.get(problem.task)
    return way(problem) if way is not None else iter(())


_WAYS: Mapping[str, Callable[[Problem], Iterator[Line]]] = {
    "solve": algebra.of_equation,
    "inequality": algebra.of_inequality,
    "evaluate": algebra.of_value,
    "substitute": algebra.of_substitution,
    "expand": algebra.of_product,
    "simplify": algebra.of_product,
    "factor": algebra.of_factors,
    "derivative": algebra.of_derivative,
    "system": systems.of_system,
    "integral": integrals.of_integral,
    "limit": limits.of_limit,
    "determinant": matrices.of_determinant,
    "inverse_matrix": matrices.of_inverse,
    "matrix_value": matrices.of_value,
}
