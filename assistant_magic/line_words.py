"""The words of a `%assistant` line, as its subcommands read them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from assistant_magic.exceptions import UsageError


def none_but(words: Sequence[str], name: str) -> None:
    """Refuse words after a subcommand that takes none."""
    if words:
        raise UsageError(f"%assistant {name} takes no {words[0]!r}", f"Write `%assistant {name}`.")


def one(words: Sequence[str], form: str) -> str:
    """The words as one name; `form` shows how the subcommand is written."""
    if not words:
        raise UsageError(
            f"%assistant {form.split(maxsplit=1)[0]} needs a name", f"Write `%assistant {form}`."
        )
    return text_of(words)


def text_of(words: Sequence[str]) -> str:
    """Words as they were typed, without quotes around them."""
    # Not by a shell's rules: titles are questions, and those have apostrophes.
    text = " ".join(words)
    quoted = len(text) > 1 and text[0] in "\"'" and text.endswith(text[0])
    return text[1:-1] if quoted else text


def command_of(line: str) -> list[str]:
    """The words of a line that ends in a program's command, split as a shell would.

    Raises:
        UsageError: A quotation mark is never closed.
    """
    try:
        return shlex.split(line)
    except ValueError:
        raise UsageError(f"a quotation mark is open in `{line}`", "Close it, or leave it out.") from None
