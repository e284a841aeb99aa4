"""What holds for every text and every expression."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant_magic.tutor.expressions import Node, num, parse, walk
from assistant_magic.tutor.problems import Attempt, Decline, Problem, Talk
from assistant_magic.tutor.read import Context, read
from tutor.pupil import PYTHON, Pupil

numbers = st.integers(0, 999).map(num)
expressions = st.recursive(
    numbers,
    lambda inner: (
        st.builds(lambda head, a, b: Node(head, (a, b)), st.sampled_from(["add", "sub", "mul"]), inner, inner)
        | st.builds(lambda a: Node("neg", (a,)), inner)
    ),
    max_leaves=8,
)


@given(expressions)
def test_the_text_form_reads_back_to_the_same_value(node):
    """Printing and parsing an expression keeps its value."""
    text = str(node)
    assert eval(str(parse(text))) == eval(text)


@given(expressions)
@settings(max_examples=60, deadline=None)
def test_arithmetic_is_what_python_computes(node):
    """A typed calculation is answered with its exact value."""
    if not any(part.head in {"add", "sub", "mul"} for part in walk(node)):
        return
    pupil = Pupil(PYTHON)
    pupil.ask(f"what is {node}")
    assert Fraction(pupil.printed) == eval(str(node))


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_declined(text):
    """No text makes the reader fail."""
    assert isinstance(read(text, Context(results=("4",))), Problem | Attempt | Talk | Decline)


words = st.sampled_from(
    [
        "solve",
        "the",
        "derivative",
        "of",
        "x^2",
        "and",
        "3",
        "+",
        "4",
        "is",
        "that",
        "=",
        "(",
        ")",
        "|",
        "sin",
        "half",
        "15%",
        "if",
        "x",
        "=",
        "2",
        "in",
        "cm",
        "to",
        "1/2",
        "[",
        "]",
        ",",
        "?",
        "plus",
        "prime",
        "mean",
        "it",
        "what",
        "$",
    ]
)


@given(st.lists(words, max_size=12).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_any_heap_of_known_words_is_read_or_declined(text):
    """Words that mean something in an order that does not make no failure either."""
    context = Context(results=("[1, 2]",), problem=Problem(task="mean", of=("[1, 2, 3]",)))
    assert isinstance(read(text, context), Problem | Attempt | Talk | Decline)


def test_importing_the_backend_is_cheap():
    """The backend imports neither SymPy nor lark until it is used."""
    code = "import sys, assistant_magic.backends.offline as o; print(sorted({'sympy', 'lark', 'mpmath'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
