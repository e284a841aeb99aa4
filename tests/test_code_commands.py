"""What `%assistant` does about code that tools ran, in a real kernel: where, who allowed it, and what it left."""

from __future__ import annotations

import json

import pytest

PRELUDE = """
%load_ext assistant_magic
from assistant_magic import Assistant
from assistant_magic.testing import ScriptedBackend, call
session = get_ipython().magics_manager.magics["cell"]["assistant"].__self__.session
def model(*steps, **options):
    steps = [call("python", code=step[1:]) if step.startswith(">") else step for step in steps]
    session.assistant = Assistant(backend=ScriptedBackend(steps), **{"approve": "auto", **options})
"""


@pytest.fixture
def notebook(shared_kernel):
    assert not shared_kernel.run(PRELUDE).error
    assert not shared_kernel.run("%reset_selective -f ^(a|b|c|total|kept)$").error
    # A thread without the settings of the test before, which `%assistant new` would keep.
    assert not shared_kernel.run("session.use(session.assistant.thread())").error
    return shared_kernel


def value(notebook, expression):
    return json.loads(notebook.run(f"import json; print(json.dumps({expression}))").text)


def test_cells(notebook):
    """The last answer's code becomes an ordinary cell; code that was refused is not in it."""
    notebook.run("model('>a = 1', '>b = a + 1\\nprint(b)', 'done', 'no code')")
    notebook.run("%%assistant\ngo")
    cell = notebook.run("%assistant cells")
    offered = [p["text"] for p in cell.reply["payload"] if p["source"] == "set_next_input"]
    assert offered == ["a = 1\n\nb = a + 1\nprint(b)"]
    assert "```python\nb = a + 1" in cell.text
    assert "holds all 2 pieces of code" in cell.text
    notebook.run("%%assistant\nsay something")
    assert "the last answer ran no code" in notebook.run("%assistant cells").error


def test_rebuild(notebook):
    """After a restart the thread's code runs again in order, and its variables are there."""
    notebook.run("model('>a = [1]', '>a.append(2)\\nprint(len(a))', 'done')")
    notebook.run("%%assistant\ngo")
    notebook.run("thread_id = session.thread.id\ndel a")
    cell = notebook.run("%assistant rebuild")
    assert "Ran 2 of 2 pieces of code." in cell.text
    assert value(notebook, "a") == [1, 2]


def test_rebuild_stops_at_a_failure(notebook):
    """Where a piece fails, what follows is not run on wrong values."""
    notebook.run("kept = 1\nmodel('>a = kept', '>b = a / kept', '>c = 3', 'done')")
    notebook.run("%%assistant\ngo")
    notebook.run("kept = 0\ndel b, c")
    assert (
        "Ran 1 of 3 pieces of code. The next one failed, which it did not do then."
        in notebook.run("%assistant rebuild").text
    )
    assert value(notebook, "'c' in globals()") is False


def test_rebuild_goes_on_past_what_had_failed_then(notebook):
    """A piece that failed then, as first attempts do, stops nothing; one that was interrupted is left out."""
    steps = "'>a = 1', '>a = a + missing', '>import time\\ntime.sleep(60)', '>b = a + 1', 'done'"
    notebook.run(f"model({steps}, tool_seconds=0.5)")
    notebook.run("%%assistant\ngo")
    notebook.run("del a, b")
    told = notebook.run("%assistant rebuild").text
    assert "Ran 3 of 3 pieces of code. 1 failed, as then. Left out: 1 that had been interrupted." in told
    assert value(notebook, "[a, b]") == [1, 2]


def test_rebuild_in_a_fresh_kernel(start_kernel):
    """A thread's code rebuilds its variables in a kernel that was restarted."""
    opened = start_kernel()
    opened.run(PRELUDE + "model('>a = 6', '>b = a * 7', 'done')")
    opened.run("%%assistant\ngo")
    thread = opened.run("print(session.thread.id)").text.strip()
    opened.restart()
    opened.run(PRELUDE)
    opened.run(f"%assistant use {thread}")
    assert "Ran 2 of 2" in opened.run("%assistant rebuild").text
    assert value(opened, "b") == 42


def test_undo_of_several_calls(notebook):
    """Undo puts back what a whole answer rebound or deleted, and names what was changed in place."""
    notebook.run("a, b, c = 1, [1], 'old'\nmodel('>a = 2', '>a = 3\\nb.append(2)', '>del c', 'done')")
    notebook.run("%%assistant\ngo")
    undone = notebook.run("%assistant undo").text
    assert "Variables as before: c, a." in undone
    assert "Changed in place, so not as before: b." in undone
    assert value(notebook, "[a, b, c]") == [1, [1, 2], "old"]


def test_undo_leaves_what_the_user_set_since(notebook):
    """A name that the user bound after the answer stays as the user bound it."""
    notebook.run("a, c = 1, 1\nmodel('>a = 2; c = 2', 'done')")
    notebook.run("%%assistant\ngo")
    notebook.run("a = 'mine'")
    notebook.run("%assistant undo")
    assert value(notebook, "[a, c]") == ["mine", 1]


def test_a_tool_with_a_place_of_its_own(notebook):
    """`--tool python_isolated` gives the model a second place beside the notebook; results come back by name."""
    notebook.run(
        "session.assistant = Assistant(backend=ScriptedBackend([call('python', code='a = 1'), "
        "call('python_isolated', code='total = 6 * 7; print(\"a\" in globals())'), 'done']), approve='auto')"
    )
    cell = notebook.run("%%assistant --tool python_isolated\ngo")
    assert not cell.error
    assert "isolated** · in an isolated kernel" in cell.text
    assert "False" in cell.text
    assert value(notebook, "['a' in globals(), 'total' in globals()]") == [True, False]
    assert "brought from isolated: total" in notebook.run("%assistant bring total").text
    assert value(notebook, "total") == 42


def test_restart_gives_a_fresh_place(notebook):
    """`%assistant restart` ends the isolated kernel, and with it what it had; the user's own is not touched."""
    assert "code runs in your own kernel" in notebook.run("%assistant restart").error
    notebook.run("%assistant set executor isolated")
    notebook.run("model('>b = 1', 'done', '>print(\"b\" in globals())', 'done')")
    notebook.run("%%assistant\ngo")
    assert "an isolated kernel that is new" in notebook.run("%assistant restart").text
    assert "False" in notebook.run("%%assistant\ngo").text


def test_keys_are_masked_while_output_streams(notebook):
    """A key in what code prints, displays or raises reaches no output of the cell, also when it is split."""
    secret = "a1B2" * 10
    notebook.run(f"kept = 'sk-proj-' + {secret!r}")
    code = (
        r"import sys\nsys.stdout.write(kept[:20]); sys.stdout.flush(); print(kept[20:])\n"
        r"print('tail', file=sys.stderr); print(kept, file=sys.stderr)\n"
        r"display(kept)\nh = display('x', display_id=True); h.update(kept)\nraise ValueError(kept)"
    )
    notebook.run(f'model(">{code}", "done")')
    cell = notebook.run("%%assistant --quiet\ngo")
    assert secret[:16] not in json.dumps(cell.messages, default=str)
    assert cell.text.count("[key hidden]") >= 5
    assert "tail" in cell.text


def test_policy_shows_what_holds_and_who_said_so(notebook):
    """`%assistant policy` lists policy, place and limits with where each comes from."""
    notebook.run("session.assistant = Assistant(backend=ScriptedBackend([]), max_turns=3)")
    notebook.run("%assistant set approve ask\n")
    notebook.run("%assistant set budget_day 2\n")
    text = notebook.run("%assistant policy").text
    assert "each piece of the model's code is asked about" in text
    for words in (
        "budget_day 2 (notebook)",
        "max_turns 3 (assistant)",
        "max_tool_calls 60 (default)",
        "in your kernel",
    ):
        assert words in text, text


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"max_turns": 1}, "limit of 1 turns"),
        ({"max_tool_calls": 1}, "limit of 1 tool calls"),
        ({"run_seconds": 1}, "limit of 1 s"),
        ({"max_output": 0.001}, "limit of 0.001 MB of output"),
    ],
)
def test_limits_end_a_run_in_order(notebook, options, reason):
    """At a limit the answer says which and what to do, the kernel is idle, and the thread answers the next prompt."""
    slow = "time.sleep(30)" if "run_seconds" in options else "a = 2"
    notebook.run(f"model('>import time\\nprint(\"x\" * 5_000)', '>{slow}', 'done', **{options!r})")
    cell = notebook.run("%%assistant -o run\ngo")
    assert not cell.error
    assert reason in cell.text
    assert "%assistant set" in cell.text
    assert value(notebook, "[run.status, len(session.thread.unanswered())]") == ["incomplete", 0]
    notebook.run("model('here again')")
    assert "here again" in notebook.run("%%assistant\ngo on").text


def test_a_call_that_takes_too_long(notebook):
    """A call's own limit ends the call; the model hears why, and the run goes on."""
    notebook.run("model('>import time\\na = 1\\ntime.sleep(60)', 'too slow', tool_seconds=0.5)")
    cell = notebook.run("%%assistant -o run\ngo")
    assert "timeout after 0.5 s" in cell.text
    assert "too slow" in cell.text
    assert value(notebook, "[run.status, a]") == ["completed", 1]
