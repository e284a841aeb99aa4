"""Results of tool calls, also of those that end without one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from assistant_magic.executors import Execution
from assistant_magic.items import Part, ResultStatus, Text, ToolCall, ToolResult
from assistant_magic.masking import mask_output
from assistant_magic.outputs import OutputLog

__all__ = ["Underway", "result_of", "said"]


def result_of(
    call: ToolCall, execution: Execution, *, executor: str = "", content: tuple[Part, ...] = ()
) -> ToolResult:
    """What came of a call that ran.

    Args:
        call: The call.
        execution: Its outputs, time and end.
        executor: Where it ran, `""` for a plain function.
        content: What was returned or said besides the outputs.
    """
    status: ResultStatus = "interrupted" if execution.interrupted else "ok" if execution.ok else "error"
    if execution.interrupted:
        content = (*content, Text(text=f"interrupted: {execution.interrupted}"))
    return ToolResult(
        call_id=call.call_id,
        name=call.name,
        status=status,
        content=content,
        outputs=tuple(mask_output(output) for output in execution.outputs),
        executor=executor,
        seconds=execution.seconds,
    )


def said(call: ToolCall, status: ResultStatus, text: str) -> ToolResult:
    """The result of a call that did not run: words."""
    return ToolResult(call_id=call.call_id, name=call.name, status=status, content=(Text(text=text),))


class Underway:
    """Calls that have begun: what each has shown so far, so that one that is stopped keeps it."""

    def __init__(self) -> None:
        self._calls: dict[str, _Begun] = {}

    def begin(self, call: ToolCall, executor: str) -> OutputLog:
        """A call starts; its outputs go into the log."""
        self._calls[call.call_id] = begun = _Begun(executor)
        return begun.log

    def end(self, call: ToolCall) -> None:
        """It has its result."""
        self._calls.pop(call.call_id, None)

    def cut_short(self, call: ToolCall, reason: str) -> ToolResult | None:
        """The result of a call that ends now without one: what it showed, and why; None if it never began."""
        begun = self._calls.pop(call.call_id, None)
        if begun is None:
            return None
        seconds = time.monotonic() - begun.since
        shown = Execution(outputs=begun.log.outputs, seconds=seconds, interrupted=reason)
        return result_of(call, shown, executor=begun.executor)


@dataclass(frozen=True)
class _Begun:
    executor: str
    log: OutputLog = field(default_factory=OutputLog)
    since: float = field(default_factory=time.monotonic)
