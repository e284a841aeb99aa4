"""What LangSmith is told, read from a sink on loopback."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.agents import AgentFinish
from langchain_core.tools import tool

from assistant_magic import Assistant, OpenAIAssistantRunnable
from assistant_magic.events import ItemDone, TextDelta, TurnDone
from assistant_magic.exceptions import BackendUnavailableError
from assistant_magic.items import ToolCall, Usage, assistant_message
from assistant_magic.testing import ScriptedBackend, memory_store
from langsmith_sink import LangSmithSink

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


CALL = ToolCall(call_id="c1", name="add", arguments='{"a": 1, "b": 2}')


@pytest.fixture(scope="module")
def server() -> Iterator[LangSmithSink]:
    """One sink for all tests: the client that LangChain keeps knows one address."""
    with LangSmithSink() as running:
        yield running


@pytest.fixture
def sink(server: LangSmithSink, monkeypatch: pytest.MonkeyPatch) -> Iterator[LangSmithSink]:
    """LangSmith, switched on by its own variables."""
    from langsmith import utils

    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", server.url)
    monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_test")
    monkeypatch.setenv("LANGSMITH_DISABLE_RUN_COMPRESSION", "true")
    utils.get_env_var.cache_clear()
    yield server
    flush()
    server.runs.clear()
    utils.get_env_var.cache_clear()


def flush() -> None:
    """Wait until everything has been posted."""
    from langchain_core.tracers.langchain import wait_for_all_tracers

    wait_for_all_tracers()


class Counting(ScriptedBackend):
    """Counts tokens: ten in, two out."""

    async def turn(self, request: Any) -> Any:
        async for event in super().turn(request):
            if isinstance(event, TurnDone):
                yield TurnDone(items=event.items, usage=Usage(input_tokens=10, output_tokens=2))
            else:
                yield event


def agent(*steps: Any) -> Any:
    return OpenAIAssistantRunnable.create_assistant(
        "tutor",
        "You teach.",
        [add],
        "m:x",
        as_agent=True,
        store=memory_store(),
        backend=Counting(list(steps)),
    )


def test_a_hand_written_loop_is_one_trace(sink: LangSmithSink) -> None:
    """Both invocations, their model turns and the tool between them are children of one root."""
    runnable = agent(CALL, "It is 3.")
    response = runnable.invoke({"content": "1+2?"})
    while not isinstance(response, AgentFinish):
        outputs = [
            {"tool_call_id": a.tool_call_id, "output": str(add.invoke(a.tool_input))} for a in response
        ]
        ids = {"run_id": response[-1].run_id, "thread_id": response[-1].thread_id}
        response = runnable.invoke({"tool_outputs": outputs, **ids})
    flush()
    me = "OpenAIAssistantRunnable"
    step = [me, "chain", [["m:x", "llm", []]]]
    assert sink.tree() == [[me, "chain", [step, ["add", "tool", []], step]]]


def test_tokens_are_counted_on_every_turn(sink: LangSmithSink) -> None:
    """A turn's run has the usage that the provider reported."""
    agent("Yes.").invoke({"content": "ok?"})
    flush()
    [turn] = sink.named("m:x")
    message = turn["outputs"]["generations"][0][0]["message"]["kwargs"]
    assert (message["usage_metadata"]["input_tokens"], message["usage_metadata"]["output_tokens"]) == (10, 2)
    assert turn["extra"]["metadata"]["ls_model_name"] == "x"


def test_agent_executor_is_the_root_of_its_trace(sink: LangSmithSink) -> None:
    """Below AgentExecutor there is no second root."""
    from langchain_classic.agents import AgentExecutor

    AgentExecutor(agent=agent(CALL, "It is 3."), tools=[add]).invoke({"content": "1+2?"})
    flush()
    me = ["OpenAIAssistantRunnable", "chain", [["m:x", "llm", []]]]
    assert sink.tree() == [["AgentExecutor", "chain", [me, ["add", "tool", []], me]]]


def test_two_runs_are_two_traces(sink: LangSmithSink) -> None:
    """A run that was left waiting does not swallow the next one."""
    runnable = agent(CALL, "Something else.")
    [left] = runnable.invoke({"content": "1+2?"})
    runnable.invoke({"content": "never mind", "thread_id": left.thread_id})
    flush()
    assert [root[0] for root in sink.tree()] == ["OpenAIAssistantRunnable"] * 2
    first, *_ = sink.named("OpenAIAssistantRunnable")
    assert first["error"] == "left at requires_action"


def test_an_assistants_run_is_one_trace(sink: LangSmithSink) -> None:
    """`ask` gives one root with turns and tools in order, LangChain tools traced once."""
    backend = Counting([CALL, "It is 3."])
    Assistant("tutor", tools=[add], backend=backend, model="m:x", store=memory_store()).ask("1+2?")
    flush()
    turn = ["m:x", "llm", []]
    assert sink.tree() == [["tutor", "chain", [turn, ["add", "tool", []], turn]]]
    assert sink.named("tutor")[0]["outputs"] == {"output": "It is 3."}


def test_a_failed_turn_is_an_error_in_the_trace(sink: LangSmithSink) -> None:
    """The reason stands at the turn and at the root."""
    backend = ScriptedBackend(
        [[TextDelta(part="p", text="Ha"), ItemDone(part="p", item=assistant_message("Ha"))]]
    )
    backend._steps = [BackendUnavailableError("m did not answer", "Try again.")]
    with pytest.raises(BackendUnavailableError):
        Assistant("tutor", backend=backend, model="m:x", store=memory_store()).ask("1+2?")
    flush()
    assert sink.tree() == [["tutor", "chain", [["m:x", "llm", []]]]]
    assert "m did not answer" in sink.named("m:x")[0]["error"]
    assert "m did not answer" in sink.named("tutor")[0]["error"]


def test_a_langchain_model_is_traced_once(sink: LangSmithSink) -> None:
    """The chat model behind the backend adds no trace of its own."""
    from langchain_core.language_models import FakeListChatModel

    from assistant_magic.backends.langchain import LangChainBackend

    model = LangChainBackend(chat_model=FakeListChatModel(responses=["Yes."]))
    Assistant("tutor", backend=model, model="m:x", python=False, store=memory_store()).ask("ok?")
    flush()
    assert sink.tree() == [["tutor", "chain", [["m:x", "llm", []]]]]


def test_async_loops_are_one_trace_too(sink: LangSmithSink) -> None:
    """`ainvoke` and tools in one task share the run's trace."""

    async def go() -> None:
        runnable = agent(CALL, "It is 3.")
        [action] = await runnable.ainvoke({"content": "1+2?"})
        output = {"tool_call_id": action.tool_call_id, "output": str(await add.ainvoke(action.tool_input))}
        ids = {"run_id": action.run_id, "thread_id": action.thread_id}
        await runnable.ainvoke({"tool_outputs": [output], **ids})

    asyncio.run(go())
    flush()
    [[_, _, children]] = sink.tree()
    assert [child[0] for child in children] == ["OpenAIAssistantRunnable", "add", "OpenAIAssistantRunnable"]


def test_without_the_variable_nothing_is_imported() -> None:
    """A run without tracing imports neither langsmith nor langchain."""
    code = (
        "import sys\n"
        "from assistant_magic import Assistant\n"
        "from assistant_magic.testing import ScriptedBackend, memory_store\n"
        "Assistant(backend=ScriptedBackend(['Yes.']), store=memory_store()).ask('ok?')\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in {'langsmith', 'langchain_core'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


TRACED = """
from langchain_core.tools import tool
from langchain_core.tracers.langchain import wait_for_all_tracers
from opentelemetry import trace
from test_tracing import CALL, agent, add

runnable = agent(CALL, "It is 3.")
[action] = runnable.invoke({"content": "1+2?"})
output = {"tool_call_id": action.tool_call_id, "output": str(add.invoke(action.tool_input))}
runnable.invoke({"tool_outputs": [output], "run_id": action.run_id, "thread_id": action.thread_id})
wait_for_all_tracers()
trace.get_tracer_provider().force_flush()
"""


def test_opentelemetry_gets_the_same_tree() -> None:
    """Through LangSmith's exporter a run is one trace of spans, with the tokens of its turns."""
    pytest.importorskip(
        "opentelemetry.exporter.otlp.proto.http", reason="LangSmith's extra `otel` is not installed"
    )
    from otlp_sink import OTLPSink

    with OTLPSink() as collector:
        switches = {
            "LANGSMITH_TRACING": "true",
            "LANGSMITH_OTEL_ENABLED": "true",
            "LANGSMITH_OTEL_ONLY": "true",
            "LANGSMITH_API_KEY": "lsv2_test",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        subprocess.run(
            [sys.executable, "-c", TRACED], env={**os.environ, **switches}, check=True, timeout=120
        )
    me = "OpenAIAssistantRunnable"
    step = [me, [["m:x", []]]]
    assert collector.tree() == [[me, [step, ["add", []], step]]]
    assert collector.values("gen_ai.usage.input_tokens") == [10, 10]
