"""Frames of sequences given by a rule or by the pattern of their terms."""

from __future__ import annotations

import itertools
from fractions import Fraction

from assistant_magic.tutor.expressions import Node, name, num, replaced, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_assignment, is_expression, is_name, is_number
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence
from assistant_magic.tutor.read.sequences import KINDS, WORDS, fraction, law_of, nth, stored, terms_of
from assistant_magic.tutor.say.numbers import exact

_AMOUNTS = {"two": 2, "three": 3, "2": 2, "3": 3}


def _rule(sentence: Sentence) -> Node | None:
    """`3n + 1`, `u_n = 3n + 1`: an expression in n."""
    equation = sentence.take(
        lambda n: (
            n.head == "Eq"
            and n.args[0].head == "name"
            and is_expression(n.args[1])
            and variables(n.args[1]) == ("n",)
        )
    )
    if equation is not None:
        return equation.args[1]
    return sentence.take(lambda n: is_expression(n) and not is_name(n) and variables(n) == ("n",))


@frame("FIRST", may=f"{KINDS} TERM LIST NTH_TERM")
@frame("FIRST TERM", may=f"{KINDS} LIST NTH_TERM")
def first_terms(sentence: Sentence, _context: Context) -> Reading:
    """`first 5 terms of 3n + 1`."""
    rule, count = _rule(sentence), number(sentence)
    if rule is None or count is None or not count.text.isdigit() or int(count.text) > 100:
        return None
    return problem("first_terms", rule, count, variable="n")


@frame("ORDINAL TERM", may=f"{KINDS} NTH_TERM")
@frame("ORDINAL NTH_TERM", may=KINDS)
def term_of_rule(sentence: Sentence, _context: Context) -> Reading:
    """`5th term of n^2 + 2n`."""
    rule = _rule(sentence)
    if rule is None:
        return None
    sentence.take(is_name)
    place = num(sentence.value("ORDINAL"))
    return problem("evaluate", replaced(rule, name("n"), place))


@frame("IN_SEQUENCE", may=f"{KINDS} TERM EVER YES_NO NTH_TERM")
def member_of_rule(sentence: Sentence, _context: Context) -> Reading:
    """`is 50 in the sequence 3n + 2`."""
    rule, value = _rule(sentence), number(sentence)
    return (
        problem("term_of_rule", rule, value, variable="n") if rule is not None and value is not None else None
    )


@frame("NEXT", may=f"{KINDS} TERM IN_SEQUENCE")
def continued(sentence: Sentence, _context: Context) -> Reading:
    """`continue the pattern 1, 4, 9, 16`, `next two numbers in 1, 1, 2, 3, 5, 8`."""
    found = sentence.take(lambda n: terms_of(n) is not None)
    terms = terms_of(found) if found is not None else None
    more = next((_AMOUNTS[w] for w in sentence.text("NEXT").split() if w in _AMOUNTS), 1)
    for _ in range(more if terms else 0):
        following = _following(terms or [])
        if following is None:
            return None
        terms = [*(terms or []), following]
    if not terms:
        return None
    new = [fraction(t) for t in terms[-more:]]
    law = law_of(terms)
    known = {"law": stored(law), "position": len(terms)} if law is not None else {}
    return (
        problem("evaluate", new[0], **known)
        if more == 1
        else problem("matrix_value", Node("list", tuple(new)))
    )


def _following(terms: list[Fraction]) -> Fraction | None:
    """The next term, where a law fits every term with at least one to spare."""
    law = law_of(terms)
    if law is not None:
        return terms[-1] + law[2] if law[0] == "arithmetic" else terms[-1] * law[2]
    if len(terms) > 3:
        steps = [b - a for a, b in itertools.pairwise(terms)]
        if len({b - a for a, b in itertools.pairwise(steps)}) == 1:
            return terms[-1] + 2 * steps[-1] - steps[-2]
    if len(terms) > 4 and all(a + b == c for a, b, c in zip(terms, terms[1:], terms[2:], strict=False)):
        return terms[-1] + terms[-2]
    return None


@frame("", may=f"{KINDS} MISSING TERM IN_SEQUENCE WHAT_NUMBER")
def gap_in_sequence(sentence: Sentence, _context: Context) -> Reading:
    """`what is the missing number 2, 4, _, 8, 10`."""
    row = sentence.take(lambda n: n.head == "items" and name("box") in n.args)
    if row is None or row.args.count(name("box")) != 1 or len(row.args) < 4:
        return None
    place = row.args.index(name("box"))
    values = [exact(a) for a in row.args if a != name("box")]
    if None in values:
        return None
    known = [v for v in values if v is not None]
    for kind in ("arithmetic", "geometric"):
        value = _filled(known, place, kind)
        if value is not None:
            return problem("evaluate", fraction(value))
    return None


def _filled(known: list[Fraction], place: int, kind: str) -> Fraction | None:
    """The value that makes the whole row obey one law."""
    pairs = [(i if i < place else i + 1, v) for i, v in enumerate(known)]
    (i, a), (j, b) = next(
        ((p, q) for p, q in itertools.pairwise(pairs) if q[0] - p[0] == 1), (pairs[0], pairs[1])
    )
    if kind == "geometric" and (not a or j - i != 1):
        return None
    step = (b - a) / (j - i) if kind == "arithmetic" else b / a
    value = (
        pairs[0][1] + step * (place - pairs[0][0])
        if kind == "arithmetic"
        else pairs[0][1] * step ** (place - pairs[0][0])
    )
    law = law_of([*known[:place], value, *known[place:]])
    return value if law is not None and law[0] == kind else None


@frame("ORDINAL TERM", may=WORDS)
@frame("", may=WORDS)
def from_letters(sentence: Sentence, _context: Context) -> Reading:
    """`a1 = 5, d = 3, find a10`, `geometric sequence a=3 r=2, 6th term`."""
    given = {n.args[0].text: n.args[1] for n in sentence.take_all(is_assignment)}
    row = sentence.take(lambda n: n.head == "items" and all(is_assignment(a) for a in n.args))
    given |= {n.args[0].text: n.args[1] for n in row.args} if row is not None else {}
    first = next((given[k] for k in ("a", "a_1", "u_1", "t_1") if k in given), None)
    step = given.get("d", given.get("r"))
    if first is None or step is None or len(given) != 2 or ("r" in given and sentence.has("ARITHMETIC")):
        return None
    asked = sentence.take(lambda n: n.head == "name" and "_" in n.text)
    place = sentence.value("ORDINAL") or (asked.text.partition("_")[2] if asked is not None else "")
    one, other = exact(first), exact(step)
    if not place.isdigit() or one is None or other is None or not is_number(first):
        return None
    law = ("geometric" if "r" in given else "arithmetic", one, other)
    return problem("evaluate", nth(law, num(place)), law=stored(law), position=int(place))
