"""How often a growing display is repainted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

__all__ = ["Pace"]

_INTERVAL = 0.0667  # seconds between two repaints of a short segment: 15 a second
_INTERVAL_PER_CHAR = 0.00008  # a long one is repainted less often, so that bytes and page stay quick


class Pace:
    """Repaints at most so often; the last request is never lost while the loop runs.

    Args:
        paint: Brings the page up to date.
    """

    def __init__(self, paint: Callable[[], None]) -> None:
        self._paint = paint
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, chars: int) -> None:
        """Repaint now or soon; `chars` is how much that sends."""
        now = time.monotonic()
        if now >= self._next:
            self.stop()
            self._paint()
            self._next = now + _INTERVAL + chars * _INTERVAL_PER_CHAR
        elif self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return  # fed by hand: the end paints
            self._timer = loop.call_later(self._next - now, self._fire, chars)

    def stop(self) -> None:
        """Forget what was asked for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self, chars: int) -> None:
        self._timer = None
        self.ask(chars)
