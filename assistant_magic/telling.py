"""From a run's events to whoever watches: views, traces, the loop over a stream."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from assistant_magic.events import Event
from assistant_magic.views import View

_log = logging.getLogger("assistant_magic")


@dataclass(frozen=True)
class Told:
    """The view of a stream: hands every event on."""

    handle: Callable[[Event], None]


def teller(*views: View | None) -> Callable[[Event], None]:
    """Tells all views of an event; one that fails is left out, so that no answer is lost by showing it."""

    def tell(event: Event) -> None:
        for view in views:
            if view is None:
                continue
            try:
                view.handle(event)
            except Exception:  # noqa: BLE001
                _log.exception("a view failed on %s", event.type)

    return tell
