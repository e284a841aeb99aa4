"""Which executor a call runs in: the one that is set, the tool's own, or the one that the policy names."""

from __future__ import annotations

import asyncio

import pytest

from assistant_magic import Assistant, kernel
from assistant_magic.approval import PolicyApproval
from assistant_magic.events import ToolStarted
from assistant_magic.exceptions import ConfigurationError
from assistant_magic.executors.e2b import E2BExecutor
from assistant_magic.executors.isolated import IsolatedExecutor
from assistant_magic.executors.isolated_kernel import Place
from assistant_magic.items import ToolResult, user_message
from assistant_magic.places import Places
from assistant_magic.stores import StateRecord
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from assistant_magic.toolbox import Toolbox
from assistant_magic.tools import python_tool
from recording import Record


class Named(RecordingExecutor):
    """A recording executor in another one's place."""

    def __init__(self, name, results):
        super().__init__(results)
        self.name = name


def perform(*calls, refuge="", policy="auto"):
    """Results of calls of `python` and `python_isolated`, and the three places."""
    places = {
        name: Named(name, dict.fromkeys(("1", "import os"), name)) for name in ("live", "isolated", "e2b")
    }
    box = Toolbox(
        [python_tool(), python_tool("isolated")],
        places["live"],
        PolicyApproval(policy, refuge=refuge),
        elsewhere=places.__getitem__,
    )

    async def go():
        return [result async for result in box.perform(calls, view.handle)]

    view = Record()
    return asyncio.run(go()), view


def test_a_tool_has_its_own_place():
    """`python` runs where it is set, `python_isolated` beside it in the isolated kernel."""
    results, view = perform(call("python", code="1"), call("python_isolated", code="1"))
    assert [r.executor for r in results] == ["live", "isolated"]
    assert [e.executor for e in view.events if isinstance(e, ToolStarted)] == ["live", "isolated"]


@pytest.mark.parametrize(("code", "ran"), [("1", "live"), ("import os", "e2b")])
def test_the_policy_sends_risky_code_away(code, ran):
    """With `risky_executor` computation stays and everything else runs there unasked; the model is told why."""
    results, _ = perform(call("python", code=code), refuge="e2b", policy="risky")
    assert (results[0].status, results[0].executor) == ("ok", ran)
    told = [part.text for part in results[0].content]
    if ran == "live":
        assert told == []
    else:
        assert told[0].startswith(
            "It ran in an E2B sandbox, without the notebook's variables, because line 1: "
        )


@pytest.mark.parametrize(
    ("executor", "says"), [("live", "sees the user's variables"), ("isolated", "away from")]
)
def test_the_model_knows_where_it_runs(executor, says):
    """What the model is told of `python` is true of the place."""
    box = Toolbox([python_tool()], Named(executor, {}), PolicyApproval("auto"))
    assert says in box.definitions[0].description


def test_settings_make_the_places():
    """Kernelspec, limits, image and idle time come from the settings; the same settings find the same executor."""
    assistant = Assistant(
        store=memory_store(),
        executor=None,
        isolated_kernel="other",
        isolated_memory=2,
        isolated_cpu_seconds=7,
        isolated_file_size=0.5,
    )
    settings, thread = assistant.settings(), assistant.thread()
    isolated = assistant.places.named("isolated", settings, thread)
    assert isinstance(isolated, IsolatedExecutor)
    assert isolated.place == Place(kernel="other", memory=2 * 2**30, cpu_seconds=7, file_bytes=2**29)
    assert assistant.places.named("isolated", settings, assistant.thread()) is isolated
    assert isinstance(assistant.places.named("e2b", settings, thread), E2BExecutor)


def test_a_sandbox_belongs_to_a_thread():
    """Each thread has its own sandbox, whose ids are kept beside it in the store."""
    assistant, places = Assistant(store=memory_store()), Places()
    first, second, settings = assistant.thread(), assistant.thread(), assistant.settings()
    executor = places.named("e2b", settings, first)
    assert places.named("e2b", settings, first) is executor
    assert places.named("e2b", settings, second) is not executor
    executor._saved.save({"sandbox": "i1", "context": "c1"})
    assert Places().named("e2b", settings, first)._saved.load() == {"sandbox": "i1", "context": "c1"}
    assert [r.thread for r in assistant.store.find(StateRecord)] == [first.id]


def test_a_setting_gives_a_further_place():
    """`tools` in the settings may name a place for code; hosted tools beside it stay hosted."""
    assistant = Assistant(store=memory_store(), backend=ScriptedBackend([]))
    settings = assistant.settings(assistant.thread(), tools=["python_isolated", "web_search"])
    request = assistant.request(settings, user_message("go"), assistant.thread())
    assert [tool.name for tool in request.toolbox.definitions] == ["python", "python_isolated"]
    assert request.hosted == ({"type": "web_search"},)


def test_given_executor_holds():
    """An executor that was passed in runs the code, whatever the setting says."""
    given = Named("live", {"1": "1"})
    backend = ScriptedBackend([call("python", code="1"), "done"])
    assistant = Assistant(backend=backend, executor=given, store=memory_store(), approve="auto")
    run = kernel.drive(assistant.perform(user_message("go"), assistant.thread(), executor="isolated"))
    assert given.executed == ["1"]
    assert next(i for i in run.items if isinstance(i, ToolResult)).executor == "live"


def test_an_assistant_takes_its_place_by_name():
    """`Assistant(executor="isolated")` is the setting, and a place that there is not is one line."""
    assistant = Assistant(executor="isolated", store=memory_store())
    assert assistant.settings().executor == "isolated"
    with pytest.raises(ConfigurationError, match="executor cannot be 'mars'"):
        Assistant(executor="mars")
