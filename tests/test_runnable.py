"""LangChain's original class and ours side by side, and what the original got wrong."""

from __future__ import annotations

import asyncio
import inspect
import re
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import openai
import pytest
from langchain_classic.agents import AgentExecutor
from langchain_classic.agents.openai_assistant import OpenAIAssistantRunnable as Original
from langchain_core.agents import AgentFinish
from langchain_core.exceptions import OutputParserException
from langchain_core.tools import BaseTool, tool

from assistant_magic import OpenAIAssistantRunnable
from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, TurnDone
from assistant_magic.exceptions import (
    BackendUnavailableError,
    ConfigurationError,
    ThreadNotFoundError,
    UsageError,
)
from assistant_magic.items import ToolCall, ToolResult, assistant_message
from assistant_magic.stores import RunRecord, Store, ThreadRecord
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, memory_store
from assistants_server import AssistantsServer, Move

Make = Callable[..., Any]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the original is deprecated


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
def shout(text: str) -> str:
    """Say it louder."""
    return text.upper()


TOOLS: list[BaseTool] = [add, shout]
ADD = ("add", '{"a": 1, "b": 2}')
SHOUT = ("shout", '{"text": "pi"}')


def scripted(moves: Sequence[Move]) -> ScriptedBackend:
    """The same moves for our class."""
    steps: list[Any] = []
    for number, move in enumerate(moves):
        if isinstance(move, str):
            steps.append(move)
        else:
            calls = [(f"call_{number}_{place}", name, written) for place, (name, written) in enumerate(move)]
            steps.append([ToolCall(call_id=i, name=n, arguments=w) for i, n, w in calls])
    return CutBackend(steps)


class CutBackend(ScriptedBackend):
    """Ends at the model's limit of length where the script says `!incomplete`."""

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        async for event in super().turn(request):
            cut = isinstance(event, TurnDone) and assistant_message("!incomplete") in event.items
            yield replace(event, finish="length") if cut else event


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory."""
    opened = memory_store()
    yield opened
    opened.close()


@pytest.fixture(params=["original", "ours"])
def make(request: pytest.FixtureRequest, store: Store) -> Iterator[Make]:
    """Makes either class with the same moves of the model behind it."""
    servers = []

    def create(moves: Sequence[Move], tools: Sequence[Any] = TOOLS, **options: Any) -> Any:
        about = {"name": "tutor", "instructions": "You teach.", "tools": tools, "model": "gpt-4-1106-preview"}
        if request.param == "ours":
            return OpenAIAssistantRunnable.create_assistant(
                **about, store=store, backend=scripted(moves), **options
            )
        server = AssistantsServer(list(moves))
        servers.append(server)
        server.__enter__()
        client = openai.OpenAI(base_url=server.url, api_key="key")
        return Original.create_assistant(**about, client=client, check_every_ms=1, **options)

    yield create
    for server in servers:
        server.__exit__()


def execute_agent(agent: Any, tools: Sequence[Any], asked: dict[str, Any]) -> Any:
    """The page's own loop."""
    tool_map = {each.name: each for each in tools}
    response = agent.invoke(asked)
    while not isinstance(response, AgentFinish):
        tool_outputs = []
        for action in response:
            tool_output = tool_map[action.tool].invoke(action.tool_input)
            tool_outputs.append({"output": str(tool_output), "tool_call_id": action.tool_call_id})
        response = agent.invoke(
            {"tool_outputs": tool_outputs, "run_id": action.run_id, "thread_id": action.thread_id}
        )
    return response


@pytest.mark.parametrize("name", ["create_assistant", "acreate_assistant", "invoke", "ainvoke"])
def test_signatures_are_the_old_ones(name: str) -> None:
    """Parameters have the same names, kinds and defaults, in the same order."""
    parameters = [
        inspect.signature(getattr(kind, name)).parameters.values()
        for kind in (Original, OpenAIAssistantRunnable)
    ]
    theirs, ours = ([(p.name, p.kind, p.default) for p in each] for each in parameters)
    assert ours == theirs


def test_fields_are_the_old_ones() -> None:
    """Every field of the original is there with its default."""
    ours = OpenAIAssistantRunnable.model_fields
    assert set(Original.model_fields) <= set(ours)
    assert ours["check_every_ms"].default == Original.model_fields["check_every_ms"].default
    assert ours["assistant_id"].is_required()


def test_an_answer_is_a_list_of_messages(make: Make) -> None:
    """Without `as_agent` the messages of the run come back, in OpenAI's own type."""
    [message] = make(["About -32.224."], tools=[]).invoke({"content": "10 - 4 ** 2.7?"})
    assert type(message) is openai.types.beta.threads.Message
    assert (message.role, message.object) == ("assistant", "thread.message")
    [block] = message.content
    assert block.type == "text"
    assert block.text.value == "About -32.224."
    assert message.thread_id.startswith("thread_")
    assert message.run_id.startswith("run_")


def test_function_calls_come_out_for_the_caller(make: Make) -> None:
    """Without `as_agent` required calls come back as OpenAI described them."""
    runnable = make([[ADD, SHOUT], "3 and PI"])
    calls = runnable.invoke({"content": "go"})
    assert [type(call).__name__ for call in calls] == ["RequiredActionFunctionToolCall"] * 2
    assert [(c.function.name, c.function.arguments) for c in calls] == [ADD, SHOUT]
    assert calls[0].type == "function"


def test_actions_then_a_finish(make: Make) -> None:
    """The page's loop: actions with ids, results handed in, the finish with output, thread and run."""
    agent = make([[ADD, SHOUT], [ADD], "It is 3, PI."], as_agent=True)
    first = agent.invoke({"content": "go"})
    assert [type(action).__name__ for action in first] == ["OpenAIAssistantAction"] * 2
    assert [(a.tool, a.tool_input, a.log) for a in first] == [
        ("add", {"a": 1, "b": 2}, ""),
        ("shout", {"text": "pi"}, ""),
    ]
    assert len({action.run_id for action in first}) == len({action.thread_id for action in first}) == 1
    agent = make([[ADD, SHOUT], [ADD], "It is 3, PI."], as_agent=True)
    finish = execute_agent(agent, TOOLS, {"content": "go"})
    assert type(finish).__module__ == "langchain_classic.agents.openai_assistant.base"
    assert set(finish.return_values) == {"output", "thread_id", "run_id", "attachments"}
    assert finish.return_values["output"] == "It is 3, PI."
    assert (finish.thread_id, finish.run_id) == (
        finish.return_values["thread_id"],
        finish.return_values["run_id"],
    )


def test_a_thread_goes_on(make: Make) -> None:
    """A thread id of an earlier answer continues its thread, in a run of its own."""
    agent = make(["First.", "Second."], as_agent=True)
    first = agent.invoke({"content": "one"})
    second = agent.invoke({"content": "two", "thread_id": first.thread_id})
    assert second.thread_id == first.thread_id
    assert second.run_id != first.run_id
    assert second.return_values["output"] == "Second."


def test_an_argument_without_a_name_is_unwrapped(make: Make) -> None:
    """`__arg1`, the only argument of old-style tools, is the tool's input itself."""
    [action] = make([[("shout", '{"__arg1": "pi"}')]], as_agent=True).invoke({"content": "go"})
    assert action.tool_input == "pi"


def test_arguments_that_are_no_json_are_a_value_error(make: Make) -> None:
    """The error is a ValueError that names the function."""
    with pytest.raises(ValueError, match=r"invalid JSON function arguments: \{oops for function add"):
        make([[("add", "{oops")]], as_agent=True).invoke({"content": "go"})


def test_a_run_that_was_cut_is_a_value_error(make: Make) -> None:
    """A status that is neither an answer nor a call is named."""
    with pytest.raises(ValueError, match="Unexpected run status: incomplete"):
        make(["!incomplete"], as_agent=True).invoke({"content": "go"})


def test_agent_executor_runs_it(make: Make) -> None:
    """`AgentExecutor` executes parallel calls and gives output, thread and run."""
    executor = AgentExecutor(agent=make([[ADD, SHOUT], [ADD], "3, PI, 3"], as_agent=True), tools=TOOLS)
    answer = executor.invoke({"content": "go"})
    assert set(answer) == {"content", "output", "thread_id", "run_id", "attachments"}
    assert answer["output"] == "3, PI, 3"


def test_agent_executor_streams_its_steps(make: Make) -> None:
    """Streaming gives actions, steps and the end, each once."""
    executor = AgentExecutor(agent=make([[ADD], "3"], as_agent=True), tools=TOOLS)
    seen = [
        next(key for key in ("actions", "steps", "output") if key in chunk)
        for chunk in executor.stream({"content": "go"})
    ]
    assert seen == ["actions", "steps", "output"]


def test_stream_yields_one_object(make: Make) -> None:
    """In agent mode `stream` yields exactly what `invoke` returns, once."""
    [finish] = make(["Yes."], as_agent=True).stream({"content": "go"})
    assert finish.return_values["output"] == "Yes."


def test_batch_asks_on_threads_of_their_own(make: Make) -> None:
    """Each input of a batch gets a thread."""
    answers = make(["Yes.", "Yes."], as_agent=True).batch([{"content": "one"}, {"content": "two"}])
    assert len({answer.thread_id for answer in answers}) == 2


def test_callbacks_hear_the_chain(make: Make) -> None:
    """Handlers in `config` hear start and end of the chain under the run's name."""
    from langchain_core.callbacks import BaseCallbackHandler

    heard: list[tuple[str, str]] = []

    class Handler(BaseCallbackHandler):
        def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
            heard.append(("start", kwargs.get("name")))

        def on_chain_end(self, outputs: Any, **kwargs: Any) -> None:
            heard.append(("end", type(outputs).__name__))

    config = {"callbacks": [Handler()], "run_name": "tutor"}
    make(["Yes."], as_agent=True).invoke({"content": "go"}, config)
    assert heard == [("start", "tutor"), ("end", "OpenAIAssistantFinish")]


def test_steps_of_an_agent_come_first(make: Make) -> None:
    """With `intermediate_steps` the run goes on, whatever else is in the input."""
    agent = make([[ADD], "3", "never"], as_agent=True)
    [action] = agent.invoke({"content": "go"})
    steps = {"intermediate_steps": [(action, 3)], "content": "other", "thread_id": "thread_x", "run_id": "x"}
    finish = agent.invoke(steps)
    assert (finish.run_id, finish.thread_id) == (action.run_id, action.thread_id)
    assert finish.return_values["output"] == "3"


def test_a_run_without_a_thread_is_a_new_one(make: Make) -> None:
    """`run_id` alone means nothing: the content is asked on a new thread."""
    agent = make(["One.", "Two."], as_agent=True)
    first = agent.invoke({"content": "one"})
    second = agent.invoke({"content": "two", "run_id": first.run_id})
    assert second.thread_id != first.thread_id


def test_steps_mean_nothing_without_as_agent(make: Make) -> None:
    """Not as an agent, `intermediate_steps` are passed over and the content is asked."""
    [message] = make(["Yes."], tools=[]).invoke({"content": "go", "intermediate_steps": [("x", "y")]})
    assert message.content[0].text.value == "Yes."


def test_agent_executor_continues_a_thread(make: Make) -> None:
    """`thread_id` beside the content goes through `AgentExecutor`, with tools in the second run."""
    executor = AgentExecutor(agent=make([[ADD], "3", [SHOUT], "PI"], as_agent=True), tools=TOOLS)
    first = executor.invoke({"content": "one"})
    second = executor.invoke({"content": "two", "thread_id": first["thread_id"]})
    assert (second["output"], second["thread_id"]) == ("PI", first["thread_id"])
    assert second["run_id"] != first["run_id"]


def test_an_unknown_tool_is_told_to_the_model(make: Make) -> None:
    """`AgentExecutor` words the result of a tool that it does not have, and the run goes on."""
    answer = AgentExecutor(agent=make([[("fly", "{}")], "No."], as_agent=True), tools=TOOLS).invoke(
        {"content": "go"}
    )
    assert answer["output"] == "No."


INPUTS = {
    "message_metadata": {"k": "v"},
    "thread_metadata": {"k": "v"},
    "instructions": "Be brief.",
    "model": "gpt-4o",
    "tools": [],
    "parallel_tool_calls": False,
    "top_p": 0.5,
    "temperature": 0.5,
    "max_completion_tokens": 9,
    "max_prompt_tokens": 9,
    "attachments": [],
}


@pytest.mark.filterwarnings("ignore:max_prompt_tokens has no effect")
@pytest.mark.parametrize("key", INPUTS)
def test_every_key_of_the_input_is_taken(make: Make, key: str) -> None:
    """What the original's `invoke` documents is no error, on a new thread and on an existing one."""
    agent = make(["One.", "Two."], as_agent=True)
    first = agent.invoke({"content": "one", key: INPUTS[key]})
    again = agent.invoke({"content": "two", key: INPUTS[key], "thread_id": first.thread_id})
    assert again.return_values["output"] == "Two."


# ---- what the original gets wrong, seen on the original


def original(moves: Sequence[Move], **options: Any) -> tuple[Any, AssistantsServer]:
    server = AssistantsServer(list(moves))
    client = openai.OpenAI(base_url=server.url, api_key="key")
    return Original(assistant_id="asst_1", client=client, check_every_ms=1, as_agent=True, **options), server


def test_the_original_refuses_run_metadata() -> None:
    """It passes `run_metadata` on under a name that the client does not know."""
    agent, server = original(["Yes."])
    with server, pytest.raises(TypeError, match="run_metadata"):
        agent.invoke({"content": "go", "run_metadata": {"k": "v"}})


def test_the_original_cannot_finish_in_async_code() -> None:
    """It iterates over a page of messages as if it were a list."""
    agent, server = original(["Yes."])
    agent.async_client = openai.AsyncOpenAI(base_url=server.url, api_key="key")
    with server, pytest.raises(AttributeError, match="run_id"):
        asyncio.run(agent.ainvoke({"content": "go"}))


def test_the_original_wants_a_key_that_it_does_not_use() -> None:
    """`acreate_assistant` with a client of its own still makes another one from the environment."""
    server = AssistantsServer([])
    client = openai.AsyncOpenAI(base_url=server.url, api_key="key")
    with server, pytest.raises(openai.OpenAIError, match="OPENAI_API_KEY"):
        asyncio.run(Original.acreate_assistant("t", "", [], "m", async_client=client))


def test_the_original_loses_attachments_on_existing_threads() -> None:
    """They are not in the message that it posts there."""
    agent, server = original(["Yes."])
    with server:
        attached = [{"file_id": "file-1", "tools": []}]
        agent.invoke({"content": "go", "thread_id": "thread_1", "attachments": attached})
    [posted] = [body for path, body in server.requests if path.endswith("/messages")]
    assert "attachments" not in posted


def test_the_original_forgets_azure() -> None:
    """Its async client is a plain one of OpenAI, whatever it was given."""
    azure = openai.AzureOpenAI(base_url="http://127.0.0.1:9", api_key="key", api_version="1")
    assert type(Original(assistant_id="asst_1", client=azure).async_client) is openai.AsyncOpenAI


# ---- and what there is only with us


def ours(store: Store, moves: Sequence[Move], tools: Sequence[Any] = TOOLS, **options: Any) -> Any:
    options = {"as_agent": True, "backend": scripted(moves), **options}
    return OpenAIAssistantRunnable.create_assistant(
        "tutor", "You teach.", tools, "offline:tutor", store=store, **options
    )


def test_async_answers_too(store: Store) -> None:
    """`acreate_assistant` needs no key, and `ainvoke` finishes (the original fails on its list of messages)."""

    async def go() -> Any:
        agent = await OpenAIAssistantRunnable.acreate_assistant(
            "tutor",
            "You teach.",
            TOOLS,
            "m",
            as_agent=True,
            store=store,
            backend=scripted([[ADD, SHOUT], "3 PI"]),
        )
        return await AgentExecutor(agent=agent, tools=TOOLS).ainvoke({"content": "go"})

    assert asyncio.run(go())["output"] == "3 PI"


def test_async_streams_one_object(store: Store) -> None:
    """`astream` in agent mode yields one object."""

    async def go() -> list[Any]:
        return [chunk async for chunk in ours(store, ["Yes."]).astream({"content": "go"})]

    [finish] = asyncio.run(go())
    assert finish.return_values["output"] == "Yes."


def test_async_agents_stream_and_batch(store: Store) -> None:
    """`AgentExecutor.astream` gives each step once, and `abatch` gives each input a thread of its own."""

    async def go() -> tuple[list[str], list[Any]]:
        executor = AgentExecutor(agent=ours(store, [[ADD], "3"]), tools=TOOLS)
        steps = [chunk async for chunk in executor.astream({"content": "go"})]
        seen = [next(key for key in ("actions", "steps", "output") if key in chunk) for chunk in steps]
        return seen, await ours(store, ["Yes.", "Yes."]).abatch([{"content": "a"}, {"content": "b"}])

    seen, answers = asyncio.run(go())
    assert seen == ["actions", "steps", "output"]
    assert len({answer.thread_id for answer in answers}) == 2


def test_async_code_goes_on_while_it_waits(store: Store) -> None:
    """The caller's loop is free during `ainvoke`, results of tools included (the original polls on it)."""

    async def go() -> Any:
        loop, released = asyncio.get_running_loop(), threading.Event()

        class Waiting(ScriptedBackend):
            async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
                loop.call_soon_threadsafe(released.set)
                assert await asyncio.to_thread(released.wait, 30)
                released.clear()
                async for event in super().turn(request):
                    yield event

        backend = Waiting([ToolCall(call_id="c", name="add", arguments=ADD[1]), "It is 3."])
        agent = AgentExecutor(agent=ours(store, [], backend=backend), tools=TOOLS)
        return await agent.ainvoke({"content": "go"})

    assert asyncio.run(go())["output"] == "It is 3."


def test_what_an_executor_gave_up_is_answered_honestly(store: Store) -> None:
    """After `max_iterations` the thread goes on: the calls that nobody ran are answered as interrupted."""
    backend = scripted([[ADD], "Something else."])
    agent = ours(store, [], backend=backend)
    answer = AgentExecutor(agent=agent, tools=TOOLS, max_iterations=1).invoke({"content": "go"})
    assert "max iterations" in answer["output"]
    finish = agent.invoke({"content": "never mind", "thread_id": executor_thread(store)})
    assert finish.return_values["output"] == "Something else."
    results = [item.status for item in backend.requests[-1].items if isinstance(item, ToolResult)]
    assert results == ["interrupted"]


def test_tools_of_one_run_may_be_none(store: Store) -> None:
    """An empty list of tools stands above the saved ones, as it did."""
    backend = scripted(["Yes."])
    ours(store, [], backend=backend).invoke({"content": "go", "tools": []})
    assert backend.requests[0].tools == ()


def test_results_must_come_with_their_run(store: Store) -> None:
    """`thread_id` and `run_id` without `tool_outputs` are refused in one line."""
    [action] = ours(store, [[ADD]]).invoke({"content": "go"})
    ids = {"run_id": action.run_id, "thread_id": action.thread_id}
    with pytest.raises(UsageError, match="without tool_outputs"):
        ours(store, []).invoke({"content": "go", **ids})


def test_run_metadata_and_attachments_are_kept(store: Store, tmp_path: Any) -> None:
    """`run_metadata` is no error, and attachments arrive on existing threads as well."""
    (tmp_path / "notes.txt").write_text("pi is irrational")
    backend = scripted(["One.", "Two."])
    agent = ours(store, [], backend=backend)
    first = agent.invoke({"content": "one", "run_metadata": {"user": "me"}, "message_metadata": {"k": "v"}})
    attached = {"file_id": str(tmp_path / "notes.txt"), "tools": [{"type": "file_search"}]}
    agent.invoke({"content": "two", "thread_id": first.thread_id, "attachments": [attached]})
    prompt = backend.requests[1].items[-1]
    assert [part.type for part in prompt.content] == ["text", "file"]
    assert backend.requests[0].items[0].provider_data["assistants"]["run"] == {"user": "me"}


def test_settings_of_one_run(store: Store) -> None:
    """Instructions, additions and sampling of `invoke` hold for that run only."""
    backend = scripted(["One.", "Two."])
    agent = ours(store, [], backend=backend)
    agent.invoke(
        {
            "content": "x",
            "additional_instructions": "Be brief.",
            "temperature": 0.1,
            "max_completion_tokens": 9,
        }
    )
    agent.invoke({"content": "x", "instructions": "Other."})
    first, second = backend.requests
    assert first.instructions == "You teach.\n\nBe brief."
    assert first.settings == {"temperature": 0.1, "max_output_tokens": 9}
    assert (second.instructions, second.settings) == ("Other.", {})


def test_another_process_hands_in_the_results(store: Store) -> None:
    """A run that waits is in the store: a new object goes on with it by its ids alone."""
    [action] = ours(store, [[ADD]]).invoke({"content": "go"})
    assert store.find(RunRecord, id=action.run_id)[0].status == "requires_action"
    saved = store.find(ThreadRecord, id=action.thread_id)
    assert saved
    other = ours(store, ["It is 3."])
    outputs = [{"tool_call_id": action.tool_call_id, "output": "3"}]
    finish = other.invoke({"tool_outputs": outputs, "run_id": action.run_id, "thread_id": action.thread_id})
    assert finish.return_values["output"] == "It is 3."
    assert finish.run_id == action.run_id


def test_a_saved_assistant_opens_by_its_id(store: Store) -> None:
    """`assistant_id` alone brings instructions and tools back."""
    made = ours(store, [])
    backend = scripted(["Yes."])
    opened = OpenAIAssistantRunnable(
        assistant_id=made.assistant_id, as_agent=True, store=store, backend=backend
    )
    opened.invoke({"content": "go"})
    assert backend.requests[0].instructions == "You teach."
    assert [t.name for t in backend.requests[0].tools] == ["add", "shout"]


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"content": "x", "thread_id": "thread_hcpYI0tfpB9mHa9d95W7nK2B"}, ThreadNotFoundError),
        ({}, UsageError),
    ],
)
def test_what_is_not_there_says_so(store: Store, asked: dict[str, str], kind: type[Exception]) -> None:
    """An unknown thread never becomes a new one in silence, and a prompt is needed."""
    with pytest.raises(kind) as raised:
        ours(store, ["x"]).invoke(asked)
    assert "\n" not in str(raised.value)
    if kind is ThreadNotFoundError:
        assert "gone since 2026-08-26" in str(raised.value)
        assert "jupyter assistant import thread.json" in str(raised.value)


def test_an_assistant_of_the_old_api_is_gone(store: Store) -> None:
    """An `asst_…` id that is nowhere says since when, and what can be recovered."""
    lost = OpenAIAssistantRunnable(assistant_id="asst_0T8S7CJuUa4Y4hm1PF6n62v7", store=store)
    with pytest.raises(ConfigurationError, match=r"gone since 2026-08-26 .* export"):
        lost.invoke({"content": "x"})


def test_all_calls_are_answered_together(store: Store) -> None:
    """A missing output is named, and nothing is lost: the whole set can be handed in again."""
    agent = ours(store, [[ADD, SHOUT], "Done."])
    first, second = agent.invoke({"content": "go"})
    ids = {"run_id": first.run_id, "thread_id": first.thread_id}
    one = {"tool_call_id": first.tool_call_id, "output": "3"}
    with pytest.raises(UsageError, match=re.escape(f"{second.tool_call_id} (shout)")):
        agent.invoke({"tool_outputs": [one], **ids})
    both = [one, {"tool_call_id": second.tool_call_id, "output": "PI"}]
    assert agent.invoke({"tool_outputs": both, **ids}).return_values["output"] == "Done."


def test_calls_that_were_left_are_answered_honestly(store: Store) -> None:
    """After an abandoned run the next prompt finds a thread without open calls."""
    backend = scripted([[ADD], "Something else."])
    agent = ours(store, [], backend=backend)
    [action] = agent.invoke({"content": "go"})
    agent.invoke({"content": "never mind", "thread_id": action.thread_id})
    [result] = [item for item in backend.requests[1].items if isinstance(item, ToolResult)]
    assert result.status == "interrupted"


def test_a_provider_that_fails_is_one_error(store: Store) -> None:
    """The backend's own error comes out, the run is recorded as failed and the thread goes on."""
    backend = ScriptedBackend([BackendUnavailableError("m did not answer", "Try again."), "Back."])
    agent = ours(store, [], backend=backend)
    with pytest.raises(BackendUnavailableError):
        agent.invoke({"content": "go"})
    [thread] = store.find(ThreadRecord)
    assert store.find(RunRecord, thread=thread.id)[0].status == "failed"
    assert agent.invoke({"content": "go", "thread_id": thread.id}).return_values["output"] == "Back."


def test_the_code_interpreter_is_ours_where_nobody_hosts_it(store: Store) -> None:
    """`{"type": "code_interpreter"}` runs code within the run, and only the answer comes back."""
    backend = ScriptedBackend(
        [ToolCall(call_id="c", name="python", arguments='{"code": "6*7"}'), "It is 42."]
    )
    executor = RecordingExecutor({"6*7": "42"})
    runnable = ours(
        store, [], [{"type": "code_interpreter"}], backend=backend, executor=executor, as_agent=False
    )
    [message] = runnable.invoke({"content": "6*7?"})
    assert message.content[0].text.value == "It is 42."
    assert executor.executed == ["6*7"]


@pytest.mark.parametrize("handle", [True, "Write valid JSON.", lambda error: f"No: {error}"])
@pytest.mark.parametrize("before", [[], [[ADD]]])
def test_broken_arguments_are_recoverable_for_the_executor(
    store: Store, handle: Any, before: list[Move]
) -> None:
    """With `handle_parsing_errors` the model hears what was wrong, in the same run, and tries again."""
    backend = scripted([*before, [SHOUT, ("add", "{oops")], [ADD], "It is 3."])
    executor = AgentExecutor(
        agent=ours(store, [], backend=backend), tools=TOOLS, handle_parsing_errors=handle
    )
    assert executor.invoke({"content": "go"})["output"] == "It is 3."
    last = [item for item in backend.requests[-1].items if isinstance(item, ToolResult)]
    wrong = [result for result in last if result.status == "error"]
    assert [result.name for result in wrong] == ["shout", "add"]
    said = "Write valid JSON." if handle == "Write valid JSON." else "invalid JSON function arguments"
    assert all(said in result.content[0].text for result in wrong)
    assert len(store.find(RunRecord, thread=executor_thread(store))) == 1


def executor_thread(store: Store) -> str:
    [thread] = store.find(ThreadRecord)
    return thread.id


@pytest.mark.parametrize("arguments", ["[1, 2]", '"pi"', "{oops"])
def test_arguments_that_are_no_object_are_told(store: Store, arguments: str) -> None:
    """Whatever is no JSON object is one error that LangChain knows, and it names the function."""
    with pytest.raises(OutputParserException, match=r"for function add \(run run_\w+ on thread thread_\w+\)"):
        ours(store, [[("add", arguments)]]).invoke({"content": "go"})


def test_steps_that_belong_to_no_run_are_told(store: Store) -> None:
    """Actions of another agent are refused in one line."""
    from langchain_core.agents import AgentAction

    steps = [(AgentAction(tool="add", tool_input="", log=""), "3")]
    with pytest.raises(UsageError, match="belongs to no run"):
        ours(store, []).invoke({"content": "go", "intermediate_steps": steps})


def test_without_langchain_classic_the_types_are_twins(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions and finishes have the same names and fields, and are LangChain core's."""
    import sys

    from langchain_core.agents import AgentAction

    for name in [name for name in sys.modules if name.startswith("langchain_classic")]:
        monkeypatch.setitem(sys.modules, name, None)
    agent = ours(store, [[ADD], "3"])
    [action] = agent.invoke({"content": "go"})
    assert isinstance(action, AgentAction)
    assert type(action).__module__ == "assistant_magic.agent_steps"
    finish = execute_agent(ours(store, [[ADD], "3"]), TOOLS, {"content": "go"})
    assert (type(finish).__name__, finish.return_values["output"]) == ("OpenAIAssistantFinish", "3")


def test_keys_without_effect_say_so(store: Store) -> None:
    """What nothing listens to any more is one warning at the caller's line; an absent id is none."""
    backend = ScriptedBackend(["One.", "Two."])
    about = {"name": "t", "instructions": "", "tools": [], "model": "m", "store": store, "backend": backend}
    with pytest.warns(UserWarning, match="extra_body has no effect"):
        made = OpenAIAssistantRunnable.create_assistant(**about, extra_body={"x": 1})
    with pytest.warns(UserWarning, match="max_prompt_tokens has no effect: a thread that grows") as heard:
        [message] = made.invoke({"content": "?", "thread_id": None, "run_id": None, "max_prompt_tokens": 9})
    assert heard[0].filename == __file__
    asked = {"content": "?", "thread_id": message.thread_id, "truncation_strategy": {"type": "auto"}}
    made.invoke({**asked, "run_id": None})
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("asked", "said"),
    [("2 + 2?", "invoke was given str"), ({"content": [{"type": "text"}]}, "'text' is missing")],
)
def test_what_cannot_be_asked_is_one_line(store: Store, asked: Any, said: str) -> None:
    """A text in place of the dictionary, or a block without its words, says how to write it."""
    agent = OpenAIAssistantRunnable(assistant_id="asst_1", store=store, backend=ScriptedBackend([]))
    with pytest.raises(UsageError, match=said):
        agent.invoke(asked)
