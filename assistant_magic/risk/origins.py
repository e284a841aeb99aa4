"""What a piece of an expression may stand for, as far as reading tells.

An origin is a set of atoms: a name bound twice stands for either. A container stands for what is in it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import cast

from assistant_magic.risk import modules, rules


@dataclass(frozen=True)
class Atom:
    """One thing that an expression may stand for."""


@dataclass(frozen=True)
class Module(Atom):
    """A module that may be read, by its dotted name."""

    path: str


@dataclass(frozen=True)
class Member(Atom):
    """A function, class or constant of such a module."""

    module: str
    name: str


@dataclass(frozen=True)
class Builtin(Atom):
    """A harmless builtin function or type."""

    name: str


@dataclass(frozen=True)
class Local(Atom):
    """A function, class or lambda defined in the code itself; `key` tells them apart."""

    key: str


@dataclass(frozen=True)
class Words(Atom):
    """Text, which some libraries evaluate.

    Attributes:
        text: The text itself, or None where it is made at run time.
        depth: In how many containers it lies: an item of a text is another text, an item of a list is the text.
        plain: Made at run time, but it does not begin like an address.
    """

    text: str | None
    depth: int = 0
    plain: bool = False


@dataclass(frozen=True)
class Named(Atom):
    """A value that is no text but prints as one that the code has chosen, as a symbol does."""


@dataclass(frozen=True)
class Data(Atom):
    """A value of a known library, or of no library at all: it does nothing by itself."""


@dataclass(frozen=True)
class Foreign(Atom):
    """Something of the user's that we know nothing about."""

    name: str


@dataclass(frozen=True)
class Bound(Atom):
    """The method `name` of a value."""

    name: str


@dataclass(frozen=True)
class Owned(Atom):
    """Goes with the others where a change in place would change the user's variable `name`."""

    name: str


Origin = frozenset[Atom]

DATA: Origin = frozenset({Data()})
MADE_WORDS: Origin = frozenset({Words(None)})
_DEEPEST = 3
_SPELLED = 50


def contained(origin: Origin) -> Origin:
    """What a container stands for that is made of this."""
    return frozenset(_deeper(a) if isinstance(a, Words) else a for a in origin)


def items_of(origin: Origin) -> Origin:
    """What an item of this stands for: a letter of a text, an element of a list."""
    found: set[Atom] = set()
    for atom in origin:
        if not isinstance(atom, Words) or atom.text is None:
            found.add(atom)
        elif atom.depth == 0:
            found |= {Words(letter) for letter in atom.text} if len(atom.text) < _SPELLED else {Words(None)}
        else:
            found |= {Words(atom.text, atom.depth - 1)} | ({atom} if atom.depth == _DEEPEST else set())
    return frozenset(found)


def _deeper(atom: Words) -> Words:
    return atom if atom.text is None else Words(atom.text, min(atom.depth + 1, _DEEPEST))


UNSEEN = object()
"""Stands for the object behind a name when only names are known."""

_PLAIN = (
    int,
    float,
    complex,
    bool,
    bytes,
    bytearray,
    range,
    slice,
    type(None),
    type(Ellipsis),
    type(NotImplemented),
)
_CONTAINERS = (list, tuple, set, frozenset, dict)
_LOOKED_AT = 1_000


def origin_of(name: str, value: object) -> Origin:
    """What a user's name stands for, from the object behind it; the object is looked at, never used."""
    if value is UNSEEN:
        return frozenset({Foreign(name), Owned(name)})
    # `type(value)` throughout: isinstance() may run code of the value.
    if issubclass(type(value), ModuleType):
        path = str(ModuleType.__getattribute__(cast(ModuleType, value), "__dict__").get("__name__", ""))
        return frozenset({Module(path)}) if modules.is_known(path) else frozenset({Foreign(name)})
    found = _origin(name, value, depth=0)
    return found if type(value) in (str, *_PLAIN) else found | {Owned(name)}


def mentions(package: str, tree: ast.AST, names: Mapping[str, object]) -> bool:
    """Whether code imports a package or uses a name of the user's that comes from it."""
    for node in ast.walk(tree):
        imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Name) and node.id in names:
            imported.append(_home(names[node.id]))
        if any(path.partition(".")[0] == package for path in imported):
            return True
    return False


def _home(value: object) -> str:
    """The module that a value comes from, or that it is."""
    kind = type(value)
    if issubclass(kind, ModuleType):
        return str(ModuleType.__getattribute__(cast(ModuleType, value), "__dict__").get("__name__", ""))
    if issubclass(kind, type | FunctionType | BuiltinFunctionType):
        return str(getattr(value, "__module__", ""))
    return str(kind.__module__)


def _origin(name: str, value: object, depth: int) -> Origin:
    kind = type(value)
    if kind is str:
        value = cast(str, value)
        return frozenset({Words(value)}) if len(value) < _LOOKED_AT else MADE_WORDS
    if kind in _PLAIN:
        return DATA
    if kind in _CONTAINERS:
        return _container(name, cast(Collection[object], value), depth)
    if issubclass(kind, type | FunctionType | BuiltinFunctionType | MethodType):
        return _definition(name, value)
    path = str(kind.__module__)
    return DATA if path != "builtins" and modules.is_known(path) else frozenset({Foreign(name)})


def _container(name: str, value: Collection[object], depth: int) -> Origin:
    if depth > 2:
        return frozenset({Foreign(name)})
    found: set[Atom] = {Data()}
    elements = value.values() if isinstance(value, Mapping) else value
    for element in islice(elements, _LOOKED_AT):
        inner = _origin(name, element, depth + 1)
        found |= {Words(None)} if any(isinstance(a, Words) for a in inner) else inner
    return frozenset(found)


def _definition(name: str, value: object) -> Origin:
    module, own = getattr(value, "__module__", None), getattr(value, "__name__", "")
    if type(value) is MethodType or not isinstance(module, str):
        return frozenset({Foreign(name)})
    if module == "builtins" and own in rules.BUILTINS:
        return frozenset({Builtin(own)})
    if not modules.is_known(module) or rules.denied_member(module, own):
        return frozenset({Foreign(name)})
    return frozenset({Member(module, own)})
