"""The words of the teaching half: verdicts, steps, mistakes and hints of one language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def _phrases(language: str) -> Mapping[str, Mapping[str, str]]:
    source = files("assistant_magic.tutor").joinpath("languages", f"teaching_{language}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def phrase(group: str, key: str, /, **values: object) -> str:
    """A sentence with its gaps filled."""
    return _phrases("en")[group][key].format(**values)


def has_phrase(group: str, key: str) -> bool:
    """There is a sentence of this name."""
    return key in _phrases("en").get(group, {})
