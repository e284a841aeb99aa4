"""Views show a run while it goes on: inline in a cell, in a chat, in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
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


def make_view(*, in_kernel: bool, quiet: bool = False) -> View:
    """The view of a cell: inline in a Jupyter front end, text in a terminal.

    Args:
        in_kernel: Whether the displays of this process reach a notebook page.
        quiet: Show the answer only.
    """
    if in_kernel:
        from assistant_magic.views.inline import InlineView

        return InlineView(quiet=quiet)
    from assistant_magic.views.terminal import TerminalView

    return TerminalView(quiet=quiet)
