"""What people write as a prompt: below the line of a cell, or into the box of a chat."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant_magic import kernel
from assistant_magic.exceptions import UsageError
from assistant_magic.items import Part
from assistant_magic.mentions import mentioned, offers
from assistant_magic.session import Prompt
from assistant_magic.views.messages import Offer

__all__ = ["Box", "prompt_of"]

_SETTINGS = ("model", "executor", "approve", "quiet", "background")


def prompt_of(options: Any, text: str, cell: str | None) -> Prompt:
    """A prompt with the options of its line.

    Args:
        options: What the parser of `%%assistant` found in the line.
        text: The words.
        cell: Id of the asking cell; a chat has none.
    """
    return Prompt(
        text=text,
        thread=options.thread,
        new=options.new,
        tools=tuple(options.tool),
        attachments=tuple(options.attach),
        share=tuple(filter(None, (options.share or "").replace(" ", "").split(","))),
        cell=cell,
        options={name: value for name in _SETTINGS if (value := getattr(options, name)) is not None},
    )


class Box:
    """The box of a chat: words with `@variable` and `#cell` in them, behind the options of a cell's line.

    Args:
        parser: That of `%%assistant`; without one there are no options.
    """

    def __init__(self, parser: ArgumentParser | None = None) -> None:
        self._parser = parser
        # argparse has no public list of its options
        self._options = parser._option_string_actions if parser is not None else {}  # noqa: SLF001

    def prompt(self, text: str, files: Sequence[Part] = ()) -> Prompt:
        """What `text` asks, with the files that were put beside it. Reads variables: to be called between cells.

        Raises:
            UsageError: An option is not understood.
        """
        line, words = self._split(text)
        parts = (*mentioned(words, kernel.namespace()), *files)
        if not line or self._parser is None:
            return Prompt(text=words, cell=None, parts=parts)
        from IPython.core.error import UsageError as LineError

        try:
            options = self._parser.parse_args(line)
        except LineError as error:
            raise UsageError(" ".join(str(error).split()), "`%%assistant?` lists the options.") from None
        if options.output:
            raise UsageError("-o belongs to a cell", "Ask with %%assistant -o NAME to keep an answer.")
        prompt = prompt_of(options, words, None)
        return replace(prompt, parts=parts)

    def offers(self, text: str) -> tuple[Offer, ...]:
        """What can stand for the last word of `text`, which ends at the cursor."""
        word = text.rpartition(" ")[2]
        if word.startswith("-") and not self._split(text.removesuffix(word))[1].strip():
            known = [(name, action.help or "") for name, action in self._options.items()]
            return tuple(
                Offer(text=name, about=about, replaces=len(word))
                for name, about in known
                if name.startswith("--") and name.startswith(word)
            )
        return tuple(offers(text, kernel.namespace()))

    def _split(self, text: str) -> tuple[list[str], str]:
        """The options that `text` begins with, and the rest of it."""
        line: list[str] = []
        rest = text
        while (action := self._options.get(_first(rest)[0])) is not None:
            for _ in range(1 if action.nargs == 0 else 2):
                word, rest = _first(rest)
                line += [word] if word else []
        return line, rest


def _first(text: str) -> tuple[str, str]:
    """The first word of a text, and what stands behind it."""
    word = (text.split(maxsplit=1) or [""])[0]
    return word, text[text.index(word) + len(word) :]
