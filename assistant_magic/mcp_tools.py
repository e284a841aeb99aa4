"""Tools of MCP servers, through langchain-mcp-adapters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from assistant_magic.exceptions import ConfigurationError, MissingExtraError
from assistant_magic.langchain_tools import from_langchain
from assistant_magic.tools import Tool

PATIENCE = 60.0
"""Seconds that a server has to start and to list its tools."""


class MCPServer:
    """One connection, open from `start` to `stop`, so that the server keeps its state between calls.

    Both are called on the loop of the runs.

    Args:
        name: What people call it.
        connection: As langchain-mcp-adapters describes it; see `connection_of`.
    """

    def __init__(self, name: str, connection: Mapping[str, Any]) -> None:
        self.name = name
        self._connection = dict(connection)
        self._task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    async def start(self) -> list[Tool]:
        """Connect, and give the server's tools.

        Raises:
            MissingExtraError: langchain-mcp-adapters is not installed.
            ConfigurationError: The server cannot be started or reached.
        """
        try:
            import langchain_mcp_adapters  # noqa: F401 - asked for by name below
        except ImportError as error:
            raise MissingExtraError("MCP servers need langchain-mcp-adapters", "mcp") from error
        ready: asyncio.Future[list[Tool]] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._serve(ready))
        try:
            return await asyncio.wait_for(ready, PATIENCE)
        except TimeoutError:
            await self.stop()
            raise self._failed(f"no answer in {PATIENCE:g} s") from None

    async def stop(self) -> None:
        """Close the connection; a server that was started for it ends."""
        self._over.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=5)
            self._task.cancel()

    async def _serve(self, ready: asyncio.Future[list[Tool]]) -> None:
        # The connection is opened and closed by one task, as its library demands.
        from langchain_mcp_adapters.tools import load_mcp_tools

        try:
            async with self._session() as session:
                tools = await load_mcp_tools(session)
                ready.set_result([from_langchain(tool) for tool in tools])
                await self._over.wait()
        except Exception as error:  # noqa: BLE001  # whatever its libraries raise
            if not ready.done():
                ready.set_exception(self._failed(_first_cause(error)))

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Any]:
        if "url" in self._connection:
            from langchain_mcp_adapters.client import MultiServerMCPClient

            client = MultiServerMCPClient({self.name: self._connection})  # type: ignore[dict-item]  # checked by the client
            async with client.session(self.name) as session:
                yield session
            return
        from mcp import ClientSession, StdioServerParameters, stdio_client

        server = StdioServerParameters(command=self._connection["command"], args=self._connection["args"])
        # A kernel's own stderr is no file, and a process needs one.
        with TemporaryFile("w+") as errors:
            async with stdio_client(server, errlog=errors) as pipes, ClientSession(*pipes) as session:
                try:
                    await session.initialize()
                except Exception as error:
                    errors.seek(0)
                    said = errors.read().strip().splitlines()
                    raise RuntimeError(said[-1] if said else str(error)) from error
                yield session

    def _failed(self, why: str) -> ConfigurationError:
        url = self._connection.get("url")
        where = _harmless(url) if url else self._connection["command"]
        cure = "Is it running, and is its address right?" if url else "Run its command by hand."
        return ConfigurationError(f"the MCP server {self.name!r} ({where}) failed: {why}", cure)


def connection_of(words: Sequence[str]) -> dict[str, Any]:
    """A connection from the words of a command: a URL, or a command with its arguments."""
    first, *rest = words
    if first.startswith(("http://", "https://")):
        return {"transport": "streamable_http", "url": first}
    return {"transport": "stdio", "command": first, "args": rest}


def _harmless(url: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _first_cause(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return " ".join(str(error).split()) or type(error).__name__
