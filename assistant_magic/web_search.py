"""The tool `web_search`, through ddgs."""

from __future__ import annotations

import asyncio

from assistant_magic.exceptions import MissingExtraError, ToolError
from assistant_magic.tools import Tool, tool


def web_search_tool(results: int = 5) -> Tool:
    """Search the web without a key.

    Raises:
        MissingExtraError: ddgs is not installed.
    """
    try:
        from ddgs import DDGS
        from ddgs.exceptions import DDGSException
    except ImportError as error:
        raise MissingExtraError("web search needs the package ddgs", "search") from error

    def search(query: str) -> str:
        try:
            found = DDGS().text(query, max_results=results)
        except DDGSException as error:
            # Nothing found and nothing reachable are both this; the model must hear which.
            raise ToolError(f"the web search for {query!r} failed: {error}") from error
        return "\n\n".join(f"{page['title']}\n{page['href']}\n{page['body']}" for page in found)

    async def web_search(query: str) -> str:
        return await asyncio.to_thread(search, query)

    return tool(name="web_search", description="Search the web; gives titles, addresses and summaries.")(
        web_search
    )
