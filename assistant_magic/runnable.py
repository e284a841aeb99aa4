"""LangChain's `OpenAIAssistantRunnable`, on any backend.

Change the import, keep the code::

    from assistant_magic import OpenAIAssistantRunnable

The Assistants API behind the original was shut down on 2026-08-26. Assistants and threads live in our store
now; the keys of `invoke`, the order in which they are looked at and the types that come back are the old ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.agents import AgentAction, AgentFinish
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from pydantic import Field, PrivateAttr

from assistant_magic import assistants_api, kernel
from assistant_magic.answer import Run
from assistant_magic.assistant import ended
from assistant_magic.assistants_input import keys_of, read, warn_of_the_unheard
from assistant_magic.invocation import Invocation
from assistant_magic.run import perform
from assistant_magic.saved_assistant import SavedAssistant, described
from assistant_magic.thread import Thread


class OpenAIAssistantRunnable(RunnableSerializable[dict[str, Any], Any]):
    """An assistant in LangChain's hands: answers by itself, or hands its tool calls to the caller.

    Function tools are always the caller's to run. `code_interpreter`, `file_search`, `retrieval` and
    `web_search` run at OpenAI where the model is OpenAI's, else on this machine.
    """

    assistant_id: str
    """Of an assistant in our store, or imported into it."""
    as_agent: bool = False
    """Return actions and finishes for `AgentExecutor`, in place of messages and calls."""
    client: Any = Field(default=None, exclude=True)
    """An OpenAI client whose key and address to use."""
    async_client: Any = Field(default=None, exclude=True)
    """The same, asynchronous."""
    check_every_ms: float = 1_000.0
    """Nothing is polled any more; kept so that old code runs."""
    store: Any = Field(default=None, exclude=True)
    """Where assistants and threads live; by default the user's store."""
    backend: Any = Field(default=None, exclude=True)
    """Performs the turns in place of the one that the model names."""
    executor: Any = Field(default=None, exclude=True)
    """Runs `code_interpreter` in place of the isolated kernel."""
    _kept: SavedAssistant | None = PrivateAttr(default=None)

    @classmethod
    def create_assistant(
        cls,
        name: str,
        instructions: str,
        tools: Sequence[Any],
        model: str,
        *,
        client: Any = None,
        **kwargs: Any,
    ) -> OpenAIAssistantRunnable:
        """Save an assistant and return the Runnable of it.

        Args:
            name: What people call it.
            instructions: Standing text for the model.
            tools: LangChain tools, functions, or descriptions such as `{"type": "code_interpreter"}`.
            model: `provider:model`; a bare name is OpenAI's, an empty one the configured model.
            client: An OpenAI client whose key and address to use.
            kwargs: `as_agent`, `tool_resources`, `model_kwargs`, and other fields of the Runnable.
        """
        spec = {
            "name": name,
            "instructions": instructions,
            "model": model,
            "tools": [described(tool) for tool in tools],
            "tool_resources": kwargs.pop("tool_resources", None) or {},
            "settings": dict(kwargs.pop("model_kwargs", None) or {}),
        }
        warn_of_the_unheard({"extra_body": kwargs.pop("extra_body", None)})
        made = cls(assistant_id=SavedAssistant.new_id(), client=client, **kwargs)
        made._saved.save(spec)
        return made

    @classmethod
    async def acreate_assistant(
        cls,
        name: str,
        instructions: str,
        tools: Sequence[Any],
        model: str,
        *,
        async_client: Any = None,
        **kwargs: Any,
    ) -> OpenAIAssistantRunnable:
        """`create_assistant` for async code; nothing here waits for a network."""
        return cls.create_assistant(name, instructions, tools, model, async_client=async_client, **kwargs)

    @property
    def OutputType(self) -> Any:  # noqa: N802 - LangChain's name
        """What `invoke` returns; in agent mode exactly what `AgentExecutor` takes several actions from."""
        return list[AgentAction] | AgentFinish if self.as_agent else list[Any]

    def invoke(
        self,
        input: dict[str, Any],  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """Ask, or go on with the results of tools.

        Args:
            input: `content`, with `thread_id` to continue a thread; or `tool_outputs` with `thread_id` and
                `run_id`; or, from `AgentExecutor`, `intermediate_steps`. Also `instructions`,
                `additional_instructions`, `model`, `tools`, `attachments`, `temperature`, `top_p`,
                `max_completion_tokens`, `parallel_tool_calls`, `message_metadata`.
            config: Callbacks, tags and metadata.
            kwargs: Further keys, under those of `input`.

        Raises:
            ThreadNotFoundError: The thread is not in the store; says what can be recovered.
            BackendError: The provider failed; what came is kept.
        """
        asked = keys_of(input, kwargs)
        with Invocation(self, asked, config) as invocation:
            run = kernel.drive(self._perform(asked, invocation))
            return invocation.end(run, self._response(run))

    async def ainvoke(
        self,
        input: dict[str, Any],  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """`invoke` from a running loop."""
        asked = keys_of(input, kwargs)
        with Invocation(self, asked, config) as invocation:
            run = await kernel.adrive(self._perform(asked, invocation))
            if run.status == "cancelled":
                raise asyncio.CancelledError
            return invocation.end(run, self._response(run))

    @property
    def _saved(self) -> SavedAssistant:
        if self._kept is None:
            places = {"store": self.store, "backend": self.backend, "executor": self.executor}
            client = self.async_client or self.client
            self._kept = SavedAssistant(self.assistant_id, client=client, **places)
        return self._kept

    def _response(self, run: Run) -> Any:
        answer = assistants_api.agent_response if self.as_agent else assistants_api.plain_response
        return answer(ended(run), self.assistant_id)

    async def _perform(self, asked: Mapping[str, Any], invocation: Invocation) -> Run:
        saved = self._saved
        thread_id, given = read(asked, as_agent=self.as_agent)
        thread = Thread.create(saved.store) if thread_id is None else saved.thread(thread_id)
        request = saved.request(asked, thread, given)
        invocation.thread = thread
        return await perform(thread, request, invocation.emit)
