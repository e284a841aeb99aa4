"""The Responses API's JSON: what a value may be, and reading it without trusting it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Wire = Mapping[str, Any]
"""One JSON object as the server sent it."""

PROVIDER = "openai"
"""The key under which this backend keeps what is its own in `provider_data`."""


def dicts(value: Any) -> Sequence[Wire]:
    """The objects in a list; nothing where there is no list."""
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list | tuple) else []


def texts(value: Any) -> list[str]:
    """The strings in a list that say something; nothing where there is no list."""
    return [v for v in value if isinstance(v, str) and v] if isinstance(value, list | tuple) else []


def mended(text: str) -> str:
    """`text` with halves of characters put together.

    Servers written in JavaScript cut text between the two halves of one character; a half that stays alone
    cannot be stored or shown and becomes the replacement character.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def is_half(character: str) -> bool:
    """The first half of a character whose second half is still to come."""
    return "\ud800" <= character <= "\udbff"
