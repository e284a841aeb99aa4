"""Asks at the keyboard, by `input()`: it works in a terminal, in JupyterLab, in VS Code and in Colab."""

from __future__ import annotations

import sys
from collections.abc import Callable

from assistant_magic import kernel
from assistant_magic.approval import Question, Reply
from assistant_magic.executors import PLACES

_CHOICES = "y run · e edit · n no (or `n` and a word to the model) · a always in this thread · s stop: "
_FIXED_CHOICES = _CHOICES.replace(" · e edit", "")


class KeyboardAsker:
    """Shows the code and asks one line at the cell, on the thread that runs it."""

    async def ask(self, question: Question) -> Reply | None:
        """The person's reply; None under nbclient, papermill, a pipe, and wherever nobody sits."""
        if not somebody_is_there():
            return None
        try:
            return await kernel.on_main(lambda: _conversation(question))
        except (EOFError, RuntimeError):
            return None


def somebody_is_there() -> bool:
    """A person sits at this kernel or terminal and can be asked; not under nbclient, papermill or a pipe."""
    shell = kernel.shell()
    if kernel.in_kernel():
        # Set by each request: a front end without a keyboard says so.
        return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()


def _conversation(question: Question) -> Reply | None:
    _show(question)
    code = question.code
    while True:
        try:
            answer = input(_CHOICES if question.editable else _FIXED_CHOICES).strip()
        except EOFError:
            return None
        except Exception as error:
            if type(error).__name__ == "StdinNotImplementedError":  # ipykernel's own
                return None
            raise
        choice, _, word = answer.partition(" ")
        match choice.lower():
            case "y" | "yes" | "run":
                return Reply(choice="run", code=code)
            case "a" | "always":
                return Reply(choice="always", code=code)
            case "n" | "no":
                return Reply(choice="no", word=word.strip())
            case "s" | "stop":
                return Reply(choice="stop")
            case "e" | "edit" if question.editable:
                code = _edited(code)
                _show_code(code)


def _edited(code: str, ask: Callable[[str], str] = input) -> str:
    """`code` with lines replaced one by one: a number, then the new line."""
    lines = code.split("\n")
    while True:
        number = ask("line to change (its number, Enter when done): ").strip()
        if not number:
            return "\n".join(lines)
        if not number.isdigit() or not 1 <= int(number) <= len(lines):
            print(f"There are lines 1 to {len(lines)}.")  # noqa: T201  # the other half of input()
            continue
        place = int(number) - 1
        new = ask(f"{number}: instead of `{lines[place].strip()}` (- deletes it): ")
        indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
        # People do not type the indentation of a line that they replace.
        lines[place] = new if new[:1].isspace() else indent + new
        if new.strip() == "-":
            del lines[place]


def _show(question: Question) -> None:
    place = PLACES.get(question.place, question.place)
    at_provider = f"call `{question.tool}` at the provider, with"
    asked = at_provider if question.place == "provider" else f"run `{question.tool}` in {place}"
    _say(f"The model asks to {asked}:", bold=True)
    _show_code(question.code)
    for finding in question.findings[:8]:
        _say(f"- {finding}")
    if len(question.findings) > 8:
        _say(f"- and {len(question.findings) - 8} more")


def _show_code(code: str) -> None:
    lines = code.split("\n")
    width = len(str(len(lines)))
    print("\n".join(f"  {number:>{width}}  {line}" for number, line in enumerate(lines, 1)), flush=True)  # noqa: T201


def _say(text: str, *, bold: bool = False) -> None:
    print(f"\n{text}" if bold else text, flush=True)  # noqa: T201
