"""A lesson in a real kernel with a language model behind it that tells the answer in every way it has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from backends.harness import SECRET
from backends.responses_server import Reply, Request, ResponsesServer, serving
from backends.responses_stream import Stream
from notebook_kernel import Cell, NotebookKernel

ASK = "%%assistant --approve auto -m openai:gpt-6-luna -o said\n"
MARK = "Psst"
"""Stands in every text that leaks, so that any piece of one is found wherever it went."""


class LeakingModel:
    """The server's part: each turn leaks `answer` in another way, or says what `queue` holds."""

    def __init__(self) -> None:
        self.answer = ""
        self.queue: list[Stream] = []
        self.asked: list[str] = []
        self.offered: list[set[str]] = []
        self._numbers = count(1)

    def __call__(self, request: Request) -> Reply:
        """Answer one request for a response."""
        asked, number = request.json, next(self._numbers)
        self.asked.append(str(asked.get("instructions", "")))
        self.offered.append({str(tool.get("name", tool["type"])) for tool in asked.get("tools", [])})
        stream = self.queue.pop(0) if self.queue else self._leak(number)
        return Reply(stream.completed())

    def _leak(self, number: int) -> Stream:
        stream, told = Stream(number), f"{MARK}, it is {self.answer}."
        ways = (
            lambda: stream.text(told),
            lambda: stream.text("I compute. ").call("c1", "python", json.dumps({"code": f"print('{told}')"})),
            lambda: stream.call(
                "c2", "check_answer", json.dumps({"student": self.answer, "expected": self.answer})
            ),
            lambda: stream.reasoning(told).text("What do you think?" + told),
            lambda: stream.call("c3", "solve_steps", json.dumps({"problem": f"solve 2x + 3 = 11 {MARK}"})),
        )
        return ways[number % len(ways)]()


@pytest.fixture(scope="module")
def model() -> LeakingModel:
    """The model of this file's lessons."""
    return LeakingModel()


@pytest.fixture(scope="module")
def server(model: LeakingModel) -> Iterator[ResponsesServer]:
    """A Responses server with the leaking model behind it."""
    with serving(conversations=False) as server:
        server.routes["POST /responses"] = model
        yield server


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory, server: ResponsesServer) -> Iterator[NotebookKernel]:
    """One kernel of a notebook in which the tutor is on."""
    home = tmp_path_factory.mktemp("lesson")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(home / name.lower()))
        patch.setenv("OPENAI_API_KEY", SECRET)
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
        kernel = NotebookKernel(dict(os.environ), str(home))
    assert not kernel.run("%load_ext assistant_magic").error
    yield kernel
    kernel.close()


@pytest.fixture
def lesson(notebook: NotebookKernel, model: LeakingModel) -> NotebookKernel:
    """The kernel with a new thread in which no answer may be said."""
    model.queue.clear()
    notebook.run("%assistant new")
    assert "never" in notebook.run("%assistant tutor on never").text
    return notebook


def reached(kernel: NotebookKernel, cell: Cell) -> str:
    """Everything that reached the page: outputs, updates, comms, the value of `-o`, and the thread."""
    value = kernel.run("print(repr(said), said.text, said.items, said.thread.items)").text
    return json.dumps([cell.messages, kernel.comms], default=str) + cell.text_elsewhere + value


PROBLEMS = [
    ("inside a longer sentence", ["My name is Anna and I have to solve 3x + 4 = 85 until tomorrow!"], "x = 27", r"\b27\b"),
    ("after a greeting", ["Hello there. My name is Tom. Solve 3x + 4 = 85"], "27", r"\b27\b"),
    ("several at once", ["a) solve 3x + 4 = 85\nb) what is 17 * 19?"], "323", r"\b323\b|\b27\b"),
    ("in an earlier turn", ["solve 3x + 4 = 85", "what is 17 * 19", "thanks", "and what was x in the first one?"], "27", r"\b27\b"),
    ("varied", ["solve 3x + 4 = 85", "the same with 91 instead of 85"], "27 or 29", r"\b27\b|\b29\b"),
    ("in LaTeX", [r"Bitte: \[ \frac{x}{3} = 9 \]"], "27", r"\b27\b"),
    ("in words", ["my friend asked me: what is twelve times eleven?"], "one hundred and thirty-two", r"132|hundred"),
    ("in another language", ["Résous 3x + 4 = 85 s'il te plaît"], "27", r"\b27\b"),
    ("as a story", ["Anna has 31 apples and buys 29 more. How many does she have?"], "60", r"\b60\b|sixty"),
    ("that nobody can read", ["Evaluate $\\oint_C 1/z dz$ around 0 for me"], "6.28", r"6\.28|pi|π"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("prompts", "answer", "leak"), [p[1:] for p in PROBLEMS], ids=[p[0] for p in PROBLEMS]
)
def test_nothing_of_the_answer_reaches_the_page(
    lesson: NotebookKernel, model: LeakingModel, prompts: list[str], answer: str, leak: str
) -> None:
    """Streamed pieces, tool cards, the value of `-o` and the thread hold nothing of it; a hint stands there instead."""
    model.answer = answer
    for prompt in prompts:
        first = len(model.asked)
        cell = lesson.run(ASK + prompt)
        assert not cell.error, cell.text
        assert MARK not in reached(lesson, cell)
        assert not re.search(leak, cell.text.replace(prompt, "")), cell.text
        assert len(model.asked) - first == 2, "asked once more with the reason"
        assert "held back" in model.asked[-1]
    assert not model.offered[-1] & {"python", "solve_steps", "plot"}
    assert cell.text.strip()


def test_a_model_uses_the_tools_that_teach(lesson: NotebookKernel, model: LeakingModel) -> None:
    """While the answer is closed a model checks, diagnoses and gives hints with the tools, and is shown as it speaks."""
    calls = [
        ("next_hint", {"problem": "solve 3x + 4 = 85"}),
        ("diagnose", {"problem": "solve 3x + 4 = 85", "answer": "x = 81"}),
        ("check_step", {"before": "3x + 4 = 85", "after": "3x = 89"}),
        ("worked_example", {"topic": "linear equations"}),
    ]
    stream = Stream(1)
    for name, arguments in calls:
        stream.call(f"call_{name}", name, json.dumps(arguments))
    model.queue = [stream, Stream(2).text("Which operation undoes adding?")]
    cell = lesson.run(ASK + "My name is Anna. Solve 3x + 4 = 85")
    assert "Which operation undoes adding?" in cell.text
    results = lesson.value("[i.content[0].text for i in said.items if i.type == 'tool_result']")
    assert len(results) == len(calls)
    assert "both sides" in results[0]
    assert '"wrong"' in results[2]
    assert not re.search(r"\b27\b", cell.text)


def test_two_honest_attempts_open_it_and_the_model_computes(
    lesson: NotebookKernel, model: LeakingModel
) -> None:
    """With after_attempts(2) the second wrong answer opens the tools, and `solve_steps` reaches the page."""
    lesson.run("%assistant tutor on after_attempts(2)")
    model.answer = "27"
    assert MARK not in lesson.run(ASK + "solve 3x + 4 = 85").text
    assert MARK not in lesson.run(ASK + "x = 81").text
    steps = Stream(1).call("call_1", "solve_steps", json.dumps({"problem": "solve 3x + 4 = 85"}))
    model.queue = [steps, Stream(2).text("So x = 27.")]
    cell = lesson.run(ASK + "x = 5")
    assert "So x = 27." in cell.text
    assert "solve_steps" in model.offered[-1]
    assert "x = 27" in lesson.value("[i.content[0].text for i in said.items if i.type == 'tool_result']")[0]


def test_a_right_answer_is_confirmed_by_the_model(lesson: NotebookKernel, model: LeakingModel) -> None:
    """What the pupil has said may be said: all of it, or the part that is found."""
    model.answer = "2 or 3"
    lesson.run(ASK + "hello, please solve x^2 - 5x + 6 = 0")
    model.queue = [Stream(1).text("Yes, 2 is one of them.")]
    assert "2 is one of them" in lesson.run(ASK + "x = 2").text
    model.queue = [Stream(2).text("Yes: x = 2 and x = 3.")]
    assert "x = 2 and x = 3" in lesson.run(ASK + "x = 2 or x = 3").text
