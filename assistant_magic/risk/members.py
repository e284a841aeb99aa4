"""Reads uses of what a known module offers."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant_magic.risk import rules, words
from assistant_magic.risk.finding import Kind
from assistant_magic.risk.origins import (
    DATA,
    MADE_WORDS,
    Builtin,
    Local,
    Member,
    Named,
    Origin,
    Owned,
    Words,
    contained,
    items_of,
)

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

_CONTAINING = {"list", "tuple", "dict", "set", "frozenset", "sorted", "reversed", "iter", "next", "zip", "enumerate",
               "min", "max", "sum", "filter", "object", "items", "values", "keys", "get", "pop", "copy", "split",
               "strip", "lstrip", "rstrip", "splitlines", "setdefault", "most_common", "popleft", "SimpleNamespace", "ChainMap",
               "OrderedDict", "defaultdict", "deque", "chain", "repeat", "cycle", "islice"}  # fmt: skip
"""Give back what they were given, or a part of it."""

_CUTTING = {"split", "strip", "lstrip", "rstrip", "splitlines"}
_PAIRING = {"zip", "enumerate", "items", "most_common"}
_TAKING = {"next", "min", "max", "sum", "get", "pop", "popleft", "setdefault", "reversed", "iter"}

_WRAPPING = {
    "partial",
    "partialmethod",
    "vectorize",
    "frompyfunc",
    "lru_cache",
    "cache",
    "wraps",
    "singledispatch",
}
"""Give back a function that calls the one they were given."""

_VIEWS = {"to_numpy", "reshape", "ravel", "view", "squeeze", "transpose", "swapaxes", "moveaxis", "rollaxis", "diagonal",
          "asarray", "asanyarray", "atleast_1d", "atleast_2d", "atleast_3d", "expand_dims", "split", "array_split", "hsplit",
          "vsplit", "nditer", "memoryview", "sliding_window_view", "as_strided"}  # fmt: skip
"""Show the same numbers again: a change of what they give back is a change of what they were given."""

_NEW = {"list", "tuple", "dict", "set", "frozenset", "sorted", "sum", "copy", "split", "splitlines"}
"""Of these, what comes back may be changed without changing what was given."""

_NOT_TEXT = {"len", "int", "float", "complex", "bool", "hash", "id", "isinstance", "issubclass", "hasattr", "range", "abs",
             "round", "divmod", "pow", "print", "display", "any", "all", "ord", "callable", "count", "index", "find",
             "startswith", "endswith", "isdigit", "isalpha", "append", "extend", "update"}  # fmt: skip
_MUTATING = re.compile(
    r"shuffle|copyto|put|putmask|place|fill_diagonal|put_along_axis|heappush|heappop|heapify|insort\w*|insert|heapreplace|heappushpop|"
    r"setitem|delitem|i(?:add|sub|mul|matmul|truediv|floordiv|mod|pow|lshift|rshift|and|or|xor|concat)"
)
_MARKUP = re.compile(
    r"<\s*(script|iframe|object|embed|link|img|meta|form|svg|style)|\bon\w+\s*=|javascript:|!\[[^]]*\]\s*\(\s*\w+:",
    re.IGNORECASE,
)
_SHOWN = {"title", "label", "xlabel", "ylabel", "zlabel"}
"""Texts that SymPy writes on a figure as they are."""
_SHOWING = {"HTML", "Markdown", "Latex", "JSON", "Math", "Pretty"}
_PLAIN_STYLE = re.compile(r"[\w ()-]*")


@dataclass(frozen=True)
class Arguments:
    """What a call hands over."""

    node: ast.Call
    positional: tuple[Origin, ...]
    named: dict[str, Origin]
    spread: Origin

    @property
    def everything(self) -> Origin:
        """All of it."""
        return frozenset().union(*self.positional, *self.named.values(), self.spread)

    def by_name(self, name: str) -> Origin:
        """What is or may be given by that name, perhaps through `**`; empty where it is not."""
        if name in self.named:
            return self.named[name]
        spread = any(keyword.arg is None for keyword in self.node.keywords)
        texts = {a.text for a in self.spread if isinstance(a, Words)}
        return self.spread if spread and name in texts else frozenset()

    def given(self, place: int, *names: str) -> bool:
        """Whether the parameter at this place, or one of these names, is given or may be."""
        return len(self.positional) > place or bool(self.spread) or any(n in self.named for n in names)


class Members:
    """The part of a reader that knows what functions of known modules do with what they are given."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def used(self, module: str, name: str, given: Arguments) -> Origin:
        """A call of a member; gives what comes back."""
        top = module.partition(".")[0]
        self._evaluated(top, name, given)
        self._reaches_outside(top, name, given)
        self._changes(module, name, given)
        if module == "operator" and name in {"attrgetter", "methodcaller"}:
            self.attribute_names(given, given.everything)
            called = {a.text for a in _texts(given.everything)}
            if called & (rules.HANDED_EVALUATORS | {"format", "format_map"}):
                self._reader.report(given.node, "eval", "calls what runs or fills a text")
        if module == "IPython.display":
            self._displayed(name, given)
        if top == "sympy" and name == "var":
            self._bound_by_text(given)
        if top in {"matplotlib", "plotly", "pandas"}:
            self._setting(module, name, given)
        if rules.NOT_TEXT.match(module) and name not in rules.TEXT_FUNCTIONS:
            chosen = top == "sympy" and any(isinstance(a, Words | Named) for a in given.everything)
            return DATA | {Named()} if chosen else DATA
        if top == "sympy" and name == "latex":
            return frozenset({Words(None, plain=True)})
        wrapped = frozenset(
            a for a in given.everything if isinstance(a, Member | Local) and name in _WRAPPING
        )
        return result_of(name, given.everything) | DATA | wrapped

    def _reaches_outside(self, top: str, name: str, given: Arguments) -> None:
        """Functions that read or write where their arguments say so."""
        report, texts = self._reader.report, _texts(given.everything)
        if top == "pandas" and name in rules.READERS and not self._reads_text(given.node):
            report(given.node, "file", f"reads a file: pandas.{name}")
        if name == "UnitRegistry" and texts:
            report(given.node, "file", f"reads a file: {top}.{name}")
        if name in {"plot", "cplot", "splot"} and top == "mpmath" and texts:
            report(given.node, "file", f"writes a file: mpmath.{name}")
        if top == "sklearn" and {"filename", "file"} & {a.text for a in _texts(given.by_name("input"))}:
            report(given.node, "file", "reads files by their names: input=")
        if top == "altair" and any(words.is_address(a.text or "") for a in texts):
            report(given.node, "network", "names an address whose data is fetched")

    def _changes(self, module: str, name: str, given: Arguments) -> None:
        """Functions that change what they are given."""
        mutating = _MUTATING.fullmatch(name) is not None
        if not (mutating or "out" in given.named or _writes_last(module, name, given)):
            return
        if given.node.args and _texts(given.everything):
            self._reader.fill(given.node.args[0], contained(given.everything))
        for atom in given.everything if mutating else _written(given):
            if isinstance(atom, Owned):
                reason = f"changes your variable {atom.name} in place: {name}"
                self._reader.report(given.node, "change", reason)

    def _reads_text(self, node: ast.Call) -> bool:
        """Whether the source is a `StringIO`, and not something else of that name."""
        source = node.args[0] if node.args else None
        if not isinstance(source, ast.Call):
            return False
        made_by = self._reader.just_read(source.func)
        return bool(made_by) and all(
            isinstance(a, Member) and a.module in {"io", "_io"} and a.name == "StringIO" for a in made_by
        )

    def _bound_by_text(self, given: Arguments) -> None:
        """`var("x y")` binds these names in the notebook."""
        for text in _texts(given.everything):
            for name in re.split(r"[\s,]+", text.text or ""):
                if text.text is None or name in self._reader.names:
                    what = f"your variable {name}" if name else "variables by names made at run time"
                    self._reader.report(given.node, "overwrite", f"overwrites {what}")
                elif name:
                    self._reader.frames.bind(name, DATA | {Named()})

    def _displayed(self, name: str, given: Arguments) -> None:
        for atom in given.everything:
            if not isinstance(atom, Words) or name not in _SHOWING:
                continue
            # A text that begins like an address is fetched by the class itself.
            if not atom.plain and words.is_address(atom.text or "") and (atom.text or name != "Math"):
                reason = f"shows {name} that cannot be read beforehand"
                kind: Kind = "network" if atom.text else "call"
                self._reader.report(given.node, kind, f"fetches what {name} shows" if atom.text else reason)
            if atom.text is not None and name != "Math" and _MARKUP.search(atom.text):
                self._reader.report(
                    given.node, "network", f"shows {name} that acts in the browser or fetches"
                )
        if name == "HTML" and not any(isinstance(a, Words) for a in given.everything):
            self._reader.report(given.node, "call", "shows HTML that cannot be read beforehand")
        if {"url", "filename"} & set(given.named):
            self._reader.report(given.node, "file", f"reads a file or an address: {name}")

    def _setting(self, module: str, name: str, given: Arguments) -> None:
        texts = [a.text for a in given.everything if isinstance(a, Words)]
        if name == "use" and (
            not given.positional or any(t is None or not _PLAIN_STYLE.fullmatch(t) for t in texts)
        ):
            self._reader.report(given.node, "import", f"imports or reads by text: {module}.use")
        if (
            name == "context"
            and module == "matplotlib.style"
            and any(t is None or "/" in t or "." in t for t in texts)
        ):
            self._reader.report(given.node, "file", "reads a style file")
        if name in {"set_option", "option_context"} and any(t is None or "backend" in t for t in texts):
            self._reader.report(given.node, "import", "imports a backend by text")

    def attribute_names(self, given: Arguments, names: Origin) -> None:
        """Texts that name an attribute to be read or called."""
        for atom in names:
            if isinstance(atom, Words):
                for name in (atom.text or "").split("."):
                    if atom.text is None:
                        self._reader.report(given.node, "reflection", "reads an attribute by a computed name")
                    self._reader.report_denied(given.node, rules.denied_attribute(name))
                    if name in rules.TEXT_WRITERS:
                        self._reader.report(given.node, "file", f"may write a file: .{name}")

    def _evaluated(self, top: str, name: str, given: Arguments) -> None:
        check = self._reader.texts.check_evaluated
        if name == "init_printing" and {"use_latex", "preamble"} & given.named.keys():
            self._reader.report(given.node, "process", "may start LaTeX: init_printing")
        if top in {"sympy", "mpmath"} and not name.endswith(("print", "printing")):
            shown = frozenset().union(*(given.named[n] for n in _SHOWN & given.named.keys()))
            check(given.node, given.everything - shown, f"{top}.{name}", expression=True)
        elif top in {"statsmodels", "patsy"} or (name in rules.EVALUATORS and top == "pandas"):
            check(given.node, given.everything, f"{top}.{name}", expression=False)


def _writes_last(module: str, name: str, given: Arguments) -> bool:
    """Whether numpy writes into the last of these arguments, as `np.add(a, b, into)` does."""
    numpy = sys.modules.get("numpy") if module == "numpy" else None
    inputs = getattr(vars(numpy).get(name), "nin", None) if numpy is not None else None
    return inputs is not None and len(given.positional) > inputs


def _written(given: Arguments) -> Origin:
    return given.named["out"] if "out" in given.named else given.positional[-1]


def result_of(name: str, given: Origin) -> Origin:
    """What a harmless function gives back: text only where it got text."""
    if name in _NOT_TEXT:
        return DATA
    if name in rules.TEXT_FUNCTIONS:
        return MADE_WORDS
    kept = (Named, Owned) if name in _VIEWS else (Named,)
    chosen = frozenset(a for a in given if isinstance(a, kept))
    if name in _CUTTING and _texts(given):
        return MADE_WORDS | chosen
    if name in _CONTAINING:
        left_out = (Builtin, Member, Owned) if name in _NEW else (Builtin, Member)
        passed = frozenset(a for a in given if not isinstance(a, left_out))
        if name in _PAIRING:
            passed = contained(passed)
        elif name in _TAKING:
            passed |= items_of(passed)
        elif any(not a.depth for a in _texts(passed)) and name not in {"copy", "object"}:
            # A list of a text holds its letters; one of named texts holds them whole.
            passed = contained(passed) | MADE_WORDS
        return passed or DATA
    return chosen | MADE_WORDS | DATA if _texts(given) else chosen | DATA


def _texts(origin: Origin) -> list[Words]:
    return [a for a in origin if isinstance(a, Words)]
