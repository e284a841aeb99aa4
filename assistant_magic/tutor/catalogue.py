"""The words of one language: what a reader knows, and how a speaker puts it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase stands for: a terminal of the grammar, a concept, a role … and its value."""

    kind: str
    value: str = ""


class Catalogue:
    """One language's words, read from `languages/<name>.toml`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._say: Mapping[str, str] = data["say"]
        self.numbers: Mapping[str, int] = data["numbers"]
        self.ordinals: Mapping[str, int] = data["ordinals"]
        self.parts: Mapping[str, int] = data["parts"]
        self.units: Mapping[str, str] = data["unit_sizes"]
        self._phrases: dict[str, list[tuple[tuple[str, ...], list[Meaning]]]] = {}
        self.words: set[str] = {*self.numbers, *self.ordinals, *self.parts}
        self._add_all(data)
        self.telling = frozenset(
            w for phrases in data["concepts"].values() for phrase in phrases for w in phrase.split()
        )
        for found in self._phrases.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def _add_all(self, data: Mapping[str, Any]) -> None:
        for key, phrases in data["signs"].items():
            kind, _, value = key.partition(":")
            self._add(phrases, Meaning(kind, value or kind))
        for group, kind in (("concepts", ""), ("roles", "ROLE"), ("references", "REF"), ("units", "UNIT")):
            for key, phrases in data[group].items():
                self._add(phrases, Meaning(kind or key, key))
        self._add(data["fillers"]["words"], Meaning("FILLER"))

    def _add(self, phrases: Sequence[str], meaning: Meaning) -> None:
        for phrase in phrases:
            words = tuple(phrase.split())
            self.words.update(words)
            entries = self._phrases.setdefault(words[0], [])
            known = next((meanings for found, meanings in entries if found == words), None)
            if known is None:
                entries.append((words, [meaning]))
            elif meaning not in known:
                known.append(meaning)

    def longest(self, words: Sequence[str]) -> tuple[int, tuple[Meaning, ...]] | None:
        """The longest known phrase at the start of `words`: how many words it has, and what it can mean."""
        for phrase, meanings in self._phrases.get(words[0], ()):
            if tuple(words[: len(phrase)]) == phrase:
                return len(phrase), tuple(meanings)
        return None

    def say(self, key: str, /, **values: object) -> str:
        """A sentence of this language."""
        return self._say[key].format(**values)

    def can_say(self, key: str) -> bool:
        """There is a sentence of this name."""
        return key in self._say


@cache
def catalogue(language: str = "en") -> Catalogue:
    """The words of `language`."""
    source = files("assistant_magic.tutor").joinpath("languages", f"{language}.toml")
    return Catalogue(tomllib.loads(source.read_text(encoding="utf-8")))
