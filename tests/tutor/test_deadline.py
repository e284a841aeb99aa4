"""The time limit of computations, on any thread."""

from __future__ import annotations

import threading

import pytest

from assistant_magic.tutor.deadline import OutOfTimeError, within


def endless() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:  # noqa: BLE001 # as SymPy does in places
            continue


def test_an_endless_computation_is_ended_on_any_thread() -> None:
    """The limit holds on a thread that is not the main one, and the computing thread is gone afterwards."""
    seen: list[object] = []

    def ask() -> None:
        with pytest.raises(OutOfTimeError) as caught:
            within(0.2, endless)
        seen.append(caught.value)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(20)
    assert seen
    assert [t.name for t in threading.enumerate() if t.name == "tutor"] == []


def test_a_result_or_an_error_comes_through() -> None:
    """Within the limit nothing is different from calling the work, inside another limit too."""
    assert within(5, lambda: within(5, lambda: 42)) == 42
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)
