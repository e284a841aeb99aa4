"""Masks keys and passwords in what a model, a reader or the store would otherwise get."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from assistant_magic.items import Output

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|ACCESS_?KEY(?:_ID)?|SECRET\w*|TOKEN|PASS(?:WORD|WD|PHRASE)?|PWD|CREDENTIALS?|AUTH|PAT|DSN|KEY)$",
    re.IGNORECASE,
)
_NOT_SECRET = {"PWD", "OLDPWD", "SSH_AUTH_SOCK"}
_SHORTEST = 8  # shorter values are words that stand in any text
_SHAPES = {
    "sk-": r"sk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,}",
    "e2b_": r"e2b_[0-9a-f]{32,}",
    "lsv2_": r"lsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}",
    "ghp_": r"ghp_[A-Za-z0-9]{36}",
    "gho_": r"gho_[A-Za-z0-9]{36}",
    "ghs_": r"ghs_[A-Za-z0-9]{36}",
    "github_pat_": r"github_pat_[A-Za-z0-9_]{40,}",
    "glpat-": r"glpat-[A-Za-z0-9_-]{20,}",
    "hf_": r"hf_[A-Za-z0-9]{30,}",
    "AKIA": r"AKIA[0-9A-Z]{16}",
    "AIza": r"AIza[A-Za-z0-9_-]{35}",
    "xox": r"xox[abprs]-[A-Za-z0-9-]{10,}",
    "gsk_": r"gsk_[A-Za-z0-9]{40,}",
    "pypi-": r"pypi-[A-Za-z0-9_-]{50,}",
    "PRIVATE KEY": r"(?:-----)?BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
}
"""What keys of well-known services look like, by a piece that is quickly looked for."""
_COMPILED = {piece: re.compile(rf"(?<![A-Za-z0-9]){shape}") for piece, shape in _SHAPES.items()}
_PIECES = tuple(_COMPILED)
_ANY = re.compile("|".join(map(re.escape, _PIECES)))
_SHORT = 30  # characters; below, one look for any piece is quicker than one for each
_FIRST_LETTERS = "B" + "".join({piece[0] for piece in _PIECES})
_IN_KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_LONGEST = 4_096  # characters that are held back at most


def _begun(piece: str) -> str:
    """A pattern of the piece, of its beginnings, and of what goes on like a key behind it."""
    pattern = "[A-Za-z0-9_-]*"
    for letter in reversed(piece):
        pattern = f"{re.escape(letter)}(?:{pattern})?"
    return pattern


_UNFINISHED = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(map(_begun, (*(p for p in _PIECES if ' ' not in p), 'BEGIN')))})\Z"
)
_UNFINISHED_BLOCK = re.compile(
    r"(?:-----)?BEGIN (?:[A-Z ]*|[A-Z ]*PRIVATE KEY-{0,5}|[A-Z ]*PRIVATE KEY-----(?:(?!-----END)[\s\S])*"
    r"(?:-----END[A-Z -]{0,40})?)\Z"
)


class Secrets:
    """What must not be shown: the values of secret-looking variables as they are now, and what looks like a key."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.values = {
            written: name
            for name, value in environment.items()
            if len(value) >= _SHORTEST and _is_secret(name)
            for written in _writings(value)
        }

    def hide(self, text: str) -> str:
        """The text without them; it is given back as it is where there are none."""
        __tracebackhide__ = True  # an interrupt of the code can arrive here
        for value, name in self.values.items():
            if value in text:
                text = text.replace(value, f"[{name} hidden]")
        if len(text) < _SHORT and not _ANY.search(text):
            return text
        for piece in _PIECES:
            if piece in text:
                text = _COMPILED[piece].sub("[key hidden]", text)
        return text

    def hide_in(self, output: Output) -> Output:
        """A Jupyter output with its words masked; pictures are left as they are."""
        masked: Output = self._hidden(output)
        return masked

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, list | tuple):
            return [self._hidden(element) for element in value]
        if isinstance(value, Mapping):
            return {
                self._hidden(k): v if isinstance(v, str) and _is_binary(k) else self._hidden(v)
                for k, v in value.items()
            }
        return value


def mask(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """`text` without the values of secret-looking variables, and without what looks like a key."""
    return Secrets(environment).hide(text)


def mask_output(output: Output, environment: Mapping[str, str] = os.environ) -> Output:
    """A Jupyter output with its words masked; pictures are left as they are."""
    return Secrets(environment).hide_in(output)


class TextMask:
    """Masks text that comes in pieces: also a key that is split between two of them.

    The end of a piece that may be the beginning of a key waits for the next piece, or for `rest`.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._held = ""

    def take(self, text: str) -> str:
        """What may be shown of this piece and of what was held back."""
        __tracebackhide__ = True  # an interrupt of the code can arrive here
        if self._held:
            text = self._held + text
        elif text == "\n":  # half of all that a loop of prints writes
            return text
        end = self._safe_end(text)
        self._held = text[end:]
        return self._secrets.hide(text[:end])

    def rest(self) -> str:
        """What was held back: nothing more comes."""
        held, self._held = self._held, ""
        return self._secrets.hide(held)

    def _safe_end(self, text: str) -> int:
        """Where the text ends that cannot be a part of a key."""
        __tracebackhide__ = True
        end = size = len(text)
        for value in self._secrets.values:
            start = text.find(value[0], max(0, size - len(value) + 1))
            while start >= 0:
                if value.startswith(text[start:]):
                    end = min(end, start)
                    break
                start = text.find(value[0], start + 1)
        if text and text[-1] in _IN_KEYS:
            word = max(0, size - _LONGEST) + len(text[-_LONGEST:].rstrip(_IN_KEYS))
            begins = text[word] in _FIRST_LETTERS or "-" in text[word:] or "_" in text[word:]
            if begins and (found := _UNFINISHED.search(text, word)):
                end = min(end, found.start())
        if "BEGIN " in text and (found := _UNFINISHED_BLOCK.search(text)):
            end = min(end, found.start())
        return end if size - end < _LONGEST else size


class OutputMask:
    """The same for Jupyter outputs in the order in which they come."""

    def __init__(self) -> None:
        self._secrets = Secrets()
        self._streams: dict[str, TextMask] = {}

    def take(self, output: Output) -> Iterator[Output]:
        """What may be shown now, of earlier outputs and of this one."""
        name = output["name"] if output["output_type"] == "stream" else ""
        yield from self.rest(besides=name)
        if not name:
            yield self._secrets.hide_in(output)
        elif text := self._streams.setdefault(name, TextMask(self._secrets)).take(output["text"]):
            yield {**output, "text": text}

    def rest(self, besides: str = "") -> Iterator[Output]:
        """What was held back, except of the stream that goes on."""
        for name, stream in self._streams.items():
            if name != besides and (text := stream.rest()):
                yield {"output_type": "stream", "name": name, "text": text}


@lru_cache(200)
def _writings(value: str) -> tuple[str, ...]:
    """A value as it stands in text, in a table's HTML, in JSON and in a repr."""
    if value.isalnum():
        return (value,)
    writings = (value, escape(value), escape(value, quote=False), json.dumps(value)[1:-1], repr(value)[1:-1])
    return tuple(sorted(set(writings), key=len, reverse=True))


@lru_cache(2_000)
def _is_secret(name: str) -> bool:
    return name not in _NOT_SECRET and bool(_SECRET_NAME.search(name))


def _is_binary(key: object) -> bool:
    return str(key).startswith(("image/", "audio/", "video/", "application/pdf")) and key != "image/svg+xml"
