"""A quiz by `input()`: in a terminal, in a console, and wherever somebody prefers the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.quizzes import Quiz
from assistant_magic.tutor.say.typeset import typed


def converse(quiz: Quiz, show: Callable[[str], None]) -> None:
    """Ask until the quiz is over, or until nobody answers any more.

    Args:
        quiz: What is asked.
        show: Puts text before the person.
    """
    asked = 0
    while not quiz.is_over:
        if asked < len(quiz.turns):
            asked = len(quiz.turns)
            show(f"{asked}/{quiz.total}  {quiz.turn.exercise.question}")
        try:
            text = input(phrase("quiz_box", "prompt")).strip()
        except (EOFError, KeyboardInterrupt):
            quiz.stop()
            break
        show(_said(quiz, text))
        if quiz.turn.is_over and not quiz.is_over:
            quiz.next()
    solved, alone = quiz.score
    show(phrase("quiz", "result", solved=solved, asked=len(quiz.turns), alone=alone).replace("*", ""))


def _said(quiz: Quiz, text: str) -> str:
    match text.lower():
        case "":
            return phrase("quiz_box", "help")
        case "hint":
            return typed(quiz.hint().message)
        case "show":
            return typed(quiz.show()) if quiz.can_show else phrase("quiz", "closed")
        case "next":
            quiz.next()
            return ""
        case "stop":
            quiz.stop()
            return ""
    return quiz.answer(text).message
