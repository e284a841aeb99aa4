"""An assistant as the Assistants API kept them: an id for name, instructions, model and described tools."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from assistant_magic.assistant import Assistant
from assistant_magic.backends import Backend, ToolDefinition, make_backend
from assistant_magic.backends.openai_connection import hosts_tools, server_of
from assistant_magic.builtin_tools import (
    Host,
    definition_of,
    hosted_tools,
    is_builtin,
    local_tools,
    shared_out,
)
from assistant_magic.code_tool import PYTHON, CodeToolBackend, code_tool
from assistant_magic.exceptions import ConfigurationError, ThreadNotFoundError
from assistant_magic.items import File, Message
from assistant_magic.request import HandedIn, RunRequest
from assistant_magic.stores import AssistantRecord, Store, ThreadRecord
from assistant_magic.thread import Thread

GONE = "Assistants and threads that OpenAI kept are gone since 2026-08-26 and cannot be read any more"

_SETTINGS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "parallel_tool_calls": "parallel_tool_calls",
    "max_completion_tokens": "max_output_tokens",
}
"""Keys of a run that the provider hears of, by their present names."""


class SavedAssistant:
    """Finds a saved specification and makes requests of it.

    Args:
        identity: `asst_…`, in our store.
        store: Where it and its threads live; None for the user's store.
        backend: Performs the turns in place of the one that the model names.
        executor: Runs `code_interpreter` in place of the isolated kernel.
        client: An OpenAI client whose key and address to use.
    """

    def __init__(
        self,
        identity: str,
        *,
        store: Store | None = None,
        backend: Any = None,
        executor: Any = None,
        client: Any = None,
    ) -> None:
        self.identity = identity
        self._backend, self._client = backend, client
        self._made: Backend | None = None
        self._engine = Assistant(
            python=False, store=store, backend=backend, executor=executor, approve="auto"
        )
        self.store = self._engine.store

    @classmethod
    def new_id(cls) -> str:
        """An identifier for an assistant that is to be saved."""
        return f"asst_{uuid4().hex[:24]}"

    def save(self, spec: Mapping[str, Any]) -> None:
        """Keep a specification: `name`, `instructions`, `model`, `tools`, `tool_resources`, `settings`."""
        name = str(spec.get("name") or "")
        self.store.save(AssistantRecord(id=self.identity, name=name, spec=spec, created=time.time()))

    @property
    def spec(self) -> Mapping[str, Any]:
        """The specification.

        Raises:
            ConfigurationError: There is none of this id; says what can be recovered.
        """
        found = self.store.find(AssistantRecord, id=self.identity)
        if not found:
            raise ConfigurationError(
                f"there is no assistant {self.identity!r} here. {GONE}",
                "Instructions and tools are in the code that created it or in an export: "
                "`jupyter assistant import assistant.json`, or create_assistant again.",
            )
        return found[0].spec

    def thread(self, thread_id: str) -> Thread:
        """A thread by its whole id.

        Raises:
            ThreadNotFoundError: There is none; says what can be recovered.
        """
        found = self.store.find(ThreadRecord, id=thread_id)
        if not found:
            raise ThreadNotFoundError(
                f"there is no thread {thread_id!r} here. {GONE}",
                "Messages can be recovered only from an export: `jupyter assistant import thread.json`; "
                "leave thread_id out to begin a new one.",
            )
        return Thread(self.store, found[0])

    def request(self, asked: Mapping[str, Any], thread: Thread, given: Message | HandedIn) -> RunRequest:
        """What a run needs besides its thread; functions among the tools are offered, for the caller to run.

        Args:
            asked: `instructions`, `additional_instructions`, `model`, `tools`, `tool_resources` and settings that
                stand above the saved ones for this run.
            thread: Where it is asked; its files can be searched.
            given: The message that is answered, or the results for a run that waits for them.
        """
        spec = {
            **self.spec,
            **{key: asked[key] for key in ("model", "tools", "tool_resources") if asked.get(key) is not None},
        }
        tools = [described(tool) for tool in spec.get("tools") or ()]
        builtin = [tool for tool in tools if is_builtin(tool)]
        offered = [definition_of(tool) for tool in tools if not is_builtin(tool)]
        settings = self._engine.settings(
            None, model=_model_name(spec.get("model") or "") or None, executor="isolated"
        )
        model = settings.named_model()
        backend = self._backend or self._of_client(model)
        resources = spec.get("tool_resources") or {}
        there, here = shared_out(builtin, resources, self._host(model, settings.base_url))
        prompt, handed_in = (given, None) if isinstance(given, Message) else (None, given)
        ours = local_tools(here, _files(thread, prompt))
        request = self._engine.with_tools(ours).request(settings, prompt, thread)
        return replace(
            request,
            backend=_with_code_tool(backend or request.backend, request, offered),
            offered=offered,
            handed_in=handed_in,
            hosted=hosted_tools(there, resources),
            instructions=_instructions(spec, asked),
            settings={**(spec.get("settings") or {}), **_settings(asked)},
        )

    def _of_client(self, model: str) -> Backend | None:
        if self._client is None or not model.startswith("openai:"):
            return None
        if self._made is None:
            self._made = make_backend(model, client=self._client)[0]
        return self._made

    def _host(self, model: str, base_url: str) -> Host:
        """What the server behind a model can run."""
        if self._backend is not None:
            return "all" if self._backend.name == "openai" else "none"
        if not model.startswith("openai:"):
            return "none"
        server = server_of(str(self._client.base_url) if self._client else base_url)
        return "all" if hosts_tools(server) else "needed"


def described(tool: Any) -> dict[str, Any]:
    """A tool as JSON: hosted ones as they are, functions in OpenAI's form."""
    if is_builtin(tool):
        return dict(tool)
    known = definition_of(tool)
    function = {"name": known.name, "description": known.description, "parameters": dict(known.parameters)}
    return {"type": "function", "function": function}


def _model_name(model: str) -> str:
    return f"openai:{model}" if model and ":" not in model else model


def _files(thread: Thread, prompt: Message | None) -> list[File]:
    messages = [item for item in (*thread.items, prompt) if isinstance(item, Message)]
    return [part for message in messages for part in message.content if isinstance(part, File)]


def _instructions(spec: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    standing = asked.get("instructions") or spec.get("instructions") or ""
    return "\n\n".join(filter(None, [standing, asked.get("additional_instructions")]))


def _settings(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {new: asked[old] for old, new in _SETTINGS.items() if asked.get(old) is not None}


def _with_code_tool(backend: Backend, request: RunRequest, offered: Sequence[ToolDefinition]) -> Backend:
    """The tutor with the caller's tool for running code in place of `python`, which it lacks here."""
    if backend.name != "offline" or any(
        tool.name == PYTHON for tool in (*request.toolbox.definitions, *offered)
    ):
        return backend
    found = code_tool(offered)
    return CodeToolBackend(backend, *found) if found else backend
