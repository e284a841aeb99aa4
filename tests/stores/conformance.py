"""What every store must do, whatever is behind it. A new store subclasses one of these and names its address."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from select import select

import pytest

from assistant_magic.exceptions import StoreError, ThreadBusyError
from assistant_magic.items import (
    Citation,
    Compaction,
    File,
    HostedToolCall,
    Image,
    Item,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Usage,
    user_message,
)
from assistant_magic.stores import (
    AssistantRecord,
    Node,
    Record,
    RunRecord,
    StateRecord,
    Store,
    ThreadRecord,
    open_store,
)
from stores.processes import heard, started

ODD = 'nul \x00, a lone surrogate \ud83d, "quotes", \\(\\frac{1}{2}\\), {braces}, 5 % of ½, Grüße 🎓'

ITEMS: tuple[Item, ...] = (
    user_message(
        ODD, Image(data="aGk=", name=ODD), File(name="a.csv", path="/tmp/a.csv", provider_data={"a": [1]})
    ),
    Reasoning(text="thinking", provider_data={"openai": {"encrypted_content": "x"}}),
    ToolCall(call_id="c1", name="python", arguments='{"code": "6*7"}'),
    ToolResult(
        call_id="c1",
        name="python",
        status="error",
        content=(Text(text="42"),),
        outputs=({"output_type": "stream", "name": "stdout", "text": ODD},),
        executor="live",
        seconds=0.25,
    ),
    HostedToolCall(
        call_id="h", name="web_search", input="pi", citations=(Citation(kind="url", url="x", start=0),)
    ),
    Compaction(text="shortened"),
    Message(role="assistant", content=(), citations=(Citation(kind="file", file_id="f"),)),
)

RECORDS: tuple[Record, ...] = (
    ThreadRecord(
        id="t", title=ODD, notebook="a b/ü.ipynb", head="", settings={"model": "x", "n": None}, created=1.5
    ),
    RunRecord(id="r", thread="t", cell="c", usage=Usage(input_tokens=3, cost=0.5), created=1.0, seconds=2.0),
    StateRecord(id="openai/r", thread="t", backend="openai", node="n", data={"conversation": "conv_1"}),
    AssistantRecord(id="a", name="tutor", spec={"tools": [{"name": "x"}]}, created=2.0),
)


def chain(*names: str, parent: str = "", thread: str = "t") -> list[Node]:
    """Nodes in a row, each saying its name."""
    parents = (parent, *names)
    return [
        Node(id=name, parent=before, thread=thread, run="r", item=user_message(name), created=1.0)
        for before, name in zip(parents, names, strict=False)
    ]


def ids(nodes: list[Node]) -> str:
    return " ".join(node.id for node in nodes)


class StoreConformance:
    """For every store."""

    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        """A new store; `url` comes from the subclass."""
        store = open_store(url)
        yield store
        store.close()

    @pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.type)
    def test_a_record_comes_back_equal(self, store: Store, record: Record) -> None:
        """A record is found by its id as it was saved, odd characters included."""
        store.save(record)
        assert store.find(type(record), id=record.id) == [record]

    def test_saving_again_replaces(self, store: Store) -> None:
        """There is one record per id: the one saved last."""
        store.save(ThreadRecord(id="t", title="old"), ThreadRecord(id="u"))
        store.save(ThreadRecord(id="t", title="new"))
        assert [r.title for r in store.find(ThreadRecord, id="t")] == ["new"]
        assert len(store.find(ThreadRecord)) == 2

    @pytest.mark.parametrize(
        ("kind", "fields", "found"),
        [
            (ThreadRecord, {"notebook": "one.ipynb"}, ["t1", "t2"]),
            (RunRecord, {"thread": "t1"}, ["r1", "r2"]),
            (RunRecord, {"cell": "c2"}, ["r2", "r3"]),
            (RunRecord, {"thread": "t1", "cell": "c2"}, ["r2"]),
            (RunRecord, {"parent": "n1"}, ["r3"]),
            (RunRecord, {"thread": "t1", "status": "completed"}, ["r1"]),
            (StateRecord, {"thread": "t1"}, ["x/1", "y/2"]),
            (StateRecord, {"thread": "t1", "backend": "y"}, ["y/2"]),
            (StateRecord, {"node": "n1"}, ["x/1"]),
            (StateRecord, {"id": "y/2", "thread": "t2"}, []),
            (AssistantRecord, {"name": "tutor"}, ["a1", "a2"]),
            (AssistantRecord, {}, ["a1", "a2", "a3"]),
        ],
    )
    def test_records_are_found_by_their_fields(
        self, store: Store, kind: type[Record], fields: dict[str, str], found: list[str]
    ) -> None:
        """Every given field must be equal; without fields all of a kind come."""
        store.save(
            *(
                ThreadRecord(id=i, notebook=n)
                for i, n in [("t1", "one.ipynb"), ("t2", "one.ipynb"), ("t3", "")]
            ),
            RunRecord(id="r1", thread="t1", cell="c1", status="completed"),
            RunRecord(id="r2", thread="t1", cell="c2"),
            RunRecord(id="r3", thread="t2", cell="c2", parent="n1"),
            StateRecord(id="x/1", thread="t1", backend="x", node="n1"),
            StateRecord(id="y/2", thread="t1", backend="y", node="n2"),
            *(AssistantRecord(id=i, name=n) for i, n in [("a1", "tutor"), ("a2", "tutor"), ("a3", "other")]),
        )
        assert [record.id for record in store.find(kind, **fields)] == found

    def test_a_field_that_does_not_exist_is_a_mistake(self, store: Store) -> None:
        """A misspelt field is told, not silently matched by nothing."""
        with pytest.raises(TypeError, match="'notebok'"):
            store.find(ThreadRecord, notebok="x")

    def test_records_come_oldest_first(self, store: Store) -> None:
        """Order is by creation, then by first insertion; replacing moves nothing."""
        created = {"late": 9.0, "first": 1.0, "second": 1.0, "third": 1.0}
        store.save(*(ThreadRecord(id=name, created=when) for name, when in created.items()))
        store.save(ThreadRecord(id="first", created=1.0, title="changed"))
        assert [r.id for r in store.find(ThreadRecord)] == ["first", "second", "third", "late"]

    def test_a_path_leads_from_the_root_to_the_head(self, store: Store) -> None:
        """Nodes come back equal and in order."""
        nodes = chain("a", "b", "c")
        store.append(nodes)
        assert store.path("c") == nodes
        assert store.path("b") == nodes[:2]

    def test_a_path_may_begin_behind_a_node(self, store: Store) -> None:
        """What is known already is not read again."""
        store.append(chain("a", "b", "c"))
        assert ids(store.path("c", after="a")) == "b c"
        assert store.path("c", after="c") == []

    def test_a_path_begins_at_the_root_when_the_known_node_is_elsewhere(self, store: Store) -> None:
        """A node that is not on the way, or nowhere at all, does not shorten the path."""
        store.append([*chain("a", "b"), *chain("x", parent="a")])
        assert ids(store.path("b", after="x")) == "a b"
        assert ids(store.path("b", after="nowhere")) == "a b"

    def test_the_path_to_nothing_is_empty(self, store: Store) -> None:
        """A thread that has not begun has no nodes."""
        assert store.path("") == []

    def test_a_head_that_is_not_there_is_an_error(self, store: Store) -> None:
        """A missing node is never taken for an empty thread."""
        with pytest.raises(StoreError, match="no node lost"):
            store.path("lost")

    def test_branches_share_their_beginning(self, store: Store) -> None:
        """A fork is a thread whose head is a node that exists; both go on independently."""
        store.append(chain("a", "b"), ThreadRecord(id="t", head="b"))
        store.save(ThreadRecord(id="fork", head="a"))
        store.append(chain("c", parent="b"), ThreadRecord(id="t", head="c"))
        store.append(chain("x", "y", parent="a", thread="fork"), ThreadRecord(id="fork", head="y"))
        heads = {record.id: record.head for record in store.find(ThreadRecord)}
        assert {name: ids(store.path(head)) for name, head in heads.items()} == {
            "t": "a b c",
            "fork": "a x y",
        }

    def test_every_kind_of_item_comes_back_equal(self, store: Store) -> None:
        """Outputs, citations, provider data and odd characters survive."""
        nodes = [replace(node, item=item) for node, item in zip(chain(*"abcdefg"), ITEMS, strict=True)]
        store.append(nodes)
        assert store.path("g") == nodes

    def test_a_long_thread_is_read_whole(self, store: Store) -> None:
        """No depth is too deep for a path."""
        nodes = chain(*map(str, range(3000)))
        store.append(nodes)
        assert store.path("2999") == nodes
        assert ids(store.path("2999", after="2996")) == "2997 2998 2999"

    @pytest.mark.parametrize("bad", [chain("a"), chain("x", parent="nowhere"), chain("x", "x")], ids=str)
    def test_append_does_all_or_nothing(self, store: Store, bad: list[Node]) -> None:
        """A node that exists or hangs in the air is refused, and nothing beside it is kept."""
        store.append(chain("a"), ThreadRecord(id="t", head="a"))
        with pytest.raises(StoreError, match="refused a node"):
            store.append([*chain("good", parent="a"), *bad], ThreadRecord(id="t", head="good"))
        assert [record.head for record in store.find(ThreadRecord)] == ["a"]
        with pytest.raises(StoreError, match="no node good"):
            store.path("good")

    def test_what_is_not_json_is_refused(self, store: Store) -> None:
        """A value that could not be read back is an error of one line, and nothing is kept."""
        with pytest.raises(StoreError, match=r"a thread is not JSON .*set"):
            store.save(AssistantRecord(id="a"), ThreadRecord(id="t", settings={"x": {1, 2}}))
        assert store.find(AssistantRecord) == []

    def test_threads_of_a_process_may_use_it_at_once(self, store: Store) -> None:
        """Eight threads that append and read at once lose nothing."""

        def write(name: str) -> str:
            for number in range(10):
                parent = f"{name}{number - 1}" if number else ""
                head = f"{name}{number}"
                store.append(chain(head, parent=parent), ThreadRecord(id=name, head=head))
                assert store.path(head)[-1].id == head
            return name

        with ThreadPoolExecutor(8) as pool:
            names = list(pool.map(write, "abcdefgh"))
        assert {r.id: len(store.path(r.head)) for r in store.find(ThreadRecord)} == dict.fromkeys(names, 10)

    def test_one_writer_at_a_time(self, store: Store) -> None:
        """A second writer hears at once who holds the thread, its holder included; other threads are free."""
        with store.writer("t"):
            with (
                pytest.raises(ThreadBusyError, match=rf"thread t .*process {os.getpid()} on "),
                store.writer("t"),
            ):
                pass
            with ThreadPoolExecutor(1) as pool, pytest.raises(ThreadBusyError):
                pool.submit(store.writer("t").__enter__).result()
            with store.writer("u"):
                pass
        with store.writer("t"):
            pass

    def test_a_failing_writer_lets_go(self, store: Store) -> None:
        """An exception inside frees the thread and comes out unchanged."""
        with pytest.raises(ZeroDivisionError), store.writer("../odd name/ü"):
            raise ZeroDivisionError
        with store.writer("../odd name/ü"):
            pass

    def test_a_writer_may_be_released_by_another_thread(self, store: Store) -> None:
        """Runs move between threads; the right to write goes with them."""
        writer = store.writer("t")
        writer.__enter__()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(writer.__exit__, None, None, None).result()
        with store.writer("t"):
            pass


class SharedStoreConformance(StoreConformance):
    """For stores that several processes can open."""

    def test_everything_is_there_after_opening_again(self, url: str) -> None:
        """Threads outlive the process that wrote them."""
        first = open_store(url)
        first.append(chain("a", "b"), *RECORDS)
        first.close()
        second = open_store(url)
        assert ids(second.path("b")) == "a b"
        assert [second.find(type(record)) for record in RECORDS] == [[record] for record in RECORDS]
        second.close()

    def test_a_closed_store_opens_itself_again(self, store: Store) -> None:
        """Closing releases connections; a late reader is not punished."""
        store.save(ThreadRecord(id="t"))
        store.close()
        assert [record.id for record in store.find(ThreadRecord)] == ["t"]

    def test_a_writer_in_another_process_is_named(self, url: str, store: Store) -> None:
        """The error names the process; when it is killed, the thread is free."""
        code = "with open_store(sys.argv[1]).writer('t'):\n    say('holding'); sys.stdin.read()"
        with started(code, url) as process:
            assert heard(process) == "holding"
            with pytest.raises(ThreadBusyError, match=rf"process {process.pid} on "), store.writer("t"):
                pass
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert becomes_free(store, "t")

    def test_an_append_that_is_killed_leaves_nothing(self, url: str, store: Store) -> None:
        """Between its nodes and its records an append is not half there."""
        store.append(chain("a"), ThreadRecord(id="t", head="a"))
        code = (
            "store = open_store(sys.argv[1]); die_before(store, 'INSERT INTO threads')\n"
            "node = Node(id='b', parent='a', thread='t', run='r', item=user_message('b'))\n"
            "store.append([node], ThreadRecord(id='t', head='b'))"
        )
        with started(code, url) as process:
            assert process.wait() == -signal.SIGKILL
        again = open_store(url)
        assert [record.head for record in again.find(ThreadRecord)] == ["a"]
        with pytest.raises(StoreError, match="no node b"):
            again.path("b")
        again.append(chain("b", parent="a"))
        again.close()

    def test_a_process_killed_while_it_writes_loses_nothing_it_was_told(self, url: str) -> None:
        """What `append` returned from is there after kill -9, and every head leads to its root."""
        code = (
            "store, parent = open_store(sys.argv[1]), ''\n"
            "for n in range(100_000):\n"
            "    names = [f'{n}.{k}' for k in range(3)]\n"
            "    nodes = [Node(id=i, parent=p, thread='t', run='r', item=user_message('x'))\n"
            "             for p, i in zip([parent, *names], names)]\n"
            "    parent = names[-1]\n"
            "    store.append(nodes, ThreadRecord(id='t', head=parent))\n"
            "    say(n)"
        )
        with started(code, url) as process:
            told = [int(heard(process)) for _ in range(40)][-1]
            process.send_signal(signal.SIGKILL)
            assert process.stdout
            told = max([told, *map(int, process.stdout.read().split())])
        store = open_store(url)
        [record] = store.find(ThreadRecord)
        assert len(store.path(record.head)) == 3 * (int(record.head.split(".")[0]) + 1) >= 3 * (told + 1)
        store.close()

    def test_processes_may_open_a_new_store_at_once(self, url: str) -> None:
        """While one sets it up the others wait, and then all can use it."""
        slow = (
            "from types import SimpleNamespace\n"
            "from assistant_magic.stores import migrations\n"
            "first, *rest = migrations.STEPS\n"
            "def halting(dialect):\n"
            "    for number, statement in enumerate(first.statements(dialect)):\n"
            "        if number == 1:\n"
            "            say('halfway'); sys.stdin.readline()\n"
            "        yield statement\n"
            "migrations.STEPS = (SimpleNamespace(__name__=first.__name__, statements=halting), *rest)\n"
        )
        opening = (
            "say('opening'); open_store(sys.argv[1]).save(ThreadRecord(id=str(os.getpid()))); say('done')"
        )
        with started(slow + opening, url) as one:
            assert [heard(one), heard(one)] == ["opening", "halfway"]
            with started(opening, url) as two, started(opening, url) as three:
                assert [heard(two), heard(three)] == ["opening", "opening"]
                assert select([two.stdout, three.stdout], [], [], 0.3)[0] == []
                assert one.stdin
                one.stdin.write("\n")
                one.stdin.flush()
                assert [heard(process) for process in (one, two, three)] == ["done"] * 3
        store = open_store(url)
        assert {r.id for r in store.find(ThreadRecord)} == {str(process.pid) for process in (one, two, three)}
        store.close()

    def test_a_forked_child_has_connections_of_its_own(self, url: str) -> None:
        """Parent and child go on with one store after a fork, and the child's end takes nothing from the parent."""
        code = (
            "store = open_store(sys.argv[1]); store.save(ThreadRecord(id='before'))\n"
            "inherited = store._engine.raw_connection(); used = inherited.dbapi_connection; inherited.close()\n"
            "with store.writer('t'):\n"
            "    child = os.fork()\n"
            "    for n in range(20):\n"
            "        store.save(ThreadRecord(id=f'{bool(child)}{n}'))\n"
            "    if not child:\n"
            "        import gc; gc.collect()\n"
            "        sys.exit(store._engine.raw_connection().dbapi_connection is used)\n"
            "    say(os.waitpid(child, 0)[1], len(store.find(ThreadRecord))); sys.stdin.read()"
        )
        with started(code, url) as process:
            assert heard(process) == "0 41"
            with pytest.raises(ThreadBusyError), open_store(url).writer("t"):
                pass


def becomes_free(store: Store, thread: str) -> bool:
    """Whether a thread can be written within ten seconds: a server hears of a death a little later."""
    return eventually(lambda: _can_write(store, thread))


def eventually(check: Callable[[], bool]) -> bool:
    """Whether something becomes true within ten seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if check():
            return True
    return False


def _can_write(store: Store, thread: str) -> bool:
    try:
        with store.writer(thread):
            return True
    except ThreadBusyError:
        return False
