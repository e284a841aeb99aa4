"""Frames of sequences and series."""

from __future__ import annotations

import itertools
from fractions import Fraction

from assistant_magic.tutor.expressions import Node, name, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.say.numbers import exact

KINDS = "SEQUENCE ARITHMETIC GEOMETRIC SERIES"


def fraction(value: Fraction) -> Node:
    """A fraction as a node."""
    if value.denominator == 1:
        return num(value.numerator)
    node = Node("div", (num(abs(value.numerator)), num(value.denominator)))
    return Node("neg", (node,)) if value < 0 else node


def terms_of(node: Node) -> list[Fraction] | None:
    """The terms of a listed sequence, or None."""
    if node.head not in {"items", "list", "tuple"}:
        return None
    values = [exact(a) for a in node.args if a.head != "dots"]
    return [v for v in values if v is not None] if len(values) > 2 and None not in values else None


def law_of(terms: list[Fraction], *, kind: str = "") -> tuple[str, Fraction, Fraction] | None:
    """`arithmetic` or `geometric`, the first term and the step; None where the terms obey neither."""
    differences = {b - a for a, b in itertools.pairwise(terms)}
    if len(differences) == 1 and kind != "geometric":
        return "arithmetic", terms[0], differences.pop()
    if (
        all(terms)
        and len(ratios := {b / a for a, b in itertools.pairwise(terms)}) == 1
        and kind != "arithmetic"
    ):
        return "geometric", terms[0], ratios.pop()
    return None


def nth(law: tuple[str, Fraction, Fraction], n: Node) -> Node:
    """The term number `n`."""
    kind, first, step = law
    before = Node("sub", (n, num(1)))
    if kind == "arithmetic":
        return Node("add", (fraction(first), Node("mul", (before, fraction(step)))))
    return Node("mul", (fraction(first), Node("pow", (fraction(step), before))))


def law_in(sentence: Sentence, context: Context) -> tuple[str, Fraction, Fraction] | None:
    """The law of the sequence that is listed, described, or spoken of again."""
    kind = "arithmetic" if sentence.has("ARITHMETIC") else "geometric" if sentence.has("GEOMETRIC") else ""
    found = sentence.take(lambda n: terms_of(n) is not None)
    if found is not None:
        return law_of(terms_of(found) or [], kind=kind)
    described = _described(sentence, kind)
    if described is not None:
        return described
    last, result = context.problem, context.result()
    if result is not None and (listed := terms_of(result)) is not None:
        return law_of(listed, kind=kind)
    law = last.options.get("law") if last else None
    return (str(law[0]), Fraction(law[1]), Fraction(law[2])) if law else None


def _described(sentence: Sentence, kind: str) -> tuple[str, Fraction, Fraction] | None:
    """`first term 5, ratio 2`."""
    first = sentence.number_after("FIRST_TERM")
    step = sentence.number_after("RATIO", "COMMON_RATIO", "COMMON_DIFFERENCE", "DIFFERENCE")
    if first is None or step is None:
        return None
    sentence.take(lambda n: n == first)
    sentence.take(lambda n: n == step)
    kind = kind or ("geometric" if sentence.has("RATIO") or sentence.has("COMMON_RATIO") else "arithmetic")
    one, other = exact(first), exact(step)
    return (kind, one, other) if one is not None and other is not None else None


def stored(law: tuple[str, Fraction, Fraction]) -> list[str]:
    """A law as it is kept in the options of a problem."""
    return [law[0], str(law[1]), str(law[2])]


@frame("NEXT", may=f"{KINDS} TERM")
def following(sentence: Sentence, context: Context) -> Reading:
    """`next number in the arithmetic sequence 3, 7, 11, 15`."""
    if {"two", "three", "2", "3"} & set(sentence.text("NEXT").split()):
        return None  # several terms are asked for
    found = sentence.take(lambda n: terms_of(n) is not None)
    law = law_of(terms_of(found) or []) if found is not None else None
    several = set(sentence.text("NEXT").split()) & {"two", "three", "2", "3"}
    if law is None or found is None or several:
        return None
    count = len([a for a in found.args if a.head != "dots"])
    return problem("evaluate", nth(law, num(count + 1)), law=stored(law), position=count + 1)


WORDS = f"{KINDS} TERM FIRST_TERM RATIO COMMON_RATIO COMMON_DIFFERENCE DIFFERENCE"


@frame("NTH_TERM", may=WORDS)
def general_term(sentence: Sentence, context: Context) -> Reading:
    """`nth term of the arithmetic sequence 5, 8, 11, 14, ...`."""
    law = law_in(sentence, context)
    sentence.take(lambda n: n == name("n"))
    return problem("simplify", nth(law, name("n")), law=stored(law)) if law is not None else None


@frame("ORDINAL", may="TERM SEQUENCE")
def another_term(sentence: Sentence, context: Context) -> Reading:
    """`what about the 50th`."""
    last = context.problem
    return one_term(sentence, context) if last is not None and "law" in last.options else None


@frame("TERM ORDINAL", may=WORDS)
def one_term(sentence: Sentence, context: Context) -> Reading:
    """`arithmetic sequence 4, 9, 14, ... what's the 20th term`."""
    law = law_in(sentence, context)
    position = int(sentence.value("ORDINAL"))
    return (
        problem("evaluate", nth(law, num(position)), law=stored(law), position=position)
        if law is not None
        else None
    )


@frame("FURTHER", may="TERM")
def one_further(sentence: Sentence, context: Context) -> Reading:
    """`one term further on`."""
    last = context.problem
    if last is None or "position" not in last.options:
        return None
    law = law_in(sentence, context)
    step = number(sentence) or num(1)
    position = int(last.options["position"]) + int(step.text)
    return problem("evaluate", nth(law, num(position)), law=stored(law), position=position) if law else None


@frame("COMMON_RATIO", may=KINDS)
@frame("COMMON_DIFFERENCE", may=KINDS)
def step_of(sentence: Sentence, _context: Context) -> Reading:
    """`common ratio of 81, 27, 9, ...`."""
    found = sentence.take(lambda n: terms_of(n) is not None)
    if found is None:
        return None
    one, other = found.args[0], found.args[1]
    return problem("evaluate", Node("div" if sentence.has("COMMON_RATIO") else "sub", (other, one)))


def position_of(law: tuple[str, Fraction, Fraction], value: Fraction) -> int:
    """Which term has this value; 0 for none."""
    kind, first, step = law
    if kind == "arithmetic":
        place = (value - first) / step + 1 if step else Fraction(0)
        return int(place) if place.denominator == 1 and place > 0 else 0
    term, n = first, 1
    while abs(term) < abs(value) and n < 10_000 and abs(step) > 1:
        term, n = term * step, n + 1
    return n if term == value else 0


@frame("WHICH_TERM", may=KINDS)
@frame("WHICH_TERM TERM", may=KINDS)
def which_term(sentence: Sentence, context: Context) -> Reading:
    """`99 is which term of the arithmetic sequence 4, 9, 14, ...`, `at which position`."""
    law = law_in(sentence, context)
    value = number(sentence)
    last = context.problem
    if value is None and last is not None and last.task == "in_sequence":
        value = last.nodes[0]
    wanted = exact(value) if value is not None else None
    if law is None or wanted is None or not position_of(law, wanted):
        return None
    n = name("n")
    return problem("solve_positive", Node("Eq", (nth(law, n), value or n)), variable="n", law=stored(law))


@frame("IN_SEQUENCE", may=f"{KINDS} TERM EVER YES_NO")
@frame("SEQUENCE", may=f"{KINDS} YES_NO EVER")
def in_sequence(sentence: Sentence, context: Context) -> Reading:
    """`is 50 in the sequence?`, `would 123 ever turn up as a term`."""
    law = law_in(sentence, context)
    value = number(sentence)
    wanted = exact(value) if value is not None else None
    if law is None or law[0] != "arithmetic" or wanted is None or value is None or not law[2]:
        return None
    ahead = (wanted - law[1]) * law[2] >= 0
    task = "in_sequence" if ahead else "compare"
    if task == "compare":
        return None
    gap = fraction(law[2])
    return problem("in_sequence", value, fraction(law[1]), gap, law=stored(law))
