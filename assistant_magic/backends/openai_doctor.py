"""Is the way to the server clear? One line for each thing that can stand in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from typing import Any

from assistant_magic.backends.openai_connection import Connection, connect
from assistant_magic.backends.openai_errors import Fault, faults
from assistant_magic.exceptions import AssistantError

ANSWER_SECONDS = 10.0
"""How long a server may take to answer a small request."""
SKEW_SECONDS = 60
"""How wrong this machine's clock may be before secure connections and keys suffer."""
SOON_DAYS = 90
"""How long before a model's end it is time to choose another."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the examination; `cure` is empty where all is well."""

    ok: bool
    what: str
    cure: str = ""


async def examine(model: str, *, base_url: str | None = None, api_key: str | None = None) -> list[Finding]:
    """Try the key, the address, the model and the clock with one or two small requests.

    Args:
        model: The id after the colon, as in `gpt-6-luna`.
        base_url: As for `OpenAIBackend`.
        api_key: As for `OpenAIBackend`.
    """
    try:
        connection = connect(base_url, api_key, ANSWER_SECONDS)
    except AssistantError as error:
        return [Finding(ok=False, what=error.what, cure=error.cure)]
    try:
        return await _examine(connection, model)
    finally:
        await connection.client.close()


async def _examine(connection: Connection, model: str) -> list[Finding]:
    found: list[Finding] = []
    try:
        with faults(connection.place(model)):
            page = await connection.client.models.with_raw_response.list()
            models = [entry.to_dict() for entry in page.parse().data]
    except Fault as fault:
        if fault.status in {404, 405}:
            what = f"{connection.server} answers, but lists no models ({fault.status})"
            cure = "Check base_url; it most often ends in /v1. If it does, only a question can show the rest."
            return [Finding(ok=False, what=what, cure=cure)]
        return [Finding(ok=False, what=fault.error.what, cure=fault.error.cure)]
    except (AttributeError, TypeError):
        what = f"{connection.server} answers, but not as an API does"
        return [Finding(ok=False, what=what, cure="Check base_url; it most often ends in /v1.")]
    said = "answers and accepts the key" if connection.key else "answers without a key"
    found.append(Finding(ok=True, what=f"{connection.server} {said}"))
    found.append(_model(models, model, connection.server))
    skew = _skew(page.headers)
    if skew is not None and abs(skew) > SKEW_SECONDS:
        what = f"this machine's clock is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
        found.append(Finding(ok=False, what=what, cure="Set the clock; secure connections depend on it."))
    elif skew is not None:
        found.append(Finding(ok=True, what="the clock is right"))
    return found


def _model(models: list[dict[str, Any]], model: str, server: str) -> Finding:
    known = {str(entry.get("id")): entry for entry in models}
    if model not in known:
        near = get_close_matches(model, known, n=3, cutoff=0.3)
        cure = (
            f"Choose one it has: %assistant set model openai:{near[0]}" if near else "Choose another model."
        )
        more = f" (near: {', '.join(near)})" if near else ""
        return Finding(ok=False, what=f"{server} has no model {model}{more}", cure=cure)
    end = known[model].get("shutdown_date")
    if not end:
        return Finding(ok=True, what=f"the model {model} is there")
    days = _days_until(str(end))
    return Finding(
        ok=days is None or days > SOON_DAYS,
        what=f"the model {model} is there until {end}",
        cure=""
        if days is None or days > SOON_DAYS
        else "Choose its successor in good time: %assistant set model openai:…",
    )


def _days_until(day: str) -> int | None:
    try:
        return (date.fromisoformat(day[:10]) - date.today()).days  # noqa: DTZ011 - a day of the reader's calendar
    except ValueError:
        return None


def _skew(headers: Mapping[str, str]) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None
