"""Our items in the words of the Assistants API, as code written for it expects them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assistant_magic.answer import Run
from assistant_magic.assistants_input import waiting_mark
from assistant_magic.exceptions import AssistantError
from assistant_magic.file_search import citations
from assistant_magic.items import (
    Citation,
    File,
    HostedToolCall,
    Image,
    Message,
    Output,
    Text,
    ToolCall,
    ToolResult,
)
from assistant_magic.old_messages import DATA
from assistant_magic.stores import Node, RunRecord

if TYPE_CHECKING:
    from openai.types.beta.threads import Message as ThreadMessage
    from openai.types.beta.threads import RequiredActionFunctionToolCall


class UnexpectedStatusError(AssistantError, ValueError):
    """The run ended without an answer; a ValueError, as in LangChain's class."""


def agent_types() -> tuple[type[Any], type[Any]]:
    """LangChain's own action and finish classes where langchain-classic is installed, else ours."""
    try:
        from langchain_classic.agents.openai_assistant import base as source
    except ImportError:
        from assistant_magic import agent_steps as source  # type: ignore[no-redef]  # the same two names
    return source.OpenAIAssistantAction, source.OpenAIAssistantFinish


def agent_response(run: Run, assistant_id: str) -> Any:
    """A list of actions, or the finish.

    Raises:
        OutputParserException: Arguments are not JSON; `AgentExecutor(handle_parsing_errors=True)` recovers.
        UnexpectedStatusError: The run was cut short.
    """
    ids = {"thread_id": run.thread.id, "run_id": run.id}
    action, finish = agent_types()
    if run.calls:
        return [
            action(
                tool=call.name, tool_input=_tool_input(call, run), tool_call_id=call.call_id, log="", **ids
            )
            for call in run.calls
        ]
    messages = thread_messages(run, assistant_id)
    blocks = [block for message in messages for block in message.content]
    attachments = [attachment for message in messages for attachment in message.attachments or ()]
    words = [block.text.value for block in blocks if block.type == "text"]
    output = "\n".join(words) if len(words) == len(blocks) else blocks
    return finish(return_values={"output": output, **ids, "attachments": attachments}, log="", **ids)


def plain_response(run: Run, assistant_id: str) -> list[Any]:
    """Messages of the assistant, or function calls for the caller to run."""
    return required_calls(run) if run.calls else thread_messages(run, assistant_id)


def _tool_input(call: ToolCall, run: Run) -> Any:
    """The arguments of a call, as LangChain's tools take them."""
    try:
        arguments = json.loads(call.arguments or "{}", strict=False)
    except ValueError as error:
        raise _parsing_error(call, run) from error
    if not isinstance(arguments, dict):
        raise _parsing_error(call, run)
    return arguments["__arg1"] if list(arguments) == ["__arg1"] else arguments


def _parsing_error(call: ToolCall, run: Run) -> Exception:
    """What `AgentExecutor` recovers from: the observation goes to the model, the log leads back to the run."""
    from langchain_core.exceptions import OutputParserException

    said = f"Received invalid JSON function arguments: {call.arguments} for function {call.name}"
    log = f"{said} {waiting_mark(run.thread.id, run.id)}"
    return OutputParserException(log, observation=said, llm_output=log, send_to_llm=True)


def required_calls(run: Run) -> list[RequiredActionFunctionToolCall]:
    """The calls that wait for the caller."""
    from openai.types.beta.threads.required_action_function_tool_call import (
        Function,
        RequiredActionFunctionToolCall,
    )

    return [
        RequiredActionFunctionToolCall(
            id=call.call_id, type="function", function=Function(name=call.name, arguments=call.arguments)
        )
        for call in run.calls
    ]


def thread_messages(run: Run, assistant_id: str) -> list[ThreadMessage]:
    """What the assistant said in this run, figures of its code beside the words.

    Raises:
        UnexpectedStatusError: The run was cut short.
    """
    if run.status != "completed":
        raise UnexpectedStatusError(
            f"Unexpected run status: {run.status}: {run.reason}", "What came is kept in its thread."
        )
    found, pictures = [], []
    for node in _nodes(run):
        item = node.item
        if isinstance(item, ToolResult | HostedToolCall):
            pictures += [image for output in item.outputs for image in _pictures(output)]
        elif isinstance(item, Message) and item.role == "assistant":
            found.append(_thread_message(node, item, pictures, assistant_id, run.thread.id))
            pictures = []
    return found


def _nodes(run: Run) -> Iterator[Node]:
    """What the run added to its thread in all its steps."""
    store = run.thread.store
    [record] = store.find(RunRecord, id=run.id)
    yield from store.path(record.head, after=record.parent)


def _thread_message(
    node: Node, item: Message, pictures: Sequence[Image], assistant_id: str, thread_id: str
) -> ThreadMessage:
    from openai.types.beta.threads import Message as ThreadMessage

    content = [*(_image_block(picture) for picture in pictures), *_blocks(item)]
    files = [part for part in item.content if isinstance(part, File)]
    return ThreadMessage.model_construct(
        id=f"msg_{node.id[:24]}",
        assistant_id=assistant_id,
        attachments=[{"file_id": file.name, "tools": []} for file in files],
        completed_at=int(node.created),
        content=content,
        created_at=int(node.created),
        incomplete_at=None,
        incomplete_details=None,
        metadata=dict(item.provider_data.get(DATA, {}).get("metadata") or {}),
        object="thread.message",
        role="assistant",
        run_id=node.run,
        status="completed",
        thread_id=thread_id,
    )


def _blocks(item: Message) -> Iterator[Any]:
    from openai.types.beta.threads import Text as ThreadText
    from openai.types.beta.threads import TextContentBlock

    for part in item.content:
        if isinstance(part, Text):
            cited = item.citations or citations(item.text)
            notes = [_annotation(note, item.text) for note in cited]
            text = ThreadText.model_construct(value=part.text, annotations=notes)
            yield TextContentBlock.model_construct(type="text", text=text)
        elif isinstance(part, Image):
            yield _image_block(part)


def _image_block(image: Image) -> Any:
    from openai.types.beta.threads import ImageURL, ImageURLContentBlock

    url = f"data:{image.media_type};base64,{image.data}"
    return ImageURLContentBlock(type="image_url", image_url=ImageURL(url=url))


def _annotation(note: Citation, text: str) -> Any:
    """A file citation in the old form; kinds that did not exist then keep their own names."""
    from openai.types.beta.threads import FileCitationAnnotation

    start, end = note.start or 0, note.end or 0
    place = {"text": text[start:end], "start_index": start, "end_index": end}
    if note.kind == "url":
        return {"type": "url_citation", "url": note.url, "title": note.title, **place}
    cited = {"file_id": note.file_id or note.title}
    return FileCitationAnnotation.model_validate({"type": "file_citation", "file_citation": cited, **place})


def _pictures(output: Output) -> Iterator[Image]:
    for media_type in ("image/png", "image/jpeg"):
        data = output.get("data", {}).get(media_type)
        if data:
            yield Image(data="".join(data), media_type=media_type)
