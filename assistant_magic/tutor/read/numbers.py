"""Frames of number theory and ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant_magic.tutor.expressions import Node, listed, num, parse
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_number, is_row
from assistant_magic.tutor.read.pieces import number, numbers, row
from assistant_magic.tutor.read.sentence import Sentence


def _whole(node: Node) -> bool:
    return (node.head == "num" and node.text.isdigit()) or (node.head == "neg" and _whole(node.args[0]))


def _number(sentence: Sentence, context: Context) -> Node | None:
    """The number that is talked about; 'its prime factors' are those of the last one."""
    found = sentence.take(is_number)
    if found is not None:
        return found
    if sentence.chunks and not all(p.node is not None and p.node.head == "ref" for p in sentence.chunks):
        return None
    last = context.problem
    asked = last.nodes[0] if last and last.of else None
    result = context.result()
    return (
        result
        if result is not None and _whole(result)
        else asked
        if asked is not None and is_number(asked)
        else None
    )


def _of_one(task: str) -> Callable[[Sentence, Context], Reading]:
    def build(sentence: Sentence, context: Context) -> Reading:
        if task.startswith("is_") and (sentence.begins_with("which") or sentence.says("next")):
            return None  # "which are even" asks for several, "the next square number" for another
        node = _number(sentence, context)
        return problem(task, node) if node is not None else None

    return build


frame("PRIME", may="YES_NO NUMBER COMPOSITE")(_of_one("is_prime"))
frame("COMPOSITE", may="YES_NO NUMBER")(_of_one("is_composite"))
frame("FACTORS", may="LIST")(_of_one("factors"))
frame("FACTORS HOW_MANY", may="DIFFERENT")(_of_one("factor_count"))


@frame("PRIME_FACTORS", may="CONVERT LIST FACTOR PRODUCT PRIME")
def prime_factors(sentence: Sentence, context: Context) -> Reading:
    """`prime factorisation of 360` is a product, `the prime factors` are a list."""
    listed_only = sentence.text("PRIME_FACTORS") == "prime factors" and not sentence.has("CONVERT")
    return _of_one("prime_factors" if listed_only and not sentence.has("PRODUCT") else "prime_factorisation")(
        sentence, context
    )


frame("PERFECT_SQUARE", may="YES_NO")(_of_one("is_square"))
frame("PERFECT_CUBE", may="YES_NO")(_of_one("is_cube"))
frame("EVEN", may="YES_NO")(_of_one("is_even"))
frame("ODD", may="YES_NO")(_of_one("is_odd"))
frame("FACTORIAL_WORD", may="")(_of_one("arrange"))
frame("DIGITS SUM", may="ADD")(_of_one("digit_sum"))
frame("NEXT PRIME", may="")(_of_one("next_prime"))


@frame("GCD", may="LARGER COMMON")
@frame("LCM", may="SMALLER COMMON")
@frame("COMMON_FACTORS", may="LIST")
@frame("FACTORS COMMON", may="LIST")
def of_several(sentence: Sentence, context: Context) -> Reading:
    """`lcm of 4 and 6`, `Greatest common divisor: 1071, 462`."""
    found = numbers(sentence)
    if not found and (again := row(sentence, context)) is not None:
        found = again.args
    if sentence.has("LCM") and ("denominator" in sentence.text("LCM") or sentence.text("LCM") == "lcd"):
        found = tuple(n.args[1] if n.head == "div" else num(1) for n in found)
    task = "gcd" if sentence.has("GCD") else "lcm" if sentence.has("LCM") else "common_factors"
    return problem(task, listed(*found)) if len(found) > 1 else None


@frame("FACTOR_OF", may="YES_NO")
@frame("MULTIPLE_OF", may="YES_NO")
@frame("DIVISIBLE", may="YES_NO")
def divides(sentence: Sentence, context: Context) -> Reading:
    """`Is 3 a factor of 411`, `is 411 divisible by 3`, `does 7 go into 84`."""
    roles = {"FACTOR_OF": ("small", "big"), "MULTIPLE_OF": ("big", "small"), "DIVISIBLE": ("big", "small")}
    concept = next(c for c in roles if sentence.has(c))
    found = numbers(sentence)
    if len(found) == 1 and (last := context.result()) is not None:
        found = (last, *found)
    if len(found) != 2:
        return None
    typed = sentence.text(concept)
    order = (
        ("small", "big")
        if typed.startswith(("go", "divide ", "divides")) and "by" not in typed
        else roles[concept]
    )
    pair = dict(zip(order, found, strict=True))
    subject = {} if sentence.has("DIVISIBLE") else {"subject": str(found[0])}  # "and 25?" asks this of 25
    return problem("divides", pair["small"], pair["big"], **subject)


@frame("MULTIPLES", may="FIRST FIRST_TERM LIST HOW_MANY")
def multiples(sentence: Sentence, _context: Context) -> Reading:
    """`first six multiples of 7`."""
    base = number(sentence, "of")
    bound = number(sentence, "to under")
    if base is not None and bound is not None:
        return problem("multiples_up_to", base, bound)
    count = sentence.take(is_number)
    if sentence.has("FIRST_TERM") and sentence.chunks:
        sentence.take(lambda n: n == base)
    if base is None:
        return None
    return problem("multiples", base, count or num(10))


@frame("PRIME", may="LIST")
@frame("PRIME HOW_MANY", may="LIST")
def primes_between(sentence: Sentence, _context: Context) -> Reading:
    """`how many primes are there between 20 and 40`."""
    pair = sentence.take(lambda n: is_row(n) and len(n.args) == 2, role="between from")
    low, high = pair.args if pair else (number(sentence, "from"), number(sentence, "to"))
    if low is None and high is None:
        below = number(sentence, "under than")
        low, high = (num(2), Node("sub", (below, num(1)))) if below is not None else (None, None)
    if low is None or high is None:
        return None
    return problem("prime_count" if sentence.has("HOW_MANY") else "primes_between", low, high)


@frame("PRIME LESS_THAN", may="LIST")
@frame("PRIME LESS_THAN HOW_MANY", may="LIST")
def primes_below(sentence: Sentence, _context: Context) -> Reading:
    """`all the prime numbers less than 20`."""
    high = number(sentence)
    if high is None:
        return None
    below = Node("sub", (high, num(1)))
    return problem("prime_count" if sentence.has("HOW_MANY") else "primes_between", num(2), below)


@frame("PRIME FIRST", may="LIST ADD SUM")
def first_primes(sentence: Sentence, _context: Context) -> Reading:
    """`add the first 5 primes together`."""
    count = number(sentence)
    if count is None:
        return None
    return problem("sum_of_primes" if sentence.has("ADD") or sentence.has("SUM") else "first_primes", count)


@frame("PRIME ORDINAL")
def nth_prime(sentence: Sentence, _context: Context) -> Reading:
    """`what is the 10th prime`."""
    return problem("nth_prime", num(sentence.value("ORDINAL")))


def _last_list(context: Context) -> Node | None:
    """The last list among the last few results."""
    if not context.answered:
        return None
    found = (parse(r) for r in reversed(context.results[-3:]) if r)
    return next((node for node in found if node.head == "list"), None)


@frame("PERFECT_SQUARE", may="LIST WHICH_OF")
@frame("PRIME", may="LIST WHICH_OF")
@frame("EVEN", may="LIST WHICH_OF")
@frame("ODD", may="LIST WHICH_OF")
def filtered(sentence: Sentence, context: Context) -> Reading:
    """`which of them are square numbers`."""
    found = _last_list(context)
    kind = {
        "PERFECT_SQUARE": "filter_squares",
        "PRIME": "filter_primes",
        "EVEN": "filter_even",
        "ODD": "filter_odd",
    }
    task = next(t for c, t in kind.items() if sentence.has(c))
    return problem(task, found) if found is not None and not sentence.chunks_of_numbers else None


@frame("HOW_MANY")
def counted(sentence: Sentence, context: Context) -> Reading:
    """`how many is that`."""
    found = _last_list(context)
    return problem("count", found) if found is not None and not sentence.chunks_of_numbers else None


@frame("LIST")
def listed_now(sentence: Sentence, context: Context) -> Reading:
    """`list them` after how many there are."""
    last = context.problem
    tasks = {"prime_count": "primes_between", "factor_count": "factors"}
    if last is None or not context.answered or sentence.left:
        return None
    if last.options.get("asked") == "count":
        return replace(last, options={**last.options, "asked": "list"})
    if last.task not in tasks:
        return None
    return replace(last, task=tasks[last.task])


@frame("ADD")
@frame("SUM")
@frame("PRODUCT")
@frame("MULTIPLY")
def of_list(sentence: Sentence, context: Context) -> Reading:
    """`add those together`, `and their product`."""
    found = _last_list(context)
    if found is None or sentence.chunks_of_numbers:
        return None
    return problem("total" if sentence.has("ADD") or sentence.has("SUM") else "product", found)


@frame("LARGER")
@frame("SMALLER")
def of_list_extreme(sentence: Sentence, context: Context) -> Reading:
    """`the bigger of the two?`, `which is bigger`."""
    found = _last_list(context)
    if found is None and sentence.begins_with("which", "whats the", "what's the"):
        found = context.result("both")
    sentence.take(lambda n: n == num(2), role="of")
    return problem("largest" if sentence.has("LARGER") else "smallest", found) if found is not None else None


@frame("RATIO", may="SIMPLIFY CONVERT")
@frame("", may="SIMPLIFY CONVERT")
def ratio(sentence: Sentence, _context: Context) -> Reading:
    """`simplify the ratio 18:24`, `write 45 cm to 2 m as a ratio`."""
    found = sentence.take(lambda n: n.head == "ratio" and all(is_number(a) for a in n.args))
    if found is not None:
        return problem("ratio", listed(*found.args))
    if not sentence.has("RATIO"):
        return None
    found = sentence.take(lambda n: n.head == "ratio" and all(a.head == "quantity" for a in n.args))
    parts = found.args if found else (sentence.take(_quantity), sentence.take(_quantity))
    if None not in parts:
        from assistant_magic.tutor.read.units import in_same_unit

        same = in_same_unit([p for p in parts if p is not None])
        return problem("ratio", listed(*same)) if same else None
    pair = numbers(sentence)
    return problem("ratio", listed(*pair)) if len(pair) > 1 else None


def _quantity(node: Node) -> bool:
    return node.head == "quantity"


@frame("RATIO", may="FORM CONVERT REARRANGE")
@frame("", may="FORM CONVERT REARRANGE")
def unit_ratio(sentence: Sentence, _context: Context) -> Reading:
    """`write the ratio 5:20 in the form 1:n`."""
    form = sentence.take(
        lambda n: n.head == "ratio" and num(1) in n.args and any(a.head == "name" for a in n.args)
    )
    known = sentence.take(
        lambda n: n.head == "ratio" and len(n.args) == 2 and all(is_number(a) for a in n.args)
    )
    if form is None or known is None:
        return None
    one = form.args.index(num(1))
    shares = tuple(Node("div", (a, known.args[one])) for a in known.args)
    return problem("ratio_in_form", listed(*shares))


@frame("SHARE", may="EQUALLY OBJECTS")
def shared_equally(sentence: Sentence, _context: Context) -> Reading:
    """`share 56 equally by 8`."""
    below = number(sentence, "by between into")
    amount = number(sentence)
    return (
        problem("evaluate", Node("div", (amount, below)))
        if amount is not None and below is not None
        else None
    )


@frame("RATIO")
@frame("RATIO SHARE", may="OBJECTS EQUALLY")
@frame("RATIO DIVIDE", may="OBJECTS EQUALLY")
def shared(sentence: Sentence, _context: Context) -> Reading:
    """`share 60 in the ratio 2:3`."""
    parts = sentence.take(lambda n: n.head == "ratio")
    amount = number(sentence)
    if parts is None or amount is None or any(not is_number(a) for a in parts.args):
        return None
    sentence.take(lambda n: n == num(len(parts.args)))
    return problem("share", amount, listed(*parts.args))
