"""Drivers in a real kernel: who serves a run, where its outputs land, and how it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant_magic.streams import plain
from notebook_kernel import ROOT, NotebookKernel, open_kernel, pythons

PRELUDE = """
import asyncio, threading, time
from assistant_magic import kernel
from assistant_magic.executors.live import LiveExecutor
from IPython.display import display

ended = []      # how each run ended
executions = []

async def run_of(*codes, limit=None, show=True):
    '''A run that executes code like a tool call and, like a real one, keeps what came when it is cancelled.'''
    executor = LiveExecutor(show=show)
    try:
        for code in codes:
            executions.append(await executor.execute(code, limit=limit, on_output=lambda output: None))
            if show:
                print("between")
    except asyncio.CancelledError:
        ended.append("cancelled")
        return "cancelled"
    ended.append("completed")
    return "completed"

async def waiting(event=None):
    '''A run that waits for a model.'''
    try:
        print("waiting", flush=True)
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        ended.append("cancelled")
        return "cancelled"

async def thinking():
    '''A run that is busy in a thread of its own.'''
    try:
        print("waiting", flush=True)
        await asyncio.to_thread(time.sleep, 0.5)
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        ended.append("cancelled")
        return "cancelled"

# A small %%ask: synchronous as a magic, asynchronous at the top of a cell.
def ask(line, body):
    return kernel.drive(run_of(body))

async def aask(body):
    return await kernel.adrive(run_of(body))

shell = get_ipython()
shell.register_magic_function(ask, "cell", "ask")

def transformed(lines):
    if lines and lines[0].startswith("%%ask"):
        return [f"await aask({''.join(lines[1:])!r})"]
    return lines
shell.input_transformers_cleanup.append(transformed)
"""

# Stop comes when the code is well into its sleep: CPython sleeps on when a signal comes just before it begins.
READY = "import threading, time\nthreading.Timer(0.1, print, ('ready',), {'flush': True}).start()\n"
BUSY = READY + "while True: time.sleep(0.01)"
SLEEP = READY + "time.sleep(60)"
AWAIT = READY + "import asyncio\nawait asyncio.sleep(60)"
STUBBORN = READY + "try: time.sleep(60)\nexcept KeyboardInterrupt: print('bye')"


@pytest.fixture(scope="module", params=pythons(), ids=lambda path: Path(path).parts[-3])
def kernel(request) -> Iterator[NotebookKernel]:
    with open_kernel(request.param) as started:
        assert started.run(PRELUDE).status == "ok"
        yield started


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
IN_THREAD = "t = threading.Thread(target=ask_there); t.start(); t.join(); r"

# ---- where it can be asked from


@pytest.mark.parametrize(
    "cell",
    [
        "%%ask\nx = 5\nprint('here')\nx + 1",
        "%%time\nkernel.drive(run_of('x = 5; print(\"here\"); x + 1'))",
        "def f(): return shell.run_cell_magic('ask', '', 'x = 5; print(\"here\"); x + 1')\nf()",
        "await asyncio.to_thread(kernel.drive, run_of('x = 5; print(\"here\"); x + 1'))",
        "r = []\ndef ask_there(): r.append(kernel.drive(run_of('x = 5; print(\"here\"); x + 1')))\n"
        + IN_THREAD,
        "await asyncio.gather(kernel.adrive(run_of('x = 5; print(\"here\"); x + 1')))",
        "await asyncio.sleep(0); kernel.drive(run_of('x = 5; print(\"here\"); x + 1'))",
    ],
    ids=["async cell", "%%time", "run_cell_magic", "to_thread", "thread", "gather", "sync in async cell"],
)
def test_asked_from(kernel, cell):
    """Wherever the assistant is asked from, its code runs in the namespace and shows in the asking cell."""
    if IN_THREAD in cell and kernel.value("__import__('ipykernel').__version__").startswith("7.0."):
        pytest.skip("on ipykernel 7.0 display() fails in a plain thread, with or without us")
    kernel.run("x = 0")
    seen = kernel.run(cell)
    assert seen.status == "ok", seen.text
    assert "here" in seen.text
    assert "6" in seen.text
    assert "completed" in seen.text
    # On ipykernel 6 what a run prints by itself follows the loop's thread when a plain thread asked.
    assert seen.text_elsewhere in ("", "between\n")
    assert kernel.value("x") == 5


def test_capture_magic(kernel):
    """Under %%capture the outputs go to the capture, and are recorded all the same."""
    seen = kernel.run("%%capture captured\nkernel.drive(run_of('print(\"here\"); 6'))")
    assert seen.outputs == []
    assert kernel.value("captured.stdout") == "here\nbetween\n"
    assert kernel.value("[o.data['text/plain'] for o in captured.outputs]") == ["6", "'completed'"]
    assert kernel.value("[o['output_type'] for o in executions[-1].outputs]") == ["stream", "display_data"]


def test_prints_of_the_run_itself(kernel):
    """What a run prints on its own loop lands in the asking cell."""
    assert "between" in kernel.run("%%ask\n1").text


@pytest.mark.parametrize("outer", ["await kernel.adrive", "kernel.drive"])
@pytest.mark.parametrize(
    "inner",
    [
        "print(kernel.drive(run_of('print(40 + 2)')))",
        "print(await kernel.adrive(run_of('print(40 + 2)')))",
        "t = threading.Thread(target=lambda: print(kernel.drive(run_of('print(40 + 2)')))); t.start(); t.join()",
        "%%ask\nprint(40 + 2)",
    ],
    ids=["drive", "adrive", "thread", "magic"],
)
def test_nested(kernel, outer, inner):
    """Code that the assistant runs may ask the assistant, whose code runs too."""
    seen = kernel.run(f"{outer}(run_of({inner!r}))")
    assert seen.status == "ok", seen.text
    assert "42" in seen.text
    assert seen.text.count("completed") >= 1
    assert kernel.value("executions[-1].ok and executions[-2].ok")


def test_outputs_of_nested_code_belong_to_both(kernel):
    """What nested code shows is part of the outer execution too, as the reader sees it there."""
    kernel.run("del executions[:]\n%%ask".replace("\n%%ask", ""))
    kernel.run("%%ask\nprint('a'); kernel.drive(run_of('print(42)')); print('b')")
    inner, outer = kernel.value("[[o.get('text', '') for o in e.outputs] for e in executions]")
    assert inner == ["42\n"]
    assert "".join(outer).split() == ["a", "42", "between", "b"]


# ---- what stays the user's


def test_history_and_results_stay_the_users(kernel):
    """In, Out, the underscores, the execution count and the history know nothing of the assistant's code."""
    mine = kernel.run("'mine'").execution_count
    seen = kernel.run("await kernel.adrive(run_of('1000 + 1', '2000 + 2')) and None")
    assert [o["output_type"] for o in seen.outputs if "data" in o] == ["display_data", "display_data"]
    after = kernel.run(
        "print([_, Out[_n], _i, In[_n + 1], [v for v in Out.values() if v in (1001, 2002)], "
        "[row for row in shell.history_manager.get_range() if row[2] in ('1000 + 1', '2000 + 2')]])".replace(
            "_n", str(mine)
        )
    )
    asked = "await kernel.adrive(run_of('1000 + 1', '2000 + 2')) and None"
    assert after.text.strip() == repr(["mine", "mine", asked, asked, [], []])
    assert (seen.execution_count, after.execution_count) == (mine + 1, mine + 2)


def test_error_of_the_code_is_data(kernel):
    """An exception is shown like a cell's, and the asking cell still succeeds."""
    seen = kernel.run("%%ask\ndef f(): return 1/0\nf()")
    assert seen.status == "ok"
    assert seen.kinds[0] == "error"
    traceback = plain("\n".join(seen.outputs[0]["traceback"]))
    assert "ZeroDivisionError" in traceback
    assert "f()" in traceback
    assert "assistant_magic" not in traceback


def test_input(kernel):
    """Code can ask its reader by input()."""
    seen = kernel.run("%%ask\nname = input('Name? '); print('hello', name)", answers=("Ada",))
    assert "hello Ada" in seen.text


def test_input_that_nobody_can_answer(kernel):
    """Where nobody can answer, input() is an error of the code and nothing hangs."""
    seen = kernel.run("%%ask\ninput('Name? ')")
    assert seen.outputs[0]["ename"] == "StdinNotImplementedError"


def test_widget(kernel):
    """A widget shows as in a cell."""
    pytest.importorskip("ipywidgets")
    seen = kernel.run("%%ask\nimport ipywidgets; ipywidgets.IntSlider()")
    assert "application/vnd.jupyter.widget-view+json" in seen.outputs[0]["data"]


def test_cell_id(kernel):
    """The cell is known by the id that the front end sends, also from inside the run."""
    seen = kernel.run(
        "async def whose(): return kernel.cell_id()\nprint(kernel.cell_id(), await kernel.adrive(whose()))",
        cell_id="vscode-notebook-cell:/a.ipynb#W3sZm",
    )
    assert seen.text.split() == ["vscode-notebook-cell:/a.ipynb#W3sZm"] * 2
    assert kernel.run("print(repr(kernel.cell_id()))").text.strip() == "''"


def test_function_tools(kernel):
    """What a function prints and displays is shown and recorded; its value and its exception come back."""
    seen = kernel.run(
        "async def use(f): return await kernel.call(f, lambda output: None)\n"
        "def good(): print('said'); display(7); return 3\n"
        "async def agood(): print('said'); await asyncio.sleep(0.01); display(7); return 3\n"
        "for value, execution in (await kernel.adrive(use(good)), await kernel.adrive(use(agood)), kernel.drive(use(agood))):\n"
        "    print(value, [o['output_type'] for o in execution.outputs])\n"
        "def bad(): print('said before'); raise LookupError('no such thing')\n"
        "try: kernel.drive(use(bad))\n"
        "except LookupError as error: print('caught', error)\n"
        "def leaving(): raise SystemExit(2)\n"
        "try: kernel.drive(use(leaving))\n"
        "except RuntimeError as error: print('caught', error)\n"
    )
    assert seen.status == "ok", seen.text
    assert seen.text.count("3 ['stream', 'display_data']") == 3
    assert "said before\ncaught no such thing\n" in seen.text
    assert "caught exited with 2" in seen.text


def test_function_tool_that_prints_too_much(kernel):
    """Also what an async function prints is bounded, and what was left out is said once."""
    seen = kernel.run(
        "async def use(f): return (await kernel.call(f, lambda output: None))[1]\n"
        "async def noisy():\n    for _ in range(3): print('x' * 1_000_000); await asyncio.sleep(0)\n"
        "print(len(kernel.drive(use(noisy)).outputs[0]['text']))"
    )
    assert seen.text.count("left out") == 1
    assert len(seen.text) < 1_100_000


# ---- Stop


STOPS = {
    "async, busy code": f"await kernel.adrive(run_of({BUSY!r}))",
    "async, sleeping code": f"await kernel.adrive(run_of({SLEEP!r}))",
    "async, awaiting code": f"await kernel.adrive(run_of({AWAIT!r}))",
    "async, code that catches it": f"await kernel.adrive(run_of({STUBBORN!r}, 'print(1)'))",
    "async, waiting for a model": "await kernel.adrive(waiting())",
    "async, waiting for a thread": "await kernel.adrive(thinking())",
    "sync, busy code": f"kernel.drive(run_of({BUSY!r}))",
    "sync, sleeping code": f"kernel.drive(run_of({SLEEP!r}))",
    "sync, awaiting code": f"kernel.drive(run_of({AWAIT!r}))",
    "sync, code that catches it": f"kernel.drive(run_of({STUBBORN!r}, 'print(1)'))",
    "sync, waiting for a model": "kernel.drive(waiting())",
    "sync, waiting for a thread": "kernel.drive(thinking())",
    "sync in an async cell, waiting": "kernel.drive(waiting()), await asyncio.sleep(0)",
    "sync in an async cell, busy code": f"kernel.drive(run_of({BUSY!r})), await asyncio.sleep(0)",
}


@pytest.mark.parametrize("mode", ["signal", "message"])
@pytest.mark.parametrize("cell", STOPS.values(), ids=STOPS)
def test_stop(kernel, cell, mode):
    """Stop ends the code and the run within two seconds; the run keeps what came and the next cell works."""
    kernel.manager.kernel_spec.interrupt_mode = mode
    kernel.run("del ended[:]; del executions[:]")
    seen = kernel.run(f"print('result', {cell})", stop_at="waiting" if "ing())" in cell else "ready")
    assert seen.status == "ok", seen.text
    assert seen.stopped_after < 2
    assert "result cancelled" in seen.text
    assert kernel.value("ended") == ["cancelled"]
    assert kernel.run("1 + 1").text == "2"


@pytest.mark.parametrize("outer", ["await kernel.adrive", "kernel.drive"])
def test_stop_in_nested_code(kernel, outer):
    """Stop ends the inner run and the outer one."""
    kernel.run("del ended[:]")
    inner = (
        "print('inner', kernel.drive(run_of('''import time; print('ready', flush=True); time.sleep(60)''')))"
    )
    seen = kernel.run(f"print('result', {outer}(run_of({inner!r}, 'print(1)')))", stop_at="ready")
    assert seen.stopped_after < 2
    assert "result cancelled" in seen.text, seen.text
    assert kernel.value("ended") == ["cancelled", "cancelled"]


def test_cancel_from_elsewhere(kernel):
    """Cancelling a run from Python, as a panel's Stop button does, ends its code at once."""
    seen = kernel.run(
        "async def both():\n"
        "    global begun; begun = threading.Event()\n"
        "    task = asyncio.ensure_future(run_of('threading.Timer(0.1, begun.set).start(); time.sleep(60)'))\n"
        "    await asyncio.to_thread(begun.wait)\n"
        "    task.cancel()\n"
        "    return await task\n"
        "before = time.monotonic()\n"
        "print('result', await kernel.adrive(both()))\n"
        "print('result', kernel.drive(both()), time.monotonic() - before < 2)\n"
    )
    assert "result cancelled\n" in seen.text
    assert "result cancelled True\n" in seen.text


def test_second_stop_gives_up(kernel):
    """A run that does not end when it is cancelled is left behind by a second Stop."""
    kernel.run(
        "import signal\n"
        "async def deaf():\n"
        "    while True:\n"
        "        try: print('waiting', flush=True); await asyncio.sleep(60)\n"
        "        except asyncio.CancelledError:\n"
        "            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)\n"
    )
    seen = kernel.run("kernel.drive(deaf())", stop_at="waiting")
    assert seen.outputs[-1]["ename"] == "KeyboardInterrupt"
    assert kernel.run("1 + 1").text == "2"


# ---- with nobody waiting


def settle(kernel, condition):
    """Run empty cells, each of which lets the work between cells go on, until it is done."""
    for _ in range(200):
        if kernel.value(condition):
            return
    raise AssertionError(f"{condition} did not come true")


def test_spawned_work_waits_for_the_cell(kernel):
    """Code that a chat asks for runs between cells, never while a cell runs, and shows in no cell."""
    seen = kernel.run(
        "def probe(): order.append('chat')\norder = []\n"
        "future = kernel.spawn(run_of('probe(); print(\"not here\"); 6', show=False))\n"
        "time.sleep(0.3); order.append('cell'); await asyncio.sleep(0.3); order.append('cell')\n"
    )
    settle(kernel, "future.done()")
    assert "not here" not in seen.text
    assert kernel.value("future.result()") == "completed"
    assert kernel.value("order") == ["cell", "cell", "chat"]
    assert kernel.value("[o['output_type'] for o in executions[-1].outputs]") == ["stream", "display_data"]
    assert kernel.value("executions[-1].outputs[0]['text']") == "not here\n"


def test_spawned_code_can_await(kernel):
    """Top-level await works between cells too."""
    kernel.run(
        "future = kernel.spawn(run_of('import asyncio; await asyncio.sleep(0.2); slept = 1', show=False))"
    )
    settle(kernel, "future.done()")
    assert kernel.value("slept") == 1


def test_interrupt_between_cells(kernel):
    """The interrupt button also stops the code of a chat."""
    kernel.run(
        "del ended[:]\nbegun = threading.Event()\n"
        "future = kernel.spawn(run_of('threading.Timer(0.1, begun.set).start(); time.sleep(60)', show=False))\n"
        "threading.Thread(target=lambda: (begun.wait(), __import__('signal').pthread_kill("
        "threading.main_thread().ident, 2))).start()"
    )
    settle(kernel, "future.done()")
    assert kernel.value("ended") == ["cancelled"]


def test_spawned_run_is_cancelled_by_its_future(kernel):
    """Cancelling the future cancels the run and interrupts its code."""
    kernel.run("del ended[:]\nfuture = kernel.spawn(waiting())")
    kernel.run("future.cancel()")
    settle(kernel, "ended")
    assert kernel.value("ended") == ["cancelled"]


def test_forked_child(kernel):
    """A forked process has a loop of its own."""
    seen = kernel.run(
        "import os\n"
        "async def one(): return 1\n"
        "kernel.drive(one())\n"
        "read, write = os.pipe()\n"
        "if not os.fork():\n"
        "    os.write(write, str(kernel.drive(one())).encode()); os._exit(0)\n"
        "print('child says', os.read(read, 10).decode())"
    )
    assert "child says 1" in seen.text


def test_asking_from_the_loop_of_the_runs(kernel):
    """Waiting for a run on the loop that runs it would never end, and is refused in one line."""
    seen = kernel.run("async def outer(): return kernel.drive(waiting())\nawait kernel.adrive(outer())")
    assert seen.outputs[0]["ename"] == "RuntimeError"
    assert "await" in seen.outputs[0]["evalue"]


# ---- without a kernel

SCRIPT = """
import asyncio, atexit, sys
from assistant_magic import kernel
from assistant_magic.executors.live import LiveExecutor

shown = []
hooks = sys.displayhook, sys.excepthook, sys.stdout, sys.modules["__main__"]
secret = 5
names = set(globals()) | {"names", "run_of", "code", "e", "result"}
atexit.register(lambda: print("at exit", secret))

async def run_of(code):
    limit = 1 if "sleep(60)" in code else 60
    return await LiveExecutor().execute(code, limit=limit, on_output=shown.append)

for code in ("print(secret); result = secret + 1; result", "1/0", "display({'a': 1})", "!echo shell",
             "import asyncio; await asyncio.sleep(0.01); 7", "import time; time.sleep(60)", "get_ipython().user_ns is globals()"):
    e = kernel.drive(run_of(code))
    print([o.get("text") or o.get("ename") or o["data"]["text/plain"] for o in e.outputs], e.ok, e.interrupted)
print("namespace", result, kernel.in_kernel(), kernel.shell(), repr(kernel.cell_id()))
print("hooks kept", hooks == (sys.displayhook, sys.excepthook, sys.stdout, sys.modules["__main__"]))
print("new names", sorted(set(globals()) - names))
print("async", asyncio.run(kernel.adrive(run_of("1 + 1"))).outputs[0]["data"])
print("spawned", kernel.spawn(run_of("2 + 2")).result(10).outputs[0]["data"])
print("shown", len(shown) > 5)
"""


def test_plain_python(tmp_path):
    """A script runs code on its own names, sees outputs only through `on_output`, and stays as it was."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert done.stdout.splitlines() == [
        "['5\\n', '6'] True ",
        "['ZeroDivisionError'] False ",
        "[\"{'a': 1}\"] True ",
        "['shell\\n'] True ",
        "['7'] True ",
        "['KeyboardInterrupt'] False timeout after 1 s",
        "['True'] True ",
        "namespace 6 False None ''",
        "hooks kept True",
        "new names ['_exit_code', 'time']",
        "async {'text/plain': '2'}",
        "spawned {'text/plain': '4'}",
        "shown True",
        "at exit 5",
    ]
    assert done.stderr == ""


def test_terminal(tmp_path):
    """In terminal IPython the code's outputs appear as a cell's and are recorded."""
    script = tmp_path / "script.ipy"
    script.write_text(
        "from assistant_magic import kernel\nfrom assistant_magic.executors.live import LiveExecutor\n"
        "async def run_of(code): return await LiveExecutor().execute(code, limit=9, on_output=lambda o: None)\n"
        "e = kernel.drive(run_of('x = 5; print(\"said\"); x + 1'))\n"
        "print('recorded', [o['output_type'] for o in e.outputs], x, kernel.in_kernel())\n"
    )
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.splitlines() == ["said", "6", "recorded ['stream', 'display_data'] 5 False"]


def test_stop_in_a_script(tmp_path):
    """Ctrl-C in a script ends the code and the run."""
    script = tmp_path / "script.py"
    script.write_text(
        "import asyncio\nfrom assistant_magic import kernel\n"
        "from assistant_magic.executors.live import LiveExecutor\n"
        "async def run_of(code):\n"
        "    try: await LiveExecutor().execute(code, limit=99, on_output=lambda o: print('ready', flush=True))\n"
        "    except asyncio.CancelledError: return 'cancelled'\n"
        "print(kernel.drive(run_of('import time\\nprint(1)\\nwhile True: time.sleep(0.01)')))\n"
    )
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readlines()[-1] == "cancelled\n"
