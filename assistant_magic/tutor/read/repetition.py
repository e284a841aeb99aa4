"""The last operation once more: `again`, `and again`."""

from __future__ import annotations

from dataclasses import replace

from assistant_magic.tutor.expressions import parse, replaced, walk
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.kinds import is_percent


def once_more(context: Context) -> Problem | None:
    """`and again`: what made the last result from the one before it is done to the last result."""
    last, result = context.problem, context.result()
    if last is None or result is None or not last.of:
        return None
    if last.task == "derivative" and "order" in last.options:
        return replace(last, of=(str(result),), options={**last.options, "order": 1})
    rising = last.nodes[0]
    if context.answered and rising.head in {"add", "sub"} and rising.args[1].head == "mul":
        base, (rate, of) = rising.args[0], rising.args[1].args
        if base == of and is_percent(rate):  # "increase 50 by 20%" again
            return replace(last, of=(str(replaced(rising, base, result)), *last.of[1:]))
    before = parse(context.results[-2]) if all(context.results[-2:-1]) and len(context.results) > 1 else None
    used = before is not None and [n for n in walk(last.nodes[0]) if n == before]
    if last.task != "evaluate" or before is None or not used or len(used) != 1:
        return None
    return replace(last, of=(str(replaced(last.nodes[0], before, result)), *last.of[1:]))
