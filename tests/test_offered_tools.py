"""Runs that stop for the caller's tools: what is kept when one breaks off, and who may write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant_magic import OpenAIAssistantRunnable, kernel
from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, TextDelta, TurnDone
from assistant_magic.exceptions import RunInterrupted, ThreadBusyError
from assistant_magic.items import Message, ToolResult, Usage
from assistant_magic.stores import RunRecord, Store, ThreadRecord
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from assistant_magic.thread import Thread


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory."""
    opened = memory_store()
    yield opened
    opened.close()


class Endless(ScriptedBackend):
    """Begins to answer the first prompt and never ends."""

    def __init__(self, began: Any) -> None:
        super().__init__(["Here again."])
        self.began = began

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        if not self.requests:
            self.requests.append(request)
            yield TextDelta(part="p", text="I begin")
            self.began()
            await asyncio.Event().wait()
        async for event in super().turn(request):
            yield event


class Counting(ScriptedBackend):
    """Counts ten tokens in and two out."""

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        async for event in super().turn(request):
            counted = isinstance(event, TurnDone)
            yield replace(event, usage=Usage(input_tokens=10, output_tokens=2)) if counted else event


def agent(store: Store, backend: ScriptedBackend) -> OpenAIAssistantRunnable:
    return OpenAIAssistantRunnable.create_assistant(
        "t", "", [], "m:x", as_agent=True, store=store, backend=backend
    )


def check(store: Store, runnable: OpenAIAssistantRunnable) -> None:
    """The words are kept, the run is recorded as cancelled, and the thread goes on."""
    [record] = store.find(ThreadRecord)
    said = [item.text for item in Thread(store, record).items if isinstance(item, Message)]
    assert said == ["go", "I begin"]
    assert store.find(RunRecord, thread=record.id)[0].status == "cancelled"
    assert (
        runnable.invoke({"content": "and?", "thread_id": record.id}).return_values["output"] == "Here again."
    )


def test_cancelling_ainvoke_keeps_what_came(store: Store) -> None:
    """A cancelled task ends as cancelled, and nothing is lost."""

    async def go() -> OpenAIAssistantRunnable:
        loop, began = asyncio.get_running_loop(), asyncio.Event()
        runnable = agent(store, Endless(lambda: loop.call_soon_threadsafe(began.set)))
        task = asyncio.create_task(runnable.ainvoke({"content": "go"}))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return runnable

    check(store, asyncio.run(go()))


def test_stop_ends_invoke_and_keeps_what_came(store: Store) -> None:
    """Ctrl-C in the middle of an answer raises RunInterrupted, which is a KeyboardInterrupt."""
    import _thread

    runnable = agent(store, Endless(_thread.interrupt_main))
    with pytest.raises(RunInterrupted):
        runnable.invoke({"content": "go"})
    check(store, runnable)


def test_one_writer_per_thread(tmp_path: Any) -> None:
    """While somebody else writes the thread, a step changes nothing."""
    from assistant_magic.stores import open_store

    store = open_store(f"sqlite:///{tmp_path / 'threads.db'}")
    runnable = agent(store, ScriptedBackend(["One.", "Two."]))
    first = runnable.invoke({"content": "one"})
    other = open_store(f"sqlite:///{tmp_path / 'threads.db'}")
    with other.writer(first.thread_id), pytest.raises(ThreadBusyError):
        runnable.invoke({"content": "two", "thread_id": first.thread_id})
    again = runnable.invoke({"content": "two", "thread_id": first.thread_id})
    assert again.return_values["output"] == "Two."
    other.close()
    store.close()


def test_steps_work_where_a_loop_runs_already(store: Store) -> None:
    """`invoke` inside a coroutine, as in a notebook's cell, answers."""

    async def go() -> Any:
        return agent(store, ScriptedBackend(["Yes."])).invoke({"content": "go"})

    assert asyncio.run(go()).return_values["output"] == "Yes."
    assert kernel.shell() is None


def add(a: int, b: int) -> int:
    """Add two numbers.

    Args:
        a: One.
        b: The other.
    """
    return a + b


def test_a_turn_may_call_tools_of_both(store: Store) -> None:
    """Ours run at once and the caller gets the rest; both results stand behind their calls in the next turn."""
    both = [call("add", a=1, b=2), call("python", code="6*7")]
    backend = Counting([both, "Three and 42."])
    runnable = OpenAIAssistantRunnable.create_assistant(
        "t",
        "",
        [{"type": "code_interpreter"}, add],
        "m:x",
        as_agent=True,
        store=store,
        backend=backend,
        executor=RecordingExecutor({"6*7": "42"}),
    )
    [action] = runnable.invoke({"content": "go"})
    assert (action.tool, action.tool_input) == ("add", {"a": 1, "b": 2})
    outputs = [{"tool_call_id": action.tool_call_id, "output": "3"}]
    runnable.invoke({"tool_outputs": outputs, "run_id": action.run_id, "thread_id": action.thread_id})
    results = [item for item in backend.requests[1].items if isinstance(item, ToolResult)]
    assert {result.name for result in results} == {"add", "python"}
    assert {tool.name for tool in backend.requests[1].tools} == {"add", "python"}


def test_what_a_run_cost_adds_up_over_its_stops(store: Store) -> None:
    """The record of the run counts the turns before and after the caller's tools, and only one run is there."""
    runnable = OpenAIAssistantRunnable.create_assistant(
        "t", "", [add], "m:x", as_agent=True, store=store, backend=Counting([call("add", a=1, b=2), "Three."])
    )
    [action] = runnable.invoke({"content": "go"})
    outputs = [{"tool_call_id": action.tool_call_id, "output": "3"}]
    runnable.invoke({"tool_outputs": outputs, "run_id": action.run_id, "thread_id": action.thread_id})
    [record] = store.find(RunRecord, id=action.run_id)
    assert (record.status, record.usage.input_tokens, record.usage.output_tokens) == ("completed", 20, 4)
