"""A line of a worked solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import Node
from assistant_magic.tutor.symbols import from_sympy


@dataclass(frozen=True)
class Line:
    """One line: what was done to get it, and what it says.

    Attributes:
        rule: Name of the rule among the phrases.
        claim: The mathematics; empty where `expression` holds it.
        operator: `derivative`, `determinant` or `inverse` where the line asks for one of `claim`; `between` for an
            antiderivative with limits.
        letter: The letter of that operator, or the constant that is added to `expression`.
        joint: What stands between several equations.
        expression: A SymPy expression with integrals, limits or matrices, which trees cannot hold.
    """

    rule: str
    claim: Claim
    operator: str = ""
    letter: str = ""
    joint: str = r" \quad\text{or}\quad "
    expression: Any = None


def line(rule: str, *nodes: Node) -> Line:
    """A line of values, equations or inequalities, one of which holds."""
    return Line(rule, Claim("", nodes, joined="or"))


def lines_together(rule: str, *nodes: Node) -> Line:
    """A line of equations that hold together."""
    return Line(rule, Claim("", nodes, joined=","), joint=r", \quad ")


def line_of(rule: str, expression: Any) -> Line:
    """A line that SymPy holds."""
    return Line(rule, Claim("", ()), expression=expression)


def node_of(value: Any) -> Node:
    """Highest powers first, as SymPy's printer writes them."""
    return from_sympy(value)
