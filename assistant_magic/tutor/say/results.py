"""Results by their shape: a number, a list, yes or no, an interval, a system's solutions, a matrix."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, name, walk
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.say.numbers import (
    exact,
    fraction_node,
    shown,
    standard_form,
    terminating,
)
from assistant_magic.tutor.say.questions import question
from assistant_magic.tutor.say.regions import region
from assistant_magic.tutor.say.solutions import about, joined, solutions

_UNDEFINED = {"nan", "zoo"}


def headline(problem: Problem, result: Node) -> str:
    """The result in bold, with its decimal value where that says more."""
    words = catalogue()
    if result.head == "name" and result.text in {"True", "False"}:
        return f"**{words.say('yes' if result.text == 'True' else 'no')}**{_because(problem, result)}"
    if any(n.head == "name" and n.text in _UNDEFINED for n in walk(result)):
        return f"**{words.say('undefined')}**"
    if any(n.head == "call" and n.text == "AccumBounds" for n in walk(result)):
        return f"**{words.say('undefined')}**"
    if any(n.head == "call" and n.text in {"Integral", "Limit", "ConditionSet", "Sum"} for n in walk(result)):
        return words.say("too_hard")
    special = _SPECIAL.get(problem.task)
    if special is not None:
        return special(problem, result)
    if result.head == "call" and (
        result.text.startswith(("Interval", "Union")) or result.text == "Complement"
    ):
        letter = "y" if problem.task == "range_of_function" else str(problem.options.get("variable", "x"))
        return region(result, letter)
    if result.head == "list":
        return f"**{listed(result)}**{unit_of(problem)}"
    if result.head == "text":
        return f"**{result.text}**"
    return _value(problem, result)


def listed(result: Node) -> str:
    """`$1, 2, 4$`."""
    return f"${', '.join(latex(a) for a in result.args)}$" if result.args else catalogue().say("none")


def unit_of(problem: Problem) -> str:
    """The unit of the answer as text behind the formula, or ""."""
    unit = str(problem.options.get("unit", ""))
    if not unit:
        return ""
    base, _, power = unit.partition("^")
    written = catalogue().say(f"unit_{base}") if catalogue().can_say(f"unit_{base}") else f" {base}"
    return written + {"2": "²", "3": "³"}.get(power, "")


def _because(problem: Problem, result: Node) -> str:
    if problem.task not in {"compare", "is_solution", "identity"}:
        return ""
    signs = {"==": "=", "<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "!=": r"\neq"}
    sign = signs.get(str(problem.options.get("sign", "==")), "=")
    one, other = (latex(n) for n in problem.nodes[:2])
    key = "holds" if result.text == "True" else "fails"
    return catalogue().say(key, formula=f"${one} {sign} {other}$")


def _value(problem: Problem, result: Node) -> str:
    value = exact(result)
    unit = unit_of(problem)
    if value is not None:
        text, more = _in_form(problem, value, result)
    else:
        text, more = latex(result), about(result)
    asked = question(problem)
    start = f"{asked} = " if asked and asked != text and len(asked) < 120 else ""
    return f"**${start}{text}${unit}**{more}"


def _in_form(problem: Problem, value: Fraction, result: Node) -> tuple[str, str]:
    """A rational number as it was asked for, and what else it is."""
    ending = terminating(value)
    plain = latex(result)
    if problem.form == "percent":
        hundredfold = value * 100
        return rf"{terminating(hundredfold) or latex(fraction_node(hundredfold))}\%", ""
    if problem.form == "mixed" and value.denominator > 1:
        whole, rest = divmod(abs(value.numerator), value.denominator)
        sign = "-" if value < 0 else ""
        if not whole:
            return plain, ""
        return (
            rf"{sign}{whole}\frac{{{rest}}}{{{value.denominator}}}",
            f" ({sign}{whole} {rest}/{value.denominator})",
        )
    if problem.form == "standard":
        return standard_form(value), ""
    if value.denominator == 1:
        return plain, ""
    decimals = any("." in n.text for node in problem.nodes for n in walk(node) if n.head == "num")
    percents = any(n.text == "percent" for node in problem.nodes for n in walk(node))
    if (
        problem.form == "decimal"
        or problem.options.get("unit")
        or ((decimals or percents) and problem.form != "fraction")
    ):
        if ending:
            return ending, ""
        return plain, f" (about {shown(float(value))})"
    return plain, f", {ending} as a decimal" if ending else f" (about {shown(float(value))})"


def _system(problem: Problem, result: Node) -> str:
    words = catalogue()
    if not result.args:
        return f"**{words.say('no_solution')}**"
    pairs = [", ".join(f"{latex(e.args[0])} = {latex(e.args[1])}" for e in d.args) for d in result.args]
    return f"**{words.say('or').join(f'${p}$' for p in pairs)}**"


def _subject(problem: Problem, result: Node) -> str:
    x = latex(name(str(problem.options["variable"])))
    found = result.args
    if len(found) == 2 and problem.options.get("positive"):
        found = found[-1:]
    return f"**{catalogue().say('or').join(f'${x} = {latex(s)}$' for s in found)}**"


def _factorised(_problem: Problem, result: Node) -> str:
    powers = [(e.args[0].text, e.args[1].text) for e in result.args]
    text = r" \cdot ".join(p if k == "1" else f"{p}^{{{k}}}" for p, k in powers) or "1"
    return f"**${latex(_problem.nodes[0])} = {text}$**"


def _division(_problem: Problem, result: Node) -> str:
    quotient, rest = (latex(a) for a in result.args)
    return f"**{catalogue().say('division', quotient=quotient, rest=rest)}**"


def _points(_problem: Problem, result: Node) -> str:
    return f"**{', '.join(f'${latex(p)}$' for p in result.args) or catalogue().say('none')}**"


def _line(_problem: Problem, result: Node) -> str:
    return f"**$y = {latex(result)}$**"


def _ratio(_problem: Problem, result: Node) -> str:
    return f"**${':'.join(latex(a) for a in result.args)}$**"


def _shares(_problem: Problem, result: Node) -> str:
    values = [terminating(v) or latex(a) if (v := exact(a)) is not None else latex(a) for a in result.args]
    return f"**{catalogue().say('and').join(f'${v}$' for v in values)}**"


def _asymptotes(problem: Problem, result: Node) -> str:
    letter = "x" if problem.task == "vertical_asymptotes" else "y"
    return f"**{joined(letter, result.args) or catalogue().say('none')}**"


def _inverse(_problem: Problem, result: Node) -> str:
    return f"**{catalogue().say('or').join(f'$y = {latex(s)}$' for s in result.args)}**"


def _integral(problem: Problem, result: Node) -> str:
    if len(problem.of) == 3:
        return _value(problem, result)
    return f"**${question(problem)} = {latex(result)} + C$**"


def _single(problem: Problem, result: Node) -> str:
    return _value(problem, result.args[0]) if len(result.args) == 1 else f"**{listed(result)}**"


def _axis(problem: Problem, result: Node) -> str:
    return f"**{joined(str(problem.options['variable']), (result,))}**"


def _root_count(_problem: Problem, result: Node) -> str:
    none = f" ({catalogue().say('no_real')})" if result.text == "0" else ""
    return f"**${latex(result)}$**{none}"


_SPECIAL: dict[str, Callable[[Problem, Node], str]] = {
    "solve": solutions,
    "solve_positive": solutions,
    "solve_negative": solutions,
    "solve_between": solutions,
    "inflection_x": solutions,
    "stationary_x": solutions,
    "axis": _axis,
    "real_root_count": _root_count,
    "system": _system,
    "rearrange": _subject,
    "prime_factorisation": _factorised,
    "division": _division,
    "stationary": _points,
    "local_minimum": _points,
    "local_maximum": _points,
    "inflection": _points,
    "line_through": _line,
    "line_with_gradient": _line,
    "line_along": _line,
    "line_across": _line,
    "tangent": _line,
    "normal": _line,
    "ratio": _ratio,
    "ratio_in_form": _ratio,
    "share": _shares,
    "vertical_asymptotes": _asymptotes,
    "horizontal_asymptotes": _asymptotes,
    "inverse_function": _inverse,
    "integral": _integral,
    "mode": _single,
}
