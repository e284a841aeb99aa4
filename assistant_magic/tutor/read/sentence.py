"""A sentence hands its parts to whoever can make a problem of all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from assistant_magic.tutor.expressions import Node
from assistant_magic.tutor.read.clauses import without_chatter
from assistant_magic.tutor.read.kinds import is_expression, is_number, is_row
from assistant_magic.tutor.read.parts import Part

_MEASURES = {
    "RADIUS": "radius",
    "DIAMETER": "diameter",
    "SIDE": "side",
    "LENGTH": "length",
    "WIDTH": "width",
    "HEIGHT": "height",
    "BASE_LENGTH": "base",
    "ANGLE": "angle",
    "LEGS": "side",
    "HYPOTENUSE": "hypotenuse",
    "AREA": "area",
    "PERIMETER": "perimeter",
    "VOLUME": "volume",
    "CIRCUMFERENCE": "circumference",
}
_ALSO_ASKED = {"AREA", "PERIMETER", "VOLUME", "CIRCUMFERENCE", "HYPOTENUSE"}
Fits = Callable[[Node], bool]


class Sentence:
    """The parts of one text without its chatter; chunks can be taken, each once."""

    def __init__(self, parts: Sequence[Part], text: str = "") -> None:
        self.parts = tuple(without_chatter(parts))
        self._all = tuple(parts)
        self._text = text
        self.meanings = tuple(p.meanings for p in self.parts if p.kind.isupper())
        self.unknown = tuple(p.text for p in self.parts if p.kind == "word")
        self._chunks = [p for p in self.parts if p.kind == "chunk"]

    def copy(self) -> Sentence:
        """The same sentence with nothing taken."""
        return Sentence(self._all, self._text)

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
        return any(not _says_nothing(p) for p in self._chunks)

    @property
    def chunks_of_numbers(self) -> bool:
        """Numbers were typed, not only meant."""
        return any(
            p.node is not None and not _says_nothing(p) and (is_number(p.node) or is_row(p.node))
            for p in self._chunks
        )

    @property
    def chunks_of_algebra(self) -> bool:
        """Expressions were typed, not only meant."""
        return any(
            p.node is not None and not _says_nothing(p) and is_expression(p.node) for p in self._chunks
        )

    @property
    def asks_at_end(self) -> bool:
        """`12 is 3 more than what`: what comes last is asked for."""
        words = self._text.lower().rstrip(" ?!.").split()
        return bool(words) and (words[-1] in {"what", "which"} or words[-2:] == ["what", "number"])

    def says(self, *phrases: str) -> bool:
        """One of these words or phrases stands in the text as it was typed."""
        return any(re.search(rf"\b{re.escape(phrase)}\b", self._text.lower()) for phrase in phrases)

    @property
    def says_words(self) -> bool:
        """There are letters in it."""
        return any(c.isalpha() for c in self._text)

    def is_only(self, *phrases: str) -> bool:
        """Nothing but one of these was typed."""
        return self._text.lower().strip(" ?!.") in phrases

    def begins_with(self, *words: str) -> bool:
        """The first word is one of these."""
        return self._text.lower().lstrip(" (\"'").startswith(tuple(f"{w} " for w in words))

    def take(self, fits: Fits = lambda _: True, *, role: str = "") -> Node | None:
        """The first chunk that fits, with one of the roles if any are asked for."""
        for part in self._chunks:
            if part.node is not None and fits(part.node) and (not role or part.role in role.split()):
                self._chunks.remove(part)
                return part.node
        return None

    def take_all(self, fits: Fits) -> list[Node]:
        """Every chunk that fits."""
        found = []
        while (node := self.take(fits)) is not None:
            found.append(node)
        return found

    def has(self, *concepts: str) -> bool:
        """All of these are here."""
        return all(any(concept in m for m in self.meanings) for concept in concepts)

    def value(self, concept: str) -> str:
        """The catalogue's value of a concept that is here, or ""."""
        return next((p.value for p in self.parts if concept in p.meanings), "")

    def text(self, concept: str) -> str:
        """How a concept was typed, or ""."""
        return next((p.text.lower() for p in self.parts if concept in p.meanings), "")

    def texts(self, concept: str) -> list[str]:
        """How a concept was typed, each time."""
        return [p.text.lower() for p in self.parts if concept in p.meanings]

    def role_of(self, concept: str) -> str:
        """The preposition before a concept."""
        return next((p.role for p in self.parts if concept in p.meanings), "")

    def number_before(self, concept: str) -> Node | None:
        """A number right before a concept: `3` of `3 heads`. It is not taken."""
        for before, part in zip(self.parts, self.parts[1:], strict=False):
            if concept in part.meanings and before.node is not None and is_number(before.node):
                return before.node
        return None

    def number_after(self, *concepts: str) -> Node | None:
        """A number right after one of the concepts. It is not taken."""
        for part, after in zip(self.parts, self.parts[1:], strict=False):
            if part.meanings & set(concepts) and after.node is not None and is_number(after.node):
                return after.node
        return None

    def numbers_after(self, concept: str) -> Iterable[tuple[bool, Node]]:
        """Each number, and whether it stands right after the concept. Lists are taken apart."""
        before: Part | None = None
        for part in self.parts:
            for i, node in enumerate(_flat(part.node)):
                yield i == 0 and before is not None and concept in before.meanings, node
            before = part

    def counted(self, concept: str) -> Iterable[tuple[str, int]]:
        """`3 red, 5 blue`: how many of each word of a concept."""
        for before, part in zip(self.parts, self.parts[1:], strict=False):
            if concept in part.meanings and before.node is not None and before.node.text.isdigit():
                yield part.text.lower(), int(before.node.text)

    def measures(self) -> list[tuple[str, Node]]:
        """`radius 3`, `sides 3, 4 and 5`, `a height of 7 cm`, taken."""
        found: list[tuple[str, Node]] = []
        for i, part in enumerate(self.parts):
            measure = next((_MEASURES[m] for m in part.meanings if m in _MEASURES), "")
            chunk = self._beside(i, near=bool(part.meanings & _ALSO_ASKED)) if measure else None
            if chunk is not None and chunk in self._chunks:
                self._chunks.remove(chunk)
                found.extend((measure, node) for node in _flat(chunk.node))
        return found

    def _beside(self, i: int, *, near: bool) -> Part | None:
        """The number that belongs to the measure at place `i`: the next one, else the one just before."""
        for after in self.parts[i + 1 :]:
            if after.kind == "chunk" and near and any(p.role == "by" for p in self._chunks):
                break  # "area of a 5 by 8 rectangle"
            if after.kind == "chunk":
                return after if _flat(after.node) else None
            if near or any(m in _MEASURES for m in after.meanings):
                break
        before = self.parts[i - 1] if i else None
        return (
            before
            if not near and before is not None and before in self._chunks and _flat(before.node)
            else None
        )

    def loose_numbers(self) -> list[Node]:
        """Every number that is left, with units and degrees, taken."""
        found: list[Node] = []
        for part in list(self._chunks):
            nodes = _flat(part.node)
            if nodes and not _says_nothing(part):
                self._chunks.remove(part)
                found.extend(nodes)
        return found

    def bases(self, known: Mapping[str, int]) -> tuple[int | None, int | None]:
        """From which base and to which: `hex 2F -> binary`, `in base 8`."""
        source = target = None
        seen = False
        named = sum(1 for p in self.parts if p.kind == "IN_BASE" or p.meanings & set(known))
        for part in self.parts:
            seen |= part.kind in {"chunk", "BASED"}
            base = (
                int(part.value)
                if part.kind == "IN_BASE"
                else next((known[m] for m in part.meanings if m in known), None)
            )
            if base is None:
                continue
            to = part.role in {"to", "in", "into", "as"} or part.text.lower().startswith(
                ("in ", "to ", "into ", "keep ")
            )
            if (part.role == "from" and not part.text.lower().startswith("to ")) or (
                not to and (not seen or (named > 1 and source is None))
            ):
                source = base
            else:
                target = base
        return source, target

    def based_number(self) -> tuple[str, int | None] | None:
        """Digits and the base that is written with them, if any; taken."""
        for part in self.parts:
            if part.kind == "BASED":
                digits, _, base = part.value.partition(":")
                return digits, int(base) if base else None
        node = self.take(lambda n: n.head == "num" and n.text.isdigit())
        return (node.text, None) if node is not None else None

    def things(self) -> dict[int, str]:
        """Behind which number, counted from 0, stands which thing: `3 pens` … `5 pen`, without the plural."""
        found: dict[int, str] = {}
        count = -1
        for part, after in zip(self.parts, self.parts[1:], strict=False):
            count += part.kind == "chunk"
            if part.kind == "chunk" and after.kind != "chunk" and "PRICE" not in after.meanings:
                found[count] = after.text.lower().removesuffix("s")
        return found

    def raw_things(self) -> list[str]:
        """The same words as they were typed."""
        return [
            after.text
            for part, after in zip(self.parts, self.parts[1:], strict=False)
            if part.kind == "chunk"
        ]

    @property
    def event(self) -> str:
        """What stands in `P(…)`, taken; "" without one."""
        node = self.take(lambda n: n.head == "name" and n.text.startswith("P("))
        return node.text[2:-1].lower() if node is not None else ""


def _says_nothing(part: Part) -> bool:
    return part.value == "meant" or part.node is None or part.node.head == "ref"


def _flat(node: Node | None) -> tuple[Node, ...]:
    """The numbers, quantities and angles of a chunk."""
    if node is None:
        return ()
    if node.head in {"items", "list", "tuple"}:
        parts = [_flat(a) for a in node.args]
        return tuple(n for part in parts for n in part) if all(parts) else ()
    return (node,) if is_number(node) or node.head == "quantity" else ()
