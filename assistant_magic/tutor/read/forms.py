"""Frames of rounding and of the form a number is wanted in."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, num, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_constant, is_number
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence


@frame("CORRECT", may="SIMPLIFY NO_ROUND TRUNCATE CONVERT AS_DECIMAL")
@frame("", may="AS_DECIMAL CONVERT WHOLE")
def rounded(sentence: Sentence, context: Context) -> Reading:
    """`round 3.14159 to 2 decimal places`, `3 sig figs`."""
    if not sentence.rounding:
        return None
    typed = sentence.chunks_of_numbers
    node = sentence.take(is_constant) or context.result()
    last = context.problem
    if last is not None and last.options.get("rounds") and not typed:
        node = last.nodes[0]  # "nearest hundred?" after the nearest ten: of the number itself
    if node is None or variables(node):
        return None
    if sentence.says("round") or not typed:
        return problem("evaluate", node, rounds=True)
    return problem("evaluate", node)


@frame("CORRECT")
def rounded_whole(sentence: Sentence, _context: Context) -> Reading:
    """`round 3.7`, `round it off`: to a whole number where nothing else is said."""
    node = sentence.take(is_number)
    if node is None or sentence.rounding or not sentence.begins_with("round", "now round", "and round"):
        return None
    return replace(problem("evaluate", node, rounds=True), rounding=("nearest", "1"))


@frame("TRUNCATE", may="NO_ROUND CORRECT")
@frame("NO_ROUND", may="TRUNCATE")
def truncated(sentence: Sentence, context: Context) -> Reading:
    """`chop 9.8765 after two decimals`."""
    node = number(sentence) or context.result()
    if node is None or not sentence.rounding:
        return None
    return replace(problem("evaluate", node), rounding=("cut", *sentence.rounding[1:]))


@frame("AS_FRACTION", may="CONVERT SIMPLIFY RECURRING_WORD WHOLE")
@frame("AS_DECIMAL", may="CONVERT")
@frame("AS_MIXED", may="CONVERT")
@frame("AS_IMPROPER", may="CONVERT AS_FRACTION")
@frame("AS_PERCENT", may="CONVERT")
@frame("WHAT_PERCENT")
@frame("STANDARD_FORM", may="CONVERT")
@frame("SIMPLEST", may="CONVERT AS_FRACTION")
@frame("EXACT", may="CONVERT")
@frame("IN_PI", may="CONVERT")
@frame("SURD", may="CONVERT SIMPLIFY")
def in_form(sentence: Sentence, context: Context) -> Reading:
    """`0.375 as a fraction`, `write it as a mixed number`, `what percent is that`."""
    if sentence.has("WHAT_PERCENT") and sentence.chunks_of_numbers:
        return None  # "what percentage of 160 is that" asks for a share
    if sentence.has("AS_PERCENT") and any(p.role == "of" and p.value != "meant" for p in sentence.chunks):
        return None  # "as a percentage of 50" asks for a share
    node = sentence.take(
        lambda n: is_constant(n) or (n.head == "items" and len(n.args) == 2 and n.args[1].head == "div")
    )
    if node is not None and node.head == "items":
        node = node.args[1]
    if sentence.has("WHAT_PERCENT") and any(p.role == "of" and p.kind == "chunk" for p in sentence.parts):
        return None  # "what percent of 90 is that"
    if sentence.has("EXACT") and any(p.role == "at" for p in sentence.parts):
        return None
    node = node if node is not None else context.result()
    if node is None or variables(node) or node.head in {"list", "tuple", "matrix"}:
        return None
    reading = problem("evaluate", node)
    return replace(reading, form="percent") if sentence.has("WHAT_PERCENT") else reading


@frame("SIMPLIFY", may="AS_FRACTION SURD DENOMINATOR")
@frame("RATIONALISE", may="DENOMINATOR SIMPLIFY")
def simplified(sentence: Sentence, _context: Context) -> Reading:
    """`simplify √72`, `rationalise the denominator: 6/√3`."""
    node = sentence.take(is_constant)
    if node is None:
        return None
    return problem("rationalise" if sentence.has("RATIONALISE") else "evaluate", node)


@frame("FLIP")
def flipped(sentence: Sentence, context: Context) -> Reading:
    """`flip it upside down`."""
    node = sentence.take(is_number) or context.result()
    return problem("evaluate", Node("div", (num(1), node))) if node is not None else None


@frame("", may="MISSING NUMERATOR DENOMINATOR AS_FRACTION PROPORTION SOLVE WHOLE")
def missing_part(sentence: Sentence, _context: Context) -> Reading:
    """`3/7 = ?/35`."""
    equation = sentence.take(lambda n: n.head == "Eq" and variables(n) == ("box",))
    if equation is None:
        return None
    return problem("solve", equation, variable="box")
