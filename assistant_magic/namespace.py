"""What code did to the user's names and files, and how to take a part of it back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

_HIDDEN = {"In", "Out", "exit", "quit", "get_ipython", "open", "display"}
_MISSING = object()
_SAMPLES = 16  # elements of a container that are looked at
_BUDGET = 0.001  # seconds for looking at values; identity is compared in any case
_CLOCK = 16  # values that are looked at between two looks at the clock
_FILES = 2_000  # entries below the folder that are looked at
_LEFT_OUT = {"node_modules", "__pycache__", "site-packages", "threads.db", "history.sqlite"}
_ENDINGS_LEFT_OUT = (".ipynb", ".db-wal", ".db-shm", ".sqlite-journal", ".holder", ".lock")


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Names and files that changed.

    Attributes:
        added: New names.
        rebound: Names that stand for another object now.
        changed: Names whose object was changed in place, as far as a cheap look tells.
        deleted: Names that are gone.
        files: Files written below the folder, relative to it.
    """

    added: tuple[str, ...] = ()
    rebound: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.added, self.rebound, self.changed, self.deleted, self.files))

    def __str__(self) -> str:
        parts = {
            "new": self.added,
            "replaced": self.rebound,
            "changed": self.changed,
            "deleted": self.deleted,
            "files": self.files,
        }
        return "; ".join(f"{word}: {', '.join(names)}" for word, names in parts.items() if names)


class Snapshot:
    """The names at one moment: the objects by reference, and cheap fingerprints of them; nothing is copied.

    Args:
        names: The user's namespace.
        folder: Where written files are looked for; `""` looks for none.
    """

    def __init__(self, names: Mapping[str, Any], folder: str = "") -> None:
        self._objects = _visible(names)
        self._prints = _fingerprints(self._objects)
        self._folder = folder
        self._taken = time.time()

    def changes(self, names: Mapping[str, Any]) -> Changes:
        """What has changed since."""
        now = _visible(names)
        kept = [n for n in self._objects if n in now and now[n] is self._objects[n]]
        prints = _fingerprints({n: now[n] for n in kept if n in self._prints})
        return Changes(
            added=tuple(n for n in now if n not in self._objects and not isinstance(now[n], ModuleType)),
            rebound=tuple(n for n in self._objects if n in now and now[n] is not self._objects[n]),
            changed=tuple(n for n in kept if n in prints and prints[n] != self._prints[n]),
            deleted=tuple(n for n in self._objects if n not in now),
            files=tuple(sorted(_written(self._folder, self._taken))) if self._folder else (),
        )

    def before(self, changes: Changes) -> Former:
        """What is needed to take `changes` back; the rest of the snapshot can be forgotten."""
        return Former({name: self._objects[name] for name in (*changes.rebound, *changes.deleted)}, changes)


class Former:
    """Former objects of names that code bound anew or deleted."""

    def __init__(self, objects: Mapping[str, Any], changes: Changes) -> None:
        self._objects = dict(objects)
        self.changes = changes
        self._left: dict[str, Any] = {}

    def settle(self, names: Mapping[str, Any]) -> None:
        """Remember what the code left, so that later changes of the user's are not undone."""
        self._left = {name: names.get(name, _MISSING) for name in self._objects}

    def restore(self, names: MutableMapping[str, Any]) -> tuple[str, ...]:
        """Put the former objects back where nobody has bound the name since; returns those names."""
        restored = []
        for name, value in self._objects.items():
            if names.get(name, _MISSING) is self._left.get(name, _MISSING):
                names[name] = value
                restored.append(name)
        return tuple(restored)


def _visible(names: Mapping[str, Any]) -> dict[str, Any]:
    return {n: value for n, value in list(names.items()) if n[:1] != "_" and n not in _HIDDEN}


def _fingerprints(objects: Mapping[str, Any]) -> dict[str, object]:
    """What tells a changed object from an unchanged one, for as many as the time allows."""
    until = time.perf_counter() + _BUDGET
    prints: dict[str, object] = {}
    for number, (name, value) in enumerate(objects.items()):
        if not number % _CLOCK and time.perf_counter() > until:
            break
        try:
            look = _look_at(type(value))
            if look is not None:
                prints[name] = look(value)
        except Exception:  # noqa: BLE001, S112  # an object that cannot be looked at has no fingerprint
            continue
    return prints


def _look_at(kind: type) -> Callable[[Any], object] | None:
    look = _LOOKS_BY_ID.get(id(kind))
    if look is None and kind.__name__ in _OTHERS:
        look = _LOOKS.get(f"{kind.__module__.partition('.')[0]}.{kind.__name__}")
    return look


def _of_sequence(value: Any) -> object:
    size = len(value)
    return size, [id(value[i]) for i in _places(size)]


def _of_set(value: Any) -> object:
    return len(value), [id(element) for element, _ in zip(value, range(_SAMPLES), strict=False)]


def _of_dict(value: Any) -> object:
    return len(value), [(id(k), id(v)) for (k, v), _ in zip(value.items(), range(_SAMPLES), strict=False)]


def _of_array(value: Any) -> object:
    size = value.size
    return value.shape, value.dtype.str, [_of_element(value.item(i)) for i in _places(size)]


def _of_frame(value: Any) -> object:
    rows, columns = value.shape
    some = [value.iat[r, c] for c in list(_places(columns))[:4] for r in list(_places(rows))[:4]]
    return value.shape, [str(value.columns[i]) for i in _places(columns)], [_of_element(v) for v in some]


def _of_series(value: Any) -> object:
    return len(value), value.name, [_of_element(value.iat[i]) for i in list(_places(len(value)))[:8]]


def _of_element(value: Any) -> object:
    """Numbers and texts are made anew at each look; anything else stays what it is, and its repr is the user's code."""
    kind = type(value)
    plain = kind in (int, float, complex, bool, str, bytes, type(None)) or kind.__module__ == "numpy"
    return repr(value) if plain or kind.__module__.startswith(("pandas.", "datetime")) else id(value)


def _places(size: int) -> Iterable[int]:
    """Up to `_SAMPLES` indices, spread evenly, the first and the last among them."""
    if size <= _SAMPLES:
        return range(size)
    return sorted({i * (size - 1) // (_SAMPLES - 1) for i in range(_SAMPLES)})


_LOOKS: dict[str, Callable[[Any], object]] = {
    "builtins.list": _of_sequence,
    "builtins.bytearray": lambda value: (len(value), bytes(value[:64]), bytes(value[-64:])),
    "builtins.set": _of_set,
    "builtins.dict": _of_dict,
    "collections.defaultdict": _of_dict,
    "collections.OrderedDict": _of_dict,
    "collections.Counter": _of_dict,
    "collections.deque": _of_sequence,
    "numpy.ndarray": _of_array,
    "pandas.DataFrame": _of_frame,
    "pandas.Series": _of_series,
}


_LOOKS_BY_ID = {id(kind): _LOOKS[f"builtins.{kind.__name__}"] for kind in (list, dict, set, bytearray)}
"""The commonest, by what is quickest to look for."""
_OTHERS = {name.rpartition(".")[2] for name in _LOOKS}


def _written(folder: str, since: float) -> Iterator[str]:
    waiting, left = [folder], _FILES
    while waiting and left > 0:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            left -= 1
            if (
                entry.name.startswith(".")
                or entry.name in _LEFT_OUT
                or entry.name.endswith(_ENDINGS_LEFT_OUT)
            ):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and entry.stat().st_mtime > since - 0.02:
                # File systems keep time more coarsely than the clock.
                yield os.path.relpath(entry.path, folder)
