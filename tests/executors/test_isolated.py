"""The isolated executor with real kernels: the conformance suite, its limits, and what ends it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from assistant_magic.exceptions import ConfigurationError, ExecutorError
from assistant_magic.executors import make_executor
from assistant_magic.executors.isolated import IsolatedExecutor
from assistant_magic.executors.isolated_kernel import Place
from tests.executors.conformance import CASES, check, perform, words

ROOT = Path(__file__).resolve().parents[2]
SKIPS = {
    "exit()": "it ends a process of its own, see test_exit",
    "after exit() all is there": "it ends a process of its own, see test_exit",
}


class Desk:
    """An executor and the loop it belongs to."""

    def __init__(self, executor: IsolatedExecutor) -> None:
        self.executor = executor
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

    def says(self, code):
        return words(self.execute(code).outputs).strip()

    def close(self):
        self.run(self.executor.stop())
        self.runner.close()


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    opened = Desk(IsolatedExecutor())
    yield opened
    opened.close()


@pytest.fixture
def fresh(request) -> Iterator[Desk]:
    opened = Desk(IsolatedExecutor(getattr(request, "param", None)))
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_conformance(desk, case):
    """The isolated executor does what every executor must do."""
    if case.name in SKIPS:
        pytest.skip(SKIPS[case.name])

    async def go():
        await desk.executor.start()
        return await perform(desk.executor, case)

    check(case, desk.run(go()))


def test_made_by_name():
    """`-e isolated` makes this executor; making it starts nothing."""
    executor = make_executor("isolated")
    assert isinstance(executor, IsolatedExecutor)
    assert (executor.name, executor.shows, executor.folder) == ("isolated", False, "")


def test_process_of_its_own(desk):
    """Code runs in another process and process group, in a folder of its own, with an empty home."""
    desk.run(desk.executor.start())
    pid, group, folder, home = json.loads(
        desk.says(
            "import os, json; print(json.dumps([os.getpid(), os.getpgrp(), os.getcwd(), os.listdir(os.path.expanduser('~'))]))"
        )
    )
    assert pid != os.getpid()
    assert group != os.getpgrp()
    assert folder == desk.executor.folder != str(Path.cwd())
    assert set(home) <= {".ipython", ".cache", ".local", ".config"}


def test_no_secrets_in_the_environment(monkeypatch):
    """Only harmless variables are inherited, and those that were asked for."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("SOMETHING_PRIVATE", "private")
    desk = Desk(IsolatedExecutor(Place(env={"WANTED": "yes"}), spare=False))
    environment = json.loads(desk.says("import os, json; print(json.dumps(dict(os.environ)))"))
    desk.close()
    assert not {"OPENAI_API_KEY", "SOMETHING_PRIVATE"} & set(environment)
    assert environment["WANTED"] == "yes"
    assert "sk-secret" not in json.dumps(environment)


def test_input_is_an_error_as_data(desk):
    """`input()` does not wait for anybody: it raises in the code."""
    execution = desk.execute("input('name? ')", limit=20)
    assert not execution.ok
    assert execution.outputs[-1]["ename"] == "StdinNotImplementedError"


def test_exit_starts_a_new_kernel_and_says_so(fresh):
    """After exit() the next code runs in a new kernel, and the reader is told."""
    fresh.execute("x = 5\nexit()")
    wait_until(lambda: not fresh.run(fresh.executor._kernel.is_alive()))
    execution = fresh.execute("'x' in globals()")
    assert "a new isolated kernel" in words(execution.outputs)
    assert words(execution.outputs).strip().endswith("False")


@pytest.mark.parametrize(
    "code",
    [
        "import os; print('last words', flush=True); os._exit(3)",
        "import os, signal; print('last words', flush=True); os.kill(os.getpid(), signal.SIGKILL)",
    ],
)
def test_death_is_an_executor_error(fresh, code):
    """Code that kills its kernel gives one ExecutorError with a cure; the next code runs."""
    with pytest.raises(ExecutorError, match="the isolated kernel is gone") as error:
        fresh.execute(code)
    assert error.value.cure
    assert "a new isolated kernel" in words(fresh.execute("1").outputs)
    assert fresh.says("2") == "2"


@pytest.mark.parametrize("fresh", [Place(memory=2 * 2**30)], indirect=True)
def test_memory_limit(fresh):
    """A memory hog gets MemoryError as data, and the kernel goes on."""
    execution = fresh.execute("x = bytearray(3 * 2**30)")
    assert execution.outputs[-1]["ename"] == "MemoryError"
    assert fresh.says("'alive'") == "'alive'"


@pytest.mark.parametrize("fresh", [Place(cpu_seconds=3)], indirect=True)
def test_cpu_limit(fresh):
    """When its CPU time is used up the kernel ends, and the error names the limit."""
    with pytest.raises(ExecutorError, match="3 s of CPU time"):
        fresh.execute("while True: pass", limit=60)


@pytest.mark.parametrize("fresh", [Place(file_bytes=1_000_000)], indirect=True)
def test_file_limit(fresh):
    """A file beyond the limit is an OSError as data, as a full disk would be."""
    execution = fresh.execute("with open('big', 'wb') as f:\n    f.write(bytes(2_000_000))")
    assert execution.outputs[-1]["ename"] == "OSError"


def test_folder_is_kept_when_given(tmp_path):
    """A folder that was named is used and left there; a scratch folder goes."""
    desk = Desk(IsolatedExecutor(Place(folder=str(tmp_path)), spare=False))
    desk.execute("open('result.txt', 'w').write('kept')")
    scratch = desk.executor._kernel._scratch
    assert Path(scratch).exists()
    desk.close()
    assert (tmp_path / "result.txt").read_text() == "kept"
    assert not Path(scratch).exists()


def test_unknown_kernelspec():
    """A kernelspec that does not exist is one line with a cure."""
    desk = Desk(IsolatedExecutor(Place(kernel="no-such-kernel"), spare=False))
    with pytest.raises(ConfigurationError, match="no kernel 'no-such-kernel'"):
        desk.run(desk.executor.start())
    desk.close()


def test_code_that_cannot_be_interrupted_is_killed(fresh):
    """Code that ignores interrupts is ended after a grace, and the next code runs."""
    code = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('deaf', flush=True)\nwhile True: time.sleep(1)"
    started = time.monotonic()
    execution = fresh.execute(code, limit=1)
    assert time.monotonic() - started < 10
    assert not execution.ok
    assert execution.interrupted == "timeout after 1 s"
    assert "its kernel was ended" in words(execution.outputs)
    assert "a new isolated kernel" in words(fresh.execute("1").outputs)


def test_stop_reaches_a_busy_loop_quickly(fresh):
    """An interrupt ends a busy loop within two seconds, and what it defined stays."""
    fresh.execute("kept = 1")

    async def go():
        seen = asyncio.Event()
        task = asyncio.create_task(
            fresh.executor.execute(
                "print('go', flush=True)\nwhile True: pass", limit=60, on_output=lambda _: seen.set()
            )
        )
        await seen.wait()
        started = time.monotonic()
        await fresh.executor.interrupt()
        return await task, time.monotonic() - started

    execution, seconds = fresh.run(go())
    assert execution.interrupted == "stopped"
    assert seconds < 2
    assert fresh.says("kept") == "1"


def test_children_go_with_it(fresh):
    """Whatever the code started, even in a session of its own, is gone after `stop`; no zombie stays."""
    fresh.execute(
        "import subprocess\na = subprocess.Popen(['sleep', '1000'])\nb = subprocess.Popen(['sleep', '1000'], start_new_session=True)\nimport os\nif os.fork() == 0:\n    os.setsid()\n    os.execvp('sleep', ['sleep', '1000'])"
    )
    kernel = psutil.Process(fresh.executor._kernel.manager.provisioner.process.pid)
    family = [kernel, *kernel.children(recursive=True)]
    assert sum(p.name() == "sleep" for p in family) == 3
    fresh.run(fresh.executor.stop())
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert not [p for p in psutil.Process().children() if p.status() == psutil.STATUS_ZOMBIE]


PARENT = """
import asyncio, sys
from assistant_magic.executors.isolated import IsolatedExecutor
async def main():
    executor = IsolatedExecutor()
    await executor.execute("import subprocess; p = subprocess.Popen(['sleep', '1000'], start_new_session=True)", limit=30, on_output=print)
    await executor._spare
    print(executor._kernel._scratch, flush=True)
    await asyncio.sleep(1000)
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_goes_when_the_parent_is_killed(number):
    """When the notebook's kernel is killed, its isolated kernels and all they started go, and so does the scratch folder."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    scratch = parent.stdout.readline().strip()
    family = psutil.Process(parent.pid).children(recursive=True)
    assert len(family) >= 5  # two supervisors, two kernels, the sleeper
    parent.send_signal(number)
    parent.wait()
    _, left = psutil.wait_procs(family, timeout=10)
    assert not [p for p in left if p.status() != psutil.STATUS_ZOMBIE]
    wait_until(lambda: not Path(scratch).exists())


def test_warm_start(fresh):
    """A lost kernel is replaced by the one that was kept ready within 50 ms."""
    fresh.execute("1")
    fresh.run(spare_ready(fresh.executor))
    os.kill(fresh.executor._kernel.manager.provisioner.process.pid, signal.SIGTERM)
    wait_until(lambda: not fresh.run(fresh.executor._kernel.is_alive()))
    fresh.run(fresh.executor._kernel.stop())
    started = time.perf_counter()
    fresh.run(fresh.executor.start())
    assert time.perf_counter() - started < 0.05


def test_flood_is_bounded(fresh):
    """A hundred megabytes of prints cost the reader and the memory no more than the cap."""
    process = psutil.Process()
    before = process.memory_info().rss
    execution = fresh.execute("for _ in range(100): print('x' * 1_000_000)", limit=120)
    assert sum(len(o.get("text", "")) for o in execution.outputs) < 1_100_000
    assert process.memory_info().rss - before < 100_000_000


async def spare_ready(executor):
    await asyncio.shield(executor._spare)


def wait_until(true, seconds=15.0):
    """Wait for a state of another process, which tells nobody of its changes."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
