"""Turns of the OpenAI backend before a scripted server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai import OpenAIBackend
from assistant_magic.backends.openai_turn import Patience
from assistant_magic.items import Item
from backends.harness import SECRET, Heard, follow, listen


class Server(Protocol):
    """Something with an address."""

    @property
    def url(self) -> str: ...


Next = Callable[[TurnRequest, Heard], TurnRequest]


def backend_for(server: Server, **options: Any) -> OpenAIBackend:
    """A backend that talks to this server and does not wait long before it tries again."""
    options = {"base_url": server.url, "api_key": SECRET, "patience": Patience(pause=0.001), **options}
    return OpenAIBackend(**options)


def run_turns(server: Server, first: TurnRequest, *nexts: Next, **options: Any) -> list[Heard]:
    """Perform a turn, and more that are made from the one before, on one backend."""

    async def perform() -> list[Heard]:
        backend = backend_for(server, **options)
        asked, heard = first, [await listen(backend, first)]
        for make in nexts:
            asked = make(asked, heard[-1])
            heard.append(await listen(backend, asked))
        await backend.close()
        return heard

    return asyncio.run(perform())


def then(*items: Item) -> Next:
    """The next request of a run: what came before, and these items."""
    return lambda asked, heard: follow(asked, heard, *items)
