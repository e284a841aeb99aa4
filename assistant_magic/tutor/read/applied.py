"""Frames of functions by their name: `f(3)`, `f'(1)`, `g(3) - g(-1)`."""

from __future__ import annotations

from assistant_magic.tutor.expressions import Node, replaced, variables, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_applied, is_definition, is_name, is_number
from assistant_magic.tutor.read.pieces import inlined
from assistant_magic.tutor.read.sentence import Sentence


@frame("", may="SUBSTITUTE DERIVATIVE COMPOSE")
def applied(sentence: Sentence, context: Context) -> Reading:
    """`f(x) = 2x + 5, find f(3)`, `f(0)?`, `f'(1)=?`."""
    definitions = _definitions(sentence, context)
    asked = sentence.take(lambda n: is_applied(n) and is_number(n.args[0]))
    if asked is None:
        asked = sentence.take(lambda n: is_applied(n) and is_applied(n.args[0]))
    if asked is None:
        return _derived(sentence, definitions) or _composed(sentence, definitions)
    body = definitions.get(asked.text.rstrip("'"))
    if body is None:
        return None
    body = _with_known(body, context)
    letter = (variables(body) or ("x",))[0]
    order = asked.text.count("'")
    if order:
        return problem("derivative_at", body, asked.args[0], variable=letter, order=order)
    value = inlined(asked.args[0], definitions)
    result = replaced(body, Node("name", text=letter), value)
    return problem("evaluate", result) if not variables(result) else problem("expand", result)


def _composed(sentence: Sentence, definitions: dict[str, Node]) -> Reading:
    """`g(3) - g(-1)` of a given g."""
    node = sentence.take(lambda n: not is_applied(n) and any(is_applied(part) for part in walk(n)))
    value = inlined(node, definitions) if node is not None else None
    if value is None or variables(value) or any(is_applied(n) for n in walk(value)):
        return None
    return problem("evaluate", value) if is_number(value) else None


def _derived(sentence: Sentence, definitions: dict[str, Node]) -> Reading:
    """`f'(x)` of a given f."""
    asked = sentence.take(lambda n: is_applied(n) and n.text.endswith("'") and is_name(n.args[0]))
    body = definitions.get(asked.text.rstrip("'")) if asked is not None else None
    if asked is None or body is None:
        return None
    return problem("derivative", body, variable=asked.args[0].text, order=asked.text.count("'"))


def _with_known(body: Node, context: Context) -> Node:
    """A function with its other letters filled in as far as they were found."""
    for letter in variables(body):
        value = context.definition(letter)
        if letter != "x" and len(variables(body)) > 1 and value is not None and is_number(value):
            body = replaced(body, Node("name", text=letter), value)
    return body


def _definitions(sentence: Sentence, context: Context) -> dict[str, Node]:
    found = {key: body for key in context.names if (body := context.definition(key)) is not None}
    while (node := sentence.take(lambda n: is_definition(n) and is_applied(n.args[0]))) is not None:
        found[node.args[0].text] = node.args[1]
    return found
