"""The E2B executor: the genuine SDK against a server on loopback that speaks its protocol."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator

import pytest

from assistant_magic.exceptions import ConfigurationError, ExecutorError, MissingExtraError
from assistant_magic.executors import e2b, make_executor
from assistant_magic.executors.e2b import E2BExecutor
from tests.executors.conformance import CASES, check, perform, words
from tests.servers.e2b_server import E2BServer

pytest.importorskip("e2b_code_interpreter", reason="the extra e2b is not installed")

NO_CLEARING = "E2B's protocol has no message that clears or updates an output"
OWN_STREAMS = "the sandbox's kernel is E2B's, with its own streams"
SKIPS = {
    "an animation is one picture": NO_CLEARING,
    "display updates": NO_CLEARING,
    "clear_output": NO_CLEARING,
    "clear_output that waits": NO_CLEARING,
    "exit()": "it ends the sandbox's kernel",
    "after exit() all is there": "it ends the sandbox's kernel",
    "stdout and stderr keep their order": OWN_STREAMS,
    "replaced stdout": OWN_STREAMS,
    "closed stdout": OWN_STREAMS,
    "no stdout at all": OWN_STREAMS,
    "unknown magic": "the sandbox's kernel words it on stderr only",
    "exception group": "the sandbox's kernel words it on stderr only",
    "interrupted twice because once was ignored": "hanging up interrupts once; see test_deaf_code",
}


class Desk:
    """An executor and the loop it belongs to."""

    def __init__(self, saved=None) -> None:
        self.executor = E2BExecutor(saved=saved)
        self.runner = asyncio.Runner()

    def run(self, coro):
        return self.runner.run(coro)

    def execute(self, code, *, limit=60.0):
        async def go():
            return await self.executor.execute(code, limit=limit, on_output=seen.append)

        seen: list = []
        execution = self.run(go())
        assert words(seen).split() == words(execution.outputs).split()
        return execution

    def close(self):
        self.run(self.executor.stop())
        self.runner.close()


@pytest.fixture(scope="module")
def server() -> Iterator[E2BServer]:
    with E2BServer() as started:
        yield started


@pytest.fixture(autouse=True)
def address(server, home, monkeypatch):
    # `home` first: it takes all keys away.
    monkeypatch.setenv("E2B_API_URL", server.url)
    monkeypatch.setenv("E2B_SANDBOX_URL", server.url)
    monkeypatch.setenv("E2B_API_KEY", server.key)


_shared: list[Desk] = []


@pytest.fixture
def desk(address):
    if not _shared:
        _shared.append(Desk())
    return _shared[0]


@pytest.fixture(scope="module", autouse=True)
def put_away(server):
    yield
    while _shared:
        _shared.pop().close()


@pytest.fixture
def fresh(address):
    opened = Desk()
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conformance(desk, case):
    """The E2B executor does what every executor must do, as far as the protocol can say it."""
    if case.name in SKIPS:
        pytest.skip(SKIPS[case.name])

    async def go():
        await desk.executor.start()
        return await perform(desk.executor, case)

    check(case, desk.run(go()))


def test_made_by_name_and_lazily(server):
    """`-e e2b` makes this executor; a sandbox is made by the first start only."""
    before = len(server.created)
    executor = make_executor("e2b")
    assert isinstance(executor, E2BExecutor)
    assert (executor.name, executor.shows) == ("e2b", False)
    assert len(server.created) == before


def test_one_sandbox_that_pauses_when_idle(fresh, server):
    """Executions share one sandbox, which was asked to pause when idle and to resume by itself."""
    before = len(server.created)
    fresh.execute("x = 1")
    fresh.execute("x")
    assert len(server.created) == before + 1
    asked = server.created[-1]
    assert asked["timeout"] == 300
    assert asked["autoPause"] is True
    assert "OPENAI_API_KEY" not in str(asked)


def test_a_paused_sandbox_resumes(fresh):
    """After a pause the variables are there."""
    fresh.execute("x = 41")
    fresh.run(fresh.executor.pause())
    assert words(fresh.execute("x + 1").outputs).strip() == "42"


def test_lost_while_idle(fresh, server):
    """A sandbox that vanished between executions is replaced, and the reader is told."""
    fresh.execute("x = 1")
    server.sandboxes[fresh.executor._sandbox.sandbox_id].stop()
    execution = fresh.execute("'x' in globals()")
    assert "a new sandbox runs this" in words(execution.outputs)
    assert words(execution.outputs).strip().endswith("False")


def test_lost_while_running(fresh, server):
    """A sandbox that vanishes under running code is one ExecutorError with a cure; the next code runs."""
    fresh.execute("1")
    sandbox = server.sandboxes[fresh.executor._sandbox.sandbox_id]

    async def go():
        seen = asyncio.Event()
        task = asyncio.create_task(
            fresh.executor.execute(
                "import time\nprint('go', flush=True)\ntime.sleep(60)",
                limit=60,
                on_output=lambda _: seen.set(),
            )
        )
        await seen.wait()
        threading.Thread(target=sandbox.stop).start()
        await task

    with pytest.raises(ExecutorError) as error:
        fresh.run(go())
    assert error.value.cure
    assert words(fresh.execute("6 * 7").outputs).strip().endswith("42")


def test_flood_is_broken_off(fresh):
    """A flood of text ends at a bound, because the SDK would keep all of it; the next code runs."""
    fresh.executor._max_text = 10_000
    execution = fresh.execute("while True: print('x' * 10_000)")
    assert execution.interrupted == "stopped after 0.3 MB of printed text"
    assert len(words(execution.outputs)) < 12_000
    assert words(fresh.execute("6 * 7").outputs).strip() == "42"


class Kept(dict):
    """Keeps the ids as the store does."""

    def load(self):
        return dict(self)

    def save(self, ids):
        self.clear()
        self.update(ids)


def test_found_again_after_a_restart(address, server):
    """Another process finds the thread's sandbox again, paused or not, with variables and files; no second is made."""
    saved, before = Kept(), len(server.created)
    first = Desk(saved)
    first.execute("x = 41; n = open('kept.txt', 'w').write('here')")
    first.run(first.executor.pause())
    second = Desk(saved)
    assert words(second.execute("x + 1, open('kept.txt').read()").outputs).strip() == "(42, 'here')"
    assert len(server.created) == before + 1
    second.close()
    assert saved == {}
    first.runner.close()


@pytest.mark.parametrize("lost", ["sandbox", "context"])
def test_what_was_lost_before_a_restart_is_said(lost, address, server):
    """Where the sandbox or only its context is gone meanwhile, the next code runs in a new one and says so."""
    saved = Kept()
    first = Desk(saved)
    first.execute("x = 1")
    sandbox = server.sandboxes[saved["sandbox"]]
    sandbox.stop() if lost == "sandbox" else sandbox.contexts.pop(saved["context"]).stop()
    second = Desk(saved)
    said = words(second.execute("'x' in globals()").outputs)
    assert ("a new sandbox" if lost == "sandbox" else "a new context of the sandbox") in said
    assert said.strip().endswith("False")
    second.close()
    first.runner.close()


def test_in_a_notebook_that_restarts(start_kernel, server):
    """`-e e2b` in a restarted kernel goes on in the sandbox of its thread."""
    address = {"E2B_API_URL": server.url, "E2B_SANDBOX_URL": server.url, "E2B_API_KEY": server.key}
    notebook, before = start_kernel(**address), len(server.created)
    prelude = (
        "%load_ext assistant_magic\nfrom assistant_magic import Assistant\n"
        "from assistant_magic.testing import ScriptedBackend, call\n"
        "session = get_ipython().magics_manager.magics['cell']['assistant'].__self__.session\n"
        "session.assistant = Assistant(backend=ScriptedBackend([call('python', code={!r}), 'done']), approve='auto')"
    )
    notebook.run(prelude.format("x = 41"))
    assert not notebook.run("%%assistant -e e2b\ngo").error
    thread = notebook.run("print(session.thread.id)").text.strip()
    notebook.restart()
    notebook.run(prelude.format("print(x + 1)"))
    notebook.run(f"%assistant use {thread}")
    cell = notebook.run("%%assistant -e e2b\ngo on")
    assert "42" in cell.text, cell.text
    assert len(server.created) == before + 1


def test_deaf_code(fresh, monkeypatch):
    """Code that does not heed the interrupt loses its context; the next code runs in a new one and says so."""
    monkeypatch.setattr(e2b, "_PROBE", 1.0)
    fresh.execute(
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(600)", limit=0.5
    )
    execution = fresh.execute("'time' in globals()")
    assert "heeds no interrupt" in words(execution.outputs)
    assert words(execution.outputs).strip().endswith("False")


def test_files_go_up_and_down(fresh):
    """Files travel both ways, bytes unchanged."""
    data = bytes(range(256)) * 10
    fresh.run(fresh.executor.upload("data.bin", data))
    fresh.execute("open('out.bin', 'wb').write(open('data.bin', 'rb').read()[::-1])")
    assert fresh.run(fresh.executor.download("out.bin")) == data[::-1]
    with pytest.raises(ExecutorError, match=r"missing\.bin cannot be read"):
        fresh.run(fresh.executor.download("missing.bin"))


def test_stop_kills_the_sandbox(server):
    """`stop` ends the sandbox, may be called twice, and a start afterwards makes another."""
    desk = Desk()
    desk.execute("1")
    sandbox = server.sandboxes[desk.executor._sandbox.sandbox_id]
    desk.run(desk.executor.stop())
    desk.run(desk.executor.stop())
    assert sandbox.state == "gone"
    assert words(desk.execute("2").outputs).strip() == "2"
    desk.close()


@pytest.mark.parametrize("key", ["", "e2b_" + "1" * 40])
def test_no_key_and_wrong_key(key, monkeypatch):
    """Without a key, or with a wrong one, one line says where to get it."""
    monkeypatch.setenv("E2B_API_KEY", key)
    if not key:
        monkeypatch.delenv("E2B_API_KEY")
    desk = Desk()
    with pytest.raises(ConfigurationError, match=r"E2B_API_KEY"):
        desk.run(desk.executor.start())
    desk.close()


def test_nobody_answers(monkeypatch):
    """When E2B cannot be reached, it is one ExecutorError with a cure."""
    monkeypatch.setenv("E2B_API_URL", "http://127.0.0.1:9")
    desk = Desk()
    with pytest.raises(ExecutorError, match="cannot make a sandbox"):
        desk.run(desk.executor.start())
    desk.close()


def test_missing_extra(monkeypatch):
    """Without the SDK the error says which extra to install."""
    monkeypatch.setitem(sys.modules, "e2b_code_interpreter", None)
    desk = Desk()
    with pytest.raises(MissingExtraError, match=r"assistant-magic\[e2b\]"):
        desk.run(desk.executor.start())
    desk.close()
