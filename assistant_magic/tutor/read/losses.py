"""What a thread no longer knows after a question that got no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.problems import Decline, Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.parts import Part, parts_of

_OTHER_SUBJECT = frozenset({"SAME_AGAIN", "INSTEAD", "REPLACE", "SIGN", "FUNCTION_NAME", "CORRECTION"})
_ASKING = frozenset(
    {"who", "whos", "where", "when", "whose", "what", "whats", "how", "is", "does", "did", "do"}
)
_MEANT = ("it", "that", "this", "they", "these", "those")
_ONLY_TALK = frozenset({"FILLER", "CHAT", "FORGET", "WHY", "HINT", "JUDGE", "RIGHT", "CLAIM", "NOT"})


def after_decline(context: Context, text: str, why: Decline) -> Context:
    """The context without what the unanswered question was about.

    `it` in the next line means what should have come out here, so it means nothing; small talk takes nothing away.
    """
    if why.reason == "missing":
        return context
    if why.reason == "too_long":
        return without_answer(replace(context, problem=None))
    parts = parts_of(text)
    if _brings_other_subject(parts) or _does_something(parts, text):
        return without_answer(replace(context, problem=None))
    if _asks_yes_or_no(text) or not any(p.kind.isupper() and not p.meanings & _ONLY_TALK for p in parts):
        return context
    kept = context.problem if _has_data(context.problem) or _is_question(text) else None
    return without_answer(replace(context, problem=kept))


def without_answer(context: Context) -> Context:
    """The context after a question that was read and got no result."""
    results = (*context.results, "") if context.answered else context.results
    return replace(context, results=results)


def _brings_other_subject(parts: Sequence[Part]) -> bool:
    """Mathematics of its own, or a change of what was asked before."""
    typed = any(
        p.kind == "chunk" and p.node is not None and p.node.head not in {"ref", "name"} for p in parts
    )
    return typed or any(p.meanings & _OTHER_SUBJECT and "FILLER" not in p.meanings for p in parts)


def _does_something(parts: Sequence[Part], text: str) -> bool:
    """`the other way round`, `reverse it`: no number, but something was to be done with the last result."""
    known = not any(p.kind == "word" for p in parts)
    meant = any(p.node is not None and p.node.head == "ref" for p in parts)
    concepts = any(p.kind.isupper() and "FILLER" not in p.meanings for p in parts)
    return not concepts and (known or (meant and not _ASKING & set(text.lower().split())))


def _asks_yes_or_no(text: str) -> bool:
    """`is it ever negative`: there would have been no number to go on with."""
    words = text.lower().split()[:2]
    return words[:1] in (["is"], ["are"], ["does"], ["do"]) and words[1:] in ([w] for w in _MEANT)


def _is_question(text: str) -> bool:
    """`what value can x not have`: nothing new was to come out that the next line could go on from."""
    return text.lower().split()[:1] in (["what"], ["whats"], ["which"], ["where"], ["is"], ["does"], ["can"])


def _has_data(problem: Problem | None) -> bool:
    """A list, a shape, a sequence, an equation: it can be asked something else."""
    if problem is None:
        return False
    lasting = {"shape", "law", "angles"} & problem.options.keys()
    return bool(lasting) or any(n.head in {"list", "Eq", "matrix"} for n in problem.nodes)
