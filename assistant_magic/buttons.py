"""Asks by buttons on the page, where they can be pressed; otherwise as it was done before."""

from __future__ import annotations

from dataclasses import dataclass

from assistant_magic.approval import Asker, Question, Reply
from assistant_magic.views.messages import Asked
from assistant_magic.views.pages import Pages

__all__ = ["ButtonAsker"]


@dataclass(frozen=True, kw_only=True)
class ButtonAsker:
    """Shows a question on all pages and waits for the first choice.

    Attributes:
        pages: The pages.
        cell: Id of the asking cell; a chat has none.
        otherwise: Asks while no page would hear a button; without it, nobody does.
    """

    pages: Pages
    cell: str = ""
    otherwise: Asker | None = None

    async def ask(self, question: Question) -> Reply | None:
        """The person's reply; None where nobody can be asked."""
        hears = self.pages.hears_busy if self.otherwise is not None else self.pages.listening
        if not hears:
            return await self.otherwise.ask(question) if self.otherwise is not None else None
        asked = Asked(
            call_id=question.call_id,
            tool=question.tool,
            code=question.code,
            place=question.place,
            cell=self.cell,
            findings=tuple(map(str, question.findings)),
            editable=question.editable,
        )
        chosen = await self.pages.ask(asked)
        return Reply(choice=chosen.choice, code=chosen.code, word=chosen.word)
