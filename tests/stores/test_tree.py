"""The tree of nodes against a model of it in plain Python, driven by Hypothesis."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assistant_magic.exceptions import StoreError
from assistant_magic.stores import Node, Store, ThreadRecord, open_store
from strategies import items

_serial = count()


class Tree(RuleBasedStateMachine):
    """Threads grow, fork and go back; the model keeps each node with its parent, and each thread with its head."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.nodes: dict[str, Node] = {}
        self.heads: dict[str, str] = {}

    def way(self, head: str) -> list[Node]:
        nodes = []
        while head:
            nodes.append(self.nodes[head])
            head = self.nodes[head].parent
        return nodes[::-1]

    def pick(self, data: st.DataObject, *more: str) -> str:
        return data.draw(st.sampled_from([*self.nodes, *more]))

    @rule()
    def begin(self) -> None:
        name = f"thread{next(_serial)}"
        self.store.save(ThreadRecord(id=name))
        self.heads[name] = ""

    @precondition(lambda self: self.heads)
    @rule(data=st.data(), added=st.lists(items, min_size=1, max_size=4))
    def grow(self, data: st.DataObject, added: list) -> None:
        thread = data.draw(st.sampled_from(list(self.heads)))
        head, nodes = self.heads[thread], []
        for item in added:
            nodes.append(Node(id=f"node{next(_serial)}", parent=head, thread=thread, run="r", item=item))
            head = nodes[-1].id
        self.store.append(nodes, ThreadRecord(id=thread, head=head))
        self.nodes |= {node.id: node for node in nodes}
        self.heads[thread] = head

    @precondition(lambda self: self.nodes)
    @rule(data=st.data())
    def fork(self, data: st.DataObject) -> None:
        name = f"thread{next(_serial)}"
        self.heads[name] = self.pick(data)
        self.store.save(ThreadRecord(id=name, head=self.heads[name]))

    @precondition(lambda self: self.nodes)
    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        thread = data.draw(st.sampled_from(list(self.heads)))
        self.heads[thread] = self.pick(data, "")
        self.store.save(ThreadRecord(id=thread, head=self.heads[thread]))

    @precondition(lambda self: self.nodes)
    @rule(data=st.data())
    def append_twice(self, data: st.DataObject) -> None:
        node = self.nodes[self.pick(data)]
        thread = next(iter(self.heads))
        with pytest.raises(StoreError, match="refused a node"):
            self.store.append([node], ThreadRecord(id=thread, head=node.id, title="never"))

    @precondition(lambda self: self.nodes)
    @rule(data=st.data())
    def read_on(self, data: st.DataObject) -> None:
        head, after = self.pick(data), self.pick(data, "", "nowhere")
        way = self.way(head)
        names = [node.id for node in way]
        known = names.index(after) + 1 if after in names else 0
        assert self.store.path(head, after=after) == way[known:]

    @invariant()
    def threads_are_where_they_should_be(self) -> None:
        for thread, head in self.heads.items():
            assert self.store.find(ThreadRecord, id=thread) == [ThreadRecord(id=thread, head=head)]
            assert self.store.path(head) == self.way(head)


def test_the_tree_agrees_with_its_model_on_sqlite(sqlite_url: str) -> None:
    """Whatever is grown, forked and rewound on SQLite, each path is what the model says."""
    _agree(sqlite_url, 50)


def test_the_tree_agrees_with_its_model_on_postgresql(postgres_url: str) -> None:
    """Whatever is grown, forked and rewound on PostgreSQL, each path is what the model says."""
    _agree(postgres_url, 15)


def _agree(url: str, examples: int) -> None:
    store = open_store(url)
    run_state_machine_as_test(
        partial(Tree, store), settings=settings(max_examples=examples, stateful_step_count=25)
    )
    store.close()
