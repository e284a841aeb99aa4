"""Errors, by what the reader can do next.

::

    AssistantError
    ├── UsageError               the line or the prompt: change the cell
    ├── ConfigurationError       a setting, a model name, a key
    │   └── MissingExtraError    a package that is not installed
    ├── ThreadError
    │   ├── ThreadNotFoundError
    │   └── ThreadBusyError      another kernel is answering on it
    ├── StoreError               the file or database with the threads
    ├── ExecutorError            the place where code runs is gone or cannot start
    ├── ToolError                raised inside a tool: its text goes to the model, the run goes on
    └── BackendError             the provider, or the way to it
        ├── AuthenticationError  key missing or refused
        ├── ModelNotFoundError
        ├── RequestRejectedError the request itself: context too long, content, parameters
        ├── RateLimitError       too fast, or no quota left
        ├── BackendUnavailableError  cannot be reached, or answers with a fault of its own
        └── StreamInterruptedError   began to answer and broke off; what came is kept

    RunInterrupted(KeyboardInterrupt)    Stop was pressed; what came is kept

Each is one line: what happened, then what to do. In a cell that line is all that is shown.
"""

from __future__ import annotations

from typing import Any


class AssistantError(Exception):
    """Base of everything this package raises on purpose.

    Args:
        what: What happened and where, without a final stop.
        cure: What to do next, one sentence.

    Attributes:
        run: The `Run` as far as it came, or None.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure
        self.run: Any = None

    def __str__(self) -> str:
        what = " ".join(self.what.split())
        return f"{what.rstrip('.')}. {self.cure}" if self.cure else what

    def _render_traceback_(self) -> list[str]:
        # IPython asks for this in place of a traceback.
        return [f"{type(self).__name__}: {self}"]


class UsageError(AssistantError):
    """The magic's line, the prompt or an argument cannot be used as it is."""


class ConfigurationError(AssistantError):
    """A setting does not fit."""


class MissingExtraError(ConfigurationError):
    """An optional package is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, f"pip install 'assistant-magic[{extra}]'")
        self.extra = extra


class ThreadError(AssistantError):
    """A thread cannot be used as asked."""


class ThreadNotFoundError(ThreadError):
    """No thread has this id or name."""


class ThreadBusyError(ThreadError):
    """Another kernel or process is writing this thread."""


class StoreError(AssistantError):
    """The store cannot be opened, read or written."""


class ExecutorError(AssistantError):
    """The place where code runs failed; an error *of* the code is not one of these."""


class ToolError(AssistantError):
    """Raised by a tool to tell the model something went wrong; never ends the run."""


class BackendError(AssistantError):
    """A turn failed.

    Attributes:
        retry_after: Seconds the provider asked us to wait, or None.
    """

    def __init__(self, what: str, cure: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(what, cure)
        self.retry_after = retry_after


class AuthenticationError(BackendError):
    """The provider did not accept the key, or there is none."""


class ModelNotFoundError(BackendError):
    """The provider does not have this model, or no longer."""


class RequestRejectedError(BackendError):
    """The provider refuses this request and will refuse it again."""


class RateLimitError(BackendError):
    """Too many requests, or the quota is used up."""


class BackendUnavailableError(BackendError):
    """No connection, a timeout, or a fault on the provider's side."""


class StreamInterruptedError(BackendError):
    """The answer broke off; what was received is kept in the thread."""


class RunInterrupted(KeyboardInterrupt):
    """The user stopped the run. Like `KeyboardInterrupt`, no `except Exception` swallows it.

    Attributes:
        run: The `Run` as far as it came.
    """

    def __init__(self, what: str = "interrupted", run: Any = None) -> None:
        super().__init__(what)
        self.run = run

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
