"""`%%assistant` and `%assistant` in a real kernel, as a person meets them."""

from __future__ import annotations

import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

NO_SUCH_PROVIDER = (
    "no provider is called 'ollamma'. The nearest names: ollama"
    if find_spec("langchain")
    else "ollamma: models run through LangChain, which is not installed. pip install 'assistant-magic[langchain]'"
)
SEED = "%%assistant\nWhat's 10 - 4 raised to the 2.7"
SCRIPT = """
from assistant_magic.testing import ScriptedBackend, call
from assistant_magic import Assistant
_session = get_ipython().magics_manager.registry["AssistantMagics"].session
_backend = ScriptedBackend({steps})
_session.assistant = Assistant(backend=_backend, approve="auto")
"""


def minus(text):
    """Typographic minus signs as hyphens, so that digits can be compared."""
    return text.replace("\N{MINUS SIGN}", "-")


@pytest.fixture
def notebook(home, start_kernel):
    """A kernel that belongs to a saved notebook, as Jupyter's server starts it."""
    path = home / "lesson.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.path = path
    kernel.run("%load_ext assistant_magic")
    return kernel


@pytest.fixture
def fresh_thread(shared_kernel):
    """The shared kernel on an empty thread."""
    assert not shared_kernel.run("%load_ext assistant_magic").error
    assert not shared_kernel.run("%assistant new").error
    return shared_kernel


def scripted(kernel, *steps):
    """Let a script answer in this kernel; `steps` are Python source."""
    cell = kernel.run(SCRIPT.format(steps=f"[{', '.join(steps)}]"))
    assert not cell.error, cell.text


def test_the_first_answer(kernel):
    """The question becomes code, the code runs in the user's kernel, the answer follows; nothing is numbered."""
    cell = kernel.run(SEED)

    text = minus(cell.text)
    assert not cell.error
    assert "10 - 4**2.7" in text
    assert text.count("-32.22425314473263") >= 2
    assert "offline:tutor" in text
    assert "execute_result" not in {o["output_type"] for o in cell.outputs}
    assert kernel.run("len(In)").text == "4"


def test_the_conversation_survives_a_restart(notebook):
    """A follow-up means the last result, unrounded, also in a kernel that was restarted."""
    first = notebook.run(SEED, cell_id="a")
    second = notebook.run("%%assistant\nnow add 17.241", cell_id="b")
    notebook.restart()
    notebook.run("%load_ext assistant_magic")
    third = notebook.run("%%assistant\nnow divide that by 2", cell_id="c")

    assert "-32.22425314473263" in minus(first.text)
    assert "-14.983253144732629" in minus(second.text)
    assert str(-14.983253144732629 / 2) in minus(third.text)


def test_nothing_is_saved_that_hides_the_words(kernel):
    """Saved outputs are words, pictures and our structure: no HTML, no widgets, no prose in the structure."""
    cell = kernel.run(SEED)

    kinds = {mime for o in cell.outputs for mime in o.get("data", {})}
    assert kinds <= {"application/vnd.assistant-magic.v1+json", "text/markdown", "text/plain", "image/png"}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%assistant\n", "UsageError: the cell is empty"),
        ("%%assistant --nonsense\nhello", "unrecognized arguments: --nonsense"),
        ("%%assistant -m nonsense\nhello", "ConfigurationError: 'nonsense' is not a model name"),
        ("%%assistant -m offline:nonsense\nhello", "ConfigurationError: there is no model offline:nonsense"),
        ("%assistant set model ollamma:x", NO_SUCH_PROVIDER),
        ("%assistant tools add mcp it 'open", "UsageError: a quotation mark is open"),
        ("%%assistant -t nonsense\nhello", "ThreadNotFoundError: there is no thread 'nonsense'"),
        ("%%assistant --tool nonsense\nhello", "UsageError: there is no tool 'nonsense'"),
        ("%%assistant -e nonsense\nhello", "ConfigurationError: executor cannot be 'nonsense'"),
        ("%%assistant -o 1x\nhello", "UsageError: -o 1x: not a variable name"),
        ("%assistant nonsense", "UsageError: %assistant has no 'nonsense'"),
        ("%assistant use nonsense", "ThreadNotFoundError: there is no thread 'nonsense'"),
        ("%assistant set nonsense 1", "ConfigurationError: there is no option 'nonsense'"),
        ("%assistant set max_turns zero", "ConfigurationError: max_turns cannot be 'zero'"),
        ("%assistant set model nonsense", "ConfigurationError: 'nonsense' is not a model name"),
        ("%assistant undo", "UsageError: nothing to undo"),
    ],
)
def test_bad_input_gets_one_line(fresh_thread, cell, said):
    """What cannot be done is said in one line with a cure, and the next question works."""
    asked = fresh_thread.run(cell)

    (output,) = asked.outputs
    assert output["output_type"] == "error"
    assert len(output["traceback"]) == 1
    assert said in " ".join(output["traceback"])
    assert "\n" not in output["traceback"][0]
    assert "12" in fresh_thread.run("%%assistant\n5+7").text


@pytest.mark.parametrize(
    "cell",
    [
        "%%time\n%%assistant\n6*7",
        "%%capture kept\n%%assistant\n6*7",
        "def ask():\n    get_ipython().run_cell_magic('assistant', '', '6*7')\nask()",
        "get_ipython().run_cell('%%assistant\\n6*7');",
        "for _ in range(1):\n    get_ipython().run_cell_magic('assistant', '', '6*7')",
    ],
)
def test_it_works_below_other_magics_and_in_functions(fresh_thread, cell):
    """The sync door gives the same answer as the async cell, and cells after it are async again."""
    asked = fresh_thread.run(cell)
    kept = fresh_thread.run("kept.show()") if "capture" in cell else asked

    assert not asked.error
    assert "42" in kept.text
    assert "43" in fresh_thread.run("%%assistant\n6*7+1").text


def test_the_run_can_be_kept(kernel):
    """`-o VAR` keeps the run as a value."""
    kernel.run("%%assistant -o answer --quiet\n6*7")
    told = kernel.run("print(type(answer).__name__, answer.status, '42' in answer.text, len(answer.items))")

    assert told.text.strip() == "Run completed True 4"


def test_variables_are_filled_and_shown(kernel):
    """`{name}` goes out as its value, and the reader sees which."""
    kernel.run("n = 6")
    cell = kernel.run("%%assistant\n{n} * 7")

    assert "`{n}` = `6`" in cell.text
    assert "42" in cell.text


def test_commands_tell_and_change(kernel):
    """Status, threads, settings and help are readable; what is set holds."""
    kernel.run(SEED)
    status = kernel.run("%assistant")
    kernel.run("%assistant new second thread")
    threads = kernel.run("%assistant threads")
    kernel.run("%assistant use What's 10 - 4 raised to the 2.7")
    helped = kernel.run("%assistant help")
    kernel.run("%assistant set quiet true")
    shown = kernel.run("%assistant set quiet")

    assert "offline:tutor" in status.text
    assert "1 answer" in status.text
    assert "in your kernel" in status.text
    assert "second thread" in threads.text
    assert "What's 10 - 4 raised" in threads.text
    assert "%assistant undo" in helped.text
    assert "True" in shown.text
    assert "notebook" in shown.text
    assert "raised to the 2.7" in kernel.run("%assistant").text


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("%assistant th", "threads"),
        ("%assistant set max", "max_turns"),
        ("%%assistant --mo", "--model"),
        ("%%assist", "%%assistant"),
    ],
)
def test_tab_completes(fresh_thread, typed, offered):
    """Subcommands, options and settings are offered, and nothing that is not for people."""
    fresh_thread.client.complete(typed)
    matches = fresh_thread.client.get_shell_msg(timeout=60)["content"]["matches"]

    assert offered in matches
    assert not [m for m in matches if "_assistant" in m or "async" in m]


def test_options_are_set_in_plain_words(kernel):
    """Apostrophes and several words need no quotes; what does not fit is said with what would."""
    assert "don't shout" in kernel.run("%assistant set instructions don't shout").text
    assert "['web_search', 'file_search']" in kernel.run("%assistant set tools web_search file_search").text
    assert "[] in this thread" in kernel.run("%assistant set tools default").text
    for line, words in {
        "quiet perhaps": "Choose true or false.",
        "max_turns 0": "Give a number from 1 up.",
        "executor moon": "Choose one of live, isolated, e2b.",
        "nonsense default": "there is no option 'nonsense'",
        "database sqlite://": "Write `%assistant set --user database URL`.",
    }.items():
        assert words in kernel.run(f"%assistant set {line}").text


def test_another_store_can_be_set_where_this_one_cannot_be_opened(home, start_kernel):
    """The way out that the error names works: the next kernel uses the other store."""
    broken = home / "data" / "assistant_magic" / "threads.db"
    broken.parent.mkdir()
    broken.write_bytes(b"no database" * 100)
    kernel = start_kernel()
    # Checked at once: where the extension is not loaded, old IPythons only print that there is no such magic.
    loaded = kernel.run("%load_ext assistant_magic")
    assert loaded.status == "ok", f"{loaded.reply}\n{loaded.text}"
    refused = kernel.run("%%assistant\n1+1")
    assert "%assistant set --user database" in refused.error, f"{refused.reply}\n{refused.text}"
    kernel.run(f"%assistant set --user database sqlite:///{home / 'other.db'}")
    kernel.restart()
    kernel.run("%load_ext assistant_magic")

    assert not kernel.run("%%assistant\n1+1").error
    assert (home / "other.db").exists()
    assert broken.read_bytes().startswith(b"no database")


def test_the_extension_can_be_unloaded_and_reloaded(kernel):
    """After unloading the magics are gone; after loading again the conversation goes on."""
    kernel.run("%%assistant\nwhat is 2+3")
    kernel.run("%unload_ext assistant_magic")
    gone = kernel.run("%%assistant\nadd 1")
    kernel.run("%load_ext assistant_magic")
    kernel.run("%reload_ext assistant_magic")

    assert "not found" in gone.text
    assert "6" in kernel.run("%%assistant\nadd 1").text


def test_the_magic_documents_itself(kernel):
    """`%%assistant?` shows the options."""
    asked = kernel.run("%%assistant?")

    shown = json.dumps(asked.reply["payload"]) + asked.text
    assert "--thread" in shown
    assert "replaces its answer" in shown


def test_a_cell_that_runs_again_replaces_its_answer(notebook):
    """The model sees each question once; what is left behind is said in a line, and undo returns to it."""
    scripted(notebook, "'one'", "'two'", "'one again'")
    notebook.run("%%assistant\nfirst", cell_id="a")
    notebook.run("%%assistant\nsecond", cell_id="b")
    again = notebook.run("%%assistant\nfirst", cell_id="a")
    seen = notebook.run("print([i.text for i in _backend.requests[-1].items])")
    undone = notebook.run("%assistant undo")
    now = notebook.run("print([i.text for i in _session.thread.items])")

    assert "1 later answer is on another branch now" in again.text
    assert seen.text.strip() == "['first']"
    assert "returned to the other branch" in undone.text
    assert now.text.strip() == "['first', 'one', 'second', 'two']"


def test_without_cell_ids_there_is_plain_order(notebook):
    """A front end that sends no ids gets one answer after the other."""
    scripted(notebook, "'one'", "'two'")
    notebook.run("%%assistant\nfirst")
    notebook.run("%%assistant\nfirst")
    now = notebook.run("print([i.text for i in _session.thread.items])")

    assert now.text.strip() == "['first', 'one', 'first', 'two']"


def test_a_function_of_the_notebook_is_a_tool(kernel):
    """`--tool NAME` hands a function over; it runs in the kernel and its prints appear in the cell."""
    scripted(kernel, "call('area', width=3, height=4)", "'12 it is'")
    kernel.run(
        'def area(width: float, height: float) -> float:\n    "Area."\n    print("computing")\n    return width * height'
    )
    cell = kernel.run("%%assistant --tool area\nHow big?")
    told = kernel.run("print(_backend.requests[1].items[-1].content[0].text)")

    assert not cell.error, cell.text
    assert "computing" in cell.text
    assert "12 it is" in cell.text
    assert told.text.strip() == "12.0"


@pytest.mark.parametrize("sign", ["running …", "really going"])
def test_stop_ends_the_code_and_keeps_the_thread(notebook, sign):
    """Stop is heard before the code starts and while it runs; the cell says so, and the next question works."""
    code = 'import time\\nprint("really", "going")\\ntime.sleep(60)'
    scripted(notebook, f"call('python', code='{code}')", "'I am here.'")
    cell = notebook.start("%%assistant\nwait", cell_id="a")
    cell.until(lambda c: sign in c.text)
    notebook.interrupt()
    cell.finish(timeout=10)
    after = notebook.run("%%assistant\nand now?", cell_id="b")
    kept = notebook.run("print(_backend.requests[1].items[2].outputs)")

    assert cell.outputs[-1]["traceback"] == [
        "interrupted; what was done so far is kept, and the next question goes on from it"
    ]
    assert "the user stopped it" in cell.text
    assert ("really going" in kept.text) is ("really going" in cell.text)
    assert "running …" not in cell.text
    assert cell.reply["status"] == "error"
    assert "I am here." in after.text


def test_a_killed_kernel_leaves_a_thread_that_goes_on(notebook):
    """Kill -9 in the middle of a tool call: the next kernel answers the open call honestly and goes on."""
    scripted(notebook, "call('python', code='import time\\nprint(\"going\")\\ntime.sleep(60)')")
    cell = notebook.start("%%assistant\nwait", cell_id="a")
    cell.until(lambda c: "going" in c.text)
    os.kill(notebook.process, 9)
    notebook.kill()
    notebook.run("%load_ext assistant_magic")
    scripted(notebook, "'I am back.'")
    after = notebook.run("%%assistant\nand now?", cell_id="b")
    sent = notebook.run("print([i.type for i in _backend.requests[0].items])")

    assert "I am back." in after.text
    assert sent.text.strip() == "['message', 'tool_call', 'tool_result', 'message']"


def test_two_kernels_on_one_thread(notebook, start_kernel):
    """The second one is told at once and in one line; the first one is not disturbed."""
    other = start_kernel(JPY_SESSION_NAME=str(notebook.path))
    other.run("%load_ext assistant_magic")
    scripted(notebook, "call('python', code='input(\"go? \")')", "'done'")
    first = notebook.start("%%assistant\nfirst", answers=iter(["yes"]))
    # The first one holds the thread while it waits for its input.
    notebook.read(notebook.client.stdin_channel.msg_ready, 30)
    second = other.run("%%assistant\n1+1")
    first.finish()

    assert "ThreadBusyError" in second.text
    assert "done" in first.text
    assert "2" in other.run("%%assistant\n1+1").text


def test_a_renamed_notebook_keeps_its_thread_and_a_copy_forks_it(notebook, start_kernel):
    """Saved answers name their thread: a moved file finds it again, a copy goes on by itself."""
    answer = notebook.run(SEED, cell_id="a")
    saved = {
        "cell_type": "code",
        "outputs": [{k: v for k, v in o.items() if k != "transient"} for o in answer.outputs],
    }
    content = {"cells": [saved], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook.path.write_text(json.dumps(content))
    renamed, copied = notebook.path.with_name("renamed.ipynb"), notebook.path.with_name("copy.ipynb")
    notebook.path.rename(renamed)
    shutil.copy(renamed, copied)

    def asked_in(path: Path) -> str:
        kernel = start_kernel(JPY_SESSION_NAME=str(path))
        kernel.run("%load_ext assistant_magic")
        return minus(kernel.run("%%assistant\nnow add 17.241", cell_id="b").text)

    assert "-14.983253144732629" in asked_in(renamed)
    in_copy = asked_in(copied)
    assert "a copy of renamed.ipynb" in in_copy
    assert "-14.983253144732629" in in_copy or "2.257746855267" in in_copy


def test_python_asks_as_well(kernel):
    """`Assistant.ask` in a plain cell gives a run that shows itself."""
    kernel.run("from assistant_magic import Assistant\ntutor = Assistant('math tutor')")
    first = kernel.run('answer = tutor.ask("What\'s 10 - 4 raised to the 2.7")\nanswer')
    second = kernel.run("print(tutor.ask('now add 17.241', thread=answer.thread).text)")

    assert "-32.22425314473263" in minus(first.text)
    assert "-14.983253144732629" in minus(second.text)


def test_the_users_names_stay_the_users(kernel):
    """`_`, `In`, `Out` and the counter are untouched by the code of a run."""
    kernel.run("1234")
    kernel.run(SEED)
    told = kernel.run("_")

    assert told.text == "1234"
