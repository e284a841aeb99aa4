"""Where an answer's statements and files come from: numbers in the text, and numbered sources below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from assistant_magic.items import Citation
from assistant_magic.views.markdown import plain
from assistant_magic.views.spans import safe_address

__all__ = ["fetching", "with_footnotes"]

_SANDBOX = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*sandbox:([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\s*\)")
"""A link into the code interpreter's container, which no page can follow."""

_WORD = re.compile("[A-Za-z0-9]+")

_Edit = tuple[int, int, str]


def with_footnotes(text: str, citations: Sequence[Citation]) -> str:
    """The text with a number where each source is used, and the numbered sources below.

    A link into the code interpreter's container becomes its words and a number: the source below says how the
    file is fetched.
    """
    links = {(m.start(), m.end()): m for m in _SANDBOX.finditer(text)}
    sources: dict[str, int] = {}
    edits: list[_Edit] = [(start, end, match[1]) for (start, end), match in links.items()]
    for citation in (*citations, *_uncited(links, citations)):
        line = _source_line(citation)
        if not line:
            continue
        number = sources.setdefault(line, len(sources) + 1)
        edits += _mark(text, citation, number, links)
    for start, end, new in sorted(set(edits), reverse=True):
        text = text[:start] + new + text[end:]
    if not sources:
        return text
    return text.rstrip() + "\n\n" + "\n".join(f"{number}. {line}" for line, number in sources.items())


def fetching(citation: Citation) -> str:
    """How a reader gets a file that code made at the provider, or `""` for any other source."""
    if citation.kind != "container_file":
        return ""
    return f"%assistant files download {citation.title or citation.file_id}"


def _uncited(
    links: dict[tuple[int, int], re.Match[str]], citations: Sequence[Citation]
) -> Iterator[Citation]:
    """A citation for each file that is linked but not cited."""
    for (start, end), match in links.items():
        name = unquote(match[2]).rpartition("/")[2]
        near = any(_meets(c, start, end) for c in citations)
        if name and not near:
            yield Citation(kind="container_file", title=name, start=start, end=end)


def _mark(
    text: str, citation: Citation, number: int, links: dict[tuple[int, int], re.Match[str]]
) -> Iterator[_Edit]:
    """Where the number stands: behind the words, or behind the link that they are part of."""
    start, end = citation.start, citation.end
    if end is None or not 0 <= end <= len(text):
        return
    end = next((last for first, last in links if _meets(citation, first, last)), _word_end(text, end))
    if citation.url and start is not None and citation.url in text[start:end]:
        return  # the text itself links there
    address = safe_address(citation.url) if citation.url else ""
    # As entities: an escaped bracket would open a formula.
    mark = f"&#91;{number}&#93;"
    yield end, end, f" [{mark}]({address})" if address else f" {mark}"


def _meets(citation: Citation, start: int, end: int) -> bool:
    """The citation is of this link into the container; servers count its ends differently."""
    if citation.end is None:
        return False
    first = citation.end if citation.start is None else citation.start
    return start < citation.end and (citation.end <= end or start <= first < end)


def _word_end(text: str, place: int) -> int:
    """The end of the word that `place` is inside of; a server that counts otherwise than we cuts words apart."""
    inside = _WORD.match(text, place) if _WORD.match(text, place - 1) else None
    return inside.end() if inside else place


def _source_line(citation: Citation) -> str:
    """The source below the text; nothing for a figure that stands on the page as it is."""
    title = plain(citation.title or citation.url or citation.file_id)
    if citation.kind == "container_file":
        drawn = citation.end is None and citation.title.startswith("figure.")
        return "" if drawn else f"{title}, made by the code interpreter: `{fetching(citation)}`"
    address = safe_address(citation.url) if citation.url else ""
    return f"[{title}]({address})" if address else title
