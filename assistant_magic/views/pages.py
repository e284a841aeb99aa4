"""The pages that show this kernel's notebook, as those who show something on them see them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from assistant_magic.codec import JSON
from assistant_magic.views.messages import Asked, Choice, Display, Grown, Settled, ToPage

__all__ = ["Pages", "Way"]


class Way(Protocol):
    """A way to pages: the line to those with our extension, or a chat below a cell.

    Attributes:
        listening: Somebody has said hello.
        hears_busy: What is said there arrives even while a cell runs.
        renders: Shows what stands below cells, while it grows.
    """

    listening: bool
    hears_busy: bool
    renders: bool

    def send(self, message: JSON) -> None:
        """Say something there, if somebody listens; from any thread."""
        ...


class Pages:
    """What all pages are told. Used on the loop of the runs only.

    Args:
        ways: The ways to them.

    Attributes:
        followed: A page shows the whole thread and wants to be kept up to date.
        live: What is shown of the runs that go on: their displays by id.
        number: How many messages there were.
    """

    def __init__(self, *ways: Way) -> None:
        self.followed = False
        self.live: dict[str, Mapping[str, Display]] = {}
        self.number = 0
        self._ways = list(ways)
        self._texts: dict[str, tuple[int, str]] = {}
        self._questions: dict[str, tuple[Asked, asyncio.Future[Choice]]] = {}

    @property
    def listening(self) -> bool:
        """Somebody is there."""
        return any(way.listening for way in self._ways)

    @property
    def renders(self) -> bool:
        """What stands below a cell is shown by our extension."""
        return any(way.listening and way.renders for way in self._ways)

    @property
    def hears_busy(self) -> bool:
        """A button below a cell can be pressed while the cell runs."""
        return any(way.listening and way.renders and way.hears_busy for way in self._ways)

    def join(self, way: Way) -> None:
        """From now on tell what happens there too."""
        self._ways.append(way)

    def leave(self, way: Way) -> None:
        """Tell nothing there any more."""
        if way in self._ways:
            self._ways.remove(way)

    def tell(self, message: ToPage) -> None:
        """Say something to all of them."""
        if not isinstance(message, Grown):  # those have numbers of their own
            self.number += 1
            message = replace(message, number=self.number)
        data = message.to_json()
        for way in self._ways:
            way.send(data)

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

    @property
    def open(self) -> tuple[str, ...]:
        """The tool calls that wait for a decision."""
        return tuple(self._questions)

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
