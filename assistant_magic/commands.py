"""What `%assistant …` can do besides asking."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from IPython.display import display

from assistant_magic import kernel
from assistant_magic.assistant import ended
from assistant_magic.code_commands import CodeCommands
from assistant_magic.display import day_and_time, say, table, tokens_and_cost
from assistant_magic.exceptions import UsageError
from assistant_magic.executors import PLACES
from assistant_magic.items import Usage
from assistant_magic.line_words import command_of, none_but, one, text_of
from assistant_magic.provider_commands import clean, download, examine, files_of, pending, price_date
from assistant_magic.remote_thread import open_thread
from assistant_magic.session import HOSTED_TOOLS
from assistant_magic.setting_commands import change_settings
from assistant_magic.stores import RunRecord, ThreadRecord
from assistant_magic.thread import Thread
from assistant_magic.tutor_commands import change_tutor
from assistant_magic.views.markdown import plain
from assistant_magic.views.spans import safe_address


class Commands(CodeCommands):
    """The subcommands of `%assistant`, one method each; a method's docstring is its help."""

    def run(self, line: str) -> None:
        """Find the subcommand in the line and do it.

        Raises:
            UsageError: There is no such subcommand, or its words do not fit.
        """
        name, _, rest = (line.strip() or "status").partition(" ")
        command = getattr(self, f"do_{name}", None)
        if command is None:
            raise UsageError(
                f"%assistant has no {name!r}",
                "`%assistant help` lists what it has; a question goes below %%assistant.",
            )
        command(command_of(rest) if name == "tools" else rest.split())

    def do_status(self, words: Sequence[str]) -> None:
        """Model, thread, tools, policy and usage."""
        none_but(words, "status")
        session = self._session
        settings = session.assistant.settings(session.thread)
        runs = session.thread.runs()
        used = sum((run.usage for run in runs), Usage())
        policy = settings.approve if settings.approve != "default" else "auto for offline:tutor, else risky"
        tools = [t.name for t in session.assistant.tools] + list(settings.tools)
        rows = [
            ("model", settings.named_model() + ("" if settings.model else " (none is set)")),
            ("thread", f"{session.thread.title or 'new'} ({session.thread.id}), {_answers(len(runs))}"),
            ("notebook", session.notebook.path or "none; after a restart, `%assistant use` comes back here"),
            ("tools", ", ".join(tools)),
            ("code runs", f"in {PLACES[settings.executor]}; approval: {policy}"),
            ("usage", tokens_and_cost(used)),
        ]
        if pending(session.thread):
            rows.append(("waiting", "an answer at the provider; `%assistant resume` fetches it"))
        table(("", ""), rows)

    def do_new(self, words: Sequence[str]) -> None:
        """`new [TITLE]`: start an empty thread; the present one is kept."""
        thread = self._session.new(text_of(words))
        say(f"New thread `{thread.id}`.")

    def do_threads(self, words: Sequence[str]) -> None:
        """The threads of this store, newest first."""
        none_but(words, "threads")
        current = self._session.thread.id
        found = self._session.assistant.store.find(ThreadRecord)
        records = sorted((r for r in found if r.title or r.id == current), key=lambda r: -r.updated)
        rows = [
            (
                "▸" if r.id == current else "",
                r.title or "(empty)",
                r.id,
                day_and_time(r.updated),
                r.notebook.rpartition("/")[2],
            )
            for r in records
        ]
        table(("", "title", "id", "last used", "notebook"), rows)

    def do_use(self, words: Sequence[str]) -> None:
        """`use THREAD`: continue on another thread, by id, start of id or title, or on a conversation at OpenAI (`conv_…`)."""
        name, session = one(words, "use THREAD"), self._session
        settings = session.assistant.settings(session.thread)
        thread = open_thread(session.assistant, name, settings, keep=session.thread.settings)
        session.use(thread)
        came = f", from `{name}`" if name.startswith("conv_") else ""
        say(f"This notebook continues {thread.title or 'an empty thread'} (`{thread.id}`{came}).")

    def do_fork(self, words: Sequence[str]) -> None:
        """`fork [TITLE]`: continue on a copy of this thread and leave the original as it is."""
        fork = self._session.thread.fork(text_of(words))
        self._session.use(fork)
        say(f"This notebook continues {fork.title} (`{fork.id}`).")

    def do_undo(self, words: Sequence[str]) -> None:
        """Take back the last answer and what its code did to variables, or return to the branch that a re-run cell left."""
        none_but(words, "undo")
        undone = self._session.thread.undo()
        runs = self._session.thread.runs()
        last = (
            f"The last answer is now that to “{_prompt_of(self._session.thread)}”."
            if runs
            else "It is empty now."
        )
        back = (
            "returned to the other branch"
            if undone.previous_head != undone.parent
            else "took back one answer"
        )
        restored, stuck = self._session.assistant.ledger.undo(kernel.namespace())
        names = f" Variables as before: {', '.join(restored)}." if restored else ""
        names += f" Changed in place, so not as before: {', '.join(stuck)}." if stuck else ""
        say(f"Undo {back}. {last}{names}")

    def do_tools(self, words: Sequence[str]) -> None:
        """`tools [add mcp NAME COMMAND…|URL] [remove NAME]`: the tools the model may use; those of MCP servers."""
        if words:
            say(self._session.change_tools(*words))
            return
        tools = self._session.assistant.tools
        rows = [(t.name, t.description.splitlines()[0] if t.description else "") for t in tools]
        table(("tool", "what it does"), rows)
        say("`%%assistant --tool NAME` adds a function of this notebook, or " + ", ".join(HOSTED_TOOLS) + ".")

    def do_tutor(self, words: Sequence[str]) -> None:
        """`tutor on [REVEAL]|off`: tools that teach; REVEAL is always, never or after_attempts(3)."""
        say(change_tutor(self._session, words))

    def do_chat(self, words: Sequence[str]) -> None:
        """`chat [THREAD]`: this notebook's thread, or another one, as a chat below the cell."""
        from assistant_magic.chat import Chat

        text = text_of(words)
        display(Chat(Thread.open(self._session.assistant.store, text) if text else None))

    def do_model(self, words: Sequence[str]) -> None:
        """`model [PROVIDER:MODEL]`: show or set who answers."""
        self.do_set(["model", *words])

    def do_set(self, words: Sequence[str]) -> None:
        """`set [--user] [OPTION [VALUE]]`: show or set options; `set OPTION default` removes one."""
        change_settings(self._session, words)

    def do_usage(self, words: Sequence[str]) -> None:
        """Tokens and cost of this thread, by model."""
        none_but(words, "usage")
        by_model: dict[str, Usage] = {}
        for run in self._session.assistant.store.find(RunRecord, thread=self._session.thread.id):
            by_model[run.model] = by_model.get(run.model, Usage()) + run.usage
        table(("model", "usage"), [(model, tokens_and_cost(used)) for model, used in by_model.items()])
        if any(used.cost is not None for used in by_model.values()):
            say(f"Prices of {price_date()}, for tokens alone; hosted tools have fees of their own.")

    def do_files(self, words: Sequence[str]) -> None:
        """`files [download [NAME]|clean]`: what this thread has at the provider; fetch what code made, or delete it."""
        assistant, thread = self._session.assistant, self._session.thread
        if not words:
            rows = [(n, w, i, "" if s is None else f"{s:,}") for n, w, i, s in files_of(assistant, thread)]
            if rows:
                table(("file", "where", "id", "bytes"), rows)
            else:
                say("This thread has no files at the provider.")
        elif words[0] == "clean":
            say(f"Deleted {clean(assistant, thread)} things at the provider.")
        elif words[0] == "download":
            paths = download(assistant, thread, text_of(words[1:]), Path.cwd())
            links = [f"[{plain(path.name)}]({safe_address(quote(path.name))})" for path in paths]
            say(f"Written to {', '.join(links)}.")
        else:
            raise UsageError(
                f"%assistant files has no {words[0]!r}", "Write `%assistant files`, download or clean."
            )

    def do_doctor(self, words: Sequence[str]) -> None:
        """Check versions, store, key, address, model and clock."""
        none_but(words, "doctor")
        settings = self._session.assistant.settings(self._session.thread)
        lines = examine(self._session.assistant, settings)
        table(("", "", "what to do"), [("✓" if line.ok else "✗", line.what, line.cure) for line in lines])

    def do_resume(self, words: Sequence[str]) -> None:
        """Take up the last answer again where it broke off."""
        none_but(words, "resume")
        ended(kernel.drive(self._session.resume()))

    def do_export(self, words: Sequence[str]) -> None:
        """`export FILE.md|FILE.json`: write this thread as a transcript."""
        from assistant_magic.transcript import write

        thread = self._session.thread
        path = write(thread.items, one(words, "export FILE.md"), title=thread.title, thread=thread.id)
        say(f"Written to `{path}`.")

    def do_import(self, words: Sequence[str]) -> None:
        """`import PATH`: bring in assistants and threads saved from the Assistants API (a file or a folder)."""
        from assistant_magic.assistants_export import import_export

        done = import_export(self._session.assistant.store, one(words, "import PATH"))
        say("\n".join(f"- {line}" for line in str(done).splitlines()))

    def do_help(self, words: Sequence[str]) -> None:
        """This list."""
        del words
        rows = [
            (f"%assistant {name}", (getattr(self, f"do_{name}").__doc__ or "").splitlines()[0])
            for name in subcommands()
        ]
        table(("", ""), rows)
        say("`%%assistant?` explains the options of a cell; `%quiz?` is for practising mathematics.")


def subcommands() -> list[str]:
    """The names of all subcommands."""
    return sorted(name[3:] for name in dir(Commands) if name.startswith("do_"))


def _answers(count: int) -> str:
    return "1 answer" if count == 1 else f"{count} answers"


def _prompt_of(thread: Thread) -> str:
    prompts = [i for i in thread.items if getattr(i, "role", "") == "user"]
    return textwrap.shorten(getattr(prompts[-1], "text", ""), 60, placeholder="…") if prompts else ""
