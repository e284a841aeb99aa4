"""A thread that several handles, and so several kernels, look at."""

import pytest

from assistant_magic import Assistant
from assistant_magic.exceptions import ThreadBusyError
from assistant_magic.items import user_message
from assistant_magic.stores import RunRecord
from assistant_magic.testing import ScriptedBackend, memory_store
from assistant_magic.thread import Thread


@pytest.fixture
def assistant():
    return Assistant(backend=ScriptedBackend(["one", "two", "three"]), store=memory_store())


def test_a_change_by_one_kernel_keeps_the_answers_of_another(assistant):
    """A handle that has not seen the last answers sets an option: the thread still ends with them."""
    here = assistant.ask("first").thread
    there = Thread.open(assistant.store, here.id)
    assistant.ask("second", thread=here)

    there.update(settings={"quiet": True})

    again = Thread.open(assistant.store, here.id)
    assert [item.text for item in again.items] == ["first", "one", "second", "two"]
    assert again.settings == {"quiet": True}


def test_undo_and_fork_see_what_another_kernel_answered(assistant):
    """Both start from the thread as it is now, not as this handle read it."""
    here = assistant.ask("first").thread
    there = Thread.open(assistant.store, here.id)
    assistant.ask("second", thread=here)

    assert len(there.fork().items) == 4
    there.undo()
    assert [item.text for item in there.items] == ["first", "one"]


def test_a_run_that_goes_on_cannot_be_undone(assistant):
    """Undo while the thread is being written is refused, and changes nothing."""
    thread = assistant.ask("first").thread

    with assistant.store.writer(thread.id), pytest.raises(ThreadBusyError):
        thread.undo()
    assert len(thread.items) == 2


def test_settings_made_during_a_run_stay():
    """What another kernel sets while a run is going on is not overwritten by what the run appends."""
    store = memory_store()
    running = Thread.create(store)
    other = Thread.open(store, running.id)
    other.update(settings={"quiet": True})
    running.append([user_message("go")], RunRecord(id="run_1", thread=running.id))

    assert Thread.open(store, running.id).settings == {"quiet": True}
    assert len(Thread.open(store, running.id).items) == 1


def test_a_conversation_has_one_writer_whatever_threads_were_opened_from_it(assistant):
    """Two threads that go on with the same conversation at a provider are not answered at once."""
    here, there = assistant.thread(), assistant.thread()
    for thread in (here, there):
        thread.update(settings={"conversation": "conv_class"})
    with here.writing(), pytest.raises(ThreadBusyError, match="conv_class"), there.writing():
        pass
    with there.writing():
        pass
