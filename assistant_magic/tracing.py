"""What a run does, told to LangChain's callbacks: LangSmith, OpenTelemetry through it, handlers of the caller's.

One run is one trace: model turns with their tokens and tool calls are its children. Nothing here imports
anything before `wanted()` or a caller's `config` asks for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from assistant_magic.events import (
    Event,
    RunDone,
    RunStarted,
    TextDelta,
    ToolDone,
    ToolStarted,
    TurnDone,
    TurnStarted,
)
from assistant_magic.items import Item, Message, Text, ToolCall, Usage

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManager
    from langsmith.run_trees import RunTree

_SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")


def wanted() -> bool:
    """Whether the environment asks for LangSmith traces."""
    return any(os.environ.get(name, "").lower() in {"true", "1"} for name in _SWITCHES)


@contextmanager
def silence() -> Iterator[None]:
    """Keep LangChain objects that we call from tracing themselves: the run's own trace has them already."""
    if not wanted():
        yield
        return
    from langsmith.run_helpers import tracing_context

    with tracing_context(enabled=False):
        yield


class RunTrace:
    """Tells the events of one run to a callback manager, which stands for the run.

    Satisfies `View`.

    Args:
        manager: The children of this manager are the turns and tools.
        items: Gives the thread's items when a turn starts.
        instructions: What stands above them.
    """

    def __init__(
        self, manager: CallbackManager, items: Callable[[], tuple[Item, ...]], instructions: str = ""
    ) -> None:
        self._manager, self._items, self._instructions = manager, items, instructions
        self._model = ""
        self._turn: Any = None
        self._tools: dict[str, Any] = {}

    def handle(self, event: Event) -> None:
        """Take notice of one event."""
        if isinstance(event, RunStarted):
            self._model = event.model
        elif isinstance(event, TurnStarted):
            self._turn = self._start_turn()
        elif isinstance(event, TextDelta) and self._turn is not None:
            self._turn.on_llm_new_token(event.text)
        elif isinstance(event, TurnDone):
            self._end_turn(event)
        elif isinstance(event, ToolStarted):
            self._tools[event.call.call_id] = self._start_tool(event.call)
        elif isinstance(event, ToolDone):
            self._end_tool(event)
        elif isinstance(event, RunDone) and self._turn is not None:
            self._turn.on_llm_error(RuntimeError(event.reason or event.status))
            self._turn = None

    def _start_turn(self) -> Any:
        from assistant_magic.backends.langchain_messages import messages_of

        provider, _, model = self._model.partition(":")
        known = {"ls_provider": provider, "ls_model_name": model, "ls_model_type": "chat"}
        self._manager.add_metadata(known, inherit=False)
        messages = messages_of(self._instructions, self._items(), "")
        parameters = {"model": model, "_type": provider}
        name = {"name": self._model}
        [turn] = self._manager.on_chat_model_start(name, [messages], invocation_params=parameters)
        return turn

    def _end_turn(self, event: TurnDone) -> None:
        from langchain_core.messages import AIMessage
        from langchain_core.outputs import ChatGeneration, LLMResult

        words = "".join(item.text for item in event.items if isinstance(item, Message))
        calls = [
            {"type": "tool_call", "id": item.call_id, "name": item.name, "args": arguments_of(item)}
            for item in event.items
            if isinstance(item, ToolCall)
        ]
        message = AIMessage(words, tool_calls=calls, usage_metadata=usage_metadata(event.usage))
        self._turn.on_llm_end(LLMResult(generations=[[ChatGeneration(message=message)]]))
        self._turn = None

    def _start_tool(self, call: ToolCall) -> Any:
        inputs = arguments_of(call)
        return self._manager.on_tool_start({"name": call.name}, call.arguments, inputs=inputs)

    def _end_tool(self, event: ToolDone) -> None:
        from assistant_magic.outputs import model_parts

        tool = self._tools.pop(event.call.call_id, None) or self._start_tool(event.call)
        said = "\n".join(part.text for part in model_parts(event.result) if isinstance(part, Text))
        if event.result.status == "ok":
            tool.on_tool_end(said)
        else:
            tool.on_tool_error(RuntimeError(f"{event.result.status}: {said}"))


class RootTrace:
    """Tells one whole run as a chain: its prompt, its turns and tools below it, its answer.

    Satisfies `View`.

    Args:
        name: Of the assistant.
        items: Gives the thread's items when a turn starts.
        config: Callbacks, tags and metadata of a caller's, as LangChain's `RunnableConfig`.
    """

    def __init__(
        self, name: str, items: Callable[[], tuple[Item, ...]], config: Mapping[str, Any] | None = None
    ) -> None:
        self._name, self._items, self._config = name, items, config or {}
        self._chain: Any = None
        self._below: RunTrace | None = None
        self._answer = ""

    def handle(self, event: Event) -> None:
        """Take notice of one event."""
        if isinstance(event, RunStarted):
            self._start(event.prompt)
        elif isinstance(event, TurnDone):
            words = [item.text for item in event.items if isinstance(item, Message)]
            self._answer = words[-1] if words else self._answer
        if self._below is not None:
            self._below.handle(event)
        if isinstance(event, RunDone):
            self._end(event)

    def _start(self, prompt: str) -> None:
        from langchain_core.callbacks import CallbackManager

        manager = CallbackManager.configure(
            inheritable_callbacks=self._config.get("callbacks"),
            inheritable_tags=self._config.get("tags"),
            inheritable_metadata=self._config.get("metadata"),
        )
        name = self._config.get("run_name") or self._name
        self._chain = manager.on_chain_start({"name": name}, {"input": prompt}, name=name)
        self._below = RunTrace(self._chain.get_child(), self._items)

    def _end(self, event: RunDone) -> None:
        if self._chain is None:
            return
        if event.status == "completed":
            self._chain.on_chain_end({"output": self._answer})
        else:
            self._chain.on_chain_error(RuntimeError(event.reason or event.status))


class RunRoots:
    """Traces of runs that stopped at `requires_action`, by run id.

    A hand-written loop invokes an agent, runs tools, and invokes it again: each by itself would be a trace of
    its own. In between, the run's trace stays open and is the parent of what the same code does, so that the
    tools that LangChain traces land in it.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[RunTree, ExitStack]] = {}

    @contextmanager
    def around(self, run_id: str, name: str, inputs: Mapping[str, Any]) -> Iterator[Callable[..., None]]:
        """One invocation within its run's trace.

        Yields a function to be told how the run stands: `(run_id, status, outputs)`.
        """
        from langsmith.run_helpers import get_current_run_tree, tracing_context
        from langsmith.run_trees import RunTree

        root = self._take(run_id)
        self._abandon(get_current_run_tree())
        if root is None and get_current_run_tree() is not None:
            # Within a trace of the caller's the run is a part of that.
            yield lambda *_: None
            return
        if root is None:
            root = RunTree(name=name, run_type="chain", inputs=dict(inputs))
            root.post()
        stands: list[Any] = []
        try:
            with tracing_context(parent=root):
                yield lambda *told: stands.append(told)
        except BaseException as error:
            root.end(error=repr(error))
            root.patch()
            raise
        run, status, outputs = stands[-1]
        if status == "requires_action":
            held = ExitStack()
            held.enter_context(tracing_context(parent=root))
            self._open[run] = (root, held)
        else:
            root.end(outputs=outputs)
            root.patch()

    def _take(self, run_id: str) -> RunTree | None:
        root, held = self._open.pop(run_id, (None, None))
        if held is not None:
            held.close()
        return root

    def _abandon(self, tree: object) -> None:
        """End the trace of a run that nobody went on with, where it is still around us."""
        for run_id, (root, _) in list(self._open.items()):
            if root is tree:
                self._take(run_id)
                root.end(error="left at requires_action")
                root.patch()


roots = RunRoots()
"""The traces that wait in this process."""


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """A call's arguments as a mapping, whatever the model wrote."""
    try:
        found = json.loads(call.arguments or "{}", strict=False)
    except ValueError:
        found = call.arguments
    return found if isinstance(found, dict) else {"input": found}


def usage_metadata(usage: Usage) -> Any:
    """Tokens in LangChain's form."""
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "input_token_details": {"cache_read": usage.cached_tokens},
        "output_token_details": {"reasoning": usage.reasoning_tokens},
    }
