"""Frames of statistics."""

from __future__ import annotations

from collections.abc import Callable

from assistant_magic.tutor.expressions import Node, listed, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_name, is_number
from assistant_magic.tutor.read.pieces import numbers, row
from assistant_magic.tutor.read.sentence import Sentence


def _of_data(task: str, **options: object) -> Callable[[Sentence, Context], Reading]:
    def build(sentence: Sentence, context: Context) -> Reading:
        data = row(sentence, context)
        return problem(task, data, **options) if data is not None else None

    return build


_WORDS = "DATA LIST ADD NEW SAME"
frame("MEAN", may=_WORDS)(_of_data("mean"))
frame("MEDIAN", may=_WORDS)(_of_data("median"))
frame("MODE", may=_WORDS)(_of_data("mode"))
frame("RANGE", may=f"{_WORDS} SPREAD")(_of_data("spread"))
frame("SPREAD", may=f"{_WORDS} RANGE LARGER SMALLER")(_of_data("spread"))
frame("VARIANCE", may=f"{_WORDS} POPULATION")(_of_data("variance", lost=0))
frame("STDEV", may=f"{_WORDS} POPULATION")(_of_data("deviation", lost=0))
frame("GEOMETRIC_MEAN", may=_WORDS)(_of_data("geometric_mean"))
frame("HARMONIC_MEAN", may=_WORDS)(_of_data("harmonic_mean"))


frame("QUARTILE", may=_WORDS)(_of_data("quartiles"))
frame("LOWER_QUARTILE", may=_WORDS)(_of_data("quartile", which=0))
frame("UPPER_QUARTILE", may=_WORDS)(_of_data("quartile", which=2))
frame("QUARTILE_RANGE", may=_WORDS)(_of_data("quartile_range"))


@frame("SAMPLE VARIANCE", may=f"{_WORDS} DIVIDE")
@frame("SAMPLE STDEV", may=f"{_WORDS} DIVIDE")
def of_sample(sentence: Sentence, context: Context) -> Reading:
    """`sample variance, divide by n−1`."""
    sentence.take(lambda n: n.head in {"name", "pow"} and str(n) in {"s", "s**2"})
    sentence.take(lambda n: str(n) in {"n - 1", "n"})
    data = row(sentence, context)
    task = "variance" if sentence.has("VARIANCE") else "deviation"
    return problem(task, data, lost=1) if data is not None else None


@frame("WEIGHTED", may="MEAN WEIGHT DATA")
@frame("WEIGHT MEAN", may="DATA")
def weighted(sentence: Sentence, _context: Context) -> Reading:
    """`weighted mean: 80 with weight 3, 90 with weight 2`."""
    weights: list[Node] = []
    values: list[Node] = []
    for after_weight, node in sentence.numbers_after("WEIGHT"):
        (weights if after_weight else values).append(node)
    sentence.loose_numbers()
    if len(values) == len(weights) + 1 and not weights[1:]:
        return None
    if not values or len(values) != len(weights):
        return None
    return problem("weighted_mean", listed(*values), listed(*weights))


def _ending_in_equation(sentence: Sentence) -> Node | None:
    """`3, 4 and x is 5`: the last of the numbers is read as an equation with the mean."""
    return sentence.take(
        lambda n: n.head == "items" and n.args[-1].head == "Eq" and is_name(n.args[-1].args[0])
    )


@frame("MEAN", may="DATA WHAT_NUMBER")
def missing_value(sentence: Sentence, _context: Context) -> Reading:
    """`the four numbers 6, 8, 10 and n have mean 9. what is n`."""
    data = sentence.take(lambda n: n.head == "items" and any(is_name(a) for a in n.args))
    data = data if data is not None else _ending_in_equation(sentence)
    if data is not None and data.args[-1].head == "Eq":
        data, mean = Node("items", (*data.args[:-1], data.args[-1].args[0])), data.args[-1].args[1]
    else:
        mean = None
    if data is None or not all(is_name(a) or is_number(a) for a in data.args):
        return None
    letters = {a.text for a in data.args if is_name(a)}
    size = num(len(data.args))
    sentence.take(lambda n: n == size)
    mean = mean if mean is not None else sentence.take(is_number)
    sentence.take(is_name)
    if mean is None or len(letters) != 1:
        return None
    total = data.args[0]
    for part in data.args[1:]:
        total = Node("add", (total, part))
    return problem("solve", Node("Eq", (Node("div", (total, size)), mean)), variable=letters.pop())


@frame("MIDRANGE", may="DATA LIST")
@frame("SUM_OF_SQUARES", may="DATA LIST")
def of_row(sentence: Sentence, context: Context) -> Reading:
    """`midrange of 3, 11, 7`, `sum of squares of 1, 2, 3`."""
    if any(p.role == "to" for p in sentence.chunks):
        return None  # "the sum of squares 1 to 10" has more terms than it names
    data = row(sentence, context)
    if data is None:
        return None
    return problem("midrange" if sentence.has("MIDRANGE") else "sum_of_squares", data)


@frame("ZSCORE MEAN STDEV", may="DATA")
def standard_score(sentence: Sentence, _context: Context) -> Reading:
    """`z score of 85 with mean 70 and sd 10`."""
    mean, spread = sentence.number_after("MEAN"), sentence.number_after("STDEV")
    for known in (mean, spread):
        sentence.take(lambda n, known=known: n == known)  # type: ignore[misc]  # bound at once
    value = sentence.take(is_number)
    if mean is None or spread is None or value is None:
        return None
    return problem("evaluate", Node("div", (Node("sub", (value, mean)), spread)))


@frame("MEAN SUM", may="DATA")
def total_from_mean(sentence: Sentence, _context: Context) -> Reading:
    """`the mean of 5 numbers is 8, what is their total`."""
    mean = sentence.take(is_number, role="is")
    count = sentence.take(lambda n: n.head == "num" and n.text.isdigit())
    return problem("evaluate", Node("mul", (count, mean))) if mean is not None and count is not None else None


def _changed_list(sentence: Sentence, context: Context) -> tuple[str, list[Node]] | None:
    last = context.problem
    data = next((n for n in last.nodes if n.head == "list"), None) if last else None
    return (last.task, list(data.args)) if last is not None and data is not None else None


_STATISTICS = {"MEAN": "mean", "MEDIAN": "median", "MODE": "mode", "RANGE": "spread"}


@frame("ADD", may="LIST INCLUDING NEW MEAN MEDIAN MODE RANGE DATA")
@frame("INCLUDING", may="LIST MEAN MEDIAN MODE RANGE")
@frame("LIST", may="MEAN MEDIAN MODE RANGE ORDER")
def with_more(sentence: Sentence, context: Context) -> Reading:
    """`now put 18 in the list too`, `include 10 as well`."""
    known = _changed_list(sentence, context)
    more = numbers(sentence)
    if known is None or not more:
        return None
    task = next((t for c, t in _STATISTICS.items() if sentence.has(c)), known[0])
    return problem(task, listed(*known[1], *more))


@frame("REMOVE", may="LIST MEAN MEDIAN MODE RANGE DATA")
def with_less(sentence: Sentence, context: Context) -> Reading:
    """`throw the 3 out, whats the mean of the four left`."""
    known = _changed_list(sentence, context)
    less = numbers(sentence)
    if known is None or not less:
        return None
    data = list(known[1])
    if less[0] not in data:
        return None
    data.remove(less[0])
    if any(node != num(len(data)) for node in less[1:]):
        return None
    task = next((t for c, t in _STATISTICS.items() if sentence.has(c)), known[0])
    return problem(task, listed(*data))
