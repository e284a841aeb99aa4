"""Frames of number bases. A number in another base is a text: its digits are not decimal."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number
from assistant_magic.tutor.read.sentence import Sentence

_BASES = {"BINARY": 2, "OCTAL": 8, "HEX": 16, "DENARY": 10}
_WORDS = "CONVERT DENARY BINARY HEX OCTAL BASE_LENGTH"


def _digits(node: Node | None) -> str:
    return node.text if node is not None and node.head in {"num", "based", "name"} else ""


def _valid(digits: str, base: int) -> bool:
    try:
        int(digits, base)
    except ValueError:
        return False
    return bool(digits) and len(digits) <= 200


@frame("BINARY", may=_WORDS)
@frame("HEX", may=_WORDS)
@frame("OCTAL", may=_WORDS)
@frame("IN_BASE", may=_WORDS)
@frame("BASED", may=f"{_WORDS} IN_BASE")
def converted(sentence: Sentence, context: Context) -> Reading:
    """`13 in binary`, `convert 1011 from binary to decimal`, `hex 2F -> binary`."""
    source, target = sentence.bases(_BASES)
    number_role = next((p.role for p in sentence.parts if p.kind in {"chunk", "BASED"}), "")
    node = sentence.based_number()
    if node is None:
        last = context.problem
        if last is None or last.task != "in_base":
            return None
        return problem(
            "in_base",
            last.nodes[0],
            base=target or 10,
            source=last.options.get("source", 10),
            digits=last.options.get("digits", ""),
        )
    digits, own = node
    if target is None and number_role in {"of", "for"}:
        source, target = None, source  # "binary of 13", "hexadecimal for 200"
    source = own or source or 10
    if not _valid(digits, source):
        return None
    if target is None or target == source:
        target = 10 if source != 10 else None
    if target is None or not 2 <= target <= 16:
        return None
    return problem("in_base", num(int(digits, source)), base=target, source=source, digits=digits)


@frame("IN_BASE", may="CONVERT")
@frame("DENARY", may="CONVERT AS_DECIMAL")
def from_binary(sentence: Sentence, _context: Context) -> Reading:
    """`1011 in decimal`: nothing but noughts and ones is a binary number."""
    if sentence.has("IN_BASE") and sentence.value("IN_BASE") != "10":
        return None
    node = sentence.take(
        lambda n: n.head == "num" and len(n.text) > 2 and _valid(n.text, 2) and n.text[0] == "1"
    )
    if node is None:
        return None
    return problem("in_base", num(int(node.text, 2)), base=10, source=2, digits=node.text)


@frame("BINARY", may=_WORDS)
def binary_expression(sentence: Sentence, _context: Context) -> Reading:
    """`101 + 110 in binary`."""
    node = sentence.take(
        lambda n: n.head in {"add", "sub", "mul"} and all(_valid(_digits(a), 2) for a in n.args)
    )
    if node is None:
        return None
    one, other = (int(a.text, 2) for a in node.args)
    value = {"add": one + other, "sub": one - other, "mul": one * other}[node.head]
    return problem("in_base", num(value), base=2, source=2, digits=" ") if value >= 0 else None


@frame("ADD BINARY", may=_WORDS)
@frame("SUM BINARY", may=_WORDS)
@frame("SUBTRACT BINARY", may=_WORDS)
@frame("MULTIPLY BINARY", may=_WORDS)
def binary_arithmetic(sentence: Sentence, context: Context) -> Reading:
    """`add the binary numbers 1101 and 101, leave the answer in binary`."""
    found = [n.text for n in sentence.loose_numbers() if is_number(n)]
    last = context.problem
    if len(found) == 1 and last is not None and last.task == "in_base" and _valid(found[0], 2):
        old = int(last.nodes[0].text)
        return problem("in_base", num(old + int(found[0], 2)), base=2, source=10, digits="")
    if len(found) != 2 or not all(_valid(f, 2) for f in found):
        return None
    one, other = (int(f, 2) for f in found)
    value = (
        one * other if sentence.has("MULTIPLY") else other - one if sentence.has("SUBTRACT") else one + other
    )
    return problem("in_base", num(value), base=2, source=2, digits=" ".join(found)) if value >= 0 else None
