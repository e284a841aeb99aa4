"""Frames of probability and counting: coins, dice, bags, choices and arrangements."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, call, num
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number
from assistant_magic.tutor.read.pieces import number, numbers
from assistant_magic.tutor.read.sentence import Sentence

_THROWN = "PROBABILITY THROW FAIR BOTH DIFFERENT MULTIPLY"


def _half() -> Node:
    return Node("div", (num(1), num(2)))


@frame("COIN HEADS", may=f"{_THROWN} AT_LEAST AT_MOST EXACTLY ALL BOTH")
@frame("COIN TAILS", may=f"{_THROWN} AT_LEAST AT_MOST EXACTLY ALL BOTH")
def coins(sentence: Sentence, _context: Context) -> Reading:
    """`two fair coins are flipped, whats the chance both are heads`."""
    face = "HEADS" if sentence.has("HEADS") else "TAILS"
    wanted = sentence.number_before(face)
    others = list(numbers(sentence))
    if wanted is not None:
        others.remove(wanted)
    if wanted is not None and not others:
        others = [num(1)] if sentence.text("COIN").endswith("coin") else []
    count = (
        others[0]
        if len(others) == 1
        else num(1)
        if not others and "coins" not in sentence.text("COIN")
        else None
    )
    if count is None:
        return None
    if wanted is None:
        wanted = count if sentence.has("ALL") or sentence.has("BOTH") or count == num(1) else None
    if wanted is None or not _sensible(wanted, count):
        return None
    task = "at_least" if sentence.has("AT_LEAST") else "at_most" if sentence.has("AT_MOST") else "exactly"
    return problem(f"binomial_{task}", count, wanted, _half())


def _sensible(wanted: Node, count: Node) -> bool:
    return wanted.text.isdigit() and count.text.isdigit() and int(wanted.text) <= int(count.text) <= 1000


@frame("DICE SUM", may=_THROWN)
@frame("DICE ADD", may=_THROWN)
@frame("DICE SUM MORE_THAN", may=_THROWN)
@frame("DICE SUM LESS_THAN", may=_THROWN)
@frame("DICE SUM AT_LEAST", may=_THROWN)
def dice_total(sentence: Sentence, _context: Context) -> Reading:
    """`two fair dice are thrown, probability that the sum is 7`."""
    thrown = sentence.number_before("DICE")
    found = tuple(numbers(sentence))
    if thrown is not None and len(found) == 2 and found[1] == thrown:
        found = found[::-1]
    if len(found) != 2 or found[0] not in (num(2), num(3)):
        return None
    sign = (
        ">"
        if sentence.has("MORE_THAN")
        else "<"
        if sentence.has("LESS_THAN")
        else ">="
        if sentence.has("AT_LEAST")
        else "=="
    )
    return problem("dice_sum", *found, sign=sign)


def _beyond(bound: Node) -> Reading:
    """`a number greater than 4`, on one die."""
    if not bound.args[1].text.isdigit():
        return None
    face = int(bound.args[1].text)
    hits = {"Gt": 6 - face, "Lt": face - 1, "Ge": 7 - face, "Le": face}[bound.head]
    return problem("evaluate", Node("div", (num(hits), num(6)))) if 0 <= hits <= 6 else None


_FACES = {"EVEN": 3, "ODD": 3, "PRIME": 3}


@frame("SUM")
def other_total(sentence: Sentence, context: Context) -> Reading:
    """`total 12?` of the same dice."""
    last = context.problem
    total = number(sentence)
    if last is None or last.task != "dice_sum" or total is None:
        return None
    return problem("dice_sum", last.nodes[0], total, **last.options)


@frame("DICE", may=f"{_THROWN} EVEN ODD PRIME MORE_THAN LESS_THAN AT_LEAST")
def one_die(sentence: Sentence, _context: Context) -> Reading:
    """`probability of rolling a 6 on a fair die`, `an even number`."""
    sentence.take(lambda n: n == Node("name", text="n"))  # "a number less than 3"
    bound = sentence.take(
        lambda n: n.head in {"Gt", "Lt", "Ge", "Le"} and n.args[0] == Node("name", text="n")
    )
    if bound is not None:
        return _beyond(bound)
    thrown = sentence.number_before("DICE")
    found = [n for n in numbers(sentence) if n.text.isdigit()]
    if thrown == num(1) and len(found) > 1:
        found.remove(thrown)  # "roll one die"
    if sentence.text("DICE").endswith("dice") and len(found) > 1:
        return None
    kind = next((k for k in _FACES if sentence.has(k)), "")
    if kind:
        return problem("evaluate", Node("div", (num(_FACES[kind]), num(6)))) if not found else None
    if len(found) != 1 or not 1 <= int(found[0].text) <= 6:
        return None
    face = int(found[0].text)
    hits = (
        6 - face
        if sentence.has("MORE_THAN")
        else face - 1
        if sentence.has("LESS_THAN")
        else 7 - face
        if sentence.has("AT_LEAST")
        else 1
    )
    return problem("evaluate", Node("div", (num(hits), num(6))))


@frame("BAG COLOUR", may="BALLS PROBABILITY PICK OBJECTS EVENT SUM CONTAINS")
@frame("BALLS COLOUR", may="BAG PROBABILITY PICK EVENT SUM")
def from_bag(sentence: Sentence, _context: Context) -> Reading:
    """`a bag has 3 red and 5 blue balls, i pick one. P(red)?`."""
    counts = dict(sentence.counted("COLOUR"))
    wanted = sentence.event or sentence.texts("COLOUR")[-1]
    negated = wanted.startswith("not ")
    wanted = wanted.removeprefix("not ")
    sentence.take_all(is_number)
    if wanted not in counts or len(counts) < 2:
        return None
    total = sum(counts.values())
    hits = total - counts[wanted] if negated else counts[wanted]
    return problem(
        "evaluate", Node("div", (num(hits), num(total))), hits=hits, total=total, counts=counts, wanted=wanted
    )


@frame("", may="PROBABILITY")
@frame("COLOUR", may="PROBABILITY EVENT NOT")
def other_colour(sentence: Sentence, context: Context) -> Reading:
    """`P(green)?` of the same bag."""
    last = context.problem
    asked = sentence.take(lambda n: n.head == "name" and n.text.startswith("P("))
    wanted = asked.text[2:-1] if asked is not None else sentence.text("COLOUR")
    counts = dict(last.options.get("counts", {})) if last is not None else {}
    if not counts or wanted.removeprefix("not ") not in counts:
        return None
    total = sum(counts.values())
    hits = counts[wanted.removeprefix("not ")]
    negated = wanted.startswith("not ") or sentence.has("NOT")
    share = Node("div", (num(total - hits if negated else hits), num(total)))
    return problem("evaluate", share, counts=counts, wanted=wanted.removeprefix("not "))


@frame("COLOUR PICK", may="PROBABILITY EVENT BALLS")
def from_smaller_bag(sentence: Sentence, context: Context) -> Reading:
    """`a red one has been taken out already, P(red) now`."""
    last = context.problem
    if last is None or "counts" not in last.options:
        return None
    gone = sentence.text("COLOUR")
    counts = dict(last.options["counts"])
    wanted = sentence.event or str(last.options["wanted"])
    if counts.get(gone, 0) < 1 or wanted not in counts:
        return None
    counts[gone] -= 1
    total = sum(counts.values())
    sentence.take_all(is_number)
    return problem("evaluate", Node("div", (num(counts[wanted]), num(total))), counts=counts, wanted=wanted)


def _events(sentence: Sentence) -> dict[str, Node]:
    """`P(A) = 0.35` and the like."""
    found: dict[str, Node] = {}
    while (
        node := sentence.take(
            lambda n: n.head == "Eq" and n.args[0].text.startswith("P(") and is_number(n.args[1])
        )
    ) is not None:
        found[node.args[0].text] = node.args[1]
    rows = sentence.take(
        lambda n: (
            n.head == "items" and all(a.head == "Eq" and a.args[0].text.startswith("P(") for a in n.args)
        )
    )
    if rows is not None:
        found.update({a.args[0].text: a.args[1] for a in rows.args})
    return found


@frame("PROBABILITY NOT")
@frame("NOT")
def complement(sentence: Sentence, _context: Context) -> Reading:
    """`P(A) = 0.7, find the probability of not A`."""
    known = _events(sentence)
    event = sentence.take(lambda n: n.head == "name")
    value = known.get(f"P({event.text})") if event is not None else None
    return (
        problem("evaluate", Node("sub", (num(1), value))) if value is not None and len(known) == 1 else None
    )


@frame("", may="INDEPENDENT EXCLUSIVE EVENT_NAMES PROBABILITY")
def events(sentence: Sentence, context: Context) -> Reading:
    """`P(A) = 0.35. P(not A) = ?`, `A and B are independent, P(A)=0.4, P(B)=0.5 → P(A and B)`."""
    kept = {
        key: value for key in context.names if key.startswith("P(") and (value := context.definition(key))
    }
    known = {**kept, **_events(sentence)}
    asked = sentence.take(lambda n: n.head == "name" and n.text.startswith("P("))
    sentence.take_all(
        lambda n: n.head == "name" or (n.head == "items" and all(a.head == "name" for a in n.args))
    )
    if asked is None or not known:
        return None
    return _event_value(asked.text, known, sentence)


def _event_value(asked: str, known: dict[str, Node], sentence: Sentence) -> Problem | None:
    inner = asked[2:-1]
    if inner.startswith("not ") and f"P({inner[4:]})" in known:
        return problem("evaluate", Node("sub", (num(1), known[f"P({inner[4:]})"])))
    for joint in (" and ", " or "):
        one, found, other = inner.partition(joint)
        if not found or f"P({one})" not in known or f"P({other})" not in known:
            continue
        a, b = known[f"P({one})"], known[f"P({other})"]
        both = known.get(f"P({one} and {other})") or (
            Node("mul", (a, b)) if sentence.has("INDEPENDENT") else None
        )
        if joint == " and ":
            return problem("evaluate", both) if both is not None else None
        if sentence.has("EXCLUSIVE"):
            return problem("evaluate", Node("add", (a, b)))
        return problem("evaluate", Node("sub", (Node("add", (a, b)), both))) if both is not None else None
    return None


@frame("CHOOSE_WAYS", may="WAYS OBJECTS HOW_MANY DIFFERENT")
def choices(sentence: Sentence, _context: Context) -> Reading:
    """`how many ways to choose 3 from 10`, `nCr(10,3)`."""
    pool = number(sentence, "from out") or number(sentence, "of")
    picked = number(sentence)
    if pool is None or picked is None:
        return None
    return problem("choose", pool, picked)


@frame("PERMUTATIONS", may="WAYS OBJECTS HOW_MANY DIFFERENT")
def permutations(sentence: Sentence, _context: Context) -> Reading:
    """`permutations of 3 from 7`."""
    found = numbers(sentence)
    if len(found) == 1:
        return problem("arrange", found[0])
    return problem("permute", *sorted(found, key=lambda n: -int(n.text))) if len(found) == 2 else None


@frame("LETTERS", may="ORDER WAYS WORD_NOUN HOW_MANY DIFFERENT REARRANGE PERMUTATIONS", free=True)
@frame("WORD_NOUN WAYS", may="ORDER HOW_MANY DIFFERENT REARRANGE LETTERS", free=True)
@frame("WORD_NOUN ORDER", may="WAYS HOW_MANY DIFFERENT REARRANGE LETTERS", free=True)
def letters(sentence: Sentence, _context: Context) -> Reading:
    """`rearrange the letters of BANANA, how many different orders`."""
    words = [w for w in sentence.unknown if w.isalpha()]
    if len(words) != 1 or len(words[0]) > 40:
        return None
    return problem("arrange_letters", word=words[0].upper())


@frame("WAYS", may="ORDER OBJECTS HOW_MANY DIFFERENT ROWS LINE")
@frame("ORDER", may="WAYS OBJECTS HOW_MANY DIFFERENT ROWS LINE")
def arrangements(sentence: Sentence, _context: Context) -> Reading:
    """`number of ways to arrange 5 different books on a shelf`."""
    count = number(sentence)
    if count is None or not (sentence.has("OBJECTS") or sentence.has("HOW_MANY")):
        return None
    return problem("arrange", count)


@frame("IDENTICAL", may="OBJECTS DIFFERENT")
def some_identical(sentence: Sentence, context: Context) -> Reading:
    """`if 2 of them are identical`."""
    last = context.problem
    count = number(sentence)
    if last is None or last.task != "arrange" or count is None:
        return None
    return problem("evaluate", Node("div", (call("factorial", last.nodes[0]), call("factorial", count))))
