"""`%assistant` and `%%assistant`: parse the line, hand over the prompt."""

from __future__ import annotations

import logging
import threading
from collections.abc import Coroutine
from typing import Any

from IPython.core.error import UsageError as LineError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from assistant_magic.completion import Completer
from assistant_magic.exceptions import AssistantError, UsageError
from assistant_magic.quiz_magic import QuizMagics
from assistant_magic.views.line import Line

_log = logging.getLogger("assistant_magic")
_log.addHandler(logging.NullHandler())  # or Python would print our tracebacks below the cell


@magics_class
class AssistantMagics(Magics):
    """The magics of one shell. What they need is imported at the first prompt, not at `%load_ext`."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._depth = 0
        self._lock = threading.Lock()
        self._desk: Any = None
        self.line = Line(self._hear)
        self.completer = Completer(AssistantMagics.assistant.parser, shell)

    @property
    def desk(self) -> Any:
        """The kernel's `Desk`, made by the first prompt or by the first page that asks for something."""
        with self._lock:
            if self._desk is None:
                from assistant_magic.desk import Desk
                from assistant_magic.prompts import Box

                self._desk = Desk(self.line, Box(AssistantMagics.assistant.parser))
            return self._desk

    @property
    def session(self) -> Any:
        """The kernel's `Session`."""
        return self.desk.session

    def _hear(self, data: dict[str, Any]) -> None:
        if self._desk is not None or data.get("type") != "hello":
            self.desk.hear(data)

    @magic_arguments()
    @argument("-m", "--model", help="Who answers, as provider:model, for this prompt only.")
    @argument(
        "-t",
        "--thread",
        default="",
        help="Continue on this thread (id or title, or conv_… at OpenAI) from here on.",
    )
    @argument("-n", "--new", action="store_true", help="Start a new thread.")
    @argument("-e", "--executor", help="Where code of tools runs: live, isolated or e2b.")
    @argument("--approve", help="May the model's code run: auto, ask, risky or never.")
    @argument(
        "--tool",
        action="append",
        default=[],
        metavar="NAME",
        help="A function of this notebook, or a hosted tool.",
    )
    @argument(
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        help="A file, or a figure or table by its variable.",
    )
    @argument(
        "--background", action="store_const", const=True, help="The provider finishes, whatever happens here."
    )
    @argument("-o", "--output", metavar="VAR", help="Keep the run in this variable.")
    @argument("--share", metavar="NAMES", help="Copy these variables (a,b) to where code runs.")
    @argument(
        "--quiet", action="store_const", const=True, help="No tool cards: the answer, and what code prints."
    )
    @line_cell_magic
    def assistant(self, line: str, cell: str | None = None) -> None:
        """Ask the assistant: the cell below the line is the prompt.

        `{name}` in it is replaced by the variable of that name, if there is one. Running a cell again
        replaces its answer in the thread.

        As a line, `%assistant` shows the status; `%assistant help` lists what else it can do.
        """
        try:
            if cell is None:
                self._command(line)
            else:
                from assistant_magic import kernel

                options = self._options(line)
                self._keep(options, kernel.drive(self._run(options, cell)))
        except AssistantError:
            raise
        except Exception as error:
            raise _fault(error) from error

    @cell_magic("_assistant")  # type: ignore[arg-type]  # IPython's types know no coroutine functions
    async def assistant_async(self, line: str, cell: str) -> None:
        """`%%assistant` as a cell of the notebook runs it: buttons and Stop are heard meanwhile."""
        try:
            from assistant_magic import kernel

            options = self._options(line)
            self._keep(options, await kernel.adrive(self._run(options, cell)))
        except AssistantError:
            raise
        except Exception as error:
            raise _fault(error) from error

    def _run(self, options: Any, cell: str) -> Coroutine[Any, Any, Any]:
        from assistant_magic.kernel import cell_id
        from assistant_magic.prompts import prompt_of

        prompt = prompt_of(options, cell, cell_id())
        run: Coroutine[Any, Any, Any] = self.session.perform(prompt)
        return run

    def _keep(self, options: Any, run: Any) -> None:
        from assistant_magic.assistant import ended

        if options.output:
            self._shell.user_ns[options.output] = run
        ended(run)

    def _options(self, line: str) -> Any:
        try:
            options = parse_argstring(self.assistant, line)
        except LineError as error:
            raise UsageError(" ".join(str(error).split()), "`%%assistant?` lists the options.") from None
        if options.output and not options.output.isidentifier():
            raise UsageError(f"-o {options.output}: not a variable name", "Write `-o answer`.")
        return options

    def _command(self, line: str) -> None:
        from assistant_magic.commands import Commands

        Commands(self.session).run(line)
        self.desk.refresh()

    # The cell's transformer runs before IPython's own, for the outermost cell only: below %%time, in
    # run_cell_magic or in code that a tool runs, the magic itself is the sync door.

    def as_async_cell(self, lines: list[str]) -> list[str]:
        """Turn a cell that starts with `%%assistant` into one that awaits it; `%%quiz` may stand alone."""
        if self._depth or not self._shell.autoawait or not lines:
            return lines
        magic, _, options = lines[0].partition(" ")
        if magic.rstrip() == "%%quiz" and not "".join(lines[1:]).strip():
            return [f"%quiz {options}"]
        if magic.rstrip() != "%%assistant":
            return lines
        # IPython has words of its own for an empty body, about a magic that the user did not write.
        line, body = options.strip(), "".join(lines[1:]) or "\n"
        return [f"await get_ipython().run_cell_magic('_assistant', {line!r}, {body!r})\n"]

    def enter_cell(self, *_: Any) -> None:
        """A cell starts to run."""
        self._depth += 1

    def leave_cell(self, *_: Any) -> None:
        """A cell has run."""
        self._depth = max(0, self._depth - 1)


def load(shell: InteractiveShell) -> None:
    """Register the magics and call the pages; a second time calls only pages that have gone."""
    # A reload keeps the session, and with it the thread of a console, which no notebook names.
    magics = shell.magics_manager.registry.get("AssistantMagics") or AssistantMagics(shell)
    in_kernel = getattr(shell, "kernel", None) is not None  # and not in a terminal
    if in_kernel:
        magics.line.open()
    if "_assistant" in shell.magics_manager.magics["cell"]:
        return
    shell.register_magics(magics, QuizMagics(shell))
    magics.completer.start()
    if in_kernel:
        shell.input_transformers_cleanup.append(magics.as_async_cell)
        shell.events.register("pre_run_cell", magics.enter_cell)
        shell.events.register("post_run_cell", magics.leave_cell)


def unload(shell: InteractiveShell) -> None:
    """Take the magics away; the threads stay in the store."""
    registered = shell.magics_manager.magics
    for kind, name in (
        ("line", "assistant"),
        ("cell", "assistant"),
        ("cell", "_assistant"),
        ("line", "quiz"),
        ("cell", "quiz"),
    ):
        registered[kind].pop(name, None)
    magics = shell.magics_manager.registry["AssistantMagics"]
    magics.line.close()
    magics.completer.stop()
    if magics.as_async_cell in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(magics.as_async_cell)
        shell.events.unregister("pre_run_cell", magics.enter_cell)
        shell.events.unregister("post_run_cell", magics.leave_cell)


def _fault(error: Exception) -> AssistantError:
    _log.exception("fault in %%assistant")
    return AssistantError(
        f"a fault of assistant_magic: {type(error).__name__}: {error}",
        "Your thread is kept. Please report it; `import logging; logging.basicConfig()` shows the details.",
    )
