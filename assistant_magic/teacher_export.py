"""What pupils did, for their teacher: quizzes from logbooks, conversations from the store of threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from assistant_magic.exceptions import UsageError
from assistant_magic.tutor.logbook import Entry, Logbook, LogbookError

__all__ = ["Format", "export", "save"]

Format = Literal["jsonl", "md", "nbgrader"]


def export(kind: Format, *, logbooks: Sequence[str] = (), pseudonymise: bool = False) -> str:
    """Everything that was written down, in one format.

    Args:
        kind: `jsonl` one deed a line; `md` a report; `nbgrader` grades with the columns of `nbgrader export`.
        logbooks: Files of pupils. By default this user's own, and the conversations of this user's threads.
        pseudonymise: Give pupils other names by a key that stays here, and leave out names, paths and machines.

    Raises:
        UsageError: A file cannot be read.
    """
    from assistant_magic.tutor.class_records import to_grades, to_jsonl, to_markdown
    from assistant_magic.tutor.pseudonyms import Pseudonyms

    written: Mapping[str, Callable[[Sequence[Entry]], str]] = {
        "jsonl": to_jsonl,
        "md": to_markdown,
        "nbgrader": to_grades,
    }
    entries = _entries(logbooks)
    try:
        return written[kind](Pseudonyms().hide(entries) if pseudonymise else entries)
    except OSError as error:
        raise UsageError(
            f"the key of the pseudonyms cannot be read or written: {error}", "Mend it."
        ) from error


def save(text: str, file: str) -> Path:
    """Write an export to a file.

    Raises:
        UsageError: It cannot be written.
    """
    path = Path(file).expanduser()
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file.") from error
    return path


def _entries(logbooks: Sequence[str]) -> Sequence[Entry]:
    missing = [file for file in logbooks if not Path(file).exists()]
    if missing:
        raise UsageError(
            f"there is no logbook {missing[0]}",
            "It is called progress.db, in a pupil's Jupyter data directory.",
        )
    try:
        lines = [line for file in (logbooks or [""]) for line in Logbook(file).entries()]
    except LogbookError as error:
        raise UsageError(f"a logbook cannot be read: {error}", "Is it a progress.db?") from error
    own = [] if logbooks else _conversations()
    return sorted([*lines, *own], key=lambda line: line.at)


def _conversations() -> Sequence[Entry]:
    from assistant_magic.assistant import Assistant
    from assistant_magic.lessons import lessons_of
    from assistant_magic.tutor.quizzes import login

    return lessons_of(Assistant().store, login())
