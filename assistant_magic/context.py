"""What goes along with a prompt: the variables it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant_magic.tool_values import cut

MAX_CHARS = 8_000
"""Longest text one variable adds to a prompt."""

# Braces that follow one of \\ ^ _ $ { belong to something else: x^{n}, a_{i}, ${x}, {{x}}.
_FIELD = re.compile(r"(?<![\\^_${])\{(?P<name>[^\W\d]\w*)\}(?!\})")
_BRACED = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
# Stretches that are never touched: fenced code, code spans, f-strings, mathematics, LaTeX commands.
VERBATIM = re.compile(
    rf"""(?P<fence>^(?P<mark>`{{3,}}|~{{3,}}).*?(?:^(?P=mark)|\Z))
      | (?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)
      | \b[rRbB]?[fF][rRbB]?(?P<quote>\"{{3}}|'{{3}}|\"|').*?(?P=quote)
      | \$\$.+?\$\$
      | (?<![\\$])\$(?!\s)[^$\n]+?(?<![\s\\])\$(?!\d)
      | \\[A-Za-z]+\*?(?:\[[^\]]*\])?(?:{_BRACED})+
      | \\\[.+?\\\]
      | \\\(.+?\\\)
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def fill(prompt: str, names: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Replace `{name}` by the variable's text where `name` is a variable of the notebook.

    Everything else stays as it is, byte for byte: other braces, LaTeX, code spans, fenced code, f-strings.

    Returns:
        The prompt as it goes out, and what was filled, by name.
    """
    filled: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if name.startswith("_") or name not in names:
            return match[0]
        return filled.setdefault(name, describe(names[name]))

    pieces, end = [], 0
    for verbatim in VERBATIM.finditer(prompt):
        pieces += [_FIELD.sub(value, prompt[end : verbatim.start()]), verbatim[0]]
        end = verbatim.end()
    return "".join([*pieces, _FIELD.sub(value, prompt[end:])]), filled


def describe(value: Any) -> str:
    """A variable in words: strings as they are, tables by shape, types and first rows, the rest by `repr`."""
    if isinstance(value, str):
        return cut(value, MAX_CHARS)
    if hasattr(value, "dtypes") and hasattr(value, "head") and hasattr(value, "columns"):
        return cut(_table(value), MAX_CHARS)
    try:
        return cut(repr(value), MAX_CHARS)
    except Exception as error:  # noqa: BLE001 - a broken repr must not lose the prompt
        return f"<{type(value).__name__}, which cannot be shown: {type(error).__name__}>"


def _table(frame: Any) -> str:
    rows, columns = frame.shape
    types = ", ".join(f"{name}: {dtype}" for name, dtype in list(frame.dtypes.items())[:100])
    return f"DataFrame, {rows} rows × {columns} columns ({types})\n{frame.head(10).to_string()}"
