"""Taking what a problem is about out of a sentence: numbers, expressions, lists, the variable."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, listed, name, replaced, variables, walk
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.kinds import (
    is_definition,
    is_expression,
    is_left_side,
    is_name,
    is_number,
    is_row,
)
from assistant_magic.tutor.read.sentence import Sentence


def number(sentence: Sentence, role: str = "") -> Node | None:
    """A number, with a role if one is asked for."""
    return sentence.take(is_number, role=role)


def numbers(sentence: Sentence) -> tuple[Node, ...]:
    """All numbers there are, in their order, listed or single."""
    found: list[Node] = []
    while (node := sentence.take(lambda n: is_row(n) or is_number(n))) is not None:
        found.extend(node.args if is_row(node) else (node,))
    return tuple(found)


def row(sentence: Sentence, context: Context) -> Node | None:
    """A list of numbers; what 'it' is when nothing is listed."""
    listed_here = numbers(sentence)
    if len(listed_here) > 1:
        return listed(*listed_here)
    if listed_here:
        return None
    last = context.problem
    known = next((n for n in last.nodes if n.head == "list"), None) if last is not None else None
    result = context.result()
    return known or (result if result is not None and is_row(result) else None)


def expression(sentence: Sentence, context: Context) -> Node | None:
    """The expression that is talked about: `y = x^2` gives its right side, nothing gives 'it'."""
    found = sentence.take(lambda n: n.head == "Eq" and is_left_side(n.args[0]) and is_expression(n.args[1]))
    if found is not None:
        return found.args[1]
    last = context.problem
    if sentence.has("CORRECTION") and not sentence.chunks_of_algebra and last is not None and last.of:
        return last.nodes[0]
    named = sentence.take(lambda n: is_name(n) and n.text in context.names)
    if named is not None and not sentence.chunks_of_algebra:
        return context.definition(named.text)
    found = sentence.take(lambda n: is_expression(n) and not is_name(n)) or sentence.take(
        is_name, role="of for"
    )
    return found if found is not None else algebra(context)


def algebra(context: Context) -> Node | None:
    """The expression a thread is about: its last result, else what its last problem was about."""
    found = context.result()
    if found is not None and is_expression(found):
        return found
    last = context.problem
    for node in last.nodes if last is not None else ():
        if is_expression(node):
            return node
        if node.head == "Eq" and is_definition(node):
            return node.args[1]
    functions = [context.definition(letter) for letter in context.names if letter in "fghy"]
    functions = [f for f in functions if f is not None and is_expression(f)]
    return functions[0] if len(functions) == 1 else None


def variable_of(sentence: Sentence, node: Node) -> str:
    """The variable that is named, or the only one; "" if that is not clear."""
    named = sentence.take(is_name)
    letters = variables(node)
    if named is not None:
        return named.text if named.text in letters else ""
    if len(letters) > 1 and "x" in letters and "y" not in letters:
        return "x"
    return letters[0] if len(letters) == 1 else ""


def inlined(node: Node, definitions: dict[str, Node]) -> Node:
    """The same with `f(3)` replaced by what `f` is."""
    for text, body in definitions.items():
        for part in list(walk(node)):
            if part.head == "call" and part.text == text and len(part.args) == 1:
                letter = variables(body)[:1] or ("x",)
                node = replaced(node, part, replaced(body, name(letter[0]), part.args[0]))
    return node
