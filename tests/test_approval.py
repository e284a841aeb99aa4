"""Who says yes: policies, the question in every place one can be asked, and refusal where nobody is."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from assistant_magic import Assistant, kernel, tool
from assistant_magic.approval import PolicyApproval, Question, Reply
from assistant_magic.asking import _edited
from assistant_magic.events import ToolStarted
from assistant_magic.items import ToolResult, user_message
from assistant_magic.ledger import Ledger
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from assistant_magic.tools import python_tool
from recording import Record

HARMLESS = "import math\nprint(math.sqrt(16))"
RISKY = "import os\nprint(os.getcwd())"


class Person:
    """Replies in turn, and remembers what was asked."""

    def __init__(self, *replies: Reply | None) -> None:
        self.asked: list[Question] = []
        self._replies = list(replies)

    async def ask(self, question: Question) -> Reply | None:
        self.asked.append(question)
        return self._replies.pop(0)


def decide(approval: PolicyApproval, code: str):
    python = python_tool()
    return asyncio.run(approval.decide(call("python", code=code), python, {"code": code}))


@pytest.mark.parametrize(
    ("policy", "code", "asked", "runs"),
    [
        ("auto", RISKY, False, True),
        ("never", HARMLESS, False, False),
        ("risky", HARMLESS, False, True),
        ("risky", RISKY, True, True),
        ("ask", HARMLESS, True, True),
    ],
)
def test_policies(policy, code, asked, runs):
    """Each policy runs, refuses or asks as it says."""
    person = Person(Reply(choice="run"))
    decision = decide(PolicyApproval(policy, asker=person), code)
    assert bool(person.asked) is asked
    assert (decision.refusal == "") is runs
    assert decision.arguments == {"code": code}


def test_question_names_reason_and_line():
    """What is asked carries the code, the place, and each reason with its line."""
    person = Person(Reply(choice="run"))
    decide(PolicyApproval("risky", asker=person, place="isolated"), RISKY)
    question = person.asked[0]
    assert (question.code, question.place, question.tool) == (RISKY, "isolated", "python")
    assert [f.line for f in question.findings] == [1, 2]
    assert "os" in question.findings[0].reason


@pytest.mark.parametrize("asker", [None, Person(None)])
def test_nobody_to_ask_is_refusal_with_a_cure(asker):
    """Where nobody can be asked the code does not run, and the words say why and what to set."""
    refusal = decide(PolicyApproval("risky", asker=asker), RISKY).refusal
    assert "line 1" in refusal
    assert "`%assistant set approve auto`" in refusal


def test_no_with_a_word():
    """A refusal carries the user's word to the model."""
    refusal = decide(PolicyApproval("ask", asker=Person(Reply(choice="no", word="use pandas"))), "1").refusal
    assert refusal == "not run: the user said no: use pandas"


def test_edited_code_runs_and_the_model_is_told():
    """Code that the user changed runs in place of the model's, and both the card and the model get it."""
    ledger_free = Person(Reply(choice="run", code="21 * 2"))
    executor = RecordingExecutor({"21 * 2": "42"})
    backend = ScriptedBackend([call("python", code="exec('6 * 7')"), "done"])
    assistant = Assistant(backend=backend, executor=executor, store=memory_store(), approve="risky")
    assistant.asker = ledger_free
    view = Record()
    run = kernel.drive(assistant.perform(user_message("go"), assistant.thread(), view))
    assert executor.executed == ["21 * 2"]
    result = next(i for i in run.items if isinstance(i, ToolResult))
    assert "The user changed the code" in result.content[0].text
    assert "21 * 2" in result.content[0].text
    started = next(e for e in view.events if isinstance(e, ToolStarted))
    assert json.loads(started.call.arguments) == {"code": "21 * 2"}


def test_always_holds_for_this_tool_in_this_thread_only():
    """`always` is remembered for the tool in the thread, in this kernel."""
    ledger, person = Ledger(), Person(Reply(choice="always"), Reply(choice="no"))
    here = PolicyApproval("ask", asker=person, ledger=ledger, thread="a")
    assert decide(here, "1").refusal == ""
    assert decide(here, "2").refusal == ""
    assert decide(PolicyApproval("ask", asker=person, ledger=ledger, thread="b"), "3").refusal
    assert len(person.asked) == 2


def test_stop_ends_the_run_with_a_usable_thread():
    """`stop` cancels the run; every call has its result, and the next prompt is answered."""
    backend = ScriptedBackend([call("python", code=RISKY), "fine"])
    assistant = Assistant(
        backend=backend, executor=RecordingExecutor({}), store=memory_store(), approve="ask"
    )
    assistant.asker = Person(Reply(choice="stop"))
    thread = assistant.thread()
    run = kernel.drive(assistant.perform(user_message("go"), thread))
    assert run.status == "cancelled"
    assert not thread.unanswered()
    assert kernel.drive(assistant.perform(user_message("again"), thread)).text == "fine"


def test_functions_of_the_user_are_not_asked_about():
    """A function that was passed as a tool runs under every policy: passing it was the decision."""

    @tool
    def double(n: int) -> int:
        """Twice."""
        return 2 * n

    backend = ScriptedBackend([call("double", n=4), "8"])
    assistant = Assistant(backend=backend, tools=[double], store=memory_store(), approve="never")
    run = kernel.drive(assistant.perform(user_message("go"), assistant.thread()))
    assert [i.status for i in run.items if isinstance(i, ToolResult)] == ["ok"]


def test_earlier_code_counts():
    """What earlier code bound is known: a name for `open` stays dangerous, a name for data harmless."""
    ledger, person = Ledger(), Person(Reply(choice="no"), Reply(choice="no"))
    ledger.ran("isolated", "f = open\nimport numpy as np\na = np.arange(3)")
    approval = PolicyApproval("risky", asker=person, ledger=ledger, place="isolated")
    assert decide(approval, "a.mean()").refusal == ""
    assert decide(approval, "f('x')").refusal
    assert person.asked[0].findings[0].line == 1


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([""], "a = 1\nif a:\n    b = 2"),
        (["3", "b = 3", ""], "a = 1\nif a:\n    b = 3"),
        (["9", "x", "1", "a = 2", ""], "a = 2\nif a:\n    b = 2"),
        (["1", "-", ""], "if a:\n    b = 2"),
    ],
)
def test_editing_line_by_line(typed, expected, capsys):
    """Lines are replaced by number, with their indentation kept; what is no line number is said."""
    answers = iter(typed)
    assert _edited("a = 1\nif a:\n    b = 2", lambda _: next(answers)) == expected
    assert ("lines 1 to 3" in capsys.readouterr().out) is ("9" in typed)


# ---- in a real kernel

PRELUDE = """
%load_ext assistant_magic
from assistant_magic import Assistant
from assistant_magic.testing import ScriptedBackend, call
session = get_ipython().magics_manager.magics["cell"]["assistant"].__self__.session
def model(*steps, **options):
    session.assistant = Assistant(backend=ScriptedBackend(list(steps)), **options)
"""


@pytest.fixture
def notebook(shared_kernel):
    assert not shared_kernel.run(PRELUDE).error
    assert not shared_kernel.run("%assistant new").error
    return shared_kernel


@pytest.mark.parametrize("magic", ["%%assistant", "%%capture never\n%%assistant"])
@pytest.mark.parametrize(
    ("answers", "ran", "says"),
    [
        (["y"], "1", "done"),
        (["what?", "y"], "1", "done"),
        (["n"], "0", "done"),
        (["n not this way"], "0", "not this way"),
        (["e", "2", "ran = 2", "", "y"], "2", "done"),
    ],
)
def test_asked_at_the_keyboard(notebook, magic, answers, ran, says):
    """The question shows the code and its reason at the cell, in an async cell and below a magic; the answer holds."""
    notebook.run("model(call('python', code='import os\\nran = 1'), 'done')\nran = 0")
    cell = notebook.run(f"{magic}\ngo", answers=answers)
    assert not cell.error
    assert cell.prompts[0].startswith("y run")
    if "capture" not in magic:
        assert "import os" in cell.text
        assert "line 1: imports os" in cell.text
        assert says in cell.text
    assert notebook.run("print(ran)").text.strip() == ran


@pytest.mark.parametrize("approve", ["risky", "ask"])
def test_a_front_end_that_cannot_ask(notebook, approve):
    """Under nbclient and the like nothing hangs: the code is refused, with the setting to change."""
    notebook.run("model(call('python', code='import os\\nran = 1'), 'done')\nran = 0")
    cell = notebook.run(f"%%assistant --approve {approve}\ngo")
    assert not cell.error
    assert "Nobody can be asked here" in cell.text
    assert notebook.run("print(ran)").text.strip() == "0"


def test_computation_runs_unasked(notebook):
    """By default a language model's computation runs without a question, follow-ups on its own names included."""
    notebook.run(
        "model(call('python', code='import sympy as sp\\nx = sp.symbols(\"x\")\\nprint(sp.diff(x**2, x))'),"
        " call('python', code='x = sp.symbols(\"x\")\\nprint(sp.integrate(x, x))'), 'done')"
    )
    cell = notebook.run("%%assistant\ngo")
    assert "2*x" in cell.text
    assert "x**2/2" in cell.text


def test_stop_while_asking(notebook):
    """Stop while the question waits ends the run in order, and the next cell works."""
    notebook.run("model(call('python', code='import os'), 'done')")
    cell = notebook.run("%%assistant\ngo", answers=["s"])
    assert "RunInterrupted" in cell.error or "interrupted" in cell.text
    assert notebook.run("1 + 1").text.strip() == "2"


def test_interrupted_while_asking(notebook):
    """The Stop button while the question waits ends the run in order; nothing ran, and the next cell works."""
    notebook.run("model(call('python', code='import os\\nran = 1'), 'done')\nran = 0")
    asked = threading.Event()

    def answers():
        asked.set()
        notebook.interrupt()
        yield "y"

    cell = notebook.start("%%assistant\ngo", answers=answers()).finish()
    assert asked.is_set()
    assert "interrupted" in cell.text or "RunInterrupted" in cell.error
    assert notebook.run("print(ran, 1 + 1)").text.strip() == "0 2"


def test_changes_are_listed_and_names_come_back(notebook):
    """A card lists what the code changed; undo puts replaced and deleted names back and names what stays changed."""
    notebook.run("a, b, c = 1, [1], 'kept'")
    notebook.run(
        "model(call('python', code='a = 2\\nb.append(2)\\ndel c\\nnew = 3'), 'done', approve='auto')"
    )
    cell = notebook.run("%%assistant\ngo")
    assert "new: new; replaced: a; changed: b; deleted: c" in cell.text
    undone = notebook.run("%assistant undo")
    assert "a" in undone.text
    assert "b" in undone.text
    assert notebook.run("print(a, b, c)").text.strip() == "1 [1, 2] kept"


def test_secrets_do_not_reach_the_model(start_kernel):
    """The value of a key in the environment is masked in what the model and the store get."""
    opened = start_kernel(SOME_API_KEY="very-secret-value-123")
    opened.run(PRELUDE)
    opened.run(
        "model(call('python', code='import os; print(os.environ[\"SOME_API_KEY\"])'), 'done', approve='auto')"
    )
    opened.run("%%assistant -o run\ngo")
    text = opened.run("print([i.to_json() for i in run.items])").text
    assert "very-secret-value-123" not in text
    assert "SOME_API_KEY hidden" in text
