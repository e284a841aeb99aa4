"""One small program per task. It prints its result and leaves no names of the pupil changed.

The first line printed is the exact result in SymPy's syntax; a second one, where there is one, is what the
pupil asked to see of it (rounded, or in another form).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant_magic.tutor.expressions import Node, name, variables, walk
from assistant_magic.tutor.plan.plots import plot
from assistant_magic.tutor.plan.rounding import rounded_lines
from assistant_magic.tutor.plan.source import (
    fraction_source,
    needs_floats,
    needs_sympy,
    python_source,
    sympy_source,
)
from assistant_magic.tutor.plan.templates import TEMPLATES
from assistant_magic.tutor.problems import Problem

Program = Callable[[Problem], str]


def program(problem: Problem) -> str:
    """Python source that prints the answer to `problem`.

    Raises:
        KeyError: No program is known for its task.
    """
    return _PROGRAMS.get(problem.task, _from_template)(problem)


def in_function(
    *lines: str,
    symbols: Sequence[str] = (),
    real: bool = False,
    rounding: Sequence[object] = (),
    percent: bool = False,
    sympy: bool = True,
) -> str:
    """Lines whose names stay inside a function; the last one is the value that is printed.

    With a rounding, the exact value is printed first and the rounded one below it.
    """
    *before, last = lines
    body = ["import sympy as sp", ""] if sympy else []
    if symbols:
        body.append(declared(symbols, real=real))
    body += [*before, *(rounded_lines(last, rounding, percent=percent) if rounding else [f"return {last}"])]
    written = "".join(f"    {line}\n" if line else "\n" for line in body)
    return f"def _answer():\n{written}\n\n" + (
        'print(*_answer(), sep="\\n")' if rounding else "print(_answer())"
    )


def declared(symbols: Sequence[str], *, real: bool = False) -> str:
    """The line that makes SymPy's symbols."""
    kind = "sp.symbols" if len(symbols) > 1 else "sp.Symbol"
    return f'{", ".join(symbols)} = {kind}("{" ".join(symbols)}"{", real=True" if real else ""})'


def exactly(node: Node, rounding: Sequence[object] = (), *, percent: bool = False) -> str:
    """A program that prints the exact value of an expression."""
    floats = needs_floats(node) and not variables(node)
    if rounding:
        source = python_source(node) if floats else sympy_source(node)
        return in_function(source, symbols=variables(node), rounding=rounding, percent=percent)
    if floats:
        return f"print({python_source(node)})"
    if not needs_sympy(node):
        return arithmetic(node)
    source = sympy_source(node)
    letters = variables(node)
    if not letters and sum(n.head == "call" and n.text == "log" for n in walk(node)) > 1:
        return in_function(f"sp.simplify(sp.expand_log(sp.logcombine({source}, force=True), force=True))")
    if letters or "sp.I" in source:
        return in_function(f"sp.expand({source})" if "sp.I" in source else source, symbols=letters)
    return in_function(source)


def arithmetic(node: Node) -> str:
    """A program for numbers: plain Python where that is exact, fractions where it is not."""
    source = fraction_source(node)
    if "Fraction" not in source:
        return f"print({source})"
    return in_function("from fractions import Fraction", "", source, sympy=False)


def _evaluate(problem: Problem) -> str:
    return exactly(problem.nodes[0], problem.rounding, percent=problem.form == "percent")


def _in_base(problem: Problem) -> str:
    base, source = int(problem.options["base"]), int(problem.options["source"])
    digits = str(problem.options.get("digits", ""))
    value = f"int('{digits}', {source})" if source != 10 and digits.isalnum() else problem.of[0]
    if base == 10:
        return f"print({value})"
    written = {2: "b", 8: "o", 16: "X"}.get(base)
    if written:
        return f'print(f"{{{value}:{written}}}")'
    return in_function(
        f"n, digits = {value}, ''",
        "while n:",
        f"    n, digit = divmod(n, {base})",
        "    digits = '0123456789ABCDEF'[digit] + digits",
        "digits or '0'",
    )


_MEMBERS = {
    "EVEN": ("2*k", "n % 2 == 0"),
    "ODD": ("2*k - 1", "n % 2 == 1"),
    "PERFECT_SQUARE": ("k**2", "sp.sqrt(n).is_integer"),
    "PERFECT_CUBE": ("k**3", "sp.integer_nthroot(n, 3)[1]"),
    "TRIANGULAR": ("k*(k + 1)//2", "sp.sqrt(8*n + 1).is_integer"),
    "PRIME": ("sp.prime(k)", "sp.isprime(n)"),
    "INTEGERS": ("k", "True"),
}
"""How the k-th number of a family is made, and how one is recognised."""

_ASKED = {
    "list": "numbers",
    "sum": "sum(numbers)",
    "count": "len(numbers)",
    "product": "sp.prod(numbers)",
    "mean": "sp.Rational(sum(numbers), len(numbers))",
    "share": "sp.Rational(len(numbers), {high} - {low} + 1)",
}


def _numbers(problem: Problem) -> str:
    """The numbers of a family: the first few, those between two bounds, or one of them."""
    base = int(problem.options["base"])
    made, known = _MEMBERS.get(str(problem.options["kind"]), (f"{base}*k", f"n % {base} == 0"))
    if problem.task == "numbers_nth":
        return in_function(f"k = {problem.of[0]}", made)
    if problem.task == "numbers_first":
        listed = f"numbers = [{made} for k in range(1, {problem.of[0]} + 1)]"
        return in_function(listed, _ASKED[str(problem.options["asked"])])
    low, high = problem.of
    listed = f"numbers = [n for n in range({low}, {high} + 1) if {known}]"
    return in_function(listed, _ASKED[str(problem.options["asked"])].format(low=low, high=high))


def _from_template(problem: Problem) -> str:
    nodes = problem.nodes
    sources = [sympy_source(node) for node in nodes]
    letters = sorted(
        {v for node in nodes for v in variables(node)} | set(problem.options.get("unknowns", ()))
    )
    fields = {key: _written(key, value) for key, value in problem.options.items()}
    given = [node for node in nodes if node.head == "Eq"]
    fields["given"] = (
        "{" + ", ".join(f"{sympy_source(g.args[0])}: {sympy_source(g.args[1])}" for g in given) + "}"
    )
    if nodes and nodes[0].head == "Eq":
        fields["left_side"], fields["right_side"] = (sympy_source(side) for side in nodes[0].args)
    fields["all"] = "[" + ", ".join(sources) + "]"
    lines = [line.format(*sources, **fields) for line in TEMPLATES[_template(problem)]]
    variable = str(problem.options.get("variable", ""))
    if variable and variable not in letters:
        letters.append(variable)
    absolute = any(n.head == "call" and n.text == "Abs" for node in nodes for n in walk(node))
    real = (problem.task in _REAL or absolute) and not problem.options.get("complex")
    return in_function(*lines, symbols=letters, real=real, rounding=problem.rounding)


def _template(problem: Problem) -> str:
    if problem.task == "derivative" and problem.options.get("order") == 1:
        return "first_derivative"
    if problem.task == "integral" and len(problem.of) == 3:
        return "definite_integral"
    if problem.task == "solve_between" and problem.options.get("degrees"):
        return "solve_degrees"
    if problem.task == "solve" and not _may_always_hold(problem.nodes[0], str(problem.options["variable"])):
        return "solve_no_identity"
    return problem.task


def _may_always_hold(equation: Node, variable: str) -> bool:
    """False for what is plainly no identity: the unknown stands once, times no zero and in no exponent."""
    inside = [node for node in walk(equation) if variable in variables(node)]
    zeros = any(n.head == "num" and not n.text.strip("0.") for node in inside[1:] for n in walk(node))
    powers = any(n.head == "pow" and variable in variables(n.args[1]) for n in inside)
    return sum(n == name(variable) for n in inside) != 1 or zeros or powers


_REAL = frozenset(
    {
        "domain",
        "range_of_function",
        "minimum",
        "maximum",
        "inequality",
        "solve_between",
        "area_between",
        "increasing",
        "decreasing",
        "period",
        "amplitude",
        "whole_solutions",
        "smallest_whole",
        "largest_whole",
    }
)


def _written(key: str, value: object) -> str:
    if key == "word":
        return repr(str(value))
    return str(value) if not isinstance(value, list | tuple) else "[" + ", ".join(str(v) for v in value) + "]"


_PROGRAMS: dict[str, Program] = {
    "evaluate": _evaluate,
    "plot": plot,
    "in_base": _in_base,
    "numbers_first": _numbers,
    "numbers_between": _numbers,
    "numbers_nth": _numbers,
}
