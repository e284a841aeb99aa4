"""Steps from an empty database to the present form."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from assistant_magic.exceptions import StoreError
from assistant_magic.stores import ThreadRecord, migrations, open_store
from assistant_magic.stores.engines import make_engine, parse_url
from assistant_magic.stores.tables import metadata
from stores.conformance import chain
from stores.processes import ROOT


@pytest.fixture(params=["sqlite_url", "postgres_url"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    return str(request.getfixturevalue(request.param))


def inspected(url: str) -> sa.Inspector:
    return sa.inspect(make_engine(parse_url(url)))


def added_step(*statements: str) -> SimpleNamespace:
    return SimpleNamespace(__name__="migrations.m002_notes", statements=lambda _: iter(statements))


def test_the_steps_make_the_tables_that_queries_use(url: str) -> None:
    """Every table and column that is asked for exists after the last step, with the same rule about NULL."""
    open_store(url).close()
    inspector = inspected(url)
    for table in metadata.sorted_tables:
        found = {
            c["name"]: (c["nullable"], c["type"]._type_affinity) for c in inspector.get_columns(table.name)
        }
        wanted = {c.name: (c.nullable or False, c.type._type_affinity) for c in table.columns}
        found["seq"] = wanted["seq"]  # SQLite calls a primary key nullable
        assert found == wanted, table.name


def test_every_column_that_is_searched_has_an_index(url: str) -> None:
    """Nothing is found by reading a whole table."""
    open_store(url).close()
    inspector = inspected(url)
    for table in metadata.sorted_tables:
        indexed = {str(index["column_names"][0]) for index in inspector.get_indexes(table.name)}
        indexed |= {str(rule["column_names"][0]) for rule in inspector.get_unique_constraints(table.name)}
        searched = {c.name for c in table.columns} - {"seq", "created", "data", "item"}
        unsearched = {"thread", "run", "parent"} if table.name == "nodes" else {"backend"}
        assert searched - indexed <= unsearched, table.name


def test_the_query_on_the_page_reads_a_branch(sqlite_url: str) -> None:
    """docs/stores.md shows SQL that works on the tables as they are."""
    store = open_store(sqlite_url)
    store.append([*chain("a", "b"), *chain("x", parent="a")], ThreadRecord(id="ID", head="b"))
    store.close()
    page = (ROOT / "docs" / "stores.md").read_text(encoding="utf-8")
    query = page.partition("```sql\n")[2].partition("```")[0]
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        texts = [json.loads(item)["content"][0]["text"] for (item,) in connection.execute(query)]
    assert texts == ["a", "b"]


def test_a_store_of_a_newer_version_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older version does not write into tables it does not know."""
    store = open_store(url)
    store.save(ThreadRecord(id="t"))
    store.close()
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "STEPS", (*migrations.STEPS, added_step("CREATE TABLE notes (id TEXT)")))
        open_store(url).close()
    with pytest.raises(StoreError, match=r"written by a newer version .*pip install -U assistant-magic"):
        open_store(url)


def test_a_step_is_added_to_an_old_store(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing is done, and threads stay."""
    store = open_store(url)
    store.save(ThreadRecord(id="t"))
    store.close()
    step = added_step("CREATE TABLE notes (id TEXT)")
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    store = open_store(url)
    assert [record.id for record in store.find(ThreadRecord)] == ["t"]
    store.close()
    assert inspected(url).has_table("notes")


def test_a_failing_step_leaves_the_store_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is done whole or not at all, and the older version still opens the store."""
    open_store(url).close()
    with monkeypatch.context() as newer:
        step = added_step("CREATE TABLE notes (id TEXT)", "NONSENSE")
        newer.setattr(migrations, "STEPS", (*migrations.STEPS, step))
        with pytest.raises(StoreError, match="NONSENSE"):
            open_store(url)
    assert not inspected(url).has_table("notes")
    open_store(url).close()
