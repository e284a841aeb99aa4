"""What a pupil's message is beside an open problem: an answer, a guess in turn, the problem again, a question besides."""

from __future__ import annotations

import re

from assistant_magic.tutor.claims import Claim, NotReadError, read_claims
from assistant_magic.tutor.expressions import RELATIONS, Node, variables
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.numbers import exact
from assistant_magic.tutor.verdicts import Verdict

_WORDS = {
    "yes": "yes", "yeah": "yes", "true": "yes", "it is": "yes", "no": "no", "nope": "no", "false": "no", "it isnt": "no",
    "even": "even", "odd": "odd", "neither": "neither",
}  # fmt: skip
"""What a pupil says for an answer that is a word."""


def may_ask(text: str) -> bool:
    """An answer that may be a question as well: `7*8`, `3x = 15`, `is it 4?`, `what is 15% of 80`."""
    if "?" in text or _WORD.search(text):
        return True
    return any(_is_calculation(node) or _is_unsolved(node) for node in read_claims(text)[0].nodes)


def is_another(text: str, question: Problem, open_one: Problem) -> bool:
    """A wrong answer that is not meant as one, but asks something else; a shorter line of the same kind is a step."""
    if _WORD.search(text):
        return not _CLAIM.search(text)
    node, before = question.nodes[0], open_one.nodes[0]
    alike = (node.head == "Eq") == (before.head == "Eq") and variables(node) == variables(before)
    return not alike or len(str(node)) >= len(str(before))


def _is_calculation(node: Node) -> bool:
    return node.head in {"add", "sub", "mul", "pow"} and not variables(node)


def _is_unsolved(node: Node) -> bool:
    return node.head == "Eq" and node.args[0].head != "name"


def repeats(claim: Claim, problem: Problem) -> bool:
    """The problem itself, typed again, is no answer to it."""
    return len(claim.nodes) == 1 and claim.nodes[0] in problem.nodes


_WORD = re.compile(r"\b(?!(?:and|sin|cos|tan|log|exp|sqrt|abs)\b)[A-Za-z]{3,}")
_CLAIM = re.compile(r"\b(?:think|got|get|answer|result|equals|must|should)\b", re.IGNORECASE)


def word_verdict(text: str, word: str) -> Verdict | None:
    """Whether a pupil's yes, no, odd or digits of another base are the right ones; None for other words."""
    given = text.strip().strip(".!").lower()
    if given not in _WORDS and not (given.isalnum() and any(c.isdigit() for c in given)):
        return None
    right = given == word.lower() or _WORDS.get(given) == word.lower()
    return Verdict.because("correct", "same") if right else Verdict.because("wrong", "different")


def is_cycling(claim: Claim, earlier: tuple[str, ...]) -> bool:
    """The same guess again, or one beside an earlier one: trying numbers in turn is no attempt."""
    guess = _number(claim)
    for text in earlier:
        try:
            before = read_claims(text)[0]
        except NotReadError:
            continue
        if before.nodes == claim.nodes:
            return True
        number = _number(before)
        if guess is not None and number is not None and abs(guess - number) <= 1:
            return True
    return False


def _number(claim: Claim) -> float | None:
    if len(claim.nodes) != 1:
        return None
    node: Node = claim.nodes[0]
    value = exact(node.args[1] if node.head in RELATIONS else node)
    return None if value is None else float(value)
