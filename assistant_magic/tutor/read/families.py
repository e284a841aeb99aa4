"""Frames of families of numbers: the first 5 primes, square numbers up to 50, the 100th odd number, their sum or mean."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, num, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number, is_row
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence

_KINDS = (
    "EVEN",
    "ODD",
    "PERFECT_SQUARE",
    "PERFECT_CUBE",
    "TRIANGULAR",
    "PRIME",
    "MULTIPLES",
    "INTEGERS",
    "FACTORS",
)
_ASKED = {"SUM": "sum", "ADD": "sum", "MEAN": "mean", "HOW_MANY": "count", "PRODUCT": "product"}
_WORDS = "LIST INTEGERS POSITIVE SUM ADD MEAN HOW_MANY PRODUCT LESS_THAN LARGER FIRST INCLUDING SEQUENCE TERM"
_MOST = 1_000
_WHOLE_HEADS = frozenset({"add", "mul", "pow"})


def _whole(node: Node | None) -> int | None:
    return int(node.text) if node is not None and node.head == "num" and node.text.isdigit() else None


def _asked(sentence: Sentence) -> str:
    return next((how for concept, how in _ASKED.items() if sentence.has(concept)), "list")


def _ends(sentence: Sentence) -> tuple[int, int] | None:
    """`between 1 and 50`, `from 20 to 40`, `up to 30`, `less than 100`."""
    pair = sentence.take(lambda n: is_row(n) and len(n.args) == 2, role="between from")
    low, high = pair.args if pair else (number(sentence, "between from"), number(sentence, "to and"))
    if high is None:
        below = number(sentence, "under than") or (number(sentence) if sentence.has("LESS_THAN") else None)
        limit = _whole(below)
        return (1, limit - 1) if limit is not None else None
    first, last = _whole(low) if low is not None else 1, _whole(high)
    return (first, last) if first is not None and last is not None else None


def _family(sentence: Sentence) -> tuple[str, int] | None:
    """The kind of numbers, and of what they are multiples."""
    found = [k for k in _KINDS if sentence.has(k)]
    if "INTEGERS" in found and len(found) > 1:
        found.remove("INTEGERS")
    if len(found) != 1 or found[0] == "FACTORS":
        return None
    if found[0] != "MULTIPLES":
        return found[0], 1
    base = _whole(number(sentence, "of"))
    return (found[0], base) if base else None


def _listed(sentence: Sentence, _context: Context) -> Reading:
    """`list the cube numbers less than 100`, `sum of the first 20 odd numbers`."""
    family = _family(sentence)
    if family is None:
        return None
    if sentence.has("FIRST"):
        count = _whole(number(sentence))
        if count is None or count > _MOST:
            return None
        return problem("numbers_first", num(count), kind=family[0], base=family[1], asked=_asked(sentence))
    ends = _ends(sentence)
    if ends is None or ends[1] > 10 * _MOST:
        return None
    low, high = (num(end) for end in ends)
    return problem("numbers_between", low, high, kind=family[0], base=family[1], asked=_asked(sentence))


def _one(sentence: Sentence, _context: Context) -> Reading:
    """`the 100th odd number`."""
    family, place = _family(sentence), int(sentence.value("ORDINAL"))
    if family is None or not 0 < place <= _MOST or sentence.chunks_of_numbers:
        return None
    return problem("numbers_nth", num(place), kind=family[0], base=family[1])


for _kind in _KINDS[:-1]:
    frame(_kind, may=_WORDS)(_listed)
    frame(f"{_kind} FIRST", may=_WORDS)(_listed)
    frame(f"{_kind} LESS_THAN", may=_WORDS)(_listed)
    frame(f"{_kind} HOW_MANY", may=_WORDS)(_listed)
    for _how in ("SUM", "MEAN"):
        frame(f"{_kind} {_how}", may=_WORDS)(_listed)
    if _kind not in {"INTEGERS", "MULTIPLES"}:
        frame(f"{_kind} ORDINAL", may="POSITIVE INTEGERS")(_one)


@frame("PRIME SMALLER", may="LARGER MORE_THAN FIRST NEXT REL")
@frame("PRIME LARGER", may="SMALLER LESS_THAN REL")
@frame("PRIME FIRST", may="LARGER MORE_THAN NEXT REL")
@frame("PRIME MORE_THAN", may="SMALLER FIRST NEXT")
def neighbouring_prime(sentence: Sentence, _context: Context) -> Reading:
    """`smallest prime bigger than 50`, `largest prime below 50`."""
    told = sentence.has("MORE_THAN") or sentence.has("LESS_THAN") or sentence.has("REL")
    bound = sentence.take(is_number, role="" if told else "after under than")
    if bound is None:
        return None
    words = " ".join(sentence.texts("LARGER") + sentence.texts("SMALLER"))
    below = words.startswith(("largest", "biggest", "greatest"))
    return problem("prime_before" if below else "next_prime", bound)


@frame("FACTOR_OF PRIME LARGER")
@frame("FACTOR_OF PRIME SMALLER")
@frame("PRIME_FACTORS LARGER")
@frame("PRIME_FACTORS SMALLER")
@frame("FACTOR PRIME LARGER")
@frame("FACTOR PRIME SMALLER")
def extreme_factor(sentence: Sentence, _context: Context) -> Reading:
    """`largest prime factor of 91`."""
    node = number(sentence)
    if node is None:
        return None
    return problem("largest_prime_factor" if sentence.has("LARGER") else "smallest_prime_factor", node)


@frame("UNITS_DIGIT")
def units_digit(sentence: Sentence, _context: Context) -> Reading:
    """`the units digit of 7^4`."""
    node = number(sentence)
    if node is None or not all(n.head in _WHOLE_HEADS or n.text.isdigit() for n in walk(node)):
        return None
    return problem("evaluate", Node("call", (node, num(10)), "Mod"))


@frame("COPRIME", may="YES_NO")
def coprime(sentence: Sentence, _context: Context) -> Reading:
    """`are 8 and 15 coprime`."""
    pair = sentence.take(lambda n: is_row(n) and len(n.args) == 2)
    return problem("coprime", *pair.args) if pair is not None else None


@frame("SQUARE", may="YES_NO")
@frame("CUBE", may="YES_NO")
def is_figurate(sentence: Sentence, _context: Context) -> Reading:
    """`is 121 square`, `is 27 a cube`."""
    node = number(sentence) if sentence.begins_with("is") else None
    if node is None:
        return None
    return problem("is_square" if sentence.has("SQUARE") else "is_cube", node)


@frame("DIVIDE", may="YES_NO EQUALLY EXACTLY")
def divides(sentence: Sentence, _context: Context) -> Reading:
    """`does 7 divide 91`."""
    if not sentence.begins_with("does", "do", "will", "would", "can") or any(
        p.role == "by" for p in sentence.chunks
    ):
        return None
    small, big = number(sentence), number(sentence)
    return problem("divides", small, big) if small is not None and big is not None else None


@frame("SMALLER DIVISIBLE", may="INTEGERS POSITIVE BOTH")
def smallest_multiple(sentence: Sentence, _context: Context) -> Reading:
    """`the smallest number divisible by 4 and 6`."""
    row = sentence.take(is_row)
    return problem("lcm", Node("list", row.args)) if row is not None and len(row.args) > 1 else None
