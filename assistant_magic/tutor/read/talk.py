"""Moves in a conversation: a hint is asked for, an answer is claimed, a reason is wanted, data are given."""

from __future__ import annotations

from collections.abc import Sequence

from assistant_magic.tutor.expressions import Node, num, variables, walk
from assistant_magic.tutor.problems import Attempt, Problem, Talk, problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import read_frames
from assistant_magic.tutor.read.kinds import (
    is_applied,
    is_assignment,
    is_constant,
    is_expression,
    is_matrix,
    is_name,
    is_number,
    is_row,
)
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.repetition import once_more
from assistant_magic.tutor.read.sentence import Sentence

_CLAIM_WORDS = frozenset({"CLAIM", "RIGHT", "JUDGE", "IS_IT", "FILLER", "YES_NO", "SAME", "FORGET", "BOTH"})
_ASKING = frozenset(
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
    if last is not None and words and words[-1] == "how":
        return Talk(kind="explain", problem=last)
    if words[-1:] == ["again"] or words[-2:] == ["once", "more"]:
        return once_more(context)
    return Talk(kind="greeting")


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
    words = text.lower().replace("'", "").split()
    asks = set(words) & _ASKING or words[:1] == ["where"] or any(p.kind == "asked" for p in parts)
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


def read_statement(parts: Sequence[Part], text: str, context: Context) -> Talk | None:
    """`my phone costs 480`, `take p = x^2 + 5x + 6`: data, and nothing is asked."""
    words = set(text.lower().replace("'", "").split())
    if (
        "?" in text
        or words & _ASKING
        or text.lower().split()[:1] in (["is"], ["are"], ["does"], ["do"])
        or sum(p.kind == "word" for p in parts) > 2
    ):
        return None
    changed = _changed_letter(parts, context)
    if changed:
        return Talk(kind="noted", names=changed)
    names = definitions(parts)
    chunks = [p.node for p in parts if p.kind == "chunk" and p.node is not None and p.value != "meant"]
    extra = [c for c in chunks if not (c.head == "Eq" and _defines(c)) and not is_name(c)]
    stated = [c for c in chunks if is_assignment(c)]
    if len(stated) > 1 and len(stated) == len(chunks):
        return Talk(kind="noted", names={c.args[0].text: str(c.args[1]) for c in stated})
    given = stated[0] if len(chunks) == 1 and stated else None
    if given is not None and not any(p.kind.isupper() and "FILLER" not in p.meanings for p in parts):
        role = next(p.role for p in parts if p.kind == "chunk")
        if role not in {"for", "at", "when"} or words & _SETTING:
            return Talk(
                kind="noted", names={given.args[0].text: str(given.args[1])}, value=str(given.args[1])
            )
    if len(chunks) == 1 and _is_data(chunks[0]) and not any(_asks(p) for p in parts):
        return Talk(kind="noted", value=str(chunks[0]))
    if names and not extra and not _asks_something(parts):
        return Talk(kind="noted", names=names)
    known = [p for p in parts if p.kind.isupper() and not p.meanings & {"FILLER", "PRICE", "CLAIM", "NOT"}]
    if len(chunks) == 1 and (is_number(chunks[0]) or is_expression(chunks[0])) and not known:
        if any(p.role in {"by", "than"} for p in parts) or not _says(parts):
            return None
        names = {"price": str(chunks[0])} if any("PRICE" in p.meanings for p in parts) else {}
        return Talk(kind="noted", value=str(chunks[0]), names=names)
    return None


def _is_data(node: Node) -> bool:
    return is_matrix(node) or (is_row(node) and len(node.args) > 2)


def _asks(part: Part) -> bool:
    """More than `my data are …`, `arithmetic sequence 2, 5, 8`."""
    known = {"DATA", "SEQUENCE", "ARITHMETIC", "GEOMETRIC", "LIST", "MATRIX", "FILLER"}
    return part.kind == "word" or (part.kind.isupper() and not part.meanings & known)


_SETTING = frozenset({"let", "take", "say", "suppose", "assume"})


def _changed_letter(parts: Sequence[Part], context: Context) -> dict[str, str]:
    """`change x to 5`: another value for a letter that has one."""
    chunks = [p for p in parts if p.kind == "chunk"]
    if len(chunks) != 2 or not any(p.meanings & {"REPLACE", "CONVERT", "MAKE"} for p in parts):
        return {}
    letter, value = (p.node for p in chunks)
    if letter is None or value is None or chunks[1].role != "to":
        return {}
    known = is_name(letter) and letter.text in context.names
    return {letter.text: str(value)} if known and is_number(value) else {}


_DESCRIBING = frozenset(
    [
        "FUNCTION",
        "PARABOLA",
        "LINE",
        "MATRIX",
        "VECTOR",
        "ROWS",
        "SEQUENCE",
        "QUADRATIC",
        "FILLER",
        "PRICE",
        "CLAIM",
        "NOT",
        "NEW",
        "FORGET",
        "MAKE",
        "REPLACE",
    ]
)


def _asks_something(parts: Sequence[Part]) -> bool:
    """A concept is named that no mere description holds: `gradient of the curve y = x^2`."""
    return any(p.kind.isupper() and not p.meanings & _DESCRIBING for p in parts)


def _says(parts: Sequence[Part]) -> bool:
    """`the number is 81`, `my phone costs 480`: a sentence, not a number alone."""
    chunk = next(p for p in parts if p.kind == "chunk")
    return chunk.role == "is" or any("PRICE" in p.meanings for p in parts)


def _defines(node: Node) -> bool:
    left, right = node.args
    named = is_name(left) or (is_applied(left) and is_name(left.args[0]))
    return named and (is_matrix(right) or is_expression(right) or is_number(right) or is_row(right))


def definitions(parts: Sequence[Part]) -> dict[str, str]:
    """What letters are said to stand for: `f(x) = …`, `A = [[1,2],[3,4]]`."""
    found: dict[str, str] = {}
    for part in parts:
        node = part.node
        if node is not None and node.head == "Eq" and _defines(node):
            left, right = node.args
            if (
                is_matrix(right)
                or (is_applied(left) and not is_number(right))  # "f(x) = 7" asks where
                or (is_expression(right) and left.text not in variables(right))
            ):
                found[left.text] = str(right)
    return found


def times_table(seed: int) -> Problem:
    """A problem of the times tables; another one for another seed."""
    one, other = 3 + seed * 5 % 7, 4 + seed * 3 % 6
    product = Node("mul", (num(one), num(other)))
    return Problem(task="evaluate", of=(str(product),))
