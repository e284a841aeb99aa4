"""The isolated executor with real kernels: the conformance suite, its limits, and what ends it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import psutil
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from assistant_magic.exceptions import ConfigurationError, ExecutorError
from assistant_magic.executors import isolated_conversation, make_executor
from assistant_magic.executors.isolated import IsolatedExecutor
from assistant_magic.executors.isolated_kernel import Place
from tests.executors.conformance import CASES, check, perform, words

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
    opened = Desk(IsolatedExecutor(getattr(request, "param", None), spare=False))
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


def test_code_that_cannot_be_interrupted_is_killed(fresh, monkeypatch):
    """Code that ignores interrupts is ended after a grace, and the next code runs."""
    monkeypatch.setattr(isolated_conversation, "GRACE", 0.6)
    code = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('deaf', flush=True)\nwhile True: time.sleep(1)"
    execution = fresh.execute(code, limit=0.5)
    assert not execution.ok
    assert execution.interrupted == "timeout after 0.5 s"
    assert "its kernel was ended" in words(execution.outputs)
    assert "a new isolated kernel" in words(fresh.execute("1").outputs)


def test_stop_reaches_a_busy_loop(desk):
    """An interrupt ends a busy loop without a word, and what was defined stays."""
    desk.execute("kept = 1")

    async def go():
        seen = asyncio.Event()
        task = asyncio.create_task(
            desk.executor.execute(
                "print('go', flush=True)\nwhile True: pass", limit=60, on_output=lambda _: seen.set()
            )
        )
        await seen.wait()
        await desk.executor.interrupt()
        return await task

    assert desk.run(go()).interrupted == "stopped"
    assert desk.says("kept") == "1"


def test_children_go_with_it(fresh):
    """Whatever the code started, even in a session of its own, is gone after `stop`; no zombie stays."""
    fresh.execute(
        "import subprocess\na = subprocess.Popen(['sleep', '1000'])\nb = subprocess.Popen(['sleep', '1000'], start_new_session=True)\nimport os\nif os.fork() == 0:\n    os.setsid()\n    os.execvp('sleep', ['sleep', '1000'])"
    )
    kernel = psutil.Process(fresh.executor._kernel.manager.provisioner.process.pid)

    def sleepers():
        return [p for p in kernel.children(recursive=True) if p.name() == "sleep"]

    wait_until(lambda: len(sleepers()) == 3)  # the forked one is a Python until it has become one
    family = [kernel, *kernel.children(recursive=True)]
    fresh.run(fresh.executor.stop())
    assert not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert not [p for p in psutil.Process().children() if p.status() == psutil.STATUS_ZOMBIE]


def test_goes_when_the_notebook_is_killed(start_kernel):
    """After `kill -9` of the notebook's kernel its isolated kernels go, with all they started and their folders."""
    notebook = start_kernel()
    notebook.run(
        "%load_ext assistant_magic\nfrom assistant_magic import Assistant\n"
        "from assistant_magic.testing import ScriptedBackend, call\n"
        "session = get_ipython().magics_manager.magics['cell']['assistant'].__self__.session\n"
        "code = \"import subprocess; p = subprocess.Popen(['sleep', '1000'], start_new_session=True)\"\n"
        "session.assistant = Assistant(backend=ScriptedBackend([call('python', code=code), 'done']), approve='auto')"
    )
    assert not notebook.run("%%assistant -e isolated\ngo").error
    parent = psutil.Process(notebook.process)
    wait_until(lambda: len(parent.children(recursive=True)) >= 5)  # two supervisors, two kernels, the sleeper
    family = parent.children(recursive=True)
    told = [p.cmdline()[4] for p in family if any("supervisor" in word for word in p.cmdline())]
    scratch = [Path(json.loads(orders)["scratch"]) for orders in told]
    assert len(scratch) == 2
    os.kill(notebook.process, signal.SIGKILL)
    _, left = psutil.wait_procs(family, timeout=15)
    assert not [p for p in left if p.status() != psutil.STATUS_ZOMBIE]
    wait_until(lambda: not any(folder.exists() for folder in scratch))


def test_warm_start():
    """A lost kernel is replaced by the one that was kept ready, and another one is made ready."""
    desk = Desk(IsolatedExecutor())
    desk.execute("1")
    spare = desk.run(spare_ready(desk.executor))
    desk.run(desk.executor._kernel.stop())
    desk.run(desk.executor.start())
    assert desk.executor._kernel is spare
    desk.execute("1")
    assert desk.run(spare_ready(desk.executor)) is not spare
    desk.close()


def test_flood_is_bounded(desk):
    """A hundred megabytes of prints cost the reader, our memory and the kernel's no more than a few caps."""
    desk.run(desk.executor.start())
    ours = psutil.Process()
    theirs = psutil.Process(int(desk.says("import os; print(os.getpid())")))
    before = [process.memory_info().rss for process in (ours, theirs)]
    execution = desk.execute("for _ in range(100): print('x' * 1_000_000)", limit=120)
    assert sum(len(o.get("text", "")) for o in execution.outputs) < 1_100_000
    for process, rss in zip((ours, theirs), before, strict=True):
        assert process.memory_info().rss - rss < 100_000_000


class Elsewhere(LocalProvisioner):
    """Starts kernels in a way of its own, as a cluster's provisioner does."""

    launched: ClassVar[list[list[str]]] = []

    async def launch_kernel(self, cmd, **options):
        self.launched.append(cmd)
        options["env"]["STARTED_BY"] = "elsewhere"
        return await super().launch_kernel(cmd, **options)


@pytest.fixture
def spec(home, monkeypatch):
    """Installs a kernelspec: `spec("name", provisioner)`."""

    def install(name, provisioner=""):
        folder = home / "data" / "kernels" / name
        folder.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        metadata = {"kernel_provisioner": {"provisioner_name": provisioner}} if provisioner else {}
        described = {"argv": argv, "display_name": name, "language": "python", "metadata": metadata}
        (folder / "kernel.json").write_text(json.dumps({**described, "env": {"OF_THE_SPEC": name}}))

    factory = KernelProvisionerFactory.instance()
    entry = SimpleNamespace(name="elsewhere", load=lambda: Elsewhere)
    monkeypatch.setitem(factory.provisioners, "elsewhere", entry)
    Elsewhere.launched.clear()
    return install


def test_another_kernelspec(spec):
    """Another kernelspec is started with its own environment, below the limits."""
    spec("second")
    desk = Desk(IsolatedExecutor(Place(kernel="second", file_bytes=1_000_000), spare=False))
    assert desk.says("import os; print(os.environ['OF_THE_SPEC'])") == "second"
    assert desk.says("import resource; print(resource.getrlimit(resource.RLIMIT_FSIZE)[0])") == "1000000"
    desk.close()


def test_another_provisioner(spec):
    """A kernel provisioner starts, interrupts and ends the kernel; that our limits do not reach it is said once."""
    spec("cluster", "elsewhere")
    desk = Desk(IsolatedExecutor(Place(kernel="cluster"), spare=False))
    first = words(desk.execute("import os; print(os.environ['STARTED_BY'])").outputs)
    assert "this isolated kernel has no limits on memory, CPU time and file size" in first
    assert "elsewhere" in first
    assert "supervisor" not in str(Elsewhere.launched)
    assert desk.execute("print('go', flush=True)\nwhile True: pass", limit=0.5).interrupted
    assert desk.says("'OPENAI_API_KEY' in os.environ, 6 * 7") == "(False, 42)"
    process = psutil.Process(int(desk.says("os.getpid()")))
    desk.close()
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_kernel_that_is_not_python(home):
    """A kernel of another language runs its code, with its outputs and its errors."""
    folder = home / "data" / "kernels" / "echo"
    folder.mkdir(parents=True)
    argv = [sys.executable, str(Path(__file__).with_name("echo_kernel.py")), "-f", "{connection_file}"]
    described = {"argv": argv, "display_name": "Echo", "language": "echo"}
    (folder / "kernel.json").write_text(json.dumps(described))
    desk = Desk(IsolatedExecutor(Place(kernel="echo"), spare=False))
    assert desk.says("hello") == "you said: hello"
    failed = desk.execute("fail")
    assert (failed.ok, failed.outputs[-1]["ename"]) == (False, "EchoError")
    desk.close()


def test_no_room_to_start(monkeypatch, tmp_path):
    """Where the kernel's folder cannot be made, it is one line with a cure."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    desk = Desk(IsolatedExecutor(spare=False))
    with pytest.raises(ExecutorError, match="has no room for its files") as error:
        desk.run(desk.executor.start())
    assert error.value.cure
    desk.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_an_error_of_the_code(desk):
    """Writing to a full disk is an OSError as data, and the kernel goes on."""
    execution = desk.execute("with open('/dev/full', 'w') as f: f.write('x' * 100_000)")
    assert "No space left" in execution.outputs[-1]["evalue"]
    assert desk.says("'alive'") == "'alive'"


async def spare_ready(executor):
    return await asyncio.shield(executor._spare)


def wait_until(true, seconds=15.0):
    """Wait for a state of another process, which tells nobody of its changes."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
