"""Reads text: literals, what is made from them, and what runs them as code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from assistant_magic.risk import words
from assistant_magic.risk.origins import DATA, MADE_WORDS, Foreign, Local, Origin, Owned, Words

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

_PERCENT = re.compile(r"%(\(\w+\))?[-#0 +]*\d*(\.\d+)?[a-zA-Z]")
_LONGEST = 10_000


class Texts:
    """The part of a reader that knows strings."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read_Expr(self, node: ast.Expr) -> Origin:  # noqa: N802 - named after the node
        """An expression by itself; a text by itself is a comment."""
        if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
            self._reader.base(node.value)
        return frozenset()

    def read_Constant(self, node: ast.Constant) -> Origin:  # noqa: N802 - named after the node
        """A literal."""
        value = node.value
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if not isinstance(value, str):
            return DATA
        return self._known(node, value)

    def read_JoinedStr(self, node: ast.JoinedStr) -> Origin:  # noqa: N802 - named after the node
        """An f-string; a value that is not text stands as a number in it."""
        pieces: list[str | None] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                pieces.append(str(part.value))
            elif isinstance(part, ast.FormattedValue):
                pieces.append(_text_in(self._reader.read(part.value), "0"))
                if part.format_spec is not None:
                    self._reader.read(part.format_spec)
        return self._joined(node, pieces)

    def read_BinOp(self, node: ast.BinOp) -> Origin:  # noqa: N802 - named after the node
        """An operation; on text it is worked out where both sides are known."""
        left, right = self._reader.read(node.left), self._reader.read(node.right)
        texts = [any(isinstance(a, Words) for a in side) for side in (left, right)]
        passed = frozenset(a for a in left | right if isinstance(a, Foreign))
        if not any(texts):
            return (passed or DATA) | frozenset(a for a in left | right if not isinstance(a, Owned | Foreign))
        if isinstance(node.op, ast.Add) and all(texts):
            return self._joined(node, [_text_in(left, None), _text_in(right, None)]) | passed
        if isinstance(node.op, ast.Mult) and not all(texts):
            return self._joined(node, [_text_in(left | right, None)] * 2) | passed
        if isinstance(node.op, ast.Mod) and texts[0] and not texts[1]:
            template = _text_in(left, None)
            return self._joined(node, [None if template is None else _PERCENT.sub("0", template)]) | passed
        return MADE_WORDS | passed

    def formatted(self, node: ast.AST, template: Origin, values: Origin) -> Origin:
        """What `template.format(values)` gives, and whether the template reaches inside the values."""
        text = _text_in(template, None)
        if text is None:
            self._reader.report(node, "reflection", "formats with a text made at run time")
            return MADE_WORDS
        if words.template_danger(text):
            self._reader.report(node, "reflection", "reaches inside an object by a format text")
        if any(isinstance(a, Words) for a in values):
            return MADE_WORDS
        return self._joined(node, [re.sub(r"\{[^{}]*\}", "0", text)])

    def replaced(self, node: ast.AST, text: Origin, old: Origin, new: Origin) -> Origin:
        """What `text.replace(old, new)` gives, worked out where all three are known."""
        whole, out, into = (_text_in(side, None) for side in (text, old, new))
        if whole is None or out is None or into is None:
            words_came = any(isinstance(a, Words) for a in text | old | new)
            return MADE_WORDS | DATA if words_came else DATA
        return self._known(node, whole.replace(out, into))

    def check_evaluated(self, node: ast.AST, origin: Origin, who: str, *, expression: bool) -> None:
        """Ask where a text that `who` will run as code is unknown, or reads like more than arithmetic."""
        returned = [a for a in origin if isinstance(a, Local)]
        for atom in origin.union(*(self._reader.frames.result(a.key) for a in returned)):
            if not isinstance(atom, Words):
                continue
            if atom.text is None:
                self._reader.report(node, "eval", f"runs a text made at run time as code: {who}")
                continue
            danger = words.expression_danger(atom.text) if expression else words.danger(atom.text)
            if danger:
                self._reader.report(node, "eval", f"runs a text as code, and {danger}: {who}")

    def _joined(self, node: ast.AST, pieces: list[str | None]) -> Origin:
        if None in pieces:
            return MADE_WORDS
        return self._known(node, "".join(piece or "" for piece in pieces))

    def _known(self, node: ast.AST, text: str) -> Origin:
        if words.hides_a_dunder(text):
            self._reader.report(node, "reflection", "names something inside Python in a text")
        if self._reader.uses_sympy and words.is_disguised_code(text):
            self._reader.report(node, "eval", "has a text that SymPy may run as code")
        if "usetex" in text:
            self._reader.report(node, "process", "starts LaTeX: usetex")
        return frozenset({Words(text)}) if len(text) <= _LONGEST else MADE_WORDS


def _text_in(origin: Origin, otherwise: str | None) -> str | None:
    """The one text that `origin` stands for, `otherwise` where it is no text, None where it is not known."""
    texts = [a.text for a in origin if isinstance(a, Words)]
    if not texts:
        return None if any(isinstance(a, Foreign) for a in origin) else otherwise
    return texts[0] if len(texts) == 1 else None
