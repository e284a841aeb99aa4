"""Mathematics for people who learn: read a question, plan code that answers it, say what came out.

Three stages, each with its own values:

- `read` (text and `Context` → `Problem`, `Attempt`, `Talk` or `Decline`). Signs, words and numbers become tokens with
  a meaning (`tokens`, `latex`, `operators`, `words`, `signs`); `grammar.lark` reads the longest pieces of mathematics
  (`chunks`, `tree`, `ambiguity`); frames decide which concepts and which pieces make which problem. A content word
  that no frame uses means a decline; nothing is guessed.
- `plan` (`Problem` → Python source). `programs` and `templates` write a small program per task, `limits` refuses what is
  too large, `checks` compares an attempt with what the problem's own program gives.
- `say` (`Problem` and what the program printed → words).

`dialogue.Dialogue` puts them together; its state is JSON. Expressions are `expressions.Node` trees with one text form,
SymPy's own syntax; nothing a pupil typed is evaluated in this process. The words of a language are a file in `languages/`.

A quiz is made of `exercises` (by the rules in `drills`) or of a teacher's `sheets`, held by `quizzes.Quiz`, written
down in a `logbook`, and comes back by the boxes of `leitner`; `practice` chooses, `mastery` shows how far a pupil is.

To read one more kind of question: its words in `languages/en.toml`, a frame in `read/`, a line in `plan/templates.py`,
and a shape in `say/results.py` if the answer is not a number, an expression or a list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant_magic.tutor.mastery import Progress
    from assistant_magic.tutor.quizzes import Quiz


def tools() -> tuple[Callable[..., Any], ...]:
    """Tools that teach, for any model: `Assistant(…, tools=tutor.tools())`; JSON in and out, computed here."""
    from assistant_magic.tutor import toolkit

    return toolkit.TOOLS


def quiz(
    topic: str = "", level: int = 0, *, count: int = 5, seed: int | None = None, reveal: str = "always"
) -> Quiz:
    """A quiz on a topic, or on what is due today: `q = tutor.quiz("fractions")`, then `q.answer("3/4")`.

    Raises:
        ValueError: There is no such topic or level, or nothing is due.
    """
    from assistant_magic.tutor import practice

    return practice.quiz(topic, level, count=count, seed=seed, reveal=reveal)


def progress() -> Progress:
    """How far the pupil of this machine is: each topic and level in its box, those due today first."""
    from assistant_magic.tutor import mastery

    return mastery.progress()
