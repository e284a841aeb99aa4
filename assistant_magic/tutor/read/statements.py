"""Statements: the pupil only gives data, and what letters stand for from then on."""

from __future__ import annotations

from collections.abc import Sequence

from assistant_magic.tutor.expressions import Node, variables
from assistant_magic.tutor.problems import Talk
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.kinds import (
    is_applied,
    is_assignment,
    is_expression,
    is_matrix,
    is_name,
    is_number,
    is_row,
)
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.talk import ASKING


def read_statement(parts: Sequence[Part], text: str, context: Context) -> Talk | None:
    """`my phone costs 480`, `take p = x^2 + 5x + 6`: data, and nothing is asked."""
    words = set(text.lower().replace("'", "").split())
    if (
        "?" in text
        or words & ASKING
        or text.lower().split()[:1] in (["is"], ["are"], ["does"], ["do"])
        or sum(p.kind == "word" for p in parts) > 2
    ):
        return None
    changed = _changed_letter(parts, context)
    if changed:
        return Talk(kind="noted", names=changed)
    names = definitions(parts)
    chunks = [p.node for p in parts if p.kind == "chunk" and p.node is not None and p.value != "meant"]
    extra = [c for c in chunks if not (c.head == "Eq" and _defines(c)) and not is_name(c)]
    stated = [c for c in chunks if is_assignment(c)]
    if len(stated) > 1 and len(stated) == len(chunks):
        return Talk(kind="noted", names={c.args[0].text: str(c.args[1]) for c in stated})
    given = stated[0] if len(chunks) == 1 and stated else None
    if given is not None and not any(p.kind.isupper() and "FILLER" not in p.meanings for p in parts):
        role = next(p.role for p in parts if p.kind == "chunk")
        if role not in {"for", "at", "when"} or words & _SETTING:
            return Talk(
                kind="noted", names={given.args[0].text: str(given.args[1])}, value=str(given.args[1])
            )
    if len(chunks) == 1 and _is_data(chunks[0]) and not any(_asks(p) for p in parts):
        return Talk(kind="noted", value=str(chunks[0]))
    if names and not extra and not _asks_something(parts):
        return Talk(kind="noted", names=names)
    known = [p for p in parts if p.kind.isupper() and not p.meanings & {"FILLER", "PRICE", "CLAIM", "NOT"}]
    if len(chunks) == 1 and (is_number(chunks[0]) or is_expression(chunks[0])) and not known:
        if any(p.role in {"by", "than"} for p in parts) or not _says(parts):
            return None
        names = {"price": str(chunks[0])} if any("PRICE" in p.meanings for p in parts) else {}
        return Talk(kind="noted", value=str(chunks[0]), names=names)
    return None


def _is_data(node: Node) -> bool:
    return is_matrix(node) or (is_row(node) and len(node.args) > 2)


def _asks(part: Part) -> bool:
    """More than `my data are …`, `arithmetic sequence 2, 5, 8`."""
    known = {"DATA", "SEQUENCE", "ARITHMETIC", "GEOMETRIC", "LIST", "MATRIX", "FILLER"}
    return part.kind == "word" or (part.kind.isupper() and not part.meanings & known)


_SETTING = frozenset({"let", "take", "say", "suppose", "assume"})


def _changed_letter(parts: Sequence[Part], context: Context) -> dict[str, str]:
    """`change x to 5`: another value for a letter that has one."""
    chunks = [p for p in parts if p.kind == "chunk"]
    if len(chunks) != 2 or not any(p.meanings & {"REPLACE", "CONVERT", "MAKE"} for p in parts):
        return {}
    letter, value = (p.node for p in chunks)
    if letter is None or value is None or chunks[1].role != "to":
        return {}
    known = is_name(letter) and letter.text in context.names
    return {letter.text: str(value)} if known and is_number(value) else {}


_DESCRIBING = frozenset(
    [
        "FUNCTION",
        "PARABOLA",
        "LINE",
        "MATRIX",
        "VECTOR",
        "ROWS",
        "SEQUENCE",
        "QUADRATIC",
        "FILLER",
        "PRICE",
        "CLAIM",
        "NOT",
        "NEW",
        "FORGET",
        "MAKE",
        "REPLACE",
    ]
)


def _asks_something(parts: Sequence[Part]) -> bool:
    """A concept is named that no mere description holds: `gradient of the curve y = x^2`."""
    return any(p.kind.isupper() and not p.meanings & _DESCRIBING for p in parts)


def _says(parts: Sequence[Part]) -> bool:
    """`the number is 81`, `my phone costs 480`: a sentence, not a number alone."""
    chunk = next(p for p in parts if p.kind == "chunk")
    return chunk.role == "is" or any("PRICE" in p.meanings for p in parts)


def _defines(node: Node) -> bool:
    left, right = node.args
    named = is_name(left) or (is_applied(left) and is_name(left.args[0]))
    return named and (is_matrix(right) or is_expression(right) or is_number(right) or is_row(right))


def definitions(parts: Sequence[Part]) -> dict[str, str]:
    """What letters are said to stand for: `f(x) = …`, `A = [[1,2],[3,4]]`."""
    found: dict[str, str] = {}
    for part in parts:
        node = part.node
        if node is not None and node.head == "Eq" and _defines(node):
            left, right = node.args
            if (
                is_matrix(right)
                or (is_applied(left) and not is_number(right))  # "f(x) = 7" asks where
                or (is_expression(right) and left.text not in variables(right))
            ):
                found[left.text] = str(right)
    return found
