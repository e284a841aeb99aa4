"""What databases report, in words for the person whose threads they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from assistant_magic.exceptions import StoreError


@contextmanager
def faults_at(place: str) -> Iterator[None]:
    """Raise every failure inside as one `StoreError` about the store at `place`."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, OSError) as exc:
        raise StoreError(f"the store {place} failed: {exc}") from exc
