"""What goes wrong behind a LangChain chat model, as one of our errors.

Every provider package raises the errors of its own SDK. They are told apart by what they have in common: a
status code, LangChain's own model errors (found by name: older releases lack some), and the transport's names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant_magic.exceptions import (
    AssistantError,
    AuthenticationError,
    BackendError,
    BackendUnavailableError,
    ConfigurationError,
    MissingExtraError,
    ModelNotFoundError,
    RateLimitError,
    RequestRejectedError,
    StreamInterruptedError,
)

_KINDS: tuple[tuple[frozenset[str], type[BackendError], str], ...] = (
    (
        frozenset({"ModelAuthenticationError", "ModelPermissionDeniedError", "AuthenticationError"}),
        AuthenticationError,
        "Check the provider's API key.",
    ),
    (frozenset({"ModelNotFoundError"}), ModelNotFoundError, "Choose another one with %assistant model."),
    (frozenset({"ModelRateLimitError"}), RateLimitError, "Wait a little, then run the cell again."),
    (
        frozenset({"ContextOverflowError"}),
        RequestRejectedError,
        "The thread is too long for it: %assistant new starts another.",
    ),
    (
        frozenset({"ModelInvalidRequestError"}),
        RequestRejectedError,
        "Change what the message names.",
    ),
)
_BY_STATUS = {
    400: "ModelInvalidRequestError",
    401: "ModelAuthenticationError",
    403: "ModelPermissionDeniedError",
    404: "ModelNotFoundError",
    413: "ContextOverflowError",
    422: "ModelInvalidRequestError",
    429: "ModelRateLimitError",
}
_PLACEHOLDER = 5  # letters of a word that stands for a key where none is needed
_SECRET = re.compile(
    r"\b(sk|sess|ek|rk|xai|pplx|key)-[\w*.\-]{6,}|\b(gsk|hf|r8)_[\w*]{6,}|\bAIza[\w*-]{20,}"
    r"|(?<=Bearer )\S+|(?<=://)[^/\s@]+(?=@)"
)


def turn_error(error: Exception, *, model: str, began: bool, secrets: tuple[str, ...] = ()) -> AssistantError:
    """The error of ours for whatever `error` a turn raised.

    Args:
        error: As the chat model raised it.
        model: `provider:model`, to be named.
        began: Whether some of the answer had arrived.
        secrets: Texts that must not appear.
    """
    if isinstance(error, AssistantError):
        return error
    detail = _detail(error, secrets)
    names = {kind.__name__ for kind in type(error).__mro__}
    names.add(_BY_STATUS.get(_status(error), ""))
    for known, kind, cure in _KINDS:
        if known & names:
            return kind(f"{model} refused: {detail}", cure, retry_after=_retry_after(error))
    if began:
        return StreamInterruptedError(f"{model} broke off: {detail}", "What came is kept; ask it to go on.")
    return BackendUnavailableError(
        f"{model} did not answer: {detail}", "Check the connection and the base URL, then run the cell again."
    )


def setup_error(error: Exception, *, provider: str, secrets: tuple[str, ...] = ()) -> AssistantError:
    """The error of ours for a chat model that cannot be made at all."""
    if isinstance(error, ImportError):
        return _missing(error, provider)
    detail = _detail(error, secrets)
    if "Unsupported provider" in detail or "nsupported model provider" in detail:
        return ConfigurationError(
            f"no provider is called {provider!r}",
            "There are openai, offline and those of LangChain, such as anthropic, google_genai and ollama.",
        )
    if re.search(r"api.?key|credential|token", detail, re.IGNORECASE):
        return AuthenticationError(
            f"{provider} needs a key: {detail}",
            f"Set the environment variable {provider.upper()}_API_KEY or the option api_key.",
        )
    return ConfigurationError(f"{provider} cannot be used: {detail}", "Change the option it names.")


def package_missing(provider: str, package: str) -> MissingExtraError:
    """The error for a provider whose models need a package that is not installed."""
    if package == "langchain":
        return MissingExtraError(
            f"{provider}: models run through LangChain, which is not installed", "langchain"
        )
    missing = MissingExtraError(f"{provider}: models need the package {package}", "langchain")
    missing.cure = f"pip install {package}"
    missing.args = (missing.what, missing.cure)
    return missing


def _missing(error: ImportError, provider: str) -> MissingExtraError:
    if error.name and error.name.partition(".")[0] == "langchain":
        return package_missing(provider, "langchain")
    named = re.search(r"pip install [`'\"]?(?:-U )?([\w.-]+)", str(error))
    return package_missing(provider, named[1] if named else f"langchain-{provider.replace('_', '-')}")


def _status(error: Exception) -> int:
    response = getattr(error, "response", None)
    for value in (
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "code", None),
    ):
        if isinstance(value, int):
            return value
    return 0


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None)
    if not isinstance(headers, Mapping):
        return None
    try:
        return float(headers.get("retry-after", ""))
    except ValueError:
        return None


def harmless(error: Exception, secrets: tuple[str, ...]) -> Exception | None:
    """The error as a cause to be kept, or None where its words would carry a secret into a traceback."""
    said = str(error)
    told = _SECRET.search(said) or any(secret in said for secret in secrets if len(secret) > _PLACEHOLDER)
    return None if told else error


def _detail(error: Exception, secrets: tuple[str, ...]) -> str:
    body: Any = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, Mapping) else None
    text = str(message or str(error) or type(error).__name__)
    for secret in (s for s in secrets if len(s) > _PLACEHOLDER):
        text = text.replace(secret, "…")
    text = _SECRET.sub("…", " ".join(text.split()))
    return text if len(text) <= 300 else f"{text[:300]}…"
