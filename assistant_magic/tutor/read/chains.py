"""One command after another: `multiply 6 and 9 then add 4`. Each is read with what the one before it gives as its 'it'."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.context import Context

_VERBS = "add|subtract|multiply|times|divide|take|square|cube|halve|double|triple|round"
_THEN = re.compile(rf"[,.;]?\s+(?:and\s+)?then\s+|[,.;]?\s+and\s+(?=(?:{_VERBS})\b)", re.IGNORECASE)
_MOST = 4


def read_chain(text: str, context: Context, read: Callable[[str, Context], object]) -> Problem | None:
    """The one calculation that all commands together ask for, or None where one of them is something else."""
    pieces = _THEN.split(text)
    if not 1 < len(pieces) <= _MOST or not all(piece.strip() for piece in pieces):
        return None
    reading: Problem | None = None
    for piece in pieces:
        found = read(piece, context)
        last = piece is pieces[-1]
        if not isinstance(found, Problem) or found.task != "evaluate" or (found.rounding and not last):
            return None
        reading = found
        context = replace(context, results=(str(found.nodes[0]),), problem=found)
    return reading
