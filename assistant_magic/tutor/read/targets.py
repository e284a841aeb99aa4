"""Frames that ask for what is missing: what to add to get 100, the price before a rise, 5/9 of which number."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, name, num
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number, is_percent, is_plain
from assistant_magic.tutor.read.pieces import number
from assistant_magic.tutor.read.sentence import Sentence

_FALLS = ("DECREASE", "DISCOUNT")


@frame("ADD TO_GET", may="WHAT_NUMBER MORE_THAN")
@frame("SUBTRACT TO_GET", may="WHAT_NUMBER AWAY")
@frame("MULTIPLY TO_GET", may="WHAT_NUMBER")
@frame("DIVIDE TO_GET", may="WHAT_NUMBER")
def aimed_at(sentence: Sentence, _context: Context) -> Reading:
    """`what must i add to 37 to get 100`, `what do i divide 72 by to get 9`."""
    wanted = sentence.number_after("TO_GET")
    sentence.take(lambda n: n == wanted)
    given = number(sentence)
    if wanted is None or given is None:
        return None
    if sentence.has("ADD"):
        return problem("evaluate", Node("sub", (wanted, given)))
    if sentence.has("SUBTRACT"):
        return problem("evaluate", Node("sub", (given, wanted)))
    pair = (wanted, given) if sentence.has("MULTIPLY") else (given, wanted)
    return problem("evaluate", Node("div", pair))


@frame("WHAT_NUMBER", may="PRICE")
@frame("WHAT_FRACTION", may="PRICE")
def fraction_of_what(sentence: Sentence, _context: Context) -> Reading:
    """`5/9 of what number is 20`."""
    share = sentence.take(lambda n: n.head == "div" and is_number(n))
    part = sentence.take(is_plain)
    if share is None or part is None or not sentence.text("WHAT_NUMBER").startswith("of"):
        return None
    return problem("evaluate", Node("div", (part, share)))


@frame("ORIGINAL INCREASE", may="PRICE NEW TAX")
@frame("ORIGINAL DECREASE", may="PRICE NEW DISCOUNT")
@frame("ORIGINAL DISCOUNT", may="PRICE NEW DECREASE AWAY")
@frame("ORIGINAL TAX", may="PRICE NEW INCREASE INCLUDING")
def before_change(sentence: Sentence, _context: Context) -> Reading:
    """`after a 20% increase the price is 60, what was it before`; `original price 80, 25% off` goes forward."""
    if sentence.text("ORIGINAL") == "before" and not sentence.says("what was", "what were", "whats it"):
        return None  # "before tax the price is 50": nothing earlier is asked for
    rate = sentence.take(is_percent)
    known = sentence.number_after("ORIGINAL")
    amount = sentence.take(is_plain)
    if rate is None or amount is None or (known is not None and is_percent(known) and sentence.says("now")):
        return None  # "the price before 20% off is 80, what is it now"
    head = "sub" if any(sentence.has(c) for c in _FALLS) else "add"
    if known == amount:
        return replace(
            problem("evaluate", Node(head, (amount, Node("mul", (rate, amount), "of")))), form="decimal"
        )
    return replace(problem("evaluate", Node("div", (amount, Node(head, (num(1), rate))))), form="decimal")


@frame("HOW_MANY PLURAL", may="DIVISIBLE")
def how_many_in(sentence: Sentence, _context: Context) -> Reading:
    """`how many 8s are in 96`."""
    small, big = number(sentence), number(sentence)
    return problem("evaluate", Node("div", (big, small))) if small is not None and big is not None else None


@frame("POWER_WORD", may="SINGLE_FRACTION CONVERT")
def single_power(sentence: Sentence, _context: Context) -> Reading:
    """`2^5 * 2^3 as a power of 2`, `as a single power`; `what power of 2 gives 64`."""
    node = sentence.take(lambda n: n.head in {"mul", "div", "pow"} and is_number(n) and bool(_bases(n)))
    base = sentence.take(is_number, role="of as") or (sentence.take(is_number) if node is None else None)
    if node is None:
        node = sentence.take(is_number)
        if node is None or base is None or node.head != "num" or base.head != "num":
            return None
        if sentence.begins_with("what", "whats", "which", "to what"):
            return problem("solve", Node("Eq", (Node("pow", (base, name("n"))), node)), variable="n")
        return problem("single_power", node, base=base.text)
    bases = _bases(node)
    if base is None and len(bases) != 1:
        return None
    return problem("single_power", node, base=base.text if base is not None else next(iter(bases)))


def _bases(node: Node) -> set[str]:
    """The bases of the powers a product is made of."""
    if node.head == "pow":
        return _bases(node.args[0]) or ({node.args[0].text} if node.args[0].head == "num" else set())
    if node.head in {"mul", "div"}:
        return _bases(node.args[0]) | _bases(node.args[1])
    return set()


@frame("AS_FRACTION", may="CONVERT REARRANGE SIMPLEST SIMPLIFY")
def as_fraction_of(sentence: Sentence, _context: Context) -> Reading:
    """`express 25 as a fraction of 40`."""
    return _share(sentence, "fraction")


@frame("AS_PERCENT CONVERT", may="REARRANGE")
@frame("AS_PERCENT REARRANGE", may="CONVERT")
def as_percent_of(sentence: Sentence, _context: Context) -> Reading:
    """`express 9 out of 12 as a percentage`."""
    return _share(sentence, "percent")


def _share(sentence: Sentence, form: str) -> Reading:
    """One number as a part of another one."""
    whole, part = number(sentence, "of out"), number(sentence)
    if whole is None or part is None:
        return None
    return replace(problem("evaluate", Node("div", (part, whole))), form=form)


@frame("COMMON DENOMINATOR", may="AS_FRACTION SMALLER")
def common_denominator(sentence: Sentence, _context: Context) -> Reading:
    """`common denominator of 2/3 and 5/8`."""
    row = sentence.take(lambda n: n.head == "items" and all(a.head == "div" and is_number(a) for a in n.args))
    return problem("lcm", Node("list", tuple(a.args[1] for a in row.args))) if row is not None else None


@frame("SAME AS_FRACTION DENOMINATOR", may="CONVERT")
@frame("DENOMINATOR", may="CONVERT AS_FRACTION")
def with_denominator(sentence: Sentence, _context: Context) -> Reading:
    """`equivalent fraction of 2/3 with denominator 12`."""
    known = sentence.take(lambda n: n.head == "div" and is_number(n))
    below = number(sentence)
    if known is None or below is None:
        return None
    return problem("solve", Node("Eq", (known, Node("div", (name("box"), below)))), variable="box")


@frame("ROUND_UP")
@frame("ROUND_DOWN")
def whole_neighbour(sentence: Sentence, context: Context) -> Reading:
    """`round down 7.9`."""
    node = number(sentence) or context.result()
    if node is None or sentence.rounding:
        return None
    return problem("evaluate", Node("call", (node,), "ceiling" if sentence.has("ROUND_UP") else "floor"))


@frame("ESTIMATE", may="CORRECT AS_DECIMAL")
def estimated(sentence: Sentence, _context: Context) -> Reading:
    """`estimate 48 x 21`: each number to one figure, or the value rounded where a place is named."""
    node = sentence.take(is_number)
    rounding = sentence.rounding
    if node is None or (node.head == "num" and not rounding):
        return None
    if rounding and tuple(str(r) for r in rounding) != ("figures", "1"):
        return problem("evaluate", node)
    rough = _rough(node)
    return problem("evaluate", rough, estimate=str(node)) if rough is not None else None


def _rough(node: Node) -> Node | None:
    if node.head == "num":
        from decimal import ROUND_HALF_UP, Decimal

        value = Decimal(node.text)
        if not value:
            return node
        rounded = value.quantize(Decimal(1).scaleb(value.adjusted()), ROUND_HALF_UP)
        return num(format(rounded, "f"))
    if node.head not in {"add", "sub", "mul", "div"}:
        return None
    sides = [_rough(a) for a in node.args]
    return None if None in sides else Node(node.head, tuple(s for s in sides if s is not None), node.text)
