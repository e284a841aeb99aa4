"""Where a run begins: at the head, in place of its cell's earlier run, or where the last run broke off."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from assistant_magic.events import Event, Notice
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Message
from assistant_magic.request import RunRequest
from assistant_magic.stores import RunRecord
from assistant_magic.thread import Thread


def begin(thread: Thread, request: RunRequest, emit: Callable[[Event], None]) -> tuple[RunRecord, str]:
    """Go to the place in the thread where the run belongs.

    Returns:
        The run's record and the words of its prompt.
    """
    thread.refresh()
    if request.prompt is None:
        return _last(thread, request)
    before = thread.record.head
    left = thread.rewind(request.cell)
    if left:
        said = "1 later answer is" if left == 1 else f"{left} later answers are"
        emit(Notice(text=f"{said} on another branch now; `%assistant undo` returns to it"))
    record = RunRecord(
        id=f"run_{uuid4().hex[:20]}",
        thread=thread.id,
        cell=request.cell,
        model=request.model,
        parent=thread.record.head,
        previous_head=before,
        created=time.time(),
    )
    return record, request.prompt.text


def _last(thread: Thread, request: RunRequest) -> tuple[RunRecord, str]:
    runs = thread.runs()
    if not runs:
        raise UsageError("there is nothing to take up", "This thread has no runs yet.")
    prompts = [item for item in thread.items if isinstance(item, Message) and item.role == "user"]
    return replace(runs[-1], model=request.model), prompts[-1].text if prompts else ""
