"""Words and tables that a command leaves below its cell."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from IPython.display import publish_display_data

from assistant_magic.items import Usage
from assistant_magic.views.markdown import safe_markdown


def say(text: str) -> None:
    """One or more lines of Markdown below the cell."""
    publish_display_data({"text/markdown": safe_markdown(text), "text/plain": text.replace("`", "")})


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table below the cell; words in a terminal."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    plain = "\n".join(
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    )
    lines = [head, ["---"] * len(head), *([_cell(c) for c in row] for row in cells)]
    markdown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    publish_display_data({"text/markdown": safe_markdown(markdown), "text/plain": plain})


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def day_and_time(seconds: float) -> str:
    """Local time of seconds since the epoch."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def tokens_and_cost(used: Usage) -> str:
    """Usage in words."""
    cost = "" if used.cost is None else f", ${used.cost:.4f}"
    return f"{used.input_tokens:,} tokens in, {used.output_tokens:,} out{cost}"
