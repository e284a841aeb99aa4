"""Our items as input items of the Responses API.

An item goes back in the server's own words where it came from this very server (ids, phase, encrypted
reasoning), and in plain words everywhere else, so that a thread can move between providers. Whatever the
history, every function call is followed by the results of all calls of its turn, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from assistant_magic.backends.openai_wire import PROVIDER
from assistant_magic.items import (
    Compaction,
    File,
    HostedToolCall,
    Image,
    Item,
    Message,
    Output,
    Part,
    Text,
    ToolCall,
    ToolResult,
)

WireItem = dict[str, Any]

NO_RESULT = "No result: the call was interrupted."
"""What answers a call that a crash or a stop left open."""

_Call = ToolCall | HostedToolCall
FileWords = Mapping[str, WireItem]
"""How each attached file is handed over, by its key; made by `openai_files`."""


def file_key(part: File) -> str:
    """What an attached file is remembered by within one request."""
    known = (part.provider_data.get(PROVIDER) or {}).get("file_id", "")
    return f"{part.name}\0{part.path}\0{known}\0{hash(part.data)}"


class Input:
    """Makes input items.

    Args:
        origin: The server that will read them.
        files: How attached files are handed over.
        own_words: Send items of this server back as it wrote them; False where it would not know their ids.
        pictures: A tool's result may hold pictures; else they follow it in a message.
    """

    def __init__(
        self, origin: str, files: FileWords, *, own_words: bool = True, pictures: bool = True
    ) -> None:
        self._origin = origin
        self._files = files
        self._own_words = own_words
        self._pictures = pictures

    def replay(self, items: Sequence[Item], *, closed: bool = True) -> list[WireItem]:
        """A whole thread, from its last compaction on.

        Args:
            items: The thread.
            closed: Answer calls that have no result; False when their results follow elsewhere.
        """
        start = max((n for n, item in enumerate(items) if self._own(item, Compaction)), default=0)
        return self.follow(items[start:], before=(), closed=closed)

    def follow(self, items: Sequence[Item], before: Sequence[Item], *, closed: bool = True) -> list[WireItem]:
        """What is new to a server that remembers `before`."""
        waiting = _open_calls(before)
        wire: list[WireItem] = []
        for place, item in enumerate(items):
            if isinstance(item, ToolResult) or _is_prompt(item):
                wire += self._answers(waiting, items[place:])
                waiting = []
            if _asks(item):
                waiting.append(item)
            wire += self._item(item)
        return wire + self._answers(waiting, ()) if closed else wire

    def _answers(self, waiting: Iterable[_Call], after: Sequence[Item]) -> list[WireItem]:
        wire: list[WireItem] = []
        behind: list[WireItem] = []
        for call in waiting:
            result = _result(call.call_id, after)
            if isinstance(call, ToolCall):
                kind = "custom_tool_call_output" if self._is_custom(call) else "function_call_output"
                output, pictures = self._output(result)
                wire.append({"type": kind, "call_id": call.call_id, "output": output})
                behind += pictures
            elif self._known_here(call):
                wire.append(_decision(call, result))
        return [*wire, {"role": "user", "content": behind}] if behind else wire

    def _output(self, result: ToolResult | None) -> tuple[str | list[WireItem], list[WireItem]]:
        """A result as the server takes it, and pictures that have to follow it."""
        from assistant_magic.outputs import model_parts

        if result is None:
            return NO_RESULT, []
        parts = model_parts(result)
        words = "\n".join(part.text for part in parts if isinstance(part, Text))
        pictures = [part for part in parts if not isinstance(part, Text)]
        if not pictures:
            return words, []
        if self._pictures:
            return self._content(parts), []
        intro = Text(text=f"(pictures made by {result.name})")
        return words or "(pictures follow)", self._content([intro, *pictures])

    def _item(self, item: Item) -> list[WireItem]:
        raw = self._raw(item)
        if isinstance(item, Message):
            return [self._message(item, raw)]
        if isinstance(item, ToolCall) and self._is_custom(item):
            return [_own_item(item)]
        if isinstance(item, ToolCall):
            call = {
                "type": "function_call",
                "call_id": item.call_id,
                "name": item.name,
                "arguments": item.arguments,
            }
            return [{**(raw or {}), **call}]
        if isinstance(item, HostedToolCall):
            return self._hosted(item, raw)
        if isinstance(item, Compaction) and self._known_here(item):
            return [
                _anonymous(wire) for wire in item.provider_data[PROVIDER].get("items") or [_own_item(item)]
            ]
        # Reasoning means something to its own server only.
        return [] if raw is None else [raw]

    def _message(self, item: Message, raw: WireItem | None) -> WireItem:
        if item.role == "user":
            words_only = all(isinstance(part, Text) for part in item.content)
            return {"role": "user", "content": item.text if words_only else self._content(item.content)}
        if raw is None:
            return {"role": "assistant", "content": item.text}
        refused = item.provider_data[PROVIDER].get("refusal", ())
        content = [
            {"type": "refusal", "refusal": part.text}
            if number in refused
            else {"type": "output_text", "text": part.text, "annotations": []}
            for number, part in enumerate(item.content)
            if isinstance(part, Text)
        ]
        return {**raw, "type": "message", "role": "assistant", "content": content}

    def _content(self, parts: Iterable[Part]) -> list[WireItem]:
        content: list[WireItem] = []
        for part in parts:
            if isinstance(part, Text):
                content.append({"type": "input_text", "text": part.text})
            elif isinstance(part, Image):
                url = f"data:{part.media_type};base64,{part.data}"
                content.append({"type": "input_image", "image_url": url, "detail": "auto"})
            elif isinstance(part, File):
                content.append(self._files.get(file_key(part)) or _missing(part))
        return content

    def _hosted(self, item: HostedToolCall, raw: WireItem | None) -> list[WireItem]:
        if raw is None:
            return _in_words(item)
        kind = raw.get("type")
        if kind == "code_interpreter_call":
            return [{**raw, "code": item.input, "outputs": [_code_output(o) for o in item.outputs]}]
        if kind == "image_generation_call":
            pictures = [picture[1] for picture in map(_picture, item.outputs) if picture]
            return [{**raw, "result": pictures[0] if pictures else None}]
        return [raw]

    def _raw(self, item: Item) -> WireItem | None:
        """The item as this server wrote it, or None where it has to be said in plain words."""
        if not self._own_words or not self._known_here(item):
            return None
        own = _own_item(item)
        # A server that named nothing would not know again what is said to be its own.
        return own if own.get("id") else None

    def _is_custom(self, call: ToolCall) -> bool:
        return self._known_here(call) and _own_item(call).get("type") == "custom_tool_call"

    def _known_here(self, item: Item) -> bool:
        data = getattr(item, "provider_data", {}).get(PROVIDER, {})
        return data.get("origin") == self._origin and "item" in data and not data.get("partial")

    def _own(self, item: Item, kind: type[Item]) -> bool:
        return isinstance(item, kind) and self._known_here(item)


def tail(items: Sequence[Item]) -> int:
    """Where that begins which asks for an answer: behind the last thing a model said or did.

    0 where nothing comes behind it; then all of it asks.
    """
    for number in range(len(items), 0, -1):
        item = items[number - 1]
        if not (isinstance(item, ToolResult) or _is_prompt(item)):
            return number if number < len(items) else 0
    return 0


def _asks(item: Item) -> TypeGuard[_Call]:
    return isinstance(item, ToolCall) or (isinstance(item, HostedToolCall) and item.needs_approval)


def _is_prompt(item: Item) -> bool:
    return isinstance(item, Message) and item.role == "user"


def _open_calls(before: Sequence[Item]) -> list[_Call]:
    calls: list[_Call] = []
    for item in reversed(before):
        if isinstance(item, ToolResult) or _is_prompt(item):
            break
        if _asks(item):
            calls.insert(0, item)
    return calls


def _result(call_id: str, after: Sequence[Item]) -> ToolResult | None:
    # Some servers use the same ids in every turn: only what comes before the next prompt can be meant.
    for item in after:
        if isinstance(item, ToolResult) and item.call_id == call_id:
            return item
        if _is_prompt(item):
            break
    return None


def _decision(call: HostedToolCall, result: ToolResult | None) -> WireItem:
    yes = result is not None and result.status == "ok"
    wire: WireItem = {
        "type": "mcp_approval_response",
        "approval_request_id": call.call_id,
        "approve": yes,
    }
    why = "" if yes or result is None else "".join(p.text for p in result.content if isinstance(p, Text))
    return {**wire, "reason": why} if why else wire


def _in_words(item: HostedToolCall) -> list[WireItem]:
    shown = "".join(str(o.get("text", "")) for o in item.outputs if o.get("output_type") == "stream")
    pictures = sum(1 for o in item.outputs if _picture(o))
    more = f"\n({pictures} pictures)" if pictures else ""
    if item.needs_approval or (not item.input and not shown):
        return []
    return [{"role": "assistant", "content": f"[{item.name}]\n{item.input}\n\n[gave]\n{shown}{more}".strip()}]


def _own_item(item: Item) -> WireItem:
    return dict(getattr(item, "provider_data", {})[PROVIDER]["item"])


def _anonymous(wire: Mapping[str, Any]) -> WireItem:
    return {key: value for key, value in wire.items() if key != "id"}


def _missing(part: File) -> WireItem:
    return {"type": "input_text", "text": f"(the attached file {part.name} is no longer there)"}


def _picture(output: Output) -> tuple[str, str] | None:
    data = output.get("data")
    if isinstance(data, Mapping):
        for media_type, value in data.items():
            if media_type.startswith("image/"):
                return media_type, str(value)
    return None


def _code_output(output: Output) -> WireItem:
    picture = _picture(output)
    if picture:
        return {"type": "image", "url": f"data:{picture[0]};base64,{picture[1]}"}
    return {"type": "logs", "logs": str(output.get("text", ""))}
