"""Where a run begins: at the head, in place of its cell's earlier run, or where the last one broke off or waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from uuid import uuid4

from assistant_magic.events import Event, Notice
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Item, Message, ToolCall, ToolResult
from assistant_magic.request import HandedIn, RunRequest
from assistant_magic.stores import RunRecord
from assistant_magic.thread import Thread, never_ran


class Beginning(NamedTuple):
    """The run's record, the words of its prompt, and what the thread gets first."""

    record: RunRecord
    prompt: str
    items: tuple[Item, ...]


def begin(thread: Thread, request: RunRequest, emit: Callable[[Event], None]) -> Beginning:
    """Go to the place in the thread where the run belongs.

    Raises:
        UsageError: There is no run to take up, or it does not wait for what is handed in.
    """
    thread.refresh()
    if request.handed_in is not None:
        return _waiting(thread, request.handed_in, request.model)
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
    return Beginning(record, request.prompt.text, (*_left_open(thread), request.prompt))


def _last(thread: Thread, request: RunRequest) -> Beginning:
    runs = thread.runs()
    if not runs:
        raise UsageError("there is nothing to take up", "This thread has no runs yet.")
    return Beginning(replace(runs[-1], model=request.model), _last_prompt(thread), _left_open(thread))


def _waiting(thread: Thread, given: HandedIn, model: str) -> Beginning:
    found = thread.store.find(RunRecord, id=given.run, thread=thread.id)
    pending = thread.unanswered() if found and found[0].status == "requires_action" else []
    if not pending:
        raise UsageError(
            f"run {given.run!r} on thread {thread.id} does not wait for tool outputs",
            "Invoke with the newest run_id, or with content to ask something new.",
        )
    missing = [call for call in pending if call.call_id not in given.results]
    if missing and given.otherwise is None:
        names = ", ".join(f"{call.call_id} ({call.name})" for call in missing)
        raise UsageError(f"tool_outputs lacks {names}", "All calls of a turn are answered together.")
    results = [_given_result(call, given) for call in pending]
    return Beginning(
        replace(found[0], model=model, status="in_progress"), _last_prompt(thread), tuple(results)
    )


def _given_result(call: ToolCall, given: HandedIn) -> ToolResult:
    content = given.results.get(call.call_id)
    if content is None:
        wrong = tuple(given.otherwise or ())
        return ToolResult(call_id=call.call_id, name=call.name, status="error", content=wrong)
    return ToolResult(call_id=call.call_id, name=call.name, content=tuple(content))


def _left_open(thread: Thread) -> tuple[ToolResult, ...]:
    # A crash, or a caller who went away, may have left calls of an earlier run without a result.
    return tuple(map(never_ran, thread.unanswered()))


def _last_prompt(thread: Thread) -> str:
    prompts = [item for item in thread.items if isinstance(item, Message) and item.role == "user"]
    return prompts[-1].text if prompts else ""
