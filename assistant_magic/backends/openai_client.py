"""A client of the caller's, made anew for the loop of the runs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI


def own_client(given: OpenAI | AsyncOpenAI) -> AsyncOpenAI:
    """A client with the same address, key, headers and Azure settings.

    The given one is left alone: its connections belong to the caller's loop, and so does closing them. A transport of
    the caller's (`http_client`) does not come along.
    """
    import openai

    options: dict[str, Any] = {
        "api_key": _key(given),
        "organization": given.organization,
        "project": given.project,
        "timeout": given.timeout,
        "default_headers": given._custom_headers,  # noqa: SLF001  # as the SDK's own `copy` does it
        "default_query": given._custom_query,  # noqa: SLF001  # the same
        "max_retries": 0,
    }
    if not isinstance(given, openai.AzureOpenAI | openai.AsyncAzureOpenAI):
        return openai.AsyncOpenAI(base_url=given.base_url, **options)
    return openai.AsyncAzureOpenAI(
        base_url=str(given.base_url),
        api_version=given._api_version,  # noqa: SLF001  # the same
        azure_ad_token=given._azure_ad_token,  # noqa: SLF001  # the same
        azure_ad_token_provider=given._azure_ad_token_provider,  # noqa: SLF001  # the same
        **options,
    )


def _key(given: OpenAI | AsyncOpenAI) -> Any:
    provider: Any = given._api_key_provider  # noqa: SLF001  # the same
    if provider is None:
        return given.api_key

    async def key() -> str:
        found = provider()
        return str(await found if inspect.isawaitable(found) else found)

    return key
