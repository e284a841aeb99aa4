"""Every question of a message, for the gate: inside longer sentences, several at once, and those that cannot be read.

`read` answers one question and declines what it does not understand. A gate must not: what is not understood may still
be answered by a language model, so that a text with mathematics in it is a question here even where nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.expressions import RELATIONS, Node, variables, walk
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.problems import Attempt, Problem, Talk, problem
from assistant_magic.tutor.read import Context, read
from assistant_magic.tutor.read.parts import Part, parts_of
from assistant_magic.tutor.solutions import solution
from assistant_magic.tutor.symbols import UnreadableError

_JOINTS = (re.compile(r"\n+"), re.compile(r"(?<=[.!?;:])\s+|;"), re.compile(r",\s+"))
_LABEL = re.compile(r"^\s*(?:\(?[a-z\d]{1,2}[.)]|[-*•])\s+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_LATEX = re.compile(r"\\[A-Za-z]{2,}|\$[^$]*[\d^+=-][^$]*\$")
_PLAIN = frozenset({"name", "num", "ref", "text", "dots", "items", "list", "quantity"})
_SMALL_TALK = frozenset(
    {"UNIT", "CLAIM", "THINK_RESULT", "WHY", "HINT", "REVEAL", "ANSWER", "RIGHT", "PROGRAM"}
)
_MAX_PIECES = 40
_MAX_LENGTH = 1_000


@dataclass(frozen=True)
class Question:
    """A question of a message.

    Attributes:
        text: The words in which it is asked.
        problem: What is asked, or None where the words cannot be read.
    """

    text: str
    problem: Problem | None = None


def questions_in(text: str, context: Context | None = None) -> tuple[Question, ...]:
    """All questions of a text in their order, each problem once.

    Args:
        text: What the pupil wrote.
        context: What was asked before, for `same but with 7`.
    """
    found = _questions(text, context or Context(), 0)
    read = list(_once([question for question in found if question.problem is not None]))
    unread = [question.text for question in found if question.problem is None]
    if unread:  # "how many does she have?" is about what was not read, not about the problem before
        read = [question for question in read if _asked(question.text, Context()) == question.problem]
    if any(is_mathematical(piece) for piece in unread) or (not read and is_mathematical(text)):
        formulas = [question for piece in unread if (question := _formula_in(piece)).problem is not None]
        return (*_once([*read, *formulas]), Question(text))
    return tuple(read)


def _questions(text: str, context: Context, level: int) -> Sequence[Question]:
    """What a text asks, else what its pieces ask, down to pieces that cannot be parted."""
    whole = _asked(text, context)
    pieces, level = _parted(text, level)
    if len(pieces) < 2:
        return (Question(text, whole),) if whole is not None or _holds_number(text) else ()
    found: list[Question] = []
    for piece in pieces:
        found += _questions(piece, context, level)
        context = after(found[-1].problem) if found and found[-1].problem is not None else context
    if whole is None:
        return found
    apart = len(found) > 1 and all(
        q.problem is not None and not set(q.problem.of) <= set(whole.of) for q in found
    )
    return found if apart else (Question(text, whole),)


def after(asked: Problem) -> Context:
    """What `it` and `the same with 7` mean once a problem was asked, its answer included."""
    try:
        values = within(5, lambda: solution(asked)).nodes
    except (OutOfTimeError, UnreadableError):
        return Context(problem=asked)
    found = [str(node.args[1] if node.head == "Eq" else node) for node in values]
    result = found[0] if len(found) == 1 else f"[{', '.join(found)}]"
    return Context(problem=asked, asked=(asked,), results=(result,) if found else ())


def _once(questions: Sequence[Question]) -> Iterator[Question]:
    """Each problem once, in the words that stand first."""
    seen: list[Problem | None] = []
    for question in questions:
        if question.problem not in seen:
            seen.append(question.problem)
            yield question


def _parted(text: str, level: int) -> tuple[Sequence[str], int]:
    """The text at its strongest joints: lines, sentences, commas, `and`; and which joints are left for its pieces."""
    words = "|".join(re.escape(word) for word in phrase("guard", "joints").split(","))
    joints = (*_JOINTS, re.compile(rf"(?:^|,?\s+)(?:{words})\s+", re.IGNORECASE))
    for number, joint in enumerate(joints[level:], level):
        pieces = [piece for part in joint.split(text) if (piece := _LABEL.sub("", part).strip())]
        if len(pieces) > 1:
            return pieces[:_MAX_PIECES], number + 1
    return (text,), len(joints)


def _asked(text: str, context: Context) -> Problem | None:
    """What a text asks for by itself, else as a follow-up."""
    for given in (Context(), context):
        reading = read(text, given)
        if isinstance(reading, Attempt) and reading.problem != given.problem:
            return reading.problem
        if isinstance(reading, Talk) and reading.problem is not None and reading.problem != given.problem:
            return reading.problem
        said_again = (
            isinstance(reading, Problem) and reading.task == "evaluate" and reading.of == given.results
        )
        if isinstance(reading, Problem) and not said_again and not _is_bare(reading):
            return reading
    return None


def _is_bare(found: Problem) -> bool:
    """A number, or an expression with which nothing is to be done: `and then of x^4`."""
    if found.task not in {"evaluate", "simplify"}:
        return False
    node = found.nodes[0]
    if found.task == "evaluate" or not variables(node):
        return node.head in {"num", "neg"}
    try:
        return within(2, lambda: solution(found)).nodes == (node,)
    except (OutOfTimeError, UnreadableError):
        return True


def is_talk(text: str) -> bool:
    """A greeting, thanks, a wish for another problem: nothing about the one that is open."""
    reading = read(text, Context())
    return isinstance(reading, Talk) and reading.kind in {"greeting", "chat", "noted", "quiz"}


def _formula_in(piece: str) -> Question:
    """The first equation, inequality or calculation inside words that cannot be read."""
    for node in _chunks(_parts(piece)):
        letters = variables(node)
        if node.head == "Eq" and len(letters) == 1 and node.args[0].head != "name":
            return Question(piece, problem("solve", node, variable=letters[0]))
        if node.head in RELATIONS and node.head != "Eq" and len(letters) == 1:
            return Question(piece, problem("inequality", node, variable=letters[0]))
        if not letters and node.head in {"add", "sub", "mul", "div", "pow"}:
            return Question(piece, problem("evaluate", node))
    return Question(piece)


def _chunks(parts: Sequence[Part]) -> Sequence[Node]:
    nodes = [part.node for part in parts if part.kind == "chunk" and part.node is not None]
    return [node for node in nodes if not any(n.head in {"ref", "either"} for n in walk(node))]


def _parts(text: str) -> Sequence[Part]:
    try:
        return parts_of(text[:_MAX_LENGTH])
    except (ValueError, RecursionError, LookupError, ArithmeticError):
        return ()


def _spoken(text: str) -> Sequence[str]:
    """Number words; `one` alone is said of anything."""
    words = catalogue().numbers
    return [word for word in re.findall(r"[a-z]+", text.lower()) if words.get(word, 1) != 1]


def _holds_number(text: str) -> bool:
    return bool(_NUMBER.search(text) or _spoken(text) or _LATEX.search(text) or is_mathematical(text))


def is_mathematical(text: str) -> bool:
    """Whether a text that cannot be read may be a problem: a formula, two numbers, or one that is asked about."""
    numbers = len(_NUMBER.findall(text)) + len(_spoken(text))
    if numbers > 1 or _LATEX.search(text):
        return True
    parts = _parts(text)
    if any(part.node is not None and part.node.head not in _PLAIN for part in parts):
        return True
    pointing = any(part.node is not None and part.node.head == "ref" for part in parts)
    concepts = {p.kind for p in parts if p.kind.isupper() and "FILLER" not in p.meanings} - _SMALL_TALK
    return (numbers > 0 and "?" in text) or ((numbers > 0 or pointing) and bool(concepts))
