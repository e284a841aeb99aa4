"""What the Tab key offers after `%assistant` and `%%assistant`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser


def complete(options: ArgumentParser, _shell: Any, event: Any) -> list[str]:
    """The words that can stand where the cursor is, for IPython's `complete_command` hook.

    Args:
        options: Parser of a cell's line.
        event: The hook's: `text_until_cursor`, and in `symbol` the last word of it.
    """
    magic, *before = event.text_until_cursor.removesuffix(event.symbol).split() or [""]
    if magic.startswith("%%"):
        # argparse has no public list of its options
        return sorted(name for name in options._option_string_actions if name.startswith("--"))  # noqa: SLF001
    if not before:
        return _subcommands()
    return _settings() if before in (["set"], ["set", "--user"]) else []


def _subcommands() -> list[str]:
    from assistant_magic.commands import subcommands

    return subcommands()


def _settings() -> list[str]:
    from assistant_magic.config import options

    return [name for name, _ in options()]
