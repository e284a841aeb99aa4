"""Refusals of a server, case by case: how each is told from the others, what it is called, and its cure."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from assistant_magic.exceptions import (
    AuthenticationError,
    BackendError,
    BackendUnavailableError,
    ModelNotFoundError,
    RateLimitError,
    RequestRejectedError,
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One kind of refusal.

    Attributes:
        status: HTTP statuses it comes with.
        words: Pattern found in the error's code or message; empty for any.
        error: What the reader gets.
        what: Its words, with `{server}`, `{model}`, `{status}` and what the server `{said}`.
        cure: What to do.
    """

    status: Container[int]
    words: str = ""
    error: type[BackendError]
    what: str
    cure: str


def refusal(status: int, code: str, said: str) -> Refusal:
    """The first case that fits; the last one fits all."""
    return next(
        case
        for case in REFUSALS
        if status in case.status and re.search(case.words, f"{code} {said}", re.IGNORECASE)
    )


REFUSALS = (
    Refusal(
        status={401},
        error=AuthenticationError,
        what="{server} did not accept the key: {said}",
        cure="Put a valid key into OPENAI_API_KEY and restart the kernel.",
    ),
    Refusal(
        status={403},
        words=r"model",
        error=ModelNotFoundError,
        what="the key may not use the model {model}: {said}",
        cure="Choose another: %assistant set model openai:…",
    ),
    Refusal(
        status={403},
        error=AuthenticationError,
        what="{server} refuses this key or place: {said}",
        cure="Check the key's project and permissions.",
    ),
    Refusal(
        status={400, 404},
        words=r"model_not_found|model.{0,80}(not exist|not found|deprecated|shut ?down)|no such model",
        error=ModelNotFoundError,
        what="{server} has no model {model}: {said}",
        cure="%assistant doctor checks it; choose another: %assistant set model openai:…",
    ),
    Refusal(
        status={400, 404},
        words=r"container.{0,40}(expired|not found)",
        error=RequestRejectedError,
        what="the code interpreter's container is gone: {said}",
        cure="Ask again: a new one is made. Files in it must be attached again.",
    ),
    Refusal(
        status={400, 404},
        words=r"no such file|file.{0,40}not found",
        error=RequestRejectedError,
        what="a file is no longer at {server}: {said}",
        cure="Attach it again.",
    ),
    Refusal(
        status={400, 404},
        words=r"conversation.{0,80}not found",
        error=RequestRejectedError,
        what="the conversation is not at {server}: {said}",
        cure="Check its id, and that the key belongs to the same project.",
    ),
    Refusal(
        status={404, 405},
        error=BackendUnavailableError,
        what="{server} does not know this request ({status}): {said}",
        cure="Check base_url: it must be the address of an API that speaks Responses.",
    ),
    Refusal(
        status={409},
        error=BackendUnavailableError,
        what="{server} is busy with another request on this thread: {said}",
        cure="Wait for the other kernel or program, then ask again.",
    ),
    Refusal(
        status={429},
        words=r"quota|billing",
        error=RateLimitError,
        what="the quota at {server} is used up: {said}",
        cure="Check plan and billing of the account; asking again does not help.",
    ),
    Refusal(
        status={429},
        error=RateLimitError,
        what="{server} asks to slow down: {said}",
        cure="Wait a moment and ask again.",
    ),
    Refusal(
        status={400, 413, 422},
        words=r"context.{0,20}(length|window)|too (long|many tokens)|maximum.{0,30}tokens",
        error=RequestRejectedError,
        what="the thread is too long for {model}: {said}",
        cure="Start a new thread (%assistant new), or choose a model with a larger context.",
    ),
    Refusal(
        status={400},
        words=r"no tool output found",
        error=RequestRejectedError,
        what="{server} misses the result of a tool call: {said}",
        cure="Ask again: the thread is rebuilt from this notebook's record.",
    ),
    Refusal(
        status={408},
        error=BackendUnavailableError,
        what="{server} did not get the request in time: {said}",
        cure="Ask again.",
    ),
    Refusal(
        status=range(400, 500),
        words=r"content_(policy|filter)|usage polic|safety|moderation|flagged",
        error=RequestRejectedError,
        what="{server} declines this content: {said}",
        cure="Word the prompt differently.",
    ),
    Refusal(
        status=range(400, 500),
        error=RequestRejectedError,
        what="{server} rejects the request: {said}",
        cure="Change the setting or the prompt it names; %assistant shows the settings.",
    ),
    Refusal(
        status=range(1000),
        error=BackendUnavailableError,
        what="{server} has a fault of its own ({status}): {said}",
        cure="Ask again in a moment; for OpenAI, https://status.openai.com tells about outages.",
    ),
)
