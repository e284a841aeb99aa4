"""The places where an assistant's code runs: executors that are made on first use and kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant_magic.config import Settings
from assistant_magic.executors import Executor, make_executor
from assistant_magic.stores import StateRecord
from assistant_magic.thread import Thread

__all__ = ["Places"]

_GB = 2**30


class Places:
    """Gives executors by name, under the settings that hold.

    The isolated kernel is one for the whole notebook, as its own kernel is; a sandbox belongs to a thread, and a
    restarted kernel finds it again.

    Args:
        given: The executor that takes the place of the one that is set.
    """

    def __init__(self, given: Executor | None = None) -> None:
        self._given = given
        self._made: dict[object, Executor] = {}

    def chosen(self, settings: Settings, thread: Thread | None, *, shows: bool = True) -> Executor:
        """The executor that these settings name, or the given one."""
        return self._given or self.named(settings.executor, settings, thread, shows=shows)

    def named(self, name: str, settings: Settings, thread: Thread | None, *, shows: bool = True) -> Executor:
        """The executor called `name`; `shows` is False where live code has no cell to show in."""
        if self._given is not None and name == self._given.name:
            return self._given
        key: tuple[object, ...] = (name,)
        options: dict[str, Any] = {}
        if name == "live":
            key, options = (name, shows), {} if shows else {"show": False}
        elif name == "isolated":
            place = _isolated_place(settings)
            key, options = (name, place), {"place": place}
        elif name == "e2b":
            sandbox = _sandbox_options(settings)
            key = (name, thread and thread.id, *sandbox.items())
            options = {**sandbox, "saved": _SavedSandbox(thread) if thread is not None else None}
        if key not in self._made:
            self._made[key] = make_executor(name, **options)
        return self._made[key]

    async def stop(self) -> None:
        """Stop all that were made."""
        for executor in self._made.values():
            await executor.stop()


def _isolated_place(settings: Settings) -> Any:
    from assistant_magic.executors.isolated_kernel import Place

    return Place(
        kernel=settings.isolated_kernel,
        memory=int(settings.isolated_memory * _GB),
        cpu_seconds=settings.isolated_cpu_seconds,
        file_bytes=int(settings.isolated_file_size * _GB),
    )


def _sandbox_options(settings: Settings) -> dict[str, Any]:
    return {"template": settings.e2b_template, "idle": settings.e2b_idle}


class _SavedSandbox:
    """The ids by which a thread's sandbox is found again, kept in the store beside the thread."""

    def __init__(self, thread: Thread) -> None:
        self._store, self._thread = thread.store, thread.id

    def load(self) -> Mapping[str, str]:
        found = self._store.find(StateRecord, id=f"e2b/{self._thread}")
        return found[0].data if found else {}

    def save(self, ids: Mapping[str, str]) -> None:
        record = StateRecord(
            id=f"e2b/{self._thread}", thread=self._thread, backend="e2b", node="", data=dict(ids)
        )
        self._store.save(record)
