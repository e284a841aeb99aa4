"""What a kernel sends over iopub and the CPU it takes meanwhile, seen from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil
import zmq


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What was measured; `cpu` in seconds."""

    cpu: float
    messages: int
    megabytes: float


class Meter:
    """A second reader on the iopub of a kernel.

    Args:
        connection: What the kernel's connection file holds.
        process: The kernel's process id.
    """

    def __init__(self, connection: Mapping[str, Any], process: int) -> None:
        self._process = psutil.Process(process)
        self._context = zmq.Context()
        self._reader = self._context.socket(zmq.SUB)
        self._reader.set_hwm(0)
        self._reader.subscribe(b"")
        self._reader.connect(f"tcp://{connection['ip']}:{connection['iopub_port']}")
        self._spent = 0.0

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """A meter for the kernel that was started with a connection file."""
        running = psutil.process_iter(["pid", "cmdline"])
        process = next(one.pid for one in running if str(path) in (one.info["cmdline"] or ()))
        return cls(json.loads(path.read_text("utf-8")), process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.destroy(linger=0)

    def start(self, poke: Callable[[], object]) -> None:
        """Begin to count; `poke` makes the kernel send something, which shows that we are subscribed."""
        while not self._reader.poll(100):
            poke()
        while self._reader.poll(100):
            self._reader.recv_multipart()
        self._spent = self._cpu()

    def stop(self) -> Cost:
        """What there was since `start`."""
        cpu, messages, size = self._cpu() - self._spent, 0, 0
        while self._reader.poll(200):
            messages += 1
            size += sum(map(len, self._reader.recv_multipart()))
        return Cost(cpu=cpu, messages=messages, megabytes=size / 1e6)

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)
