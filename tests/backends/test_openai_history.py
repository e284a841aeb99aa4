"""An existing conversation becomes a thread."""

from __future__ import annotations

import asyncio

import pytest

from assistant_magic.backends.openai_history import History, read_history
from assistant_magic.exceptions import RequestRejectedError
from assistant_magic.items import Image, Message, Text, ToolCall, ToolResult, user_message
from backends.harness import PIXEL, python_result, request
from backends.responses_server import Reply, ResponsesServer, serving
from backends.responses_stream import Stream
from backends.turns import backend_for, run_turns, then


def read(server: ResponsesServer, conversation: str) -> History:
    async def perform() -> History:
        backend = backend_for(server)
        try:
            return await read_history(backend.connection(), conversation)
        finally:
            await backend.close()

    return asyncio.run(perform())


def test_a_conversation_is_read_as_items_and_goes_on() -> None:
    """Prompt, picture, call, result and answer come back in order, and the next turn continues there."""
    called = Reply(Stream(1).call("call_1", "python", '{"code": "1"}').completed())
    answered = Reply(Stream(2).text("One.").completed())
    with serving(called, answered, Reply(Stream(3).text("Two.").completed())) as server:
        run_turns(server, request(user_message("Look.", Image(data=PIXEL))), then(python_result(1, "1")))
        history = read(server, "conv_1")
        asked = request(*history.items, user_message("Next."), known=len(history.items), state=history.state)
        [heard] = run_turns(server, asked)
    prompt, call, result, answer = history.items
    assert prompt == user_message("Look.", Image(data=PIXEL))
    assert isinstance(call, ToolCall)
    assert result == ToolResult(call_id="call_1", name="python", content=(Text(text="1"),))
    assert isinstance(answer, Message)
    assert answer.text == "One."
    assert heard.text == "Two."
    assert server.asked()[-1]["conversation"] == "conv_1"
    assert server.asked()[-1]["input"] == [{"role": "user", "content": "Next."}]


def test_a_long_conversation_is_read_whole() -> None:
    """More items than one page holds are all there, oldest first."""
    with serving() as server:
        server.conversations["conv_long"] = [
            {
                "id": f"msg_{n}",
                "type": "message",
                "role": "user",
                "status": "completed",
                "content": [{"type": "input_text", "text": str(n)}],
            }
            for n in range(250)
        ]
        items = read(server, "conv_long").items
    assert [item.text for item in items if isinstance(item, Message)] == [str(n) for n in range(250)]


def test_a_conversation_that_is_not_there_is_an_error() -> None:
    """An unknown id is said to be unknown."""
    with serving() as server, pytest.raises(RequestRejectedError, match="not found"):
        read(server, "conv_none")
