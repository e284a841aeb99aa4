"""Reads functions, classes and comprehensions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from assistant_magic.risk import rules
from assistant_magic.risk.origins import DATA, MADE_WORDS, Local, Origin, contained

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

NOTHING: Origin = frozenset()
_NAMED = (
    "__init__:",
    "__new__:",
    "__call__:",
    "__post_init__:",
    "__enter__:",
    "__exit__:",
    "__class_getitem__:",
)
"""Methods whose calls are followed, or that are given nothing of the code's."""


class Definitions:
    """The part of a reader that knows what has names of its own."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._classes: list[str] = []

    def read_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Origin:  # noqa: N802 - named after the node
        """`def`."""
        for part in node.decorator_list:
            self._reader.report_foreign(part, self._reader.base(part))
        for part in [*_annotations(node.args), *([node.returns] if node.returns else [])]:
            self._reader.texts.check_evaluated(
                part, self._reader.base(part), "an annotation", expression=False
            )
        if node.name in rules.RICH_DISPLAYS:
            self._reader.report(node, "call", f"shows what acts in the browser: {node.name}")
        key = _key(node, node.name)
        of_notebook = self._reader.frames.bind(node.name, {Local(key)})
        self._report_overwritten(node, node.name, of_notebook=of_notebook)
        self._body(key, node.args, node.body, own=self._classes[-1] if self._classes else "")
        return NOTHING

    read_AsyncFunctionDef = read_FunctionDef  # noqa: N815 - named after the node

    def read_Lambda(self, node: ast.Lambda) -> Origin:  # noqa: N802 - named after the node
        """`lambda`."""
        key = _key(node, "lambda")
        self._body(key, node.args, [ast.copy_location(ast.Return(node.body), node)], own="")
        return frozenset({Local(key)})

    def _body(self, key: str, args: ast.arguments, body: list[ast.stmt], own: str) -> None:
        names = [a.arg for a in (*args.posonlyargs, *args.args)]
        defaults = dict(zip(reversed(names), reversed(args.defaults), strict=False))
        defaults |= {
            a.arg: d for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None
        }
        given = {name: self._reader.read(default) for name, default in defaults.items()}
        rest = [a.arg for a in (args.vararg, args.kwarg) if a]
        # Nobody names an operator's method where it is called, so what it is given may be any text.
        rest_of = DATA | MADE_WORDS if own and key.startswith("__") and not key.startswith(_NAMED) else DATA
        classes, self._classes = self._classes, []
        with self._reader.frames.inside(key, "function") as frame:
            frame.parameters = (*names, *(a.arg for a in args.kwonlyargs), *rest)
            for place, name in enumerate(frame.parameters):
                first = frozenset({Local(own)}) if own and place == 0 else rest_of
                self._reader.frames.bind(name, given.get(name, NOTHING) | first)
            for statement in body:
                self._reader.read(statement)
        self._classes = classes

    def read_ClassDef(self, node: ast.ClassDef) -> Origin:  # noqa: N802 - named after the node
        """`class`."""
        for part in [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]:
            self._reader.report_foreign(part, self._reader.base(part))
        key = _key(node, node.name)
        of_notebook = self._reader.frames.bind(node.name, {Local(key)})
        self._report_overwritten(node, node.name, of_notebook=of_notebook)
        self._classes.append(key)
        with self._reader.frames.inside(key, "class"):
            for statement in node.body:
                self._reader.read(statement)
        self._classes.pop()
        return NOTHING

    def _report_overwritten(self, node: ast.AST, name: str, *, of_notebook: bool) -> None:
        if of_notebook and name in self._reader.names:
            self._reader.report(node, "overwrite", f"overwrites your variable {name}")

    def read_Global(self, node: ast.Global) -> Origin:  # noqa: N802 - named after the node
        """`global`."""
        self._reader.frames.share(node.names)
        return NOTHING

    def read_Nonlocal(self, node: ast.Nonlocal) -> Origin:  # noqa: N802 - named after the node
        """`nonlocal`."""
        self._reader.frames.borrow(node.names)
        return NOTHING

    def read_Return(self, node: ast.Return) -> Origin:  # noqa: N802 - named after the node
        """`return`."""
        if node.value is not None:
            self._reader.frames.give_back(self._reader.read(node.value))
        return NOTHING

    def read_Yield(self, node: ast.Yield | ast.YieldFrom) -> Origin:  # noqa: N802 - named after the node
        """`yield`."""
        if node.value is not None:
            self._reader.frames.give_back(self._reader.read(node.value))
        return DATA | self._reader.frames.handed_over()

    read_YieldFrom = read_Yield  # noqa: N815 - named after the node

    def read_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Origin:  # noqa: N802 - named after the node
        """`[element for …]`."""
        return self._comprehension(node, [node.elt], node.generators)

    read_SetComp = read_GeneratorExp = read_ListComp  # noqa: N815 - named after the node

    def read_DictComp(self, node: ast.DictComp) -> Origin:  # noqa: N802 - named after the node
        """`{key: value for …}`."""
        return self._comprehension(node, [node.key, node.value], node.generators)

    def _comprehension(self, node: ast.expr, parts: list[ast.expr], loops: list[ast.comprehension]) -> Origin:
        found: Origin = DATA
        with self._reader.frames.inside(_key(node, "comprehension"), "comprehension"):
            for loop in loops:
                self._reader.read(loop)
            for part in parts:
                found |= contained(self._reader.read(part))
        return found


def _key(node: ast.stmt | ast.expr, name: str) -> str:
    return f"{name}:{node.lineno}:{node.col_offset}"


def _annotations(args: ast.arguments) -> list[ast.expr]:
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in (args.vararg, args.kwarg) if a)]
    return [a.annotation for a in every if a.annotation is not None]
