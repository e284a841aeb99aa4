"""What the next turn costs on a long thread against a short one: an answer of one word, stored in SQLite.

*Next* is a turn in a kernel that has used the thread before, as in every notebook; *first* is the one after a restart.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, median

from assistant_magic import Assistant
from assistant_magic.items import Item, assistant_message, user_message
from assistant_magic.stores import Node, RunRecord, Store, ThreadRecord, open_store
from assistant_magic.testing import ScriptedBackend

TURNS = 51
SHORT, LONG = 10, 10_000


def measure() -> list[Figure]:
    """Ratio of long to short, turn about in one process, so that what else the machine does meets both."""
    with tempfile.TemporaryDirectory() as folder:
        turns = [_conversation(Path(folder) / f"{items}.db", items) for items in (SHORT, LONG)]
        seconds = [[next(turn) for turn in turns] for _ in range(TURNS + 1)]
    short_first, long_first = seconds[0]
    short, long = (median(column) for column in zip(*seconds[1:], strict=True))
    return [
        Figure(what=f"next turn on {LONG:,} items against {SHORT}", ours=long / short, unit="×", aim=1.5),
        Figure(
            what=f"next turn on {LONG:,} items",
            ours=long * 1000,
            unit="ms",
            beside=[(f"on {SHORT}", short * 1000)],
        ),
        Figure(
            what=f"first turn on {LONG:,} items",
            ours=long_first * 1000,
            unit="ms",
            beside=[(f"on {SHORT}", short_first * 1000)],
        ),
    ]


def _conversation(path: Path, items: int) -> Iterator[float]:
    store = open_store(f"sqlite:///{path}")
    _write(store, items)
    assistant = Assistant(backend=ScriptedBackend(["yes"] * (TURNS + 1)), store=store)
    thread = assistant.thread("thread_long")
    while True:
        began = time.perf_counter()
        assistant.ask("and now?", thread=thread)
        yield time.perf_counter() - began


def _write(store: Store, items: int) -> None:
    nodes, parent = [], ""
    for number in range(items):
        item: Item = (assistant_message if number % 2 else user_message)(
            f"line {number} of a long conversation"
        )
        node = Node(
            id=f"node_{number:06d}", parent=parent, thread="thread_long", run=f"run_{number // 2}", item=item
        )
        nodes.append(node)
        parent = node.id
    runs = [
        RunRecord(id=f"run_{n}", thread="thread_long", status="completed", head=f"node_{2 * n + 1:06d}")
        for n in range(items // 2)
    ]
    store.append(nodes, *runs, ThreadRecord(id="thread_long", head=parent))
