"""Views show a run while it goes on: inline in a cell, in a chat, in a terminal."""

from __future__ import annotations

from typing import Protocol

from assistant_magic.events import Event


class View(Protocol):
    """Consumes the events of one run, in order.

    `handle` is called on the loop of the runs, in the context of the asking cell, so that displays land
    there; it must be quick and must not raise for any event, known or not. After `RunDone` the view has
    shown everything and is not used again. What it shows can always be rebuilt from the run's items.
    """

    def handle(self, event: Event) -> None:
        """Take notice of one event."""
        ...
