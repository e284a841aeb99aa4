"""A time limit for computations that know none: SymPy's equality may take any time at all."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class OutOfTimeError(Exception):
    """A computation did not end within its limit."""


class _Stop(BaseException):
    """Ends the computing thread; SymPy catches `Exception` in places."""


class _Computation(threading.Thread, Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="tutor", daemon=True)
        self._work = work
        self.ended = threading.Event()
        self.result: list[T] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.result.append(self._work())
        except _Stop:
            pass
        except Exception as error:  # noqa: BLE001  # it is raised again where the result was wanted
            self.error = error
        finally:
            self.ended.set()

    def stop(self) -> None:
        """Raise `_Stop` in this thread until it has ended; it may be swallowed once or twice on its way."""
        for _ in range(20):
            if self.ended.is_set():
                return
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self.ident or 0), ctypes.py_object(_Stop)
            )
            self.ended.wait(0.05)


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns, computed in a thread of its own so that the limit holds on whatever thread asks.

    Raises:
        OutOfTimeError: It took longer; the computation is ended.
    """
    if isinstance(threading.current_thread(), _Computation):
        return work()  # the outer limit holds
    computation = _Computation(work)
    computation.start()
    if not computation.ended.wait(seconds):
        computation.stop()
    if computation.error is not None:
        raise computation.error
    if not computation.result:
        raise OutOfTimeError(f"no result after {seconds:g} s")
    return computation.result[0]
