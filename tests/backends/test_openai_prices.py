"""What tokens cost, by a table with a date."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant_magic.backends.openai_prices import price, price_table
from assistant_magic.items import Usage


def test_the_table_has_a_date_and_a_source() -> None:
    """A reader can see how old the prices are and where they stand."""
    assert date.fromisoformat(price_table()["date"]) <= datetime.now(UTC).date()
    assert price_table()["source"].startswith("https://")


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("gpt-6-luna", Usage(input_tokens=1_000, output_tokens=1_000), 0.0006),
        ("gpt-6-luna-2026-09-22", Usage(input_tokens=1_000, output_tokens=1_000), 0.0006),
        ("gpt-6-sol", Usage(input_tokens=10_000, cached_tokens=9_000, output_tokens=0), 0.0038),
        ("gpt-6-sol", Usage(input_tokens=300_000, output_tokens=1_000), 1.215),
        ("gpt-5.4-pro", Usage(input_tokens=1_000, cached_tokens=1_000), 0.03),
    ],
)
def test_tokens_have_a_price(model: str, usage: Usage, dollars: float) -> None:
    """Fresh, cached and written tokens by their own price; very long requests cost more."""
    assert price(model, usage) == pytest.approx(dollars)


@pytest.mark.parametrize(
    ("model", "tier"), [("qwen3:8b", ""), ("gpt-6.2-astra", ""), ("gpt-6-luna", "priority")]
)
def test_an_unknown_price_is_not_made_up(model: str, tier: str) -> None:
    """A model or a tier that is not in the table has no price."""
    assert price(model, Usage(input_tokens=1), tier=tier) is None
