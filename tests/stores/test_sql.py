"""The SQL store conforms: on an SQLite file, on SQLite in memory, on a real PostgreSQL."""

from __future__ import annotations

import pytest

from stores.conformance import SharedStoreConformance, StoreConformance


class TestSQLiteFile(SharedStoreConformance):
    """A file on disk."""

    @pytest.fixture
    def url(self, sqlite_url: str) -> str:
        return sqlite_url


class TestSQLiteInMemory(StoreConformance):
    """A store for tests and trials, gone with its process."""

    @pytest.fixture
    def url(self) -> str:
        return "sqlite://"


class TestPostgreSQL(SharedStoreConformance):
    """A server for a class."""

    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
