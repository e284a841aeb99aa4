"""What `%assistant …` can do about code that tools ran: where, who allows it, and what it left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from IPython.display import publish_display_data

from assistant_magic import config, kernel
from assistant_magic.display import say, table
from assistant_magic.exceptions import UsageError
from assistant_magic.executors import PLACES
from assistant_magic.items import Item, ToolCall, ToolResult
from assistant_magic.line_words import none_but
from assistant_magic.session import Session
from assistant_magic.sharing import bring
from assistant_magic.tools import CODE_TOOLS
from assistant_magic.views.markdown import fenced, safe_markdown

_POLICIES = {
    "auto": "the model's code runs without a question",
    "ask": "each piece of the model's code is asked about",
    "risky": "the model's code is read first: computation runs, everything else is asked about, "
    "and what cannot be asked about is refused. A speed bump, not a wall",
    "never": "the model's code does not run",
}
_LIMITS = ("tool_seconds", "run_seconds", "max_turns", "max_tool_calls", "max_output")
_BUDGETS = ("budget_run", "budget_thread", "budget_day")


class CodeCommands:
    """The subcommands of `%assistant` that are about code."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def do_bring(self, words: Sequence[str]) -> None:
        """`bring NAME …`: copy variables from where code runs into this notebook."""
        if not words:
            raise UsageError("%assistant bring needs a name", "Write `%assistant bring NAME`.")
        thread = self._session.thread
        carrier = self._session.carrier(self._session.assistant.settings(thread), thread, last=True)
        say(kernel.drive(bring(carrier, words, kernel.namespace())))

    def do_policy(self, words: Sequence[str]) -> None:
        """Who allows the model's code, with which limits, and who said so."""
        none_but(words, "policy")
        table(("", ""), policy_rows(self._session))

    def do_cells(self, words: Sequence[str]) -> None:
        """The last answer's code as ordinary cells."""
        none_but(words, "cells")
        runs = self._session.thread.runs()
        last = self._session.thread.store.path(runs[-1].head, after=runs[-1].parent) if runs else []
        code = [piece.code for piece in code_of([node.item for node in last]) if piece.ended != "interrupted"]
        if not code:
            raise UsageError("the last answer ran no code", "Ask for something that needs code first.")
        make_cells(code, self._session)

    def do_rebuild(self, words: Sequence[str]) -> None:
        """Run this thread's code again in this kernel, as after a restart."""
        none_but(words, "rebuild")
        pieces = [piece for piece in code_of(self._session.thread.items) if piece.place == "live"]
        say(rebuild(pieces))

    def do_restart(self, words: Sequence[str]) -> None:
        """End the isolated kernel or the sandbox that code runs in; the next code gets a fresh one."""
        none_but(words, "restart")
        thread = self._session.thread
        settings = self._session.assistant.settings(thread)
        if settings.executor == "live":
            raise UsageError(
                "code runs in your own kernel", "Restart it from the menu, then `%assistant rebuild`."
            )
        executor = self._session.assistant.executor_of(settings, thread)
        kernel.drive(executor.stop())
        self._session.assistant.ledger.forget(executor.name)
        say(f"The next code runs in {PLACES[executor.name]} that is new.")


def policy_rows(session: Session) -> list[tuple[str, str]]:
    """What holds for code, and who said so."""
    thread = session.thread
    settings = session.assistant.settings(thread)
    policy = session.assistant.policy(settings)

    def by(name: str) -> str:
        layer = config.origin(name, thread.settings)
        return "assistant" if layer != "admin" and name in session.assistant.options else layer

    def held(name: str) -> str:
        return f"{name} {getattr(settings, name):g} ({by(name)})"

    rows = [
        ("policy", f"{policy}: {_POLICIES[policy]}"),
        ("set by", by("approve")),
        ("code runs", f"in {PLACES[settings.executor]} (set by {by('executor')})"),
        ("limits", ", ".join(map(held, _LIMITS))),
        ("budgets in $, 0: any", ", ".join(map(held, _BUDGETS))),
    ]
    if settings.risky_executor:
        where = f"in {PLACES[settings.risky_executor]} (set by {by('risky_executor')})"
        rows.insert(3, ("risky code runs", where))
    always = [tool for held, tool in session.assistant.ledger.always if held == thread.id]
    rows += [("always allowed", ", ".join(sorted(always)))] if always else []
    fixed = config.admin_layer()
    rows += (
        [("fixed by the administrator", ", ".join(f"{k} = {v!r}" for k, v in fixed.items()))] if fixed else []
    )
    return rows


@dataclass(frozen=True)
class Piece:
    """Code that a tool call ran.

    Attributes:
        code: As it ran, with the user's changes.
        place: Name of the executor.
        ended: How: `ok`, `error` or `interrupted`.
    """

    code: str
    place: str
    ended: str


def code_of(items: Sequence[Item]) -> Iterator[Piece]:
    """The code that ran on a branch, oldest first; what was refused is not in it."""
    results = {item.call_id: item for item in items if isinstance(item, ToolResult)}
    for item in items:
        result = results.get(item.call_id) if isinstance(item, ToolCall) else None
        if not isinstance(item, ToolCall) or result is None or result.status == "refused":
            continue
        code = result.code or _code(item)
        if code and result.executor:
            yield Piece(code, result.executor, result.status)


def make_cells(code: Sequence[str], session: Session) -> None:
    """Make code ordinary cells below this one: one for each piece where the page can, else one for all."""
    if session.make_cells(code):
        say(f"Made {len(code)} cells below." if len(code) > 1 else "Made a cell below.")
        return
    shell = kernel.shell()
    if shell is not None:
        shell.set_next_input("\n\n".join(code))
        if len(code) > 1:
            say(f"This front end takes one new cell at a time, so it holds all {len(code)} pieces of code.")
    words = "\n\n".join(fenced(part, "python") for part in code)
    publish_display_data({"text/markdown": safe_markdown(words), "text/plain": "\n\n".join(code)})


def rebuild(pieces: Sequence[Piece]) -> str:
    """Run code again in the user's kernel, as one would by hand; returns a line that says how far it came.

    A piece that failed then may fail again. A piece that was interrupted then is left out: it might not end.

    Raises:
        UsageError: There is no kernel to run it in.
    """
    shell = kernel.shell()
    if shell is None:
        raise UsageError("there is no notebook to rebuild", "Use it in a notebook or in IPython.")
    left_out = sum(piece.ended == "interrupted" for piece in pieces)
    ran = [piece for piece in pieces if piece.ended != "interrupted"]
    note = f" Left out: {left_out} that had been interrupted." if left_out else ""
    failed = 0
    for number, piece in enumerate(ran):
        if shell.run_cell(piece.code, store_history=False).success:
            continue
        if piece.ended == "ok":
            return f"Ran {number} of {len(ran)} pieces of code. The next one failed, which it did not do then.{note}"
        failed += 1
    again = f" {failed} failed, as then." if failed else ""
    return f"Ran {len(ran)} of {len(ran)} pieces of code.{again}{note}"


def _code(call: ToolCall) -> str:
    try:
        arguments: Any = json.loads(call.arguments)
    except ValueError:
        return ""
    named = call.name == "python" or call.name in CODE_TOOLS
    code = arguments.get("code") if isinstance(arguments, dict) and named else ""
    return code if isinstance(code, str) else ""
