"""The ladder of hints: a nudge, a pointed hint at the pupil's own mistake, a worked example of a similar problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.claims import NotReadError, read_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.diagnosis import diagnose_problem, problem_of
from assistant_magic.tutor.examples import topic_of, worked_example
from assistant_magic.tutor.phrases import has_phrase, phrase
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.reveal import gives_away, secret_of
from assistant_magic.tutor.say.typeset import typeset
from assistant_magic.tutor.steps import as_markdown, steps_of
from assistant_magic.tutor.verdicts import NO_COMPARISON

LEVELS = 3
_EXAMPLES_TRIED = 12


@dataclass(frozen=True, kw_only=True)
class Hint(Value):
    """Help that leaves the answer to the pupil.

    Attributes:
        level: 1 nudge, 2 pointed, 3 worked example.
        kind: `nudge`, `mistake`, `way` or `example`; a level without anything to say gives a lower one's.
        message: Markdown for the pupil.
    """

    type: ClassVar[Literal["hint"]] = "hint"
    level: int
    kind: str
    message: str


def next_hint(problem: str, level: int = 1, attempt: str = "", *, seconds: float = 10.0) -> Hint:
    """A hint of the ladder that does not hold the answer.

    Args:
        problem: The question as the pupil typed it.
        level: 1 a nudge, 2 a pointed hint (at the mistake in `attempt`, if it is known), 3 a worked example.
        attempt: What the pupil answered last, if anything.
        seconds: Time limit; after it the hint is the plainest one.
    """
    found = problem_of(problem)
    if found is None:
        return Hint(level=1, kind="nudge", message=phrase("hint", "any"))
    return hint_for(found, problem, level, attempt, seconds=seconds)


def hint_for(
    problem: Problem, question: str, level: int, attempt: str = "", *, seed: int = 0, seconds: float = 10.0
) -> Hint:
    """`next_hint` for a problem that was read before; another `seed` gives another worked example."""
    try:
        return within(seconds, lambda: _chosen(problem, question, level, attempt, seed))
    except OutOfTimeError:
        return _plainest(level)
    except NO_COMPARISON:
        return _plainest(level)


def _plainest(level: int) -> Hint:
    return Hint(level=level, kind="nudge", message=phrase("hint", "any"))


def _chosen(problem: Problem, question: str, level: int, attempt: str, seed: int) -> Hint:
    """The first hint of the level, or of one below it, that gives nothing away."""
    secret = secret_of(problem, question)
    for rung in range(min(level, LEVELS), 0, -1):
        for kind, message in _examples(problem, seed) if rung == LEVELS else _RUNGS[rung](problem, attempt):
            # Where the answer is yes or no any sentence gives it away, but for those that are the same for all.
            if (secret.kind == "word" and kind == "nudge") or not gives_away(message, secret):
                return Hint(level=level, kind=kind, message=message)
    return _plainest(level)


def _nudges(problem: Problem, attempt: str) -> Iterator[tuple[str, str]]:
    del attempt
    for key in (topic_of(problem), problem.task):
        if has_phrase("nudge", key):
            yield "nudge", phrase("nudge", key)
    words = catalogue()
    key = f"hint_{problem.task}"
    if words.can_say(key):
        said = words.say(key)
        yield "nudge", said[:1].upper() + said[1:]


def _pointed(problem: Problem, attempt: str) -> Iterator[tuple[str, str]]:
    if attempt:
        try:
            mistakes = diagnose_problem(problem, read_claims(attempt))
        except NotReadError:
            mistakes = ()
        yield from (("mistake", phrase("hint", "mistake", message=m.message)) for m in mistakes)
    steps = steps_of(problem)
    if len(steps) > 1:
        yield "way", phrase("hint", "pointed", rule=steps[1].rule)


def _examples(problem: Problem, seed: int) -> Iterator[tuple[str, str]]:
    """Examples solved by the rule that the problem begins with, before others of its topic."""
    topic = topic_of(problem)
    first = [step.rule for step in steps_of(problem)[1:2]]
    others = []
    for number in range(seed * _EXAMPLES_TRIED, (seed + 1) * _EXAMPLES_TRIED) if topic else ():
        example = worked_example(topic, seed=number)
        told = (
            f"{phrase('hint', 'example')}\n\n{typeset(example.problem)}\n\n{as_markdown(example.steps[1:])}"
        )
        if [step.rule for step in example.steps[1:2]] == first:
            yield "example", told
        else:
            others.append(told)
    yield from (("example", told) for told in others)


_RUNGS = {1: _nudges, 2: _pointed}
