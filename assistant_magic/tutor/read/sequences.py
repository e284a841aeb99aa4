"""Frames of sequences and series."""

from __future__ import annotations

from fractions import Fraction

from assistant_magic.tutor.expressions import Node, call, listed, name, num, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_assignment, is_expression, is_name, is_number
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.say.numbers import exact

_KINDS = "SEQUENCE ARITHMETIC GEOMETRIC SERIES"


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
    differences = {b - a for a, b in zip(terms, terms[1:], strict=False)}
    if len(differences) == 1 and kind != "geometric":
        return "arithmetic", terms[0], differences.pop()
    if (
        all(terms)
        and len(ratios := {b / a for a, b in zip(terms, terms[1:], strict=False)}) == 1
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


def _law(sentence: Sentence, context: Context) -> tuple[str, Fraction, Fraction] | None:
    kind = "arithmetic" if sentence.has("ARITHMETIC") else "geometric" if sentence.has("GEOMETRIC") else ""
    found = sentence.take(lambda n: terms_of(n) is not None)
    if found is not None:
        return law_of(terms_of(found) or [], kind=kind)
    described = _described(sentence, kind)
    if described is not None:
        return described
    last = context.problem
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


def _stored(law: tuple[str, Fraction, Fraction]) -> list[str]:
    return [law[0], str(law[1]), str(law[2])]


@frame("NEXT", may=f"{_KINDS} TERM")
def following(sentence: Sentence, context: Context) -> Reading:
    """`next number in the arithmetic sequence 3, 7, 11, 15`."""
    found = sentence.take(lambda n: terms_of(n) is not None)
    law = law_of(terms_of(found) or []) if found is not None else None
    if law is None or found is None:
        return None
    count = len([a for a in found.args if a.head != "dots"])
    return problem("evaluate", nth(law, num(count + 1)), law=_stored(law), position=count + 1)


_WORDS = f"{_KINDS} TERM FIRST_TERM RATIO COMMON_RATIO COMMON_DIFFERENCE DIFFERENCE"


@frame("NTH_TERM", may=_WORDS)
def general_term(sentence: Sentence, context: Context) -> Reading:
    """`nth term of the arithmetic sequence 5, 8, 11, 14, ...`."""
    law = _law(sentence, context)
    sentence.take(lambda n: n == name("n"))
    return problem("simplify", nth(law, name("n")), law=_stored(law)) if law is not None else None


@frame("ORDINAL", may="TERM SEQUENCE")
def another_term(sentence: Sentence, context: Context) -> Reading:
    """`what about the 50th`."""
    last = context.problem
    return one_term(sentence, context) if last is not None and "law" in last.options else None


@frame("TERM ORDINAL", may=_WORDS)
def one_term(sentence: Sentence, context: Context) -> Reading:
    """`arithmetic sequence 4, 9, 14, ... what's the 20th term`."""
    law = _law(sentence, context)
    position = int(sentence.value("ORDINAL"))
    return (
        problem("evaluate", nth(law, num(position)), law=_stored(law), position=position)
        if law is not None
        else None
    )


@frame("FURTHER", may="TERM")
def one_further(sentence: Sentence, context: Context) -> Reading:
    """`one term further on`."""
    last = context.problem
    if last is None or "position" not in last.options:
        return None
    law = _law(sentence, context)
    step = number(sentence) or num(1)
    position = int(last.options["position"]) + int(step.text)
    return problem("evaluate", nth(law, num(position)), law=_stored(law), position=position) if law else None


@frame("COMMON_RATIO", may=_KINDS)
@frame("COMMON_DIFFERENCE", may=_KINDS)
def step_of(sentence: Sentence, _context: Context) -> Reading:
    """`common ratio of 81, 27, 9, ...`."""
    found = sentence.take(lambda n: terms_of(n) is not None)
    if found is None:
        return None
    one, other = found.args[0], found.args[1]
    return problem("evaluate", Node("div" if sentence.has("COMMON_RATIO") else "sub", (other, one)))


@frame("", may=f"{_KINDS} SUM ADD LIST")
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
    count = _position(law, last)
    k = name("k")
    return problem("series_sum", nth(law, k), num(count), law=_stored(law)) if count else None


def _position(law: tuple[str, Fraction, Fraction], value: Fraction) -> int:
    """Which term has this value; 0 for none."""
    kind, first, step = law
    if kind == "arithmetic":
        n = (value - first) / step + 1 if step else Fraction(0)
        return int(n) if n.denominator == 1 and n > 0 else 0
    term, n = first, 1
    while abs(term) < abs(value) and n < 10_000 and abs(step) > 1:
        term, n = term * step, n + 1
    return n if term == value else 0


def _added(node: Node) -> list[Node]:
    return [*_added(node.args[0]), node.args[1]] if node.head == "add" else [node]


@frame("SUM", may=f"{_WORDS} FIRST")
@frame("ADD", may=f"{_WORDS} FIRST")
@frame("SERIES", may=f"{_WORDS} FIRST ADD SUM")
def partial_sum(sentence: Sentence, context: Context) -> Reading:
    """`geometric series 3 + 6 + 12 + ... add the first 8 terms`, `sum of those 20 terms`."""
    node = sentence.take(lambda n: n.head == "add" and any(a.head == "dots" for a in _added(n)))
    if node is not None:
        terms = [t for t in (exact(a) for a in _added(node) if a.head != "dots") if t is not None]
        law = law_of(terms) if len(terms) > 2 else None
    else:
        law = _law(sentence, context)
    count = number(sentence)
    if law is None or count is None:
        return None
    return problem("series_sum", nth(law, name("k")), count, law=_stored(law))


@frame("SUM", may="INTEGERS ADD")
@frame("ADD", may="INTEGERS SUM")
def sum_from_to(sentence: Sentence, _context: Context) -> Reading:
    """`the sum of the numbers from 1 to 50`, `sum of 1/2^n from n = 1 to infinity`."""
    body = sentence.take(lambda n: is_expression(n) and not is_name(n))
    low = sentence.take(lambda n: is_number(n) or is_assignment(n), role="from")
    high = sentence.take(lambda n: is_number(n) or n == name("oo"), role="to")
    if low is None or high is None:
        return None
    if body is None:
        return problem("sum_over", name("k"), low, high, variable="k") if low.head != "Eq" else None
    letters = variables(body)
    start = low.args[1] if low.head == "Eq" else low
    return problem("sum_over", body, start, high, variable=letters[0]) if len(letters) == 1 else None


@frame("INFINITE_SUM", may=_WORDS)
def infinite_sum(sentence: Sentence, context: Context) -> Reading:
    """`sum to infinity of 8, 4, 2, ...`."""
    law = _law(sentence, context)
    if law is None or law[0] != "geometric" or abs(law[2]) >= 1:
        return None
    return problem("evaluate", Node("div", (fraction(law[1]), fraction(1 - law[2]))))


@frame("WHICH_TERM", may=_KINDS)
@frame("WHICH_TERM TERM", may=_KINDS)
def which_term(sentence: Sentence, context: Context) -> Reading:
    """`99 is which term of the arithmetic sequence 4, 9, 14, ...`, `at which position`."""
    law = _law(sentence, context)
    value = number(sentence)
    last = context.problem
    if value is None and last is not None and last.task == "in_sequence":
        value = last.nodes[0]
    wanted = exact(value) if value is not None else None
    if law is None or wanted is None or not _position(law, wanted):
        return None
    n = name("n")
    return problem("solve_positive", Node("Eq", (nth(law, n), value or n)), variable="n", law=_stored(law))


@frame("IN_SEQUENCE", may=f"{_KINDS} TERM EVER YES_NO")
@frame("SEQUENCE", may=f"{_KINDS} YES_NO EVER")
def in_sequence(sentence: Sentence, context: Context) -> Reading:
    """`is 50 in the sequence?`, `would 123 ever turn up as a term`."""
    law = _law(sentence, context)
    value = number(sentence)
    wanted = exact(value) if value is not None else None
    if law is None or law[0] != "arithmetic" or wanted is None or value is None or not law[2]:
        return None
    ahead = (wanted - law[1]) * law[2] >= 0
    task = "in_sequence" if ahead else "compare"
    if task == "compare":
        return None
    gap = fraction(law[2])
    return problem("in_sequence", value, fraction(law[1]), gap, law=_stored(law))


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


@frame("SIGMA_SUM")
def sigma(sentence: Sentence, _context: Context) -> Reading:
    """A sum over an index, in words."""
    node = sentence.take(lambda n: n.head == "call" and n.text == "summation")
    return problem("evaluate", node) if node is not None else None


def as_list(nodes: list[Node]) -> Node:
    """Terms as a list."""
    return listed(*nodes) if nodes else call("list")
