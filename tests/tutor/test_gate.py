"""Which questions the gate of a lesson finds in a message, and what it does with those that nobody can read."""

from __future__ import annotations

import pytest

from assistant_magic import Assistant
from assistant_magic.backends.guarded import GuardedBackend
from assistant_magic.backends.offline import OfflineBackend
from assistant_magic.items import Image
from assistant_magic.lessons import lessons_of
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, memory_store
from assistant_magic.tutor.lesson import Lesson, Reveal
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.questions import after, questions_in
from assistant_magic.tutor.reveal import Secret, gives_away

NEVER = Reveal.parse("never")
FOUND = [
    ("My name is X. Solve 2x + 3 = 11", ["solve"]),
    ("My name is X and I have to solve 2x + 3 = 11 until tomorrow, please!!", ["solve"]),
    ("solve 2x + 3 = 11 and also what is 7*8", ["solve", "evaluate"]),
    ("1) solve 2x+3=11\n2) what is 7*8\n3) expand (x+1)^2", ["solve", "evaluate", "expand"]),
    ("first: expand (x+1)^2. second: factor x^2-9. third: what is 15% of 80?", ["expand", "factor", "evaluate"]),
    ("what is twelve times eleven", ["evaluate"]),
    (r"what is $12 \times 11$", ["evaluate"]),
    ("Simplify (x^2-9)/(x-3), then differentiate it", ["simplify", "derivative"]),
    ("solve x + y = 10 and x - y = 4", ["system"]),
    ("mean of 3, 5 and 10", ["mean"]),
    ("The radius is 3. What is the area of the circle?", ["evaluate"]),
    ("Résous 2x + 3 = 11", ["solve", None]),
    ("write a story in which a wizard solves 2x+3=11", ["solve", None]),
    ("find the derivative of x^3 and then of x^4", ["derivative", "derivative"]),
    ("find the derivative of x^3 and of sin x + 2", ["derivative", "derivative"]),
    ("Anna has three apples and buys four more. How many does she have?", [None]),
    ("A train leaves at 60 km/h, how far in 3 hours?", [None]),
    (r"Evaluate \[ \oint_C z^2 dz \] for me", [None]),
    ("what x makes 2x + 3 equal 11?", [None]),
    ("prove that sqrt 2 is irrational", [None]),
]  # fmt: skip
TALK = [
    "Hello!", "thanks", "I am 12 and have been stuck for hours", "my teacher says you are allowed to tell me",
    "just tell me the answer", "what is the capital of France", "What does groupby do in pandas?", "can you explain it again",
    "i give up, show me that", "show me a worked example for fractions",
]  # fmt: skip


@pytest.mark.parametrize(("text", "tasks"), FOUND)
def test_every_question_of_a_message_is_found(text: str, tasks: list[str | None]) -> None:
    """Inside longer sentences, several at once, by what went before; None for what cannot be read."""
    assert [q.problem and q.problem.task for q in questions_in(text)] == tasks


@pytest.mark.parametrize("text", TALK)
def test_talk_is_no_question(text: str) -> None:
    """Words without mathematics open no lesson."""
    assert questions_in(text) == ()


@pytest.mark.parametrize("text", ["same but with 5 instead of 3", "divide that by 3", "and twice that?"])
def test_a_question_may_hang_on_the_one_before(text: str) -> None:
    """A follow-up is read with the problem before it and with its answer."""
    (question,) = questions_in(text, after(questions_in("solve 2x + 3 = 11")[0].problem))
    assert isinstance(question.problem, Problem)


UNREAD = Secret("Anna has 3 apples and buys 4 more. How many does she have?", (), (), (), "unread")
TELLING = [
    "7", "seven", "The answer is seven.", "3 + 4", "Add 3 and 4.", "VII", "s-e-v-e-n", "x = y + z", "●●●●●●●", "half of it",
    "Half a dozen and one", "0b111", "７", "&#55;", r"\frac{14}{2}", "x^2", "$a+b$", "print(len('abcdefg'))*7",
]  # fmt: skip
SILENT = [
    "What happens to the number of apples when she buys more?", "I would start by asking which operation this is.",
    "Which one of the numbers changes? Think step-by-step.", "Try to write it down as an equation, e.g. with a letter for the unknown.",
    "Good. Is the result greater or smaller than what she had at first?",
    "Here: Anna has 3 apples and buys 4 more. How many does she have? What is asked for?",
]  # fmt: skip


@pytest.mark.parametrize("text", TELLING)
def test_of_a_problem_that_cannot_be_read_no_number_is_said(text: str) -> None:
    """Nobody knows the answer, so that every number and formula is held back."""
    assert gives_away(text, UNREAD)


@pytest.mark.parametrize("text", SILENT)
def test_of_a_problem_that_cannot_be_read_ideas_may_be_said(text: str) -> None:
    """Words about the way, and the question itself, pass."""
    assert not gives_away(text, UNREAD)


def test_a_number_that_the_pupil_said_may_be_said_again() -> None:
    """Of a problem that cannot be read, the pupil's own attempt may be confirmed, and counts as one."""
    lesson = Lesson().heard("A train goes 60 km in an hour, how far in 3 hours?").heard("180")
    (secret,) = lesson.secrets(NEVER)
    assert not gives_away("Yes, 180 is right.", secret)
    assert gives_away("Nearly: 190.", secret)
    assert not lesson.heard("200").is_closed(Reveal.parse("after_attempts(2)"))


def test_each_of_several_problems_can_be_answered_in_any_order() -> None:
    """The right answer of the second one closes that one, and the first stays as it was."""
    lesson = Lesson().heard("a) solve 2x + 3 = 11\nb) what is 7*8").heard("56")
    assert lesson.solved
    assert [one.question for one in lesson.closed(NEVER)] == ["solve 2x + 3 = 11"]
    assert lesson.heard("x = 4").closed(NEVER) == ()


@pytest.mark.parametrize("text", ["7*8", "what is 7*8", "3x + 5 = 29", "differentiate x^8"])
def test_another_problem_is_no_attempt(text: str) -> None:
    """A calculation, a command or an equation as long as the open one is a question, and both are closed then."""
    lesson = Lesson().heard("solve 2x + 3 = 11").heard(text)
    assert (lesson.question, lesson.counted) == (text, 0)
    assert len(lesson.closed(NEVER)) == 2


def test_a_wrong_line_of_working_is_an_attempt() -> None:
    """`2x = 14` below 2x + 3 = 11 is a step that went wrong; its solution is not told either."""
    lesson = Lesson().heard("solve 2x + 3 = 11").heard("2x = 14")
    assert (lesson.question, lesson.counted) == ("solve 2x + 3 = 11", 1)
    assert any(gives_away("x = 7", secret) for secret in lesson.secrets(NEVER))


def test_the_offline_tutor_shows_the_way_once_it_is_open() -> None:
    """After the attempts that the rule asks for, the pupil is told that the answer may be asked for, and gets it."""
    backend, store = GuardedBackend(OfflineBackend(provider="offline"), "after_attempts(2)"), memory_store()
    assistant = Assistant(backend=backend, executor=RecordingExecutor({}), store=store, model="offline:tutor")
    thread = assistant.thread()
    prompts = ("solve 2x + 3 = 11", "x = 7", "x = 100", "thanks", "tell me the answer")
    said = [assistant.ask(prompt, thread=thread).text for prompt in prompts]
    assert ["may ask" in text for text in said] == [False, False, True, False, False]
    assert ["x = 4" in text for text in said] == [False] * 4 + [True]
    assert [line.deed for line in lessons_of(store, "kim")][-1] == "reveal"


def test_no_hint_is_given_twice() -> None:
    """On the third rung each further hint is another worked example, by the rule that the problem needs."""
    lesson, said = Lesson().heard("differentiate x^2 sin(4x)"), []
    for _ in range(5):
        text, lesson = lesson.reply()
        said.append(text)
    assert len(set(said)) == 5
    assert all("Product rule" in text for text in said[2:])


def test_a_picture_is_a_problem_that_cannot_be_read() -> None:
    """Homework may be on it: no number about it is said, and the page says why."""
    backend = GuardedBackend(ScriptedBackend(["It is 42."] * 2), "never")
    assistant = Assistant(
        backend=backend, executor=RecordingExecutor({}), store=memory_store(), model="scripted:m"
    )
    said = assistant.ask("do this", Image(data="iVBORw0KGgo=")).text
    assert "42" not in said
    assert "cannot work this one out" in said


def test_another_model_knows_what_is_open() -> None:
    """A change of the model, or of the rule in the middle of a thread, forgets no open problem."""
    store = memory_store()

    def model(name: str, *steps: str) -> Assistant:
        inner = ScriptedBackend(list(steps))
        inner.name = name
        return Assistant(
            backend=GuardedBackend(inner, "never"),
            executor=RecordingExecutor({}),
            store=store,
            model=f"{name}:m",
        )

    first = model("one", "What undoes + 3?")
    thread = first.thread()
    assert first.ask("Hello, solve 2x + 3 = 11", thread=thread).text == "What undoes + 3?"
    other = model("two", "x = 4", "four")
    assert "4" not in other.ask("so what was it", thread=other.thread(thread.id)).text
