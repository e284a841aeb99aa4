"""Tools of real MCP servers, over stdio and HTTP."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant_magic import Assistant, kernel
from assistant_magic.exceptions import ConfigurationError
from assistant_magic.items import ToolResult
from assistant_magic.mcp_tools import MCPServer, connection_of
from assistant_magic.testing import ScriptedBackend, call, memory_store
from notebook_kernel import NotebookKernel

SOURCE = '''
import sys
from mcp.server.fastmcp import FastMCP

server = FastMCP("counter", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
count = 0

@server.tool()
def count_up(by: int) -> str:
    """Count further."""
    global count
    count += by
    return f"now {count}"

@server.tool()
def fail() -> str:
    """Fail."""
    raise ValueError("the counter is broken")

server.run("streamable-http" if len(sys.argv) > 1 else "stdio")
'''


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A server to be started."""
    pytest.importorskip("langchain_mcp_adapters", reason="the extra mcp is not installed")
    path = tmp_path / "server.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture
def address(script: Path) -> Iterator[str]:
    """The same server, running at an address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(script), str(port)], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "Uvicorn running" in line:
            break
    yield f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    process.communicate()


def ask(server: MCPServer) -> list[ToolResult]:
    backend = ScriptedBackend([[call("count_up", by=2)], [call("count_up", by=3), call("fail")], "Done."])
    tools = kernel.drive(server.start())
    try:
        assistant = Assistant(tools=tools, backend=backend, store=memory_store(), python=False)
        run = assistant.ask("count")
    finally:
        kernel.drive(server.stop())
    assert backend.requests[0].tools[0].parameters["properties"]["by"]["type"] == "integer"
    return [item for item in run.items if isinstance(item, ToolResult)]


def check(results: list[ToolResult]) -> None:
    said = [(result.status, result.content[0].text) for result in results]
    assert said[:2] == [("ok", "now 2"), ("ok", "now 5")]
    assert said[2][0] == "error"
    assert "the counter is broken" in said[2][1]


def test_a_server_on_stdio_keeps_its_state(script: Path) -> None:
    """One process serves all calls, and an error of its tool is a result."""
    check(ask(MCPServer("counter", connection_of([sys.executable, str(script)]))))


def test_a_server_at_an_address(address: str) -> None:
    """The same over streamable HTTP."""
    check(ask(MCPServer("counter", connection_of([address]))))


@pytest.mark.parametrize("words", [["/nowhere/at-all"], ["http://127.0.0.1:1/mcp"]])
def test_a_server_that_is_not_there_says_so(script: Path, words: list[str]) -> None:
    """One line names the server and where it should be."""
    with pytest.raises(ConfigurationError, match="the MCP server 'lost'") as raised:
        kernel.drive(MCPServer("lost", connection_of(words)).start())
    assert "\n" not in str(raised.value)


def test_an_address_is_named_without_its_secrets(script: Path) -> None:
    """Neither a password nor a query stands in the line, and its cure is one for addresses."""
    address = "http://joe:hunter2@127.0.0.1:1/mcp?token=hunter2"
    with pytest.raises(ConfigurationError) as raised:
        kernel.drive(MCPServer("lost", connection_of([address])).start())
    assert "(http://127.0.0.1:1/mcp) failed" in str(raised.value)
    assert "is its address right?" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_from_a_notebook(script: Path, start_kernel: Callable[..., NotebookKernel]) -> None:
    """`%assistant tools add mcp` lists the tools, and `remove` takes them away."""
    notebook = start_kernel()
    notebook.run("%load_ext assistant_magic")
    # a path with a blank stands in quotation marks, as in a shell
    apart = script.with_name("the counter.py")
    apart.write_text(script.read_text())
    added = notebook.run(f"%assistant tools add mcp counter {sys.executable} '{apart}'")
    assert "count_up" in added.text, added.error
    assert "Count further." in notebook.run("%assistant tools").text
    assert "disconnected" in notebook.run("%assistant tools remove counter").text
    assert "Count further." not in notebook.run("%assistant tools").text
    assert "UsageError" in notebook.run("%assistant tools add").error
