"""Counts what the tutor promises, over problems made by rules: no leak in hints or from a model, no line unproved.

The rules know the answer from which they built a problem, so that what is looked for here was not computed by the
tutor; and it is looked for in simpler ways than the tutor's own gate has, in what reaches the page.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assistant_magic import Assistant
from assistant_magic.backends import TurnRequest
from assistant_magic.backends.guarded import GuardedBackend
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.items import assistant_message
from assistant_magic.testing import RecordingExecutor, memory_store
from assistant_magic.tutor.drills import RULES
from assistant_magic.tutor.hints import next_hint
from assistant_magic.tutor.moves import check_step
from assistant_magic.tutor.steps import Step, solve_steps
from assistant_magic.tutor.verdicts import check_answer

LEVELS = (1, 2, 3)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPOKEN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


@dataclass(frozen=True)
class Exercise:
    """A problem as a pupil types it, and the answer it was made from."""

    kind: str
    question: str
    answer: str


def _rational(dice: random.Random) -> tuple[str, str]:
    x, k, m = dice.randint(13, 29), dice.randint(2, 9), dice.randint(3, 9)
    return f"Solve {m * (x + k)}/(x + {k}) = {m}", f"x = {x}"


def _limit(dice: random.Random) -> tuple[str, str]:
    a = dice.randint(7, 40)
    return f"limit of (x^2 - {a * a})/(x - {a}) as x -> {a}", str(2 * a)


def _determinant(dice: random.Random) -> tuple[str, str]:
    a, b, c, d = (dice.randint(2, 9) for _ in range(4))
    return f"determinant of [[{a}, {b}], [{c}, {d + 20}]]", str(a * (d + 20) - b * c)


def _product(dice: random.Random) -> tuple[str, str]:
    a, b, c, d = (dice.randint(2, 9) for _ in range(4))
    found = [[a * 11 + b * 13, 12 * a], [11 * c + 13 * d, 12 * c]]
    return f"[[{a}, {b}], [{c}, {d}]] * [[11, 12], [13, 0]]", str(found)


def _root(dice: random.Random) -> tuple[str, str]:
    a, b = dice.choice([2, 3, 5, 6, 7]), dice.randint(3, 9)
    return f"simplify sqrt({a * b * b})", f"{b}*sqrt({a})"


MORE = {
    "rational equations": _rational,
    "limits": _limit,
    "matrices": _determinant,
    "matrix products": _product,
    "roots": _root,
}
"""Kinds of problems that no quiz has."""


def made(each: int = 8, seed: int = 1) -> Iterator[Exercise]:
    """`each` problems of every topic of the quizzes at every level, and of each kind in `MORE`."""
    for topic, rules in RULES.items():
        for level, rule in enumerate(rules, start=1):
            dice = random.Random(f"{topic}/{level}/{seed}")
            yield from (Exercise(topic, *rule(dice)) for _ in range(each))
    for kind, maker in MORE.items():
        dice = random.Random(f"{kind}/{seed}")
        yield from (Exercise(kind, *maker(dice)) for _ in range(each))


def leaks(text: str, exercise: Exercise) -> bool:
    """A number of the answer stands in a text, in digits, as a fraction or as a word; or the whole formula does."""
    plain = text.replace(exercise.question, " ")
    if re.search(r"[a-z]", re.sub(r"\b[a-z]\s*(=|<|>)|or", " ", exercise.answer)):
        # The answer is a formula: its numbers alone say nothing.
        return bool(re.search(rf"(?<![\d.]){re.escape(_flat(exercise.answer))}(?![\d.])", _flat(plain)))
    return bool(_values(_without_exponents(exercise.answer)) & _values(_without_exponents(plain)))


def _flat(text: str) -> str:
    text = re.sub(r"\\(left|right|cdot|,)|[{}*\s$]", "", text)
    return text.replace("**", "^")


def _without_exponents(text: str) -> str:
    return re.sub(r"(\^|\*\*)\s*[{(]?-?\d+[})]?", " ", text)


def _values(text: str) -> set[Fraction]:
    """Numbers of a text; of a fraction its value alone."""
    fractions = re.compile(r"\\d?frac\{(\d+)\}\{(\d+)\}|(\d+)\s*/\s*(\d+)")
    found = set()
    for a, b, c, d in fractions.findall(text):
        if int(b or d):
            found.add(Fraction(int(a or c), int(b or d)))
    bare = fractions.sub(" ", text)
    found |= {Fraction(number) for number in _NUMBER.findall(bare)}
    found |= {
        Fraction(_SPOKEN.index(w)) for w in re.findall(r"[a-z]+", bare.lower()) if w in _SPOKEN and w != "one"
    }
    return found


def hint_leaks(exercises: Sequence[Exercise]) -> list[tuple[str, int, str]]:
    """Hints of any level that hold the answer; there should be none."""
    said = [(e, level, next_hint(e.question, level).message) for e in exercises for level in LEVELS]
    return [(e.question, level, text) for e, level, text in said if leaks(text, e)]


class LeakingModel:
    """Tells the answer in every turn, each time in other words."""

    name = "leaking"
    _WAYS = (
        "The answer is {}.", "Psst: {}", "It comes to {}, but work it out yourself!", "You should get **{}** in the end.",
        "First think. Then check that you have {}.", "$${}$$", "```python\nprint({})\n```", "| result |\n| --- |\n| {} |",
    )  # fmt: skip

    def __init__(self) -> None:
        self.answer = ""
        self.turns = 0

    async def turn(self, request: TurnRequest) -> AsyncIterator[Event]:
        """One turn, word by word."""
        text = self._WAYS[self.turns % len(self._WAYS)].replace("{}", self.answer)
        self.turns += 1
        part, item = f"leak-{self.turns}-{len(request.items)}", assistant_message(text)
        for piece in re.findall(r"\s*\S+|\s+$", text):
            yield TextDelta(part=part, text=piece)
        yield ItemDone(part=part, item=item)
        yield TurnDone(items=(item,))

    async def close(self) -> None:
        """Nothing to release."""


def model_leaks(exercises: Sequence[Exercise], reveal: str = "never") -> tuple[list[tuple[str, str]], int]:
    """What a leaking model got onto the page, and how many turns it had for it."""
    model, found = LeakingModel(), []
    assistant = Assistant(
        backend=GuardedBackend(model, reveal),
        executor=RecordingExecutor({}),
        store=memory_store(),
        model="leaking:m",
    )
    for exercise in exercises:
        model.answer = exercise.answer
        events = assistant.stream(f"Hello, my name is Kim. {exercise.question}", thread=assistant.thread())
        shown = " | ".join(_shown(event) for event in events)
        if leaks(shown.replace("Hello, my name is Kim. ", ""), exercise):
            found.append((exercise.question, shown))
    return found, model.turns


def _shown(event: Event) -> str:
    """The words of an event that a page shows."""
    return " ".join(str(v) for k, v in event.to_json().items() if k in {"text", "item", "arguments"} and v)


@dataclass(frozen=True)
class Proofs:
    """Worked solutions, counted.

    Attributes:
        solved: Problems with a worked solution.
        unsolved: Problems without one.
        lines: Lines shown below the problem.
        agreed: Of these, lines that were read again from the page and follow from the line above.
        wrong: Solutions with a line that does not follow, or that end in something else than the answer.
    """

    solved: int
    unsolved: Sequence[str]
    lines: int
    agreed: int
    wrong: Sequence[str]


def proofs(exercises: Sequence[Exercise]) -> Proofs:
    """Read every shown line again and compare it with the one above, and the last with the answer of the rule."""
    solutions: Sequence[tuple[Exercise, tuple[Step, ...]]] = [(e, solve_steps(e.question)) for e in exercises]
    pairs = [
        (e, check_step(above.latex, below.latex).status)
        for e, steps in solutions
        for above, below in itertools.pairwise(steps)
    ]
    wrong = {e.question for e, status in pairs if status == "wrong"}
    wrong |= {e.question for e, steps in solutions if steps and not _ends_in_the_answer(e, steps[-1])}
    return Proofs(
        solved=sum(bool(steps) for _, steps in solutions),
        unsolved=[e.question for e, steps in solutions if not steps],
        lines=len(pairs),
        agreed=sum(status == "correct" for _, status in pairs),
        wrong=sorted(wrong),
    )


def _ends_in_the_answer(exercise: Exercise, last: Step) -> bool:
    form = "up_to_constant" if exercise.question.startswith("Integrate") else ""
    return check_answer(last.latex, exercise.answer, form or None).status in {"correct", "unknown"}


def lines() -> list[str]:
    """The section of the report."""
    exercises = list(made())
    hints, (told, turns), proved = hint_leaks(exercises), model_leaks(exercises), proofs(exercises)
    kinds = len({e.kind for e in exercises})
    rows: list[tuple[str, Any]] = [
        (
            f"hints that hold the answer ({len(exercises)} problems of {kinds} kinds, 3 levels each)",
            len(hints),
        ),
        (f"answers of a leaking model that reached the page ({turns} leaking turns)", len(told)),
        ("worked solutions", f"{proved.solved} of {len(exercises)}"),
        ("lines of them, each proved before it is shown", proved.lines),
        ("lines that follow when the page is read again", proved.agreed),
        ("solutions with a line that does not follow, or with another end", len(proved.wrong)),
    ]
    return [
        "| counted over problems made by rules | |",
        "| --- | ---: |",
        *(f"| {name} | {value} |" for name, value in rows),
    ]
