"""IPython syntax: made into Python by IPython's own rules, and read as what it does."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from assistant_magic.risk import rules
from assistant_magic.risk.finding import Finding

Screen = Callable[[str, int], tuple[Finding, ...]]
"""Screens code that begins so many lines further down."""

_HARMLESS = {
    "matplotlib": re.compile(r"(inline|widget|notebook|ipympl)?\s*"),
    "precision": re.compile(r"[%\w.]*\s*"),
    "who": re.compile(r"[\w ]*"),
    "whos": re.compile(r"[\w ]*"),
    "pinfo": re.compile(r"[\w.]+"),
    "pinfo2": re.compile(r"[\w.]+"),
}
_FIRST_WORD = re.compile(r"\s*([^\W\d]\w*)(?!\w)(?!\s*(?:=[^=]|:=|['\"]))")
"""Not the target of an assignment, nor the letters before a text."""
_AROUND_CODE = {"time", "timeit", "prun"}
_OPTION = re.compile(r"\s*-(?:[nrs]\s*\w+|[tcpqo]+)")
_INSTALLERS = {"pip", "conda", "mamba", "micromamba", "uv"}


@lru_cache(500)
def to_python(code: str) -> str:
    """`code` with magics, `!` and `?` written as the calls they stand for."""
    from IPython.core.inputtransformer2 import TransformerManager

    make: Callable[[], Any] = TransformerManager
    return str(make().transform_cell(code))


def command_word(python: str, tree: ast.Module, names: Collection[str]) -> str:
    """The first word of a cell of one line, where IPython may take the line for a magic or a shell command, or `""`.

    Args:
        python: The cell alone.
        tree: The cell behind the code that ran before it.
        names: What the user has defined.
    """
    first = _FIRST_WORD.match(python)
    if first is None or len(python.splitlines()) != 1:
        return ""
    word = normalize("NFKC", first.group(1))
    known = (
        keyword.iskeyword(word) or word in names or word in rules.BUILTINS or word in rules.DENIED_BUILTINS
    )
    before = tree.body[: len(tree.body) - len(ast.parse(python).body)]
    return "" if known or word in {name for node in before for name in _bound(node)} else word


def _bound(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]


def read_magic(call: ast.Call, line: int, screen: Screen) -> tuple[Finding, ...]:
    """What a call on `get_ipython()` does, where it is IPython syntax; code inside is screened like any other."""
    assert isinstance(call.func, ast.Attribute)
    words = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in call.args]
    method = call.func.attr
    if method in {"system", "getoutput"}:
        return (_shell(words[0] if words else None, line),)
    if method == "run_line_magic" and len(words) >= 2 and words[0] is not None and words[1] is not None:
        return _line_magic(words[0], words[1], line, screen)
    if method == "run_cell_magic" and len(words) == 3 and words[0] is not None:
        return _cell_magic(words[0], words[1] or "", words[2] or "", line, screen)
    return (Finding(kind="environment", reason="reaches the kernel itself: get_ipython", line=line),)


def _shell(command: str | None, line: int) -> Finding:
    first = (command or "…").strip()
    word = first.split(" ")[0]
    if word in _INSTALLERS or re.match(r"\S*python\S* -m pip", first):
        return Finding(kind="install", reason=f"installs packages: !{_short(first)}", line=line)
    return Finding(kind="process", reason=f"starts a process: !{_short(first)}", line=line)


def _line_magic(name: str, rest: str, line: int, screen: Screen) -> tuple[Finding, ...]:
    if name in _HARMLESS and _HARMLESS[name].fullmatch(rest):
        return ()
    if name in _AROUND_CODE and not _without_options(rest).startswith("-"):
        return screen(_without_options(rest), line - 1)
    return (_magic(f"%{name} {rest}", name, line),)


def _cell_magic(name: str, rest: str, body: str, line: int, screen: Screen) -> tuple[Finding, ...]:
    if name in _AROUND_CODE and not _without_options(rest).startswith("-"):
        return screen(_without_options(rest), line - 1) + screen(body, line)
    if name == "capture" and not rest.strip():
        return screen(body, line)
    return (_magic(f"%%{name} {rest}", name, line),)


def _magic(text: str, name: str, line: int) -> Finding:
    if name in _INSTALLERS:
        return Finding(kind="install", reason=f"installs packages: {_short(text)}", line=line)
    return Finding(kind="call", reason=f"runs a magic: {_short(text)}", line=line)


def _without_options(rest: str) -> str:
    while match := _OPTION.match(rest):
        rest = rest[match.end() :]
    return rest.strip()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
