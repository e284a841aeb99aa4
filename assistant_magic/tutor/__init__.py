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

To read one more kind of question: its words in `languages/en.toml`, a frame in `read/`, a line in `plan/templates.py`,
and a shape in `say/results.py` if the answer is not a number, an expression or a list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def tools() -> tuple[Callable[..., Any], ...]:
    """Tools that teach, for any model: `Assistant(…, tools=tutor.tools())`; JSON in and out, computed here."""
    from assistant_magic.tutor import toolkit

    return toolkit.TOOLS
