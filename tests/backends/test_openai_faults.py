"""Every fault is one typed error with a cure, keeps what was received, and has its row in the documentation."""

from __future__ import annotations

import traceback
from pathlib import Path
from urllib.parse import quote

import pytest

from assistant_magic.backends.openai_errors import Place
from assistant_magic.events import TurnDone
from assistant_magic.items import Message
from backends.harness import SECRET
from backends.openai_faults import CASES, FaultCase

RELIABILITY = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@cases
def test_a_fault_is_one_error_with_a_cure_and_keeps_what_came(case: FaultCase) -> None:
    """The error's type, its one line with a cure and no secret, and the words that are kept."""
    heard = case.cause()
    if case.error is None:
        assert heard.error is None
        assert isinstance(heard.events[-1], TurnDone)
    else:
        assert isinstance(heard.error, case.error), heard.error
        assert type(heard.error) is case.error
        assert heard.error.cure
        assert "\n" not in str(heard.error)
        assert SECRET not in str(heard.error)
        told = "".join(traceback.format_exception(heard.error))
        assert SECRET not in told
        assert "sk-proj" not in told
    assert "".join(item.text for item in heard.items if isinstance(item, Message)) == case.kept


@cases
def test_the_documentation_says_what_happens(case: FaultCase) -> None:
    """docs/reliability.md has this fault's row as it is today; scripts/reliability.py writes it."""
    assert case.row() in RELIABILITY.read_text()


@pytest.mark.parametrize(
    "said",
    [
        "{key}",
        "key={quoted}!",
        "{short}… is no key",
        "no: gsk_0123456789ab",
        "AIzaSyA-0123456789012345678901",
    ],
)
def test_a_key_of_any_form_is_masked(said: str) -> None:
    """A server may repeat a key whole, encoded or shortened, or name one of another provider's."""
    key = "AbCd0123weird/key+with=odd~chars"
    told = Place(server="s", key=key).masked(said.format(key=key, quoted=quote(key), short=key[:12]))
    assert "AbCd" not in told
    assert "0123456789" not in told
    assert "…" in told
