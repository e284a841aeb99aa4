"""Reads text: literals, what is made from them, and what runs them as code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from assistant_magic.risk import words
from assistant_magic.risk.origins import (
    DATA,
    MADE_WORDS,
    Foreign,
    Local,
    Named,
    Origin,
    Owned,
    Words,
    contained,
    items_of,
)

if TYPE_CHECKING:
    from assistant_magic.risk.reader import Reader

_PERCENT = re.compile(r"%(\(\w+\))?[-#0 +]*\d*(\.\d+)?[abd-zA-Z]")
_LETTER = re.compile(r"%(\(\w+\))?[-#0 +]*\d*c")
_NUMBER_FORMAT = re.compile(r"(?:[ 0_.*-]?[<>^=])?[-+ ]?#?0?\d*[,_]?(?:\.\d+)?[bdoxXeEfFgGn%s]?")
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
                pieces.append(self._filled_in(part))
        plain = _begins_plainly(pieces[0] if pieces else "")
        if pieces and pieces[0] is None and isinstance(node.values[0], ast.FormattedValue):
            plain = _is_plain(self._reader.just_read(node.values[0].value))
        return self._joined(node, pieces, plain=plain)

    def _filled_in(self, part: ast.FormattedValue) -> str | None:
        """What a field of an f-string gives, where that is known; a number stands as 0."""
        value = self._reader.read(part.value)
        text = _text_in(value, "0")
        if part.format_spec is None:
            return text if part.conversion == -1 or not _has_words(value) else None
        spec = _text_in(self._reader.read(part.format_spec), None)
        filled = spec is None or not _NUMBER_FORMAT.fullmatch(spec)
        return None if filled or _has_words(value) or part.conversion != -1 else text

    def read_BinOp(self, node: ast.BinOp) -> Origin:  # noqa: N802 - named after the node
        """An operation; on text it is worked out where both sides are known."""
        left, right = self._reader.read(node.left), self._reader.read(node.right)
        texts = [any(isinstance(a, Words) for a in side) for side in (left, right)]
        passed = frozenset(a for a in left | right if isinstance(a, Foreign | Named))
        if not any(texts):
            return (passed or DATA) | frozenset(a for a in left | right if not isinstance(a, Owned | Foreign))
        if any(isinstance(a, Words) and a.depth for a in left) or isinstance(node.op, ast.BitOr):
            # Containers that are put together, not texts.
            return frozenset(a for a in left | right if not isinstance(a, Owned))
        if isinstance(node.op, ast.Add) and all(texts):
            plain = _begins_plainly(_text_in(left, None)) or _is_plain(left)
            return self._joined(node, [_text_in(left, None), _text_in(right, None)], plain=plain) | passed
        if isinstance(node.op, ast.Mod) and texts[0] and not (texts[1] or passed):
            template = _text_in(left, None)
            known = template is not None and not _LETTER.search(template)
            return self._joined(node, [_PERCENT.sub("0", template or "") if known else None]) | passed
        return MADE_WORDS | passed

    def read_List(self, node: ast.List | ast.Tuple | ast.Set | ast.Dict) -> Origin:  # noqa: N802 - named after the node
        """`[…]`, `(…)`, `{…}`: what is in it lies deeper."""
        return contained(self._reader.read_children(node))

    read_Tuple = read_Set = read_List  # noqa: N815 - named after the node

    def read_Dict(self, node: ast.Dict) -> Origin:  # noqa: N802 - named after the node
        """`{key: value, **more}`."""
        found: Origin = frozenset()
        for key, value in zip(node.keys, node.values, strict=True):
            inner = self._reader.read(value)
            found |= inner if key is None else contained(inner | self._reader.read(key))
        return found

    def read_Starred(self, node: ast.Starred) -> Origin:  # noqa: N802 - named after the node
        """`*values`, which are put side by side."""
        return items_of(self._reader.read(node.value))

    def formatted(self, node: ast.AST, template: Origin, values: Origin) -> Origin:
        """What `template.format(values)` gives, and whether the template reaches inside the values."""
        text = _text_in(template, None)
        if text is None:
            self._reader.report(node, "reflection", "formats with a text made at run time")
            return MADE_WORDS
        if words.template_danger(text):
            self._reader.report(node, "reflection", "reaches inside an object by a format text")
        if any(isinstance(a, Words | Named | Local | Foreign) for a in values):
            return MADE_WORDS
        fields = re.findall(r"\{([^{}]*)\}", text)
        known = all(_NUMBER_FORMAT.fullmatch(field.partition(":")[2]) for field in fields)
        return self._joined(node, [re.sub(r"\{[^{}]*\}", "0", text) if known else None])

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

    def _joined(self, node: ast.AST, pieces: list[str | None], *, plain: bool = False) -> Origin:
        if None in pieces:
            return frozenset({Words(None, plain=plain)})
        return self._known(node, "".join(piece or "" for piece in pieces))

    def _known(self, node: ast.AST, text: str) -> Origin:
        if words.hides_a_dunder(text):
            self._reader.report(node, "reflection", "names something inside Python in a text")
        if self._reader.uses_sympy and words.is_disguised_code(text):
            self._reader.report(node, "eval", "has a text that SymPy may run as code")
        if words.is_program_setting(text):
            self._reader.report(node, "process", "names a setting that starts a program or loads code")
        if words.acts_in_browser(text):
            self._reader.report(node, "network", "has a text that acts in the browser")
        return frozenset({Words(text)}) if len(text) <= _LONGEST else MADE_WORDS


def _text_in(origin: Origin, otherwise: str | None) -> str | None:
    """The one text that `origin` stands for, `otherwise` where it is no text, None where it is not known."""
    if any(isinstance(a, Foreign | Named | Local) or (isinstance(a, Words) and a.depth) for a in origin):
        return None
    texts = [a.text for a in origin if isinstance(a, Words)]
    if not texts:
        return otherwise
    return texts[0] if len(texts) == 1 else None


def _has_words(origin: Origin) -> bool:
    return any(isinstance(a, Words) for a in origin)


def _begins_plainly(text: str | None) -> bool:
    return bool(text and text.lstrip()) and not words.is_address(text or "")


def _is_plain(origin: Origin) -> bool:
    """Whether no text in it can begin like an address."""
    texts = [a for a in origin if isinstance(a, Words)]
    return bool(texts) and all(a.plain or _begins_plainly(a.text) for a in texts)
