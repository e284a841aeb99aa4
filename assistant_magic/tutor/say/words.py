"""Words that are not results: verdicts, hints, explanations, small talk."""

from __future__ import annotations

from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import Node, listed, num, parse
from assistant_magic.tutor.problems import Attempt, Problem
from assistant_magic.tutor.say.latex import latex
from assistant_magic.tutor.say.numbers import exact
from assistant_magic.tutor.say.questions import question
from assistant_magic.tutor.say.results import headline


def signed(body: str) -> str:
    """An answer with the line that says what gave it."""
    return f"{body}\n\n*{catalogue().say('about')}*"


def verdict(attempt: Attempt, printed: str) -> str:
    """Whether an attempt is right."""
    words = catalogue()
    claim = words.say("and").join(f"${latex(parse(c))}$" for c in attempt.claim)
    right = printed.strip().splitlines()[-1:] == ["True"]
    return signed(words.say("correct" if right else "wrong", claim=claim))


def hint(problem: Problem) -> str:
    """A first step that gives nothing away."""
    words = catalogue()
    key = f"hint_{problem.task}"
    return signed(words.say("hint", hint=words.say(key if words.can_say(key) else "hint_any")))


def quiz(problem: Problem) -> str:
    """A question to the pupil."""
    return signed(catalogue().say("quiz", question=question(problem)))


def explanation(problem: Problem, result: str) -> str:
    """Why the last result is what it is: the steps of a calculation, or the rule of a task."""
    words = catalogue()
    steps = _steps(problem.nodes[0]) if problem.task == "evaluate" and problem.of else []
    key = f"why_{problem.task}"
    known = words.can_say(key) and (problem.task != "evaluate" or len(steps) > 1)
    rule = words.say(key if known else "why_any")
    worked = "\n\n" + "\n".join(f"- ${s}$" for s in steps) if len(steps) > 1 else ""
    try:
        node = parse(result)
        if problem.task.startswith("solve") and node.head not in {"list", "text"}:
            node = listed(node)  # the only solution is remembered as a number
        conclusion = headline(problem, node)
    except ValueError:
        conclusion = f"**{result}**"
    return signed(f"{rule}{worked}\n\n{words.say('so_result')} {conclusion}")


def _steps(node: Node) -> list[str]:
    """A calculation with one operation done at a time, as the order of operations wants it."""
    out: list[str] = []
    while node.args and len(out) < 12:
        smaller = _reduced(node)
        if smaller is None or smaller == node:
            break
        out.append(f"{latex(node)} = {latex(smaller)}")
        node = smaller
    return out


def _reduced(node: Node) -> Node | None:
    """The same with its innermost operation done, or None where that is not plain arithmetic."""
    for i, arg in enumerate(node.args):
        if arg.args and exact(arg) is None:
            inner = _reduced(arg)
            if inner is None:
                return None
            return Node(node.head, (*node.args[:i], inner, *node.args[i + 1 :]), node.text)
    values = [exact(a) for a in node.args]
    if None in values or node.head not in {"add", "sub", "mul", "div", "pow"}:
        return None
    a, b = (v for v in values if v is not None)
    if node.head == "pow":
        return _repeated(node, int(b)) if b.denominator == 1 and 1 < b <= 8 else None
    if node.head == "div" and b == 0:
        return None
    value = {"add": a + b, "sub": a - b, "mul": a * b, "div": a / b if b else a}[node.head]
    whole = num(str(value.numerator))
    return whole if value.denominator == 1 else Node("div", (whole, num(value.denominator)))


def _repeated(node: Node, times: int) -> Node:
    """`2^5` as `2*2*2*2*2`."""
    product = node.args[0]
    for _ in range(times - 1):
        product = Node("mul", (product, node.args[0]))
    return product
