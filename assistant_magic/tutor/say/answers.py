"""The answer in words: the result first, in bold, then what is worth knowing about it."""

from __future__ import annotations

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, parse
from assistant_magic.tutor.problems import Problem
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.say.questions import question
from assistant_magic.tutor.say.results import headline


def answer(problem: Problem, printed: str) -> str:
    """What the pupil reads.

    Args:
        problem: What was asked.
        printed: What its program printed: the exact result, and below it the rounded one if one was asked for.
    """
    words = catalogue()
    body = (
        words.say("plot", f=_plotted(problem))
        if problem.task == "plot"
        else _result(problem, printed.strip())
    )
    note = _note(problem)
    return f"{body}{note}\n\n*{words.say('about')}*"


def _note(problem: Problem) -> str:
    """What the answer takes for granted, below it."""
    words = catalogue()
    if problem.options.get("real_root"):
        return f"\n\n{words.say('real_root')}"
    return f"\n\n{words.say('quartiles')}" if problem.task.startswith("quartile") else ""


def _plotted(problem: Problem) -> str:
    f, lower, upper = (latex(node) for node in problem.nodes)
    return rf"$y = {f}$, ${lower} \le {problem.options['variable']} \le {upper}$"


def _result(problem: Problem, printed: str) -> str:
    words = catalogue()
    lines = printed.splitlines()
    if problem.task == "in_base":
        if problem.options["base"] == 10:
            return f"**${lines[-1]}$**"
        return words.say("in_base", digits=lines[-1], base=problem.options["base"])
    if (
        lines
        and lines[0].replace(" ", "").isalpha()
        and lines[0] not in {"True", "False", "nan", "zoo", "oo"}
    ):
        return headline(problem, _word(lines[0]))
    try:
        result = parse(lines[0])
    except (ValueError, IndexError):
        return words.say("odd", text=printed[:200])
    if problem.rounding and len(lines) > 1:
        return _rounded(problem, lines[1])
    return headline(problem, result)


def _word(text: str) -> Node:
    """`odd`, `every value` are words; a single letter or a constant is mathematics."""
    return Node("name", text=text) if len(text) == 1 or text == "pi" else Node("text", text=text)


def _rounded(problem: Problem, shown: str) -> str:
    words = catalogue()
    kind, amount = str(problem.rounding[0]), str(problem.rounding[1])
    how = words.say(f"to_{kind}", amount=amount, s="" if amount == "1" else "s")
    unit = r"\%" if problem.form == "percent" else ""
    outside = _unit(problem)
    if shown.startswith("["):
        x = latex(Node("name", text=str(problem.options.get("variable", "x"))))
        values = words.say("or").join(rf"${x} \approx {v.strip()}$" for v in shown.strip("[]").split(","))
        return f"**{values}** ({how})"
    asked = question(problem)
    start = rf"{asked} \approx " if asked and len(asked) < 120 else r"\approx "
    return f"**${start}{shown}{unit}${outside}** ({how})"


def _unit(problem: Problem) -> str:
    from assistant_magic.tutor.say.results import unit_of

    return unit_of(problem)
