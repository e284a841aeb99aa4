"""The pages that show this kernel's notebook, as those who show something on them see them."""

from __future__ import annotations

import asyncio

from assistant_magic.views.line import Line
from assistant_magic.views.messages import Asked, Choice, Grown, Settled, ToPage

__all__ = ["Pages"]


class Pages:
    """What all pages are told. Used on the loop of the runs only.

    Args:
        line: The way to them.

    Attributes:
        followed: A page shows the whole thread and wants to be kept up to date.
    """

    def __init__(self, line: Line) -> None:
        self.followed = False
        self._line = line
        self._texts: dict[str, tuple[int, str]] = {}
        self._questions: dict[str, tuple[Asked, asyncio.Future[Choice]]] = {}

    @property
    def listening(self) -> bool:
        """Somebody is there."""
        return self._line.listening

    @property
    def hears_busy(self) -> bool:
        """A button can be pressed while a cell runs."""
        return self._line.listening and self._line.hears_busy

    def tell(self, message: ToPage) -> None:
        """Say something to all of them."""
        self._line.send(message.to_json())

    def grow(self, key: str, text: str) -> None:
        """Bring a segment up to `text`; only what differs is sent."""
        seq, before = self._texts.get(key, (-1, ""))
        if text == before:
            return
        kept = _common(before, text)
        self._texts[key] = (seq + 1, text)
        self.tell(Grown(key=key, seq=seq + 1, at=_units(text[:kept]), text=text[kept:]))

    def finish(self, key: str) -> None:
        """A segment has its final words, which a display brings."""
        self._texts.pop(key, None)

    def resend(self, key: str = "") -> None:
        """Say all words of one growing segment again, or of each."""
        for name, (seq, text) in self._texts.items():
            if key in ("", name):
                self.tell(Grown(key=name, seq=seq, at=0, text=text))

    async def ask(self, question: Asked) -> Choice:
        """Show a question until one page has its answer; cancelling takes it away."""
        waiting: asyncio.Future[Choice] = asyncio.get_running_loop().create_future()
        self._questions[question.call_id] = question, waiting
        self.tell(question)
        try:
            return await waiting
        finally:
            del self._questions[question.call_id]
            self.tell(Settled(call_id=question.call_id))

    def choose(self, choice: Choice) -> None:
        """A page answers; the first answer counts."""
        _, waiting = self._questions.get(choice.call_id, (None, None))
        if waiting is not None and not waiting.done():
            waiting.set_result(choice)

    def repeat(self) -> None:
        """Tell a page what is open: words that grow, and questions."""
        self.resend()
        for question, _ in self._questions.values():
            self.tell(question)


def _common(before: str, after: str) -> int:
    """How many characters both begin with; found by halves, because this is asked 15 times a second."""
    if after.startswith(before):
        return len(before)
    same, differ = 0, min(len(before), len(after)) + 1
    while differ - same > 1:
        middle = (same + differ) // 2
        if before[same:middle] == after[same:middle]:
            same = middle
        else:
            differ = middle
    return same


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
