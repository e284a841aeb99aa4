"""Matrices: sums and products entry by entry, determinants by expansion, inverses by cofactors."""

from __future__ import annotations

from collections.abc import Iterator

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.symbols import to_sympy
from assistant_magic.tutor.working.line import Line, line, node_of

Rows = tuple[tuple[Node, ...], ...]


def _rows(node: Node) -> Rows:
    return tuple(row.args for row in node.args)


def _matrix(rows: Rows | list[tuple[Node, ...]]) -> Node:
    return Node("matrix", tuple(Node("list", tuple(row)) for row in rows))


def _worked_out(node: Node) -> Node:
    return _matrix([tuple(node_of(to_sympy(entry)) for entry in row) for row in _rows(node)])


def of_determinant(problem: Problem) -> Iterator[Line]:
    """Ad − bc, or the first row with its minors."""
    rows = _rows(problem.nodes[0])
    if len(rows) not in {2, 3} or any(len(row) != len(rows) for row in rows):
        return
    yield Line("", Claim("", problem.nodes[:1]), "determinant")
    expansion = _expansion(rows)
    yield line("crosswise" if len(rows) == 2 else "first_row", expansion)
    yield line("operation", node_of(to_sympy(expansion)))


def _expansion(rows: Rows) -> Node:
    if len(rows) == 2:
        (a, b), (c, d) = rows
        return Node("sub", (Node("mul", (a, d)), Node("mul", (b, c))))
    total: Node | None = None
    for column, entry in enumerate(rows[0]):
        minor = tuple(tuple(v for i, v in enumerate(row) if i != column) for row in rows[1:])
        term = Node("mul", (entry, _expansion(minor)))
        total = term if total is None else Node("sub" if column % 2 else "add", (total, term))
    assert total is not None
    return total


def of_inverse(problem: Problem) -> Iterator[Line]:
    """One over the determinant times the matrix with its diagonal exchanged."""
    rows = _rows(problem.nodes[0])
    if len(rows) != 2 or any(len(row) != 2 for row in rows):
        return
    (a, b), (c, d) = rows
    size = to_sympy(_expansion(rows))
    if size == 0:
        return
    yield Line("", Claim("", problem.nodes[:1]), "inverse")
    adjoint = _matrix([(d, Node("neg", (b,))), (Node("neg", (c,)), a)])
    share = node_of(1 / size)
    scaled = [tuple(Node("mul", (share, entry)) for entry in row) for row in _rows(adjoint)]
    yield line("adjoint", _matrix(scaled))
    yield line("operation", _worked_out(_matrix(scaled)))


def of_value(problem: Problem) -> Iterator[Line]:
    """Sums, differences, products and squares of two matrices."""
    node = problem.nodes[0]
    if node.head == "pow" and node.args[1] == num(2):
        node = Node("mul", (node.args[0], node.args[0]))
    if node.head not in {"add", "sub", "mul"} or any(a.head != "matrix" for a in node.args):
        return
    one, other = (_rows(a) for a in node.args)
    if node.head == "mul":
        if len(one[0]) != len(other):
            return
        entries = [tuple(_sum_of_products(row, column) for column in zip(*other, strict=True)) for row in one]
    else:
        if len(one) != len(other) or len(one[0]) != len(other[0]):
            return
        entries = [
            tuple(Node(node.head, pair) for pair in zip(*rows, strict=True))
            for rows in zip(one, other, strict=True)
        ]
    yield line("", problem.nodes[0])
    yield line("row_by_column" if node.head == "mul" else "entry_by_entry", _matrix(entries))
    yield line("operation", _worked_out(_matrix(entries)))


def _sum_of_products(row: tuple[Node, ...], column: tuple[Node, ...]) -> Node:
    total, *rest = (Node("mul", pair) for pair in zip(row, column, strict=True))
    for term in rest:
        total = Node("add", (total, term))
    return total
