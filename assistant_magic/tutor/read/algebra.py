"""Frames of algebra: simplifying, expanding, factoring, putting values in, rearranging."""

from __future__ import annotations

from collections.abc import Callable

from assistant_magic.tutor.expressions import Node, num, variables, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import (
    HELD_BY,
    is_applied,
    is_assignment,
    is_equation,
    is_expression,
    is_left_side,
    is_name,
    is_number,
    is_row,
)
from assistant_magic.tutor.read.known import is_asked_for, is_given
from assistant_magic.tutor.read.pieces import algebra, expression
from assistant_magic.tutor.read.sentence import Sentence


def _changed(task: str) -> Callable[[Sentence, Context], Reading]:
    def build(sentence: Sentence, context: Context) -> Reading:
        node = expression(sentence, context)
        operates = sentence.has("MULTIPLY") or (sentence.has("ADD") and not sentence.has("TERM"))
        if node is None or (operates and sentence.chunks):
            return None  # "multiply it by x"
        _drop_names(sentence)
        logarithms = task == "simplify" and any(n.head == "call" and n.text == "log" for n in walk(node))
        if task == "expand" and node.head == "call" and node.text in _LAWS:
            return problem(_LAWS[node.text], node)
        return problem("simplify_log" if logarithms else task, node)

    return build


_LAWS = {"sin": "expand_trig", "cos": "expand_trig", "tan": "expand_trig", "log": "expand_log"}
"""Functions that are expanded by laws of their own: `expand sin(a+b)`."""


def _drop_names(sentence: Sentence) -> None:
    """`x and y are positive`, `in p and q`: letters that are only mentioned."""
    while (
        sentence.take(lambda n: is_name(n) or (n.head == "items" and all(is_name(a) for a in n.args)))
        is not None
    ):
        pass


frame("SIMPLIFY", may="EXPAND TERM ADD")(_changed("simplify"))
frame("SIMPLEST", may="CONVERT")(_changed("simplify"))
frame("ADD TERM")(_changed("simplify"))
frame("EXPAND", may="SIMPLIFY MULTIPLY QUADRATIC")(_changed("expand"))
frame("MULTIPLY", may="SIMPLIFY EXPAND TERM")(_changed("expand"))
frame("FACTOR", may="TERM QUADRATIC GCD COMMON PRODUCT CONVERT SUBTRACT GCD")(_changed("factor"))
frame("GCD FACTOR", may="SUBTRACT TERM")(_changed("factor"))
frame("GCD SUBTRACT", may="AWAY FILLER")(_changed("factor"))
frame("PARTIAL", may="CONVERT SPLIT_UP DECREASE")(_changed("partial_fractions"))
frame("LOG_LAWS", may="SPLIT_UP POSITIVE EXPAND CONVERT REARRANGE")(_changed("expand_log"))
frame("SPLIT_UP", may="LOG_LAWS POSITIVE")(_changed("expand_log"))
frame("SINGLE_LOG", may="CONVERT REARRANGE SIMPLIFY COMBINE")(_changed("combine_log"))


@frame("", may="ALWAYS")
def bare(sentence: Sentence, context: Context) -> Reading:
    """`what does (x^-2)^3 come out as`: an expression alone is simplified."""
    if any(p.role in HELD_BY for p in sentence.chunks):
        return None
    node = sentence.take(lambda n: is_expression(n) and not is_name(n) and not is_applied(n))
    last = context.problem
    if sentence.says("evaluate", "value of"):
        return None  # of which x?
    if node is not None and any(_is_known_matrix(letter, context) for letter in variables(node)):
        return None
    if (
        node is not None
        and last is not None
        and (last.task == "system" or last.options.get("letters"))
        and set(variables(node)) <= set(context.names)
    ):
        return None
    if node is None or (node.head == "call" and node.text in {"diff", "integrate", "limit"}):
        return None
    solved = (
        last is not None
        and last.task == "solve"
        and sentence.begins_with("so", "then", "what", "whats", "what's")
    )
    found = [context.definition(letter) for letter in variables(node)]
    if is_asked_for(node, sentence, context) or is_given(node, context):
        return None
    if (
        last is not None
        and last.task == "solve"
        and context.answered
        and all(v == context.result() for v in found)
    ):
        return None  # of the letter that was just found: its value or the expression?
    if solved and all(v is not None and is_number(v) for v in found):
        return None
    if sentence.begins_with("what is", "whats", "what's") and all(
        v is not None and is_number(v) for v in found
    ):
        return None  # its value, or what it simplifies to?
    return problem("simplify", node)


def _is_known_matrix(letter: str, context: Context) -> bool:
    value = context.definition(letter)
    return value is not None and value.head == "matrix"


@frame("COMPLETE_SQUARE", may="CONVERT REARRANGE")
@frame("DISCRIMINANT", may="QUADRATIC")
def quadratic(sentence: Sentence, context: Context) -> Reading:
    """`complete the square for x^2 + 6x + 1`, `the discriminant of it`."""
    equation = sentence.take(is_equation)
    if (
        equation is None
        and context.problem
        and context.problem.task.startswith("solve")
        and not sentence.chunks_of_algebra
    ):
        equation = context.problem.nodes[0]
    node = (
        _as_expression(equation)
        if equation is not None and equation.head == "Eq"
        else expression(sentence, context)
    )
    if node is None or len(variables(node)) != 1:
        return None
    task = "discriminant" if sentence.has("DISCRIMINANT") else "complete_square"
    return problem(task, node, variable=variables(node)[0])


def _as_expression(equation: Node) -> Node:
    left, right = equation.args
    if is_name(left) and left.text not in variables(right):
        return right
    return left if right == num(0) else Node("sub", (left, right))


@frame("COEFFICIENT", may="EXPANSION EXPAND TERM")
def coefficient(sentence: Sentence, context: Context) -> Reading:
    """`coefficient of x^3 in the expansion of (1+2x)^5`."""
    power = sentence.take(
        lambda n: is_name(n) or (n.head == "pow" and is_name(n.args[0]) and is_number(n.args[1]))
    )
    if power is None:
        return None
    node = expression(sentence, context)
    letter, exponent = (power, num(1)) if is_name(power) else power.args
    return problem("coefficient", node, letter, exponent) if node is not None else None


def _assignments(sentence: Sentence) -> list[Node]:
    found: list[Node] = []
    while (node := sentence.take(lambda n: is_assignment(n) or _assigns(n))) is not None:
        found.extend(node.args if node.head == "items" else (node,))
    return found


def _assigns(node: Node) -> bool:
    return node.head == "items" and all(is_assignment(a) for a in node.args)


@frame(
    "",
    may="SUBSTITUTE WHAT_NUMBER LINE LENGTH EQUATION_OF QUADRATIC DERIVATIVE INVERSE REVEAL SIMPLIFY FORMULA PRICE SAME",
)
def substituted(sentence: Sentence, context: Context) -> Reading:
    """`3x^2 - 2x + 1 when x = 4`, `given u = 5, a = 2, t = 3, find s where s = ut + ½at²`, `x = 2.5 ?`."""
    given = _assignments(sentence)
    if not given:
        return None
    formula = sentence.take(lambda n: n.head == "Eq" and is_left_side(n.args[0]) and is_expression(n.args[1]))
    if formula is not None:
        body: Node | None = formula.args[1]
        sentence.take(lambda n: n == formula.args[0])
    else:
        body = sentence.take(lambda n: is_expression(n) and not is_name(n)) or _meant(sentence, context)
    if body is None or not {g.args[0].text for g in given} <= set(variables(body)):
        return None
    if set(variables(body)) != {g.args[0].text for g in given}:
        return None
    return problem("substitute", body, *given)


def _meant(sentence: Sentence, context: Context) -> Node | None:
    """What 'it' is: a named thing, the last formula, the last expression."""
    named = sentence.take(lambda n: is_name(n) and n.text in context.names)
    if named is not None:
        return context.definition(named.text)
    last = context.problem
    if last is not None and last.task == "rearrange":
        found = context.result()
        if found is not None and found.head == "list" and len(found.args) == 1:
            return found.args[0]
    return algebra(context)


@frame("MAKE", may="SUBSTITUTE")
def put_into(sentence: Sentence, _context: Context) -> Reading:
    """`put 8 into 2x + 5`."""
    body = sentence.take(is_expression, role="into in")
    value = sentence.take(is_number)
    if body is None or value is None or len(variables(body)) != 1:
        return None
    return problem("substitute", body, Node("Eq", (Node("name", text=variables(body)[0]), value)))


@frame("SUBSTITUTE", may="EXPRESSION")
@frame("", may="DERIVATIVE INVERSE EVER")
def put_in(sentence: Sentence, context: Context) -> Reading:
    """`at 0`, `evaluate the inverse at 11`, `back to x^3 - 4x, what does it give at 2`."""
    value = sentence.take(is_number, role="at into for when")
    if value is None:
        return None
    body = sentence.take(lambda n: is_expression(n) and not is_name(n)) or _meant(sentence, context)
    if body is None or len(variables(body)) != 1:
        return None
    return problem("substitute", body, Node("Eq", (Node("name", text=variables(body)[0]), value)))


@frame("SUBJECT", may="REARRANGE POSITIVE")
@frame("REARRANGE", may="SUBJECT POSITIVE SOLVE")
@frame("SOLVE", may="REARRANGE TERMS_OF")
@frame("", may="TERMS_OF")
def rearranged(sentence: Sentence, context: Context) -> Reading:
    """`make r the subject of A = πr²`, `ax + b = c, what's x in terms of a, b and c`."""
    formula = sentence.take(lambda n: is_equation(n) and len(variables(n)) > 1)
    if formula is None:
        return None
    positive = (
        sentence.take(lambda n: n.head == "Gt" and is_name(n.args[0]) and n.args[1] == num(0)) is not None
    )
    wanted = sentence.take(is_name)
    _drop_names(sentence)
    sentence.take(is_row)
    if wanted is None or wanted.text not in variables(formula):
        return None
    return problem("rearrange", formula, variable=wanted.text, positive=positive)
