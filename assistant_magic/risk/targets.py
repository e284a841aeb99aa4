"""Reads what binds, changes and deletes names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from assistant_magic.risk import rules
from assistant_magic.risk.origins import (
    DATA,
    Foreign,
    Local,
    Member,
    Module,
    Origin,
    Owned,
    Words,
    contained,
    items_of,
)

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

NOTHING: Origin = frozenset()
_SETTINGS = {"options", "rcParams", "mp", "iv"}


class Targets:
    """The part of a reader that knows what stands left of an `=`, and its like."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read_Assign(self, node: ast.Assign) -> Origin:  # noqa: N802 - named after the node
        """`a = b = value`."""
        origin = self._reader.base(node.value)
        for target in node.targets:
            self.bind(target, self._handed(node.value, target, origin))
        return NOTHING

    def read_AnnAssign(self, node: ast.AnnAssign) -> Origin:  # noqa: N802 - named after the node
        """`a: kind = value`."""
        self._reader.base(node.annotation)
        if node.value is not None:
            self.bind(node.target, self._handed(node.value, node.target, self._reader.base(node.value)))
        return NOTHING

    def read_AugAssign(self, node: ast.AugAssign) -> Origin:  # noqa: N802 - named after the node
        """`a += value`."""
        whole = ast.BinOp(left=_loaded(node.target), op=node.op, right=node.value)
        self.bind(node.target, self._reader.read(ast.copy_location(whole, node)))
        return NOTHING

    def read_NamedExpr(self, node: ast.NamedExpr) -> Origin:  # noqa: N802 - named after the node
        """`(a := value)`."""
        origin = self._reader.read(node.value)
        self._bind_name(node.target, node.target.id, origin, past_comprehensions=True)
        return origin

    def read_For(self, node: ast.For | ast.AsyncFor) -> Origin:  # noqa: N802 - named after the node
        """A loop: the target stands for what the container stands for."""
        self.bind(node.target, items_of(self._reader.read(node.iter)) or DATA)
        self._block([*node.body, *node.orelse])
        return NOTHING

    read_AsyncFor = read_For  # noqa: N815 - named after the node

    def read_comprehension(self, node: ast.comprehension) -> Origin:
        """The `for` of a comprehension."""
        self.bind(node.target, items_of(self._reader.read(node.iter)) or DATA)
        self._block(node.ifs)
        return NOTHING

    def read_withitem(self, node: ast.withitem) -> Origin:
        """`with value as target`."""
        origin = self._reader.read(node.context_expr)
        self._reader.report_foreign(node.context_expr, origin)
        if node.optional_vars is not None:
            self.bind(node.optional_vars, origin)
        return NOTHING

    def read_ExceptHandler(self, node: ast.ExceptHandler) -> Origin:  # noqa: N802 - named after the node
        """`except kind as name`, which deletes the name at its end."""
        if node.type is not None:
            self._reader.read(node.type)
        if node.name:
            self._bind_name(node, node.name, DATA | self._reader.frames.handed_over())
        self._block(node.body)
        return NOTHING

    def read_Raise(self, node: ast.Raise) -> Origin:  # noqa: N802 - named after the node
        """`raise error from cause`, which carries what it was made with."""
        self._reader.frames.hand_over(self._reader.read_children(node))
        return NOTHING

    def read_TypeAlias(self, node: ast.AST) -> Origin:  # noqa: N802 - named after the node
        """`type name = …`, since Python 3.12."""
        self._reader.base(node.value)  # type: ignore[attr-defined]  # of a node that 3.11 does not have
        self.bind(node.name, DATA)  # type: ignore[attr-defined]  # the same
        return NOTHING

    def read_Delete(self, node: ast.Delete) -> Origin:  # noqa: N802 - named after the node
        """`del`."""
        for target in node.targets:
            if isinstance(target, ast.Name):
                if target.id in self._reader.names and self._reader.frames.find(target.id)[1]:
                    self._reader.report(node, "overwrite", f"deletes your variable {target.id}")
            else:
                self.bind(target, DATA)
        return NOTHING

    def read_Match(self, node: ast.Match) -> Origin:  # noqa: N802 - named after the node
        """`match`: patterns bind what the subject stands for, and read attributes."""
        subject = self._reader.read(node.subject)
        for case in node.cases:
            self._pattern(case.pattern, subject)
            self._block([*([case.guard] if case.guard else []), *case.body])
        return NOTHING

    def _pattern(self, pattern: ast.pattern, subject: Origin) -> None:
        for part in ast.walk(pattern):
            if isinstance(part, ast.MatchClass):
                for name in part.kwd_attrs:
                    self._reader.attribute(part, subject, name)
            elif isinstance(part, ast.expr):
                self._reader.base(part)
            if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                self._bind_name(part, part.name, subject)
            if isinstance(part, ast.MatchMapping) and part.rest:
                self._bind_name(part, part.rest, subject)

    def bind(self, target: ast.AST, origin: Origin) -> None:
        """Let a target stand for `origin`."""
        match target:
            case ast.Name(id=name):
                self._bind_name(target, name, origin)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self.bind(part, items_of(origin))
            case ast.Starred(value=part):
                self.bind(part, contained(origin))
            case ast.Attribute(value=value, attr=name):
                self._reader.report_denied(target, rules.denied_attribute(name))
                base = self._reader.base(value)
                if name in rules.RICH_DISPLAYS:
                    self._reader.report(target, "call", f"shows what acts in the browser: {name}")
                self._change(target, base, name)
                self.keep(target, origin)
            case ast.Subscript(value=value):
                key = self._reader.read(target.slice)
                base = self._reader.read(value)
                self._change(target, base, "[]")
                self._set(target, base, key)
                self.keep(value, contained(origin))

    def _set(self, node: ast.AST, base: Origin, key: Origin) -> None:
        """A setting that is named at run time, or of the window system."""
        settings = any(isinstance(a, Member) and a.name.startswith("rcParams") for a in base)
        if settings and not all(isinstance(a, Words) and a.text not in (None, "backend") for a in key):
            self._reader.report(node, "import", "sets what may import or start something")

    def _remember(self, base: Origin, name: str, origin: Origin) -> None:
        for atom in base:
            if isinstance(atom, Local) and atom.key in self._reader.frames:
                self._reader.frames.add(self._reader.frames[atom.key], name, origin)

    def _bind_name(
        self, node: ast.AST, name: str, origin: Origin, *, past_comprehensions: bool = False
    ) -> None:
        if name in rules.RICH_DISPLAYS:
            self._reader.report(node, "call", f"shows what acts in the browser: {name}")
        of_notebook = self._reader.frames.bind(name, origin or DATA, past_comprehensions=past_comprehensions)
        if of_notebook and name in self._reader.names:
            self._reader.report(node, "overwrite", f"overwrites your variable {name}")

    def keep(self, container: ast.AST, origin: Origin) -> None:
        """Let a container, and what it lies in, stand for what is put into it too."""
        if isinstance(container, ast.Attribute):
            self._remember(self._reader.base(container.value), container.attr, origin)
            origin = frozenset(a for a in origin if isinstance(a, Words))
        while isinstance(container, ast.Subscript | ast.Attribute):
            container = container.value
        if isinstance(container, ast.Name) and origin:
            self._reader.frames.keep(container.id, origin)

    def _change(self, node: ast.AST, base: Origin, name: str) -> None:
        for atom in base:
            match atom:
                case Owned(name=owner):
                    self._reader.report(node, "change", f"changes your variable {owner} in place")
                case Foreign(name=owner):
                    self._reader.report(node, "change", f"changes {owner}, which is not known")
                case Module(path=path):
                    self._reader.report(node, "change", f"changes the module {path}")
                case Member(module=module, name=member) if member not in _SETTINGS and base == {atom}:
                    self._reader.report(node, "change", f"changes {module}.{member}")
                case _ if name == "backend":
                    self._reader.report(node, "import", "imports a backend by text")

    def _handed(self, value: ast.AST, target: ast.AST, origin: Origin) -> Origin:
        # A module may get a second name; anywhere else it is out of sight.
        if isinstance(target, ast.Name):
            return origin
        return self._reader.read(value)

    def _block(self, nodes: list[ast.stmt] | list[ast.expr] | list[ast.AST]) -> None:
        for node in nodes:
            self._reader.read(node)


def _loaded(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), target)
        case ast.Attribute(value=value, attr=name):
            return ast.copy_location(ast.Attribute(value=value, attr=name, ctx=ast.Load()), target)
        case ast.Subscript(value=value, slice=part):
            return ast.copy_location(ast.Subscript(value=value, slice=part, ctx=ast.Load()), target)
