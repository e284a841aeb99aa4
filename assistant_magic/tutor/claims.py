"""What a pupil types as an answer: one value, several, an equation, an inequality, an interval, a quantity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, name, rebuilt, walk
from assistant_magic.tutor.read.chunks import longest
from assistant_magic.tutor.read.latex import without_latex
from assistant_magic.tutor.read.operators import with_operators
from assistant_magic.tutor.read.parts import parts_of
from assistant_magic.tutor.read.signs import meaning_of_signs
from assistant_magic.tutor.read.tokens import Token, tokens_of
from assistant_magic.tutor.read.words import Words

_MAX_CHARS = 400
_SCIENTIFIC = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)[eE]([+-]?\d+)(?![\w.])")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(,\d{3})+(?!\d)")
_BRACED_ARGUMENT = re.compile(r"\\(sin|cos|tan|ln|log|exp)\s*\{([^{}]*)\}")
_ROOT = re.compile(r"√\s*(\d+(?:\.\d+)?|[A-Za-z])")
_LATEX_SPACES = re.compile(r"(?<!\\)\\[,;:! ]|\\quad|\\left|\\right|\\displaystyle|~")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac\s*(\d)\s*(\d)")
_ENDLESS = re.compile(r"(?<![\w\\])(?:oo|inf|infinity|∞)(?!\w)")
_LATEX_LETTER = re.compile(r"(?<=\d) +(?=[a-z](?![a-z]))")
_TEXT = re.compile(r"\\(?:text|mathrm|operatorname)\s*\{([^{}]*)\}")
_BETWEEN = re.compile(r"\s*(?:\\lor|\\vee|\\land|\bor\b|\band\b|∨|;|\n)\s*", re.IGNORECASE)
_LETTERS = re.compile(r"^[a-z]{2,3}$")
_INTERVAL = re.compile(r"^(?:[A-Za-z]\s*(?:∈|\\in|\bin\b)\s*)?([\[(\]])([^,;]+)[,;]([^,;]+)([\])\[])$")
_SIGNS = str.maketrans("−", "-", "\u200b\u2062")
_NONE = frozenset(
    [
        "none",
        "no solution",
        "no solutions",
        "no real solution",
        "no real solutions",
        "no real roots",
        "∅",
        "\\emptyset",
        "{}",
        "no roots",
    ]
)
_ALL = frozenset(
    [
        "all real numbers",
        "all reals",
        "every real number",
        "any real number",
        "any x",
        "all x",
        "every x",
        "ℝ",
        "\\mathbb{r}",
        "any number",
    ]
)


class NotReadError(ValueError):
    """The text is no answer that can be compared; its words say which part was not understood."""


@dataclass(frozen=True)
class Claim:
    """An answer as it was read.

    Attributes:
        text: As it was typed.
        nodes: Its values, equations or inequalities, in order; none of them for "no solution".
        kind: `values`, `interval`, `none`, `all`, or `word` for an answer such as yes or odd, which is `text`.
        closed: Whether an interval contains its ends.
        joined: What stands between several inequalities: `or`, `and`, or a comma.
        choices: It can be read in more than one way.
    """

    text: str
    nodes: tuple[Node, ...]
    kind: str = "values"
    closed: tuple[bool, bool] = (False, False)
    joined: str = ","

    @property
    def choices(self) -> bool:
        """It can be read in more than one way (`1/2x`)."""
        return any(n.head == "either" for node in self.nodes for n in walk(node))

    def readings(self) -> tuple[Claim, ...]:
        """This answer in each way it can be read."""

        def settled(place: int) -> Claim:
            def change(n: Node) -> Node | None:
                return rebuilt(n.args[place], change) if n.head == "either" else None

            return replace(self, nodes=tuple(rebuilt(node, change) for node in self.nodes))

        return settled(0), settled(1)


def read_claims(text: str) -> tuple[Claim, ...]:
    """Every way to read a typed answer, the likeliest first; `1,5` is a list or a decimal.

    Raises:
        NotReadError: It cannot be read.
    """
    plain = _plain(text) if len(text) <= 2 * _MAX_CHARS else ""
    if not plain or len(plain) > _MAX_CHARS:
        raise NotReadError(text[:60])
    if "**" in plain:
        plain = plain.replace("**", "^")
    fixed = _fixed(plain)
    if fixed:
        return (Claim(text, (), fixed),)
    readings = list(_readings(text, plain))
    if not readings:
        raise NotReadError(text[:60])
    return tuple(readings)


def _fixed(plain: str) -> str:
    """Answers that are words: no solution, every number."""
    words = plain.lower().strip(" .!")
    return "none" if words in _NONE else "all" if words in _ALL else ""


def _readings(text: str, plain: str) -> Iterator[Claim]:
    found = _INTERVAL.match(plain)
    if found:
        ends = [_one(part) for part in found.groups()[1:3]]
        if all(ends):
            closed = (found[1] == "[", found[4] == "]")
            yield Claim(text, tuple(e for e in ends if e), "interval", closed)
    nodes = [_one(piece) for piece in _pieces(plain)]
    if nodes and all(nodes):
        yield Claim(text, _with_letter([n for n in nodes if n]), joined=_joint(plain))
    if not found and _DECIMAL_COMMA.search(plain) and not _THOUSANDS.search(plain):
        dotted = _DECIMAL_COMMA.sub(r"\1.\2", plain)
        decimal = [_one(piece) for piece in _pieces(dotted)]
        if decimal and all(decimal):
            yield Claim(dotted, _with_letter([n for n in decimal if n]))
    if not found and not (nodes and all(nodes)):
        overheard = _overheard(plain)
        if overheard:
            yield Claim(text, _with_letter(overheard))


def _joint(plain: str) -> str:
    for joint, signs in (("or", ("lor", "vee", "∨", " or ")), ("and", ("land", " and "))):
        if any(sign in plain.lower() for sign in signs):
            return joint
    return ","


def with_brackets(text: str) -> str:
    """`√2/2` with the reach of its root in brackets."""
    return _ROOT.sub(r"sqrt(\1)", text)


def with_products(text: str) -> str:
    """In LaTeX `2 x (…)` is a product with the letter x, not twice the bracket."""
    return _LATEX_LETTER.sub("", text) if "\\" in text else text


def _plain(text: str) -> str:
    """The text without dollar signs, LaTeX spacing and full stops; `1e-15` is written out."""
    text = with_products(text).strip().strip("$").removeprefix("\\(").removesuffix("\\)").strip()
    text = _LATEX_SPACES.sub(" ", _TEXT.sub(r" \1 ", text)).replace("\\{", "{").replace("\\}", "}")
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", _ENDLESS.sub(r"\\infty ", text))
    text = _BRACED_ARGUMENT.sub(r"\1(\2)", text)
    text = text.translate(_SIGNS)
    text = with_brackets(text)
    text = _SCIENTIFIC.sub(lambda m: f"({m[1]}*10^({m[2].lstrip('+')}))", text)
    return re.sub(r"(?<=\w)\.$", "", " ".join(text.split(" ")).strip())


def _pieces(plain: str) -> list[str]:
    """`2 or -3`, `x = 2, y = 3` and `{2, -3}` in pieces; commas inside brackets stay."""
    if plain.startswith("{") and plain.endswith("}"):
        plain = plain[1:-1]
    out: list[str] = []
    for part in _BETWEEN.split(plain):
        depth, start = 0, 0
        for i, sign in enumerate(part):
            depth += (sign in "([{") - (sign in ")]}")
            thousands = re.match(r"\d,\d{3}(?!\d)", part[i - 1 : i + 5]) if i else None
            if sign == "," and depth == 0 and not thousands:
                out.append(part[start:i])
                start = i + 1
        out.append(part[start:])
    return [signed for piece in out if piece.strip() for signed in _both_signs(piece.strip())]


def _both_signs(piece: str) -> list[str]:
    """`1 ± √2` stands for two values."""
    piece = piece.replace("\\pm", "±").replace("+-", "±").replace("+/-", "±")
    return [piece.replace("±", "+"), piece.replace("±", "-")] if "±" in piece else [piece]


def _one(piece: str) -> Node | None:
    """The mathematics of a piece, if every sign of it was understood."""
    if piece.strip() in {"i", "-i"}:
        return name("I") if piece.strip() == "i" else Node("neg", (name("I"),))
    if _LETTERS.match(piece) and piece not in catalogue().words:
        piece = "*".join(piece)
    tokens = _tokens(piece)
    found = longest(tokens, 0, "start") if tokens else None
    if found is None or found[1] != len(tokens):
        return None
    return _settled(found[0])


def _tokens(piece: str) -> Sequence[Token]:
    words = Words(with_operators(without_latex(tokens_of(piece))), catalogue())
    return meaning_of_signs(words.read())


def _settled(node: Node) -> Node | None:
    """A tree without what only sentences have: 'it', dots, lists of lists."""
    if any(n.head in {"ref", "dots", "rows", "items"} for n in walk(node)):
        return None
    return node


def _overheard(plain: str) -> list[Node]:
    """`I think x = 5`: the only mathematics of a sentence in which no word is unknown."""
    parts = [p for p in parts_of(plain) if p.kind != "asked" and p.text not in {",", ".", ":"}]
    chunks = [p.node for p in parts if p.kind == "chunk" and p.node is not None and _settled(p.node)]
    others = [p for p in parts if p.kind not in {"chunk", "CLAIM", "ANSWER", "RIGHT"}]
    if len(chunks) != 1 or others or any(p.value == "implicit" for p in parts):
        return []
    return chunks


def _with_letter(nodes: list[Node]) -> tuple[Node, ...]:
    """`x = 2 or -3` says x twice."""
    out: list[Node] = []
    letter: Node | None = None
    for node in nodes:
        if node.head == "Eq" and node.args[0].head == "name":
            letter = node.args[0]
        elif letter is not None and node.head not in {"Eq", "Lt", "Gt", "Le", "Ge", "and"}:
            out.append(Node("Eq", (letter, node)))
            continue
        out.append(node)
    return tuple(out)
