"""What `%assistant …` can do about code that tools ran: where, who allows it, and what it left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from IPython.display import publish_display_data

from assistant_magic import config, kernel
from assistant_magic.display import say, table
from assistant_magic.exceptions import UsageError
from assistant_magic.executors import PLACES
from assistant_magic.items import Item, ToolCall, ToolResult
from assistant_magic.line_words import none_but
from assistant_magic.session import CODE_TOOLS, Session
from assistant_magic.sharing import bring
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
        carrier = self._session.carrier(self._session.assistant.settings(thread), thread)
        say(kernel.drive(bring(carrier, words, kernel.namespace())))

    def do_policy(self, words: Sequence[str]) -> None:
        """Who allows the model's code, with which limits, and who said so."""
        none_but(words, "policy")
        table(("", ""), policy_rows(self._session))

    def do_cells(self, words: Sequence[str]) -> None:
        """The last answer's code as an ordinary cell."""
        none_but(words, "cells")
        runs = self._session.thread.runs()
        last = self._session.thread.store.path(runs[-1].head, after=runs[-1].parent) if runs else []
        code = [part for part, _ in code_of([node.item for node in last])]
        if not code:
            raise UsageError("the last answer ran no code", "Ask for something that needs code first.")
        make_cells(code)

    def do_rebuild(self, words: Sequence[str]) -> None:
        """Run this thread's code again in this kernel, as after a restart."""
        none_but(words, "rebuild")
        code = [part for part, place in code_of(self._session.thread.items) if place == "live"]
        done = rebuild(code)
        say(f"Ran {done} of {len(code)} pieces of code." + ("" if done == len(code) else " One failed."))

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


def code_of(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """The code that ran on a branch, oldest first, with the executor it ran in."""
    results = {item.call_id: item for item in items if isinstance(item, ToolResult)}
    for item in items:
        if not isinstance(item, ToolCall):
            continue
        result = results.get(item.call_id)
        code = (result and result.code) or _code(item)
        if code and result is not None and result.status in {"ok", "error"} and result.executor:
            yield code, result.executor


def make_cells(code: Sequence[str]) -> None:
    """Offer code as ordinary cells: the next one is filled in where the front end can, all of it is shown."""
    shell = kernel.shell()
    if shell is not None:
        shell.set_next_input("\n\n".join(code))
    words = "\n\n".join(fenced(part, "python") for part in code)
    publish_display_data({"text/markdown": safe_markdown(words), "text/plain": "\n\n".join(code)})


def rebuild(code: Sequence[str]) -> int:
    """Run code again in the user's kernel, as one would by hand; returns how many pieces ran without an error.

    Raises:
        UsageError: There is no kernel to run it in.
    """
    shell = kernel.shell()
    if shell is None:
        raise UsageError("there is no notebook to rebuild", "Use it in a notebook or in IPython.")
    for number, part in enumerate(code):
        if not shell.run_cell(part, store_history=False).success:
            return number
    return len(code)


def _code(call: ToolCall) -> str:
    try:
        arguments: Any = json.loads(call.arguments)
    except ValueError:
        return ""
    named = call.name == "python" or call.name in CODE_TOOLS
    code = arguments.get("code") if isinstance(arguments, dict) and named else ""
    return code if isinstance(code, str) else ""
