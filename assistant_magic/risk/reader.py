"""Reads code and follows what each name may stand for. Nothing is executed.

The reading ignores order: a name stands for everything that is ever bound to it in its frame, and the code is
read again until nothing new turns up. So an alias, a default argument or a callback hides nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from assistant_magic.risk import modules, rules
from assistant_magic.risk.calls import Calls
from assistant_magic.risk.definitions import Definitions
from assistant_magic.risk.exports import exported
from assistant_magic.risk.finding import Finding, Kind
from assistant_magic.risk.frames import Frames
from assistant_magic.risk.imports import Imports
from assistant_magic.risk.inner import module_behind
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
    items_of,
    mentions,
    origin_of,
)
from assistant_magic.risk.targets import Targets
from assistant_magic.risk.text import Texts

OnMagic = Callable[[ast.Call, int], tuple[Finding, ...]]
_PASSES = 8
_INHERITED = {"__init__", "__new__", "__post_init__", "__repr__", "__str__", "__eq__", "__hash__", "__len__", "__enter__",
              "__exit__", "__add__", "__sub__", "__mul__", "__getitem__", "__iter__", "__call__"}  # fmt: skip
_LABELS = {"columns", "index", "name", "names"}
"""Attributes of data that print as texts somebody has chosen."""

_NAMING = {"__name__", "__qualname__", "__doc__"}
NOTHING: Origin = frozenset()


class Reader:
    """Reads one piece of code.

    Args:
        names: What the user has defined, and the objects.
        on_magic: Reads a call on `get_ipython()`.

    Attributes:
        uses_sympy: SymPy is at work, which reads text as code in many places.
    """

    def __init__(self, names: Mapping[str, object], on_magic: OnMagic) -> None:
        self.names = names
        self.frames = Frames()
        self.stars: list[str] = []
        self.uses_sympy = False
        self._on_magic = on_magic
        self._found: set[Finding] = set()
        self._just_read: dict[int, Origin] = {}
        self.called: set[int] = set()
        self._calls = Calls(self)
        self._targets = Targets(self)
        self.texts = Texts(self)
        self._ways: dict[type[ast.AST], Callable[[Any], Origin]] = {}
        self._parts = (self._calls, self._targets, self.texts, Imports(self), Definitions(self))

    def findings(self, tree: ast.Module, word: str = "") -> list[Finding]:
        """Everything in `tree` to ask about, in no order; `word` begins a cell that IPython may take for a magic."""
        self.uses_sympy = mentions("sympy", tree, self.names)
        for _ in range(_PASSES):
            self.frames.grown = False
            self._found.clear()
            if word and not any(word in (exported(m) or (word,)) for m in self.stars):
                self.report(tree.body[-1], "call", f"may be a magic: {word}")
            for statement in tree.body:
                self.read(statement)
            if not self.frames.grown:
                return list(self._found)
        self._found.add(Finding(kind="unreadable", reason="cannot be followed to its end", line=1))
        return list(self._found)

    def report(self, node: ast.AST, kind: Kind, reason: str) -> None:
        """Ask about `node`."""
        self._found.add(Finding(kind=kind, reason=reason, line=getattr(node, "lineno", 1)))

    def report_denied(self, node: ast.AST, denied: tuple[Kind, str] | None) -> bool:
        """Ask about `node` if a rule says so."""
        if denied:
            self.report(node, *denied)
        return denied is not None

    def report_foreign(self, node: ast.AST, origin: Origin) -> None:
        """Ask about the use of something of the user's that runs by itself there."""
        for atom in origin:
            if isinstance(atom, Foreign):
                self.report(node, "call", f"uses {atom.name}, which is not known to be harmless")

    def read(self, node: ast.AST) -> Origin:
        """What `node` stands for where it is handed on as a value."""
        origin = self.base(node)
        for atom in origin:
            if isinstance(atom, Module) and isinstance(node, ast.Name | ast.Attribute):
                self.report(node, "reflection", f"hands the module {atom.path} on")
        return origin

    def base(self, node: ast.AST) -> Origin:
        """What `node` stands for where only a part of it is used: before a dot, or behind an `=`."""
        kind = type(node)
        if kind not in self._ways:
            name = f"read_{kind.__name__}"
            found_in = (getattr(part, name, None) for part in (self, *self._parts))
            self._ways[kind] = next(filter(None, found_in), self.read_children)
        found = self._ways[kind](node)
        self._just_read[id(node)] = found
        return found

    def just_read(self, node: ast.AST) -> Origin:
        """What `base` found for a node a moment ago; reading chains of calls twice would take for ever."""
        return self._just_read.get(id(node), DATA)

    def read_children(self, node: ast.AST) -> Origin:
        """The union of what the parts of a node stand for; right for displays, conditions and blocks."""
        found: set[Atom] = set()
        for child in ast.iter_child_nodes(node):
            found |= self.read(child)
        return frozenset(found)

    # ---- names

    def read_Name(self, node: ast.Name) -> Origin:  # noqa: N802 - named after the node
        """A name by itself."""
        name = node.id
        if name in rules.DENIED_BUILTINS:
            self.report(node, *rules.DENIED_BUILTINS[name])
            return frozenset({Foreign(name)})
        if name.startswith("__") and name.endswith("__") and name not in rules.BUILTINS:
            self.report(node, "reflection", f"reaches inside the interpreter: {name}")
        return self.find(name, node) or frozenset({Foreign(name)})

    def find(self, name: str, node: ast.AST | None = None) -> Origin:
        """What a name may stand for; empty where nothing in sight defines it."""
        found, notebook = self.frames.find(name)
        if not notebook:
            return found
        if name in self.names:
            found |= origin_of(name, self.names[name])
        for module in self.stars:
            public = exported(module)
            if (name not in rules.BUILTINS and not found) if public is None else name in public:
                found |= self.member(module, name, node)
        if not found and name in rules.BUILTINS:
            return frozenset({Builtin(name)})
        return found

    def member(self, module: str, name: str, node: ast.AST | None = None) -> Origin:
        """The public name `name` of a module."""
        path = f"{module}.{name}"
        if modules.is_submodule(path):
            return frozenset({Module(path)})
        denied = rules.denied_member(module, name)
        if name.startswith("_") and name not in rules.SAFE_DUNDERS:
            denied = ("reflection", f"reaches inside a module: {path}")
        if denied and node is not None:
            self.report(node, *denied)
        return DATA if denied else frozenset({Member(module, name)})

    # ---- attributes and items

    def read_Attribute(self, node: ast.Attribute) -> Origin:  # noqa: N802 - named after the node
        """A dot and what comes behind it."""
        if node.attr in rules.SAFE_DUNDERS and _is_class_of(node.value):
            assert isinstance(node.value, ast.Attribute)
            self.read(node.value.value)
            return MADE_WORDS
        if _is_super(node.value) and node.attr in _INHERITED:
            return frozenset({Bound(node.attr), Data()})
        base = self.base(node.value)
        found = self.attribute(node, base, node.attr)
        return found | MADE_WORDS if node.attr in _NAMING else found

    def attribute(self, node: ast.AST, base: Origin, name: str) -> Origin:
        """The attribute `name` of what `base` stands for."""
        found: set[Atom] = set()
        base = frozenset(self._behind(node, atom) for atom in base)
        of_modules = [atom for atom in base if isinstance(atom, Module)]
        for module in of_modules:
            found |= self.member(module.path, name, node)
        if len(of_modules) == len(base) and of_modules:
            return frozenset(found)
        if self.report_denied(node, rules.denied_attribute(name)):
            return DATA
        if name in rules.TEXT_WRITERS and id(node) not in self.called:
            self.report(node, "file", f"hands on what may write a file: .{name}")
        if name in rules.HANDED_EVALUATORS and id(node) not in self.called:
            self.report(node, "eval", f"hands on what runs text as code: .{name}")
        if name in {"format", "format_map"} and id(node) not in self.called and _has_words(base):
            self.report(node, "reflection", "hands on what formats a text")
        self._check_private(node, base, name)
        for atom in base - frozenset(of_modules):
            found |= self._of_value(node, atom, name)
        return frozenset(found)

    def _behind(self, node: ast.AST, atom: Atom) -> Atom:
        """What a member is that a part is read of: perhaps a module itself."""
        path = module_behind(atom.module, atom.name) if isinstance(atom, Member) else None
        if path is None:
            return atom
        if modules.importable(path) or modules.is_submodule(path):
            return Module(path)
        kind, phrase = modules.about_module(path)
        self.report(node, kind, phrase.replace("imports", "reaches", 1))
        return Foreign(path)

    def _of_value(self, node: ast.AST, atom: Atom, name: str) -> Origin:
        match atom:
            case Foreign(name=owner):
                return frozenset({Foreign(f"{owner}.{name}")})
            case Owned(name=owner):
                if name in rules.MUTATORS:
                    self.report(node, "change", f"may change your variable {owner}: .{name}")
                return frozenset({atom})
            case Local(key=key) if key in self.frames and name in self.frames[key].names:
                return frozenset(self.frames[key].names[name])
            case Named():
                return frozenset(
                    {atom, Bound(name), Words(None)} if name == "name" else {atom, Bound(name), Data()}
                )
            case Words() | Local():
                return frozenset({atom, Bound(name)})
            case _:
                named = {Named()} if name in _LABELS else set()
                return frozenset({Bound(name), Data(), *named})

    def _check_private(self, node: ast.AST, base: Origin, name: str) -> None:
        own = all(isinstance(atom, Local | Data | Words | Named) for atom in base) and Data() not in base
        if name.startswith("_") and not own and name not in rules.SAFE_PRIVATE | rules.SAFE_DUNDERS:
            self.report(node, "reflection", f"reaches inside an object: .{name}")

    def read_Subscript(self, node: ast.Subscript) -> Origin:  # noqa: N802 - named after the node
        """An item: a container stands for what is in it."""
        base = self.read(node.value)
        self.read(node.slice)
        if isinstance(node.slice, ast.Slice) and any(isinstance(atom, Words) for atom in base):
            return base | {Words(None)}
        return items_of(base)

    def read_Await(self, node: ast.Await) -> Origin:  # noqa: N802 - named after the node
        """`await value`."""
        origin = self.read(node.value)
        if not isinstance(node.value, ast.Call):
            self.report_foreign(node, origin)
        return origin

    def fill(self, container: ast.expr, origin: Origin) -> None:
        """Let a container stand for what is put into it too."""
        self._targets.keep(container, origin)

    # ---- magics

    def read_Call(self, node: ast.Call) -> Origin:  # noqa: N802 - named after the node
        """A call, or what IPython makes of its own syntax."""
        if isinstance(node.func, ast.Attribute) and _is_ipython(node.func.value):
            self._found.update(self._on_magic(node, node.lineno))
            return DATA
        return self._calls.read(node)


def _has_words(origin: Origin) -> bool:
    return any(isinstance(atom, Words) for atom in origin)


def _is_class_of(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "__class__"


def _is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "super"
        and not node.args
    )


def _is_ipython(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"
