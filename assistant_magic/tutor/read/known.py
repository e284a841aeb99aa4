"""Frames with letters that stand for something already: numbers that were given, a system's solutions, a parameter."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, replaced, variables
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_applied, is_expression, is_name, is_number
from assistant_magic.tutor.read.sentence import Sentence

_GOING_ON = ("so", "then", "and", "now", "what", "whats", "what's", "find", "work out")


@frame("")
@frame("FOUND")
def with_known_letters(sentence: Sentence, context: Context) -> Reading:
    """`what's x times y` after the system that gave both, `plus the x we found`."""
    node = sentence.take(lambda n: is_expression(n) and set(variables(n)) <= set(context.names))
    last = context.problem
    near = last is not None and (last.task == "system" or bool(last.options.get("letters")))
    near |= last is not None and last.task.startswith("solve") and sentence.begins_with(*_GOING_ON)
    near |= node is not None and is_asked_for(node, sentence, context)
    if node is None or not (near or is_given(node, context) or sentence.has("FOUND")):
        return None
    for letter in variables(node):
        value = context.definition(letter)
        if value is None or not is_number(value):
            return None
        node = replaced(node, Node("name", text=letter), value)
    return problem("evaluate", node, letters=True)


@frame("", may="YES_NO")
def known_letters_compared(sentence: Sentence, context: Context) -> Reading:
    """`is x bigger than y` after the system that gave both."""
    relation = sentence.take(
        lambda n: n.head in _SIGNS and all(is_expression(a) or is_number(a) for a in n.args)
    )
    last = context.problem
    near = last is not None and (last.task == "system" or bool(last.options.get("letters")))
    if relation is None or not near or not sentence.begins_with("is", "so is"):
        return None
    sides = [_filled(side, context) for side in relation.args]
    if any(side is None for side in sides):
        return None
    return problem("compare", *(s for s in sides if s is not None), sign=_SIGNS[relation.head], letters=True)


_SIGNS = {"Eq": "==", "Lt": "<", "Gt": ">", "Le": "<=", "Ge": ">="}


def _filled(node: Node, context: Context) -> Node | None:
    """The same with numbers for its letters, or None where one has none."""
    for letter in variables(node):
        value = context.definition(letter)
        if value is None or not is_number(value):
            return None
        node = replaced(node, Node("name", text=letter), value)
    return node


@frame("ADD")
@frame("MULTIPLY")
@frame("SUM")
@frame("PRODUCT")
def of_known_letters(sentence: Sentence, context: Context) -> Reading:
    """`add x and y` after the system that gave both."""
    row = sentence.take(lambda n: n.head == "items" and len(n.args) == 2 and all(is_name(a) for a in n.args))
    values = [context.definition(a.text) for a in row.args] if row is not None else []
    if not values or any(v is None or not is_number(v) for v in values):
        return None
    head = "mul" if sentence.has("MULTIPLY") or sentence.has("PRODUCT") else "add"
    return problem("evaluate", Node(head, tuple(v for v in values if v is not None)), letters=True)


def is_asked_for(node: Node, sentence: Sentence, context: Context) -> bool:
    """`what is 2x + 1 then` right after `3x = 21`: the value that the only solution gives."""
    last = context.problem
    if last is None or not last.task.startswith("solve") or is_name(node):
        return False
    letter = str(last.options.get("variable", ""))
    known = context.definition(letter)
    current = known is not None and is_number(known) and known == context.result()
    if sentence.begins_with("double", "halve", "triple", "twice", "half of", "square", "cube", "what would"):
        return current and set(variables(node)) == {letter}
    asked = sentence.begins_with(
        "what is", "what's", "whats", "so what is", "so what's", "then what is", "and"
    )
    return current and asked and set(variables(node)) == {letter}


def is_given(node: Node, context: Context) -> bool:
    """Every letter was said to be a number; none was an unknown whose value was found."""
    problems = (*context.asked, context.problem)
    found = any(p is not None and p.options.get("variable") in variables(node) for p in problems)
    values = [context.definition(letter) for letter in variables(node)]
    return not found and not is_name(node) and all(v is not None and is_number(v) for v in values)


@frame("")
def parameter(sentence: Sentence, context: Context) -> Reading:
    """`g(2) = 10, so k =` with `g(x) = 3x + k`."""
    given = sentence.take(
        lambda n: (
            n.head == "Eq" and is_applied(n.args[0]) and is_number(n.args[0].args[0]) and is_number(n.args[1])
        )
    )
    if given is None:
        return None
    known = {key: body for key in context.names if (body := context.definition(key)) is not None}
    body = known.get(given.args[0].text)
    wanted = sentence.take(is_name)
    if body is None or "x" not in variables(body):
        return None
    equation = Node("Eq", (replaced(body, Node("name", text="x"), given.args[0].args[0]), given.args[1]))
    letters = variables(equation)
    if len(letters) != 1 or (wanted is not None and wanted.text != letters[0]):
        return None
    return problem("solve", equation, variable=letters[0])
