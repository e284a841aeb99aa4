"""Search in attached files, on this machine: SQLite's full-text index, passages with file and place."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from assistant_magic.exceptions import ToolError
from assistant_magic.items import Citation, File
from assistant_magic.tools import Tool, tool

CITED = re.compile(
    "\N{LEFT BLACK LENTICULAR BRACKET}([^:\N{RIGHT BLACK LENTICULAR BRACKET}]+):([^\N{RIGHT BLACK LENTICULAR BRACKET}]+)\N{RIGHT BLACK LENTICULAR BRACKET}"
)
"""How an answer refers to a passage: 【file:place】."""

_LINES = 30
_OVERLAP = 5
_MAX_BYTES = 20_000_000


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A piece of a file; `place` is `10-24` (lines), `page 3` or `cell 2`."""

    file: str
    place: str
    text: str


class FileIndex:
    """The passages of some files, found by their words, the best first."""

    def __init__(self, files: Sequence[File]) -> None:
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(file UNINDEXED, place UNINDEXED, text, tokenize='porter unicode61')"
        )
        self.unreadable: list[str] = []
        for file in files:
            try:
                rows = [(p.file, p.place, p.text) for p in passages(file)]
            except (OSError, ValueError) as error:
                self.unreadable.append(f"{file.name}: {error}")
                continue
            self._database.executemany("INSERT INTO passages VALUES (?, ?, ?)", rows)

    def find(self, query: str, limit: int = 6) -> list[Passage]:
        """Passages that have any of the query's words."""
        words = re.findall(r"\w+", query)
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        found = self._database.execute(
            "SELECT file, place, text FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?",
            (match, limit),
        )
        return [Passage(file=file, place=place, text=text) for file, place, text in found]


def file_search_tool(files: Sequence[File]) -> Tool:
    """The tool `file_search` over these files; they are read when it is first used."""
    index: list[FileIndex] = []

    def search(query: str) -> str:
        if not index:
            index.append(FileIndex(files))
        found = index[0].find(query)
        said = [
            f"\N{LEFT BLACK LENTICULAR BRACKET}{p.file}:{p.place}\N{RIGHT BLACK LENTICULAR BRACKET}\n{p.text}"
            for p in found
        ]
        said += [f"could not read {name}" for name in index[0].unreadable]
        return "\n\n".join(said) or f"nothing about {query!r} in {', '.join(f.name for f in files)}"

    names = ", ".join(file.name for file in files) or "none yet"

    async def file_search(query: str) -> str:
        if not files:
            raise ToolError("no files are attached")
        return await asyncio.to_thread(search, query)

    about = (
        f"Search the attached files ({names}) by words. Each passage begins with its source in brackets; repeat "
        "that mark, brackets included, behind every statement you take from it."
    )
    return tool(name="file_search", description=about)(file_search)


def citations(text: str) -> tuple[Citation, ...]:
    """The references to passages in an answer."""
    return tuple(
        Citation(
            kind="file", title=f"{mark[1]}:{mark[2]}", file_id=mark[1], start=mark.start(), end=mark.end()
        )
        for mark in CITED.finditer(text)
    )


def passages(file: File) -> Iterator[Passage]:
    """Cut a file into pieces that can be cited.

    Raises:
        ValueError: It cannot be read as text.
        OSError: It is gone.
    """
    data = base64.b64decode(file.data) if file.data else Path(file.path).read_bytes()
    if len(data) > _MAX_BYTES:
        raise ValueError(f"larger than {_MAX_BYTES // 1_000_000} MB")
    kind = Path(file.name).suffix.lower()
    if kind == ".pdf":
        pieces = _pages(data)
    elif kind == ".ipynb":
        pieces = _cells(data)
    elif b"\0" in data[:4096]:
        raise ValueError("it is not a text file")
    else:
        pieces = _lines(data.decode(errors="replace"))
    for place, text in pieces:
        if text.strip():
            yield Passage(file=file.name, place=place, text=text)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    lines = text.splitlines()
    for start in range(0, max(len(lines) - _OVERLAP, 1), _LINES - _OVERLAP):
        piece = lines[start : start + _LINES]
        yield f"{start + 1}-{start + len(piece)}", "\n".join(piece)


def _cells(data: bytes) -> Iterator[tuple[str, str]]:
    notebook: Any = json.loads(data)
    for number, cell in enumerate(notebook.get("cells", []), 1):
        yield f"cell {number}", "".join(cell.get("source", ""))


def _pages(data: bytes) -> Iterator[tuple[str, str]]:
    try:
        pypdf: Any = import_module("pypdf")
    except ImportError:
        raise ValueError("reading PDF needs `pip install pypdf`") from None
    try:
        for number, page in enumerate(pypdf.PdfReader(io.BytesIO(data)).pages, 1):
            yield f"page {number}", page.extract_text()
    except pypdf.errors.PyPdfError as error:
        raise ValueError(f"it is not a readable PDF: {error}") from error
