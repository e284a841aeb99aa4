"""LangChain's `DuckDuckGoSearchRun`, whose failures are results.

Name, argument and result are those of the class in langchain-community. That one raises what `ddgs` raises, where
nothing is found too, and so ends an `AgentExecutor` or a loop of the caller's in the middle of its run.
"""

from __future__ import annotations

from typing import Any

from langchain_core.tools import BaseTool, ToolException
from pydantic import BaseModel, Field

from assistant_magic.exceptions import ToolError
from assistant_magic.web_search import pages


class SearchArguments(BaseModel):
    """What the model sends."""

    query: str = Field(description="What to search for.")


class DuckDuckGoSearchRun(BaseTool):
    """Searches the web for a model, without a key.

    Args:
        max_results: Pages whose summaries are given.
        region: Of the world, as ddgs names it.
        safesearch: `on`, `moderate` or `off`.
        timelimit: `d`, `w`, `m` or `y`, for pages of the last day to the last year; None for any.
    """

    name: str = "duckduckgo_search"
    description: str = "Searches the web for current events and facts. The input is a search query."
    args_schema: type[BaseModel] = SearchArguments
    handle_tool_error: Any = True
    max_results: int = 5
    region: str = "wt-wt"
    safesearch: str = "moderate"
    timelimit: str | None = "y"

    def _run(self, query: str, **_: Any) -> str:
        options = {"region": self.region, "safesearch": self.safesearch, "timelimit": self.timelimit}
        try:
            found = pages(query, self.max_results, **options)
        except ToolError as error:
            words = str(error)
            raise ToolException(words[:1].upper() + words[1:]) from error
        return " ".join(page["body"] for page in found)
