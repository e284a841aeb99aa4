"""Stands between the notebook's process and an isolated kernel: limits before it, nothing left after it.

Run as a script by a bare Python, for kernels of any language: `isolated_supervisor.py ORDERS KERNEL …`. It belongs to
the kernel's process group but does not heed interrupts. When the notebook's process goes, however it goes, or when
the kernel ends, everything that was started below is killed and the scratch folder removed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import sys
import threading

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h


def supervise(orders: dict[str, object], argv: list[str]) -> int:
    """Start the kernel, wait for its end, and clean up; returns its exit code as a shell would."""
    if os.getppid() != orders["parent"]:
        return 1
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    kernel = os.fork()
    if kernel == 0:
        _become(orders, argv)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: _kill_all(kernel))
    # Both ways of noticing that the parent went: the signal comes at once, the pipe is there on every system.
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    lifeline = orders["lifeline"]
    assert isinstance(lifeline, int)
    threading.Thread(target=_watch, args=(lifeline, kernel, ended), daemon=True).start()
    code = _wait(kernel)
    ended.set()
    _kill_all(kernel)
    _remove(str(orders["scratch"]))
    return code


def _become(orders: dict[str, object], argv: list[str]) -> None:
    limits = orders["limits"]
    assert isinstance(limits, dict)
    for name, value in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # At the hard limit of CPU time the system kills without saying why.
        resource.setrlimit(kind, (soft, soft if name != "RLIMIT_CPU" or soft == hard else soft + 5))
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # ipykernel compares this with its real parent and ends itself when they differ.
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    try:
        os.execvp(argv[0], argv)  # noqa: S606  # the command comes from the kernelspec
    except OSError as error:
        os.write(2, f"{argv[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _watch(lifeline: int, kernel: int, ended: threading.Event) -> None:
    # The other end closes with the notebook's process, whatever ends it.
    while not ended.is_set():
        if select.select([lifeline], [], [], 1.0)[0] and not os.read(lifeline, 1):
            _kill_all(kernel)
            return


def _wait(kernel: int) -> int:
    """Reap whatever ends until the kernel has."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == kernel:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _kill_all(kernel: int) -> None:
    """Kill the kernel and all its descendants, also those in sessions of their own."""
    for _ in range(20):
        left = _descendants(os.getpid()) or ([kernel] if sys.platform != "linux" else [])
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if not left or sys.platform != "linux":
            return
        _reap(kernel)


def _reap(kernel: int) -> None:
    # The kernel's own end is waited for by `_wait`, unless that is over.
    for pid in _descendants(os.getpid()):
        if pid != kernel:
            with contextlib.suppress(OSError):
                os.waitpid(pid, os.WNOHANG)


def _descendants(root: int) -> list[int]:
    """Processes below `root`, from /proc; none on systems without it."""
    parents: dict[int, int] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):  # noqa: PTH208  # pathlib would cost as much as the rest
            if name.isdigit():
                with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                    state, parent = file.read().rpartition(b")")[2].split()[:2]
                    if state != b"Z":
                        parents[int(name)] = int(parent)
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def _remove(scratch: str) -> None:
    if scratch:
        import shutil

        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(supervise(json.loads(sys.argv[1]), sys.argv[2:]))
