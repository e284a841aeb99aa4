"""Quizzes: problems by rules, a teacher's sheet, marking, hints, when an answer may be shown, and what is left."""

from __future__ import annotations

from itertools import islice

import pytest

from assistant_magic.tutor.drills import RULES
from assistant_magic.tutor.exercises import LEVELS, TOPICS, Exercise, exercises, topic_named
from assistant_magic.tutor.logbook import Logbook
from assistant_magic.tutor.quizzes import Quiz
from assistant_magic.tutor.reveal import gives_away, secret_of
from assistant_magic.tutor.say.typeset import typeset
from assistant_magic.tutor.sheets import SheetError, exercises_in


@pytest.mark.parametrize("topic", TOPICS)
def test_every_rule_makes_problems_whose_answer_is_proved(topic: str) -> None:
    """What the rule was built from is what SymPy computes from the words, at every level."""
    import random

    dice = random.Random(5)
    for level in LEVELS:
        question, answer = RULES[topic][level - 1](dice)
        exercise = Exercise(question=question, topic=topic, level=level)
        assert exercise.mark(answer).status == "correct", (question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Work out 3 + 4 * 5", "3 + 4*5"),
        ("Work out 3 + 4 * 5", "3 + 20"),
        ("Work out 1/4 + 1/4", "2/4"),
        ("Expand (x + 3)^2", "(x+3)^2"),
        ("Factor x^2 - 9", "x^2 - 9"),
        ("Solve 2x + 3 = 11", "2x = 8"),
        ("Solve 2x < 8", "2x < 8"),
        ("What is 2x + 1 when x = 4?", "2*4 + 1"),
        ("Simplify sqrt(72)", "sqrt(72)"),
        ("the mean of 3, 4 and 8", "15/3"),
    ],
)
def test_the_question_again_is_no_answer(question: str, answer: str) -> None:
    """What is equal but not worked out is told apart from what is asked."""
    assert Exercise(question=question).mark(answer).status == "form"


def test_the_same_seed_gives_the_same_problems() -> None:
    """Reproducible, without repeats, and others for another seed."""
    first, again, other = (
        [e.question for e in islice(exercises("fractions", 2, seed), 6)] for seed in (1, 1, 2)
    )
    assert first == again
    assert len(set(first)) == 6
    assert first != other


@pytest.mark.parametrize(
    ("words", "topic"),
    [("linear", "linear equations"), ("Quad", "quadratic equations"), ("fraktions", "fractions")],
)
def test_a_topic_is_found_by_what_people_type(words: str, topic: str) -> None:
    """The beginning of a name, or nearly the name."""
    assert topic_named(words) == topic


def test_an_unknown_topic_names_the_known_ones() -> None:
    """The error is the list."""
    with pytest.raises(ValueError, match="there are: arithmetic"):
        topic_named("poetry")


@pytest.mark.parametrize(
    ("line", "question", "right", "wrong"),
    [
        ("7 * 8 = 56", "7 * 8", "56", "54"),
        ("Solve 2x + 3 = 11", "Solve 2x + 3 = 11", "4", "7"),
        ("x + 3 = 7 | 4", "x + 3 = 7", "x = 4", "3"),
        ("Factor x^2 - 9 | (x-3)(x+3) | factored", "Factor x^2 - 9", "(x+3)(x-3)", "(x-3)^2"),
        ("How many legs do 3 cats have? = 12", "How many legs do 3 cats have?", "12", "9"),
        ("Is 97 prime?", "Is 97 prime?", "yes", "no"),
        ("How long is the rope? | 5 m | units", "How long is the rope?", "5 m", "6 m"),
    ],
)
def test_a_sheet_is_read_as_teachers_write_it(line: str, question: str, right: str, wrong: str) -> None:
    """Question, answer and form between bars; an equals sign; or a question that is answered here."""
    (exercise,) = exercises_in(f"# week 3\n\n{line}\n", "week 3")
    assert (exercise.question, exercise.topic) == (question, "week 3")
    assert exercise.mark(right).status == "correct"
    assert exercise.mark(wrong).status == "wrong"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("How many legs?", "cannot answer 'How many legs\\?' myself"),
        ("Capital of France? | Paris", "cannot read the answer 'Paris'"),
        ("1 + 1 | 2 | pretty", "no form 'pretty'"),
        ("1/2 + 1/3 | 5/7", "'5/7' is not what I get"),
    ],
)
def test_a_line_that_is_no_problem_is_named(line: str, words: str) -> None:
    """Its number, what is wrong, and how it is written; a wrong key is found before a pupil meets it."""
    with pytest.raises(SheetError, match=f"line 2: .*{words}"):
        exercises_in(f"1 + 1\n{line}")


def _quiz(*questions: str, reveal: str = "always", logbook: Logbook | None = None) -> Quiz:
    return Quiz([Exercise(question=q, topic="t") for q in questions], reveal=reveal, logbook=logbook)


def test_a_quiz_goes_from_problem_to_problem_and_keeps_the_record() -> None:
    """Answers, verdicts and the hint stand in the record in order, and the result at its end."""
    quiz = _quiz("Solve 2x + 3 = 11", "Work out 1/2 + 1/3", "Work out 2 + 2")
    assert quiz.answer("x = 7").status == "wrong"
    quiz.hint()
    assert quiz.answer(" 4 ").status == "correct"
    assert quiz.answer("5").reason == "no_problem"
    quiz.next()
    assert quiz.answer("5/6").status == "correct"
    quiz.next()
    assert not quiz.is_over
    quiz.stop()
    assert quiz.is_over
    text = quiz.markdown
    places = [
        text.index(words)
        for words in ("$2x + 3 = 11$", "✗ `x = 7`", "*Hint.*", "✓ `4`", "`5/6`", "Not solved.")
    ]
    assert places == sorted(places)
    assert quiz.score == (2, 1)
    assert "**2 of 3 solved**, 1 of them" in text


def test_the_last_right_answer_ends_the_quiz() -> None:
    """Nobody has to press Next or Stop after it."""
    quiz = _quiz("Work out 2 + 2")
    quiz.answer("4")
    assert quiz.is_over


@pytest.mark.parametrize(
    ("reveal", "opens_after"), [("always", 0), ("after_attempts(2)", 2), ("never", None)]
)
def test_the_answer_is_shown_when_the_policy_allows(reveal: str, opens_after: int | None) -> None:
    """Honest attempts open it: the same guess again, the next number and unreadable words do not."""
    quiz = _quiz("Solve 2x + 3 = 11", reveal=reveal)
    opened = [quiz.can_show]
    for guess in ("10", "10", "11", "x = ?!", "1/7"):
        quiz.answer(guess)
        opened.append(quiz.can_show)
    assert opened == [opens_after is not None and n >= opens_after for n in (0, 1, 1, 1, 1, 2)]
    if quiz.can_show:
        assert "$x = 4$" in quiz.show()
        assert quiz.is_over
    else:
        with pytest.raises(PermissionError):
            quiz.show()


def test_no_hint_of_a_quiz_holds_the_answer() -> None:
    """Three rungs on a problem of each topic, as far as a pupil can climb."""
    for topic in ("linear equations", "fractions", "factoring", "derivatives"):
        exercise = next(exercises(topic, 1, 11))
        quiz = Quiz([exercise], reveal="never")
        assert exercise.problem is not None
        secret = secret_of(exercise.problem, exercise.question)
        for _ in range(3):
            assert not gives_away(quiz.hint().message, secret)


def test_what_a_pupil_types_cannot_become_markup() -> None:
    """Backticks, dollars, tags and line breaks stay words on the page."""
    quiz = _quiz("Work out 2 + 2")
    quiz.answer("`$x$` <img src=x>\n# 4")
    assert "? `'$x$' <img src=x> # 4`" in quiz.markdown
    own = Quiz([Exercise(question="<b>*2*</b> | `1`", expected="2")])
    assert "\\<b\\>" in own.markdown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Solve x^2 - 5x + 6 = 0", "Solve $x^{2} - 5x + 6 = 0$"),
        ("Work out -5 - (-7) * 2", "Work out $-5 - (-7) \\times  2$"),
        ("Work out 1/2 ÷ 3/4", "Work out $\\frac{1}{2} \\div  \\frac{3}{4}$"),
        ("Solve x + y = 7 and x - y = 3", "Solve $x + y = 7$ and $x - y = 3$"),
        ("What is 15% of 80?", "What is 15% of 80?"),
        ("How many cm are 2.5 m?", "How many cm are 2.5 m?"),
        ("Simplify sqrt(72)", "Simplify $\\sqrt{72}$"),
        ("Work out 2^(-3)", "Work out $2^{-3}$"),
    ],
)
def test_formulas_are_set_and_words_stay(typed: str, shown: str) -> None:
    """Sign by sign, so that nothing is lost or read in another way."""
    assert typeset(typed) == shown
