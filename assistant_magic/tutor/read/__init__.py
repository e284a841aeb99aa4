"""Reading: from a pupil's text and the thread's context to a problem, an attempt, talk, or a `Decline` that says why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant_magic.tutor.expressions import Node, rebuilt, replaced, walk
from assistant_magic.tutor.problems import Attempt, Decline, Problem, Talk, problem
from assistant_magic.tutor.read import (  # noqa: F401  # each declares its frames
    algebra,
    arithmetic,
    bases,
    calculus,
    cards,
    chance,
    comparing,
    equations,
    families,
    forms,
    functions,
    geometry,
    lines,
    matrices,
    numbers,
    pairs,
    percentages,
    polynomials,
    rules,
    sequences,
    series,
    statistics,
    stories,
    targets,
    triangles,
    trigonometry,
    units,
)
from assistant_magic.tutor.read.chains import read_chain
from assistant_magic.tutor.read.clauses import asked_only, without_remarks
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import read_frames
from assistant_magic.tutor.read.kinds import is_applied, is_assignment, is_constant
from assistant_magic.tutor.read.others import read_other_expression
from assistant_magic.tutor.read.parts import Part, parts_of
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.read.talk import definitions, is_answer, read_statement, read_talk
from assistant_magic.tutor.read.variations import read_clauses, read_correction, read_variation

__all__ = ["Context", "Reading", "definitions_in", "read"]

Reading = Problem | Attempt | Talk | Decline
_Change = Callable[[Node], Node | None]
_NAMED = frozenset({"first", "second", "larger", "smaller"})
_ORDERED = ("first answer", "first result", "second answer", "second result")
_TWO_COMMAS = re.compile(r"(?<![\d.,(\[{])\d+,\d{1,2}(?![\d.,)\]}])(?!\s*[-+*/^])")
_POINT = re.compile(r"\d\.\d")
_ONE_SIDE = re.compile(r"(?:->|→|\\to)\s*\w+[-+⁺⁻](?=\s|$)")
"""`x -> 0+`: a limit from one side."""
_SHEET = re.compile(r"(?<!^)\b(?:question|exercise|problem|page)\s+\d+[a-z]?\b", re.IGNORECASE)
"""`the answer to question 7b`: nobody here has seen it."""
_CONTINUES = re.compile(r"\s*(?:and|what about|how about|same|now with|or)\b", re.IGNORECASE)
"""What goes on from a question that was lost."""
_LOOSE_REACH = re.compile(r"\b(?:log\w*|ln|sin|cos|tan)\s+of\s+\w+\s*[*/]", re.IGNORECASE)
"""`log2 of 8*32`: the logarithm of 8 or of the product."""
_MAX_LENGTH = 1_000
_MAX_BRACKETS = 60


def read(text: str, context: Context) -> Reading:
    """What `text` asks for in the course of a dialogue."""
    if len(text) > _MAX_LENGTH or text.count("(") > _MAX_BRACKETS:
        return Decline(reason="too_long")
    if _ONE_SIDE.search(text) or _LOOSE_REACH.search(text):
        return Decline(reason="unread")
    if text.count("(") > text.count(")") + text.count(":("):
        return Decline(reason="unread")  # something is missing
    if _TWO_COMMAS.search(text) and _POINT.search(text) and ", " not in text:
        return Decline(reason="unread")  # "2.5 and 3,5": a list or a decimal comma, nobody can know
    try:
        return _understood(text, context)
    except RecursionError:
        return Decline(reason="too_long")


def _understood(text: str, context: Context) -> Reading:
    raw = _led_by_reference(parts_of(text))
    parts, missing = _resolved_all(raw, context)
    sentence = Sentence(parts, text)
    if not context.answered and context.problem is None and _CONTINUES.match(text):
        return Decline(reason="missing")
    if _SHEET.search(text) and not any(c.isdigit() for c in _SHEET.sub("", text)):
        return Decline(reason="unseen")
    for concept, why in (("PROVE", "proof"), ("UNSEEN", "unseen"), ("PROGRAM", "program")):
        if sentence.has(concept) and not any("FILLER" in p.meanings for p in parts if concept in p.meanings):
            return Decline(reason=why)
    started = _started_from(raw, context)
    reading = _read(started[0], text, started[1]) if started else _read(parts, text, context)
    if _only_guesses(reading, parts, context) and not any(c.isalpha() or c == " " for c in text):
        return Decline(reason="missing")
    if isinstance(reading, Problem | Attempt) and not missing and not _calls_unknown(reading):
        return reading
    if isinstance(reading, Talk):
        return reading
    chained = read_chain(text, context, _understood)
    if chained is not None:
        return chained
    if missing or _lacks_subject(parts):
        return Decline(reason="missing")
    readings = tuple(
        str(n) for p in parts if p.node for e in walk(p.node) if e.head == "either" for n in e.args
    )
    if readings:
        return Decline(reason="ambiguous", readings=readings[:2])
    return Decline(reason="unread", words=sentence.unknown or _hard_words(parts))


def _started_from(raw: Sequence[Part], context: Context) -> tuple[Sequence[Part], Context] | None:
    """`use the first result, add 10`: the command behind the stop goes on from what is named."""
    raw = [p for i, p in enumerate(raw) if i or p.kind != "MAKE"]  # "use the first result, …"
    if len(raw) < 3 or raw[1].kind != "stop" or raw[0].node is None or raw[0].node.head != "ref":
        return None
    value = context.result(raw[0].node.text)
    rest = raw[2:]
    if value is None or any(p.value == "implicit" for p in rest):
        return None
    started = replace(context, results=(*context.results, str(value)))
    return _resolved_all(rest, started)[0], started


def _calls_unknown(reading: Problem | Attempt) -> bool:
    """`g(3)` of a g that nobody gave: there is nothing to compute it from."""
    asked = reading.problem if isinstance(reading, Attempt) else reading
    try:
        return any(is_applied(n) for node in asked.nodes for n in walk(node))
    except ValueError:  # "A_:" is no name
        return True


def _only_guesses(reading: Reading | None, parts: Sequence[Part], context: Context) -> bool:
    """A value alone where the question before it got no answer: an attempt at nobody knows what."""
    if context.answered or not isinstance(reading, Problem) or reading.task != "evaluate":
        return False
    chunks = [p for p in parts if p.kind != "stop"]
    return len(chunks) == 1 and chunks[0].kind == "chunk" and is_answer(reading.nodes[0])


def _led_by_reference(parts: Sequence[Part]) -> Sequence[Part]:
    """`use the first result: times 10`: the operation goes on from what is named, not from the last result."""
    named = [
        p for p in parts if p.node is not None and p.node.head == "ref" and p.node.text in {"first", "second"}
    ]
    going_on = [p for p in parts if p.value == "implicit"]
    if len(named) != 1 or len(going_on) != 1 or named[0].node is None or going_on[0].node is None:
        return parts
    node = replaced(going_on[0].node, Node("ref", text="last"), named[0].node)
    return [replace(p, node=node) if p is going_on[0] else p for p in parts if p is not named[0]]


def _read(parts: Sequence[Part], text: str, context: Context) -> Reading | None:
    if any("CORRECTION" in p.meanings for p in parts) and any(p.value == "implicit" for p in parts):
        return read_correction(parts, context)
    given = read_statement(parts, text, context) if context.pending else None
    move = given or read_other_expression(parts, text, context) or read_talk(parts, text, context)
    if move is not None:
        return move
    named = [p for p in parts if p.kind == "chunk"]
    asks = any(p.kind.isupper() and "FILLER" not in p.meanings for p in parts)
    if (
        len(named) == 1
        and named[0].value in {"meant", "named"}
        and named[0].text.lower().endswith(_ORDERED)
        and not asks
    ):
        node = named[0].node  # "what was the first answer"
        return problem("evaluate", node) if node is not None and is_constant(node) else None
    for kept in (parts, without_remarks(parts), asked_only(parts)):
        reading = read_frames(Sentence(kept, text), context) if kept is not None else None
        if reading is not None:
            return reading
    explained = [p for p in parts if "WHY" not in p.meanings]
    if len(explained) < len(parts) and any(p.kind == "chunk" and p.value != "meant" for p in parts):
        reading = read_frames(Sentence(explained, text), context)
        if reading is not None:
            return reading  # "explain how to solve 2x + 7 = 15"
    varied = read_variation(parts, text, context) or read_clauses(parts, text, context)
    return varied or read_statement(parts, text, context)


def definitions_in(text: str) -> dict[str, str]:
    """What letters a text says to stand for something."""
    return definitions(parts_of(text))


def _resolved_all(raw: Sequence[Part], context: Context) -> tuple[tuple[Part, ...], bool]:
    """The parts with every 'it' filled in, and whether one of them means nothing yet."""
    out, missing = [], False
    for part in raw:
        try:
            out.append(_resolved(part, context))
        except LookupError:
            alone = _from_zero(part)
            missing |= alone is part
            out.append(alone)
    return tuple(out), missing


def _from_zero(part: Part) -> Part:
    """`minus 7 plus 12` with nothing before it starts from zero; other operators cannot."""
    node = part.node
    leftmost = node
    while leftmost is not None and leftmost.head in {"add", "sub"} and leftmost.args[0].head != "ref":
        leftmost = leftmost.args[0]
    if part.value != "implicit" or node is None or leftmost is None or leftmost.head not in {"add", "sub"}:
        return part
    new = Node("neg", (leftmost.args[1],)) if leftmost.head == "sub" else leftmost.args[1]
    if leftmost.head == "sub" and leftmost.args[1].head == "pow" and part.text.lower().endswith("squared"):
        base, exponent = leftmost.args[1].args
        new = Node("either", (new, Node("pow", (Node("neg", (base,)), exponent))))  # "minus 2 squared"
    return replace(part, node=replaced(node, leftmost, new), value="")


def _resolved(part: Part, context: Context) -> Part:
    """The same part with 'it', 'the first result' … replaced by what they stand for."""
    if part.node is None:
        return part
    part = _in_known_angles(part, context)
    assert part.node is not None
    bare = part.node.head == "ref"
    if bare and context.result(part.node.text) is None:
        if part.node.text in _NAMED:
            raise LookupError(part.node.text)  # never the last result in place of the first
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
    fill: _Change = change
    if part.node.head == "Eq" and part.node.args[0].head == "ref" and part.node.args[0].text == "last":
        fill = _expression_first(change, context)
    return replace(part, node=rebuilt(part.node, fill), value=_kind(part, bare=bare))


def _expression_first(change: _Change, context: Context) -> _Change:
    """`set it equal to 12` after its value at x = 10: the expression, whose value needs no equation."""
    found = context.result()
    if found is None or not is_constant(found) or not context.problem or context.problem.task != "substitute":
        return change
    expression = context.problem.nodes[0]
    return lambda node: expression if node == Node("ref", text="last") else change(node)


def _in_known_angles(part: Part, context: Context) -> Part:
    """`tan 60` after `tan 45 degrees` is in degrees too."""
    recent = [p for p in (*context.asked[-3:], context.problem) if p is not None]
    if part.node is None or not any(n.text == "degrees" for p in recent for o in p.nodes for n in walk(o)):
        return part

    def change(node: Node) -> Node | None:
        angles = node.head == "either" and any(n.head == "degrees" for n in walk(node.args[0]))
        return node.args[0] if angles else None

    return replace(part, node=rebuilt(part.node, change))


def _kind(part: Part, *, bare: bool) -> str:
    named = part.node is not None and part.node.text in _NAMED
    return ("named" if named else "meant") if bare else part.value or "from_it"


def _lacks_subject(parts: Sequence[Part]) -> bool:
    """`divide that by 3`, `and for x = 5?` with nothing before them."""
    if any(p.kind == "word" for p in parts):
        return False
    nodes = [p.node for p in parts if p.node is not None and p.kind == "chunk"]
    return any(n.head == "ref" for n in nodes) or (bool(nodes) and all(is_assignment(n) for n in nodes))


def _hard_words(parts: tuple[Part, ...]) -> tuple[str, ...]:
    return tuple(p.text for p in parts if p.kind.isupper() and "FILLER" not in p.meanings)
