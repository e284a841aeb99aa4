"""Executors run code. An error of that code is data in its `Execution`, never our exception.

How to add one: a module with a class that satisfies `Executor`, a line in `_EXECUTORS`, and a fixture in
tests/executors/ that runs the conformance suite on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from assistant_magic.exceptions import ConfigurationError
from assistant_magic.items import Output

OnOutput = Callable[[Output], None]


@dataclass(frozen=True, kw_only=True)
class Execution:
    """Outcome of one code block.

    Attributes:
        outputs: What a reader sees, merged and bounded, in order; an exception is an `error` output.
        seconds: Wall-clock time.
        ok: False when the code raised.
        interrupted: `""`, or why the code did not end by itself (`timeout after 30 s`, `stopped`).
    """

    outputs: tuple[Output, ...] = ()
    seconds: float = 0.0
    ok: bool = True
    interrupted: str = ""


class Executor(Protocol):
    """A place where code runs, with state between executions.

    All methods are called on the loop of the runs. `start` is called once before the first `execute`, and
    `stop` by whoever started it; both may be called twice. Executions on one executor follow each other in
    call order. Cancelling `execute` interrupts the code, waits until it has ended (for about a second where the
    code is in another process, which goes on to end it, by force after a grace) and raises `CancelledError`; every
    output until then went to `on_output`.
    """

    name: str
    shows: bool
    """True when outputs reach the reader by themselves, as in the user's own kernel."""

    async def start(self) -> None:
        """Make it ready; cheap when it is."""
        ...

    async def execute(self, code: str, *, limit: float | None, on_output: OnOutput) -> Execution:
        """Run `code` (IPython syntax) and report its outputs as they come, for at most `limit` seconds.

        Raises:
            ExecutorError: The place itself failed (kernel died, sandbox gone).
        """
        ...

    async def interrupt(self) -> None:
        """Interrupt what runs now, as Ctrl-C would."""
        ...

    async def stop(self) -> None:
        """End it and release everything."""
        ...


_EXECUTORS = {
    "e2b": ("assistant_magic.executors.e2b", "E2BExecutor"),
    "isolated": ("assistant_magic.executors.isolated", "IsolatedExecutor"),
    "live": ("assistant_magic.executors.live", "LiveExecutor"),
}

PLACES = {"e2b": "an E2B sandbox", "isolated": "an isolated kernel", "live": "your kernel"}
"""Where each of them runs code, in words for people."""


def make_executor(name: str, **options: Any) -> Executor:
    """The executor called `name`, not yet started; `options` are its own.

    Raises:
        ConfigurationError: There is none of this name.
    """
    if name not in _EXECUTORS:
        raise ConfigurationError(
            f"there is no executor {name!r}", f"There are: {', '.join(sorted(_EXECUTORS))}."
        )
    module, kind = _EXECUTORS[name]
    executor: Executor = getattr(import_module(module), kind)(**options)
    return executor
