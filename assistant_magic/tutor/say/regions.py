"""Intervals and unions as inequalities."""

from __future__ import annotations

import itertools

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, name
from assistant_magic.tutor.say.latex import latex

_INFINITE = (name("oo"), Node("neg", (name("oo"),)))


def region(node: Node, letter: str) -> str:
    """A set of real numbers in bold, as inequalities and in interval notation."""
    words = catalogue()
    x = latex(name(letter))
    pieces = node.args if node.text == "Union" else (node,)
    points = _holes(pieces)
    if points is not None:
        return _without(x, points)
    if len(pieces) == 1 and _ends(pieces[0]) == _INFINITE[::-1]:
        return f"**{words.say('all_real')}**"
    relations = r" \text{ or } ".join(_relation(piece, x) for piece in pieces)
    notation = r" \cup ".join(_notation(piece) for piece in pieces)
    return f"**${relations}$**, {words.say('interval', notation=f'${notation}$')}"


def _without(x: str, points: list[Node]) -> str:
    words = catalogue()
    left_out = words.say("and").join(rf"${x} \neq {latex(p)}$" for p in points)
    return f"**{left_out}** {words.say('otherwise_all')}"


def _ends(piece: Node) -> tuple[Node, Node]:
    return (
        (piece.args[0], piece.args[1])
        if piece.text.startswith("Interval")
        else (piece.args[0], piece.args[-1])
    )


def _closed(piece: Node) -> tuple[bool, bool]:
    kind = piece.text.partition(".")[2]
    left, right = _ends(piece)
    return (
        kind not in {"open", "Lopen"} and left not in _INFINITE,
        kind not in {"open", "Ropen"} and right not in _INFINITE,
    )


def _holes(pieces: tuple[Node, ...]) -> list[Node] | None:
    """The points left out, if the pieces are the whole line without them."""
    if len(pieces) < 2 or not all(p.text.startswith("Interval") for p in pieces):
        return None
    ends = [_ends(p) for p in pieces]
    joined = all(a[1] == b[0] for a, b in itertools.pairwise(ends))
    whole = ends[0][0] == _INFINITE[1] and ends[-1][1] == _INFINITE[0]
    open_ = not any(any(_closed(p)) for p in pieces)
    return [e[1] for e in ends[:-1]] if joined and whole and open_ else None


def _relation(piece: Node, x: str) -> str:
    if piece.text == "FiniteSet":
        return r" \text{ or } ".join(f"{x} = {latex(a)}" for a in piece.args)
    (left, right), (closed_left, closed_right) = _ends(piece), _closed(piece)
    low, high = (r"\le" if closed_left else "<"), (r"\le" if closed_right else "<")
    if left in _INFINITE:
        return f"{x} {high} {latex(right)}"
    if right in _INFINITE:
        sign = r"\ge" if closed_left else ">"
        return f"{x} {sign} {latex(left)}"
    return f"{latex(left)} {low} {x} {high} {latex(right)}"


def _notation(piece: Node) -> str:
    if piece.text == "FiniteSet":
        return rf"\{{{', '.join(latex(a) for a in piece.args)}\}}"
    (left, right), (closed_left, closed_right) = _ends(piece), _closed(piece)
    return f"{'[' if closed_left else '('}{latex(left)}, {latex(right)}{']' if closed_right else ')'}"
