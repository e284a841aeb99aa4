"""Frames of cards, and of coins and dice that are thrown several times."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number
from assistant_magic.tutor.read.pieces import number, numbers
from assistant_magic.tutor.read.sentence import Sentence

_RANKS = {"ACE": 4, "KING": 4, "QUEEN": 4, "JACK": 4, "FACE": 12, "SUIT": 13}
_WORDS = "CARD PICK PROBABILITY FAIR OBJECTS BOTH"


def _share(hits: int, total: int) -> Node:
    return Node("div", (num(hits), num(total)))


def _drawn(sentence: Sentence, _context: Context) -> Reading:
    """`probability of a king or a queen`, `of drawing a red card`."""
    sentence.take(lambda n: n == num(52))
    sentence.take(lambda n: n == num(1))
    ranks = [concept for concept in _RANKS if sentence.has(concept)]
    colours = {t for t in sentence.texts("COLOUR") if t in {"red", "black"}}
    if len(ranks) > 1 and "SUIT" in ranks:
        return problem("evaluate", _share(1, 52)) if len(ranks) == 2 and not colours else None
    if colours and ranks:
        return None
    hits = sum(_RANKS[r] for r in ranks) or (26 if len(colours) == 1 else 0)
    return problem("evaluate", _share(hits, 52)) if hits else None


for _rank in _RANKS:
    others = " ".join(r for r in _RANKS if r != _rank)
    frame(f"PROBABILITY {_rank}", may=f"{_WORDS} {others}")(_drawn)
frame("PROBABILITY COLOUR CARD", may=_WORDS)(_drawn)

_THROWN = "THROW FAIR DICE COIN EXACTLY AT_LEAST AT_MOST DIFFERENT BOTH"


def _throws(sentence: Sentence) -> int | None:
    """How often is thrown: `3 coin flips`, `two dice`, `twice in a row`."""
    if sentence.has("TWICE_IN_A_ROW"):
        return 2
    node = number(sentence)
    return int(node.text) if node is not None and node.text.isdigit() and int(node.text) <= 100 else None


@frame("PROBABILITY HEADS THROW", may=f"{_THROWN} TWICE_IN_A_ROW ROWS OBJECTS SPOKEN")
@frame("PROBABILITY TAILS THROW", may=f"{_THROWN} TWICE_IN_A_ROW ROWS OBJECTS SPOKEN")
@frame("PROBABILITY HEADS TWICE_IN_A_ROW", may=f"{_THROWN} ROWS OBJECTS SPOKEN")
@frame("PROBABILITY TAILS TWICE_IN_A_ROW", may=f"{_THROWN} ROWS OBJECTS SPOKEN")
def several_flips(sentence: Sentence, _context: Context) -> Reading:
    """`exactly 3 heads in 5 tosses`, `tails twice in a row`."""
    face = "HEADS" if sentence.has("HEADS") else "TAILS"
    if sentence.has("HEADS", "TAILS"):
        return None
    wanted = sentence.number_before(face)
    if wanted is not None:
        sentence.take(lambda n: n == wanted)
    throws = _throws(sentence)
    if throws is None or sentence.chunks_of_numbers:
        return None
    if wanted is None:
        if not sentence.has("TWICE_IN_A_ROW"):
            return None
        wanted = num(throws)
    if not wanted.text.isdigit() or int(wanted.text) > throws:
        return None
    task = "at_least" if sentence.has("AT_LEAST") else "at_most" if sentence.has("AT_MOST") else "exactly"
    return problem(f"binomial_{task}", num(throws), wanted, _share(1, 2))


@frame("PROBABILITY AT_LEAST THROW", may="DICE FAIR SIXES")
def at_least_one_face(sentence: Sentence, _context: Context) -> Reading:
    """`at least one six in two rolls`."""
    found = [n.text for n in numbers(sentence)]
    if sentence.has("SIXES"):
        found.insert(1, "6")
    if len(found) != 3 or not all(t.isdigit() for t in found) or not 1 <= int(found[1]) <= 6:
        return None
    return problem("binomial_at_least", num(found[2]), num(found[0]), _share(1, 6))


@frame("PROBABILITY SIXES", may="THROW DICE FAIR BOTH EXACTLY")
def all_sixes(sentence: Sentence, _context: Context) -> Reading:
    """`odds of rolling two sixes`."""
    found = [n.text for n in numbers(sentence)]
    if len(found) not in {1, 2} or len(set(found)) != 1 or not found[0].isdigit():
        return None
    return problem("evaluate", Node("pow", (_share(1, 6), num(found[0]))))


@frame("EXPECTED DICE", may="THROW FAIR")
def expected_throw(sentence: Sentence, _context: Context) -> Reading:
    """`expected value of a dice roll`."""
    if sentence.take(is_number) not in (None, num(1)):
        return None
    return problem("evaluate", Node("div", (num(7), num(2))))


@frame("HANDSHAKES", may="OBJECTS HOW_MANY WAYS")
def handshakes(sentence: Sentence, _context: Context) -> Reading:
    """`how many handshakes between 10 people`."""
    people = number(sentence)
    return problem("choose", people, num(2)) if people is not None else None


@frame("PROBABILITY PRIME", may="PICK INTEGERS")
@frame("PROBABILITY EVEN", may="PICK INTEGERS")
@frame("PROBABILITY ODD", may="PICK INTEGERS")
@frame("PROBABILITY PERFECT_SQUARE", may="PICK INTEGERS")
def random_number(sentence: Sentence, _context: Context) -> Reading:
    """`probability that a random number from 1 to 10 is prime`."""
    sentence.take(lambda n: n == Node("name", text="n"))
    pair = sentence.take(lambda n: n.head == "items" and len(n.args) == 2, role="between from")
    low, high = (
        pair.args if pair is not None else (number(sentence, "from between"), number(sentence, "to and"))
    )
    kind = next(k for k in ("PRIME", "EVEN", "ODD", "PERFECT_SQUARE") if sentence.has(k))
    if (
        low is None
        or high is None
        or not (low.text.isdigit() and high.text.isdigit() and int(high.text) < 10_000)
    ):
        return None
    return problem("numbers_between", low, high, kind=kind, base=1, asked="share")
