"""Which server `OpenAIAssistantRunnable` talks to, with which client, and which of the page's tools run there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from assistant_magic import OpenAIAssistantRunnable
from assistant_magic.exceptions import UsageError
from assistant_magic.stores import Store
from assistant_magic.testing import RecordingExecutor, memory_store
from backends.responses_server import Reply, ResponsesServer
from backends.responses_stream import Stream

KEY = "sk-test-runnable-0123456789"


@pytest.fixture
def store() -> Iterator[Store]:
    """A store in memory."""
    opened = memory_store()
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[ResponsesServer]:
    """A server that speaks Responses, with one answer."""
    with ResponsesServer() as running:
        running.replies.append(Reply(Stream(1).text("Yes.").completed()))
        yield running


def create(store: Store, tools: list[Any], **options: Any) -> Any:
    return OpenAIAssistantRunnable.create_assistant(
        "tutor", "You teach.", tools, "gpt-6-luna", store=store, **options
    )


def offered(server: ResponsesServer) -> list[str]:
    """Names of functions and types of hosted tools in the last request."""
    return [tool.get("name") or tool["type"] for tool in server.asked()[-1].get("tools", [])]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_callers_client_says_where_and_how(store: Store, server: ResponsesServer, kind: str) -> None:
    """Address, key and headers are those of the client that was passed, which stays open for its owner."""
    options = {"base_url": server.url, "api_key": KEY, "default_headers": {"X-Class": "7b"}}
    client = openai.OpenAI(**options) if kind == "sync" else openai.AsyncOpenAI(**options)
    runnable = create(store, [], client=client)
    [message] = runnable.invoke({"content": "ok?"})
    assert message.content[0].text.value == "Yes."
    asked = server.requests[-1].headers
    assert (asked["authorization"], asked["x-class"]) == (f"Bearer {KEY}", "7b")
    assert not client.is_closed()


@pytest.mark.parametrize("kind", [openai.AzureOpenAI, openai.AsyncAzureOpenAI])
def test_a_client_of_azure_stays_one(store: Store, server: ResponsesServer, kind: Any) -> None:
    """Azure's key header and API version are sent, async too (the original made a plain OpenAI client of it)."""
    client = kind(base_url=server.url, api_key=KEY, api_version="2026-01-01")

    async def go() -> Any:
        runnable = await OpenAIAssistantRunnable.acreate_assistant(
            "t", "", [], "gpt-6-luna", async_client=client, store=store
        )
        return await runnable.ainvoke({"content": "ok?"})

    [message] = asyncio.run(go())
    assert message.content[0].text.value == "Yes."
    assert {request.query["api-version"][0] for request in server.requests} == {"2026-01-01"}
    assert {request.headers["api-key"] for request in server.requests} == {KEY}


def test_a_key_that_is_made_when_it_is_needed(store: Store, server: ResponsesServer) -> None:
    """A client with a function for a key is asked for the key at each request."""
    create(store, [], client=openai.OpenAI(base_url=server.url, api_key=lambda: KEY)).invoke(
        {"content": "ok?"}
    )
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"


def test_servers_without_tools_of_their_own_get_ours(
    store: Store, server: ResponsesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At an address that only speaks OpenAI's protocol the page's first block runs its code here."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.replies.appendleft(
        Reply(Stream(2).call("call_1", "python", '{"code": "10 - 4**2.7"}').completed())
    )
    executor = RecordingExecutor({"10 - 4**2.7": "-32.22425314473263"})
    runnable = create(store, [{"type": "code_interpreter"}, {"type": "retrieval"}], executor=executor)
    [message] = runnable.invoke({"content": "What's 10 - 4 raised to the 2.7"})
    assert message.content[0].text.value == "Yes."
    assert executor.executed == ["10 - 4**2.7"]
    assert offered(server) == ["python", "file_search"]


def test_what_only_the_server_has_is_asked_of_it(
    store: Store, server: ResponsesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vector stores, and kinds of tools that we have not, stay the server's wherever it is."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    resources = {"file_search": {"vector_store_ids": ["vs_1"]}}
    tools = [{"type": "file_search"}, {"type": "image_generation"}]
    create(store, tools, tool_resources=resources).invoke({"content": "ok?"})
    assert offered(server) == ["file_search", "image_generation"]
    assert server.asked()[-1]["tools"][0]["vector_store_ids"] == ["vs_1"]


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("https://api.openai.com/v1", True),
        ("https://eu.api.openai.com/v1", True),
        ("https://school.openai.azure.com/openai/v1/", True),
        ("http://localhost:8000/v1", False),
        ("https://gateway.example/openai.com/v1", False),
    ],
)
def test_openai_and_azure_run_their_own_tools(address: str, hosts: bool) -> None:
    """Hosted tools are asked of OpenAI's and Azure's addresses only."""
    from assistant_magic.backends.openai_connection import hosts_tools, server_of

    assert hosts_tools(server_of(address)) is hosts


def test_a_tool_of_openai_needs_openai(store: Store) -> None:
    """With another provider's model a tool that only OpenAI has is refused before anything is asked."""
    runnable = create(store, [{"type": "image_generation"}])
    with pytest.raises(UsageError, match="'image_generation' runs only at OpenAI"):
        runnable.invoke({"content": "go", "model": "offline:tutor"})
