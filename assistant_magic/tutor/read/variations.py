"""The last problem once more, with something changed: another number, operator or function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant_magic.tutor.expressions import Node, parse, rebuilt, replaced, walk
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.equations import tried
from assistant_magic.tutor.read.frames import read_frames
from assistant_magic.tutor.read.kinds import HELD_BY, is_number, is_percent
from assistant_magic.tutor.read.parts import Part
from assistant_magic.tutor.read.sentence import Sentence

SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow"}
_ALLOWED = frozenset(
    {
        "SAME_AGAIN",
        "SAME",
        "INSTEAD",
        "REPLACE",
        "CONVERT",
        "FILLER",
        "MAKE",
        "CLAIM",
        "SIGN",
        "FUNCTION_NAME",
        "ALWAYS",
        "BOTH",
        "NEW",
        "JUDGE",
        "CORRECTION",
        "FIRST",
        "IDENTICAL",
        "ANGLE",
    }
)


def read_variation(parts: Sequence[Part], text: str, context: Context) -> Problem | None:
    """The problem that `same but with 7`, `make the plus a times` or `86?` asks for, or None."""
    last = context.problem
    if last is None or not last.of or (last.task == "compare" and last.of[0] == last.of[-1]):
        return None
    sentence = Sentence(parts, text)
    if sentence.unknown or not all(m & _ALLOWED for m in sentence.meanings):
        return None
    if sentence.says(*_SWAPPED) and not sentence.chunks:
        return _turned_round(last)
    signs = [p.value for p in sentence.parts if p.kind == "SIGN"]
    functions = [p.value for p in sentence.parts if p.kind == "FUNCTION_NAME"]
    if signs:
        return _with_sign(last, signs) if not sentence.chunks else None
    if functions:
        return _with_function(last, functions) if not sentence.chunks else None
    return _with_numbers(last, [p for p in sentence.parts if p.kind == "chunk"], sentence)


def changed(last: Problem, nodes: list[Node]) -> Problem:
    """The same problem of other trees, without what was known of the old ones."""
    options = {k: v for k, v in last.options.items() if k not in {"law", "position"}}
    return replace(last, of=tuple(str(n) for n in nodes), options=options)


def _with_sign(last: Problem, signs: list[str]) -> Problem | None:
    """`make the plus a times`; `i meant minus` changes the outermost operation."""
    new = SIGNS[signs[-1]]
    node = last.nodes[0]
    if len(signs) == 2:
        old = SIGNS[signs[0]]
        if not any(n.head == old for n in walk(node)):
            return None
        return changed(last, [_signs_replaced(node, old, new), *last.nodes[1:]])
    if node.head not in SIGNS.values() or node.head == new:
        return None
    return changed(last, [Node(new, node.args), *last.nodes[1:]])


_SWAPPED = ("other way round", "other way around", "other way", "opposite order", "in reverse", "swap them")


def _turned_round(last: Problem) -> Problem | None:
    """`the other way round`: the two sides of a difference, a quotient or a power swapped."""
    node = last.nodes[0]
    if node.head not in {"sub", "div", "pow"} or last.task not in {"evaluate", "expand", "simplify"}:
        return None
    return changed(last, [Node(node.head, node.args[::-1]), *last.nodes[1:]])


def _signs_replaced(node: Node, old: str, new: str) -> Node:
    args = tuple(_signs_replaced(a, old, new) for a in node.args)
    return Node(new if node.head == old else node.head, args, node.text)


def _with_function(last: Problem, functions: list[str]) -> Problem | None:
    """`use sin instead of tan`, `and cos`."""
    new = functions[0]
    known = {"sin", "cos", "tan", "sec", "csc", "cot", "log", "exp", "sinh", "cosh", "tanh"}
    old = functions[1] if len(functions) > 1 else ""

    def change(node: Node) -> Node | None:
        if node.head == "call" and node.text in known and (not old or node.text == old):
            return Node("call", node.args, new)
        return None

    nodes = [rebuilt(n, change) for n in last.nodes]
    return changed(last, nodes) if nodes != list(last.nodes) else None


def _with_numbers(last: Problem, chunks: list[Part], sentence: Sentence) -> Problem | None:
    changes = any(sentence.has(c) for c in ("INSTEAD", "REPLACE", "CONVERT"))
    chunks = [_signed(p) if changes else p for p in chunks]
    values = [p for p in chunks if p.node is not None and _is_value(p.node) and p.value not in _FROM_IT]
    if len(values) != len([p for p in chunks if p.value not in {"meant", "named"}]):
        return None
    if len(values) == 2:
        return _swapped(last, values, sentence)
    if len(values) == 1 and values[0].node is not None:
        if last.rounding and (values[0].role == "to" or _counts_digits(values[0].node, last)):
            return _rounded_to(last, values[0].node)
        held = values[0].role in HELD_BY | {"to"}
        return _with_operand(last, values[0]) or (None if held else _with_value(last, values[0].node))
    return None


def _rounded_to(last: Problem, amount: Node) -> Problem | None:
    """`to 3` after so many decimal places."""
    if last.rounding[0] not in {"places", "figures"} or not amount.text.isdigit():
        return None
    return replace(last, rounding=(last.rounding[0], amount.text))


def _counts_digits(value: Node, last: Problem) -> bool:
    """`what about 4?` after `round 3.14159 to 3 sf`."""
    return value.text.isdigit() and int(value.text) < 10 and last.nodes[0].head == "num" and "." in last.of[0]


_FROM_IT = frozenset({"meant", "named", "from_it"})


def _signed(part: Part) -> Part:
    """`plus 2 instead of minus 2`: signed numbers, no calculation with the last result."""
    node = part.node
    if part.value != "implicit" or node is None or node.head not in {"add", "sub"}:
        return part
    return replace(part, node=node.args[1] if node.head == "add" else Node("neg", (node.args[1],)), value="")


def _with_operand(last: Problem, value: Part) -> Problem | None:
    """`and of 120?` after `20% of 80`, `and by 3?` after a question about divisors."""
    assert value.node is not None
    node = last.nodes[0]
    if value.role == "of" and node.head == "mul" and is_percent(node.args[0]):
        return changed(last, [Node("mul", (node.args[0], value.node), "of"), *last.nodes[1:]])
    if _is_share(value.node) and node.head == "mul" and _is_share(node.args[0]):
        return changed(last, [Node("mul", (value.node, node.args[1]), "of"), *last.nodes[1:]])
    halved = node.head == "div" and node.args[1].head == "num" and not last.form
    if value.node.text == "vulgar" and halved and not value.text[:1].isdigit():
        return changed(last, [Node("mul", (value.node, node.args[0]), "of"), *last.nodes[1:]])
    if value.role == "by" and node.head in {"mul", "div"} and last.task == "evaluate":
        return changed(last, [Node(node.head, (node.args[0], value.node)), *last.nodes[1:]])
    if value.role == "by" and last.task == "divides":
        return changed(last, [value.node, *last.nodes[1:]])
    return None


def _is_share(node: Node) -> bool:
    """`2/5`, which stands before an 'of'."""
    return node.head == "div" and all(a.head == "num" for a in node.args)


def _is_value(node: Node) -> bool:
    return (
        is_number(node) and node.head in {"num", "neg", "percent", "degrees", "div", "mixed", "pow"}
    ) or node.head == "quantity"


def _swapped(last: Problem, values: list[Part], sentence: Sentence) -> Problem | None:
    """Which of two numbers is the new one: `5 in place of 14`, `change the -4 to +4`, `put a 7 where the 2 is`."""
    first, second = (v.node for v in values)
    if {values[0].role, values[1].role} <= {"from", "between", "to", "and"} and not sentence.has("REPLACE"):
        return _with_ends(last, values)
    assert first is not None
    assert second is not None
    if sentence.says("swap", "switch", "exchange") and values[1].role == "and":
        return _exchanged(last, first, second)
    renamed = values[1].role == "is" and any(first in walk(n) for n in last.nodes)  # "if the 5 was a 7"
    new_first = not renamed and (sentence.has("INSTEAD") or values[1].role == "when")
    old, new = (second, first) if new_first else (first, second)
    if (
        not sentence.has("INSTEAD")
        and not sentence.has("REPLACE")
        and not sentence.has("MAKE")
        and values[1].role != "when"
        and not renamed
    ):
        return None
    nodes = [_number_replaced(n, old, new) for n in last.nodes]
    return changed(last, nodes) if nodes != list(last.nodes) else None


def _exchanged(last: Problem, one: Node, other: Node) -> Problem | None:
    """`swap the 2 and the 5`."""
    found = [n for node in last.nodes for n in walk(node)]
    if one not in found or other not in found:
        return None
    away = Node("name", text="swapped")
    nodes = [replaced(replaced(replaced(n, one, away), other, one), away, other) for n in last.nodes]
    return changed(last, nodes)


def _with_ends(last: Problem, values: list[Part]) -> Problem | None:
    """`from 1 to 3 instead`: other ends of an integral or a graph."""
    ends = [v.node for v in values if v.node is not None]
    return changed(last, [last.nodes[0], *ends]) if last.task in {"integral", "plot"} else None


def _number_replaced(node: Node, old: Node, new: Node) -> Node:
    """Replace a number; `-4` is also found as what is subtracted."""
    out = replaced(node, parse(str(old)), new)  # as a kept problem writes it
    if out == node and old.head == "neg":
        inner = old.args[0]
        flipped = new.args[0] if new.head == "neg" else new
        head = "sub" if new.head == "neg" else "add"

        def change(n: Node) -> Node | None:
            return Node(head, (n.args[0], flipped)) if n.head == "sub" and n.args[1] == inner else None

        out = rebuilt(node, change)
    return out


def _with_value(last: Problem, value: Node) -> Problem | None:
    """The one number that the problem turns on is replaced."""
    if "shape" in last.options:
        return _other_shape(last, value)
    subject = str(last.options.get("subject", ""))
    if subject:
        old = parse(subject)
        nodes = [replaced(n, old, value) for n in last.nodes]
        return replace(last, of=tuple(str(n) for n in nodes), options={**last.options, "subject": str(value)})
    if last.task == "is_solution":
        return tried(parse(str(last.options["equation"])), value)
    if last.task in {"in_sequence", "in_base"}:
        return changed(last, [value, *last.nodes[1:]])
    if value.head == "degrees" and any(
        n.head == "degrees" or n.text == "degrees" for o in last.nodes for n in walk(o)
    ):
        value = value.args[0]
    kind = value.head if value.head in {"percent", "pow", "div"} else "num"
    found = [
        n
        for node in last.nodes
        for n in walk(node)
        if n.head == kind or (n.head == "call" and n.text == kind)
    ]
    if len(set(found)) > 1:
        exponents = {n.args[1] for node in last.nodes for n in walk(node) if n.head == "pow"}
        found = [n for n in found if n not in exponents and n.text != "0"]  # "x^2 - 4 = 0, same but with 9"
    if len(set(found)) != 1 or (kind == "div" and found[0] in last.nodes and not last.form):
        return None
    return changed(last, [replaced(n, found[0], value) for n in last.nodes])


def _other_shape(last: Problem, value: Node) -> Problem | None:
    from assistant_magic.tutor.read.geometry import shape_problem

    measures = {k: parse(v) for k, v in last.options["measures"].items()}
    if len(measures) != 1:
        return None
    return shape_problem(
        str(last.options["shape"]), str(last.options["asked"]), dict.fromkeys(measures, value)
    )


def read_clauses(parts: Sequence[Part], text: str, context: Context) -> Problem | None:
    """`change the -4 to +4. how many real roots then`: a change first, then a question about what it gives."""
    place = next((i for i, p in enumerate(parts) if p.kind == "stop"), 0)
    if not place:
        return None
    varied = read_variation(parts[:place], text, context)
    if varied is None:
        return None
    reading = read_frames(Sentence(parts[place:], text), replace(context, problem=varied, results=()))
    return reading if isinstance(reading, Problem) else None
