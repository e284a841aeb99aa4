"""`%quiz` and `%%quiz`: parse the line, begin the quiz where somebody can answer it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError as LineError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from assistant_magic.exceptions import UsageError

if TYPE_CHECKING:
    from assistant_magic.tutor.quizzes import Quiz


@magics_class
class QuizMagics(Magics):
    """The quiz magics of one shell; the tutor is imported by the first quiz."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell

    @magic_arguments()
    @argument("words", nargs="*", help="TOPIC and LEVEL (1 to 3); progress; nothing for what is due today.")
    @argument("-n", "--count", type=int, default=5, help="How many problems.")
    @argument("--seed", type=int, help="The same number gives the same problems.")
    @argument("-f", "--file", default="", help="Problems from a file, one a line: question | answer | form.")
    @argument("--input", action="store_true", help="Ask at the keyboard, without an answer box.")
    @argument("-o", "--output", metavar="VAR", default="", help="Keep the quiz in this variable.")
    @line_cell_magic
    def quiz(self, line: str, cell: str | None = None) -> None:
        """Practise: problems on a topic, or your own below `%%quiz`, one a line: `question | answer | form`.

        Answers are read as you type them, `3/4`, `.75`, `x=2 or -3`, and a hint is one button away. What goes
        well comes back later, what goes wrong comes back tomorrow: `%quiz` alone asks what is due, and
        `%quiz progress` shows how far you are.
        """
        options = self._options(line)
        if cell is None and options.words == ["progress"]:
            _show_progress()
            return
        quiz = self._made(options, cell or "")
        if quiz is None:
            return
        if options.output:
            self._shell.user_ns[options.output] = quiz
        _begin(quiz, at_keyboard=options.input, kept=bool(options.output))

    def _options(self, line: str) -> Any:
        try:
            options = parse_argstring(self.quiz, line)
        except LineError as error:
            raise UsageError(" ".join(str(error).split()), "`%quiz?` lists the options.") from None
        if options.output and not options.output.isidentifier():
            raise UsageError(f"-o {options.output}: not a variable name", "Write `-o quiz`.")
        if not 1 <= options.count <= 100:
            raise UsageError(f"-n {options.count}: not a number of problems", "Write `-n 5`.")
        return options

    def _made(self, options: Any, cell: str) -> Quiz | None:
        from assistant_magic.tutor.exercises import TOPICS
        from assistant_magic.tutor.phrases import phrase
        from assistant_magic.tutor.practice import quiz

        words: list[str] = list(options.words)
        level = int(words.pop()) if words and words[-1].isdigit() else 0
        topic = " ".join(words)
        try:
            if cell.strip() or options.file:
                return self._own(options, cell, title=" ".join(options.words))
            return quiz(topic, level, count=options.count, seed=options.seed, reveal=self._reveal())
        except ValueError as error:
            if not topic:
                _say(phrase("quiz", "topics", topics=", ".join(TOPICS)))
                return None
            raise UsageError(str(error), "`%quiz` alone lists the topics.") from None

    def _own(self, options: Any, cell: str, title: str) -> Quiz:
        from assistant_magic.tutor.logbook import Logbook
        from assistant_magic.tutor.phrases import phrase
        from assistant_magic.tutor.quizzes import Quiz
        from assistant_magic.tutor.sheets import SheetError, exercises_in

        text = cell
        if options.file:
            try:
                text = Path(options.file).read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"-f {options.file}: {error}", "Name a text file.") from None
        try:
            made = exercises_in(text, title or phrase("quiz", "quiz"))
        except SheetError as error:
            raise UsageError(str(error), "`%%quiz?` shows how problems are written.") from None
        return Quiz(made, title=title, count=len(made), reveal=self._reveal(), logbook=Logbook())

    def _reveal(self) -> str:
        """When an answer may be shown, as the settings of this notebook say."""
        session: Any = self._shell.magics_manager.registry["AssistantMagics"].session
        reveal: str = session.assistant.settings(session.thread).reveal
        return reveal


def _begin(quiz: Quiz, *, at_keyboard: bool, kept: bool) -> None:
    from assistant_magic import kernel
    from assistant_magic.asking import somebody_is_there
    from assistant_magic.quiz_keyboard import converse
    from assistant_magic.quiz_page import AnswerBox, Record
    from assistant_magic.tutor.phrases import phrase

    if not somebody_is_there():
        Record(quiz, "" if kept else phrase("quiz", "nobody"))
    elif at_keyboard or not kernel.in_kernel():
        converse(quiz, print)
    else:
        AnswerBox(quiz)


def _say(text: str) -> None:
    from assistant_magic.display import say

    say(text)


def _show_progress() -> None:
    from IPython.display import display

    from assistant_magic.tutor.logbook import LogbookError
    from assistant_magic.tutor.mastery import progress

    try:
        found = progress()
    except LogbookError as error:
        raise UsageError(str(error), "Is the disk full, or the file somebody else's?") from None
    display(found)
    if found.skills:
        display(found.chart())
