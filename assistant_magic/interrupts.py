"""How an interrupt reaches code on a thread, and where it may not strike.

Python's own SIGINT handler may be in charge only while a piece of the user's code is on the thread: raised in the
event loop around it, KeyboardInterrupt would end the kernel. ipykernel's handler for async cells, on the other
hand, never reaches code that does not await.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def sigint(handler: Callable[..., Any]) -> Iterator[None]:
    """SIGINT goes to `handler`; on any thread but the main one nothing changes."""
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.getsignal(signal.SIGINT)
    if before is None:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def raise_in(thread: int) -> None:
    """Raise KeyboardInterrupt in the code of a thread; on the main one this also ends a sleep."""
    if thread != threading.main_thread().ident:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(KeyboardInterrupt)
        )
    elif hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)
    else:  # Windows
        import _thread

        _thread.interrupt_main()


class Handler:
    """Raises KeyboardInterrupt in the code that SIGINT strikes.

    Args:
        reason: Asked when it strikes; what it returns becomes the exception's text.
    """

    def __init__(self, reason: Callable[[], str]) -> None:
        self._reason = reason

    def __call__(self, *_: object) -> None:
        """Strike."""
        reason = self._reason()
        raise KeyboardInterrupt(*([reason] if reason else []))


def without_handler(traceback: types.TracebackType | None) -> None:
    """Cut our handler off a traceback, so that it ends in the code that was interrupted."""
    while traceback is not None and traceback.tb_next is not None:
        if traceback.tb_next.tb_frame.f_code is Handler.__call__.__code__:
            traceback.tb_next = None
        traceback = traceback.tb_next
