"""A conversation about mathematics: what was said goes in, words or code come out, the state is JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant_magic.items import Item, Message, Text, ToolResult
from assistant_magic.tutor import say
from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import parse
from assistant_magic.tutor.plan import check_program, program, too_large
from assistant_magic.tutor.problems import Attempt, Decline, Problem, Talk
from assistant_magic.tutor.read import Context, Reading, definitions_in, read
from assistant_magic.tutor.read.losses import after_decline, without_answer
from assistant_magic.tutor.read.talk import times_table
from assistant_magic.tutor.say.typeset import typeset

_KEPT_RESULTS = 50


@dataclass(frozen=True)
class Reply:
    """Words for the pupil, or code for the kernel, or both."""

    text: str = ""
    code: str = ""


class Dialogue:
    """One thread's conversation; `state()` is all it needs to go on later."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @classmethod
    def from_state(cls, state: Mapping[str, Any], items: Sequence[Item], known: int) -> Dialogue:
        """Go on from `state`; items after `known` come from another backend and give what they can."""
        context = Context.from_json(state["context"]) if "context" in state else Context()
        for item in items[known:-1]:
            number = _last_number(item)
            if number:
                context = replace(context, results=(*context.results, number))
        return cls(context)

    def state(self) -> dict[str, Any]:
        """What has to be kept, as JSON."""
        return {"context": self._context.to_json()}

    def hear(self, text: str, *, can_run: bool) -> Reply:
        """Answer what the pupil wrote."""
        reading = self._read(text)
        if isinstance(reading, Decline):
            pending = text if reading.reason == "missing" and self._context.answered else ""
            reason = say.decline(self._without_referent(reading))
            self._context = after_decline(
                replace(self._context, pending=pending, attempt=None), text, reading
            )
            return Reply(reason)
        names = {**self._context.names, **definitions_in(text)}
        self._context = replace(self._context, names=names, attempt=None, pending="")
        if isinstance(reading, Talk):
            return self._talk(reading, text)
        return self._compute(reading, can_run=can_run)

    def _without_referent(self, why: Decline) -> Decline:
        """'it' right after a question that got no answer: say which result there is to go on from."""
        if why.reason != "missing" or self._context.answered:
            return why
        kept = next((r for r in reversed(self._context.results) if r not in {"", "True", "False"}), "")
        return Decline(reason="lost_but", readings=(kept,)) if kept else Decline(reason="lost")

    def _read(self, text: str) -> Reading:
        """The reading of a text; data that were asked for complete the question that lacked them."""
        reading = read(text, self._context)
        pending = self._context.pending
        if pending and isinstance(reading, Talk) and reading.kind == "noted" and reading.value:
            context = replace(self._context, results=(*self._context.results, reading.value), pending="")
            return read(pending, context)
        return reading

    def _compute(self, reading: Problem | Attempt, *, can_run: bool) -> Reply:
        problem = reading.problem if isinstance(reading, Attempt) else reading
        if too_large(problem):
            self._context = without_answer(replace(self._context, problem=None))
            return Reply(say.decline(Decline(reason="too_large")))
        if isinstance(reading, Attempt):
            attempts = self._context.attempts + 1
            self._context = replace(self._context, problem=problem, attempt=reading, attempts=attempts)
            code = check_program(reading)
        else:
            self._context = replace(self._context, problem=problem, open=None, attempts=0)
            code = program(problem)
        if not can_run:
            return Reply(f"{catalogue().say('no_python')}\n\n```python\n{code}\n```")
        return Reply(code=code)

    def _talk(self, talk: Talk, text: str) -> Reply:
        context, words = self._context, catalogue()
        match talk.kind:
            case "hint" if talk.problem is not None:
                self._context = replace(context, open=talk.problem, problem=talk.problem, attempts=0)
                return Reply(say.hint(talk.problem))
            case "quiz":
                return Reply(self._ask(text))
            case "explain" if talk.problem is not None and context.results and context.open is None:
                return Reply(say.explanation(talk.problem, context.results[-1]))
            case "noted":
                results = (*context.results, talk.value) if talk.value else context.results
                self._context = replace(context, names={**context.names, **talk.names}, results=results)
                return Reply(say.signed(words.say("noted")))
            case "greeting":
                return Reply(say.signed(words.say("greeting")))
            case "chat":
                return Reply(f"{words.say('chat')}\n\n*{words.say('connect')}*")
        return Reply(say.decline(Decline(reason="missing")))

    def _ask(self, text: str) -> str:
        """A question to the pupil: on the topic that the text names, else from the times tables."""
        from assistant_magic.tutor.exercises import exercises, topic_in

        turn = len(self._context.results) + self._context.attempts
        topic = topic_in(text)
        exercise = next(exercises(topic, 1, turn)) if topic else None
        problem = exercise.problem if exercise is not None else None
        opened = problem or times_table(turn)
        self._context = replace(self._context, open=opened, problem=opened, attempts=0)
        if problem is not None and exercise is not None:
            return say.signed(typeset(exercise.question))
        return say.quiz(opened)

    def hear_result(self, result: ToolResult) -> Reply:
        """Say what the code gave."""
        context, words = self._context, catalogue()
        if any(isinstance(part, Text) and "timeout after" in part.text for part in result.content):
            self._context = without_answer(replace(context, problem=None))
            return Reply(words.say("out_of_time"))
        if result.status in {"refused", "interrupted"} or context.problem is None:
            return Reply(words.say(result.status if context.problem else "unread"))
        printed, error = _printed(result)
        if error or result.status == "error" or not (printed.strip() or context.problem.task == "plot"):
            self._context = without_answer(replace(context, problem=None))
            return Reply(_failure(error))
        if context.attempt is not None:
            return Reply(self._judge(context.attempt, printed))
        if context.problem.task == "plot" and not _picture(result):
            return Reply(words.say("unseen_plot"))
        self._remember(_result_of(context.problem, printed))
        return Reply(say.answer(context.problem, printed))

    def _remember(self, result: str) -> None:
        """Keep a result, and what an equation found for its letter."""
        context = self._context
        names = dict(context.names)
        assert context.problem is not None
        if context.problem.task in {"rearrange", "inverse_function", "mode"}:
            result = _only_solution(result) or result
        if context.problem.task == "system":
            names |= _system_solution(result)
        if context.problem.task.startswith("solve"):
            found = _only_solution(result)
            letter = str(context.problem.options["variable"])
            if found and letter not in {"n", "box"}:
                names[letter] = found
            result = found or result
        self._context = replace(
            context,
            results=(*context.results, result)[-_KEPT_RESULTS:],
            asked=(*context.asked, context.problem)[-_KEPT_RESULTS:],
            names=names,
        )

    def _judge(self, attempt: Attempt, printed: str) -> str:
        right = printed.strip().splitlines()[-1] == "True"
        if right:
            claim = attempt.claim[0] if len(attempt.claim) == 1 else "[" + ", ".join(attempt.claim) + "]"
            known = self._context.open is None and attempt.problem in self._context.asked[-1:]
            results = self._context.results if known else (*self._context.results, claim)
            self._context = replace(self._context, open=None, attempts=0, results=results)
        elif self._context.open is None and attempt.problem not in self._context.asked[-1:]:
            self._context = without_answer(replace(self._context, open=attempt.problem))
        return say.verdict(attempt, printed)


def _result_of(problem: Problem, printed: str) -> str:
    """What 'it' means from now on: the exact result; the rounded one where rounding was all that was asked."""
    if problem.task == "plot":
        return problem.of[0]
    lines = printed.strip().splitlines()
    rounds = problem.options.get("rounds") and problem.form != "percent" and len(lines) > 1
    return lines[1] if rounds else lines[0]


def _only_solution(printed: str) -> str:
    try:
        node = parse(printed)
    except ValueError:
        return ""
    return str(node.args[0]) if node.head == "list" and len(node.args) == 1 else ""


def _system_solution(printed: str) -> dict[str, str]:
    """The letters of a system with one solution."""
    try:
        node = parse(printed)
    except ValueError:
        return {}
    return {e.args[0].text: str(e.args[1]) for e in node.args[0].args} if len(node.args) == 1 else {}


def _printed(result: ToolResult) -> tuple[str, str]:
    """What the code printed, and its error as `Name: message`."""
    printed, error = "", ""
    for output in result.outputs:
        if output.get("output_type") == "stream" and output.get("name") == "stdout":
            text = output.get("text", "")
            printed += text if isinstance(text, str) else "".join(text)
        elif output.get("output_type") == "error":
            error = f"{output.get('ename')}: {output.get('evalue')}"
    if not result.outputs:
        printed = "".join(part.text for part in result.content if isinstance(part, Text))
    return printed, error


def _picture(result: ToolResult) -> bool:
    return any(kind.startswith("image/") for output in result.outputs for kind in output.get("data", {}))


def _failure(error: str) -> str:
    words = catalogue()
    if error.startswith("ZeroDivisionError"):
        return say.signed(words.say("division_by_zero"))
    if error.startswith("ModuleNotFoundError"):
        module = error.split("'")[1] if "'" in error else "a module"
        return words.say("missing_module", module=module)
    if error.startswith(("NotImplementedError", "TypeError", "ValueError")):
        return words.say("too_hard")
    return words.say("error", text=error) if error else words.say("nothing_printed")


def _last_number(item: Item) -> str:
    """The last number an answer of another backend ends in."""
    if not isinstance(item, Message) or item.role != "assistant":
        return ""
    for word in reversed(item.text.replace("−", "-").replace("$", " ").replace("*", " ").split()):
        digits = word.rstrip(".,;!").replace(",", "")
        try:
            float(digits)
        except ValueError:
            continue
        if digits.lstrip("-")[:1].isdigit():
            return digits
    return ""
