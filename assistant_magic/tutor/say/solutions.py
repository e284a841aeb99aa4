"""Solutions of equations in words: real ones first, none, every value, a number filled in."""

from __future__ import annotations

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, name, variables, walk
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.say.numbers import approximate, exact, shown, terminating

__all__ = ["about", "joined", "solutions"]


def about(result: Node) -> str:
    """The decimal value of an exact one, where it says more."""
    plain = result.args[0] if result.head == "neg" else result
    if variables(result) or plain.head == "num":
        return ""
    value = approximate(result)
    if value is None or abs(value.imag) > 1e-12:
        return ""
    whole = abs(value.real) < 1e15 and value.real == int(value.real)
    return f" (= {shown(value.real)})" if whole and result.head == "pow" else f" (about {shown(value.real)})"


def _more(value: Node) -> str:
    fraction = exact(value)
    if fraction is None:
        return about(value)
    ending = terminating(fraction)
    return f" (= {ending})" if ending else ""


def solutions(problem: Problem, result: Node) -> str:
    """What solves an equation."""
    words = catalogue()
    letter = str(problem.options["variable"])
    if result.head == "text":
        return f"**{words.say('every_value')}**"
    if result.head == "call" and result.text in {"FiniteSet", "EmptySet"}:
        result = Node("list", result.args)
    if letter == "box":
        return _filled(problem, result)
    complex_wanted = bool(problem.options.get("complex")) or letter == "z"
    real = tuple(s for s in result.args if _is_real(s))
    if not result.args:
        return f"**{words.say('no_solution')}**"
    if complex_wanted:
        return _listed_solutions(letter, result.args, problem)
    if not real:
        return f"**{words.say('no_real')}** {words.say('complex', values=joined(letter, result.args))}"
    return _listed_solutions(letter, real, problem)


def _is_real(solution: Node) -> bool:
    value = approximate(solution)
    if value is None:
        return not any(n == name("I") for n in walk(solution))
    return abs(value.imag) < 1e-9 * max(1.0, abs(value))


def joined(letter: str, found: tuple[Node, ...]) -> str:
    """`$x = 2$ or $x = 3$`."""
    x = latex(name(letter))
    return catalogue().say("or").join(f"${x} = {latex(s)}$" for s in found)


def _listed_solutions(letter: str, values: tuple[Node, ...], problem: Problem) -> str:
    unit = "°" if problem.options.get("degrees") else ""
    x = latex(name(letter))
    texts = [f"${x} = {latex(s)}${unit}{_more(s)}" for s in _in_order(values)]
    found = f"**{catalogue().say('or').join(texts)}**"
    return f"{found} {catalogue().say('each_period')}" if _repeats(problem) else found


def _repeats(problem: Problem) -> bool:
    """An equation with sine, cosine or tangent, all solutions of which are asked for."""
    angles = {"sin", "cos", "tan"}
    return problem.task == "solve" and any(
        n.text in angles and variables(n) for o in problem.nodes for n in walk(o)
    )


def _in_order(found: tuple[Node, ...]) -> list[Node]:
    values = [approximate(s) for s in found]
    if any(v is None for v in values):
        return list(found)
    return sorted(found, key=lambda s: ((approximate(s) or 0).real, (approximate(s) or 0).imag))


def _filled(problem: Problem, result: Node) -> str:
    equation = problem.nodes[0]
    value = result.args[0] if result.args else name("nan")
    side = next((s for s in equation.args if any(n == name("box") for n in walk(s))), equation)
    text = latex(side).replace(r"\square", latex(value))
    plain = ""
    if side.head == "div":
        over, under = (latex(value) if a == name("box") else latex(a) for a in side.args)
        plain = f" ({over}/{under})"
    return f"**$\\square = {latex(value)}$**{catalogue().say('so')}${text}${plain}"
