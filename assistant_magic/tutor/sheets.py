"""A teacher's own problems, one a line: `question | answer | form`, `question = answer`, or a question alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant_magic.tutor.claims import NotReadError, read_claims
from assistant_magic.tutor.exercises import Exercise
from assistant_magic.tutor.problems import Attempt, Problem
from assistant_magic.tutor.read import Context, read


class SheetError(ValueError):
    """A line is no problem; its words say which line and what is missing."""


def exercises_in(text: str, title: str = "") -> Sequence[Exercise]:
    """The problems of a sheet; empty lines and lines that start with `#` are left out.

    Raises:
        SheetError: A line has no answer, and none can be computed from its question.
    """
    return tuple(_exercises(text, title))


def _exercises(text: str, title: str) -> Iterator[Exercise]:
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        question, expected, form = _parts(plain)
        exercise = Exercise(question=question, topic=title, expected=expected, form=form)
        if exercise.answer is None:
            what = (
                f"I cannot read the answer {expected!r}"
                if expected
                else f"I cannot answer {question!r} myself"
            )
            raise SheetError(f"line {number}: {what}; write `question | answer`")
        if form and exercise.mark(expected or "1").reason == "form_unknown":
            raise SheetError(f"line {number}: there is no form {form!r}; see `check_answer`")
        own = Exercise(question=question)
        if expected and own.problem is not None and own.mark(expected).status == "wrong":
            raise SheetError(
                f"line {number}: {expected!r} is not what I get for {question!r}; reword one of them"
            )
        yield exercise


def _parts(line: str) -> tuple[str, str, str]:
    if "|" in line:
        question, expected, form = [part.strip() for part in (*line.split("|", 2), "", "")[:3]]
        return question, expected, form
    reading = read(line, Context())
    question, sign, expected = (part.strip() for part in line.rpartition("="))
    # `7 * 8 = 56` could ask whether that is so; on a sheet it says what is right.
    says = isinstance(reading, Attempt) or (isinstance(reading, Problem) and reading.task == "compare")
    unknown = Exercise(question=line).problem is None
    if sign and _is_answer(expected) and (unknown or (says and not line.endswith("?"))):
        return question, expected, ""
    return line, "", ""


def _is_answer(text: str) -> bool:
    try:
        return bool(read_claims(text))
    except NotReadError:
        return False
