"""What we ask of a server of our own accord, and how one that does not take it says so."""

from __future__ import annotations

import re

PICTURES = "pictures"
"""Figures as part of a tool's result; a server that wants plain text there gets them in a message behind it."""

TOOLS = "tools"
"""Functions; a small model may take none."""

_EXTRAS = {
    "encrypted": r"encrypted.?content|include",
    "summary": r"reasoning",
    "compaction": r"context_management|compact",
    "cache key": r"prompt_cache_key",
    "obfuscation": r"stream_options|obfuscation",
    "outputs": r"include",
    "store": r"\bstore\b",
    TOOLS: r"(not|n't) support (the )?(tool|function)s?( calling| use)?\b|tools are not supported",
    PICTURES: r"unmarshal array|output.{0,80}(valid string|a string|type string|string_type)",
}


def refused_extras(said: str) -> set[str]:
    """Which of our extras a server's complaint is about."""
    return {name for name, words in _EXTRAS.items() if re.search(words, said, re.IGNORECASE)}
