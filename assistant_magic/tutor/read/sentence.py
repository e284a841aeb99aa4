"""A text as a row of parts: mathematics, concepts, roles, and words nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, walk
from assistant_magic.tutor.read.chunks import longest
from assistant_magic.tutor.read.latex import without_latex
from assistant_magic.tutor.read.signs import meaning_of_signs
from assistant_magic.tutor.read.tokens import Token, tokens_of
from assistant_magic.tutor.read.words import Words

_STARTS = frozenset(
    "NUM VULGAR MIXED RECURRING NAME REF ( [ FUNC ROOT LATEXROOT FRAC OPENBAR CALL SPOKEN - + ± INT DDX LIM SIGMA".split()
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence.

    Attributes:
        kind: `chunk`, `rounding`, `word` (unknown), `stop`, or the name of a concept.
        text: As it was typed.
        node: The mathematics of a chunk or a rounding.
        role: The preposition before a chunk: `of`, `by`, `from` …
        value: What the catalogue says about a concept.
    """

    kind: str
    text: str
    node: Node | None = None
    role: str = ""
    value: str = ""


def parts_of(text: str) -> tuple[Part, ...]:
    """Read a text as far as words go; nothing is decided about what is asked."""
    tokens = tokens_of(text)
    tokens = Words(without_latex(tokens), catalogue()).read()
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
                out.append(found[0])
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
        operator = run[0].kind in {"*", "/", "^", "OF"} and self._leads(i)
        if not operator and run[0].kind not in _STARTS:
            return None
        if run[0].kind == "+" or operator or (run[0].kind == "-" and self._leads(i)):
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
            if isinstance(token, Part) or token.kind not in {"FILLER", "ROLE", "AND", "STOP", ","}:
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
        if token.kind in {"FILLER", "ASKED"}:
            return None
        if token.kind in {"STOP", ",", ";", "(", ")", "[", "]"}:
            self._role = ""
            return Part("stop", token.text)
        return Part("word" if token.kind == "WORD" else token.kind, token.text, None, self._role, token.value)


class Sentence:
    """The parts of one text, handed out to whoever can make a problem of all of them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(_without_chatter(parts))
        self.concepts = frozenset(p.kind for p in self.parts if p.kind.isupper())
        self.unknown = tuple(p.text for p in self.parts if p.kind == "word")
        self._chunks = [p for p in self.parts if p.kind == "chunk"]

    def copy(self) -> Sentence:
        """The same sentence with nothing taken."""
        return Sentence(self.parts)

    @property
    def rounding(self) -> tuple[object, ...]:
        """How the answer is to be rounded, or empty."""
        found = [p.node for p in self.parts if p.kind == "rounding" and p.node]
        return () if not found else (found[0].text, *(a.text for a in found[0].args))

    @property
    def chunks(self) -> tuple[Part, ...]:
        """Mathematics that nobody took yet."""
        return tuple(self._chunks)

    @property
    def left(self) -> bool:
        """Something was not taken; a bare 'it' or 'this' says nothing and does not count."""
        return any(p.node is None or p.node.head != "ref" for p in self._chunks)

    def take(self, fits: Callable[[Node], bool] = lambda _: True, *, role: str = "") -> Node | None:
        """The first chunk that fits, with that role if one is asked for."""
        for part in self._chunks:
            if part.node is not None and fits(part.node) and (not role or part.role in role.split()):
                self._chunks.remove(part)
                return part.node
        return None

    def value(self, concept: str) -> str:
        """The catalogue's value of a concept that is here, or ""."""
        return next((p.value for p in self.parts if p.kind == concept), "")

    def has(self, *concepts: str) -> bool:
        """All of these are here."""
        return self.concepts.issuperset(concepts)


def _without_chatter(parts: Sequence[Part]) -> list[Part]:
    """Clauses with no mathematics in them are dropped, if another clause has some."""
    clauses: list[list[Part]] = [[]]
    for part in parts:
        if part.kind == "stop":
            clauses.append([])
        else:
            clauses[-1].append(part)
    telling = [c for c in clauses if any(p.kind != "word" for p in c)]
    return [p for clause in (telling or clauses) for p in clause]


def is_number(node: Node) -> bool:
    """No variables, no lists, no relations."""
    return all(n.head in _NUMERIC or (n.head == "name" and n.text in {"pi", "E", "oo"}) for n in walk(node))


_NUMERIC = frozenset(
    {"num", "neg", "add", "sub", "mul", "div", "pow", "mixed", "percent", "degrees", "call", "ref"}
)


def with_role(part: Part, role: str) -> Part:
    """The same part under another role."""
    return replace(part, role=role)
