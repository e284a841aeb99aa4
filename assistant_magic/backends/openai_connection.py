"""The way to one server that speaks the Responses API."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant_magic.backends.openai_client import own_client
from assistant_magic.backends.openai_errors import Place
from assistant_magic.exceptions import AuthenticationError, ConfigurationError

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

HOME = "api.openai.com"
"""The one server whose abilities we may count on before asking."""

_NO_KEY = "none"


@dataclass(kw_only=True)
class Connection:
    """A client, and what was learned about the server behind it.

    Attributes:
        client: The SDK's client; it never retries by itself, because a repeated request on a conversation
            can repeat the user's words.
        server: Host and port; the origin of every item that came from there.
        conversations: The server keeps conversations; None until it was asked.
        files: The server keeps files; None until it was asked.
        settled: Conversations whose last request ended well in this process.
        refused: Extras this server does not take, by model.
    """

    client: AsyncOpenAI
    server: str
    key: str
    conversations: bool | None = None
    files: bool | None = None
    settled: set[str] = field(default_factory=set)
    refused: dict[str, set[str]] = field(default_factory=dict)

    @property
    def at_home(self) -> bool:
        """This is OpenAI's own server."""
        return self.server == HOME

    def place(self, model: str = "") -> Place:
        """Where requests go, for the words of an error."""
        return Place(server=self.server, model=model, key=self.key)


def connect(
    base_url: str | None,
    api_key: str | None,
    timeout: float | None,
    given: OpenAI | AsyncOpenAI | None = None,
) -> Connection:
    """A connection made from the settings and, where they are silent, from the environment.

    Args:
        base_url: Address of the API, most often ending in `/v1`; else `OPENAI_BASE_URL`, else OpenAI's.
        api_key: Else `OPENAI_API_KEY`; other servers than OpenAI's work without one.
        timeout: Seconds without a byte until a request is given up; else the SDK's ten minutes.
        given: A client of the caller's, whose address, key, headers and Azure settings hold in place of all these.

    Raises:
        AuthenticationError: OpenAI's server, and no key.
        ConfigurationError: `base_url` is no address.
    """
    import openai

    if given is not None:
        return Connection(client=own_client(given), server=_host(str(given.base_url)), key=given.api_key)
    base_url = base_url or os.environ.get("OPENAI_BASE_URL") or None
    server = server_of(base_url)
    key = api_key or os.environ.get("OPENAI_API_KEY") or ""
    if not key and server == HOME:
        raise AuthenticationError(
            "there is no key for OpenAI",
            "Set OPENAI_API_KEY before Jupyter starts (https://platform.openai.com/api-keys), "
            "or go on without one: %assistant set model offline:tutor",
        )
    options: dict[str, Any] = (
        {} if timeout is None else {"timeout": openai.Timeout(timeout, connect=min(timeout, 5.0))}
    )
    client = openai.AsyncOpenAI(api_key=key or _NO_KEY, base_url=base_url, max_retries=0, **options)
    return Connection(client=client, server=server, key=key)


def server_of(base_url: str | None) -> str:
    """Host and port of an address; where there is none, of `OPENAI_BASE_URL` or OpenAI."""
    base_url = base_url or os.environ.get("OPENAI_BASE_URL")
    return _host(base_url) if base_url else HOME


def hosts_tools(server: str) -> bool:
    """Whether `code_interpreter` and its like run there; servers that only speak the protocol have none."""
    return server == HOME or server.endswith((".openai.com", ".openai.azure.com"))


def _host(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ConfigurationError(
            f"base_url is {Place(server=HOME).masked(base_url)!r}, which is no address",
            "Write it whole, as in http://localhost:11434/v1",
        )
    return parts.netloc.rpartition("@")[2]
