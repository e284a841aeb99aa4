"""Reading: from a pupil's text and the thread's context to a `Problem`, or to a `Decline` that says why not."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, rebuilt, walk
from assistant_magic.tutor.problems import Decline, Problem
from assistant_magic.tutor.read import (  # noqa: F401  # each declares its frames
    algebra,
    arithmetic,
    bases,
    calculus,
    chance,
    equations,
    functions,
    geometry,
    matrices,
    numbers,
    percentages,
    sequences,
    statistics,
    stories,
    trigonometry,
    units,
)
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import read_frames
from assistant_magic.tutor.read.parts import Part, parts_of
from assistant_magic.tutor.read.sentence import Sentence, asked_only, without_remarks

__all__ = ["Context", "read"]


def read(text: str, context: Context) -> Problem | Decline:
    """What `text` asks for in the course of a dialogue."""
    try:
        parts = tuple(_resolved(part, context) for part in parts_of(text))
    except LookupError:
        return Decline(reason="missing")
    sentence = Sentence(parts, text)
    readings = tuple(
        str(n) for p in parts if p.node for e in walk(p.node) if e.head == "either" for n in e.args
    )
    if readings:
        return Decline(reason="ambiguous", readings=readings[:2])
    for kept in (parts, without_remarks(parts), asked_only(parts)):
        reading = read_frames(Sentence(kept, text), context) if kept is not None else None
        if reading is not None:
            return reading
    return Decline(reason="unread", words=sentence.unknown or _hard_words(parts))


def _resolved(part: Part, context: Context) -> Part:
    """The same part with 'it', 'the first result' … replaced by what they stand for."""
    if part.node is None or (part.node.head == "ref" and context.result(part.node.text) is None):
        return part

    def change(node: Node) -> Node | None:
        if node.head != "ref":
            return None
        value = context.result(node.text)
        if value is None:
            raise LookupError(node.text)
        return value

    if not any(n.head == "ref" for n in walk(part.node)):
        return part
    return replace(part, node=rebuilt(part.node, change), value="meant" if part.node.head == "ref" else "")


def _hard_words(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(p.text for p in parts if p.kind.isupper())
