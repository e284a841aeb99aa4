"""What a problem's own program prints, computed here: the answer of the tasks that no rule of `solutions` solves."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from assistant_magic.tutor.claims import Claim
from assistant_magic.tutor.deadline import OutOfTimeError, within
from assistant_magic.tutor.expressions import Node, parse
from assistant_magic.tutor.plan import program, too_large
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.symbols import UnreadableError

_SECONDS = 4.0
_LISTS = frozenset({"list", "set"})
_NO_ANSWERS = frozenset({"nan", "zoo"})


def outcome(problem: Problem) -> Claim:
    """The answer as values, as an interval, or as a word (`yes`, `odd`, `FF`).

    Raises:
        UnreadableError: The program prints nothing that is an answer, or takes too long.
    """
    printed = _printed(json.dumps(problem.to_json(), sort_keys=True))
    if not printed:
        raise UnreadableError(f"no answer of the task {problem.task!r}")
    first = printed[0]
    if problem.task == "in_base" or first.replace(" ", "").isalpha():
        return _word(first)
    try:
        node = parse(first)
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    if node.head == "name" and node.text in {"True", "False"}:
        return _word("yes" if node.text == "True" else "no")
    return Claim("", tuple(_values(node)))


def _word(text: str) -> Claim:
    if text in _NO_ANSWERS:
        raise UnreadableError("undefined")
    known = {"True": "yes", "False": "no"}.get(text, text)
    return Claim(known, (), "word")


def _values(node: Node) -> tuple[Node, ...]:
    """The parts of an answer that a pupil would write down."""
    if node.head in _LISTS:
        return tuple(value for a in node.args for value in _values(a))
    if node.head == "dict":
        return node.args
    return (node,)


@lru_cache(maxsize=64)
def _printed(text: str) -> tuple[str, ...]:
    """The lines that the program of a problem prints; programs are made by `plan` from trees, never from typed text."""
    problem = Problem.from_json(json.loads(text))
    if problem.task == "plot" or too_large(problem):
        return ()
    lines: list[str] = []

    def note(*values: Any, sep: str = " ") -> None:
        lines.extend(sep.join(str(value) for value in values).splitlines())

    def run() -> None:
        code = compile(program(problem), "<tutor>", "exec")
        exec(code, {"print": note, "__name__": "tutor"})  # noqa: S102  # made by `plan`, from trees

    try:
        within(_SECONDS, run)
    except (OutOfTimeError, *_FAILURES) as error:
        raise UnreadableError(f"no answer: {error}") from error
    return tuple(lines)


_FAILURES = (
    ValueError, TypeError, RuntimeError, ArithmeticError, AttributeError, KeyError, IndexError, NameError,
    NotImplementedError,
)  # fmt: skip
"""SymPy gives up in many ways."""
