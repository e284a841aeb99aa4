"""A thread by its name here, or made from a conversation that exists at OpenAI."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant_magic import kernel
from assistant_magic.assistant import Assistant
from assistant_magic.config import Settings
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Item, Message
from assistant_magic.stores import RunRecord, StateRecord, ThreadRecord
from assistant_magic.thread import Thread

if TYPE_CHECKING:
    from assistant_magic.backends.openai_connection import Connection
    from assistant_magic.backends.openai_history import History

OPENAI = "openai"
"""Name under which the backend keeps its state."""
_CONVERSATION = "conv_"


def open_thread(
    assistant: Assistant, name: str, settings: Settings, *, keep: Mapping[str, Any] | None = None
) -> Thread:
    """The thread with this id or title, or one that goes on with a conversation at OpenAI.

    A conversation is read whole. A thread that was made from it before is continued, unless the conversation
    has gone on without it.

    Args:
        assistant: Knows the store and the server.
        name: Id, start of an id or title; or the id of a conversation, `conv_…`.
        settings: Name the server.
        keep: Settings that a new thread has of its own.

    Raises:
        ThreadNotFoundError: No thread has this name.
        BackendError: There is no such conversation, or the server cannot be asked.
    """
    if not name.startswith(_CONVERSATION):
        return Thread.open(assistant.store, name)
    from assistant_magic.backends.openai_history import read_history

    history = kernel.drive(read_history(connection(assistant, settings), name))
    for record in assistant.store.find(ThreadRecord):
        if record.settings.get("conversation") == name:
            thread = Thread(assistant.store, record)
            if _ends(thread.items, history.items):
                return thread
    thread = Thread.create(assistant.store)
    _fill(thread, history, settings.named_model())
    thread.update(settings={**(keep or {}), "model": settings.named_model(), "conversation": name})
    return thread


def connection(assistant: Assistant, settings: Settings) -> Connection:
    """The way to OpenAI, or to the server in its place, under these settings.

    Raises:
        UsageError: Another provider is set.
    """
    backend = assistant.backend_of(settings)[0]
    connect = getattr(backend, "connection", None)
    if connect is None:
        raise UsageError(
            f"{settings.named_model()} keeps no conversations and no files",
            "They live at OpenAI: `%assistant set model openai:NAME`.",
        )
    found: Connection = connect()
    return found


def _ends(ours: Sequence[Item], theirs: Sequence[Item]) -> bool:
    """Both end with the same thing said by the model."""
    return _last_said(ours) == _last_said(theirs)


def _last_said(items: Sequence[Item]) -> object:
    said = (getattr(item, "provider_data", {}).get(OPENAI, {}).get("item", {}) for item in reversed(items))
    return next((wire["id"] for wire in said if wire.get("id")), None)


def _fill(thread: Thread, history: History, model: str) -> None:
    """Store what was said, one run for each prompt, and the state to go on from it."""
    groups = list(_by_prompt(history.items))
    for number, items in enumerate(groups, start=1):
        head, run_id = thread.record.head, f"run_{uuid4().hex[:20]}"
        run = RunRecord(
            id=run_id,
            thread=thread.id,
            model=model,
            status="completed",
            parent=head,
            previous_head=head,
            created=time.time(),
        )
        state = StateRecord(
            id=f"{OPENAI}/{run_id}", thread=thread.id, backend=OPENAI, node="", data=history.state
        )
        thread.append(items, run, state if number == len(groups) else None)
        if isinstance(items[0], Message):
            thread.name_after(items[0].text)


def _by_prompt(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    start = 0
    for place, item in enumerate(items):
        if place > start and isinstance(item, Message) and item.role == "user":
            yield items[start:place]
            start = place
    if items:
        yield items[start:]
