"""The E2B tool of the LangChain page: on the genuine SDK against a server on loopback, and without a key."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator

import pytest

from assistant_magic.e2b_tool import Artifact, E2BDataAnalysisTool, with_last_value_printed
from assistant_magic.exceptions import ExecutorError
from servers.e2b_server import E2BServer


@pytest.fixture(scope="module")
def server() -> Iterator[E2BServer]:
    """E2B on loopback."""
    pytest.importorskip("e2b_code_interpreter", reason="the extra e2b is not installed")
    with E2BServer() as started:
        yield started


@pytest.fixture(params=["e2b", "isolated"])
def tool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[E2BDataAnalysisTool]:
    """The tool with a key, and without."""
    if request.param == "isolated":
        with pytest.warns(UserWarning, match="no E2B key"):
            made = E2BDataAnalysisTool(api_key="")
    else:
        server = request.getfixturevalue("server")
        monkeypatch.setenv("E2B_API_URL", server.url)
        monkeypatch.setenv("E2B_SANDBOX_URL", server.url)
        made = E2BDataAnalysisTool(api_key=server.key)
    yield made
    made.close()


def run(tool: E2BDataAnalysisTool, code: str) -> dict[str, object]:
    return json.loads(tool.invoke({"python_code": code}))


def test_name_argument_and_result_are_the_old_ones(tool: E2BDataAnalysisTool) -> None:
    """The page's own call and its printed result."""
    assert (tool.name, list(tool.args)) == ("e2b_data_analysis", ["python_code"])
    said = tool.invoke({"python_code": "result = 10 - 4 ** 2.7\nprint(result)"})
    assert said == '{"stdout": "-32.22425314473263", "stderr": "", "artifacts": []}'


def test_state_errors_and_last_values(tool: E2BDataAnalysisTool) -> None:
    """State stays between calls, an error is on stderr, a last expression is printed."""
    run(tool, "x = 6")
    assert run(tool, "x * 7") == {"stdout": "42", "stderr": "", "artifacts": []}
    assert "ZeroDivisionError: division by zero" in str(run(tool, "1/0")["stderr"])
    assert run(tool, "import sys; print('oh', file=sys.stderr)")["stderr"] == "oh"


def test_pictures_are_artifacts(tool: E2BDataAnalysisTool) -> None:
    """A chart is named in the result and handed to `on_artifact`."""
    seen: list[Artifact] = []
    tool.on_artifact = seen.append
    said = run(tool, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert said["artifacts"] == [seen[0].name]
    assert seen[0].download().startswith(b"\x89PNG")


def test_callbacks_hear_streams_and_end(tool: E2BDataAnalysisTool) -> None:
    """`on_stdout`, `on_stderr` and `on_exit` hear what their names say."""
    heard: list[tuple[str, object]] = []
    tool.on_stdout = lambda text: heard.append(("out", text))
    tool.on_stderr = lambda text: heard.append(("err", text.splitlines()[-1]))
    tool.on_exit = lambda status: heard.append(("exit", status))
    run(tool, "print('hi'); 1/0")
    assert heard == [("out", "hi"), ("err", "ZeroDivisionError: division by zero"), ("exit", 1)]


def test_files_go_up_and_down(tool: E2BDataAnalysisTool) -> None:
    """An uploaded file is described to the model, can be read by code and fetched back."""
    data = bytes(range(256)) * 4000
    file = io.BytesIO(data)
    file.name = "/somewhere/data.bin"
    uploaded = tool.upload_file(file, "Numbers of last year")
    assert "Numbers of last year" in tool.description
    assert run(tool, f"len(open({uploaded.remote_path!r}, 'rb').read())")["stdout"] == str(len(data))
    assert tool.download_file(uploaded.remote_path) == data
    tool.remove_uploaded_file(uploaded)
    assert "Numbers of last year" not in tool.description
    with pytest.raises(ExecutorError):
        tool.download_file(uploaded.remote_path)


def test_commands_run(tool: E2BDataAnalysisTool) -> None:
    """A shell command gives its streams and exit code."""
    assert tool.run_command("echo hi; exit 3") == {"stdout": "hi\n", "stderr": "", "exit_code": 3}


def test_async_works_too(tool: E2BDataAnalysisTool) -> None:
    """`ainvoke` runs in the same sandbox (the old tool refused it)."""
    run(tool, "y = 5")
    assert json.loads(asyncio.run(tool.ainvoke({"python_code": "y"})))["stdout"] == "5"


def test_a_lost_sandbox_is_told_to_the_model(server: E2BServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """When E2B has dropped the sandbox, code runs in a new one with the uploaded files, and `stderr` says what is gone."""
    monkeypatch.setenv("E2B_API_URL", server.url)
    monkeypatch.setenv("E2B_SANDBOX_URL", server.url)
    tool = E2BDataAnalysisTool(api_key=server.key)
    run(tool, "x = 6")
    kept, removed = (tool.upload_file(_file(f"{name}.csv", b"a,b"), name) for name in ("kept", "removed"))
    tool.remove_uploaded_file(removed)
    server.sandboxes[tool.executor._sandbox.sandbox_id].stop()
    said = run(
        tool, "import os; print('x' in globals(), open('kept.csv').read(), os.path.exists('removed.csv'))"
    )
    again = run(tool, "1")
    tool.close()
    assert said["stdout"] == "False a,b False"
    assert "a new sandbox runs this, without the earlier variables and files" in str(said["stderr"])
    assert f"files uploaded from here were uploaded again: {kept.remote_path}" in str(said["stderr"])
    assert again["stderr"] == ""


def _file(name: str, data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1\nx", "x = 1\nprint(x)"),
        ("print(1)", "print(1)"),
        ("plt.show()", "plt.show()"),
        ("x = 1", "x = 1"),
        ("", ""),
        ("def f(:", "def f(:"),
    ],
)
def test_the_last_value_is_printed_once(code: str, expected: str) -> None:
    """Only an expression that shows nothing by itself is wrapped."""
    assert with_last_value_printed(code) == expected
