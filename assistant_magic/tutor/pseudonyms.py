"""Names of pupils made unreadable, the same for the same pupil; only the holder of the key can tell who is who."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.logbook import Entry

_HIDDEN = "…"
_WORD = re.compile(r"[^\W\d_]{2,}")
_LATEX = frozenset({"frac", "times", "cdot", "left", "right", "sqrt"})
_PLACES = re.compile(
    r"\b[A-Za-z]:\\[^\s,;|]+|(?<![\w)])~?/[A-Za-z_.][\w.-]*(?:/[\w.-]+)+|(?<!\w)~/[\w./-]+|"
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"
)
"""Paths and addresses."""


class Pseudonyms:
    """Gives pupils other names by a key.

    Args:
        path: File of the key, made at first use and readable by its owner only; empty for the one in Jupyter's data
            directory. Whoever has it can find out who is who; without it the names cannot be made again.
    """

    def __init__(self, path: str | Path = "") -> None:
        self._key = _key(Path(path) if path else default_key())

    def of(self, pupil: str) -> str:
        """The other name of a pupil."""
        return f"pupil-{hmac.new(self._key, pupil.encode(), hashlib.sha256).hexdigest()[:10]}"

    def hide(self, entries: Iterable[Entry]) -> Sequence[Entry]:
        """Lines without names, paths and machines.

        What a pupil typed keeps its mathematics and loses other words, and what could not be read goes entirely.
        Questions and titles of a quiz are a teacher's words: they lose the pupils' names, paths and addresses only.
        """
        lines = list(entries)
        known = _known(lines)
        return [self._hidden(line, known) for line in lines]

    def _hidden(self, line: Entry, known: re.Pattern[str]) -> Entry:
        def without(text: str) -> str:
            return known.sub(_HIDDEN, _PLACES.sub(_HIDDEN, text))

        text = _HIDDEN if line.text and line.status == "unknown" else _mathematics(line.text)
        # In a conversation the pupil asks, and may say anything beside the problem.
        question = line.question if line.total else _mathematics(line.question)
        return replace(
            line,
            pupil=self.of(line.pupil),
            quiz=hmac.new(self._key, line.quiz.encode(), hashlib.sha256).hexdigest()[:12],
            text=text,
            question=without(question),
            title=without(line.title),
            topic=without(line.topic),
        )


def default_key() -> Path:
    """The key of this user: beside the threads, in Jupyter's data directory."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "assistant_magic" / "pseudonyms.key"


def _key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    if not path.exists():
        part.touch(mode=0o600)
        part.write_text(secrets.token_hex(32), "ascii")
        try:
            os.link(part, path)  # whole or not at all, and never over another one
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return bytes.fromhex(path.read_text("ascii").strip())


def _known(lines: Sequence[Entry]) -> re.Pattern[str]:
    """Whatever names a pupil of these lines, or this machine and its user."""
    names = {name for line in lines for name in _names(line.pupil)} | {
        Path.home().name,
        *socket.gethostname().split("."),
    }
    found = sorted((re.escape(name) for name in names if len(name) > 2), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(found) or '(?!)'})(?!\w)", re.IGNORECASE)


def _names(login: str) -> Iterator[str]:
    yield login
    yield from re.split(r"[\W_]+", login)
    try:
        import pwd

        yield from re.split(r"[\W_]+", pwd.getpwnam(login).pw_gecos)
    except (ImportError, KeyError):
        return


def _mathematics(text: str) -> str:
    """The text without words that the tutor does not know; a name is not among those it knows."""
    known = catalogue().words | _LATEX
    return _WORD.sub(lambda word: word[0] if word[0].lower() in known else _HIDDEN, text)
