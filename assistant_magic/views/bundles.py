"""What a saved notebook holds of a run: MIME bundles of structure and words.

`application/vnd.assistant-magic.v1+json` carries ids, status and usage for our own renderer, `text/markdown` the
words for every page, `text/plain` a short line for terminals and logs. Never `text/html` or `application/json`:
VS Code and nbconvert would prefer them to the Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal

from assistant_magic.codec import JSON
from assistant_magic.items import Item, Usage

__all__ = ["MIME", "Bundle", "Kind", "Origin", "make_bundle", "render_items", "usage_json"]

MIME = "application/vnd.assistant-magic.v1+json"
Kind = Literal["answer", "tool", "reasoning", "notice", "status", "run"]
_PLAIN_CHARS = 80
_PLAIN_SOURCE = 1_000  # characters of Markdown that those are looked for in
_TAG = re.compile(r"</?(?:span|details|summary)>")  # those that our Markdown contains


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an output comes from; stays in its metadata."""

    run_id: str = ""
    thread_id: str = ""
    model: str = ""

    def to_json(self) -> JSON:
        """Only what is known."""
        known = {"run": self.run_id, "thread": self.thread_id, "model": self.model}
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True)
class Bundle:
    """The data and the metadata of one display."""

    data: JSON
    metadata: JSON


def make_bundle(kind: Kind, markdown: str, origin: Origin, structure: Mapping[str, Any]) -> Bundle:
    """A display of `kind` with these words, which must be safe already.

    Args:
        kind: What our own renderer shows it as.
        markdown: The words.
        origin: Run, thread and model.
        structure: What else the renderer needs: ids, status, usage; no prose.
    """
    words = " ".join(unescape(_TAG.sub("", markdown[:_PLAIN_SOURCE])).split())
    short = words if len(words) <= _PLAIN_CHARS else words[: _PLAIN_CHARS - 1] + "…"
    return Bundle(
        {MIME: {"v": 1, "kind": kind, **structure}, "text/markdown": markdown, "text/plain": short},
        {"assistant_magic": origin.to_json()},
    )


def usage_json(usage: Usage) -> JSON:
    """Usage as the structure carries it: the counts that are not zero."""
    data = usage.to_json()
    del data["type"]
    return data


def render_items(items: Sequence[Item], origin: Origin, *, usage: Usage = Usage()) -> Bundle:  # noqa: B008 - frozen
    """The finished items of a run as one bundle, for where a single value is displayed."""
    from assistant_magic.transcript import items_markdown

    return make_bundle("run", items_markdown(items, images=False), origin, {"usage": usage_json(usage)})
