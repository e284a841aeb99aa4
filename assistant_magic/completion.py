"""What the Tab key offers in a line with `%assistant` or `%%assistant`, and for `{name}` in a prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import ArgumentParser

__all__ = ["Completer"]

_NAME = re.compile(r"\{([^\W\d]\w*)?$")
_CELL = re.compile(r"\s*%%assistant\b")
_LINE = re.compile(r"\s*%assistant\s")


@dataclass(frozen=True)
class _Offer:
    """Words that can stand where the fragment before the cursor stands."""

    fragment: str
    words: Iterable[str]

    def matching(self) -> list[str]:
        """Those that begin with what is written already."""
        return sorted(word for word in self.words if word.startswith(self.fragment))


class Completer:
    """Completes for one shell.

    Args:
        options: Parser of a cell's line.
        shell: IPython's shell.
    """

    def __init__(self, options: ArgumentParser, shell: Any) -> None:
        self._options = options
        self._shell = shell
        self._match: Callable[..., Any] | None = None

    def start(self) -> None:
        """Take part in the shell's completion, in the newest way that it knows."""
        try:
            from IPython.core.completer import context_matcher
        except ImportError:  # before IPython 8.6 there are hooks, which see one line only
            for name in ("%assistant", "%%assistant"):
                self._shell.set_hook("complete_command", self._complete_line, str_key=name)
            return

        @context_matcher(identifier="assistant_magic")  # type: ignore[untyped-decorator]  # IPython's
        def match(context: Any) -> Any:
            lines = context.full_text.split("\n")[: context.cursor_line]
            return self._matches("\n".join([*lines, context.text_until_cursor]))

        self._match = match
        self._shell.Completer.custom_matchers.append(match)

    def stop(self) -> None:
        """Take part no longer."""
        if self._match is not None:
            self._shell.Completer.custom_matchers.remove(self._match)
            self._match = None

    def _matches(self, text: str) -> Any:
        from IPython.core.completer import SimpleCompletion

        offer = self._offer(text)
        if offer is None:
            return {"completions": []}
        words = [SimpleCompletion(word, type="assistant") for word in offer.matching()]
        # Names and keywords of Python have no place in a question.
        return {"completions": words, "suppress": True, "matched_fragment": offer.fragment}

    def _complete_line(self, _shell: Any, event: Any) -> list[str]:
        offer = self._offer(event.text_until_cursor)
        return offer.matching() if offer is not None and offer.fragment == event.symbol else []

    def _offer(self, text: str) -> _Offer | None:
        """For the text up to the cursor; None where it is none of ours."""
        first, *rest = text.split("\n")
        if _CELL.match(first) and rest:
            name = _NAME.search(rest[-1])
            return _Offer(name[1] or "", self._names()) if name else None
        if _CELL.match(first) and " " in first:
            return _Offer(_last(first), self._cell_words(first))
        if not rest and _LINE.match(first):
            return _Offer(_last(first), _line_words(first.removesuffix(_last(first)).split()[1:]))
        return None

    def _cell_words(self, line: str) -> Iterable[str]:
        """What can stand at the end of a cell's first line: the value of an option, or another option."""
        before = line.removesuffix(_last(line)).split()[-1]
        match before:
            case "-m" | "--model":
                return _models()
            case "-e" | "--executor":
                return _values("executor")
            case "--approve":
                return _values("approve")
            case "--tool":
                return [*self._names(callable), *_hosted()]
            case "--attach" | "--share":
                return self._names(lambda value: not callable(value))
        # argparse has no public list of its options
        return [name for name in self._options._option_string_actions if name.startswith("--")]  # noqa: SLF001

    def _names(self, is_wanted: Callable[[Any], bool] = lambda _: True) -> Iterable[str]:
        """The user's variables."""
        names: Mapping[str, Any] = self._shell.user_ns
        hidden = self._shell.user_ns_hidden
        return [
            name
            for name, value in names.items()
            if not name.startswith("_")
            and name not in hidden
            and not isinstance(value, ModuleType)
            and is_wanted(value)
        ]


def _last(line: str) -> str:
    """The word that is being written, empty behind a space."""
    return line.rpartition(" ")[2]


def _line_words(before: list[str]) -> Iterable[str]:
    """What can stand in `%assistant …` behind these words."""
    match before:
        case []:
            from assistant_magic.commands import subcommands

            return subcommands()
        case ["set"] | ["set", "--user"]:
            from assistant_magic.config import options

            return [name for name, _ in options()]
        case ["model"] | ["set", *_, "model"]:
            return _models()
        case ["set", *_, name]:
            return _values(name)
    return ()


def _models() -> list[str]:
    from assistant_magic.config import OPENAI_MODEL

    return ["offline:tutor", OPENAI_MODEL]


def _values(name: str) -> list[str]:
    """The values that an option knows by name."""
    from assistant_magic.config import Settings

    return [str(value) for value in getattr(Settings.class_traits(config=True).get(name), "values", ())]


def _hosted() -> tuple[str, ...]:
    from assistant_magic.session import HOSTED_TOOLS

    return HOSTED_TOOLS
