"""`check_answer` on a table of answers as pupils type them."""

from __future__ import annotations

import time

import pytest

from assistant_magic.tutor.verdicts import check_answer
from tutor.answer_pairs import ADVERSARIAL, CORRECT, CORRECT_IN_FORM, FORM, UNKNOWN, WRONG, WRONG_IN_FORM


@pytest.mark.parametrize(("student", "expected"), CORRECT)
def test_equal_answers_are_correct(student: str, expected: str) -> None:
    """What is equal is correct, however it is typed."""
    assert check_answer(student, expected).status == "correct"


@pytest.mark.parametrize(("student", "expected"), WRONG)
def test_unequal_answers_are_wrong(student: str, expected: str) -> None:
    """What looks alike but is not equal is never correct, and is called wrong."""
    assert check_answer(student, expected).status == "wrong"


@pytest.mark.parametrize(("student", "expected", "form", "reason"), FORM)
def test_equal_answers_in_another_form_are_told_apart(
    student: str, expected: str, form: str | None, reason: str
) -> None:
    """Equivalent but not as asked: the verdict says what is missing."""
    verdict = check_answer(student, expected, form)
    assert (verdict.status, verdict.reason) == ("form", reason)


@pytest.mark.parametrize(("student", "expected", "form"), CORRECT_IN_FORM)
def test_the_asked_form_is_recognised(student: str, expected: str, form: str) -> None:
    """The right value in the asked form is correct."""
    assert check_answer(student, expected, form).status == "correct"


@pytest.mark.parametrize(("student", "expected", "form"), WRONG_IN_FORM)
def test_a_form_makes_no_wrong_value_right(student: str, expected: str, form: str) -> None:
    """A wrong value in the asked form is wrong."""
    assert check_answer(student, expected, form).status == "wrong"


@pytest.mark.parametrize(("student", "expected"), UNKNOWN)
def test_what_cannot_be_read_is_not_judged(student: str, expected: str) -> None:
    """Unreadable, ambiguous and oversized answers get no verdict, at once, and are never run."""
    started = time.monotonic()
    assert check_answer(student, expected).status == "unknown"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("student", "expected", "form", "status"), ADVERSARIAL)
def test_a_trap_is_none(student: str, expected: str, form: str, status: str) -> None:
    """Domains, branches, tiny differences, units, constants, commas, figures and LaTeX: each has its one verdict."""
    assert check_answer(student, expected, form or None).status == status


def test_the_table_is_long_enough() -> None:
    """More than 200 pairs beside 60 traps, none of them twice."""
    pairs = [*CORRECT, *WRONG, *FORM, *CORRECT_IN_FORM, *WRONG_IN_FORM, *UNKNOWN]
    assert len(set(pairs)) > 350
    assert len(set(ADVERSARIAL)) > 100


def test_a_verdict_goes_to_json_and_back() -> None:
    """A verdict is a value with a message for the pupil."""
    verdict = check_answer("6/8", "3/4", "lowest_terms")
    assert type(verdict).from_json(verdict.to_json()) == verdict
    assert "lowest terms" in verdict.message


def test_an_unknown_form_is_said() -> None:
    """A form that does not exist is named instead of being ignored."""
    assert check_answer("1", "1", "pretty").reason == "form_unknown"
    assert check_answer("1", "1", "factored:2").reason == "form_unknown"
