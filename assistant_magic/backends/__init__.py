"""Backends perform turns: one model call each. They never run tools.

How to add one: a module with a class that satisfies `Backend`, a line in `_PROVIDERS`, and a fixture in
tests/backends/ that runs the conformance suite on it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from assistant_magic.events import Event
from assistant_magic.exceptions import ConfigurationError
from assistant_magic.items import Item


@dataclass(frozen=True, kw_only=True)
class ToolDefinition:
    """What a model is told about one of our tools; `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TurnRequest:
    """All that a backend may use to perform one turn.

    Attributes:
        model: The id after the colon, as in `gpt-6-luna`.
        instructions: Standing text; may be empty.
        items: The thread's current branch from its root, ending in what asks for an answer.
        known: How many leading items were there when `state` was saved; the backend itself produced or
            has seen them. 0 without a state.
        state: What this backend returned in `TurnDone.state` last time on this branch, or empty.
        stale: Another branch went on from `state`, so the provider may remember more than `items`.
        tools: Functions the model may call.
        hosted: Hosted tools by the provider's own description, e.g. `{"type": "web_search"}`.
        settings: Options for the provider as the user set them (`temperature`, `store` …).
        output_schema: JSON schema the answer must satisfy, or None.
        thread_id: For tracing and for the provider's cache key.
    """

    model: str
    instructions: str = ""
    items: Sequence[Item] = ()
    known: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)
    stale: bool = False
    tools: Sequence[ToolDefinition] = ()
    hosted: Sequence[Mapping[str, Any]] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    output_schema: Mapping[str, Any] | None = None
    thread_id: str = ""


class Backend(Protocol):
    """Adapter to one provider.

    A backend belongs to the loop of the runs and is used by one run at a time per thread. `turn` is an
    async generator: closing it (or cancelling the task that reads it) closes the provider's stream at once.
    Its last event is exactly one `TurnDone`. A failure is one `BackendError`, raised after everything that
    was received has been yielded as `ItemDone`. `close` releases connections and may be called twice.
    """

    name: str

    def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Ask the model once."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


_PROVIDERS = {
    "offline": ("assistant_magic.backends.offline", "OfflineBackend"),
    "openai": ("assistant_magic.backends.openai", "OpenAIBackend"),
}
_VARIABLE = "variable"  # of the notebook, which holds a chat model
_OTHER_PROVIDERS = ("assistant_magic.backends.langchain", "LangChainBackend")


def is_chat_model(candidate: object) -> bool:
    """Whether this is a chat model of LangChain; imports nothing to find out."""
    return any(
        kind.__name__ == "BaseChatModel" and kind.__module__.startswith("langchain_core")
        for kind in type(candidate).__mro__
    )


def make_backend(model: str, **options: Any) -> tuple[Backend, str]:
    """The backend for a `provider:model` name, and the model's id.

    Args:
        model: `openai:<id>`, `offline:tutor`, any `provider:id` of LangChain's `init_chat_model`, or the name of a
            variable of the notebook that holds a chat model of LangChain.
        options: Passed to the adapter: `base_url`, `api_key`, `timeout` …; each ignores what it does not know.

    Raises:
        ConfigurationError: The name has no provider, or the adapter cannot be used.
    """
    provider, model_id = _parts(model)
    if provider == _VARIABLE:
        options["variable"] = model
    module, name = _PROVIDERS.get(provider, _OTHER_PROVIDERS)
    backend: Backend = getattr(import_module(module), name)(provider=provider, **options)
    return backend, model_id


def check_model(model: str) -> None:
    """See to it that somebody answers to a `provider:model` name, without importing what answers.

    Raises:
        ConfigurationError: Nobody does; says in one line which names are near, or what to install.
    """
    provider, _ = _parts(model)
    if provider not in {*_PROVIDERS, _VARIABLE}:
        from assistant_magic.backends.langchain_providers import check_provider

        check_provider(provider)


def _parts(model: str) -> tuple[str, str]:
    from assistant_magic import kernel

    provider, colon, model_id = model.partition(":")
    if is_chat_model(kernel.namespace().get(model)):
        return _VARIABLE, model
    if not colon or not model_id:
        raise ConfigurationError(
            f"{model!r} is not a model name",
            "Write provider:model, as in openai:gpt-6-luna or offline:tutor, or a variable that holds a chat model.",
        )
    if provider == "offline" and model_id != "tutor":
        raise ConfigurationError(
            f"there is no model {model}", "The one that needs no network is offline:tutor."
        )
    return provider, model_id
