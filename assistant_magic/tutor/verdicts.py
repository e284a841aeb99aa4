"""Whether an answer is right: read as people type it, compared exactly, judged for its form as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from assistant_magic.codec import Value
from assistant_magic.tutor import forms
from assistant_magic.tutor.claims import Claim, NotReadError, read_claims
from assistant_magic.tutor.comparison import compare_claims
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.phrases import phrase

Status = Literal["correct", "form", "wrong", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Verdict(Value):
    """What became of an answer.

    Attributes:
        status: `correct`; `form`: equivalent, but not as asked; `wrong`; `unknown`: it could not be told.
        reason: Why, as a key: `same`, `form_factored`, `missing`, `rounded`, `domain` …
        message: Why, for the pupil.
    """

    type: ClassVar[Literal["verdict"]] = "verdict"
    status: Status
    reason: str
    message: str

    @classmethod
    def because(cls, status: Status, reason: str, /, **values: object) -> Verdict:
        """A verdict in the words of its reason; `values` fill their gaps."""
        return cls(status=status, reason=reason, message=phrase("verdict", reason, **values))


def check_answer(student: str, expected: str, form: str | None = None, *, seconds: float = 5.0) -> Verdict:
    """Compare a pupil's answer with the expected one.

    Both are read as people type: `3/4`, `.75`, `x=2 or -3`, `2sqrt3`, LaTeX, `1,5`, `5 cm`, `x < 3`, `(2, 3)`.
    Letters stand for real numbers. `correct` is said only where equality is proved.

    Args:
        student: What the pupil typed.
        expected: The right answer.
        form: How it should look: `factored`, `expanded`, `lowest_terms`, `decimal_places:2`,
            `significant_figures:3`, `worked_out` (one number), `units` (the unit of `expected`), `up_to_constant` (an antiderivative).
        seconds: Time limit; after it the verdict is `unknown`.
    """
    kind, _, amount = (form or "").partition(":")
    if form and f"{kind}:N" * bool(amount) not in forms.FORMS and (kind not in forms.FORMS or amount):
        return Verdict.because("unknown", "form_unknown", form=form)
    try:
        wanted = read_claims(expected)
    except NotReadError as error:
        return Verdict.because("unknown", "expected_unread", text=str(error))
    try:
        given = read_claims(student)
    except NotReadError as error:
        return Verdict.because("unknown", "unread", text=str(error))
    return check_claims(given, wanted, form or "", seconds=seconds)


def check_claims(
    given: Sequence[Claim], wanted: Sequence[Claim], form: str = "", *, seconds: float = 5.0
) -> Verdict:
    """`check_answer` for answers that were read before; each is every way to read one text."""
    try:
        return within(seconds, lambda: _judged(given, wanted, form))
    except OutOfTimeError:
        return Verdict.because("unknown", "too_long")


NO_COMPARISON = (
    ValueError, TypeError, RuntimeError, ArithmeticError, AttributeError, KeyError,
)  # fmt: skip
"""Readings of different shapes; and SymPy gives up in many ways. None of them may become a verdict."""

_RANK: Sequence[Status] = ("correct", "form", "wrong", "unknown")


def _judged(given: Sequence[Claim], wanted: Sequence[Claim], form: str) -> Verdict:
    if any(claim.choices for claim in given[:1]):
        return _two_readings(given[0], wanted, form)
    verdicts = [_compared(claim, other, form) for claim in given for other in wanted]
    return min(verdicts, key=lambda v: _RANK.index(v.status))


def _two_readings(claim: Claim, wanted: Sequence[Claim], form: str) -> Verdict:
    statuses = {_judged([one], wanted, form).status for one in claim.readings()}
    if statuses == {"wrong"}:
        return Verdict.because("wrong", "different")
    return Verdict.because("unknown", "two_readings")


def _compared(given: Claim, wanted: Claim, form: str) -> Verdict:
    try:
        finding = compare_claims(given, wanted, form)
    except NO_COMPARISON:
        return Verdict.because("unknown", "undecided")
    return Verdict.because(
        finding.status, finding.reason, **{"amount": form.partition(":")[2], **finding.values}
    )
