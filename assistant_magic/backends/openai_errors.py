"""What can go wrong at OpenAI or on the way there, each as one of our errors with a cure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from assistant_magic.backends.openai_refusals import refusal
from assistant_magic.exceptions import (
    BackendError,
    BackendUnavailableError,
    RequestRejectedError,
    StreamInterruptedError,
)

_SECRET = re.compile(
    r"\b(sk|sess|ek|rk|xai|pplx)-[\w*.\-]{6,}|\b(gsk|hf|r8)_[\w*]{6,}|\bAIza[\w*-]{20,}"
    r"|(?<=Bearer )\S+|(?<=://)[^/\s@]+(?=@)"
)
_OPENING = 8
"""Characters by which a key is known again where a server repeats it shortened or encoded."""
_AGAIN = "Ask again; what came before is kept."


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a request went, for the words of an error.

    Attributes:
        server: Host and port, as in `api.openai.com`.
        key: The key in use, to be masked wherever a server repeats it.
    """

    server: str
    model: str = ""
    key: str = ""

    def masked(self, text: str) -> str:
        """`text` on one line, at most 300 characters long and without secrets."""
        # A placeholder such as "none" is no secret, and may be part of any word.
        if len(self.key) >= _OPENING:
            text = text.replace(self.key, "…")
            text = re.sub(rf"{re.escape(self.key[:_OPENING])}[^\s\"',;]*", "…", text)
        text = " ".join(_SECRET.sub("…", text).split())
        return text if len(text) <= 300 else text[:299] + "…"

    def harmless(self, error: Exception) -> Exception | None:
        """The error as a cause to be kept, or None where its words would carry a secret into a traceback."""
        said = str(error)
        return None if _SECRET.search(said) or (self.key and self.key[:_OPENING] in said) else error


class Fault(Exception):  # noqa: N818 - never leaves this backend
    """A failed request, sorted.

    Attributes:
        error: What the reader gets.
        code: The provider's word for it, or `""`.
        status: HTTP status, or None where there was no answer.
        passing: It may work in a moment.
        sent: The server may have received and kept the request.
    """

    def __init__(
        self,
        error: BackendError,
        *,
        code: str = "",
        status: int | None = None,
        passing: bool = False,
        sent: bool = True,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.code = code
        self.status = status
        self.passing = passing
        self.sent = sent

    @property
    def final(self) -> bool:
        """The server understood and said no."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in {408, 409, 429}


@contextmanager
def faults(place: Place) -> Iterator[None]:
    """Turn every error of the client library into a `Fault`; the only place where that happens."""
    import httpx2
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise from_status(error.status_code, error.body, place, error.response.headers) from place.harmless(
            error
        )
    except (openai.APIConnectionError, httpx2.HTTPError, OSError) as error:
        raise _from_connection(error, place) from error
    except openai.APIError as error:
        failure = error.body if isinstance(error.body, Mapping) else {"message": str(error)}
        raise from_failure(failure, place) from place.harmless(error)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        what = f"{place.server} sent something that is not the JSON of a response"
        raise Fault(StreamInterruptedError(what, _AGAIN)) from error
    except openai.OpenAIError as error:
        raise Fault(
            RequestRejectedError(place.masked(str(error)), "Check the settings with %assistant.")
        ) from error


def from_failure(failure: Mapping[str, Any], place: Place) -> Fault:
    """The fault behind an `error` event or a failed response."""
    nested = failure.get("error")
    if isinstance(nested, Mapping):
        failure = nested
    code = str(failure.get("code") or failure.get("type") or "")
    status = _STATUS_OF_CODE.get(code, 500)
    fault = from_status(status, failure, place, {})
    if isinstance(fault.error, BackendUnavailableError):
        what = f"{place.server} gave up in the middle of the answer: {_said(failure, place)}"
        fault.error = StreamInterruptedError(what, _AGAIN)
    return fault


def from_status(status: int, body: Any, place: Place, headers: Mapping[str, str]) -> Fault:
    """The fault behind an HTTP status and what the server wrote about it."""
    detail = body.get("error", body) if isinstance(body, Mapping) else body
    if detail is None or str(detail).lstrip().startswith("<"):
        detail = {}  # nothing, or a web page
    detail = detail if isinstance(detail, Mapping) else {"message": str(detail)}
    code = str(detail.get("code") or detail.get("type") or "")
    said = _said(detail, place)
    case = refusal(status, code, said)
    text = case.what.format(server=place.server, model=place.model, said=said, status=status)
    passing = (status in {408, 409, 429} or status >= 500) and not re.search(
        "quota|billing", f"{code} {said}"
    )
    error = case.error(text, case.cure, retry_after=_retry_after(headers))
    return Fault(error, code=code, status=status, passing=passing, sent=status not in {401, 403, 429})


def interrupted(place: Place, why: str = "ended the answer before it was complete") -> Fault:
    """The fault of a stream that stops without saying so."""
    return Fault(StreamInterruptedError(f"{place.server} {why}", _AGAIN))


def midway(fault: Fault) -> Fault:
    """The same fault, met after the answer had begun."""
    error = fault.error
    if isinstance(error, BackendUnavailableError):
        what = error.what.replace("before answering", "in the middle of the answer")
        fault.error = StreamInterruptedError(what, _AGAIN)
    return fault


def not_a_stream(place: Place, content_type: str) -> Fault:
    """The fault of an answer that is no stream of events, most often a web page."""
    what = f"{place.server} answered with {content_type or 'nothing'} where a stream of events was expected"
    return Fault(
        BackendUnavailableError(
            what, "Check base_url: it must be the API's address, most often ending in /v1."
        )
    )


def _from_connection(error: Exception, place: Place) -> Fault:
    # By name, so that no SDK has to be imported to say which of them it was.
    met = {kind.__name__ for one in _chain(error) for kind in type(one).__mro__}
    obstacle = next(obstacle for obstacle in _OBSTACLES if not obstacle.kinds or obstacle.kinds & met)
    cure = obstacle.cure
    proxy = place.masked(_proxy(error)) if obstacle.passing and not obstacle.sent else ""
    if proxy:
        cure = f"The way there goes through the proxy {proxy}: check HTTPS_PROXY and NO_PROXY."
    unavailable = BackendUnavailableError(obstacle.what.format(server=place.server), cure)
    return Fault(unavailable, passing=obstacle.passing, sent=obstacle.sent)


def _proxy(error: Exception) -> str:
    """The proxy that the request went through, or `""`."""
    from urllib.request import getproxies, proxy_bypass

    address = urlsplit(str(getattr(getattr(error, "request", None), "url", "")))
    found = getproxies()
    there = "" if proxy_bypass(address.hostname or "") else found.get(address.scheme) or found.get("all", "")
    return str(there)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            yield from error.exceptions
        error = error.__cause__ or error.__context__


def _said(detail: Mapping[str, Any], place: Place) -> str:
    return place.masked(
        str(detail.get("message") or detail.get("detail") or detail.get("code") or "no reason given")
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return float(headers[name]) * unit
        except (KeyError, ValueError):
            continue
    return None


_STATUS_OF_CODE = {
    "insufficient_quota": 429,
    "rate_limit_exceeded": 429,
    "invalid_api_key": 401,
    "model_not_found": 404,
    "server_error": 500,
    "vector_store_timeout": 500,
    "context_length_exceeded": 400,
    "invalid_prompt": 400,
    "invalid_request_error": 400,
    "content_policy_violation": 400,
}


@dataclass(frozen=True, kw_only=True)
class _Obstacle:
    kinds: frozenset[str] = frozenset()
    what: str
    cure: str
    passing: bool = False
    sent: bool = False


# The first that was met counts.
_OBSTACLES = (
    _Obstacle(
        kinds=frozenset({"SSLError"}),
        what="the secure connection to {server} failed",
        cure="Check the clock and the certificates (SSL_CERT_FILE behind a company proxy).",
    ),
    _Obstacle(
        kinds=frozenset({"gaierror"}),
        what="the name {server} cannot be resolved",
        cure="Check the network, and base_url for a typing error.",
        passing=True,
    ),
    _Obstacle(
        kinds=frozenset({"ProxyError"}),
        what="the proxy refused the way to {server}",
        cure="Check HTTPS_PROXY and NO_PROXY.",
    ),
    _Obstacle(
        kinds=frozenset({"ConnectionRefusedError", "ConnectError"}),
        what="nothing answers at {server}",
        cure="Is the server running, and is base_url right?",
        passing=True,
    ),
    _Obstacle(
        kinds=frozenset({"ConnectTimeout"}),
        what="{server} cannot be reached (timeout)",
        cure="Check the network, then ask again.",
        passing=True,
    ),
    _Obstacle(
        kinds=frozenset({"APITimeoutError", "TimeoutException"}),
        what="{server} did not answer in time",
        cure="Ask again; long work goes on at the server with %assistant set background True.",
        sent=True,
    ),
    _Obstacle(
        what="{server} closed the connection before answering",
        cure="Ask again; %assistant doctor checks the way there.",
        passing=True,
        sent=True,
    ),
)
