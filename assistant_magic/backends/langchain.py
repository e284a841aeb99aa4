"""Any LangChain chat model behind a thread: `anthropic:…`, `ollama:…`, `google_genai:…`, or an instance."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Container, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from assistant_magic import kernel
from assistant_magic.backends import ToolDefinition, TurnRequest, is_chat_model
from assistant_magic.backends.langchain_answer import FINAL_ANSWER, Answer
from assistant_magic.backends.langchain_errors import harmless, setup_error, turn_error
from assistant_magic.backends.langchain_messages import messages_of
from assistant_magic.events import Event, ItemDone, TurnDone
from assistant_magic.exceptions import BackendError, ConfigurationError, RequestRejectedError
from assistant_magic.tracing import silence

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable


class LangChainBackend:
    """Performs turns with a LangChain chat model.

    Args:
        provider: As LangChain's `init_chat_model` calls it: `anthropic`, `ollama`, `google_genai` …
        chat_model: A chat model to use as it is; `provider` and the model's id then only name it.
        variable: Name of a variable of the notebook that holds one; what it holds is looked up at each turn.
        options: For the chat model's constructor: `base_url`, `api_key`, `timeout` …
    """

    name = "langchain"

    def __init__(
        self,
        *,
        provider: str = "",
        chat_model: BaseChatModel | None = None,
        variable: str = "",
        **options: Any,
    ) -> None:
        self._given, self._variable = chat_model, variable
        self._provider = provider or getattr(chat_model, "_llm_type", "")
        self._options = {name: value for name, value in options.items() if value is not None}
        self._made: dict[str, BaseChatModel] = {}

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Ask the chat model once.

        Raises:
            MissingExtraError: LangChain or the provider's package is not installed.
            BackendError: The turn failed; what was received has been yielded.
        """
        model = self._bound(request)
        answer, asked = Answer(self._provider), _times_cancelled()
        try:
            messages = messages_of(request.instructions, request.items, self._provider)
            async with aclosing(model.astream(messages)) as chunks:  # type: ignore[type-var]  # typed as a plain iterator
                with silence():
                    # A chat model decides as it starts whether to trace itself; the run's trace has it already.
                    chunk = await anext(chunks, None)
                while chunk is not None:
                    _heed(asked)
                    for event in answer.add(chunk):
                        yield event
                    chunk = await anext(chunks, None)
            answer.check(self._named(request))
        except Exception as error:  # noqa: BLE001  # whatever a provider package raises
            for part, item in answer.received():
                yield ItemDone(part=part, item=item)
            raise self._error(error, request, began=answer.began) from harmless(error, self._secrets())
        items = answer.items()
        for part, item in items:
            yield ItemDone(part=part, item=item)
        yield TurnDone(items=tuple(item for _, item in items), usage=answer.usage, finish=answer.finish)

    async def close(self) -> None:
        """Forget the chat models; their connections are LangChain's, shared between models."""
        self._made.clear()

    def _bound(self, request: TurnRequest) -> Runnable[Any, Any]:
        """The chat model with the tools of this request."""
        model = self._held() if self._variable else self._given or self._model(request)
        tools = [_tool(tool) for tool in request.tools] + [dict(tool) for tool in request.hosted]
        if request.output_schema is not None:
            tools.append(_final_answer(request.output_schema))
        if not tools:
            return model
        options = {"tool_choice": "any"} if request.output_schema is not None else {}
        try:
            return model.bind_tools(tools, **options)
        except RuntimeError as error:
            # The way a chat model that has no `bind_tools` of its own says so.
            raise RequestRejectedError(
                f"{self._named(request)} cannot call tools", "Choose another model, or turn the tools off."
            ) from error

    def _held(self) -> BaseChatModel:
        held = kernel.namespace().get(self._variable)
        if not is_chat_model(held):
            raise ConfigurationError(
                f"the variable {self._variable} holds no chat model any more",
                "Choose a model: %assistant model.",
            )
        return cast("BaseChatModel", held)

    def _model(self, request: TurnRequest) -> BaseChatModel:
        key = json.dumps([request.model, dict(request.settings)], sort_keys=True, default=str)
        if key not in self._made:
            try:
                self._made[key] = self._make(request)
            except Exception as error:  # noqa: BLE001  # the same
                found = setup_error(error, provider=self._provider, secrets=self._secrets())
                raise found from harmless(error, self._secrets())
        return self._made[key]

    def _make(self, request: TurnRequest) -> BaseChatModel:
        from langchain.chat_models import init_chat_model

        model: BaseChatModel = init_chat_model(request.model, model_provider=self._provider, **self._options)
        fields = type(model).model_fields
        known = set(fields) | {f.alias for f in fields.values() if f.alias}
        wanted = _in_its_words(request.settings, known)
        chosen = {name: value for name, value in wanted.items() if name in known}
        if "stream_usage" in known:
            # langchain-openai counts tokens of a stream by itself only at OpenAI's own address.
            chosen.setdefault("stream_usage", True)
        if not chosen:
            return model
        options = {**self._options, **chosen}
        return cast("BaseChatModel", init_chat_model(request.model, model_provider=self._provider, **options))

    def _error(self, error: Exception, request: TurnRequest, *, began: bool) -> Exception:
        if isinstance(error, BackendError):
            return error
        return turn_error(error, model=self._named(request), began=began, secrets=self._secrets())

    def _named(self, request: TurnRequest) -> str:
        return f"{self._provider}:{request.model}" if request.model else self._provider

    def _secrets(self) -> tuple[str, ...]:
        variable = f"{self._provider.upper()}_API_KEY"
        return (str(self._options.get("api_key", "")), os.environ.get(variable, ""))


_OF_OPENAI = frozenset({"background", "compact_at", "conversation", "store"})
"""Settings of the native OpenAI backend that LangChain's models know by the same name and another meaning."""


def _in_its_words(settings: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    """Settings by the names of this chat model: the length of an answer has several."""
    renamed = {name: value for name, value in settings.items() if name not in _OF_OPENAI}
    name = next((name for name in ("max_output_tokens", "max_tokens", "num_predict") if name in known), "")
    if name and "max_output_tokens" in renamed:
        renamed[name] = renamed.pop("max_output_tokens")
    return renamed


def _times_cancelled() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _heed(before: int) -> None:
    """End here if the task was cancelled since `before` and something swallowed it.

    `asyncio.wait_for` of Python 3.11 does when its chunk is just there, and provider packages wait with it.
    """
    if _times_cancelled() > before:
        raise asyncio.CancelledError


def _tool(tool: ToolDefinition) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}


def _final_answer(schema: Any) -> dict[str, Any]:
    return _tool(
        ToolDefinition(
            name=FINAL_ANSWER, description="Give the final answer, in exactly this form.", parameters=schema
        )
    )
