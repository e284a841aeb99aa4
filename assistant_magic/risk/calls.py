"""Reads calls: who is called, with what, and what comes back."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from assistant_magic.risk import rules
from assistant_magic.risk.frames import RESULT
from assistant_magic.risk.members import Arguments, Members, result_of
from assistant_magic.risk.origins import (
    DATA,
    MADE_WORDS,
    Atom,
    Bound,
    Builtin,
    Data,
    Foreign,
    Local,
    Member,
    Module,
    Named,
    Origin,
    Owned,
    Words,
    contained,
)

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

NOTHING: Origin = frozenset()
_FILLING = {"append", "extend", "insert", "add", "update", "setdefault", "appendleft", "extendleft"}


class Calls:
    """The part of a reader that knows functions."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._members = Members(reader)

    def read(self, node: ast.Call) -> Origin:
        """A call."""
        self._reader.called.add(id(node.func))
        callee = self._reader.base(node.func)
        given = self._arguments(node)
        words = NOTHING
        if isinstance(node.func, ast.Attribute):
            words = frozenset(
                a for a in self._receiver(node.func) if isinstance(a, Words | Data | Owned | Named)
            )
            # A table's style is no text, even where a text has chosen its rows.
            styled = isinstance(node.func.value, ast.Attribute) and node.func.value.attr == "style"
            self._method(node.func.attr, NOTHING if styled else words, given)
            self._filled(node.func, words, given)
        elif self._reader.uses_sympy and Data() in callee:
            # Perhaps a function of SymPy's, which reads text as an expression.
            self._reader.texts.check_evaluated(node, given.everything, "a value", expression=True)
        found: set[Atom] = set()
        bound = any(isinstance(atom, Bound) for atom in callee)
        for atom in callee:
            if not isinstance(atom, Words | Owned) and (atom != Data() or not bound):
                found |= self._one(atom, given, words)
            if isinstance(atom, Bound) and not isinstance(node.func, ast.Attribute):
                self._method(atom.name, NOTHING, given)
        self._callbacks(callee, given, words)
        return frozenset(found) or DATA

    def _receiver(self, func: ast.Attribute) -> Origin:
        return self._reader.just_read(func.value)

    def _arguments(self, node: ast.Call) -> Arguments:
        read = self._reader.read
        positional = tuple(read(a) for a in node.args if not isinstance(a, ast.Starred))
        spread = [read(a.value) for a in node.args if isinstance(a, ast.Starred)]
        spread += [read(k.value) for k in node.keywords if k.arg is None]
        named = {k.arg: read(k.value) for k in node.keywords if k.arg is not None}
        return Arguments(node, positional, named, frozenset().union(*spread))

    def _one(self, atom: Atom, given: Arguments, receiver: Origin) -> Origin:
        match atom:
            case Foreign(name=name):
                self._reader.report(given.node, "call", f"calls {name}, which is not known to be harmless")
                return DATA
            case Local(key=key):
                return self._local(key, given)
            case Module(path=path):
                self._reader.report(given.node, "call", f"calls the module {path}")
                return DATA
            case Builtin(name=name) | Bound(name=name) | Member(name=name):
                self._handed_on(given, name)
                self._placed(given, name)
                return self._harmless(atom, name, given, receiver)
            case _:
                return result_of("", given.everything)

    def _harmless(self, atom: Atom, name: str, given: Arguments, receiver: Origin) -> Origin:
        if isinstance(atom, Builtin):
            return self._builtin(name, given)
        if isinstance(atom, Member):
            return self._members.used(atom.module, name, given)
        if name == "replace" and len(given.positional) == 2 and not given.named:
            return self._reader.texts.replaced(given.node, receiver, *given.positional)
        return result_of(name, given.everything | receiver)

    def _placed(self, given: Arguments, to: str) -> None:
        """Arguments that name a place outside, whatever takes them."""
        if not given.node.keywords:
            return
        for name, (kind, phrase) in rules.PLACE_ARGUMENTS.items():
            told = given.by_name(name)
            if to == "dict" or not told or (name in {"usetex", "raw"} and _is_false(given.node, name)):
                continue
            if name in {"usetex", "raw", "backend"} or any(isinstance(a, Words | Foreign) for a in told):
                self._reader.report(given.node, kind, f"{phrase}: {to}")

    def _local(self, key: str, given: Arguments) -> Origin:
        frames = self._reader.frames
        if key not in frames:
            return DATA
        frame = frames[key]
        if frame.kind == "class":
            for start in ("__init__", "__new__", "__call__", "__post_init__"):
                for atom in frame.names.get(start, ()):
                    if isinstance(atom, Local):
                        self._pass(atom.key, given, skip=1)
            carried = frozenset(a for a in given.everything if isinstance(a, Words | Owned))
            return frozenset({Local(key)}) | carried | self._reader.frames.given_by_operators(key)
        method = bool(frame.parameters) and any(
            isinstance(a, Local) for a in frame.names[frame.parameters[0]]
        )
        self._pass(key, given, skip=int(method and len(given.positional) < len(frame.parameters)))
        return frozenset(frame.names.get(RESULT, ())) or DATA

    def _pass(self, key: str, given: Arguments, skip: int) -> None:
        if key not in self._reader.frames:
            return
        frame = self._reader.frames[key]
        names = frame.parameters[skip:]
        for place, origin in enumerate(given.positional):
            self._reader.frames.add(frame, names[min(place, len(names) - 1)] if names else "", origin)
        for name, origin in given.named.items():
            self._reader.frames.add(frame, name if name in names or not names else names[-1], origin)
        for name in names if given.spread else ():
            self._reader.frames.add(frame, name, given.spread)

    def _handed_on(self, given: Arguments, to: str) -> None:
        quiet = {"print", "len", "type", "str", "repr", "isinstance", "int", "float", "bool", "abs", "round", "sum", "display",
                 "list", "tuple", "set", "dict", "sorted", "range", "enumerate", "zip", "min", "max", "any", "all", "id"}  # fmt: skip
        named = frozenset().union(*given.named.values(), given.spread)
        risky = named if to in quiet else given.everything
        for atom in risky:
            if isinstance(atom, Foreign):
                self._reader.report(
                    given.node, "call", f"hands {atom.name} to {to}, and what it does is not known"
                )

    # ---- builtins

    def _builtin(self, name: str, given: Arguments) -> Origin:
        report = self._reader.report
        if name == "type" and len(given.positional) != 1:
            report(given.node, "reflection", "makes a class by text: type")
        if name == "dir":
            return MADE_WORDS
        if name == "dict":
            keys = frozenset(Words(keyword, depth=1) for keyword in given.named)
            return (
                keys | contained(frozenset().union(*given.named.values())) | result_of(name, given.everything)
            )
        if name == "print" and ("file" in given.named or (given.spread and "**" in ast.unparse(given.node))):
            report(given.node, "file", "prints into a file")
        if name == "type" and len(given.positional) == 1:
            kinds: Origin = frozenset(a for a in given.positional[0] if isinstance(a, Local | Foreign))
            return kinds or frozenset({Member("builtins", "a type")})
        if name == "hasattr":
            return DATA
        if name == "getattr":
            return self._getattr(given)
        if name in {"str", "repr", "format", "ascii", "chr", "hex", "oct", "bin", "bytes", "bytearray"}:
            return MADE_WORDS
        if name in {"staticmethod", "classmethod", "property"}:
            return given.everything
        return result_of(name, given.everything)

    def _getattr(self, given: Arguments) -> Origin:
        names = (
            [a.text for a in given.positional[1] if isinstance(a, Words)] if len(given.positional) > 1 else []
        )
        if not names or None in names or any(not isinstance(a, Words) for a in given.positional[1]):
            self._reader.report(given.node, "reflection", "reads an attribute by a computed name")
            return DATA
        found: set[Atom] = set()
        for name in names:
            found |= self._reader.attribute(given.node, given.positional[0], name or "")
            if name in rules.TEXT_WRITERS:
                self._reader.report(given.node, "file", f"may write a file: .{name}")
        return frozenset(found)

    # ---- methods of values

    def _filled(self, func: ast.Attribute, receiver: Origin, given: Arguments) -> None:
        """What is put into a container, or sent to a generator, comes out of it again."""
        settings = any(
            isinstance(a, Member) and a.name.startswith("rcParams")
            for a in self._reader.just_read(func.value)
        )
        if settings and func.attr in rules.MUTATORS and Words(None) in given.everything:
            self._reader.report(given.node, "import", "sets what may import or start something")
        if func.attr == "send":
            self._reader.frames.hand_over(given.everything)
        if func.attr in rules.MUTATORS | {"at"}:
            self._unbound(func, given)
        if func.attr in _FILLING and given.everything and not any(isinstance(a, Owned) for a in receiver):
            self._reader.fill(func.value, given.everything | contained(given.everything))

    def _method(self, name: str, receiver: Origin, given: Arguments) -> None:
        node, report = given.node, self._reader.report
        if name in rules.TEXT_WRITERS and given.given(0, *rules.TEXT_WRITERS[name]):
            report(node, "file", f"writes a file: .{name}")
        if name in {"format", "format_map"} and any(isinstance(a, Words) for a in receiver):
            self._reader.texts.formatted(node, receiver, given.everything)
        if name in rules.EVALUATORS:
            self._reader.texts.check_evaluated(node, given.everything, f".{name}", expression=False)
        if name in rules.SYMPY_METHODS and not any(isinstance(a, Words) for a in receiver):
            self._reader.texts.check_evaluated(node, given.everything, f".{name}", expression=True)
        if name in rules.NAMED_CALLS:
            self._members.attribute_names(given, given.everything)
        if name == "set_option" and given.spread:
            report(node, "import", "imports a backend by text")
        if name == "show" and given.positional and any(isinstance(a, Words) for a in given.positional[0]):
            report(node, "process", "starts a program that shows it: .show")
        if name == "shuffle" or "out" in given.named:
            for atom in given.named.get("out", given.everything):
                if isinstance(atom, Owned):
                    report(node, "change", f"changes your variable {atom.name} in place: .{name}")
        owners = {a.name for a in receiver if isinstance(a, Owned)}
        hidden = any(keyword.arg is None for keyword in node.keywords)
        if owners and (hidden or ("inplace" in given.named and not _is_false(node, "inplace"))):
            report(node, "change", f"changes your variable {min(owners)} in place: .{name}")

    def _unbound(self, func: ast.Attribute, given: Arguments) -> None:
        """`list.append(values, 1)` and `np.add.at(a, 0, 1)` change what they are given first."""
        of = self._reader.just_read(func.value)
        if given.positional and any(isinstance(a, Builtin | Member) for a in of):
            for atom in given.positional[0]:
                if isinstance(atom, Owned):
                    self._reader.report(
                        given.node, "change", f"changes your variable {atom.name} in place: .{func.attr}"
                    )

    # ---- functions handed to functions

    def _callbacks(self, callee: Origin, given: Arguments, receiver: Origin) -> None:
        """A function among the arguments may be called with the others."""
        if all(isinstance(atom, Local) for atom in callee):
            return
        every = (*given.positional, *given.named.values(), given.spread)
        for place, origin in enumerate(every):
            others = frozenset().union(*every[:place], *every[place + 1 :], receiver)
            handed = frozenset(a for a in others if isinstance(a, Words | Data | Owned))
            for atom in origin:
                if isinstance(atom, Local):
                    self._pass_all(atom.key, handed)
                elif isinstance(atom, Member | Builtin | Bound):
                    self._called_later(atom, given.node, handed)

    def _pass_all(self, key: str, handed: Origin) -> None:
        if key in self._reader.frames:
            frame = self._reader.frames[key]
            for name in frame.parameters:
                self._reader.frames.add(frame, name, handed)

    def _called_later(self, atom: Member | Builtin | Bound, node: ast.Call, handed: Origin) -> None:
        later = Arguments(node, (handed,), {}, NOTHING)
        if isinstance(atom, Member):
            self._members.used(atom.module, atom.name, later)
        elif isinstance(atom, Bound):
            self._method(atom.name, NOTHING, later)
        elif atom.name in {"getattr", "type"}:
            self._reader.report(node, "reflection", f"hands {atom.name} on")


def _is_false(node: ast.Call, name: str) -> bool:
    return any(
        k.arg == name and isinstance(k.value, ast.Constant) and k.value.value is False for k in node.keywords
    )
