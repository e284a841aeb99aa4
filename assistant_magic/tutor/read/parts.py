"""A text as a row of parts: mathematics, concepts, and words nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import RELATIONS, Node, variables
from assistant_magic.tutor.read.chunks import longest
from assistant_magic.tutor.read.latex import without_latex
from assistant_magic.tutor.read.operators import with_operators
from assistant_magic.tutor.read.signs import meaning_of_signs
from assistant_magic.tutor.read.tokens import Token, tokens_of, without_label
from assistant_magic.tutor.read.words import Words

_STARTS = frozenset(
    [
        "NUM",
        "VULGAR",
        "MIXED",
        "RECURRING",
        "NAME",
        "REF",
        "(",
        "[",
        "FUNC",
        "ROOT",
        "LATEXROOT",
        "FRAC",
        "OPENBAR",
        "CALL",
        "SPOKEN",
        "-",
        "+",
        "±",
        "INT",
        "DDX",
        "LIM",
        "SIGMA",
    ]
)


_SIGNS = frozenset({"+", "-", "*", "/", "^"})
_ALGEBRA = frozenset({"add", "sub", "mul", "div", "pow", "neg", "call"})


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence.

    Attributes:
        kind: `chunk`, `rounding`, `word` (unknown), `stop`, or the name of a concept.
        text: As it was typed.
        node: The mathematics of a chunk or a rounding.
        role: The preposition before a chunk: `of`, `by`, `from` …
        value: What the catalogue says about a concept.
        also: Other concepts that the same word can stand for.
    """

    kind: str
    text: str
    node: Node | None = None
    role: str = ""
    value: str = ""
    also: tuple[str, ...] = ()

    @property
    def meanings(self) -> frozenset[str]:
        """Every concept it can stand for; `FILLER` if it may be overheard."""
        return frozenset((self.kind, *self.also))


def parts_of(text: str) -> tuple[Part, ...]:
    """Read a text as far as words go; nothing is decided about what is asked."""
    tokens = without_label(tokens_of(text))
    tokens = Words(with_operators(without_latex(tokens)), catalogue()).read()
    return tuple(_Chunker(meaning_of_signs(tokens)).parts())


class _Chunker:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = self._with_roundings(list(tokens))
        self._role = ""

    @staticmethod
    def _with_roundings(tokens: list[Token]) -> list[Token | Part]:
        out: list[Token | Part] = []
        i = 0
        while i < len(tokens):
            found = (
                longest(tokens, i, "rounding")
                if tokens[i].kind in {"NUM", "ROLE", "NEAREST", "CORRECT", "ROUND"}
                else None
            )
            if found:
                text = " ".join(t.text for t in tokens[i : found[1]])
                out.append(Part("rounding", text, found[0]))
                i = found[1]
            else:
                out.append(tokens[i])
                i += 1
        return out

    def parts(self) -> list[Part]:
        out: list[Part] = []
        i = 0
        while i < len(self._tokens):
            token = self._tokens[i]
            if isinstance(token, Part):
                out.append(token)
                i += 1
                continue
            found = self._chunk(i)
            if found:
                out.extend(_separate(found[0]))
                self._role = ""
                i = found[1]
                continue
            part = self._word(token)
            if part:
                out.append(part)
            i += 1
        return out

    def _chunk(self, i: int) -> tuple[Part, int] | None:
        run: list[Token] = []
        for token in self._tokens[i:]:
            if isinstance(token, Part):
                break
            run.append(token)
        if run[0].kind in _SIGNS and run[0].also and len(run) > 1:
            from_there = any((t.kind, t.value) == ("ROLE", "from") for t in run)
            if run[1].kind == "REF" or (from_there and self._leads(i)):
                return None  # "take away 8 from 30"
        operator = run[0].kind in {"*", "/", "^", "OF"} and self._leads(i)
        apart = run[0].kind == "-" and ((len(run) > 1 and run[1].spaced) or run[0].text.isalpha())
        if not operator and run[0].kind not in _STARTS:
            return None
        if run[0].kind == "+" or operator or (apart and self._leads(i)):
            # "plus 12", "^2": the thread's last result stands before it
            run = [Token("REF", "last", "", True), *run]
            found = longest(run, 0, "start")
            return (
                (self._part(run, 0, found[0], found[1], implicit=True), i + found[1] - 1)
                if found and found[1] > 1
                else None
            )
        found = longest(run, 0, "start")
        return (self._part(run, 0, *found), i + found[1]) if found else None

    def _leads(self, i: int) -> bool:
        """Only small words stand before this place in its clause."""
        for token in reversed(self._tokens[:i]):
            if isinstance(token, Part) or token.kind not in {
                "FILLER",
                "ROLE",
                "AND",
                "STOP",
                ",",
                "JUDGE",
            }:
                return False
            if token.kind == "STOP":
                return True
        return True

    def _part(
        self, run: Sequence[Token], start: int, node: Node, end: int, *, implicit: bool = False
    ) -> Part:
        text = " ".join(t.text for t in run[start:end]).strip()
        return Part("chunk", text, node, self._role, "implicit" if implicit else "")

    def _word(self, token: Token) -> Part | None:
        if token.kind in {"ROLE", "AND", "OF", "TO"}:
            self._role = {"AND": "and", "OF": "of", "TO": "to"}.get(token.kind, token.value)
            return None
        if token.kind == "FILLER":
            return None
        if token.kind == "ASKED":
            return Part("asked", token.text)
        if token.kind in {"STOP", ",", ";", "(", ")", "[", "]"}:
            self._role = ""
            return Part("stop", token.text)
        if token.kind == "WORD" or not (token.kind.isupper() or token.also or token.kind in _SIGNS):
            return Part("word", token.text, None, self._role)
        if token.kind in _SIGNS:
            return Part("SIGN", token.text, None, self._role, token.kind, token.also)
        if token.kind == "FUNC":
            return Part("FUNCTION_NAME", token.text, None, self._role, token.value, token.also)
        if token.kind == "LIM":
            return Part("LIMIT", token.text, None, self._role)
        if token.kind in {"SPOKEN", "ROOT"}:
            return Part("SPOKEN", token.text, None, self._role, token.value, token.also)
        if token.kind in _STARTS or not token.kind.isupper():
            if not token.also:
                return Part("word", token.text, None, self._role)
            return Part(token.also[0], token.text, None, self._role, token.value, token.also[1:])
        return Part(token.kind, token.text, None, self._role, token.value, token.also)


def _separate(part: Part) -> list[Part]:
    """A list with equations or inequalities in it is several chunks."""
    node = part.node
    if node is None or node.head != "items":
        return [part]
    relations = any(a.head in RELATIONS or a.head == "and" for a in node.args)
    algebra = any(a.head in _ALGEBRA and variables(a) for a in node.args)
    if not relations and not algebra:
        return [part]
    return [replace(part, node=arg) for arg in node.args]
