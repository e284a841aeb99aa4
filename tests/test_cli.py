"""`jupyter assistant …` and terminal IPython, as a person at a terminal meets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assistant_magic.cli", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env=env, timeout=120, check=False, **options
    )


def test_ask_answers_and_continues():
    """A question is answered in words; the thread it names can be continued, also by another process."""
    first = run("ask", "What's 10 - 4 raised to the 2.7")
    thread = first.stderr.split()[-1]
    second = run("ask", "now add 17.241", "--thread", thread, "--quiet")

    assert first.returncode == 0, first.stderr
    assert "10 - 4**2.7" in first.stdout
    assert "-32.22425314473263" in first.stdout
    assert "-14.983253144732629" in second.stdout
    assert "print(" not in second.stdout
    assert "\x1b" not in first.stdout


def test_a_question_can_come_from_standard_input():
    """`-` reads it there."""
    asked = run("ask", "-", input="6*7\n")

    assert "42" in asked.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask", ""), "the prompt is empty"),
        (("ask", "1+1", "-m", "nonsense"), "'nonsense' is not a model name"),
        (("ask", "1+1", "-t", "nonsense"), "there is no thread 'nonsense'"),
        (("export", "nonsense", "x.md"), "there is no thread 'nonsense'"),
    ],
)
def test_errors_are_one_line(words, said):
    """What cannot be done is said in one line on standard error, with a failing exit status."""
    asked = run(*words)

    assert asked.returncode == 1
    assert said in asked.stderr
    assert len(asked.stderr.strip().splitlines()) == 1


def test_threads_are_listed_and_exported(tmp_path):
    """A thread can be found by its title and written as a transcript."""
    run("ask", "6*7")
    listed = run("threads")
    exported = run("export", "6*7", str(tmp_path / "thread.md"))

    assert "6*7" in listed.stdout
    assert exported.returncode == 0, exported.stderr
    assert "42" in (tmp_path / "thread.md").read_text()


def test_a_store_that_cannot_be_written_is_named(home):
    """The file is named with what to do; it is left as it was."""
    place = home / "data" / "assistant_magic"
    place.mkdir()
    store = place / "threads.db"
    store.write_text("this is no database")
    asked = run("ask", "6*7")

    assert asked.returncode == 1
    assert str(store) in asked.stderr
    assert store.read_text() == "this is no database"


def test_terminal_ipython(home):
    """In plain IPython the magic renders readable text, Ctrl-C included."""
    pexpect = pytest.importorskip("pexpect")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "NO_COLOR": "1"}
    arguments = ["-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"]
    terminal = pexpect.spawn(
        sys.executable, arguments, env=env, encoding="utf-8", timeout=60, dimensions=(50, 200)
    )
    terminal.expect(r"In \[1\]:")
    terminal.sendline("%load_ext assistant_magic")
    terminal.expect(r"In \[2\]:")
    terminal.sendline("get_ipython().run_cell_magic('assistant', '', \"What's 10 - 4 raised to the 2.7\")")
    terminal.expect(r"In \[3\]:")
    answer = terminal.before
    terminal.sendline("get_ipython().run_cell_magic('assistant', '-m nonsense', 'x')")
    terminal.expect(r"In \[4\]:")
    error = terminal.before
    # Many short sleeps: CPython itself can miss a signal just before a single long one.
    code = "import time; print(6 * 7); [time.sleep(0.01) for _ in range(6000)]"
    slow = f"ScriptedBackend([call('python', code='{code}')])"
    terminal.sendline("from assistant_magic import Assistant; from assistant_magic.testing import *")
    terminal.sendline(f"Assistant(backend={slow}, approve='auto').ask('wait')")
    terminal.expect("42")
    terminal.sendintr()
    terminal.expect("interrupted")
    terminal.sendline("'still ' + 'here'")
    terminal.expect("still here")
    terminal.sendline("exit")
    terminal.expect(pexpect.EOF)

    assert "-32.22425314473263" in answer
    assert "10 - 4**2.7" in answer
    assert "ConfigurationError: 'nonsense' is not a model name" in error
    assert "Traceback" not in error


def test_a_graph_that_nobody_sees_is_not_claimed(monkeypatch):
    """Where no picture comes back, the tutor says so instead of "here it is"."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    asked = run("ask", "plot x^2 from 0 to 3", "--quiet")

    assert "no picture came back" in asked.stdout
