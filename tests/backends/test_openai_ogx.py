"""The backend before an independent keeper of conversations, OGX, with aimock as the model behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from assistant_magic.events import Notice
from assistant_magic.items import Text, ToolCall, ToolResult, user_message
from backends.harness import follow, request
from backends.other_servers import OtherServer, running_aimock, running_ogx
from backends.turns import backend_for, run_turns, then
from notebook_kernel import NotebookKernel

ASKED = replace(request(user_message("are you there")), model="openai/gpt-6-luna")


@pytest.fixture(scope="module")
def ogx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherServer]:
    with running_aimock() as model, running_ogx(model, tmp_path_factory.mktemp("ogx")) as server:
        yield server


def kept(server: OtherServer, conversation: str) -> list[str]:
    """Types of the items that the server keeps, oldest first."""

    async def look() -> list[str]:
        backend = backend_for(server)
        page = await backend.connection().client.conversations.items.list(conversation, limit=50, order="asc")
        await backend.close()
        return [item.type for item in page.data]

    return asyncio.run(look())


def results(asked: Any, heard: Any) -> Any:
    """Results for all calls of a turn, as a run would add them."""
    calls = [item for item in heard.done.items if isinstance(item, ToolCall)]
    given = zip(calls, ("49", "81"), strict=True)
    return follow(
        asked, heard, *(ToolResult(call_id=c.call_id, name=c.name, content=(Text(text=t),)) for c, t in given)
    )


def test_a_thread_with_tools_lives_in_one_conversation(ogx: OtherServer) -> None:
    """Prompt, two parallel calls, both results and the answer stand in the conversation, in order and once."""
    heard = run_turns(ogx, ASKED, then(user_message("two squares")), results)
    assert [h.error for h in heard] == [None] * 3
    assert heard[-1].text == "They are 49 and 81."
    conversations = {h.done.state["conversation"] for h in heard}
    assert len(conversations) == 1
    assert kept(ogx, conversations.pop()) == [
        *("message", "message", "message", "function_call", "function_call"),
        *("function_call_output", "function_call_output", "message"),
    ]


def test_a_new_process_goes_on_in_it(ogx: OtherServer) -> None:
    """Another process compares the newest item, finds it as it was left, and goes on there."""
    [first] = run_turns(ogx, ASKED)
    [second] = run_turns(ogx, follow(ASKED, first, user_message("are you there")))
    assert second.text == "I am."
    assert second.done.state["conversation"] == first.done.state["conversation"]
    assert kept(ogx, first.done.state["conversation"]) == ["message"] * 4


@pytest.mark.parametrize("change", [{"stale": True}, {"state": "gone"}])
def test_a_conversation_that_does_not_fit_is_made_anew(ogx: OtherServer, change: dict[str, Any]) -> None:
    """A fork, and a conversation the server does not know: a new one holds the whole branch."""
    [first] = run_turns(ogx, ASKED)
    next_one = follow(ASKED, first, user_message("are you there"))
    if change == {"state": "gone"}:
        change = {"state": {**first.done.state, "conversation": "conv_" + "0" * 48}}
    [second] = run_turns(ogx, replace(next_one, **change))
    assert second.text == "I am."
    assert second.done.state["conversation"] != first.done.state["conversation"]
    assert kept(ogx, second.done.state["conversation"]) == ["message"] * 4


def test_a_local_thread_leaves_nothing_there(ogx: OtherServer) -> None:
    """With `store = local` no conversation is made, and the thread still goes on."""
    local = replace(ASKED, settings={"store": "local"})
    heard = run_turns(ogx, local, then(user_message("two squares")), results)
    assert heard[-1].text == "They are 49 and 81."
    assert not [h.done.state.get("conversation") for h in heard if h.done.state.get("conversation")]
    assert not [e for h in heard for e in h.events if isinstance(e, Notice)]


def test_a_real_kernel_asks_through_both(
    ogx: OtherServer, start_kernel: Callable[..., NotebookKernel]
) -> None:
    """In a notebook the calls run in the kernel and the answer comes through OGX."""
    kernel = start_kernel(OPENAI_API_KEY="sk-test-0123456789", OPENAI_BASE_URL=ogx.url)
    kernel.run("%load_ext assistant_magic")
    cell = kernel.run("%%assistant --approve auto -m openai:openai/gpt-6-luna\ntwo squares")
    assert not cell.error
    assert "81" in cell.text
    assert "They are 49 and 81." in cell.text
