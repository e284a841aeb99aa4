"""Misconceptions behind wrong answers."""

from __future__ import annotations

import pytest

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.diagnosis import Mistake, diagnose, problem_of, wrong_answers
from assistant_magic.tutor.verdicts import check_answer, check_claims
from tutor.promises import made

EXPLAINED = [
    ("1/2 + 1/3", "2/5", "add_fractions"),
    ("(1/2) / (1/4)", "1/8", "divide_fractions"),
    ("expand (x+3)^2", "x^2+9", "power_of_sum"),
    ("expand 3(x+2)", "3x+2", "distribute_first"),
    ("simplify 5-(x+2)", "7-x", "sign_of_bracket"),
    ("solve 2x + 3 = 11", "x=7", "sign_kept"),
    ("solve 2x + 3 = 11", "8", "not_divided"),
    ("solve 2x+3=11", "x=6", "subtracted_factor"),
    ("solve 2(x+3)=10", "x=3.5", "distribute_first"),
    ("solve x^2=9", "x=3", "one_root"),
    ("solve x^2=3x", "x=3", "lost_zero"),
    ("solve x^2-5x+6=0", "x=-2 or x=-3", "signs_of_roots"),
    ("solve -2x<6", "x<-3", "not_flipped"),
    ("2+3*4", "20", "left_to_right"),
    ("(-3)^2", "-9", "square_of_negative"),
    ("2^3", "6", "power_as_product"),
    ("what is 2^-2", "-4", "negative_exponent"),
    ("5-(-3)", "2", "minus_minus"),
    ("sqrt(9+16)", "7", "root_of_sum"),
    ("simplify x^3*x^4", "x^12", "multiply_exponents"),
    ("simplify (x^3)^4", "x^7", "add_exponents"),
    ("what is 7^0", "0", "zero_exponent"),
    ("what is 15% of 80", "1200", "percent_as_number"),
    ("derivative of x^3", "3x^3", "kept_exponent"),
    ("derivative of x^3", "x^2", "no_factor"),
    ("derivative of sin(2x)", "cos(2x)", "no_inner_derivative"),
    ("derivative of x^2*sin(x)", "2x cos x", "product_of_derivatives"),
    ("differentiate x^2+5", "2x+5", "constant_kept"),
    ("derivative of cos(x)", "sin(x)", "sign_of_cosine"),
    ("integrate x^2", "x^3+C", "not_divided_power"),
    ("integrate x^2", "2x", "differentiated"),
]
UNEXPLAINED = [
    ("solve 2x + 3 = 11", "x=4"),
    ("solve 2x+3=11", "x=100"),
    ("1/2 + 1/3", "5/6"),
    ("1/2 + 1/3", "0.4001"),
    ("derivative of x^3", "3x^2"),
    ("integrate x^2", "x^3/3 + C"),
    ("what is the weather", "3"),
    ("2+3*4", "banana"),
]


@pytest.mark.parametrize(("problem", "answer", "rule"), EXPLAINED)
def test_a_wrong_rule_is_named_that_gives_the_answer(problem: str, answer: str, rule: str) -> None:
    """The likeliest mistake is the rule that reproduces the answer."""
    found = diagnose(problem, answer)
    assert found[:1] == (Mistake(rule=rule, message=found[0].message),)
    assert found[0].message


@pytest.mark.parametrize(("problem", "answer"), UNEXPLAINED)
def test_nothing_is_named_without_an_exact_match(problem: str, answer: str) -> None:
    """Right answers, near misses and unreadable ones are not explained."""
    assert diagnose(problem, answer) == ()


def test_a_diagnosis_never_calls_the_answer_right() -> None:
    """Every explained answer is one that `check_answer` calls wrong."""
    right = {"1/2 + 1/3": "5/6", "2^3": "8", "(-3)^2": "9", "2+3*4": "14"}
    pairs = [(answer, right[problem]) for problem, answer, _ in EXPLAINED if problem in right]
    assert [check_answer(*pair).status for pair in pairs] == ["wrong"] * 4


MADE = list(made(each=3, seed=5))


def test_a_right_answer_is_never_diagnosed() -> None:
    """Over problems of every kind that rules make: the answer they were made from has no mistake in it."""
    assert len(MADE) > 100
    assert [(e.question, e.answer) for e in MADE if diagnose(e.question, e.answer)] == []


def test_a_diagnosis_is_the_rule_that_gives_the_answer() -> None:
    """Over the same problems: what a wrong rule gives is wrong, is diagnosed by that rule, and a nearby answer is not."""
    explained = 0
    for exercise in MADE[::3]:
        problem = problem_of(exercise.question)
        assert problem is not None
        wrong = [(rule, claim) for rule, claim in wrong_answers(problem) if claim.nodes]
        for rule, claim in wrong:
            found = [m.rule for m in diagnose(exercise.question, _typed(claim))]
            explained += rule in found
            assert set(found) <= {r for r, other in wrong if check_claims([claim], [other]).status != "wrong"}
            if found:
                assert check_answer(_typed(claim), exercise.answer).status != "correct"
    assert explained > 30


def _typed(claim: Claim) -> str:
    """A claim as a pupil would type it."""
    return " or ".join(
        str(node.args[0]) + " = " + str(node.args[1]) if node.head == "Eq" else str(node)
        for node in claim.nodes
    )
