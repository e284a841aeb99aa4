"""Searching the web through ddgs, and the tool `web_search`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from assistant_magic.exceptions import MissingExtraError, ToolError
from assistant_magic.tools import Tool, tool

_WHY_CHARS = 200


def require() -> None:
    """Raise MissingExtraError unless ddgs is installed."""
    try:
        import ddgs  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("web search needs the package ddgs", "search") from error


def pages(query: str, results: int, **options: Any) -> Sequence[Mapping[str, str]]:
    """Pages that ddgs finds, each with `title`, `href` and `body`.

    Args:
        query: What to search for.
        results: How many at most.
        options: Further arguments of `DDGS.text`.

    Raises:
        MissingExtraError: ddgs is not installed.
        ToolError: Nothing was found, or nothing can be reached.
    """
    require()
    from ddgs import DDGS
    from ddgs.exceptions import DDGSException

    try:
        found: Sequence[Mapping[str, str]] = DDGS().text(query, max_results=results, **options)
    except DDGSException as error:
        # Nothing found and nothing reachable are both this; the model must hear which.
        why = " ".join(str(error).split())[:_WHY_CHARS]
        raise ToolError(f"the web search for {query!r} failed: {why}") from error
    return found


def web_search_tool(results: int = 5) -> Tool:
    """Search the web without a key.

    Raises:
        MissingExtraError: ddgs is not installed.
    """
    require()

    def search(query: str) -> str:
        found = pages(query, results)
        return "\n\n".join(f"{page['title']}\n{page['href']}\n{page['body']}" for page in found)

    async def web_search(query: str) -> str:
        return await asyncio.to_thread(search, query)

    return tool(name="web_search", description="Search the web; gives titles, addresses and summaries.")(
        web_search
    )
