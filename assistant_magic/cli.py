"""`jupyter assistant …`: ask, list and export from a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from assistant_magic.exceptions import AssistantError, ConfigurationError, RunInterrupted, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status: 0 done, 1 an error that was said in one line, 130 stopped."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        options.command(options)
    except AssistantError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a terminal program prints
        return 1
    except RunInterrupted:
        print("interrupted; the thread is kept", file=sys.stderr)  # noqa: T201
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jupyter assistant", description="An assistant on your threads.")
    commands = parser.add_subparsers(metavar="COMMAND")
    ask = commands.add_parser("ask", help="answer a question")
    ask.add_argument("prompt", help="the question; - reads it from standard input")
    ask.add_argument("-m", "--model", help="who answers, as provider:model")
    ask.add_argument(
        "-t",
        "--thread",
        default="",
        help="continue this thread (id or title), or a conversation at OpenAI (conv_…)",
    )
    ask.add_argument("--approve", help="may the model's code run: auto, ask, risky or never")
    ask.add_argument("--quiet", action="store_true", default=None, help="print the answer only")
    ask.set_defaults(command=_ask)
    threads = commands.add_parser("threads", help="list the threads")
    threads.set_defaults(command=_threads)
    _add_export(commands)
    doctor = commands.add_parser("doctor", help="check versions, store, key, address, model and clock")
    doctor.add_argument("-m", "--model", help="who is to answer, as provider:model")
    doctor.set_defaults(command=_doctor)
    bring = commands.add_parser("import", help="bring in what was saved from OpenAI's Assistants API")
    bring.add_argument("path", help="assistant.json, thread.json, or the folder of an export")
    bring.set_defaults(command=_import)
    return parser


def _add_export(commands: Any) -> None:
    export = commands.add_parser(
        "export",
        help="write a thread as a transcript, or with --format what pupils did, for their teacher",
        usage="jupyter assistant export THREAD FILE\n       jupyter assistant export --format FORMAT [FILE]",
    )
    export.add_argument("words", nargs="*", metavar="FILE", help="FILE.md or FILE.json; - for the screen")
    export.add_argument(
        "--format",
        choices=["jsonl", "md", "nbgrader"],
        help="attempts, hints, reveals, verdicts and times, as JSON lines, as a report, or as grades (CSV)",
    )
    export.add_argument(
        "--pseudonymise", action="store_true", help="other names for pupils, by a key kept here"
    )
    export.add_argument(
        "--logbook", action="append", default=[], metavar="DB", help="a pupil's progress.db; may be repeated"
    )
    export.set_defaults(command=_export)


def _doctor(options: argparse.Namespace) -> None:
    from assistant_magic.assistant import Assistant
    from assistant_magic.provider_commands import examine

    assistant = Assistant(model=options.model or "")
    lines = examine(assistant, assistant.settings())
    for line in lines:
        print("ok  " if line.ok else "FAIL", line.what, f"→ {line.cure}" if line.cure else "")  # noqa: T201
    failed = sum(not line.ok for line in lines)
    if failed:
        raise ConfigurationError(
            f"{failed} of {len(lines)} checks failed", "Each line above says what to do."
        )


def _ask(options: argparse.Namespace) -> None:
    from assistant_magic.assistant import Assistant
    from assistant_magic.remote_thread import open_thread
    from assistant_magic.views import make_view

    prompt = sys.stdin.read() if options.prompt == "-" else options.prompt
    assistant = Assistant()
    named = {"model": options.model, "approve": options.approve, "quiet": options.quiet}
    view = make_view(in_kernel=False, quiet=bool(options.quiet))
    named = {option: value for option, value in named.items() if value is not None}
    settings = assistant.settings(**named)
    thread = open_thread(assistant, options.thread, settings) if options.thread else assistant.thread()
    run = assistant.ask(prompt, thread=thread, view=view, **named)
    print(f"thread {run.thread.id}", file=sys.stderr)  # noqa: T201


def _threads(options: argparse.Namespace) -> None:
    from assistant_magic.assistant import Assistant
    from assistant_magic.stores import ThreadRecord

    del options
    found = Assistant().store.find(ThreadRecord)
    for record in sorted((r for r in found if r.title), key=lambda r: -r.updated):
        print(record.id, record.title, record.notebook, sep="\t")  # noqa: T201


def _export(options: argparse.Namespace) -> None:
    if options.format:
        from assistant_magic.teacher_export import export, save

        file = options.words[0] if options.words else "-"
        text = export(options.format, logbooks=options.logbook, pseudonymise=options.pseudonymise)
        print(text if file == "-" else save(text, file), end="" if file == "-" else "\n")  # noqa: T201
        return
    from assistant_magic.assistant import Assistant
    from assistant_magic.transcript import write

    if len(options.words) != 2 or options.pseudonymise or options.logbook:
        raise UsageError(
            "export needs a thread and a file, or --format",
            "Write `export THREAD FILE.md`, or `export --format md FILE.md` for what pupils did.",
        )
    thread = Assistant().thread(options.words[0])
    print(write(thread.items, options.words[1], title=thread.title, thread=thread.id))  # noqa: T201


def _import(options: argparse.Namespace) -> None:
    from assistant_magic.assistant import Assistant
    from assistant_magic.assistants_export import import_export

    print(import_export(Assistant().store, options.path))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
