"""LangChain's tools in a run of ours, as they are."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool, ToolException, tool
from langchain_core.tools.base import InjectedToolCallId
from pydantic import BaseModel, Field

from assistant_magic import Assistant
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Image, ToolCall, ToolResult
from assistant_magic.testing import ScriptedBackend, call, memory_store


def results(tools: Sequence[Any], *calls: ToolCall) -> list[ToolResult]:
    """What a run gives for these calls of one turn."""
    backend = ScriptedBackend([list(calls), "Done."])
    run = Assistant(tools=tools, backend=backend, store=memory_store(), python=False).ask("go")
    return [item for item in run.items if isinstance(item, ToolResult)]


def words(result: ToolResult) -> str:
    return "".join(part.text for part in result.content if part.type == "text")


class Where(BaseModel):
    """Arguments with descriptions."""

    city: str = Field(description="Name of a city")
    days: int = Field(default=1, ge=1, le=7)


@tool(args_schema=Where)
def weather(city: str, days: int = 1) -> str:
    """Tell the weather."""
    return f"{city}: sun for {days}"


def test_a_tool_is_described_by_its_schema() -> None:
    """Name, description and the schema of `args_schema` reach the model."""
    backend = ScriptedBackend(["Hello."])
    Assistant(tools=[weather], backend=backend, store=memory_store(), python=False).ask("go")
    [told] = backend.requests[0].tools
    assert (told.name, told.description) == ("weather", "Tell the weather.")
    assert told.parameters["properties"]["city"]["description"] == "Name of a city"
    assert told.parameters["required"] == ["city"]


def test_a_tool_runs() -> None:
    """Arguments go in, the returned text comes out."""
    [result] = results([weather], call("weather", city="Oslo", days=2))
    assert (result.status, words(result)) == ("ok", "Oslo: sun for 2")


@pytest.mark.parametrize("arguments", ['{"city": "Oslo", "days": 9}', '{"days": 1}', "{oops"])
def test_arguments_that_do_not_fit_go_back_to_the_model(arguments: str) -> None:
    """The tool does not run; the model hears what is wrong."""
    [result] = results([weather], ToolCall(call_id="c", name="weather", arguments=arguments))
    assert result.status == "error"
    assert "weather" in words(result)


def test_async_tools_run_side_by_side() -> None:
    """Two calls that wait for each other both end, so they ran at the same time."""
    meet = asyncio.Barrier(2)

    @tool
    async def wait_for_the_other(word: str) -> str:
        """Wait."""
        await asyncio.wait_for(meet.wait(), 10)
        return word

    both = results(
        [wait_for_the_other], call("wait_for_the_other", word="a"), call("wait_for_the_other", word="b")
    )
    assert [words(result) for result in both] == ["a", "b"]


def test_a_class_with_its_own_async_code_is_async() -> None:
    """A BaseTool with `_arun` runs on the loop."""

    class Shout(BaseTool):
        name: str = "shout"
        description: str = "Say it louder."

        def _run(self, text: str) -> str:
            raise AssertionError("the async code should run")

        async def _arun(self, text: str) -> str:
            await asyncio.sleep(0)
            return text.upper()

    [result] = results([Shout()], call("shout", text="pi"))
    assert words(result) == "PI"


def test_content_and_artifact_are_told_apart() -> None:
    """The model gets the content; a figure in the artifact is a picture."""

    class Figure:
        def _repr_png_(self) -> bytes:
            return b"\x89PNG"

    @tool(response_format="content_and_artifact")
    def plot(expression: str) -> tuple[str, Any]:
        """Draw."""
        return f"drew {expression}", Figure()

    [result] = results([plot], call("plot", expression="x"))
    assert words(result) == "drew x"
    assert [type(part) for part in result.content][1:] == [Image]


def test_errors_of_a_tool_go_to_the_model() -> None:
    """A ToolException and any other error end the call, not the run."""

    @tool
    def fail(kindly: bool) -> str:
        """Fail."""
        if kindly:
            raise ToolException("no such place")
        return str(1 / 0)

    first, second = results([fail], call("fail", kindly=True), call("fail", kindly=False))
    assert first.status == second.status == "error"
    assert "no such place" in words(first)
    assert "ZeroDivisionError" in words(second)


def test_a_handled_tool_error_is_an_error_result() -> None:
    """With `handle_tool_error` LangChain words the error itself; it stays an error."""
    failing = StructuredTool.from_function(
        func=lambda: (_ for _ in ()).throw(ToolException("gone")),
        name="failing",
        description="Fail.",
        handle_tool_error="try another way",
    )
    [result] = results([failing], call("failing"))
    assert (result.status, words(result)) == ("error", "try another way")


def test_injected_state_is_refused_with_a_clear_line() -> None:
    """A tool that only a graph can call is refused when it is passed, not when it is called."""

    @tool
    def remember(fact: str, state: Annotated[dict, InjectedToolArg]) -> str:
        """Remember."""
        return fact

    with pytest.raises(UsageError, match="wants its argument 'state' injected by a graph"):
        Assistant(tools=[remember], backend=ScriptedBackend([]), store=memory_store())


def test_the_id_of_the_call_is_injected() -> None:
    """An injected call id is no state: such a tool works, and the model does not see the argument."""

    @tool
    def identify(word: str, call_id: Annotated[str, InjectedToolCallId]) -> str:
        """Tell both."""
        return f"{word} {bool(call_id)}"

    [result] = results([identify], call("identify", word="pi"))
    assert words(result) == "pi True"


def test_a_search_that_fails_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """`DuckDuckGoSearchRun` without a network tells the model so, and the run goes on."""
    pytest.importorskip("ddgs", reason="the extra search is not installed")
    from ddgs.exceptions import DDGSException
    from langchain_community.tools import DuckDuckGoSearchRun

    def refuse(*_: Any, **__: Any) -> list[Any]:
        raise DDGSException("no connection")

    monkeypatch.setattr("ddgs.ddgs.DDGS.text", refuse)
    [result] = results([DuckDuckGoSearchRun()], call("duckduckgo_search", query="pi"))
    assert result.status == "error"
    assert "no connection" in words(result)


def test_a_search_that_fails_ends_no_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    """In `AgentExecutor` and in a loop of one's own the failure is what the tool says; what is found comes as words."""
    pytest.importorskip("ddgs", reason="the extra search is not installed")
    from ddgs.exceptions import DDGSException
    from langchain_classic.agents import AgentExecutor

    from assistant_magic import OpenAIAssistantRunnable
    from assistant_magic.search_tool import DuckDuckGoSearchRun

    asked: list[Any] = []

    def text(_: Any, query: str, **options: Any) -> list[Any]:
        asked.append((query, options["max_results"], options["region"]))
        if query == "weather":
            raise DDGSException("no connection")
        return [{"body": "67 °F"}, {"body": "and sunny"}]

    monkeypatch.setattr("ddgs.ddgs.DDGS.text", text)
    search = DuckDuckGoSearchRun()
    backend = ScriptedBackend([call("duckduckgo_search", query="weather"), "I could not look."])
    agent = OpenAIAssistantRunnable.create_assistant(
        "tutor", "", [search], "m", as_agent=True, store=memory_store(), backend=backend
    )
    executor = AgentExecutor(agent=agent, tools=[search], return_intermediate_steps=True)
    answer = executor.invoke({"content": "How warm is it?"})
    assert answer["output"] == "I could not look."
    assert answer["intermediate_steps"][0][1] == "The web search for 'weather' failed: no connection"
    assert search.invoke("weather in SF") == "67 °F and sunny"
    assert asked == [("weather", 5, "wt-wt"), ("weather in SF", 5, "wt-wt")]
    [result] = results([search], call("duckduckgo_search", query="weather"))
    assert result.status == "error"


def test_our_web_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """`web_search` gives titles, addresses and summaries, and says when it fails."""
    pytest.importorskip("ddgs", reason="the extra search is not installed")
    from assistant_magic.web_search import web_search_tool

    found = [{"title": "Pi", "href": "https://pi.example", "body": "3.14159"}]
    monkeypatch.setattr("ddgs.ddgs.DDGS.text", lambda *_, **__: found)
    [result] = results([web_search_tool()], call("web_search", query="pi"))
    assert words(result) == "Pi\nhttps://pi.example\n3.14159"


def test_langchain_is_not_imported_to_find_out() -> None:
    """Passing plain functions imports nothing of LangChain."""
    import subprocess

    code = (
        "import sys\nfrom assistant_magic.tools import as_tool\n"
        "def f(x: int) -> int:\n    '''F.'''\n    return x\n"
        "as_tool(f)\nprint([m for m in sys.modules if m.startswith('langchain')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
