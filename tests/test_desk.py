"""What pages are told, and what a chat widget makes of it; pages here are lists of what they were told."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from typing import Any

import pytest

from assistant_magic import Assistant, Chat
from assistant_magic.background import runs
from assistant_magic.desk import Desk
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.items import assistant_message
from assistant_magic.prompts import Box
from assistant_magic.testing import ScriptedBackend, memory_store
from assistant_magic.views.widget import CHAT

PICTURE = {"type": "attachment", "name": "a.png", "media_type": "image/png", "data": "aGk="}


class Told:
    """A page that keeps what it is told."""

    listening = True
    hears_busy = True
    renders = False

    def __init__(self) -> None:
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()

    def send(self, message: dict[str, Any]) -> None:
        self._messages.put(message)

    def until(self, kind: str) -> list[dict[str, Any]]:
        """All messages up to the next one of this kind."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["type"] != kind:
            found.append(self._messages.get(timeout=30))
        return found


class PausedBackend:
    """Says one half of its answer, and the other when it is told to."""

    name = "paused"

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def turn(self, _request: Any) -> Any:
        yield TextDelta(part="p", text="one ")
        await self.go_on.wait()
        item = assistant_message("one two")
        done: list[Event] = [ItemDone(part="p", item=item), TurnDone(items=(item,))]
        for event in done:
            yield event

    async def close(self) -> None:
        """Nothing to release."""


def say(desk: Desk, **message: Any) -> None:
    """Let a page say something."""
    runs.get().call_soon_threadsafe(desk.hear, message)


@pytest.fixture
def page() -> Told:
    return Told()


def test_messages_are_numbered_without_a_gap(page: Told) -> None:
    """Every message but the words that grow has the next number; who heard the last one is told nothing again."""
    desk = Desk(page, Box(), Assistant(backend=ScriptedBackend(["Hi."], chunk=1), store=memory_store()))
    say(desk, type="follow")
    say(desk, type="ask", text="Hello?")
    told = [*page.until("transcript"), *page.until("ended"), *page.until("transcript")]
    numbers = [message["number"] for message in told if message["type"] != "grown"]
    assert numbers == list(range(1, len(numbers) + 1))
    say(desk, type="follow", number=numbers[-1])
    say(desk, type="follow", number=numbers[-1] - 1)
    (again,) = page.until("transcript")
    assert again["number"] == numbers[-1] + 1


def test_who_comes_in_the_middle_sees_what_the_others_see(page: Told) -> None:
    """A page that follows while an answer grows is given its displays by the same ids, and the words so far."""
    backend = PausedBackend()
    desk = Desk(page, Box(), Assistant(model="paused:x", backend=backend, store=memory_store()))
    say(desk, type="follow")
    say(desk, type="ask", text="Count.")
    shown = page.until("shown")[-1]["display"]
    say(desk, type="follow")
    transcript = page.until("transcript")[-1]
    (exchange,) = transcript["exchanges"]
    assert transcript["running"] == exchange["run"]
    assert [display["id"] for display in exchange["displays"]] == [shown["id"]]
    assert page.until("grown")[-1]["text"].strip() == "one"
    runs.get().call_soon_threadsafe(backend.go_on.set)
    last = [message for message in page.until("ended") if message["type"] == "shown"][-1]["display"]
    assert last["id"] == shown["id"]
    assert last["data"]["text/markdown"] == "one two"


def test_files_stay_when_a_prompt_is_edited(page: Told) -> None:
    """A picture beside a prompt goes to the model, is shown, and goes along again with the edited prompt."""
    backend = ScriptedBackend(["Nice.", "Still nice."])
    desk = Desk(page, Box(), Assistant(backend=backend, store=memory_store()))
    say(desk, type="follow")
    say(desk, type="ask", text="How is it?", attachments=[PICTURE])
    page.until("ended")
    (exchange,) = page.until("transcript")[-1]["exchanges"]
    assert exchange["attachments"] == [PICTURE]
    say(desk, type="ask", text="And now?", instead_of=exchange["run"])
    page.until("ended")
    (edited,) = page.until("transcript")[-1]["exchanges"]
    assert edited["attachments"] == [PICTURE]
    assert len(edited["versions"]) == 2
    assert [len(request.items[-1].content) for request in backend.requests] == [2, 2]


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat(Assistant(backend=ScriptedBackend(["It is 42."]), store=memory_store()))
    yield chat
    chat.close()


def test_a_chat_has_traits(chat: Chat) -> None:
    """Asked from Python with no page, it is busy and then has the answer; who observes hears it."""
    heard: queue.Queue[Any] = queue.Queue()
    chat.observe(lambda change: heard.put((change.name, change.new)), ["busy", "answer", "title"])
    chat.ask("What is 6*7?")
    found = [heard.get(timeout=30) for _ in range(4)]
    assert ("busy", True) in found
    assert ("busy", False) in found
    assert ("answer", "It is 42.") in found
    assert ("title", "What is 6*7?") in found


def test_a_chat_leaves_words_in_the_notebook(chat: Chat) -> None:
    """Beside the widget stands one line of Markdown, and nothing that a page would show instead of it."""
    data, _ = chat._repr_mimebundle_()
    assert set(data) == {CHAT, "application/vnd.jupyter.widget-view+json", "text/markdown", "text/plain"}
    assert data["text/markdown"] == f"> A chat on the thread `{chat.thread_id}`. Run this cell to open it."


def test_a_chat_continues_a_thread() -> None:
    """`Chat(thread)` shows that thread."""
    assistant = Assistant(backend=ScriptedBackend(["Hi."]), store=memory_store())
    thread = assistant.ask("Hello?").thread
    chat = Chat(thread)
    assert chat.thread_id == thread.id
    chat.close()


def test_a_chat_that_nobody_shows_is_told_nothing(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages say hello and leave; who is left on another page is called and says hello again."""
    sent: list[Any] = []
    monkeypatch.setattr(chat.comm, "send", lambda data=None, **_: sent.append(data["content"]["type"]))
    for kind in ("hello", "leave"):
        chat._handle({"type": kind})
    chat.send({"type": "trouble", "text": "x"})
    assert sent == ["welcome", "called"]
