"""Saying: from what was read and what its program printed to the words of the answer."""

from __future__ import annotations

from assistant_magic.tutor.say.answers import answer
from assistant_magic.tutor.say.declines import decline
from assistant_magic.tutor.say.words import explanation, hint, quiz, signed, verdict

__all__ = ["answer", "decline", "explanation", "hint", "quiz", "signed", "verdict"]
