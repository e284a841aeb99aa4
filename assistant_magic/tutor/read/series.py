"""Frames of sums of many terms, and of sequences given by a rule."""

from __future__ import annotations

from fractions import Fraction

from assistant_magic.tutor.expressions import Node, name, num, replaced, variables, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_assignment, is_expression, is_number
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.read.sequences import (
    KINDS,
    WORDS,
    fraction,
    law_in,
    law_of,
    nth,
    position_of,
    stored,
)
from assistant_magic.tutor.say.numbers import exact


@frame("", may=f"{KINDS} SUM ADD LIST")
def written_out(sentence: Sentence, _context: Context) -> Reading:
    """`1 + 2 + 3 + ... + 100`."""
    node = sentence.take(lambda n: n.head == "add" and any(a.head == "dots" for a in _added(n)))
    if node is None:
        return None
    parts = _added(node)
    place = next(i for i, a in enumerate(parts) if a.head == "dots")
    terms, ends = [exact(a) for a in parts[:place]], parts[place + 1 :]
    if None in terms or len(terms) < 2 or len(ends) != 1 or (last := exact(ends[0])) is None:
        return None
    return _summed([t for t in terms if t is not None], last)


def _summed(terms: list[Fraction], last: Fraction) -> Reading:
    if len(terms) == 2:
        law: tuple[str, Fraction, Fraction] | None = ("arithmetic", terms[0], terms[1] - terms[0])
    else:
        law = law_of(terms)
    if law is None or not law[2]:
        return None
    count = position_of(law, last)
    k = name("k")
    return problem("series_sum", nth(law, k), num(count), law=stored(law)) if count else None


def _added(node: Node) -> list[Node]:
    return [*_added(node.args[0]), node.args[1]] if node.head == "add" else [node]


@frame("SUM", may=f"{WORDS} FIRST")
@frame("ADD", may=f"{WORDS} FIRST")
@frame("SERIES", may=f"{WORDS} FIRST ADD SUM")
def partial_sum(sentence: Sentence, context: Context) -> Reading:
    """`geometric series 3 + 6 + 12 + ... add the first 8 terms`, `sum of those 20 terms`."""
    node = sentence.take(lambda n: n.head == "add" and any(a.head == "dots" for a in _added(n)))
    if node is not None:
        terms = [t for t in (exact(a) for a in _added(node) if a.head != "dots") if t is not None]
        law = law_of(terms) if len(terms) > 2 else None
    else:
        law = law_in(sentence, context)
    count = number(sentence)
    if law is None or count is None:
        return None
    return problem("series_sum", nth(law, name("k")), count, law=stored(law))


def _starts(node: Node) -> bool:
    """`k = 1`, `i = 1`."""
    return is_assignment(node) or (
        node.head == "Eq" and node.args[0] == name("I") and is_number(node.args[1])
    )


def _is_summand(node: Node, counting: bool) -> bool:
    """An expression in the letter that counts; where that is i, it is not the imaginary unit."""
    if counting:
        return any(n == name("I") for n in walk(node)) and node.head != "Eq"
    return is_expression(node)


@frame("SUM", may="INTEGERS ADD")
@frame("ADD", may="INTEGERS SUM")
def sum_from_to(sentence: Sentence, _context: Context) -> Reading:
    """`the sum of the numbers from 1 to 50`, `sum of 1/2^n from n = 1 to infinity`."""
    counting = any(
        p.node is not None and p.node.head == "Eq" and p.node.args[0] == name("I") for p in sentence.chunks
    )
    bare = sentence.has("SUM") and any(p.role == "to" for p in sentence.chunks)
    if sentence.says("numbers sum", "integers sum", "sums to"):
        return None  # "three consecutive numbers sum to 33"
    low = sentence.take(lambda n: is_number(n) or _starts(n), role="from of")
    low = low or (sentence.take(is_number, role="") if bare and sentence.chunks[0].role == "" else None)
    high = sentence.take(lambda n: is_number(n) or n == name("oo"), role="to")
    body = sentence.take(lambda n: _is_summand(n, counting))
    if body is None and low is not None and low.head == "Eq":
        return None
    if body is not None and counting:
        body = replaced(body, name("I"), name("i"))
    if low is None or high is None:
        return None
    if body is None:
        return problem("sum_over", name("k"), low, high, variable="k") if low.head != "Eq" else None
    letters = variables(body)
    start = low.args[1] if low.head == "Eq" else low
    return problem("sum_over", body, start, high, variable=letters[0]) if len(letters) == 1 else None


@frame("SUM FIRST INTEGERS", may="ADD EVEN ODD")
@frame("ADD FIRST INTEGERS", may="SUM")
def sum_of_first(sentence: Sentence, _context: Context) -> Reading:
    """`the sum of the first 10 natural numbers`."""
    count = number(sentence)
    if count is None or sentence.has("EVEN") or sentence.has("ODD"):
        return None
    return problem("sum_over", name("k"), num(1), count, variable="k")


@frame("INFINITE_SUM", may=WORDS)
@frame("SUM GEOMETRIC", may=WORDS)
def infinite_sum(sentence: Sentence, context: Context) -> Reading:
    """`sum to infinity of 8, 4, 2, ...`, `sum of the geometric series 1 + 1/2 + 1/4 + ...`."""
    node = sentence.take(lambda n: n.head == "add" and n.args[1].head == "dots")
    terms = (
        [t for t in (exact(a) for a in _added(node) if a.head != "dots") if t is not None]
        if node is not None
        else []
    )
    if node is None and not sentence.has("INFINITE_SUM"):
        return None
    law = law_of(terms) if len(terms) > 2 else law_in(sentence, context)
    if law is None or law[0] != "geometric" or abs(law[2]) >= 1:
        return None
    return problem("evaluate", Node("div", (fraction(law[1]), fraction(1 - law[2]))))


@frame("FIBONACCI ORDINAL", may="TERM FIRST SEQUENCE")
@frame("FIBONACCI", may="TERM SEQUENCE")
def fibonacci(sentence: Sentence, _context: Context) -> Reading:
    """`what's the 10th fibonacci number if F1 = F2 = 1`."""
    sentence.take_all(lambda n: n.head in {"Eq", "and", "items"})
    position = sentence.value("ORDINAL")
    node = num(position) if position else number(sentence)
    return problem("fibonacci", node) if node is not None else None


@frame("", may="SEQUENCE TERM FIRST_TERM")
def recurrence(sentence: Sentence, _context: Context) -> Reading:
    """`u_1 = 3 and u_{n+1} = 2u_n - 1. find u_5`."""
    found = sentence.take_all(lambda n: n.head in {"Eq", "items"} and "_" in str(n))
    equations = [e for f in found for e in (f.args if f.head == "items" else (f,))]
    asked = sentence.take(lambda n: n.head == "name" and "_" in n.text)
    start = next((e for e in equations if e.args[0].head == "name" and e.args[0].text[2:].isdigit()), None)
    rule = next((e for e in equations if e is not start), None)
    if start is None or rule is None or asked is None or not is_number(start.args[1]):
        return None
    letter, _, index = start.args[0].text.partition("_")
    target = asked.text.partition("_")[2]
    if not target.isdigit() or rule.args[0].text != f"{letter}_n+1":
        return None
    from assistant_magic.tutor.expressions import rebuilt

    body = rebuilt(
        rule.args[1], lambda n: name("u") if n.head == "name" and n.text == f"{letter}_n" else None
    )
    return problem("recurrence", body, start.args[1], steps=int(target) - int(index))
