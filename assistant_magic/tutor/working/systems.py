"""Linear equations together: one unknown after the other is eliminated, then put back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from assistant_magic.tutor.expressions import Node
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.symbols import gap, to_sympy
from assistant_magic.tutor.working.line import Line, lines_together, node_of


def of_system(problem: Problem) -> Iterator[Line]:
    """Elimination for as many linear equations as unknowns, and one solution."""
    import sympy as sp

    letters = [sp.Symbol(str(u), real=True) for u in problem.options["unknowns"]]
    rows = [sp.expand(to_sympy(gap(n))) for n in problem.nodes]
    if not all(row.is_polynomial(*letters) and sp.Poly(row, *letters).total_degree() == 1 for row in rows):
        return
    if (
        len(sp.linsolve(rows, letters).args) != 1
        or sp.Matrix([[r.coeff(x) for x in letters] for r in rows]).det() == 0
    ):
        return
    yield lines_together("", *problem.nodes)
    for place, letter in enumerate(letters[:-1]):
        rows = _without(rows, place, letter)
        yield lines_together("eliminate", *(_equation(row, letters) for row in rows))
    solved: dict[Any, Any] = {}
    for row, letter in reversed(list(zip(rows, letters, strict=True))):
        solved[letter] = sp.solve(row.subs(solved), letter)[0]
        left = [_equation(r, letters) for r, x in zip(rows, letters, strict=True) if x not in solved]
        known = [Node("Eq", (node_of(x), node_of(solved[x]))) for x in letters if x in solved]
        yield lines_together("back" if len(solved) > 1 else "divide", *left, *known)


def _without(rows: Sequence[Any], place: int, letter: Any) -> list[Any]:
    """The rows below `place` freed of a letter; the row at `place` keeps it."""
    import sympy as sp

    pivot = next(i for i in range(place, len(rows)) if rows[i].coeff(letter) != 0)
    ordered = [*rows[:place], rows[pivot], *(r for i, r in enumerate(rows) if i >= place and i != pivot)]
    head = ordered[place]
    out = list(ordered[: place + 1])
    for row in ordered[place + 1 :]:
        a, b = head.coeff(letter), row.coeff(letter)
        shared = sp.gcd(a, b) if b != 0 else 1
        out.append(sp.expand((row * a - head * b) / shared) if b != 0 else row)
    return out


def _equation(row: Any, letters: Sequence[Any]) -> Node:
    """A row as `ax + by = c`."""
    constant = row.subs(dict.fromkeys(letters, 0))
    return Node("Eq", (node_of(row - constant), node_of(-constant)))
