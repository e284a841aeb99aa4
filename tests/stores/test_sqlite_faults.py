"""What can go wrong with a file: each fault is one line with a cure, and the file stays as it was."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant_magic.exceptions import ConfigurationError, MissingExtraError, StoreError
from assistant_magic.items import user_message
from assistant_magic.stores import Node, ThreadRecord, default_url, open_store
from stores.conformance import chain, ids
from stores.processes import folder_of_nobody, heard, started


def fault(url: str, words: str) -> str:
    """The line of the error that opening and reading a store gives; it must say where and what to do."""
    with pytest.raises(StoreError, match=words) as caught:
        open_store(url).path("head")
    line = str(caught.value)
    assert caught.value.cure
    assert "\n" not in line
    return line


@pytest.fixture
def file(sqlite_url: str) -> Path:
    """A store with three hundred nodes."""
    store = open_store(sqlite_url)
    nodes = chain(*map(str, range(299)), "head")
    store.append(
        [Node(id=n.id, parent=n.parent, thread="t", run="r", item=user_message("x" * 999)) for n in nodes]
    )
    store.close()
    return Path(sqlite_url.removeprefix("sqlite:///"))


def test_a_new_store_is_private(sqlite_url: str) -> None:
    """Nobody else may look into the folder, the file, its write-ahead log or the locks."""
    store = open_store(sqlite_url)
    store.save(ThreadRecord(id="t"))
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [file.parent, *file.parent.iterdir()]}
    store.close()
    assert {"threads.db", "threads.db-wal", "threads.db.locks"} <= modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_the_store_lives_with_the_data_of_jupyter(home: Path) -> None:
    """Without any setting threads are in Jupyter's data folder, which is made when it is missing."""
    shutil.rmtree(home / "data")
    store = open_store(default_url())
    store.close()
    assert (home / "data" / "assistant_magic" / "threads.db").stat().st_size > 0


def test_a_path_does_not_depend_on_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative address means the folder in which the store was opened, and ~ the home folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    store = open_store("sqlite:///here.db")
    monkeypatch.chdir("/")
    store.save(ThreadRecord(id="t"))
    store.close()
    open_store("sqlite:///~/there.db").close()
    assert (tmp_path / "here.db").exists()
    assert (tmp_path / "me" / "there.db").exists()


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_read_only_place(locked: str) -> None:
    """A store that may not be written says so; nothing is created or changed."""
    with folder_of_nobody() as folder:
        file = folder / "threads.db"
        code = (
            "give_up_root()\n"
            "try: open_store(sys.argv[1]).save(ThreadRecord(id='t')); say('saved')\n"
            "except AssistantError as error: say(type(error).__name__, error)"
        )
        if locked == "file":
            with started(code, f"sqlite:///{file}") as process:
                assert heard(process) == "saved"
            file.chmod(0o400)
        else:
            folder.chmod(0o500)
        before = sorted(folder.iterdir())
        with started(code, f"sqlite:///{file}") as process:
            line = heard(process)
        assert re.match(
            rf"StoreError the store {file} (may not be written|cannot be opened) \(.+\)\. \w.+", line
        )
        assert sorted(folder.iterdir()) == before


def test_a_read_only_store_can_be_read() -> None:
    """Old threads are there even where nothing can be added."""
    with folder_of_nobody() as folder:
        file = folder / "threads.db"
        code = "give_up_root(); open_store(sys.argv[1]).save(ThreadRecord(id='t')); say('saved')"
        with started(code, f"sqlite:///{file}") as process:
            assert heard(process) == "saved"
        file.chmod(0o400)
        code = "give_up_root(); say(len(open_store(sys.argv[1]).find(ThreadRecord)))"
        with started(code, f"sqlite:///{file}") as process:
            assert heard(process) == "1"


def test_a_file_that_cannot_grow(sqlite_url: str) -> None:
    """When the disk is full nothing is stored by half, and the store works again once there is room."""
    store = open_store(sqlite_url)
    store.append(chain("a"), ThreadRecord(id="t", head="a"))
    limit = 40

    def keep_small(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit}")

    sa.event.listen(store._engine, "checkout", keep_small)
    big = Node(id="big", parent="a", thread="t", run="r", item=user_message("x" * 400_000))
    with pytest.raises(StoreError, match=r"cannot grow: the disk is full .* Free some space"):
        store.append([big], ThreadRecord(id="t", head="big"))
    assert [record.head for record in store.find(ThreadRecord)] == ["a"]
    limit = 4000
    store.append([big])
    assert store.path("big")[-1] == big
    store.close()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, where the tests may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a disk of one megabyte")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(tiny_disk: Path) -> None:
    """On a real disk that is full the error is the same, and what was stored before can be read."""
    store = open_store(f"sqlite:///{tiny_disk}/threads.db")
    store.append(chain("a"), ThreadRecord(id="t", head="a"))
    big = Node(id="big", parent="a", thread="t", run="r", item=user_message("x" * 2_000_000))
    with pytest.raises(StoreError, match=r"cannot grow: the disk is full .* Free some space"):
        store.append([big], ThreadRecord(id="t", head="big"))
    assert [record.head for record in store.find(ThreadRecord)] == ["a"]
    assert ids(store.path("a")) == "a"
    store.append(chain("b", parent="a"))
    store.close()


def test_no_room_for_a_store(tiny_disk: Path) -> None:
    """A store cannot begin on a full disk, and says so."""
    with (tiny_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))
    fault(f"sqlite:///{tiny_disk}/threads.db", "cannot grow: the disk is full")


def test_a_file_locked_by_another_program(file: Path) -> None:
    """A lock held longer than the timeout is told; reading goes on, and writing afterwards."""
    store = open_store(f"sqlite:///{file}?timeout=0.1")
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            StoreError, match=r"threads\.db is locked by another program .* Close what has it open"
        ):
            store.save(ThreadRecord(id="t"))
        assert len(store.path("head")) == 300
        other.rollback()
    store.save(ThreadRecord(id="t"))
    store.close()


def test_a_file_with_a_damaged_beginning(file: Path) -> None:
    """Garbage in the header: not a store, left as it is."""
    with file.open("r+b") as data:
        data.write(b"garbage" * 20)
    before = file.read_bytes()
    fault(
        f"sqlite:///{file}", rf"the store {file} is damaged, or is not a store .* put a backup in its place"
    )
    assert file.read_bytes() == before


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    """A text file is not overwritten."""
    file = tmp_path / "notes.txt"
    file.write_text("my notes " * 500)
    fault(f"sqlite:///{file}", "is damaged, or is not a store")
    assert file.read_text() == "my notes " * 500


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9])
def test_a_file_that_was_cut_off(file: Path, kept: float) -> None:
    """A file whose end is missing is told as damaged as soon as that part is needed, and left as it is."""
    os.truncate(file, int(file.stat().st_size * kept))
    before = file.read_bytes()
    fault(f"sqlite:///{file}", "is damaged, or is not a store")
    assert file.read_bytes() == before


def test_a_damaged_item(file: Path) -> None:
    """An item that is no JSON, or of a kind to come, is an error of the store and no traceback."""
    for item in ("{broken", '{"type": "hologram"}'):
        with closing(sqlite3.connect(file)) as other, other:
            other.execute("UPDATE nodes SET item = ? WHERE id = 'head'", (item,))
        fault(f"sqlite:///{file}", r"holds what this version cannot read .* pip install -U")


@pytest.mark.parametrize("place", ["folder", "file/threads.db"])
def test_a_place_that_cannot_hold_a_file(tmp_path: Path, place: str) -> None:
    """A folder in place of the file, or a file in place of the folder."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    line = fault(f"sqlite:///{tmp_path}/{place}", "cannot be opened")
    assert f"{tmp_path}/{place}" in line
    assert (tmp_path / "file").read_text() == "mine"


def test_a_database_of_another_program(tmp_path: Path) -> None:
    """Tables of the same name are left alone."""
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("CREATE TABLE threads (colour TEXT)")
        other.execute("INSERT INTO threads VALUES ('red')")
    fault(f"sqlite:///{file}", "holds tables of another program")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name, sql FROM sqlite_master").fetchall() == [
            ("threads", "CREATE TABLE threads (colour TEXT)")
        ]


@pytest.mark.parametrize(
    "url", ["threads.db", "", "mysql://me:s3cret@host/x", "://s3cret@", "postgresql:/s3cret"]
)
def test_an_address_that_is_none(url: str) -> None:
    """What is not an address of a store is told with two examples, and without quoting a password."""
    with pytest.raises(StoreError, match=r"Use sqlite:////folder/threads\.db or postgresql://") as caught:
        open_store(url)
    assert "s3cret" not in str(caught.value)


def test_postgresql_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'assistant-magic\[postgres\]'") as caught:
        open_store("postgresql://me:s3cret@127.0.0.1/x")
    assert isinstance(caught.value, ConfigurationError)
    assert "s3cret" not in str(caught.value)
