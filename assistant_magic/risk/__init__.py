"""The risk screen: reads code that a model wrote and says what in it should be asked about.

Nothing is executed. Pure computation with well-known modules has no findings; everything else has one, with its
line. It is a speed bump and not a wall: it may ask too often, and whoever needs a wall uses another executor.

The path: `magics` turns IPython syntax into Python and reads what it asks for, `reader` follows every name
through the code to what it may stand for (`origins`), and `rules` says what is known to be harmless.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from assistant_magic.risk.finding import Finding
from assistant_magic.risk.magics import Screen, read_magic, to_python
from assistant_magic.risk.origins import UNSEEN
from assistant_magic.risk.reader import Reader

__all__ = ["Finding", "screen"]


def screen(code: str, names: Mapping[str, object] | Collection[str] = ()) -> tuple[Finding, ...]:
    """What in `code` should be asked about before it runs; empty for pure computation.

    Args:
        code: A cell, in IPython syntax.
        names: What the user has defined. Given as a mapping (`shell.user_ns`), the objects are looked at,
            so that a data frame is known as data; given as bare names, each is something unknown. Names
            that the assistant itself made, and may therefore replace, are left out by the caller.

    Returns:
        Findings by line, each reason once per line.
    """
    known = names if isinstance(names, Mapping) else dict.fromkeys(names, UNSEEN)
    return _screen(code, known, 0)


def _screen(code: str, names: Mapping[str, object], above: int) -> tuple[Finding, ...]:
    try:
        tree = ast.parse(to_python(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        line = (getattr(exc, "lineno", None) or 1) + above
        return (Finding(kind="unreadable", reason=f"cannot be read: {_words(exc)}", line=line),)
    reader = Reader(names, on_magic=lambda call, line: read_magic(call, line, _nested(names)))
    try:
        found = reader.findings(tree)
    except RecursionError:
        found = [Finding(kind="unreadable", reason="cannot be read: nested too deeply", line=1)]
    # What is said of a call adds nothing where something worse is said of its line.
    worse = {f.line for f in found if f.kind != "call"}
    found = [f for f in found if f.kind != "call" or f.line not in worse]
    moved = {Finding(kind=f.kind, reason=f.reason, line=f.line + above) for f in found}
    return tuple(sorted(moved, key=lambda f: (f.line, f.kind, f.reason)))


def _nested(names: Mapping[str, object]) -> Screen:
    return lambda code, above: _screen(code, names, above)


def _words(exc: BaseException) -> str:
    return exc.msg if isinstance(exc, SyntaxError) else type(exc).__name__
