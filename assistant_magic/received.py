"""What a turn has delivered so far, so that nothing is lost when it breaks off."""

from __future__ import annotations

from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.exceptions import StreamInterruptedError
from assistant_magic.growing_text import GrowingText
from assistant_magic.items import Item, Message, Reasoning, assistant_message


class Received:
    """Collects a turn's events: finished items, and the words of unfinished ones, in order of arrival."""

    def __init__(self) -> None:
        self._parts: dict[str, Item | GrowingText] = {}
        self._done: TurnDone | None = None

    def take(self, event: Event) -> None:
        """Note one event."""
        if isinstance(event, TextDelta):
            words = self._parts.get(event.part)
            if words is None:
                words = self._parts[event.part] = GrowingText()
            if isinstance(words, GrowingText):
                words.add(event.text)
        elif isinstance(event, ItemDone):
            self._parts[event.part] = event.item
        elif isinstance(event, TurnDone):
            self._done = event

    def done(self, backend: str) -> TurnDone:
        """The turn's last event.

        Raises:
            StreamInterruptedError: The turn ended without one.
        """
        if self._done is None:
            raise StreamInterruptedError(f"the answer of {backend} broke off", "Run the cell again.")
        return self._done

    @property
    def silence(self) -> str:
        """What to say of a turn that ended well with nothing for a reader or a tool, else `""`."""
        done = self._done
        if done is None or done.finish != "stop" or any(_is_something(item) for item in done.items):
            return ""
        return "The model ended its turn without a word. Ask again, or ask in another way."

    def partial(self) -> list[Item]:
        """What can be kept of a turn that broke off: finished items and the words of unfinished messages."""
        if self._done is not None:
            return list(self._done.items)
        items = [
            part if isinstance(part, Item) else assistant_message(str(part)) for part in self._parts.values()
        ]
        # Reasoning that led to nothing must not be replayed: providers refuse it without what followed.
        while items and isinstance(items[-1], Reasoning):
            items.pop()
        return items


def _is_something(item: Item) -> bool:
    return bool(item.text.strip()) if isinstance(item, Message) else not isinstance(item, Reasoning)
