"""notebooks/02_openai.ipynb, run from top to bottom in a real kernel before a scripted server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from backends.harness import PIXEL
from backends.responses_server import Reply, ResponsesServer, plain
from backends.responses_stream import Stream
from test_notebooks import words

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-proj-notebook-0123456789abcdef"
FACTORS = "import sympy\nprint(sympy.factorint(2026))"
PLOT = "import matplotlib.pyplot as plt\nplt.plot(range(1, 13), temperatures)\nplt.show()"
DICE = "import random\nsums = [random.randint(1, 6) + random.randint(1, 6) for _ in range(10_000)]"


def code(source: str) -> str:
    return json.dumps({"code": source})


def interpreter() -> list[dict[str, Any]]:
    """A stream in which the code interpreter writes code, draws and prints."""
    item = {
        "id": "ci_1",
        "type": "code_interpreter_call",
        "code": "",
        "container_id": "cntr_1",
        "status": "in_progress",
    }
    deltas = [
        {"type": "response.code_interpreter_call_code.delta", "delta": piece}
        for piece in DICE.splitlines(keepends=True)
    ]
    outputs = [
        {"type": "image", "url": f"data:image/png;base64,{PIXEL}"},
        {"type": "logs", "logs": "mean 6.9868"},
    ]
    stream = Stream(5).item(item, *deltas, done={"code": DICE, "outputs": outputs, "status": "completed"})
    return stream.text("Seven comes most often.").completed()


def search() -> list[dict[str, Any]]:
    """A stream with a web search and a cited answer."""
    found = {
        "id": "ws_1",
        "type": "web_search_call",
        "status": "completed",
        "action": {"type": "search", "query": "highest mountain Alberta"},
    }
    note = {
        "type": "url_citation",
        "start_index": 0,
        "end_index": 31,
        "title": "Mount Columbia",
        "url": "https://example.org/columbia",
    }
    return Stream(6).item(found).text("Mount Columbia is 3,747 m high.", annotations=[note]).completed()


REPLIES = (
    Stream(1).call("call_1", "python", code(FACTORS)).completed(),
    Stream(2).text("2026 = 2 · 1013.").completed(),
    Stream(3).call("call_2", "python", code(PLOT)).completed(),
    Stream(4).text("A warm summer, highest in July.").completed(),
    interpreter(),
    search(),
    Stream(7).text('{"name": "Mont Blanc", "height_m": 4806}').completed(),
)


@dataclass
class Reading:
    """The notebook as read after a run, and what the server was asked."""

    cells: dict[str, NotebookNode]
    asked: list[Any]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """One run of the notebook."""
    folder = tmp_path_factory.mktemp("openai")
    notebook = nbformat.read(ROOT / "notebooks" / "02_openai.ipynb", as_version=4)
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(folder)}}
    )
    with ResponsesServer() as server, pytest.MonkeyPatch.context() as patch:
        server.replies.extend(map(Reply, REPLIES))
        server.routes["POST /containers"] = lambda _: plain(
            {"id": "cntr_1", "object": "container", "name": "x"}
        )
        for variable in ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
            patch.setenv(variable, str(folder / variable))
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("OPENAI_BASE_URL", server.url)
        client.execute()
        yield Reading({cell.id: cell for cell in notebook.cells}, server.asked())


def test_code_of_the_model_runs_in_the_kernel(reading: Reading) -> None:
    """The card shows the code, the output is real, and the answer follows."""
    assert "sympy.factorint(2026)" in words(reading.cells["factors"])
    assert "{2: 1, 1013: 1}" in words(reading.cells["factors"])
    assert "2026 = 2 · 1013." in words(reading.cells["factors"])


def test_a_figure_goes_back_as_a_picture(reading: Reading) -> None:
    """The figure stands in the notebook and is an input image of the next request."""
    assert [o for o in reading.cells["figure"].outputs if "image/png" in o.get("data", {})]
    [result] = [item for item in reading.asked[3]["input"] if item.get("type") == "function_call_output"]
    assert any(part["type"] == "input_image" for part in result["output"])


def test_the_code_interpreter_shows_its_work(reading: Reading) -> None:
    """Its code, its picture and what it printed are on the page like any other output."""
    cell = reading.cells["interpreter"]
    assert "random.randint(1, 6)" in words(cell)
    assert "mean 6.9868" in words(cell)
    assert [o for o in cell.outputs if "image/png" in o.get("data", {})]
    assert "Seven comes most often." in words(cell)


def test_sources_are_footnotes(reading: Reading) -> None:
    """The page behind a statement is a link below the answer."""
    assert "Mount Columbia is 3,747 m high." in words(reading.cells["search"])
    assert "https://example.org/columbia" in words(reading.cells["search"])


def test_an_answer_has_its_type(reading: Reading) -> None:
    """The structured answer was asked for by its schema, and is an object."""
    assert (
        reading.cells["structure"].outputs[-1].data["text/plain"]
        == "Mountain(name='Mont Blanc', height_m=4806)"
    )
    assert reading.asked[-1]["text"]["format"]["strict"] is True


def test_the_whole_notebook_is_one_conversation(reading: Reading) -> None:
    """Every question of a cell goes to the same conversation, with what is new alone."""
    assert {body["conversation"] for body in reading.asked[:6]} == {"conv_1"}
    assert [len(body["input"]) for body in reading.asked[:6]] == [1] * 6


def test_the_key_is_nowhere_in_the_notebook(reading: Reading) -> None:
    """Nothing that would be saved contains the key."""
    assert KEY not in json.dumps(list(reading.cells.values()))
