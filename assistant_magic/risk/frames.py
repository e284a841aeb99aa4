"""Names and what they may stand for, by the function, class or comprehension that binds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from assistant_magic.risk.origins import Atom, Local, Origin

RESULT = "return"
"""Under this name, which no code can bind, a frame keeps what its function gives back."""

_AWAY = "raised or sent"


def _is_operator(name: str) -> bool:
    return name.startswith("__") and name not in {"__repr__", "__str__", "__format__", "__init__", "__hash__"}


@dataclass
class Frame:
    """The names that one piece of code binds."""

    kind: Literal["module", "function", "class", "comprehension"] = "module"
    names: dict[str, set[Atom]] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    shared: set[str] = field(default_factory=set)
    """Names declared `global`."""
    outer: set[str] = field(default_factory=set)
    """Names declared `nonlocal`."""


class Frames:
    """All frames of a piece of code. They outlive a reading, so that reading again knows what came later."""

    def __init__(self) -> None:
        self._module = Frame()
        self._by_key: dict[str, Frame] = {}
        self._open: list[Frame] = [self._module]
        self.grown = False

    def __getitem__(self, key: str) -> Frame:
        return self._by_key[key]

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    @contextmanager
    def inside(self, key: str, kind: Literal["function", "class", "comprehension"]) -> Iterator[Frame]:
        """Bind in the frame of `key` for a while."""
        frame = self._by_key.setdefault(key, Frame(kind))
        self._open.append(frame)
        try:
            yield frame
        finally:
            self._open.pop()

    def bind(self, name: str, origin: Iterable[Atom], *, past_comprehensions: bool = False) -> bool:
        """Let `name` stand for `origin` too; True where that is a name of the notebook itself."""
        frame = self._open[-1]
        if past_comprehensions:
            frame = next(f for f in reversed(self._open) if f.kind != "comprehension")
        if name in frame.shared:
            frame = self._module
        if name in frame.outer:
            around = (f for f in reversed(self._open[:-1]) if f.kind == "function" and name not in f.outer)
            frame = next((f for f in around if name in f.names), frame)
        self.add(frame, name, origin)
        return frame is self._module

    def add(self, frame: Frame, name: str, origin: Iterable[Atom]) -> None:
        """Let `name` in `frame` stand for `origin` too."""
        known = frame.names.setdefault(name, set())
        before = len(known)
        known.update(origin)
        self.grown |= len(known) > before

    def keep(self, name: str, origin: Iterable[Atom]) -> None:
        """Let the container `name` stand for what is put into it too, without binding it anew here."""
        self.add(next((f for f in reversed(self._open) if name in f.names), self._module), name, origin)

    def hand_over(self, origin: Origin) -> None:
        """Something was raised or sent, and may arrive wherever errors and sent values do."""
        self.add(self._by_key.setdefault(_AWAY, Frame("function")), RESULT, origin)

    def handed_over(self) -> Origin:
        """What may arrive there."""
        return self.result(_AWAY)

    def share(self, names: Iterable[str]) -> None:
        """`global` was said of these."""
        self._open[-1].shared.update(names)

    def borrow(self, names: Iterable[str]) -> None:
        """`nonlocal` was said of these."""
        self._open[-1].outer.update(names)

    def give_back(self, origin: Origin) -> None:
        """`return` or `yield`."""
        frame = next((f for f in reversed(self._open) if f.kind == "function"), self._module)
        self.add(frame, RESULT, origin)

    def result(self, key: str) -> Origin:
        """What the function of `key` gives back."""
        return frozenset(self._by_key[key].names.get(RESULT, ())) if key in self._by_key else frozenset()

    def given_by_operators(self, key: str) -> Origin:
        """What a value of a class gives back where nobody names its methods: `+`, `[]`, `for`, `with`, `()`."""
        methods = (m for name, m in self._by_key[key].names.items() if _is_operator(name))
        return frozenset().union(
            *(self.result(atom.key) for m in methods for atom in m if isinstance(atom, Local))
        )

    def find(self, name: str) -> tuple[Origin, bool]:
        """What `name` stands for here, and whether it may also be a name of the notebook."""
        for frame in reversed(self._open[1:]):
            if name in frame.names and name not in frame.shared:
                return frozenset(frame.names[name]), False
        return frozenset(self._module.names.get(name, ())), True
