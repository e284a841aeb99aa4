"""Conversations: what follows from what was said before."""

from __future__ import annotations

import json

import pytest

from assistant_magic.events import ItemDone, TextDelta, TurnDone
from assistant_magic.items import Message, ToolCall, ToolResult, assistant_message, user_message
from tutor.pupil import PYTHON, Pupil

FOLLOW_UPS = [
    ("10 - 4 raised to the 2.7", "-32.22425314473263", "now add 17.241", "-14.983253144732629"),
    ("12 * 15", "180", "divide that by 4", "45"),
    ("30% of 50", "15", "sorry 13%", "13/2"),
    ("solve 3x - 7 = 14", "[7]", "same but with 5 in place of 14", "[4]"),
    ("integrate x^5", "x**6/6", "wait no, differentiate", "5*x**4"),
    ("4.5 * 12", "54", "make the times a plus", "33/2"),
    ("area of a circle radius 3", "9*pi", "same but with 7", "49*pi"),
    ("mean of 3, 8, 10, 11", "8", "and the median?", "9"),
    ("sin 60 degrees", "sqrt(3)/2", "and cos", "1/2"),
    ("factor x^2 + 8x + 15", "(x + 3)*(x + 5)", "what is it when x = 1", "24"),
    ("convert 5.2 km into metres", "5200", "and in cm?", "520000"),
    ("second derivative of x^4", "12*x**2", "third?", "24*x"),
]


@pytest.mark.parametrize(
    ("first", "one", "then", "other"), FOLLOW_UPS, ids=[f"{a} / {b}" for a, _, b, _ in FOLLOW_UPS]
)
def test_a_follow_up_uses_the_unrounded_result(first, one, then, other):
    """'that', 'same but', 'and cos' go on from the exact result or the last problem."""
    pupil = Pupil(PYTHON)
    pupil.ask(first)
    assert pupil.printed == one
    pupil.ask(then)
    assert pupil.printed == other


def test_the_first_conversation_reads_as_promised():
    """The headline example: both numbers in full, and what answered says what it is."""
    pupil = Pupil(PYTHON)
    first = pupil.ask("What's 10 - 4 raised to the 2.7")
    second = pupil.ask("now add 17.241")
    third = pupil.ask("now divide that by 2")
    assert "-32.22425314473263" in first
    assert "-14.983253144732629" in second
    assert "-7.4916265723663145" in third
    assert all("not by a language model" in answer for answer in (first, second, third))


def test_a_hint_gives_nothing_away_and_an_attempt_is_checked():
    """A bare number after a hint is an attempt; wrong and right are told apart by computing."""
    pupil = Pupil(PYTHON)
    hint = pupil.ask("i need a nudge with 3/4 + 1/6, dont give the answer away")
    assert "11" not in hint
    assert pupil.ask("10/12?").startswith("**No**")
    assert "11" not in pupil.items[-1].text
    assert pupil.ask("11/12").startswith("**Yes")


@pytest.mark.parametrize(
    ("asked", "shown", "wrong", "right"),
    [
        ("quiz me on fractions", "Work out $\\frac{", "1/100", "6/5"),
        ("ask me a question about linear equations", "Solve $", "x = 100", "x = 5"),
    ],
)
def test_a_question_on_a_named_topic(asked, shown, wrong, right):
    """The pupil names what to practise; the answer to it is checked like any other."""
    pupil = Pupil(PYTHON)
    assert shown in pupil.ask(asked)
    assert pupil.ask(wrong).startswith("**No**")
    assert pupil.ask(right).startswith("**Yes"), pupil.items


def test_missing_data_are_asked_for_and_then_used():
    """'divide that by 3' with nothing before it waits for the number."""
    pupil = Pupil(PYTHON)
    assert "do not know yet" in pupil.ask("divide that by 3")
    pupil.ask("oh right. the number is 81")
    assert pupil.printed == "27"


def test_without_a_state_the_last_answer_is_read():
    """A thread that another backend answered gives its last number to 'that'."""
    pupil = Pupil(PYTHON)
    pupil.items = [user_message("what is six times seven"), assistant_message("That is **42**.")]
    pupil.ask("divide that by 2")
    assert pupil.printed == "21"


def test_without_the_tool_no_number_is_invented():
    """With no `python` tool the code is shown and no result is claimed."""
    pupil = Pupil()
    answer = pupil.ask("12 * 12")
    assert "144" not in answer
    assert "print(12*12)" in answer


@pytest.mark.parametrize(
    ("status", "outputs", "said"),
    [
        ("refused", (), "not allowed"),
        ("interrupted", (), "stopped"),
        (
            "error",
            ({"output_type": "error", "ename": "ModuleNotFoundError", "evalue": "No module named 'sympy'"},),
            "pip install sympy",
        ),
        ("error", ({"output_type": "error", "ename": "ZeroDivisionError", "evalue": ""},), "undefined"),
        ("ok", (), "nothing"),
    ],
)
def test_a_failed_call_is_told_as_it_is(status, outputs, said):
    """Refused, stopped, an error or silence: each has its own words and no number."""
    import asyncio

    pupil = Pupil(PYTHON)
    pupil.items.append(user_message("144 / 12"))
    done = asyncio.run(pupil.turn())
    call = done.items[-1]
    assert isinstance(call, ToolCall)
    pupil.items.append(ToolResult(call_id=call.call_id, name="python", status=status, outputs=outputs))
    done = asyncio.run(pupil.turn())
    answer = done.items[-1]
    assert isinstance(answer, Message)
    assert said in answer.text
    assert "= 12" not in answer.text


def test_the_words_stream_in_pieces_that_make_the_item():
    """Deltas add up to the message; the turn ends in exactly one TurnDone."""
    pupil = Pupil(PYTHON)
    pupil.ask("hello")
    text = "".join(e.text for e in pupil.events if isinstance(e, TextDelta))
    items = [e.item for e in pupil.events if isinstance(e, ItemDone)]
    assert [item.text for item in items] == [text]
    assert [type(e) for e in pupil.events].count(TurnDone) == 1


def test_the_pupils_names_stay_the_pupils():
    """Symbols and helpers of the generated code do not replace the pupil's variables."""
    pupil = Pupil(PYTHON)
    pupil.namespace |= {"x": 7, "f": "mine", "value": 1, "solutions": 2}
    for text in (
        "solve x^2 - 5x + 6 = 0",
        "plot x^2 from 0 to 1",
        "round pi to 3 decimal places",
        "is x = 2 right?",
    ):
        pupil.ask(text)
    assert {k: pupil.namespace[k] for k in ("x", "f", "value", "solutions")} == {
        "x": 7,
        "f": "mine",
        "value": 1,
        "solutions": 2,
    }


def test_the_state_is_json():
    """What a thread keeps goes through JSON unchanged."""
    pupil = Pupil(PYTHON)
    pupil.ask("solve x + y = 9 and x - y = 1")
    assert json.loads(json.dumps(pupil.state)) == pupil.state
    pupil.ask("what's x times y")
    assert pupil.printed == "20"
