"""What code did to names and files is noticed quickly, and names can be put back."""

from __future__ import annotations

import itertools
import math
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant_magic.namespace import Changes, Snapshot


def test_added_rebound_deleted():
    """New, replaced and deleted names are told apart; modules and hidden names are left out."""
    names = {"a": 1, "b": [1], "c": "x", "_hidden": 1, "In": []}
    before = Snapshot(names)
    names.update({"b": [1], "new": 2, "math": math, "_other": 3})
    del names["c"]
    assert before.changes(names) == Changes(added=("new",), rebound=("b",), deleted=("c",))


def test_nothing_changed():
    """Where nothing changed there is nothing to say."""
    names = {"a": 1, "df": pd.DataFrame({"x": [1.0, float("nan")]}), "arr": np.zeros(5)}
    changes = Snapshot(names).changes(names)
    assert not changes
    assert str(changes) == ""


class _Hostile:
    """Raises whatever is done to it."""

    __hash__ = None

    def _raise(self, *_):
        raise RuntimeError

    __eq__ = __len__ = __repr__ = __bool__ = __sizeof__ = __getattribute__ = _raise


class _HostileKind(type):
    @property
    def __name__(cls):
        raise RuntimeError


def test_hostile_objects_are_followed_by_identity():
    """Objects that raise at every touch, also in tables and arrays, disturb nothing; being replaced is noticed."""
    kind = _HostileKind("kind", (), {})
    names = {"one": _Hostile(), "made": kind(), "kind": kind, "mine": [_Hostile()]}
    names["frame"] = pd.DataFrame({"x": pd.Series([_Hostile()], dtype=object)})
    names["array"] = np.empty(1, dtype=object)
    names["array"][0] = first = _Hostile()
    before = Snapshot(names)
    assert before.changes(names) == Changes()
    names["array"][0] = _Hostile()
    assert before.changes(names) == Changes(changed=("array",))
    names["array"][0] = first
    del names["made"]
    names["one"] = 1
    assert before.changes(names) == Changes(rebound=("one",), deleted=("made",))


def _append(value):
    value.append(1)


def _first_item(value):
    value[0] = -5


def _add_key(value):
    value["new"] = 1


@pytest.mark.parametrize(
    ("value", "act"),
    [
        ([1, 2], _append),
        ([1, 2], _first_item),
        (list(range(100_000)), _first_item),
        ({"a": 1}, _add_key),
        ({1, 2}, lambda v: v.add(3)),
        (bytearray(b"abc"), lambda v: v.extend(b"d")),
        (np.arange(10), _first_item),
        (np.zeros((1000, 1000)), lambda v: v.fill(1)),
        (pd.DataFrame({"a": [1, 2]}), _add_key),
        (pd.DataFrame({"a": [1, 2]}), lambda v: v.pop("a")),
        (pd.Series([1, 2]), lambda v: v.iloc.__setitem__(0, 9)),
    ],
)
def test_changed_in_place(value, act):
    """Objects that were changed in place are named as changed."""
    names = {"value": value, "other": [1]}
    before = Snapshot(names)
    act(names["value"])
    assert before.changes(names) == Changes(changed=("value",))


def test_restore_puts_rebound_and_deleted_names_back():
    """Names that code bound anew or deleted get their former objects back; new names stay."""
    first, frame = [1], pd.DataFrame()
    names = {"a": first, "df": frame}
    before = Snapshot(names)
    names["a"] = 2
    del names["df"]
    names["new"] = 3
    former = before.before(before.changes(names))
    former.settle(names)
    assert set(former.restore(names)) == {"a", "df"}
    assert names["a"] is first
    assert names["df"] is frame
    assert names["new"] == 3


def test_restore_leaves_later_work_of_the_user():
    """A name that the user has bound since is not touched."""
    names = {"a": 1, "b": 2}
    before = Snapshot(names)
    names.update(a=10, b=20)
    former = before.before(before.changes(names))
    former.settle(names)
    names["a"] = 11
    assert former.restore(names) == ("b",)
    assert names == {"a": 11, "b": 2}


def test_files(tmp_path):
    """Files that were written below the folder are listed; hidden ones, notebooks and older ones are not."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "old.txt").write_text("old")
    os.utime(tmp_path / "old.txt", (1, 1))
    before = Snapshot({}, str(tmp_path))
    for name in ("new.csv", "sub/plot.png", ".hidden", "saved.ipynb"):
        (tmp_path / name).write_text("x")
    assert before.changes({}).files == ("new.csv", str(Path("sub", "plot.png")))


def test_words():
    """Changes read as one short line."""
    assert str(Changes(added=("a", "b"), deleted=("c",))) == "new: a, b; deleted: c"


def test_strange_objects_do_no_harm():
    """Objects that raise when they are looked at are compared by identity only."""

    class Strange(list):
        def __len__(self):
            raise RuntimeError

        def __eq__(self, other):
            raise RuntimeError

        __hash__ = None

    names = {"s": Strange()}
    assert not Snapshot(names).changes(names)


def test_big_data_is_not_copied():
    """A thousand names, big data among them, cost no memory of their size."""
    names = {f"name{i}": [i, {"a": i}] for i in range(900)}
    names |= {f"array{i}": np.zeros(100_000) for i in range(50)}
    names |= {f"frame{i}": pd.DataFrame({"a": range(10_000)}) for i in range(50)}
    tracemalloc.start()
    assert not Snapshot(names).changes(names)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_looking_ends_when_its_time_is_over(monkeypatch):
    """Where the time for looking at values is used up, the rest is compared by identity only."""
    clock = itertools.count()
    monkeypatch.setattr("time.perf_counter", lambda: float(next(clock)))
    names = {f"name{i}": [i] for i in range(100)}
    before = Snapshot(names)
    names["name1"].append(0)
    names["name99"] = [0]
    assert before.changes(names).changed == ()
    assert before.changes(names).rebound == ("name99",)
