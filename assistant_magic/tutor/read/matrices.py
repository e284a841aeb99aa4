"""Frames of vectors and matrices."""

from __future__ import annotations

from collections.abc import Callable

from assistant_magic.tutor.expressions import Node, num, rebuilt, walk
from assistant_magic.tutor.problems import problem
from assistant_magic.tutor.read.context import Context
from assistant_magic.tutor.read.frames import Reading, frame
from assistant_magic.tutor.read.kinds import is_matrix, is_name, is_number, is_vector
from assistant_magic.tutor.read.sentence import Sentence

_WORDS = "MATRIX ROWS YES_NO NEXT"


def _matrix(sentence: Sentence, context: Context) -> Node | None:
    """A matrix that is written, named, or the one talked about."""
    found = sentence.take(lambda n: is_matrix(n) or (n.head == "Eq" and is_matrix(n.args[1])))
    if found is not None:
        if found.head != "Eq":
            return found
        letter = found.args[0]
        sentence.take(lambda n: n == letter)
        return found.args[1]
    rows = sentence.take(lambda n: n.head == "rows" and len({len(r.args) for r in n.args}) == 1)
    if rows is not None:
        return Node("matrix", rows.args)
    named = sentence.take(lambda n: is_name(n) and n.text in context.names)
    if named is not None:
        return context.definition(named.text)
    last = context.problem
    found = next((n for n in last.nodes if is_matrix(n)), None) if last else None
    result = context.result()
    if found is None and result is not None and is_matrix(result):
        return result
    known = list(_known(context).values())
    return found or (known[0] if len(known) == 1 else None)


def _of_matrix(task: str) -> Callable[[Sentence, Context], Reading]:
    def build(sentence: Sentence, context: Context) -> Reading:
        node = _matrix(sentence, context)
        return problem(task, node) if node is not None and is_matrix(node) else None

    return build


for _concept, _task in {
    "DETERMINANT": "determinant",
    "INVERSE": "inverse_matrix",
    "TRANSPOSE": "transpose",
    "TRACE": "trace",
    "RANK": "rank",
    "EIGENVALUES": "eigenvalues",
    "INVERTIBLE": "invertible",
}.items():
    frame(_concept, may=_WORDS)(_of_matrix(_task))


def _items(node: Node) -> tuple[Node, ...]:
    return node.args if node.head == "items" else (node,)


@frame("MULTIPLY", may="MATRIX IN_ORDER")
@frame("ADD", may="MATRIX")
@frame("SUBTRACT", may="MATRIX")
def two_matrices(sentence: Sentence, _context: Context) -> Reading:
    """`multiply [[1,2],[0,1]] by [[3,1],[4,2]] in that order`."""
    found: list[Node] = []
    while (
        node := sentence.take(
            lambda n: is_matrix(n) or (n.head == "items" and all(is_matrix(a) for a in n.args))
        )
    ) is not None:
        found.extend(_items(node))
    if len(found) != 2:
        return None
    if sentence.has("SUBTRACT"):
        return problem("matrix_value", Node("sub", (found[1], found[0])))
    return problem("matrix_value", Node("mul" if sentence.has("MULTIPLY") else "add", tuple(found)))


@frame("", may="MATRIX INVERSE")
def matrix_value(sentence: Sentence, context: Context) -> Reading:
    """`$A^2$` of a given A, `[[1,0],[2,1]] squared`, `A times its inverse`."""
    given = dict(_named(sentence))
    node = sentence.take(lambda n: _is_matrix_algebra(n, {**given, **_known(context)}))
    if node is None:
        return None
    known = {**_known(context), **given}
    value = rebuilt(node, lambda n: known.get(n.text) if n.head == "name" else None)
    if value.head == "matrix":
        return None
    return problem("matrix_value", value)


@frame("INVERSE SIGN", may="MATRIX")
def times_inverse(sentence: Sentence, context: Context) -> Reading:
    """`A times its inverse`."""
    node = _matrix(sentence, context)
    if node is None or sentence.value("SIGN") != "*":
        return None
    minus_one = Node("neg", (num(1),))
    return problem("matrix_value", Node("mul", (node, Node("pow", (node, minus_one)))))


def _named(sentence: Sentence) -> list[tuple[str, Node]]:
    found = []
    while (
        node := sentence.take(lambda n: n.head == "Eq" and is_name(n.args[0]) and is_matrix(n.args[1]))
    ) is not None:
        found.append((node.args[0].text, node.args[1]))
    return found


def _known(context: Context) -> dict[str, Node]:
    found = {key: context.definition(key) for key in context.names}
    return {key: node for key, node in found.items() if node is not None and is_matrix(node)}


def _is_matrix_algebra(node: Node, known: dict[str, Node]) -> bool:
    if node.head not in {"add", "sub", "mul", "pow", "neg", "matrix"}:
        return False
    leaves = [n for n in walk(node) if n.head == "name"]
    return (any(n.head == "matrix" for n in walk(node)) or bool(leaves)) and all(
        n.text in known for n in leaves
    )


@frame("ORDINAL_POWER")
@frame("CUBED")
@frame("SQUARED")
def power_of_matrix(sentence: Sentence, context: Context) -> Reading:
    """`cubed then` after a square."""
    last, result = context.problem, context.result()
    power = num(3 if sentence.has("CUBED") else 2)
    again = last is not None and bool(last.nodes) and last.nodes[0].head == "pow"
    if not again and result is not None and is_number(result):
        return problem("evaluate", Node("pow", (result, power)))
    if last is None or not again:
        return None
    return problem(last.task, Node("pow", (last.nodes[0].args[0], num(3 if sentence.has("CUBED") else 2))))


def _vector(sentence: Sentence, context: Context) -> Node | None:
    found = sentence.take(is_vector)
    if found is not None:
        return found
    last = context.problem
    return next((n for n in last.nodes if is_vector(n)), None) if last else None


@frame("", may="VECTOR")
@frame("LENGTH_OF", may="VECTOR LENGTH")
@frame("UNIT_VECTOR", may="VECTOR SCALE")
@frame("LENGTH VECTOR")
def of_vector(sentence: Sentence, context: Context) -> Reading:
    """`how long is the vector (3, 4, 12)`, `scale it to a unit vector`."""
    bars = sentence.take(lambda n: n.head == "call" and n.text == "Abs" and is_vector(n.args[0]))
    node = bars.args[0] if bars is not None else _vector(sentence, context)
    return (
        problem("unit_vector" if sentence.has("UNIT_VECTOR") else "norm", node) if node is not None else None
    )


def _pair(sentence: Sentence) -> list[Node]:
    found: list[Node] = []
    while (node := sentence.take(lambda n: is_vector(n) or _vectors(n))) is not None:
        found.extend(node.args if _vectors(node) else (node,))
    return found


def _vectors(node: Node) -> bool:
    return node.head in {"items", "mul"} and all(is_vector(a) for a in node.args)


@frame("DOT", may="VECTOR")
@frame("CROSS_PRODUCT", may="VECTOR")
def of_two_vectors(sentence: Sentence, _context: Context) -> Reading:
    """`cross product (1,0,0) × (0,1,0)`."""
    pair = _pair(sentence)
    return problem("dot" if sentence.has("DOT") else "cross", *pair) if len(pair) == 2 else None


@frame("", may="VECTOR ADD")
@frame("SUBTRACT", may="VECTOR")
@frame("ADD", may="VECTOR")
def vector_value(sentence: Sentence, _context: Context) -> Reading:
    """`(1, 2) + (3, 4)`, `3(1, -2)`."""
    pair = _pair(sentence) if sentence.has("ADD") or sentence.has("SUBTRACT") else []
    if len(pair) == 2:
        node: Node | None = (
            Node("add", tuple(pair)) if sentence.has("ADD") else Node("sub", tuple(pair[::-1]))
        )
    else:
        node = sentence.take(_is_vector_algebra)
    if node is None:
        return None
    as_matrices = rebuilt(
        node, lambda n: Node("matrix", tuple(Node("list", (a,)) for a in n.args)) if is_vector(n) else None
    )
    return problem("vector_value", as_matrices)


def _is_vector_algebra(node: Node) -> bool:
    """Sums of vectors, and of multiples of vectors by numbers."""
    if node.head in {"add", "sub"}:
        return all(is_vector(a) or _is_vector_algebra(a) for a in node.args)
    if node.head == "neg":
        return is_vector(node.args[0]) or _is_vector_algebra(node.args[0])
    vectors = sum(is_vector(a) for a in node.args)
    return node.head == "mul" and vectors == 1 and any(is_number(a) for a in node.args)
