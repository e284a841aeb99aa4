"""What every executor must do, as code and what should come of it.

An adapter joins with a test module whose `perform` fixture runs a case in it (see test_live.py), and says in
`skips` which cases cannot apply to it and why.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

from assistant_magic.exceptions import ExecutorError
from assistant_magic.executors import Execution, Executor
from assistant_magic.items import Output


@dataclass(frozen=True)
class Step:
    """One execution and what is done to it. `…_at` names output text that triggers the act.

    Attributes:
        then: Asked for at the same time, right after `code`; what comes of it counts.
        dies: The place itself ends, which is an ExecutorError.
    """

    code: str
    limit: float | None = 60
    interrupt_at: str = ""
    cancel_at: str = ""
    then: str = ""
    dies: bool = False


@dataclass(frozen=True)
class Case:
    """Steps on one executor, and what must hold for the last of them.

    Attributes:
        says: Patterns that the words of the outputs must contain, in this order.
        never: Patterns that they must not contain.
        kinds: Exact sequence of output types, when it matters.
        mimes: MIME types that must be among the displayed data.
        error: Name of the exception, or empty when the code must succeed.
        interrupted: Pattern of `Execution.interrupted`; empty: it must be empty.
        at_most: Characters that all outputs together may have.
        cancelled: The last step must raise CancelledError.
        redraws: Outputs are overwritten or cleared, so that what was reported first differs from what remains.
    """

    name: str
    steps: tuple[Step, ...]
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    kinds: tuple[str, ...] | None = None
    mimes: tuple[str, ...] = ()
    error: str = ""
    interrupted: str = ""
    at_most: int | None = None
    cancelled: bool = False
    redraws: bool = False


@dataclass
class Done:
    """What came of a case: the last execution, and everything that went to `on_output` during it."""

    execution: Execution | None = None
    reported: list[Output] = field(default_factory=list)


async def perform(executor: Executor, case: Case) -> Done:
    """Run the steps of a case on a started executor."""
    done = Done()
    for step in case.steps:
        done = Done()
        try:
            done.execution = await _perform_step(executor, step, done.reported)
        except asyncio.CancelledError:
            if not step.cancel_at:
                raise
        except ExecutorError as error:
            if not step.dies:
                raise
            assert error.cure  # noqa: PT017  # only some steps die
    return done


async def _perform_step(executor: Executor, step: Step, reported: list[Output]) -> Execution:
    triggered = asyncio.Event()
    trigger = step.interrupt_at or step.cancel_at

    def on_output(output: Output) -> None:
        reported.append(output)
        if trigger and trigger in words([output]):
            triggered.set()

    if step.then:
        first = asyncio.ensure_future(executor.execute(step.code, limit=step.limit, on_output=lambda _: None))
        await asyncio.sleep(0)  # let it begin to wait for its turn
        second = await executor.execute(step.then, limit=step.limit, on_output=on_output)
        assert (await first).ok
        return second
    task = asyncio.ensure_future(executor.execute(step.code, limit=step.limit, on_output=on_output))
    if trigger:
        waiting = asyncio.ensure_future(triggered.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if step.interrupt_at:
            await executor.interrupt()
        else:
            task.cancel()
    return await task


def check(case: Case, done: Done) -> None:
    """Assert that what came is what the case says."""
    if case.cancelled:
        assert done.execution is None, "the cancellation did not come through"
        assert_says(case, words(done.reported))
        return
    execution = done.execution
    assert execution is not None, "the step was cancelled"
    errors = [o["ename"] for o in execution.outputs if o["output_type"] == "error"]
    assert errors == ([case.error] if case.error else []), words(execution.outputs)
    assert execution.ok is (not case.error)
    if case.interrupted:
        assert re.search(case.interrupted, execution.interrupted)
    else:
        assert execution.interrupted == ""
    assert_says(case, words(execution.outputs))
    if case.kinds is not None:
        assert tuple(o["output_type"] for o in execution.outputs) == case.kinds
    shown = {mime for o in execution.outputs for mime in o.get("data", {})}
    assert set(case.mimes) <= shown
    if case.at_most is not None:
        assert len(words(execution.outputs)) <= case.at_most
        assert len(words(done.reported)) <= case.at_most
    if not case.redraws and case.at_most is None:
        assert words(done.reported).split() == words(execution.outputs).split()


def assert_says(case: Case, text: str) -> None:
    position = 0
    for pattern in case.says:
        found = re.compile(pattern).search(text, position)
        assert found, f"{pattern!r} not in {text[position : position + 2000]!r}"
        position = found.end()
    for pattern in case.never:
        assert not re.search(pattern, text), f"{pattern!r} in {text[:2000]!r}"


def words(outputs: tuple[Output, ...] | list[Output]) -> str:
    """All words of outputs, in order."""
    pieces = []
    for output in outputs:
        if output["output_type"] == "stream":
            pieces.append(output["text"])
        elif output["output_type"] == "error":
            pieces.append(f"\n{output['ename']}: {output['evalue']}\n")
        else:
            pieces.append(f"\n{output['data'].get('text/plain', '')}\n")
    return "".join(pieces)


def case(name: str, *code: str | Step, **expected: object) -> Case:
    steps = tuple(step if isinstance(step, Step) else Step(step) for step in code)
    return Case(name, steps, **expected)  # type: ignore[arg-type]  # checked by the dataclass


LOOP = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.01)"

# A traceback of a thousand frames takes IPython seconds.
RECURSION = """import sys
_depth, _frame = 0, sys._getframe()
while _frame: _depth, _frame = _depth + 1, _frame.f_back
def f(): f()
_limit = sys.getrecursionlimit()
sys.setrecursionlimit(_depth + 50)
try: f()
finally: sys.setrecursionlimit(_limit)"""

CASES = (
    # ---- words and results
    case("prints", "print('one'); print('two')", says=("one\ntwo",), kinds=("stream",)),
    case("last expression", "21 * 2", says=("42",), kinds=("display_data",)),
    case("semicolon keeps quiet", "21 * 2;  # no", kinds=()),
    case("nothing", "", kinds=()),
    case("only a comment", "# nothing here", kinds=()),
    case("None is no result", "None", kinds=()),
    case(
        "stdout and stderr keep their order",
        "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
        says=("a", "b", "c"),
        kinds=("stream", "stream", "stream"),
    ),
    case(
        "a progress bar is one line",
        r"for i in range(500): print(f'\r{i}', end='')",
        says=("^499$",),
        redraws=True,
    ),
    case(
        "an animation is one picture",
        "from IPython.display import clear_output\nfor i in range(5): clear_output(wait=True); display(i)",
        says=("^\n4\n$",),
        redraws=True,
    ),
    case(
        "unicode", "print('∑ 日本語 🦆 \\x00 e\\u0301'); 'žluťoučký'", says=("∑ 日本語 🦆 \x00", "žluťoučký")
    ),
    case("lone surrogates", r"print('\ud800'.encode('utf-8', 'replace'))", says=(r"b'\?'",)),
    case("binary", "bytes(range(8))", says=(re.escape(r"b'\x00\x01\x02\x03\x04\x05\x06\x07'"),)),
    # ---- state
    case("state lasts", "x = [1]", "x.append(2)", "x", says=(r"\[1, 2\]",)),
    case("functions see later names", "def f(): return y", "y = 7", "f()", says=("7",)),
    case("imports last", "import math", "math.pi", says=("3.14159",)),
    case("annotations and future", "from __future__ import annotations\na: 'int' = 3\na", says=("3",)),
    # ---- rich data
    case(
        "HTML",
        "from IPython.display import HTML, display; display(HTML('<b>x</b>')); print('after')",
        mimes=("text/html",),
        kinds=("display_data", "stream"),
    ),
    case(
        "displays and prints keep their order",
        "print(1); display(2); print(3); 4",
        says=("1", "2", "3", "4"),
        kinds=("stream", "display_data", "stream", "display_data"),
    ),
    case(
        "display updates",
        "h = display('before', display_id=True); h.update('after')",
        says=("after",),
        kinds=("display_data",),
        redraws=True,
    ),
    case(
        "clear_output",
        "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
        says=("^stays",),
        never=("gone",),
        redraws=True,
    ),
    case(
        "clear_output that waits",
        "from IPython.display import clear_output\nprint('gone'); clear_output(wait=True); print('stays')",
        says=("^stays",),
        never=("gone",),
        redraws=True,
    ),
    case(
        "matplotlib",
        "import matplotlib.pyplot as plt\nprint('above'); plt.plot([1, 3, 2]);",
        says=("above", "Figure"),
        mimes=("image/png",),
        kinds=("stream", "display_data"),
    ),
    case(
        "pandas",
        "import pandas as pd; pd.DataFrame({'alpha': [1, 2], 'beta': ['x', 'y']})",
        says=("alpha", "beta"),
        mimes=("text/html", "text/plain"),
        kinds=("display_data",),
    ),
    case(
        "a repr that raises", "class A:\n    def __repr__(self): return 1/0\nA()", error="ZeroDivisionError"
    ),
    # ---- errors
    case(
        "exception",
        "print('before'); 1/0; print('never')",
        says=("before", "division by zero"),
        never=("never",),
        error="ZeroDivisionError",
    ),
    case("syntax error", "print('never'\nx = ", never=("^never",), error="SyntaxError"),
    case("indentation error", " x = 1\n   y = 2", error="IndentationError"),
    case("unknown magic", "%no_such_magic", error="UsageError"),
    case(
        "exception group",
        "raise ExceptionGroup('many', [ValueError('a'), KeyError('b')])",
        error="ExceptionGroup",
    ),
    case("the next code works", Step("1/0"), "'works'", says=("works",)),
    case("recursion", RECURSION, error="RecursionError"),
    case("recursion leaves a usable place", RECURSION, "'usable'", says=("usable",)),
    case("memory hog", "x = bytearray(2**60)", error="MemoryError"),
    case("a memory hog leaves a usable place", "x = [0] * 2**60", "'usable'", says=("usable",)),
    case("exit()", "x = 5", "exit()", error="SystemExit"),
    case("sys.exit()", "import sys; sys.exit(3)", says=("3",), error="SystemExit"),
    case("after exit() all is there", "x = 5", "exit()", "x", says=("5",)),
    case("raise KeyError with a long key", "raise KeyError('k' * 10**6)", error="KeyError", at_most=200_000),
    # ---- IPython
    case("line magic", "%lsmagic", says=("%timeit",)),
    case("cell magic", "%%capture c\nprint('hidden')", "c.stdout", says=("hidden",), kinds=("display_data",)),
    case("shell command", "!echo from the shell", says=("from the shell",)),
    case("shell command into a name", "a = !echo got\na[0]", says=("got",)),
    case("help", "len?", never=("Error",)),
    case("top-level await", "import asyncio\nawait asyncio.sleep(0.01)\n'slept'", says=("slept",)),
    case(
        "await keeps state and order",
        "import asyncio\nprint('a'); v = await asyncio.sleep(0.01, 'b'); print(v)",
        "v",
        says=("b",),
    ),
    case(
        "async for and gather",
        "import asyncio\nasync def g():\n    for i in range(3):\n        yield i\n"
        "print([i async for i in g()], await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2)))",
        says=(r"\[0, 1, 2\] \[1, 2\]",),
    ),
    case("error after await", "import asyncio\nawait asyncio.sleep(0)\n1/0", error="ZeroDivisionError"),
    # ---- threads and processes
    case(
        "thread that is joined",
        "import threading\nt = threading.Thread(target=print, args=('from a thread',)); t.start(); t.join()",
        says=("from a thread",),
    ),
    case(
        "thread that prints afterwards",
        "import threading\ngo, gone = threading.Event(), threading.Event()\n"
        "def late():\n    go.wait(10); print('late'); gone.set()\n"
        "threading.Thread(target=late).start()\nprint('now')",
        "print('next'); go.set(); gone.wait(10)",
        says=("next",),
    ),
    case(
        "thread pool",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(4) as pool: print(sorted(pool.map(lambda n: n * n, range(5))))",
        says=(r"\[0, 1, 4, 9, 16\]",),
    ),
    case(
        "logging",
        "import logging\nlogging.basicConfig(level=logging.INFO, force=True); logging.info('logged %d', 1)",
        says=("logged 1",),
    ),
    case(
        "asked for at the same time",
        Step("import time; order = ['first']; time.sleep(0.2)", then="order.append('second'); order"),
        says=(r"\['first', 'second'\]",),
    ),
    case(
        "fork",
        "import os, sys\npid = os.fork()\nif pid == 0:\n    os._exit(7)\n"
        "print('the child gave', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        "'usable'",
        says=("usable",),
    ),
    case("input() where nobody answers", "input('name? ')", error="StdinNotImplementedError"),
    case("os._exit()", Step("import os; os._exit(3)", dies=True), "6 * 7", says=("42",)),
    case("warnings", "import warnings; warnings.warn('careful')", says=("careful",)),
    # ---- abuse
    case("closed stdout", "import sys; sys.stdout.close()", "print('still here')", says=("still here",)),
    case(
        "replaced stdout",
        "import io, sys; sys.stdout = io.StringIO()",
        "print('still here')",
        says=("still here",),
    ),
    case(
        "no stdout at all",
        "import sys; sys.stdout = sys.stderr = None",
        "print('still here')",
        says=("still here",),
    ),
    case(
        "print loop",
        "for i in range(120_000): print(f'line {i}')",
        says=("line 0\nline 1\n", "left out", "line 119999"),
        at_most=1_100_000,
    ),
    case(
        "one huge print",
        "print('a' + 'x' * 20_000_000 + 'b')",
        says=("^ax", "left out", "xb"),
        at_most=1_100_000,
    ),
    case("huge repr", "'x' * 30_000_000", says=("left out",), at_most=1_100_000),
    case(
        "many displays",
        "for i in range(1_500): display(i)",
        says=("^\n0\n", "\n99\n", "more outputs left out"),
        at_most=100_000,
    ),
    # ---- time
    case(
        "limit in a loop",
        Step(LOOP, limit=0.5),
        error="KeyboardInterrupt",
        interrupted=r"timeout after 0\.5 s",
        says=("ready",),
    ),
    case(
        "limit in a sleep",
        Step("import time; time.sleep(60)", limit=0.5),
        error="KeyboardInterrupt",
        interrupted="timeout",
    ),
    case("after a limit all is there", "z = 1", Step(LOOP, limit=0.5), "z", says=("1",)),
    case(
        "interrupt",
        Step(LOOP, interrupt_at="ready"),
        error="KeyboardInterrupt",
        interrupted="stopped",
        says=("ready",),
    ),
    case("after an interrupt all is there", "z = 2", Step(LOOP, interrupt_at="ready"), "z", says=("2",)),
    case("cancelled", Step(LOOP, cancel_at="ready"), says=("ready",), cancelled=True),
    case("after a cancellation all is there", "z = 3", Step(LOOP, cancel_at="ready"), "z", says=("3",)),
    case(
        "interrupted twice because once was ignored",
        Step(
            "import time\nprint('ready', flush=True)\n"
            "try:\n    while True: time.sleep(0.01)\nexcept KeyboardInterrupt: print('ignored')\n"
            "while True: time.sleep(0.01)",
            limit=0.3,
        ),
        error="KeyboardInterrupt",
        interrupted="timeout",
        says=("ready", "ignored"),
    ),
)
