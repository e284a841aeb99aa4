"""A view that keeps what it was told."""

from assistant_magic.events import Event


class Record:
    """Collects the events of runs."""

    def __init__(self):
        self.events: list[Event] = []

    def handle(self, event):
        self.events.append(event)

    def of(self, kind):
        """The events of one type."""
        return [e for e in self.events if isinstance(e, kind)]

    @property
    def names(self):
        """The event types in order."""
        return [e.type for e in self.events]
