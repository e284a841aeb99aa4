"""E2B's SDK and its errors, mapped to ours in one place."""

from __future__ import annotations

import contextlib
from typing import Any

from assistant_magic.exceptions import ConfigurationError, ExecutorError, MissingExtraError

_GONE = ("not found", "was not found", "killed", "not running")


def sdk() -> Any:
    """The SDK's module.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import e2b_code_interpreter  # type: ignore[import-untyped]  # has no type marker
    except ImportError as error:
        raise MissingExtraError("the executor `e2b` needs the E2B SDK", "e2b") from error
    return e2b_code_interpreter


@contextlib.contextmanager
def mapped(what: str) -> Any:
    """The SDK's errors as ours, in one place."""
    import httpx
    from e2b import AuthenticationException, NotFoundException, RateLimitException, SandboxException
    from e2b.exceptions import TimeoutException

    try:
        yield
    except AuthenticationException as error:
        raise ConfigurationError(
            f"E2B takes no key: {_line(error)}", "Set E2B_API_KEY; https://e2b.dev/dashboard has yours."
        ) from error
    except RateLimitException as error:
        raise ExecutorError(f"{what}: E2B has too many requests from you", "Wait a moment.") from error
    except NotFoundException as error:
        raise ExecutorError(f"{what}: {_line(error)}", "Run it again: a new one is made.") from error
    except TimeoutException as error:
        raise ExecutorError(f"{what}: {_line(error)}", "Run it again.") from error
    except (SandboxException, httpx.HTTPError) as error:
        raise ExecutorError(
            f"{what}: {_line(error)}", "See https://status.e2b.dev, or run it again."
        ) from error


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def is_gone(error: ExecutorError) -> bool:
    """Whether the sandbox does not exist any more."""
    return any(word in error.what for word in _GONE)
