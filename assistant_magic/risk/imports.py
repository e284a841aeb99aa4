"""Reads `import`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from assistant_magic.risk import modules
from assistant_magic.risk.exports import exported
from assistant_magic.risk.origins import Foreign, Module, Origin, origin_of

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

NOTHING: Origin = frozenset()


class Imports:
    """The part of a reader that knows modules."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read_Import(self, node: ast.Import) -> Origin:  # noqa: N802 - named after the node
        """`import a.b`, `import a.b as c`."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            path = alias.name if alias.asname else name
            if modules.importable(alias.name):
                self._bind(node, name, frozenset({Module(path)}))
            else:
                self._reader.report(node, *modules.about_module(alias.name))
                self._bind(node, name, frozenset({Foreign(alias.name)}))
        return NOTHING

    def read_ImportFrom(self, node: ast.ImportFrom) -> Origin:  # noqa: N802 - named after the node
        """`from a import b`."""
        module = node.module or ""
        if node.level:
            self._reader.report(node, "import", "imports a file beside the notebook")
        known = not node.level and modules.importable(module)
        if not known and not node.level:
            self._reader.report(node, *modules.about_module(module))
        for alias in node.names:
            if alias.name == "*":
                self._star(node, module, known=known)
            elif known:
                self._bind(node, alias.asname or alias.name, self._reader.member(module, alias.name, node))
            else:
                self._bind(node, alias.asname or alias.name, frozenset({Foreign(f"{module}.{alias.name}")}))
        return NOTHING

    def _star(self, node: ast.ImportFrom, module: str, *, known: bool) -> None:
        if known and module not in self._reader.stars:
            self._reader.stars.append(module)
            self._reader.frames.grown = True
        public = exported(module) if known else None
        if public is None:
            if self._reader.names:
                self._reader.report(
                    node, "overwrite", f"may overwrite any of your variables: from {module} import *"
                )
            return
        for name in sorted(public & set(self._reader.names)):
            before = origin_of(name, self._reader.names[name])
            if not before <= self._reader.member(module, name) and not _same(self._reader, module, name):
                self._reader.report(
                    node, "overwrite", f"overwrites your variable {name}: from {module} import *"
                )

    def _bind(self, node: ast.AST, name: str, origin: Origin) -> None:
        of_notebook = self._reader.frames.bind(name, origin)
        names = self._reader.names
        if of_notebook and name in names and not origin_of(name, names[name]) - _owned(name) <= origin:
            self._reader.report(node, "overwrite", f"overwrites your variable {name}")


def _owned(name: str) -> Origin:
    from assistant_magic.risk.origins import Owned

    return frozenset({Owned(name)})


def _same(reader: Reader, module: str, name: str) -> bool:
    import sys

    loaded = sys.modules.get(module)
    return loaded is not None and vars(loaded).get(name) is reader.names[name]
