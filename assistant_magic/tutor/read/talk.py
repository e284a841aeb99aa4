"""Moves in a conversation: a hint is asked for, an answer is claimed, a reason is wanted, data are given."""

from __future__ import annotations

from collections.abc import Sequence

from assistant_magic.tutor.expressions import Node, num, walk
from assistant_magic.tutor.problems import Attempt, Problem, Talk, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import read_frames
from assistant_magic.tutor.read.kinds import (
    is_assignment,
    is_constant,
    is_expression,
    is_matrix,
    is_name,
    is_number,
)
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.repetition import once_more
from assistant_magic.tutor.read.sentence import Sentence

_CLAIM_WORDS = frozenset({"CLAIM", "RIGHT", "JUDGE", "IS_IT", "FILLER", "YES_NO", "SAME", "FORGET", "BOTH"})
ASKING = frozenset(
    {"what", "whats", "how", "hows", "which", "find", "calculate", "evaluate", "solve", "simplify"}
)
Move = Attempt | Talk | Problem | None


def read_talk(parts: Sequence[Part], text: str, context: Context) -> Move:
    """The move that the parts make, or None when they are a plain question."""
    sentence = Sentence(parts, text)
    if all(p.kind == "stop" for p in parts) and text.strip():
        return _small_words(text, context)
    if sentence.has("CHAT"):
        return Talk(kind="chat")
    if sentence.has("QUIZ") and not sentence.chunks_of_numbers and not sentence.chunks_of_algebra:
        return Talk(kind="quiz")
    if sentence.has("HINT"):
        return _hint(parts, text, context)
    if sentence.has("WHY") and context.problem is not None and context.answered and not sentence.unknown:
        return Talk(kind="explain", problem=context.problem)
    if sentence.has("REVEAL") and not sentence.left and _only(parts, {"REVEAL", *_CLAIM_WORDS}):
        return context.open or (_meant(context.problem) if context.answered else None)
    return _attempt(parts, text, context)


def _meant(last: Problem | None) -> Problem | None:
    """`so what is it` after a false `1/2 + 1/3 = 2/5`: the value of its left side."""
    claimed_equal = last is not None and last.task == "compare" and last.options.get("sign") == "=="
    return problem("evaluate", last.nodes[0]) if last is not None and claimed_equal else last


def _small_words(text: str, context: Context) -> Move:
    """`how?` and `and again`; other small words alone only greet."""
    words, last = text.lower().strip(" ?!.").split(), context.problem
    if last is not None and context.answered and words and "how" in {words[0], words[-1]}:
        return Talk(kind="explain", problem=last)
    if words[-1:] == ["again"] or words[-2:] == ["once", "more"]:
        return once_more(context)
    return Talk(kind="greeting") if set(words) & _GREETINGS else None


_GREETINGS = frozenset(
    [
        "hi",
        "hello",
        "hey",
        "hiya",
        "yo",
        "thanks",
        "thank",
        "thankyou",
        "thx",
        "ty",
        "cheers",
        "ta",
        "ok",
        "okay",
        "cool",
        "great",
        "nice",
        "bye",
        "goodbye",
        "morning",
        "afternoon",
        "evening",
        "good",
        "yes",
        "no",
        "yeah",
        "yep",
        "nope",
        "lol",
        "haha",
        "sorry",
        "right",
        "perfect",
        "awesome",
        "brilliant",
        "lovely",
        "help",
        "please",
        "pls",
        "fine",
        "alright",
        "hmm",
        "oh",
        "ah",
        "well",
    ]
)


def _only(parts: Sequence[Part], meanings: set[str] | frozenset[str]) -> bool:
    return all(p.kind in {"chunk", "stop", "asked"} or p.meanings & meanings for p in parts)


def _without(parts: Sequence[Part], *concepts: str) -> list[Part]:
    return [p for p in parts if not p.meanings & set(concepts)]


def _hint(parts: Sequence[Part], text: str, context: Context) -> Move:
    rest = _without(parts, "HINT", "NOT", "REVEAL", "CLAIM")
    reading = read_frames(Sentence(rest, text), context)
    if isinstance(reading, Problem):
        return Talk(kind="hint", problem=reading)
    known = context.open or (context.problem if context.answered else None)
    if known is not None and not Sentence(rest, text).left:
        return Talk(kind="hint", problem=known)
    return None


def is_answer(node: Node) -> bool:
    """What a pupil would give as a result: a value without anything left to compute, or an expression."""
    if node.head in {"items", "list", "tuple", "set"}:
        return all(is_answer(a) for a in node.args)
    if node.head == "Eq":
        return is_name(node.args[0]) and is_answer(node.args[1])
    if node.head == "text" or is_matrix(node):
        return True
    if is_expression(node):
        return True
    if not is_constant(node):
        return False
    return not any(
        n.head in {"add", "sub"} and all(a.head in {"num", "neg"} for a in n.args) for n in walk(node)
    ) and not any(n.head == "mul" and all(a.head == "num" for a in n.args) for n in walk(node))


def claimed(node: Node) -> tuple[str, ...]:
    """A claim as values: `x = 2 or 3` and `2 and 4` are two."""
    if node.head == "Eq":
        return claimed(node.args[1])
    if node.head in {"items", "list", "set"}:
        return tuple(value for a in node.args for value in claimed(a))
    return (str(node),)


_FROM_THREAD = frozenset({"meant", "named"})


def _attempt(parts: Sequence[Part], text: str, context: Context) -> Move:
    chunks = [p for p in parts if p.kind == "chunk"]
    signed = [p for p in chunks if p.value == "implicit" and p.node is not None and p.node.head == "sub"]
    values = [p for p in chunks if p.node is not None and is_answer(p.node) and p.value not in _FROM_THREAD]
    if context.open is not None and signed == chunks:
        values = signed
    elif context.open is None:
        values = [p for p in values if p.value != "implicit"]  # "ok minus 45" goes on
    words = text.lower().replace("'", "").split()
    asks = set(words) & ASKING or words[:1] == ["where"] or any(p.kind == "asked" for p in parts)
    if asks and not any(p.meanings & {"RIGHT", "JUDGE", "IS_IT"} for p in parts):
        return None
    if asks:
        values = [p for p in values if p.node is not None and not is_name(p.node)]
    if not values or not _claims(parts, chunks, context):
        return None
    for value in reversed(values):
        rest = [p for p in parts if p is not value]
        reading = read_frames(Sentence(_without(rest, "CLAIM", "RIGHT", "JUDGE", "IS_IT"), text), context)
        if isinstance(reading, Problem) and value.node is not None and _computes(rest):
            return Attempt(problem=reading, claim=claimed(value.node))
    known = context.open or (context.problem if context.answered else None)
    if known is None or not _only(parts, _CLAIM_WORDS):
        return None
    first = values[0].node
    letter = first.args[0].text if first is not None and is_assignment(first) else ""
    if letter and letter != known.options.get("variable") and known.task != "system":
        found = context.definition(letter)
        if len(values) > 1 or found is None or not is_number(found):
            return None
        known = problem("evaluate", found)  # "check x = 7" after a system that gave x
    said = [c for p in values if p.node is not None for c in claimed(p.node)]
    return Attempt(problem=known, claim=tuple(_signed(said, values)))


def _signed(said: list[str], values: list[Part]) -> list[str]:
    """`minus four` is a number here, not a subtraction from the last result."""
    nodes = [p.node for p in values if p.value == "implicit"]
    if len(said) == 1 and nodes and nodes[0] is not None and nodes[0].head == "sub":
        return [str(Node("neg", (nodes[0].args[1],)))]
    return said


def _computes(parts: Sequence[Part]) -> bool:
    """There is something to compute in what is left of a claim."""
    return any(p.kind == "chunk" and p.value != "meant" for p in parts)


def _claims(parts: Sequence[Part], chunks: Sequence[Part], context: Context) -> bool:
    """The words or the situation say that a result is claimed."""
    if any(p.meanings & {"RIGHT", "IS_IT"} for p in parts) or any(p.meanings & {"CLAIM"} for p in parts):
        return True
    spoken = [p for p in parts if p.kind not in {"stop", "asked"} and "YES_NO" not in p.meanings]
    if spoken and ("JUDGE" in spoken[-1].meanings or "JUDGE" in spoken[0].meanings):
        return len(chunks) < 3
    if context.open is not None and _only(parts, _CLAIM_WORDS | {"SIGN"}):
        return True
    last = chunks[-1]
    computed = (
        chunks[0].node is not None and chunks[0].node.head != "num"
    )  # "if the 5 is an 8" claims nothing
    return (
        computed
        and len(chunks) == 2
        and last.role == "is"
        and spoken[-1] is last
        and _only(parts, _CLAIM_WORDS)
    )


def times_table(seed: int) -> Problem:
    """A problem of the times tables; another one for another seed."""
    one, other = 3 + seed * 5 % 7, 4 + seed * 3 % 6
    product = Node("mul", (num(one), num(other)))
    return Problem(task="evaluate", of=(str(product),))
