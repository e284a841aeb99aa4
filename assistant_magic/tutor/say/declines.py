"""Saying no: which words could not be read, what comes nearest, and how to get help from a model."""

from __future__ import annotations

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import parse
from assistant_magic.tutor.problems import Decline
from assistant_magic.tutor.say.latex import latex


def decline(why: Decline) -> str:
    """A refusal that helps."""
    words = catalogue()
    if why.readings:
        readings = words.say("or").join(f"${latex(parse(text))}$" for text in why.readings)
        reason = words.say(why.reason, readings=readings)
    elif why.words and words.can_say(f"{why.reason}_words"):
        reason = words.say(f"{why.reason}_words", words=", ".join(f"“{w}”" for w in why.words[:6]))
    else:
        reason = words.say(why.reason)
    return f"{reason} {words.say('instead')}\n\n*{words.say('connect')}*"
