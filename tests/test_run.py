"""The loop: prompt, turn, tools, turn, answer; and what is left when it breaks off."""

import asyncio

import pytest

from assistant_magic import Assistant, kernel, tool
from assistant_magic.events import Notice, TextDelta, ToolDone, ToolStarted, TurnPending
from assistant_magic.exceptions import (
    BackendUnavailableError,
    ConfigurationError,
    StoreError,
    ThreadBusyError,
    UsageError,
)
from assistant_magic.items import Reasoning, ToolCall, ToolResult, user_message
from assistant_magic.stores import RunRecord
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from assistant_magic.thread import Thread
from recording import Record


def make(steps, *, results=None, **options):
    backend = ScriptedBackend(steps)
    executor = RecordingExecutor(results or {})
    options.setdefault("approve", "auto")
    return Assistant(backend=backend, executor=executor, store=memory_store(), **options), backend


def perform(assistant, prompt, thread=None, **options):
    """One run, returned however it ended."""
    thread = thread or assistant.thread()
    return kernel.drive(assistant.perform(user_message(prompt), thread, **options))


def kinds(items):
    return [item.type for item in items]


def test_a_plain_answer():
    """A turn without tool calls is the answer."""
    assistant, backend = make(["Hello."])
    view = Record()
    run = perform(assistant, "Hi", view=view)

    assert (run.status, run.text) == ("completed", "Hello.")
    assert view.names == ["run_started", "turn_started", "text_delta", "item_done", "turn_done", "run_done"]
    assert kinds(run.thread.items) == ["message", "message"]
    backend.assert_finished()


def test_tools_are_called_until_there_is_an_answer():
    """Each turn's calls are executed and their results go into the next turn."""
    assistant, backend = make(
        [call("python", code="6*7"), call("python", code="42+1"), "43"], results={"6*7": "42", "42+1": "43"}
    )
    run = perform(assistant, "What is 6*7+1?")

    assert run.text == "43"
    assert kinds(run.items) == ["message", "tool_call", "tool_result", "tool_call", "tool_result", "message"]
    assert backend.requests[1].items[-1].outputs[0]["text"] == "42"
    assert backend.requests[1].items.index(backend.requests[1].items[-1]) + 1 == 3


def test_several_calls_of_a_turn_are_answered_in_call_order():
    """Async functions run side by side, yet the results come back in the order of the calls."""
    started, first_may_end = [], asyncio.Event()

    async def slow(n: int) -> int:
        """Wait for the other one."""
        started.append(n)
        if len(started) == 2:
            first_may_end.set()
        await first_may_end.wait()
        return n * 10

    one, two = call("slow", n=1), call("slow", n=2)
    assistant, _backend = make([[one, two], "done"], tools=[slow])
    run = perform(assistant, "go")

    results = [i for i in run.items if isinstance(i, ToolResult)]
    assert [one.call_id, two.call_id] == [r.call_id for r in results]
    assert [r.content[0].text for r in results] == ["10", "20"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (call("nonsense"), "there is no tool 'nonsense'; the tools are: add, python"),
        (call("add", a=1), "the arguments of 'add' do not validate: b: Field required"),
        (call("add", a="one", b=2), "a: Input should be a valid integer"),
        (call("add", a=1, b=2, c=3), "c: Extra inputs are not permitted"),
        (ToolCall(call_id="c", name="add", arguments="{nope"), "Invalid JSON"),
        (call("add", a=1, b=0), "ZeroDivisionError"),
        (call("python", wrong=1), "must be JSON of the form"),
    ],
)
def test_the_model_hears_what_was_wrong_with_its_call(made, said):
    """A call that cannot be performed is answered with the reason, and the run goes on."""

    def add(a: int, b: int) -> float:
        """Divide, to have something that fails."""
        return a / b

    assistant, backend = make([made, "I see."], tools=[add])
    run = perform(assistant, "go")

    result = backend.requests[1].items[-1]
    assert (run.status, result.status) == ("completed", "error")
    assert said in result.content[0].text


def test_code_of_a_model_needs_permission():
    """With `never`, code is refused in words and does not run; functions that were passed in do."""
    assistant, backend = make([call("python", code="1"), "ok"], approve="never")
    view = Record()
    perform(assistant, "go", view=view)

    assert backend.requests[1].items[-1].status == "refused"
    assert not view.of(ToolStarted)
    assert view.of(ToolDone)[0].result.status == "refused"


def test_a_failing_backend_keeps_what_came():
    """Finished items and the words of an unfinished message stay; open calls are answered; the error is told."""
    made = call("python", code="1")
    error = BackendUnavailableError("the server is gone", "Try again.")
    steps = [
        [Reasoning(text="hm"), made, TextDelta(part="p", text="So f"), TextDelta(part="p", text="ar"), error]
    ]
    assistant, _ = make(steps)
    run = perform(assistant, "go")

    assert (run.status, run.reason) == ("failed", "the server is gone. Try again.")
    assert run.error.run is run
    assert kinds(run.thread.items) == ["message", "reasoning", "tool_call", "message", "tool_result"]
    assert run.text == "So far"
    assert run.thread.items[-1].status == "interrupted"


def test_reasoning_that_led_to_nothing_is_not_kept():
    """Providers refuse reasoning without what followed it."""
    assistant, _ = make([[Reasoning(text="hm"), BackendUnavailableError("gone")]])
    run = perform(assistant, "go")

    assert kinds(run.thread.items) == ["message"]


def test_a_turn_without_an_end_is_an_error():
    """A backend that stops without `TurnDone` has broken off."""

    class Endless(ScriptedBackend):
        async def turn(self, request):
            yield TextDelta(part="p", text="half")

    assistant = Assistant(backend=Endless([]), executor=RecordingExecutor({}), store=memory_store())
    run = perform(assistant, "go")

    assert (run.status, run.text) == ("failed", "half")
    assert "broke off" in run.reason


def test_cancelling_keeps_the_thread_usable():
    """A cancelled run answers its open calls and says so; the next run goes on."""
    entered = asyncio.Event()

    async def wait() -> str:
        """Never ends."""
        entered.set()
        await asyncio.Event().wait()
        return ""

    async def stopped(assistant, thread):
        task = asyncio.create_task(assistant.perform(user_message("go"), thread))
        await entered.wait()
        task.cancel()
        return await task

    assistant, _backend = make([call("wait"), "Here I am."], tools=[wait])
    thread = assistant.thread()
    run = asyncio.run(stopped(assistant, thread))

    assert (run.status, run.reason) == ("cancelled", "interrupted")
    assert thread.items[-1].status == "interrupted"
    assert perform(assistant, "are you there?", thread).text == "Here I am."
    assert thread.runs()[0].status == "cancelled"


def test_what_a_stopped_tool_has_shown_is_kept():
    """The result of code that was stopped has its outputs so far, on the page and for the model."""
    entered = asyncio.Event()

    class Endless(RecordingExecutor):
        async def execute(self, code, *, limit, on_output):
            on_output({"output_type": "stream", "name": "stdout", "text": "half "})
            on_output({"output_type": "stream", "name": "stdout", "text": "done\n"})
            entered.set()
            await asyncio.Event().wait()

    async def stopped(assistant, thread, view):
        task = asyncio.create_task(assistant.perform(user_message("go"), thread, view))
        await entered.wait()
        task.cancel()
        return await task

    executor = Endless({})
    assistant = Assistant(
        backend=ScriptedBackend([call("python", code="go()")]),
        executor=executor,
        store=memory_store(),
        approve="auto",
    )
    view = Record()
    thread = assistant.thread()
    run = asyncio.run(stopped(assistant, thread, view))
    (done,) = (event for event in view.events if isinstance(event, ToolDone))

    assert run.status == "cancelled"
    assert thread.items[-1] == done.result
    assert [output["text"] for output in done.result.outputs] == ["half done\n"]
    assert done.result.content[0].text == "interrupted: the user stopped it"


def test_a_store_that_fails_in_the_middle_says_what_is_not_kept():
    """What the cell shows by then is closed, and the error says that the thread does not have it."""
    assistant, _backend = make(["Here is the answer."])
    thread, view = assistant.thread(), Record()
    append = thread.store.append

    def full(nodes, *records):
        if any(node.item.text == "Here is the answer." for node in nodes):
            raise StoreError("the store cannot grow: the disk is full", "Free some space.")
        append(nodes, *records)

    thread.store.append = full
    run = perform(assistant, "Hi", thread, view=view)

    assert str(run.error) == (
        "the store cannot grow: the disk is full; not all of this answer is kept. Free some space."
    )
    assert view.names[-1] == "run_done"


def test_limits_end_a_run_in_order():
    """At a limit the run is incomplete, says which limit, and leaves no call open."""
    steps = [call("python", code="1") for _ in range(3)]
    assistant, _ = make(steps, results={"1": "1"}, max_turns=2)
    run = perform(assistant, "go")

    assert run.status == "incomplete"
    assert "limit of 2 turns" in run.reason
    assert not run.thread.unanswered()

    assistant, _ = make([[call("python", code="1"), call("python", code="1")]], max_tool_calls=1)
    run = perform(assistant, "go")

    assert "limit of 1 tool calls" in run.reason
    assert [i.status for i in run.items if isinstance(i, ToolResult)] == ["interrupted"] * 2


def test_calls_left_open_by_a_crash_are_answered_first():
    """A thread whose process died in a tool call goes on: the call gets an honest result."""
    assistant, backend = make(["Again."])
    thread = assistant.thread()
    crashed = RunRecord(id="run_crashed", thread=thread.id)
    made = call("python", code="1")
    thread.append([user_message("go"), made], crashed)
    again = Thread.open(assistant.store, thread.id)
    perform(assistant, "and now?", again)

    sent = backend.requests[0].items
    assert kinds(sent) == ["message", "tool_call", "tool_result", "message"]
    assert made.call_id == sent[2].call_id
    assert "the kernel went away" in sent[2].content[0].text


def test_running_a_cell_again_replaces_its_run():
    """The earlier run of a cell moves to another branch; the model never sees the question twice."""
    assistant, backend = make(["one", "two", "one again"])
    thread, view = assistant.thread(), Record()
    perform(assistant, "first", thread, cell="a")
    perform(assistant, "second", thread, cell="b")
    perform(assistant, "first, changed", thread, cell="a", view=view)

    assert [i.text for i in backend.requests[2].items] == ["first, changed"]
    assert "1 later answer is on another branch now" in view.of(Notice)[0].text

    thread.undo()

    assert [i.text for i in thread.items] == ["first", "one", "second", "two"]


def test_run_all_rebuilds_the_conversation():
    """Running every cell in order again gives one conversation, in order, without repeats."""
    assistant, backend = make(["1", "2", "1b", "2b"])
    thread = assistant.thread()
    for cell in "ab" * 2:
        perform(assistant, f"cell {cell}", thread, cell=cell)

    assert [i.text for i in thread.items] == ["cell a", "1b", "cell b", "2b"]
    assert [i.text for i in backend.requests[3].items] == ["cell a", "1b", "cell b"]


def test_a_backend_gets_its_state_back_on_its_branch():
    """State is what the backend saved last on this branch; another branch that went on makes it stale."""
    assistant, backend = make(["1", "2", "2b"])
    thread = assistant.thread()
    perform(assistant, "a", thread, cell="a")
    perform(assistant, "b", thread, cell="b")
    perform(assistant, "b again", thread, cell="b")
    first, second, third = backend.requests

    assert (first.state, first.known, first.stale) == ({}, 0, False)
    assert (second.state, second.known, second.stale) == ({"turn": 1}, 2, False)
    assert (third.state, third.known, third.stale) == ({"turn": 1}, 2, True)


def test_state_is_found_again_after_a_restart():
    """A new process reads the branch's state from the store."""
    assistant, backend = make(["1", "2"])
    thread = assistant.thread()
    perform(assistant, "a", thread)
    perform(assistant, "b", Thread.open(assistant.store, thread.id))

    assert (backend.requests[1].state, backend.requests[1].known) == ({"turn": 1}, 2)


def test_a_fork_shares_the_past_and_nothing_else():
    """Both threads go on from the same past; a shared state is stale for the second one."""
    assistant, backend = make(["1", "original", "fork"])
    thread = assistant.thread()
    perform(assistant, "a", thread)
    fork = thread.fork()
    perform(assistant, "b", thread)
    perform(assistant, "c", fork)

    assert [i.text for i in thread.items] == ["a", "1", "b", "original"]
    assert [i.text for i in fork.items] == ["a", "1", "c", "fork"]
    assert backend.requests[2].stale


def test_a_thread_has_one_writer():
    """A second run on a thread is refused at once and changes nothing."""
    assistant, _ = make(["never"])
    thread = assistant.thread()
    with thread.store.writer(thread.id), pytest.raises(ThreadBusyError):
        perform(assistant, "go", thread)

    assert thread.items == ()


def test_an_empty_prompt_is_refused():
    """Nothing is stored for it."""
    assistant, _ = make(["never"])
    thread = assistant.thread()
    with pytest.raises(UsageError, match="the prompt is empty"):
        perform(assistant, "  \n", thread)

    assert thread.items == ()


def test_a_broken_view_does_not_lose_the_answer():
    """A view that fails is left out; the run is stored all the same."""

    class Broken:
        def handle(self, event):
            raise RuntimeError

    assistant, _ = make(["Hello."])

    assert perform(assistant, "Hi", view=Broken()).text == "Hello."


def test_a_structured_answer_is_an_object():
    """`output_type` sends a schema and gives back a validated object."""
    assistant, backend = make(["[1, 2, 3]"])
    run = perform(assistant, "go", output_type=list[int])

    assert run.value == [1, 2, 3]
    assert backend.requests[0].output_schema == {"items": {"type": "integer"}, "type": "array"}


@pytest.mark.parametrize("turn", ["", [Reasoning(text="Hm.")], []])
def test_a_turn_without_a_word_says_so(turn):
    """Nobody is left in front of an empty cell, whichever backend it was."""
    assistant, _ = make([turn])
    said = [event.text for event in assistant.stream("go") if isinstance(event, Notice)]

    assert said == ["The model ended its turn without a word. Ask again, or ask in another way."]


def test_an_answer_that_does_not_fit_says_where_and_is_kept():
    """The error names each problem and the answer's words, and carries the run; a type that is none is one line."""
    assistant, _ = make(['{"x": "three"}', "I would rather not."])
    with pytest.raises(
        ConfigurationError, match=r"does not fit dict\[str, int\]: x Input should be"
    ) as raised:
        perform(assistant, "go", output_type=dict[str, int])
    assert raised.value.run.text == '{"x": "three"}'
    with pytest.raises(ConfigurationError, match="It reads: I would rather not"):
        perform(assistant, "go", output_type=int)
    with pytest.raises(UsageError, match="output_type is 3, which no JSON can describe"):
        perform(assistant, "go", output_type=3)


def test_usage_and_time_are_kept_with_the_run():
    """What a run cost is in the store."""
    assistant, _ = make(["Hello."])
    run = perform(assistant, "Hi")
    (record,) = run.thread.runs()

    assert ("completed", run.seconds) == (record.status, record.seconds)
    assert run.seconds > 0


def test_tools_keep_working_as_functions():
    """`@tool` leaves the function callable."""

    @tool
    def double(n: int) -> int:
        """Double a number.

        Args:
            n: The number.
        """
        return 2 * n

    assert double(3) == 6
    assert double.description == "Double a number."
    assert double.parameters["properties"] == {"n": {"type": "integer", "description": "The number."}}


def test_a_run_can_be_streamed():
    """`stream` yields the events while they happen, tools included, and ends with `RunDone`."""
    assistant, _ = make([call("python", code="6*7"), "42"], results={"6*7": "42"})
    names = [event.type for event in assistant.stream("What is 6*7?")]

    assert names[0] == "run_started"
    assert names[-1] == "run_done"
    assert names.index("tool_output") < names.index("text_delta")


def test_leaving_a_stream_stops_the_run():
    """A loop that is left early ends the run in order, and its thread goes on."""

    async def wait() -> None:
        """Never ends."""
        await asyncio.Event().wait()

    assistant, _ = make([call("wait"), "Yes?"], tools=[wait])
    thread = assistant.thread()
    for event in assistant.stream("go", thread=thread):
        if event.type == "tool_started":
            break

    assert thread.runs()[0].status == "cancelled"
    assert not thread.unanswered()
    assert assistant.ask("Are you there?", thread=thread).text == "Yes?"


def test_a_stream_raises_like_ask():
    """What ends the run is raised after its events."""
    assistant, _ = make([["Half.", BackendUnavailableError("gone")]])
    seen = []
    with pytest.raises(BackendUnavailableError, match="gone"):
        seen.extend(event.type for event in assistant.stream("go"))


def test_the_last_run_can_be_taken_up_again():
    """After a failure the run goes on where it broke off, without a second prompt."""
    steps = [call("python", code="6*7"), BackendUnavailableError("gone"), "42"]
    assistant, backend = make(steps, results={"6*7": "42"})
    thread = assistant.thread()
    failed = perform(assistant, "What is 6*7?", thread)
    run = assistant.resume(thread)

    assert (failed.status, run.status, run.text) == ("failed", "completed", "42")
    assert run.id == failed.id
    assert [i.type for i in backend.requests[-1].items] == ["message", "tool_call", "tool_result"]
    assert [r.status for r in thread.runs()] == ["completed"]


def test_background_work_is_found_again():
    """What a backend says goes on without us is kept at once, and handed back when the run is taken up."""
    steps = [[TurnPending(state={"pending": "resp_1"}), BackendUnavailableError("cut")], "done"]
    assistant, backend = make(steps)
    thread = assistant.thread()
    perform(assistant, "go", thread)
    assistant.resume(Thread.open(assistant.store, thread.id))

    assert backend.requests[1].state == {"pending": "resp_1"}
    assert backend.requests[1].known == 1


def test_nothing_can_be_taken_up_on_an_empty_thread():
    """It is said in a line."""
    assistant, _ = make(["never"])
    with pytest.raises(UsageError, match="there is nothing to take up"):
        assistant.resume(assistant.thread())


def test_a_value_that_has_no_words_is_an_error_of_its_tool():
    """A tool that returns what raises when it is asked for its words gets a result like any other that fails."""

    class Mute:
        def __str__(self):
            raise LookupError("no words")

    def odd() -> object:
        """Odd."""
        return Mute()

    assistant, _ = make([call("odd"), "answered"], tools=[odd])
    run = perform(assistant, "go")
    assert (run.status, run.text) == ("completed", "answered")
    assert [item.status for item in run.items if item.type == "tool_result"] == ["error"]
    assert "LookupError: no words" in run.thread.items[2].content[0].text
