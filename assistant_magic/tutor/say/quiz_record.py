"""What is left of a quiz on the page: Markdown that needs neither a kernel nor a widget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant_magic.tutor.hints import Hint
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.say.typeset import quoted, typeset

if TYPE_CHECKING:
    from assistant_magic.tutor.quizzes import Quiz, Turn

_SIGNS = {"correct": "✓", "form": "≈", "wrong": "✗", "unknown": "?"}


def record(quiz: Quiz) -> str:
    """The problems so far, each with its answers, verdicts and hints, and the result at the end."""
    if not quiz.turns:
        return phrase("quiz", "empty")
    parts = [f"**{typeset(quiz.title) if quiz.title else phrase('quiz', 'quiz')}**"]
    for number, turn in enumerate(quiz.turns, 1):
        parts += _problem(turn, number, quiz.total)
    if quiz.is_over:
        solved, alone = quiz.score
        parts.append(phrase("quiz", "result", solved=solved, asked=len(quiz.turns), alone=alone))
    if quiz.trouble:
        parts.append(phrase("quiz", "not_kept", why=quoted(quiz.trouble)))
    return "\n\n".join(parts)


def _problem(turn: Turn, number: int, total: int) -> Iterator[str]:
    yield f"**{number}/{total}** · {typeset(turn.exercise.question)}"
    for deed in turn.deeds:
        if isinstance(deed, Hint):
            yield _indented(phrase("quiz", "hint", message=deed.message))
        else:
            text, verdict = deed
            yield f"{_SIGNS[verdict.status]} {quoted(text)} · {verdict.message}"
    if turn.shown:
        yield _indented(turn.shown)
    elif turn.left and not turn.is_solved:
        yield phrase("quiz", "left")


def _indented(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
