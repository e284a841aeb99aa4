"""The risk screen: reads code that a model wrote and says what in it should be asked about.

Nothing is executed. Pure computation with well-known modules has no findings; everything else has one, with its
line. It is a speed bump and not a wall: it may ask too often, and whoever needs a wall uses another executor.

The path: `magics` turns IPython syntax into Python and reads what it asks for, `reader` follows every name
through the code to what it may stand for (`origins`), and `rules` says what is known to be harmless.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from assistant_magic.risk.finding import Finding
from assistant_magic.risk.magics import Screen, command_word, read_magic, to_python
from assistant_magic.risk.origins import UNSEEN
from assistant_magic.risk.reader import Reader

__all__ = ["Finding", "screen"]


def screen(
    code: str, names: Mapping[str, object] | Collection[str] = (), *, earlier: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """What in `code` should be asked about before it runs; empty for pure computation.

    Args:
        code: A cell, in IPython syntax.
        names: What the user has defined. Given as a mapping (`shell.user_ns`), the objects are looked at,
            so that a data frame is known as data; given as bare names, each is something unknown. Names
            that the assistant itself made, and may therefore replace, are left out by the caller.
        earlier: Code that ran in the same place before and is read along, oldest first.

    Returns:
        Findings by line, each reason once per line.
    """
    known = names if isinstance(names, Mapping) else dict.fromkeys(names, UNSEEN)
    before = "".join(f"{to_python(part)}\n" for part in earlier)
    above = before.count("\n")
    found = _screen(before + to_python(code), known, -above, alone=to_python(code)) if before else ()
    if not before or any(f.kind == "unreadable" for f in found):
        return _screen(code, known, 0)
    return tuple(f for f in found if f.line > 0)


def _screen(code: str, names: Mapping[str, object], above: int, alone: str = "") -> tuple[Finding, ...]:
    """Findings whose lines are moved by `above`; `alone` is the part of the code that makes a cell."""
    try:
        python = to_python(code)
        tree = ast.parse(python)
        reader = Reader(names, on_magic=lambda call, line: read_magic(call, line, _nested(names)))
        found = reader.findings(tree, command_word(alone or python, tree, names))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        line = (getattr(exc, "lineno", None) or 1) + above
        return (Finding(kind="unreadable", reason=f"cannot be read: {_words(exc)}", line=line),)
    # What is said of a call adds nothing where something worse is said of its line.
    worse = {f.line for f in found if f.kind != "call"}
    found = [f for f in found if f.kind != "call" or f.line not in worse]
    moved = {Finding(kind=f.kind, reason=f.reason, line=f.line + above) for f in found}
    return tuple(sorted(moved, key=lambda f: (f.line, f.kind, f.reason)))


def _nested(names: Mapping[str, object]) -> Screen:
    return lambda code, above: _screen(code, names, above)


def _words(exc: BaseException) -> str:
    return exc.msg if isinstance(exc, SyntaxError) else type(exc).__name__
