"""What a turn costs, from a table with a date."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from assistant_magic.items import Usage

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_MILLION = 1_000_000
_SHORT = 0.8
_LONGEST = 250_000
_STANDARD = {"", "default", "auto", "standard"}


@cache
def price_table() -> dict[str, Any]:
    """The table: its `date`, its `source`, and US dollars per million tokens by model."""
    table: dict[str, Any] = json.loads(files(__package__).joinpath("openai_prices.json").read_text())
    return table


def price(model: str, usage: Usage, *, tier: str = "") -> float | None:
    """US dollars for the tokens of a turn; what hosted tools cost by themselves is not in it.

    Returns:
        None for a model that is not in the table, and for a service tier with prices of its own.
    """
    per = _entry(model)
    if per is None or tier not in _STANDARD:
        return None
    read = (usage.input_tokens - usage.cached_tokens) * per["input"]
    read += usage.cached_tokens * per.get("cached", per["input"])
    written = usage.output_tokens * per["output"]
    long = price_table()["long"]
    if per.get("long") and usage.input_tokens > long["above"]:
        read, written = read * long["input"], written * long["output"]
    return float((read + written) / _MILLION)


def compaction_threshold(model: str) -> int | None:
    """Tokens at which a thread should be shortened: well before it overflows or its price doubles."""
    per = _entry(model)
    return None if per is None else int(min(_LONGEST, per["context"] * _SHORT))


def _entry(model: str) -> dict[str, Any] | None:
    models: dict[str, dict[str, Any]] = price_table()["models"]
    return models.get(model) or models.get(_DATED.sub("", model))
