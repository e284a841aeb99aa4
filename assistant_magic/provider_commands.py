"""What `%assistant …` can do at the provider: the thread's files, and an examination of the way there."""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from assistant_magic import kernel
from assistant_magic.assistant import Assistant
from assistant_magic.backends import make_backend
from assistant_magic.config import Settings
from assistant_magic.exceptions import AssistantError, UsageError
from assistant_magic.remote_thread import OPENAI, connection
from assistant_magic.thread import Thread

T = TypeVar("T")
_PACKAGES = ("assistant_magic", "ipython", "ipykernel", "openai", "langchain-core", "sqlalchemy", "sympy")


@dataclass(frozen=True)
class Line:
    """One line of an examination; `cure` is empty where all is well."""

    ok: bool
    what: str
    cure: str = ""


def files_of(assistant: Assistant, thread: Thread) -> list[tuple[str, str, str, int | None]]:
    """Name, place, id and size in bytes of each file that this thread has at the provider."""
    held = _held(assistant, thread)
    return [(f.name, f.where, f.id, f.size) for f in _wait(held.find())]


def download(assistant: Assistant, thread: Thread, name: str, folder: Path) -> Path:
    """Fetch a file of the thread, by name or id, into `folder`.

    Raises:
        UsageError: The thread has no such file.
    """
    held = _held(assistant, thread)
    found = [f for f in _wait(held.find()) if name in (f.name, f.id, Path(f.name).name)]
    # What code made there comes before what was sent there under the same name.
    for file in sorted(found, key=lambda f: f.where != "container"):
        path: Path = _wait(held.download(file, folder))
        return path
    raise UsageError(f"this thread has no file {name!r} at the provider", "`%assistant files` lists them.")


def clean(assistant: Assistant, thread: Thread) -> int:
    """Delete from the provider what this thread put there; returns how many things."""
    deleted, state = _wait(_held(assistant, thread).clean())
    thread.save_state(OPENAI, state)
    return int(deleted)


def examine(assistant: Assistant, settings: Settings) -> list[Line]:
    """Versions, store, key, address, model and clock; one line each, with its cure."""
    return [*_machine(), _store(assistant), *_provider(settings)]


def _held(assistant: Assistant, thread: Thread) -> Any:
    from assistant_magic.backends.openai_files import OpenAIFiles

    way = connection(assistant, assistant.settings(thread))
    return OpenAIFiles(way, thread.state(OPENAI, "").data, thread.items)


def _machine() -> list[Line]:
    python = ".".join(map(str, sys.version_info[:3]))
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return [Line(ok=True, what=f"Python {python}, {', '.join(found)}")]


def _store(assistant: Assistant) -> Line:
    try:
        place = getattr(assistant.store, "place", "")
    except AssistantError as error:
        return Line(ok=False, what=error.what, cure=error.cure)
    return Line(ok=True, what=f"threads are kept in {place}")


def _provider(settings: Settings) -> list[Line]:
    model = settings.named_model()
    provider, _, model_id = model.partition(":")
    if provider == "offline":
        return [Line(ok=True, what=f"{model} answers; it needs no key and no network")]
    if provider != OPENAI:
        try:
            make_backend(model)
        except AssistantError as error:
            return [Line(ok=False, what=error.what, cure=error.cure)]
        return [Line(ok=True, what=f"{model} can be asked; its key is checked by the first question")]
    from assistant_magic.backends import openai_doctor

    found = _wait(openai_doctor.examine(model_id, base_url=settings.base_url or None))
    return [Line(ok=f.ok, what=f.what, cure=f.cure) for f in found]


def _wait(coro: Coroutine[Any, Any, T]) -> T:
    return kernel.drive(coro)
