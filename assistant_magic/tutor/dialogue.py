"""A conversation about mathematics: what was said goes in, words or code come out, the state is JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant_magic.items import Item, Message, Text, ToolResult
from assistant_magic.tutor import say
from assistant_magic.tutor.catalogue import catalogue
from assistant_magic.tutor.expressions import parse
from assistant_magic.tutor.plan import program
from assistant_magic.tutor.problems import Decline
from assistant_magic.tutor.read import Context, read


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
        reading = read(text, self._context)
        if isinstance(reading, Decline):
            return Reply(say.decline(reading))
        self._context = replace(self._context, problem=reading)
        code = program(reading)
        if not can_run:
            return Reply(f"{catalogue().say('no_python')}\n\n```python\n{code}\n```")
        return Reply(code=code)

    def hear_result(self, result: ToolResult) -> Reply:
        """Say what the code gave."""
        problem = self._context.problem
        words = catalogue()
        if result.status in {"refused", "interrupted"} or problem is None:
            return Reply(words.say(result.status if problem else "unread"))
        printed, error = _printed(result)
        if error or result.status == "error":
            return Reply(_failure(error))
        if problem.task != "plot" and printed.strip():
            self._context = replace(
                self._context, results=(*self._context.results, printed.strip().splitlines()[0])
            )
        return Reply(say.answer(problem, printed))


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


def _failure(error: str) -> str:
    words = catalogue()
    if error.startswith("ZeroDivisionError"):
        return f"{words.say('division_by_zero')}\n\n*{words.say('about')}*"
    if error.startswith("ModuleNotFoundError"):
        module = error.split("'")[1] if "'" in error else "a module"
        return words.say("missing_module", module=module)
    return words.say("error", text=error or words.say("refused"))


def _last_number(item: Item) -> str:
    """The last number an answer of another backend ends in."""
    if not isinstance(item, Message) or item.role != "assistant":
        return ""
    for word in reversed(item.text.replace("−", "-").replace("$", " ").replace("*", " ").split()):
        try:
            parse(word.rstrip(".,;!"))
            float(word.rstrip(".,;!").replace(",", ""))
        except ValueError:
            continue
        return word.rstrip(".,;!").replace(",", "")
    return ""
