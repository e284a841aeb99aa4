"""Our items in the words of the Assistants API, as code written for it expects them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant_magic.answer import Run
from assistant_magic.exceptions import AssistantError, UsageError
from assistant_magic.file_search import citations
from assistant_magic.items import (
    Citation,
    File,
    HostedToolCall,
    Image,
    Message,
    Output,
    Part,
    Text,
    ToolCall,
    ToolResult,
)
from assistant_magic.stores import Node, RunRecord

if TYPE_CHECKING:
    from openai.types.beta.threads import Message as ThreadMessage
    from openai.types.beta.threads import RequiredActionFunctionToolCall

DATA = "assistants"
"""Key of what a message keeps for this API in its `provider_data`: metadata and attachments."""


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
            action(tool=call.name, tool_input=tool_input(call), tool_call_id=call.call_id, log="", **ids)
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


def tool_input(call: ToolCall) -> Any:
    """The arguments of a call, as LangChain's tools take them."""
    from langchain_core.exceptions import OutputParserException

    try:
        arguments = json.loads(call.arguments or "{}", strict=False)
    except ValueError as error:
        said = f"Received invalid JSON function arguments: {call.arguments} for function {call.name}"
        raise OutputParserException(said) from error
    if isinstance(arguments, dict) and list(arguments) == ["__arg1"]:
        return arguments["__arg1"]
    return arguments


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


def parts_of_content(content: object) -> tuple[Part, ...]:
    """The parts of a user message in the old form: a text, or a list of blocks.

    Raises:
        UsageError: A block of a kind that is not known.
    """
    if isinstance(content, str):
        return (Text(text=content),)
    if not isinstance(content, Sequence):
        raise UsageError(f"content is {type(content).__name__}", "Pass a text or a list of content blocks.")
    return tuple(_part(block) for block in content)


def _part(block: Any) -> Part:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if kind == "text":
        text = block["text"]
        return Text(text=text["value"] if isinstance(text, Mapping) else text)
    if kind == "image_url":
        url = block["image_url"]["url"] if isinstance(block["image_url"], Mapping) else block["image_url"]
        head, comma, data = str(url).partition(";base64,")
        return (
            Image(data=data, media_type=head.removeprefix("data:")) if comma else Text(text=f"[image: {url}]")
        )
    if kind == "image_file":
        return file_of(block["image_file"]["file_id"])
    raise UsageError(f"a content block is of the unknown type {kind!r}", "Use text, image_url or image_file.")


def file_of(file_id: str) -> File:
    """An attachment by its id at OpenAI, or by its path on this machine."""
    from mimetypes import guess_type
    from pathlib import Path

    media_type = guess_type(file_id)[0] or "application/octet-stream"
    if Path(file_id).is_file():
        return File(name=Path(file_id).name, path=str(Path(file_id).resolve()), media_type=media_type)
    return File(name=file_id, media_type=media_type, provider_data={"openai": {"file_id": file_id}})


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
