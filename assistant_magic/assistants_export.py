"""Reads what was saved from the Assistants API before 2026-08-26 into our store.

An export is a JSON or JSONL file, or a folder of them with the contents of files beside: objects as the API gave
them (`assistant`, `thread`, `thread.message`, `thread.run`, `thread.run.step`, `vector_store`, `file`), alone, in
lists, or under keys such as `messages`. Ids stay: code that knows `asst_…` and `thread_…` goes on with them.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant_magic.config import OPENAI_MODEL
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Item
from assistant_magic.old_messages import OldFiles, OldMessages
from assistant_magic.stores import AssistantRecord, RunRecord, Store, ThreadRecord
from assistant_magic.thread import Thread

Wire = Mapping[str, Any]

_ASSISTANT = frozenset((
    "id", "object", "created_at", "name", "description", "model", "instructions", "tools", "tool_resources",
    "file_ids", "metadata", "temperature", "top_p", "response_format", "reasoning_effort",
))  # fmt: skip
_THREAD = frozenset(("id", "object", "created_at", "metadata", "tool_resources", "messages", "runs", "steps"))
_SETTINGS = ("temperature", "top_p", "reasoning_effort")
_KINDS = ("assistant", "thread", "thread.message", "thread.run", "thread.run.step", "vector_store", "file")
_QUIET = ("vector_store.file",)
_NAMELESS = ("thread.message", "thread.run.step")


@dataclass
class Imported:
    """What came over, and what did not.

    Attributes:
        assistants: Ids of saved assistants.
        threads: Ids of threads, with the number of their items.
        left: One line for everything that has no place here or is missing.
    """

    assistants: list[str] = field(default_factory=list)
    threads: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def leave(self, line: str) -> None:
        """Note something that did not come over, once."""
        if line not in self.left:
            self.left.append(line)

    @contextmanager
    def tolerating(self, what: str) -> Iterator[None]:
        """Note what is not as the API wrote it, and go on without it."""
        try:
            yield
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.leave(f"{what}: it is not as the API wrote it ({type(error).__name__}: {error})")

    def __str__(self) -> str:
        said = [f"assistant {identity}" for identity in self.assistants]
        said += [f"thread {identity}: {count} items" for identity, count in self.threads.items()]
        said += [f"left out: {line}" for line in self.left]
        return "\n".join(said) or "nothing of the Assistants API was found"


def import_export(store: Store, path: str | Path) -> Imported:
    """Bring an exported file or folder into the store.

    Raises:
        UsageError: It is not there, or holds nothing of the Assistants API.
    """
    place = Path(path).expanduser()
    if not place.exists():
        raise UsageError(f"{place} does not exist", "Name a JSON file or the folder of an export.")
    found = Imported()
    objects = _sorted_out(place, found)
    if not any(objects[kind] for kind in _KINDS):
        why = "".join(f"; {line}" for line in found.left[:1])
        raise UsageError(
            f"{place} holds nothing of the Assistants API{why}",
            "Objects have a field `object`, such as `assistant`.",
        )
    folder = place if place.is_dir() else place.parent
    files = OldFiles(folder, {str(f["id"]): f for f in objects["file"]}, found.leave)
    for wire in objects["assistant"]:
        with found.tolerating(f"assistant {wire['id']}"):
            _import_assistant(store, wire, objects, found)
    _import_threads(store, objects, OldMessages(files, found.leave, found.tolerating), found)
    _leave_of_runs(objects, found)
    return found


def _sorted_out(place: Path, found: Imported) -> dict[str, list[Wire]]:
    """Every object of the export by its kind."""
    objects: dict[str, list[Wire]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    paths = sorted(place.rglob("*.json*")) if place.is_dir() else [place]
    for path in paths:
        for data in _documents(path, found):
            for wire in _objects(data):
                kind, identity = str(wire["object"]), str(wire.get("id") or "")
                if kind not in _KINDS and kind not in _QUIET:
                    found.leave(f"{identity or path.name}: an object of the unknown kind {kind!r}")
                elif not identity and kind not in _NAMELESS:
                    found.leave(f"{path.name}: an object of the kind {kind!r} without an id")
                elif (kind, identity) not in seen:
                    seen.add((kind, identity))
                    objects[kind].append(wire)
    return objects


def _documents(path: Path, found: Imported) -> Iterator[Any]:
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".jsonl":
            yield from (json.loads(line) for line in text.splitlines() if line.strip())
        else:
            yield json.loads(text)
    except (OSError, ValueError) as error:
        found.leave(f"{path.name}: it cannot be read ({error})")


def _objects(data: Any) -> Iterator[Wire]:
    """Objects of the API anywhere in a document, outermost first."""
    if isinstance(data, list):
        for each in data:
            yield from _objects(each)
    elif isinstance(data, dict):
        kind = data.get("object")
        if isinstance(kind, str) and kind != "list":
            yield data
        for key, value in data.items():
            if isinstance(value, list | dict) and key not in {"content", "metadata", "tools", "step_details"}:
                yield from _objects(value)


def _import_assistant(
    store: Store, wire: Wire, objects: Mapping[str, Sequence[Wire]], found: Imported
) -> None:
    identity = str(wire["id"])
    for key in sorted(set(wire) - _ASSISTANT):
        found.leave(f"assistant {identity}: {key}")
    if wire.get("response_format") not in (None, "auto", {"type": "text"}):
        found.leave(f"assistant {identity}: response_format is kept but not used; ask with output_type")
    if wire.get("model"):
        said = f"where OpenAI has shut down its model {wire['model']}, ask with another"
        found.leave(
            f'assistant {identity}: {said}, as in invoke({{"content": …, "model": "{OPENAI_MODEL}"}})'
        )
    resources = dict(wire.get("tool_resources") or {})
    if wire.get("file_ids"):
        # Version 1 had one list of files for all tools.
        resources.setdefault("code_interpreter", {"file_ids": list(wire["file_ids"])})
    _leave_stores(resources, objects, found)
    spec = {
        "name": wire.get("name") or "",
        "instructions": wire.get("instructions") or "",
        "model": f"openai:{wire['model']}" if wire.get("model") else "",
        "tools": list(wire.get("tools") or ()),
        "tool_resources": resources,
        "settings": {key: wire[key] for key in _SETTINGS if wire.get(key) is not None},
        "imported": {
            key: wire[key] for key in ("description", "metadata", "response_format") if wire.get(key)
        },
    }
    created = _moment(wire) or time.time()
    store.save(AssistantRecord(id=identity, name=str(spec["name"]), spec=spec, created=created))
    found.assistants.append(identity)


def _leave_stores(
    resources: Mapping[str, Any], objects: Mapping[str, Sequence[Wire]], found: Imported
) -> None:
    stores = {str(each["id"]): each for each in objects.get("vector_store", ())}
    for store_id in (resources.get("file_search") or {}).get("vector_store_ids") or ():
        name = stores.get(store_id, {}).get("name") or "its name is not in the export"
        found.leave(
            f"vector store {store_id} ({name}): its files are still at OpenAI, if they have not expired"
        )


def _leave_of_thread(
    identity: str, about: Wire, objects: Mapping[str, Sequence[Wire]], found: Imported
) -> None:
    """List what a thread had beside its messages."""
    for key in sorted(set(about) - _THREAD):
        found.leave(f"thread {identity}: {key}")
    if about.get("metadata"):
        found.leave(f"thread {identity}: its metadata {json.dumps(about['metadata'], ensure_ascii=False)}")
    resources = about.get("tool_resources") or {}
    _leave_stores(resources, objects, found)
    for file_id in (resources.get("code_interpreter") or {}).get("file_ids") or ():
        found.leave(f"thread {identity}: the file {file_id} of its code interpreter; attach it again")


def _leave_of_runs(objects: Mapping[str, Sequence[Wire]], found: Imported) -> None:
    for run in objects["thread.run"]:
        if run.get("status") not in (None, "completed"):
            why = run.get("last_error") or run.get("incomplete_details") or ""
            why = why.get("message", "") if isinstance(why, dict) else why
            found.leave(f"run {run['id']}: it ended as {run['status']}{why and f': {why}'}")


def _import_threads(
    store: Store, objects: Mapping[str, Sequence[Wire]], messages: OldMessages, found: Imported
) -> None:
    said: dict[str, list[Wire]] = defaultdict(list)
    for wire in objects["thread.message"]:
        said[str(wire.get("thread_id") or "")].append(wire)
    steps: dict[str, list[Wire]] = defaultdict(list)
    for wire in objects["thread.run.step"]:
        steps[str(wire.get("run_id") or "")].append(wire)
    threads = {str(wire["id"]): wire for wire in objects["thread"]}
    for identity in dict.fromkeys((*threads, *said)):
        about = threads.get(identity, {})
        with found.tolerating(f"thread {identity}"):
            _leave_of_thread(identity, about, objects, found)
        if store.find(ThreadRecord, id=identity):
            found.leave(f"thread {identity}: it is here already and was not changed")
        else:
            found.threads[identity] = _import_thread(
                store, identity, about, (said[identity], steps), messages
            )


def _import_thread(
    store: Store,
    identity: str,
    about: Wire,
    history: tuple[Sequence[Wire], Mapping[str, Sequence[Wire]]],
    messages: OldMessages,
) -> int:
    said, steps = history
    created = _moment(about) or time.time()
    thread = Thread(store, ThreadRecord(id=identity, created=created, updated=created))
    store.save(thread.record)
    run = RunRecord(id=f"run_import_{identity}", thread=identity, status="completed", created=created)
    told: set[str] = set()
    for number, wire in enumerate(_in_order(said)):
        item = messages.message(wire)
        if item is None:
            continue
        run_id = str(wire.get("run_id") or "")
        before: list[Item] = []
        if run_id and run_id not in told:
            told.add(run_id)
            before = list(messages.steps(steps.get(run_id, ())))
        if item.role == "user" or not number:
            head = thread.record.head
            run = RunRecord(
                id=f"run_import_{identity}_{number}",
                thread=identity,
                status="completed",
                parent=head,
                previous_head=head,
                created=_moment(wire) or created,
            )
        if item.role == "user":
            thread.name_after(item.text)
        run = thread.append([*before, item], run)
    return len(thread.items)


def _in_order(said: Sequence[Wire]) -> list[Wire]:
    """Oldest first; the API listed the newest first, so that of one second is turned round."""
    newest_first = len(said) > 1 and _moment(said[0]) > _moment(said[-1])
    ordered = list(reversed(said)) if newest_first else list(said)
    return sorted(ordered, key=_moment)


def _moment(wire: Wire) -> float:
    """When it was made, in seconds; 0 where that is not said. Some tools wrote dates for people."""
    made = wire.get("created_at")
    if isinstance(made, int | float):
        return float(made)
    try:
        return datetime.fromisoformat(str(made)).timestamp()
    except ValueError:
        return 0.0
