"""What 'it', 'the first' and 'same but' mean from line to line, and when nobody can know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.pupil import PYTHON, Pupil

HERE = Path(__file__).parent
THREADS = (HERE / "threads.tsv").read_text(encoding="utf-8").splitlines()
DECLINES = ("I could not read", "I do not know yet", "I cannot", "I can read that in two ways")


@pytest.mark.parametrize("thread", THREADS)
def test_every_line_of_a_thread_is_right_or_declined(thread):
    """Each line prints what stands behind its arrow; `?` is a refusal, `.` a line that only gives data or draws."""
    pupil = Pupil(PYTHON)
    for line in thread.split("\t"):
        text, _, expected = line.partition(" → ")
        pupil.printed = ""
        answer = pupil.ask(text)
        if expected == "?":
            assert answer.startswith(DECLINES), (text, answer)
        elif expected != ".":
            assert pupil.printed.strip().replace("\n", " | ") == expected, (text, answer)


def test_after_a_line_that_was_not_read_the_last_result_is_named():
    """'it' is refused with the result that is left, so that the pupil can write it out."""
    pupil = Pupil(PYTHON)
    pupil.ask("20% of 90")
    pupil.ask("what is the florp of 9")
    answer = pupil.ask("double it")
    assert "The last result was $18$" in answer


def test_an_odd_root_of_a_negative_number_is_the_real_one_and_says_so():
    """(-8)^(1/3) is -2 as at school; one sentence names the complex principal root."""
    pupil = Pupil(PYTHON)
    answer = pupil.ask("(-8)^(1/3)")
    assert pupil.printed == "-2"
    assert "principal root" in answer


def test_quartiles_name_their_method():
    """Schools compute quartiles in several ways; the answer says which it took."""
    pupil = Pupil(PYTHON)
    assert "without the middle value" in pupil.ask("quartiles of 1, 3, 5, 7, 9, 11, 13")
    assert pupil.printed == "[3, 7, 11]"


@pytest.mark.parametrize(
    "text", ["Explain this error", "what does this traceback mean", "can you fix my code"]
)
def test_code_and_errors_are_no_mathematics(text):
    """Before and after a computed line the refusal is the same, and nothing runs."""
    pupil = Pupil(PYTHON)
    assert "cannot read code" in pupil.ask(text)
    pupil.ask("2 + 2")
    assert "cannot read code" in pupil.ask(text)
