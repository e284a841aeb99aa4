"""Questions in many wordings, and texts that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.pupil import PYTHON, Pupil

HERE = Path(__file__).parent
PARAPHRASES = [
    line.split("\t") for line in (HERE / "paraphrases.tsv").read_text(encoding="utf-8").splitlines()
]
DECLINED = (HERE / "declined.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("question", "printed"), PARAPHRASES, ids=[q for q, _ in PARAPHRASES])
def test_a_question_is_computed(question, printed):
    """The code written for a question prints what it asks for."""
    pupil = Pupil(PYTHON)
    pupil.ask(question)
    assert pupil.printed.replace("\n", " | ") == printed


@pytest.mark.parametrize("text", DECLINED, ids=DECLINED)
def test_what_is_no_question_by_rule_is_declined(text):
    """Word problems, missing data, proofs and small talk run no code and give no number of their own."""
    pupil = Pupil(PYTHON)
    answer = pupil.ask(text)
    assert len(pupil.items) == 2
    assert "not a language model" in answer or "not by a language model" in answer


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "factorial of 1000000",
        "what is 2^100000",
        "expand (x+1)^5000",
        "solve x^500 + x = 1",
        "round pi to 100000 decimal places",
        "sum of 1/k from k=1 to 10000",
        "list the primes between 1 and 1000000000",
        "+".join("1" * 10_000),
        "(" * 900 + "1" + ")" * 900,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_too_large_is_refused_at_once(text):
    """Nothing is computed that would take for ever; the refusal says so."""
    pupil = Pupil(PYTHON)
    answer = pupil.ask(text)
    assert len(pupil.items) == 2
    assert "too l" in answer or "could not read" in answer


@pytest.mark.parametrize(
    "text",
    ["square root of 16 plus 9", "1/2x when x is 4", "6÷2(1+2)", "half of 8 plus 6", "100 - 35%", "sin 45"],
)
def test_two_readings_are_both_named(text):
    """An ambiguous text is given back with both readings."""
    answer = Pupil(PYTHON).ask(text)
    assert "two ways" in answer
    assert answer.count("$") >= 4


def test_an_unread_word_is_named():
    """A decline says which word stood in the way and how to connect a model."""
    answer = Pupil(PYTHON).ask("integrate the zorblax of x^2")
    assert "zorblax" in answer
    assert "%assistant set model" in answer
