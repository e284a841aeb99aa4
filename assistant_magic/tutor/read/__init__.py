"""Reading: from a pupil's text and the thread's context to a `Problem`, or to a `Decline` that says why not."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, rebuilt, walk
from assistant_magic.tutor.problems import Decline, Problem
from assistant_magic.tutor.read import algebra, arithmetic, calculus  # noqa: F401  # each declares its frames
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import read_frames
from assistant_magic.tutor.read.sentence import Part, Sentence, parts_of

__all__ = ["Context", "read"]


def read(text: str, context: Context) -> Problem | Decline:
    """What `text` asks for in the course of a dialogue."""
    try:
        parts = tuple(_resolved(part, context) for part in parts_of(text))
    except LookupError:
        return Decline(reason="missing")
    sentence = Sentence(parts)
    if sentence.unknown:
        return Decline(reason="unread", words=sentence.unknown)
    readings = tuple(
        str(n) for p in parts if p.node for e in walk(p.node) if e.head == "either" for n in e.args
    )
    if readings:
        return Decline(reason="ambiguous", readings=readings[:2])
    reading = read_frames(sentence, context)
    return reading if reading is not None else Decline(reason="unread", words=_hard_words(parts))


def _resolved(part: Part, context: Context) -> Part:
    """The same part with 'it', 'the first result' … replaced by what they stand for."""
    if part.node is None or (part.node.head == "ref" and not part.value):
        if part.node is None or context.result(part.node.text) is None:
            return part
    assert part.node is not None

    def change(node: Node) -> Node | None:
        if node.head != "ref":
            return None
        value = context.result(node.text)
        if value is None:
            raise LookupError(node.text)
        return value

    if not any(n.head == "ref" for n in walk(part.node)):
        return part
    return replace(part, node=rebuilt(part.node, change), value="ref")


def _hard_words(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(p.text for p in parts if p.kind.isupper())
