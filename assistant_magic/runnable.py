"""LangChain's `OpenAIAssistantRunnable`, on any backend.

Change the import, keep the code::

    from assistant_magic import OpenAIAssistantRunnable

The Assistants API behind the original was shut down on 2026-08-26. Assistants and threads live in our store
now; the keys of `invoke`, the order in which they are looked at and the types that come back are the old ones.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

from langchain_core.agents import AgentAction, AgentFinish
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from pydantic import Field, PrivateAttr

from assistant_magic import assistants_api, kernel
from assistant_magic.assistant import Assistant
from assistant_magic.backends import Backend, make_backend
from assistant_magic.builtin_tools import definition_of, hosted_tools, is_builtin, local_tools
from assistant_magic.code_tool import PYTHON, CodeToolBackend, code_tool
from assistant_magic.events import Event
from assistant_magic.exceptions import ConfigurationError, RunInterrupted, ThreadNotFoundError, UsageError
from assistant_magic.invocation import Invocation
from assistant_magic.items import File, Message, Part
from assistant_magic.request import RunRequest
from assistant_magic.steps import Step, SteppedRun
from assistant_magic.stores import AssistantRecord, Store, ThreadRecord
from assistant_magic.thread import Thread
from assistant_magic.tool_values import parts_of

_SETTINGS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "parallel_tool_calls": "parallel_tool_calls",
    "max_completion_tokens": "max_output_tokens",
}
"""Keys of `invoke` that the provider hears of, by their present names."""

Emit = Callable[[Event], None]


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
    _assistant: Assistant | None = PrivateAttr(default=None)

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
            "tools": [_described(tool) for tool in tools],
            "tool_resources": kwargs.pop("tool_resources", None) or {},
            "settings": dict(kwargs.pop("model_kwargs", None) or {}),
        }
        kwargs.pop("extra_body", None)
        identity = f"asst_{uuid4().hex[:24]}"
        made = cls(assistant_id=identity, client=client, **kwargs)
        made._store().save(AssistantRecord(id=identity, name=name, spec=spec, created=time.time()))
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
        asked = {**kwargs, **input}
        with Invocation(self, asked, config) as invocation:
            step = kernel.drive(self._step(asked, invocation.emit))
            return invocation.end(step, self._response(step))

    async def ainvoke(
        self,
        input: dict[str, Any],  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """`invoke` from a running loop."""
        asked = {**kwargs, **input}
        with Invocation(self, asked, config) as invocation:
            step = await kernel.adrive(self._step(asked, invocation.emit))
            return invocation.end(step, self._response(step))

    def _response(self, step: Step) -> Any:
        if step.run.status == "cancelled":
            raise RunInterrupted
        answer = assistants_api.agent_response if self.as_agent else assistants_api.plain_response
        return answer(step, self.assistant_id)

    async def _step(self, asked: Mapping[str, Any], emit: Emit) -> Step:
        """The old dispatch: steps of an agent, a new thread, a known thread, results of tools."""
        steps = asked.get("intermediate_steps") if self.as_agent else None
        if steps:
            last, _ = steps[-1]
            mine = {a.tool_call_id: parts_of(str(said)) for a, said in steps if a.run_id == last.run_id}
            return await self._resume(asked, last.thread_id, last.run_id, mine, emit)
        if "thread_id" in asked and "run_id" in asked:
            given = {one["tool_call_id"]: parts_of(one["output"]) for one in asked["tool_outputs"]}
            return await self._resume(asked, asked["thread_id"], asked["run_id"], given, emit)
        prompt = self._prompt(asked)
        if "thread_id" in asked:
            thread = self._thread(asked["thread_id"])
        else:
            thread = Thread.create(self._store())
        request, offered = self._request(asked, prompt, thread)
        return await SteppedRun(thread, request, offered, emit).begin()

    async def _resume(
        self,
        asked: Mapping[str, Any],
        thread_id: str,
        run_id: str,
        results: Mapping[str, tuple[Part, ...]],
        emit: Emit,
    ) -> Step:
        thread = self._thread(thread_id)
        asking = [item for item in thread.items if isinstance(item, Message) and item.role == "user"]
        request, offered = self._request(asked, asking[-1], thread)
        return await SteppedRun(thread, request, offered, emit).resume(run_id, results)

    def _prompt(self, asked: Mapping[str, Any]) -> Message:
        if not asked.get("content"):
            raise UsageError("there is nothing to ask", 'Invoke with {"content": "…"}.')
        parts = assistants_api.parts_of_content(asked["content"])
        files = [assistants_api.file_of(each["file_id"]) for each in asked.get("attachments") or ()]
        files += [assistants_api.file_of(each) for each in asked.get("file_ids") or ()]
        kept = {
            name: asked[f"{name}_metadata"] for name in ("thread", "run") if asked.get(f"{name}_metadata")
        }
        if asked.get("message_metadata"):
            kept["metadata"] = asked["message_metadata"]
        data = {assistants_api.DATA: kept} if kept else {}
        return Message(role="user", content=(*parts, *files), provider_data=data)

    def _request(
        self, asked: Mapping[str, Any], prompt: Message, thread: Thread
    ) -> tuple[RunRequest, list[Any]]:
        """What the run needs, and the tools whose calls the caller gets."""
        spec = self._spec()
        tools = [_described(tool) for tool in asked.get("tools") or spec.get("tools") or ()]
        builtin = [tool for tool in tools if is_builtin(tool)]
        offered = [definition_of(tool) for tool in tools if not is_builtin(tool)]
        resources = asked.get("tool_resources") or spec.get("tool_resources") or {}
        model = _model_name(asked.get("model") or spec.get("model") or "")
        assistant = self._front(model)
        settings = assistant.settings(None, model=model or None)
        hosts = (self.backend.name if self.backend else settings.named_model().partition(":")[0]) == "openai"
        files = [
            part for item in (*thread.items, prompt) if isinstance(item, Message) for part in item.content
        ]
        ours = [] if hosts else local_tools(builtin, [part for part in files if isinstance(part, File)])
        request = assistant.with_tools(ours).request(settings, prompt)
        request = replace(
            request,
            backend=_with_code_tool(request.backend, ours, offered),
            hosted=hosted_tools(builtin, resources) if hosts else (),
            instructions=_instructions(spec, asked),
            settings={**(spec.get("settings") or {}), **_settings(asked)},
        )
        return request, offered

    def _front(self, model: str) -> Assistant:
        """The engine's own assistant; made once, so that its executor keeps its state."""
        if self._assistant is None:
            backend = self.backend or self._client_backend(model)
            self._assistant = Assistant(
                python=False,
                store=self.store,
                backend=backend,
                executor=self.executor,
                approve="auto",
                **({} if self.executor else {"executor_name": "isolated"}),
            )
        return self._assistant

    def _client_backend(self, model: str) -> Backend | None:
        client = self.async_client or self.client
        if client is None or not model.startswith("openai:"):
            return None
        return make_backend(model, base_url=str(client.base_url), api_key=client.api_key)[0]

    def _store(self) -> Store:
        return cast("Store", self.store) if self.store is not None else Assistant(python=False).store

    def _spec(self) -> Mapping[str, Any]:
        found = self._store().find(AssistantRecord, id=self.assistant_id)
        if not found:
            raise ConfigurationError(
                f"there is no assistant {self.assistant_id!r} here. {GONE}",
                "Its instructions and tools are in the code that created it or in an export: "
                "`jupyter assistant import assistant.json`, or create_assistant again.",
            )
        return found[0].spec

    def _thread(self, thread_id: str) -> Thread:
        found = self._store().find(ThreadRecord, id=thread_id)
        if not found:
            raise ThreadNotFoundError(
                f"there is no thread {thread_id!r} here. {GONE}",
                "Its messages can be recovered only from an export: `jupyter assistant import thread.json`; "
                "leave thread_id out to begin a new one.",
            )
        return Thread(self._store(), found[0])


GONE = "Assistants and threads that OpenAI kept are gone since 2026-08-26 and cannot be read any more"


def _described(tool: Any) -> Any:
    """A tool as JSON: hosted ones as they are, functions in OpenAI's form."""
    if is_builtin(tool):
        return dict(tool)
    known = definition_of(tool)
    function = {"name": known.name, "description": known.description, "parameters": dict(known.parameters)}
    return {"type": "function", "function": function}


def _model_name(model: str) -> str:
    return f"openai:{model}" if model and ":" not in model else model


def _instructions(spec: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    standing = asked.get("instructions") or spec.get("instructions") or ""
    return "\n\n".join(filter(None, [standing, asked.get("additional_instructions")]))


def _settings(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {new: asked[old] for old, new in _SETTINGS.items() if asked.get(old) is not None}


def _with_code_tool(backend: Backend, ours: Sequence[Any], offered: Sequence[Any]) -> Backend:
    """The tutor with the caller's tool for running code in place of `python`, which it lacks here."""
    if backend.name != "offline" or any(tool.name == PYTHON for tool in (*ours, *offered)):
        return backend
    found = code_tool(offered)
    return CodeToolBackend(backend, *found) if found else backend
