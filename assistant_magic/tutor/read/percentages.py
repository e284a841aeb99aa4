"""Frames of percentages, money and interest."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import Node, num
from assistant_magic.tutor.problems import Problem, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_percent, is_plain
from assistant_magic.tutor.read.pieces import number, numbers
from assistant_magic.tutor.read.sentence import Sentence


def _amount(given: Node, base: Node) -> Node:
    """`by 5` is 5; `by a fifth` is a fifth of what is changed."""
    fraction = given.head == "div" and given.text == "vulgar"
    return _times(given, base) if fraction else given


def _times(one: Node, other: Node) -> Node:
    return Node("mul", (one, other), "of")


def _hundredfold(node: Node) -> Node:
    return Node("mul", (node, num(100)))


@frame("INCREASE", may="PRICE NEW")
@frame("TAX", may="PRICE INCREASE ADD ORDER")
def increased(sentence: Sentence, context: Context) -> Reading:
    """`increase 80 by 15%`, `put 20% VAT on top of 350`."""
    part = sentence.begins_with("how much", "what is", "whats", "what's", "find", "calculate", "work out")
    with_it = "top" in sentence.text("TAX") or any(sentence.has(c) for c in ("PRICE", "ADD", "INCREASE"))
    if part and sentence.has("TAX") and not with_it:
        return part_of(sentence, context)  # "how much is 20% VAT on 350": the tax alone
    rate = sentence.take(is_percent)
    base = sentence.take(is_plain, role="to of on") or sentence.take(is_plain)
    base = base if base is not None else context.result()
    if rate is None or base is None:
        amount = sentence.take(is_plain) if base is not None else None
        return (
            problem("evaluate", Node("add", (base, _amount(amount, base))))
            if base is not None and amount is not None
            else None
        )
    return replace(problem("evaluate", Node("add", (base, _times(rate, base)))), form="decimal")


@frame("TAX", may="PRICE")
def with_tax(sentence: Sentence, _context: Context) -> Reading:
    """`£35 plus 20% vat`: hundredths of the price, not of one."""
    node = sentence.take(lambda n: n.head == "either")
    return replace(problem("evaluate", node.args[1]), form="decimal") if node is not None else None


@frame("DECREASE", may="PRICE DISCOUNT NEW")
@frame("DISCOUNT", may="PRICE DECREASE SUBTRACT AWAY NEW")
def decreased(sentence: Sentence, context: Context) -> Reading:
    """`decrease it by 15%`, `a $120 jacket with 30% off`."""
    rate = sentence.take(is_percent)
    base = sentence.take(is_plain)
    base = base if base is not None else context.result()
    if base is None or rate is None:
        return None
    return replace(problem("evaluate", Node("sub", (base, _times(rate, base)))), form="decimal")


@frame("DECREASE")
def lowered(sentence: Sentence, context: Context) -> Reading:
    """`decrease 80 by 5`."""
    amount = sentence.take(is_plain, role="by")
    base = sentence.take(is_plain)
    base = base if base is not None else context.result()
    return (
        problem("evaluate", Node("sub", (base, _amount(amount, base))))
        if base is not None and amount is not None
        else None
    )


@frame("TIP", may="PRICE TAX")
@frame("INTEREST", may="PRICE")
def part_of(sentence: Sentence, context: Context) -> Reading:
    """`how big is an 18 percent tip on a $45 bill`."""
    rate = sentence.take(is_percent)
    base = sentence.take(is_plain)
    base = base if base is not None else context.result()
    if rate is None or base is None:
        return None
    return replace(problem("evaluate", _times(rate, base)), form="decimal")


@frame("", may="PRICE")
def percent_of_that(sentence: Sentence, context: Context) -> Reading:
    """`whats 5% of that`, `sorry 13%`."""
    product = sentence.take(
        lambda n: n.head == "mul" and n.text == "of" and any(is_percent(a) for a in n.args)
    )
    if product is not None:
        return replace(problem("evaluate", product), form="decimal")
    return None


@frame("WHAT_PERCENT", may="PRICE")
@frame("PERCENT_WORD", may="PRICE")
@frame("AS_PERCENT", may="PRICE")
def share_in_percent(sentence: Sentence, context: Context) -> Reading:
    """`15 is what percent of 60`, `18 out of 24 as a percent`."""
    whole = number(sentence, "of out")
    part = number(sentence)
    part = part if part is not None else context.result()
    if whole is None or part is None:
        return None
    return replace(problem("evaluate", Node("div", (part, whole))), form="percent")


@frame("")
def out_of(sentence: Sentence, context: Context) -> Reading:
    """`12 out of 24`: a percentage if the last one was."""
    whole = number(sentence, "out")
    part = number(sentence)
    if whole is None or part is None:
        return None
    last = context.problem
    return replace(problem("evaluate", Node("div", (part, whole))), form=last.form if last else "fraction")


@frame("WHAT_FRACTION")
def share_as_fraction(sentence: Sentence, context: Context) -> Reading:
    """`what fraction of the 180 is this`."""
    whole = number(sentence, "of out")
    part = number(sentence)
    part = part if part is not None else context.result()
    if whole is None or part is None:
        return None
    return replace(problem("evaluate", Node("div", (part, whole))), form="fraction")


@frame("WHAT_NUMBER", may="PRICE")
@frame("", may="PRICE")
def whole_of(sentence: Sentence, _context: Context) -> Reading:
    """`80 is 40% of what number`."""
    rate = sentence.take(is_percent)
    part = sentence.take(is_plain)
    if rate is None or part is None or not sentence.has("WHAT_NUMBER"):
        return None
    if sentence.role_of("WHAT_NUMBER") != "of" and not sentence.text("WHAT_NUMBER").startswith("of"):
        return None
    return replace(problem("evaluate", Node("div", (part, rate))), form="decimal")


@frame("PERCENT_CHANGE", may="PRICE INCREASE DECREASE DIFFERENCE")
@frame("WHAT_PERCENT INCREASE", may="PRICE")
@frame("WHAT_PERCENT DECREASE", may="PRICE")
def change(sentence: Sentence, _context: Context) -> Reading:
    """`percent change going from 250 to 210`."""
    new = number(sentence, "to and")
    old = number(sentence)
    pair = (old, new) if new is not None else numbers(sentence)
    if old is not None and new is None:
        pair = (old, *pair)
    if len(pair) != 2 or pair[0] is None or pair[1] is None:
        return None
    return _changed(pair[0], pair[1])


def _changed(before: Node, after: Node) -> Problem:
    share = Node("div", (Node("sub", (after, before)), before))
    return replace(problem("evaluate", share, change=True), form="percent")


@frame("")
def changed_again(sentence: Sentence, context: Context) -> Reading:
    """`and going back from 80 to 64?` after a percentage change."""
    last = context.problem
    before, after = number(sentence, "from"), number(sentence, "to")
    if last is None or not last.options.get("change") or before is None or after is None:
        return None
    return _changed(before, after)


@frame("SIMPLE_INTEREST", may="PER_YEAR YEARS INVEST PRICE INTEREST")
@frame("COMPOUND", may="PER_YEAR YEARS INVEST PRICE INTEREST")
def interest(sentence: Sentence, _context: Context) -> Reading:
    """`simple interest on 500 at 4% per year for 3 years`."""
    rate = sentence.take(is_percent)
    years = sentence.take(lambda n: n.head == "quantity" and n.text == "year") or sentence.take(
        is_plain, role="for over after"
    )
    principal = sentence.take(is_plain) or sentence.take(is_plain)
    if rate is None or years is None or principal is None:
        return None
    time = years.args[0] if years.head == "quantity" else years
    if sentence.has("COMPOUND"):
        amount = Node("mul", (principal, Node("pow", (Node("add", (num(1), rate)), time))))
        wanted = amount if sentence.has("INVEST") else Node("sub", (amount, principal))
        return replace(problem("evaluate", wanted), form="decimal")
    return replace(problem("evaluate", Node("mul", (Node("mul", (principal, rate)), time))), form="decimal")
