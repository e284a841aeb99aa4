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


@cache
def price_table() -> dict[str, Any]:
    """The table: its `date`, its `source`, and US dollars per million tokens by model."""
    table: dict[str, Any] = json.loads(files(__package__).joinpath("openai_prices.json").read_text())
    return table


def price(model: str, usage: Usage) -> float | None:
    """US dollars for the tokens of a turn, or None for a model that is not in the table."""
    models = price_table()["models"]
    per = models.get(model) or models.get(_DATED.sub("", model))
    if per is None:
        return None
    fresh = usage.input_tokens - usage.cached_tokens
    cached = usage.cached_tokens * per.get("cached", per["input"])
    return float((fresh * per["input"] + cached + usage.output_tokens * per["output"]) / _MILLION)
