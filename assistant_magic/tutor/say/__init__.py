"""Saying: from a `Problem` and what its program printed to the words of the answer."""

from __future__ import annotations

from assistant_magic.tutor.say.answers import answer
from assistant_magic.tutor.say.declines import decline

__all__ = ["answer", "decline"]
