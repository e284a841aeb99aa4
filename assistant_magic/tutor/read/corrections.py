"""Corrections of one operation: `no i meant plus 3`, `sorry i meant times 4`."""

from __future__ import annotations

from collections.abc import Sequence

from assistant_magic.tutor.expressions import Node, replaced, walk
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.kinds import is_number
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.variations import SIGNS, changed

_VERBS = {"ADD": "add", "SUBTRACT": "sub", "MULTIPLY": "mul", "DIVIDE": "div"}


def _said_operation(parts: Sequence[Part]) -> tuple[str, Node] | None:
    """`plus 3`, `times 4`: an operation and one number, nothing that it is done to."""
    chunks = [p for p in parts if p.kind == "chunk"]
    node = chunks[0].node if len(chunks) == 1 else None
    if node is None:
        return None
    if chunks[0].value == "implicit":
        return (node.head, node.args[1]) if len(node.args) == 2 else None
    verbs = [_VERBS[m] for p in parts for m in p.meanings if m in _VERBS]
    return (verbs[0], node) if len(verbs) == 1 and is_number(node) and not chunks[0].value else None


def corrects_operation(parts: Sequence[Part]) -> bool:
    """What is put right is one operation, whatever the last result is."""
    return _said_operation(parts) is not None


def read_correction(parts: Sequence[Part], context: Context) -> Problem | None:
    """`no i meant plus 3`: the operation of the last problem that has this sign or this number, put right."""
    last, said = context.problem, _said_operation(parts)
    if last is None or not last.of or said is None:
        return None
    (new, value), node = said, last.nodes[0]
    if node.head == new and node.head in SIGNS.values():
        return changed(last, [Node(new, (node.args[0], value)), *last.nodes[1:]])
    meant = [n for n in walk(node) if n.head in SIGNS.values() and n.args[1] == value]
    if len(meant) != 1:
        return None
    return changed(last, [replaced(node, meant[0], Node(new, meant[0].args)), *last.nodes[1:]])
