"""What `%assistant …` can do at the provider: the thread's files, and an examination of the way there."""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
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


def download(assistant: Assistant, thread: Thread, name: str, folder: Path) -> list[Path]:
    """Fetch a file of the thread, by name or id, into `folder`; without a name all that code made and answers cite.

    Raises:
        UsageError: The thread has no such file.
    """
    held = _held(assistant, thread)
    found = _wait(held.find())
    if name:
        found = [f for f in found if name in (f.name, f.id, Path(f.name).name)]
        # What code made there comes before what was sent there under the same name.
        found = sorted(found, key=lambda f: f.where != "container")[:1]
    else:
        found = [f for f in found if f.id in held.made]
    if not found:
        what = f"this thread has no file {name!r} at the provider" if name else "there are no files to fetch"
        raise UsageError(what, "`%assistant files` lists them.")
    return [_wait(held.download(file, folder)) for file in found]


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


def pending(thread: Thread) -> bool:
    """An answer on this thread goes on at the provider, and nobody has fetched it."""
    return bool(thread.state(OPENAI, "").data.get("pending"))


def price_date() -> str:
    """The day of the price table."""
    from assistant_magic.backends.openai_prices import price_table

    return str(price_table()["date"])


def _machine() -> list[Line]:
    python = ".".join(map(str, sys.version_info[:3]))
    found = {package: there for package in _PACKAGES if (there := _version(package))}
    listed = ", ".join(f"{package} {there}" for package, there in found.items())
    return [Line(ok=True, what=f"Python {python}, {listed}"), *_unfit(found)]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _unfit(found: Mapping[str, str]) -> Iterator[Line]:
    """A line for each package whose version is not one that we work with."""
    from packaging.requirements import Requirement

    if not _version("assistant_magic"):
        return  # run from its sources, which name no versions
    for text in requires("assistant_magic") or ():
        wanted = Requirement(text)
        there = found.get(wanted.name.lower(), "")
        if there and wanted.marker is None and not wanted.specifier.contains(there, prereleases=True):
            cure = f"pip install '{wanted.name}{wanted.specifier}', then restart the kernel."
            yield Line(ok=False, what=f"{wanted.name} {there} is not one this works with", cure=cure)


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
