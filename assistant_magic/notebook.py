"""Which notebook this is, and the thread that belongs to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant_magic import kernel
from assistant_magic.stores import Store, ThreadRecord
from assistant_magic.thread import Thread


@dataclass(frozen=True)
class Notebook:
    """A notebook by its file; `path` is empty for a console, a script or a front end that does not tell."""

    path: str = ""

    @classmethod
    def current(cls) -> Notebook:
        """The notebook this kernel belongs to.

        Jupyter's server names it in `JPY_SESSION_NAME`, VS Code in a variable of the kernel.
        """
        names = kernel.namespace() if kernel.in_kernel() else {}
        path = names.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME", "")
        # Consoles of JupyterLab have a session name as well, which is no file's.
        if not str(path).endswith(".ipynb"):
            return cls()
        return cls(str(Path(str(path)).absolute()))

    def thread(self, store: Store) -> tuple[Thread, str]:
        """The notebook's thread, and a line for the reader where that is not the plain case.

        A notebook that was renamed or moved keeps its thread, which its saved answers name; a copy gets a
        thread of its own with the same past.
        """
        if not self.path:
            return Thread.create(store), ""
        bound = store.find(ThreadRecord, notebook=self.path)
        if bound:
            return Thread(store, max(bound, key=lambda record: record.updated)), ""
        for thread_id in self._saved_threads():
            for record in store.find(ThreadRecord, id=thread_id):
                thread = Thread(store, record)
                if record.notebook and Path(record.notebook).exists():
                    name = Path(record.notebook).name
                    fork = thread.fork(record.title, notebook=self.path)
                    return fork, f"a copy of {name}: it continues on a thread of its own"
                thread.update(notebook=self.path)
                return thread, ""
        return Thread.create(store, notebook=self.path), ""

    def bind(self, thread: Thread) -> None:
        """Make `thread` the one this notebook continues, now and after a restart."""
        if self.path:
            for record in thread.store.find(ThreadRecord, notebook=self.path):
                if record.id != thread.id:
                    Thread(thread.store, record).update(notebook="")
            thread.update(notebook=self.path)

    def _saved_threads(self) -> Iterator[str]:
        # Newest answer first: the last cell names the thread that is current.
        try:
            cells = json.loads(Path(self.path).read_text("utf-8"))["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        seen = set()
        for cell in reversed(cells):
            for output in reversed(cell.get("outputs", [])):
                thread_id = _thread_of(output)
                if thread_id and thread_id not in seen:
                    seen.add(thread_id)
                    yield thread_id


def _thread_of(output: dict[str, Any]) -> str:
    origin = output.get("metadata", {}).get("assistant_magic")
    found = origin.get("thread") if isinstance(origin, dict) else None
    return found if isinstance(found, str) else ""
