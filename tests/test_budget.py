"""A budget stops a run before its next request."""

import time

from assistant_magic import Assistant
from assistant_magic.budget import Budget
from assistant_magic.events import TurnDone
from assistant_magic.items import Usage
from assistant_magic.stores import RunRecord
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from recording import Record


class Paid(ScriptedBackend):
    """Every turn costs a dollar."""

    async def turn(self, request):
        async for event in super().turn(request):
            yield TurnDone(items=event.items, usage=Usage(cost=1.0)) if isinstance(event, TurnDone) else event


def asked(steps, **options):
    assistant = Assistant(
        backend=Paid(steps),
        executor=RecordingExecutor({"1": "1"}),
        store=memory_store(),
        approve="auto",
        **options,
    )
    return assistant, assistant.ask("go", view=Record())


def test_a_run_stops_before_it_costs_more():
    """The request that would exceed it is not made; the thread stays usable."""
    steps = [call("python", code="1"), call("python", code="1"), "never"]
    _, run = asked(steps, budget_run=2)

    assert run.status == "incomplete"
    assert "the budget for this run is used up: $2.0000 of $2" in run.reason
    assert not run.thread.unanswered()


def test_a_thread_and_a_day_add_up():
    """What earlier runs cost counts; another thread has its own."""
    assistant, first = asked(["one", "two", "three"], budget_thread=1)
    second = assistant.ask("again", thread=first.thread)
    elsewhere = assistant.ask("again")

    assert first.status == elsewhere.status == "completed"
    assert "the budget for this thread" in second.reason

    runs = assistant.store.find(RunRecord)
    assert "today" in Budget(day=2).exceeded(Usage(), "", "", assistant.store)
    assert len(runs) == 3


def test_yesterday_does_not_count():
    """A day begins at midnight."""
    store = memory_store()
    store.save(RunRecord(id="r", thread="t", usage=Usage(cost=9.0), created=time.time() - 2 * 86400))

    assert Budget(day=1).exceeded(Usage(), "", "", store) == ""
    assert Budget(thread=1).exceeded(Usage(), "", "t", store)
