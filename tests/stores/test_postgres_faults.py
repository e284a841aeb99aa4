"""What can go wrong with a server: each fault is one line with a cure, and never a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assistant_magic.exceptions import StoreError, ThreadBusyError
from assistant_magic.stores import Store, ThreadRecord, open_store
from stores.conformance import chain, eventually, ids
from stores.postgres import PASSWORD, USER, Server

psycopg = pytest.importorskip("psycopg", reason="no psycopg: pip install 'assistant-magic[postgres]'")


@contextmanager
def fault(server: Server, words: str) -> Iterator[None]:
    """Expect an error that names server and cure in one line, without the password."""
    with pytest.raises(StoreError, match=words) as caught:
        yield
    line = str(caught.value)
    assert f"postgresql://{USER}:***@127.0.0.1:{server.port}/" in line
    assert PASSWORD not in f"{line} {caught.value.__cause__!r}"
    assert caught.value.cure
    assert "\n" not in line


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    store = open_store(postgres_url)
    yield store
    store.close()


def test_a_wrong_password(server: Server) -> None:
    """The server's own words stand in the error; the wrong password does not."""
    with fault(server, r"did not let us in .*password authentication failed.* Check user, password"):
        open_store(server.url(password=f"{PASSWORD}-not"))


def test_a_password_in_the_query_is_hidden_too(server: Server) -> None:
    """However the password was given, it is not shown."""
    url = server.url().replace(f":{PASSWORD}@", ":x@") + f"?password={PASSWORD}-not"
    with fault(server, "did not let us in"):
        open_store(url)


def test_a_database_that_is_not_there(server: Server) -> None:
    """A missing database is not made silently."""
    with fault(server, r'database "none" does not exist'):
        open_store(server.url("none"))


def test_a_server_that_is_down(server: Server, postgres_url: str) -> None:
    """Nobody listens: the error says where, and the store opens once the server is up."""
    server.stop()
    try:
        with fault(server, r"cannot be reached .* Start the server or check the address"):
            open_store(postgres_url)
    finally:
        server.start()
    open_store(postgres_url).close()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_goes_away(server: Server, store: Store, mode: str) -> None:
    """Between two calls the server restarts: an error while it is down, then all goes on; a lock is free again."""
    store.append(chain("a"), ThreadRecord(id="t", head="a"))
    with store.writer("t"):
        server.stop(mode)
        try:
            for _ in range(2):
                with fault(server, "cannot be reached"):
                    store.path("a")
                with fault(server, "cannot be reached"):
                    store.append(chain("b", parent="a"))
            with fault(server, "cannot be reached"), store.writer("u"):
                pass
        finally:
            server.start()
    store.append(chain("c", parent="a"))
    assert ids(store.path("c")) == "a c"
    with store.writer("t"):
        pass


def test_a_connection_that_is_cut(store: Store, postgres_url: str) -> None:
    """A connection ended by the administrator or a firewall is replaced before it is used."""
    store.save(ThreadRecord(id="t"))
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        own = "pid = pg_backend_pid() OR datname <> current_database()"
        others = f"FROM pg_stat_activity WHERE application_name LIKE 'assistant_magic%' AND NOT ({own})"
        cut = admin.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall()
        assert len(cut) == 1
        assert eventually(lambda: admin.execute(f"SELECT count(*) {others}").fetchone() == (0,))
    assert len(store.find(ThreadRecord)) == 1


def test_a_user_without_rights(server: Server, postgres_url: str) -> None:
    """Who may not create tables hears whom to ask."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"DROP ROLE IF EXISTS pupil; CREATE ROLE pupil LOGIN PASSWORD '{PASSWORD}'")
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with pytest.raises(StoreError, match=r"may not be used by this user .* Ask its owner"):
        open_store(postgres_url.replace(USER, "pupil"))


def test_a_pupil_needs_few_rights(
    store: Store, server: Server, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may select, insert and update can use a store that another made, with the password from outside the address."""
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
        admin.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO reader")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    pupil = open_store(postgres_url.replace(f"{USER}:{PASSWORD}", "reader"))
    with pupil.writer("t"):
        pupil.append(chain("a", "b"), ThreadRecord(id="t", head="b"))
        with pytest.raises(ThreadBusyError, match="process"), store.writer("t"):
            pass
    assert ids(store.path("b")) == "a b"
    pupil.close()


def test_a_server_with_no_place_left(server: Server) -> None:
    """Too many connections are told apart from a wrong password."""
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(
            f"DROP ROLE IF EXISTS crowd; CREATE ROLE crowd LOGIN CONNECTION LIMIT 0 PASSWORD '{PASSWORD}'"
        )
    with pytest.raises(StoreError, match=r"has no connection left .* Close kernels"):
        open_store(server.url().replace(USER, "crowd"))


def test_a_read_only_server(store: Store, postgres_url: str) -> None:
    """A standby or a database set to read only can be read and says why it takes nothing."""
    store.save(ThreadRecord(id="t"))
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(
            "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || "
            "' SET default_transaction_read_only = on'; END $$"
        )
    second = open_store(postgres_url)
    assert len(second.find(ThreadRecord)) == 1
    with pytest.raises(StoreError, match="may not be written"):
        second.save(ThreadRecord(id="u"))
    second.close()
