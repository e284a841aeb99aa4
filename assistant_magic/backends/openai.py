"""OpenAI, and every server that speaks its Responses API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_connection import Connection, connect
from assistant_magic.backends.openai_turn import Patience, Turn
from assistant_magic.events import Event

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI


class OpenAIBackend:
    """Performs turns through the Responses API.

    `TurnRequest.settings` may hold the API's own parameters by their names (`temperature`, `max_output_tokens`,
    `reasoning`, `service_tier` … see `openai_request.SETTINGS`), and:

    - `reasoning_effort`, `verbosity`: short for the parameters they belong to.
    - `store`: `"local"` keeps the thread here; else a conversation at the server holds it too.
    - `conversation`: id of an existing conversation that a new thread continues.
    - `background`: the answer goes on at the server whatever happens here; see `TurnPending`.
    - `compact_at`: tokens at which the server shortens the thread.

    Args:
        provider: The word before the colon of the model's name.
        base_url: Address of the API; else `OPENAI_BASE_URL`, else OpenAI's own.
        api_key: Else `OPENAI_API_KEY`; servers elsewhere work without one.
        timeout: Seconds without a byte until a request is given up.
        patience: How often a request that fails before its answer begins is tried again.
        client: A client of the caller's, whose address, key, headers and Azure settings are taken instead.
        ignored: Options that mean something to other backends.
    """

    def __init__(
        self,
        provider: str = "openai",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float | None = None,
        patience: Patience | None = None,
        client: OpenAI | AsyncOpenAI | None = None,
        **ignored: Any,  # noqa: ARG002 - each adapter ignores what it does not know
    ) -> None:
        self.name = provider
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._patience = patience or Patience()
        self._client = client
        self._connected: Connection | None = None

    def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Ask the model once."""
        return Turn(self.connection(), request, self._patience).events()

    def connection(self) -> Connection:
        """The way to the server; the SDK is imported here, at the first turn."""
        if self._connected is None:
            self._connected = connect(self._base_url, self._api_key, self._timeout, self._client)
        return self._connected

    async def close(self) -> None:
        """Release connections."""
        connected, self._connected = self._connected, None
        if connected is not None:
            await connected.client.close()
