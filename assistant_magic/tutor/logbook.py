"""What a pupil did in quizzes, line by line, in one SQLite file of this machine.

Lines are only added, each in a transaction of its own, so nothing is lost by a crash and several kernels may write at
once. Everything else, the boxes of `leitner` included, is computed from the lines.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from assistant_magic.codec import Value

Deed = Literal["asked", "attempt", "hint", "reveal", "left"]
_WAIT = 30.0
"""Seconds to wait for another kernel's line."""


@dataclass(frozen=True, kw_only=True)
class Entry(Value):
    """One thing that happened to one problem.

    Attributes:
        at: Seconds since the epoch.
        quiz: The sitting: the same for all its lines.
        number: Which of its problems, from 1.
        total: How many problems the quiz has; 0 for a conversation.
        deed: `asked`, `attempt`, `hint`, `reveal`, or `left` for a problem given up.
        title: What the quiz is called.
        topic: The problem's topic.
        level: 1 to 3, or 0 for a teacher's own.
        question: The problem.
        text: What the pupil typed, of an attempt.
        status: Its verdict.
        reason: Why, as a key.
        rung: How high the hint was.
        pupil: The login name under which the kernel ran.
        model: Who taught, in a conversation.
    """

    type: ClassVar[Literal["entry"]] = "entry"
    at: float
    quiz: str
    number: int
    deed: Deed
    total: int = 0
    title: str = ""
    topic: str = ""
    level: int = 0
    question: str = ""
    text: str = ""
    status: str = ""
    reason: str = ""
    rung: int = 0
    pupil: str = ""
    model: str = ""


class LogbookError(Exception):
    """The file cannot be read or written; its words say which and why."""


class Logbook:
    """The lines of one file, which is made by the first of them.

    Args:
        path: The file; empty for the one in Jupyter's data directory.
    """

    def __init__(self, path: str | Path = "") -> None:
        self.path = Path(path) if path else default_path()

    def add(self, *entries: Entry) -> None:
        """Keep lines, all or none.

        Raises:
            LogbookError: The file cannot be written.
        """
        rows = [(e.quiz, e.number, e.at, json.dumps(e.to_json(), ensure_ascii=False)) for e in entries]
        with self._open() as connection:
            connection.executemany("INSERT INTO entry (quiz, number, at, data) VALUES (?, ?, ?, ?)", rows)

    def entries(self) -> Sequence[Entry]:
        """All lines in the order in which they were written.

        Raises:
            LogbookError: The file cannot be read.
        """
        if not self.path.exists():
            return ()
        with self._open() as connection:
            rows = connection.execute("SELECT data FROM entry ORDER BY id").fetchall()
        return tuple(Entry.from_json(json.loads(row[0])) for row in rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection per use: kernels fork, and a file on a network drive may come back as another one.
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=_WAIT)) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, quiz TEXT NOT NULL, "
                    "number INTEGER NOT NULL, at REAL NOT NULL, data TEXT NOT NULL)"
                )
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise LogbookError(f"{self.path}: {error}") from error


def default_path() -> Path:
    """The file of this user: beside the threads, in Jupyter's data directory."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "assistant_magic" / "progress.db"
