"""Variables and cells that a prompt in a chat names, `@df` and `#5`: what goes along, and what can be completed."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from assistant_magic import kernel
from assistant_magic.attachments import attach
from assistant_magic.context import VERBATIM, describe
from assistant_magic.exceptions import UsageError
from assistant_magic.items import File, Part
from assistant_magic.views.messages import Offer

__all__ = ["is_mentioned", "mentioned", "offers"]

_MENTION = re.compile(r"(?<![\w@#&])(?:@(?P<name>[^\W\d]\w*)|#(?P<cell>\d+)\b)")
_BEGUN = re.compile(r"(?<![\w@#&])(?:@(?P<name>\w*)|#(?P<cell>\d*))$")
_OFFERED = 12
_SPEECHLESS = (ModuleType, FunctionType, BuiltinFunctionType, type)
"""Kinds of variables that are rarely what a question is about; they can be written, but are not offered."""


def mentioned(text: str, names: Mapping[str, Any]) -> list[Part]:
    """What the mentions in `text` stand for; code and formulas mention nothing.

    Args:
        text: A prompt.
        names: The notebook's variables.
    """
    found: dict[str, Part] = {}
    for match in _MENTION.finditer(VERBATIM.sub(lambda verbatim: " " * len(verbatim[0]), text)):
        if match["name"] in names:
            found[match[0]] = _variable(match["name"], names[match["name"]])
        elif match["cell"] and int(match["cell"]) in _cells():
            found[match[0]] = _words(f"cell-{match['cell']}.txt", _cell(int(match["cell"]), names))
    return list(found.values())


def is_mentioned(part: Part, text: str) -> bool:
    """Whether `part` went along because `text` mentions it."""
    stem = getattr(part, "name", "").rpartition(".")[0]
    sign = f"#{stem[5:]}" if stem.startswith("cell-") else f"@{stem}"
    return sign in {match[0] for match in _MENTION.finditer(text)}


def offers(text: str, names: Mapping[str, Any]) -> list[Offer]:
    """What can stand for the mention that `text` ends with, newest first.

    Args:
        text: What stands before the cursor.
        names: The notebook's variables.
    """
    begun = _BEGUN.search(text)
    if begun is None:
        return []
    if begun["cell"] is not None:
        known = [(f"#{number}", source.split("\n")[0][:60]) for number, source in reversed(_cells().items())]
    else:
        shell = kernel.shell()
        hidden = shell.user_ns_hidden if shell is not None else {}
        known = [
            (f"@{name}", type(value).__name__)
            for name, value in reversed(list(names.items()))
            if not name.startswith("_") and name not in hidden and not isinstance(value, _SPEECHLESS)
        ]
    fitting = [(sign, about) for sign, about in known if sign.startswith(begun[0])]
    return [Offer(text=sign, about=about, replaces=len(begun[0])) for sign, about in fitting[:_OFFERED]]


def _variable(name: str, value: Any) -> Part:
    try:
        return attach(name, {name: value})
    except UsageError:  # no file, figure or table
        return _words(f"{name}.txt", describe(value))


def _words(name: str, text: str) -> File:
    data = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return File(name=name, media_type="text/plain", data=data)


def _cells() -> dict[int, str]:
    """The cells that ran in this kernel, as they were written, by their number."""
    written: Sequence[str] = getattr(getattr(kernel.shell(), "history_manager", None), "input_hist_raw", ())
    return {number: source.strip() for number, source in enumerate(written) if source.strip()}


def _cell(number: int, names: Mapping[str, Any]) -> str:
    result = names.get("Out", {}).get(number)
    shown = "" if result is None else f"\n\nOut[{number}]:\n{describe(result)}"
    return f"In [{number}]:\n{_cells()[number]}{shown}"
