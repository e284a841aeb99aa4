"""Whether a text gives away the answer of a problem that a pupil is to solve: in digits, in words or as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant_magic.tutor.claims import Claim, with_brackets, with_products
from assistant_magic.tutor.disguises import disguised_numbers, undisguised
from assistant_magic.tutor.expressions import RELATIONS, Node, variables, walk
from assistant_magic.tutor.outcomes import outcome
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.parts import parts_of
from assistant_magic.tutor.solutions import solution
from assistant_magic.tutor.symbols import to_sympy, value_at

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?:\s*/\s*\d+)?(?![\w]*[A-Za-z]\w*\()")
_EXPONENT = re.compile(r"(?<=[\w)}\]])(?:\^|\*\*(?!\d+\*\*))\s*\{?\s*\(?-?\d+\)?\s*\}?")
_NO_SOLUTION = re.compile(
    r"\bno (real )?(solutions?|roots?)\b|∅|\\emptyset|\bunsolvable\b|\bhas none\b", re.IGNORECASE
)
_EVERYTHING = re.compile(r"\b(all|every|any) (real )?(numbers?|values?|x)\b|identity", re.IGNORECASE)
_IDIOMS = re.compile(
    r"\b(?:which|this|that|each|every|another|no|any|the) one\b|\bone (?:of|way|by one|another|more time)\b|\bI\b|(?<=[a-z]{2})-(?=[a-z]{2})"
)
_COMPUTED = set(RELATIONS) | {"add", "sub", "mul", "div", "pow", "neg", "call", "matrix", "percent"}
_GOES_ON = re.compile(r"(?:[\d)}\]]|(?<!\w)[A-Za-z])\s*[-+*/^·]?$|[+*/^·]$")
"""A formula that is not over yet."""
_EMPHASIS = re.compile(r"(\*{1,3}|__|~~)(?=\S)(.+?)(?<=\S)\1")
_TRIES = (0.731, 1.649, 2.303)


@dataclass(frozen=True)
class Secret:
    """What must not be said.

    Attributes:
        question: The text of the problem; quoting it gives nothing away.
        nodes: What the problem is about.
        numbers: Values that give the answer away, without their sign.
        formulas: Expressions that are the answer, or a factor of it.
        kind: `unread` where nobody knows the answer, so that no number but `numbers` and no formula may be said;
            `none` or `all` where the answer is that there is no solution, or that everything is one; `word` where
            it is yes, no, odd, …: nearly any sentence says that, so that only the ladder may speak.
        words: Answers that are no numbers: digits of another base.
    """

    question: str
    nodes: tuple[Node, ...]
    numbers: tuple[float, ...]
    formulas: tuple[Node, ...]
    kind: Literal["values", "none", "all", "word", "unread"] = "values"
    words: tuple[str, ...] = ()


def secret_of(problem: Problem, question: str, said: Sequence[Node] = ()) -> Secret:
    """What gives the answer of a problem away; values in `said` the pupil has found already.

    Raises:
        UnreadableError: The problem has no solution that can be computed here.
    """
    # An inequality is its own answer for comparing; what may not be said are the ends of its solutions.
    claim = outcome(problem) if problem.task == "inequality" else solution(problem)
    if claim.kind in {"none", "all"}:
        return Secret(question, problem.nodes, (), (), claim.kind)  # type: ignore[arg-type]  # one of the two
    if claim.kind == "word":
        return _secret_word(problem, question, claim.text)
    nodes = [side for node in claim.nodes for side in _sides(node)]
    nodes += _factors(problem, claim)
    found = [node for node in nodes if node not in said and node.head != "name"]
    numbers = tuple(abs(value) for node in found if (value := _number(node)) is not None)
    return Secret(question, problem.nodes, numbers, tuple(n for n in found if variables(n)))


def _secret_word(problem: Problem, question: str, word: str) -> Secret:
    """An answer without a value: `yes`, `odd`, or the digits of another base."""
    if problem.task != "in_base":
        return Secret(question, problem.nodes, (), (), "word", (word,))
    base = int(problem.options["base"])
    numbers = (float(word),) if word.isdigit() else ()
    return Secret(question, problem.nodes, (*numbers, float(int(word, base))), (), "values", (word,))


def _factors(problem: Problem, claim: Claim) -> list[Node]:
    """Of a product, its factors and the numbers in them."""
    import sympy as sp

    from assistant_magic.tutor.symbols import from_sympy

    if problem.task != "factor":
        return []
    bases = [base for base, _ in sp.factor_list(to_sympy(claim.nodes[0]))[1]]
    constants = [base.as_coeff_Add()[0] for base in bases if len(bases) > 1]
    return [from_sympy(v) for v in (*(b for b in bases if b.is_Add and len(bases) > 1), *constants) if v != 0]


def _sides(node: Node) -> Iterator[Node]:
    if (
        node.head in RELATIONS
        or node.head
        in {
            "and",
            "items",
            "list",
            "tuple",
            "rows",
            "either",
            "or",
            "set",
            "matrix",
            "dict",
        }
        or (node.head == "call" and node.text.startswith(("Interval", "Union", "FiniteSet", "Complement")))
    ):
        for arg in node.args:
            yield from _sides(arg)
    elif node.head in {"quantity", "percent"}:
        yield node
        yield from _sides(node.args[0])
    else:
        yield node


def _number(node: Node) -> float | None:
    if variables(node):
        return None
    value = value_at(node, {})
    return value.real if value is not None and abs(value.imag) < 1e-9 else None


def gives_away(text: str, secret: Secret) -> bool:
    """The answer can be read off `text`; what the pupil was asked may be quoted."""
    if secret.kind == "word" and re.search(r"\w", text):
        return True
    return any(_says(plain, secret) for plain in {text, _EMPHASIS.sub(r" \2 ", text)})


def _says(text: str, secret: Secret) -> bool:
    plain = _without_question(with_products(undisguised(text)), secret.question)
    if secret.kind == "unread":
        return _says_anything(plain, secret.numbers)
    if any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain, re.IGNORECASE) for word in secret.words):
        return True
    plain = with_brackets(plain.replace("−", "-"))
    if secret.kind == "none" and _NO_SOLUTION.search(plain):
        return True
    if secret.kind == "all" and _EVERYTHING.search(plain):
        return True
    if any(_matches(value, places, secret.numbers) for value, places in _numbers(plain)):
        return True
    if any(_matches(abs(value), 12, secret.numbers) for value in disguised_numbers(plain)):
        return True
    return any(_is_secret(node, secret) for node in _mathematics(plain))


def numbers_in(text: str) -> tuple[float, ...]:
    """Every number that a text says, in whatever dress, without signs."""
    plain = with_brackets(undisguised(text).replace("−", "-"))
    values = [value for value, _ in _numbers(plain)] + list(disguised_numbers(_without_idioms(plain)))
    spoken = [float(digits) for node in _mathematics(plain) for digits in _numerals(node)]
    return tuple(abs(value) for value in (*values, *spoken))


def _says_anything(plain: str, free: Sequence[float]) -> bool:
    """A number that is not free, or a formula."""
    plain = _without_idioms(with_brackets(plain.replace("−", "-")))
    if any(not _matches(number, 12, free) for number in numbers_in(plain)):
        return True
    return any(part.head in _COMPUTED for node in _mathematics(plain) for part in walk(node))


def _without_idioms(plain: str) -> str:
    """`which one` and `I` are no numbers, `step-by-step` is no difference."""
    return _IDIOMS.sub(" ", plain)


def _without_question(text: str, question: str) -> str:
    """The text without quotations of the problem, however they are spaced; part of a longer formula is none."""

    def quotation(match: re.Match[str]) -> str:
        before, behind = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        return match.group() if _GOES_ON.search(before) or behind[:1] in "+-*/^" * bool(behind) else " ; "

    for quoted in {question, question.rstrip("?. "), _formula(question)}:
        pieces = [re.escape(sign) for sign in quoted if not sign.isspace()]
        if len(pieces) > 2:
            pattern = r"(?<![\w.])" + r"\s*".join(pieces) + r"(?![\w.])"
            text = re.sub(pattern, quotation, text, flags=re.IGNORECASE)
    return text


def _formula(question: str) -> str:
    """The mathematics of a question without its words."""
    found = re.findall(r"[-+*/^=<>()\w.√π²³ ]*[=+*/^<>][-+*/^=<>()\w.√π²³ ]*", question)
    words = max(found, key=len, default="").split()
    while words and words[0].isalpha() and len(words[0]) > 1:
        words.pop(0)
    return " ".join(words)


def _numbers(plain: str) -> Iterator[tuple[float, int]]:
    """Every number in digits, with its decimal places; exponents are left out."""
    plain = _EXPONENT.sub(" ", plain)
    for match in _NUMBER.finditer(plain):
        digits = match.group().replace(" ", "")
        over, _, under = digits.partition("/")
        for text in {over.replace(",", ""), over.replace(",", ".")}:
            try:
                value = float(text)
            except ValueError:
                continue
            places = len(text.partition(".")[2])
            yield value, places
            if plain[match.end() :].lstrip(" \\").startswith(("%", "percent", "per cent")):
                yield value / 100, places + 2
            if under and float(under):
                yield value / float(under), 12


def _matches(value: float, places: int, numbers: Sequence[float]) -> bool:
    """A number is one of the secret ones, or one of them rounded."""
    for number in numbers:
        if abs(value - number) <= 1e-9 * max(1.0, number):
            return True
        rounded_to = 0.5 * 10.0**-places * 1.02
        if (places or number >= 10) and abs(value - number) <= rounded_to and number != int(number):
            return True
        hundredfold = abs(value - 100 * number) <= 1e-9 * max(1.0, number)
        if hundredfold and 0 < number < 1:
            return True
    return False


def _mathematics(plain: str) -> Iterator[Node]:
    """Every formula and number of a text, number words included."""
    for line in re.split(r"[\n;]|(?<=[a-z])[.:!?](?=\s|$)|`+|\$+", plain):
        if not line.strip():
            continue
        try:
            parts = parts_of(line[:600])
        except (ValueError, RecursionError, LookupError, ArithmeticError):
            continue
        yield from (part.node for part in parts if part.node is not None)


def _is_secret(chunk: Node, secret: Secret) -> bool:
    if chunk in secret.nodes:
        return False
    asked = {part for node in secret.nodes for part in walk(node)}
    for side in _sides(chunk):
        if side in secret.nodes:
            continue
        value = _number(side)
        if value is not None and _matches(abs(value), 12, secret.numbers):
            return True
    if any(_matches(float(text), 12, secret.numbers) for text in _numerals(chunk)):
        return True
    for part in walk(chunk):
        if part in asked or not variables(part):
            continue
        if any(_is_same(part, formula) for formula in secret.formulas):
            return True
    return False


def _numerals(node: Node) -> Iterator[str]:
    """Numbers written inside a formula, in words too; exponents say nothing about the answer."""
    if node.head == "num":
        yield node.text
    for arg in node.args[:1] if node.head == "pow" else node.args:
        yield from _numerals(arg)


def _is_same(one: Node, other: Node) -> bool:
    """Equal at three places: enough to hold a text back."""
    letters = variables(other)
    if variables(one) != letters or one.head == "name":
        return False
    for start in _TRIES:
        point = {letter: start + 0.37 * i for i, letter in enumerate(letters)}
        first, second = value_at(one, point), value_at(other, point)
        if first is None or second is None or abs(first - second) > 1e-9 * max(1.0, abs(second)):
            return False
    return True
