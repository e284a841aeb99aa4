"""A PostgreSQL server for the tests, with an empty database for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from stores.postgres import Server, running_server

_numbers = count(1)


@pytest.fixture(scope="session")
def server(postgres: Path) -> Iterator[Server]:
    """A running server that all tests share; who stops it starts it again."""
    with running_server(postgres) as running:
        yield running


@pytest.fixture
def postgres_url(server: Server) -> str:
    """The address of an empty database."""
    psycopg = pytest.importorskip("psycopg", reason="no psycopg: pip install 'assistant-magic[postgres]'")
    name = f"class_{next(_numbers)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.url(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet, nor its folder."""
    return f"sqlite:///{tmp_path}/new/threads.db"
