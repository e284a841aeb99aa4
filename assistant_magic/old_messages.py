"""Messages and run steps of the Assistants API, as items."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Literal

from assistant_magic.items import (
    Citation,
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

DATA = "assistants"
"""Key in a message's `provider_data` of what only the old API knew."""

_MESSAGE = frozenset(
    [
        "id",
        "object",
        "created_at",
        "thread_id",
        "role",
        "content",
        "assistant_id",
        "run_id",
        "attachments",
        "file_ids",
        "metadata",
        "status",
        "completed_at",
        "incomplete_at",
        "incomplete_details",
    ]
)

Wire = Mapping[str, Any]


class OldFiles:
    """Where the contents of the old API's files are: beside the export, by id or by name.

    Args:
        folder: The export.
        objects: File objects of it, by id.
        left: Takes a line about each file whose content is not there.
    """

    def __init__(self, folder: Path, objects: Mapping[str, Wire], left: Callable[[str], None]) -> None:
        self._objects, self._left = objects, left
        self._paths: dict[str, Path] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix not in {".json", ".jsonl"}:
                self._paths.setdefault(path.name, path)
                self._paths.setdefault(path.stem, path)

    def name(self, file_id: str) -> str:
        """What the file was called, else its id."""
        return str(self._objects.get(file_id, {}).get("filename") or file_id)

    def file(self, file_id: str) -> File:
        """A file as an attachment: its place here where it is, its id at OpenAI in any case."""
        path = self._path(file_id)
        name = self.name(file_id)
        media_type = guess_type(name)[0] or "application/octet-stream"
        place = str(path.resolve()) if path else ""
        return File(
            name=name, media_type=media_type, path=place, provider_data={"openai": {"file_id": file_id}}
        )

    def picture(self, file_id: str) -> Part:
        """A picture, shown where its content is here."""
        path = self._path(file_id)
        if path is None:
            return self.file(file_id)
        media_type = guess_type(path.name)[0] or guess_type(self.name(file_id))[0] or "image/png"
        data = base64.b64encode(path.read_bytes()).decode()
        return Image(data=data, media_type=media_type, name=self.name(file_id))

    def _path(self, file_id: str) -> Path | None:
        path = self._paths.get(file_id) or self._paths.get(self.name(file_id))
        if path is None:
            self._left(f"file {file_id} ({self.name(file_id)}): its content is not in the export")
        return path


class OldMessages:
    """Turns messages and steps into items, and tells what it cannot.

    Args:
        files: Knows the contents of files.
        left: Takes a line about each part that has no place here.
        tolerating: Takes one about what is not as the API wrote it, when that shows.
    """

    def __init__(
        self,
        files: OldFiles,
        left: Callable[[str], None],
        tolerating: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._files, self._left, self._tolerating = files, left, tolerating

    def message(self, wire: Wire) -> Message | None:
        """One message with its pictures, files and citations; None for one that cannot be read."""
        with self._tolerating(f"message {wire.get('id')}"):
            return self._message(wire)
        return None

    def _message(self, wire: Wire) -> Message:
        for key in sorted(set(wire) - _MESSAGE):
            self._left(f"message {wire.get('id')}: {key}")
        parts: list[Part] = []
        notes: list[Citation] = []
        written = 0
        content = wire.get("content") or ()
        for block in [content] if isinstance(content, str) else content:
            part, cited = self._readable(block, written)
            parts.append(part)
            notes += cited
            written += len(part.text) if isinstance(part, Text) else 0
        attached = [str(each.get("file_id")) for each in wire.get("attachments") or ()]
        attached += [file_id for file_id in wire.get("file_ids") or () if file_id not in attached]
        parts += [self._files.file(file_id) for file_id in attached]
        if wire.get("status") not in (None, "completed"):
            self._left(f"message {wire.get('id')}: it was {wire['status']} when it was saved")
        kept = {key: wire[key] for key in ("id", "assistant_id", "run_id", "metadata") if wire.get(key)}
        role: Literal["user", "assistant"] = "assistant" if wire.get("role") == "assistant" else "user"
        return Message(
            role=role,
            content=tuple(parts),
            citations=tuple(notes),
            provider_data={DATA: kept} if kept else {},
        )

    def steps(self, steps: Sequence[Wire]) -> Iterator[Item]:
        """What the tools of a run did, in order; its messages are not among them."""
        for step in sorted(steps, key=lambda step: str(step.get("created_at") or 0).zfill(12)):
            details = step.get("step_details") or {}
            for call in details.get("tool_calls") or ():
                with self._tolerating(f"a tool call of step {step.get('id')}"):
                    yield from list(self._call(call))

    def _readable(self, block: Any, written: int) -> tuple[Part, list[Citation]]:
        try:
            return self._block(block, written)
        except (AttributeError, KeyError, TypeError, ValueError):
            self._left("content block that is not as the API wrote them, kept as words")
            return Text(text=json.dumps(block, ensure_ascii=False)), []

    def _block(self, block: Any, written: int) -> tuple[Part, list[Citation]]:
        if isinstance(block, str):
            return Text(text=block), []
        kind = block.get("type")
        if kind == "text":
            text = block["text"]
            if isinstance(text, str):
                return Text(text=text), []
            notes = [self._citation(note, written) for note in text.get("annotations") or ()]
            return Text(text=str(text.get("value") or "")), notes
        if kind == "image_file":
            return self._files.picture(block["image_file"]["file_id"]), []
        if kind == "image_url":
            return _linked(str(block["image_url"]["url"])), []
        if kind == "refusal":
            return Text(text=str(block.get("refusal") or "")), []
        self._left(f"content block of the unknown type {kind!r}, kept as words")
        return Text(text=json.dumps(block, ensure_ascii=False)), []

    def _citation(self, note: Wire, written: int) -> Citation:
        kind = str(note.get("type"))
        about = note.get(kind) or {}
        file_id = str(about.get("file_id") or "")
        if kind not in {"file_citation", "file_path"}:
            self._left(f"annotation of the unknown type {kind!r}")
        return Citation(
            kind="file",
            title=self._files.name(file_id) if file_id else str(note.get("text") or ""),
            file_id=file_id,
            start=written + int(note.get("start_index") or 0),
            end=written + int(note.get("end_index") or 0),
        )

    def _call(self, call: Wire) -> Iterator[Item]:
        kind, call_id = str(call.get("type")), str(call.get("id") or "")
        about = call.get(kind) or {}
        if kind == "function":
            name = str(about.get("name") or "")
            yield ToolCall(call_id=call_id, name=name, arguments=str(about.get("arguments") or "{}"))
            said = about.get("output")
            text = Text(text="no output was kept" if said is None else str(said))
            yield ToolResult(call_id=call_id, name=name, content=(text,))
        elif kind == "code_interpreter":
            outputs = tuple(self._output(output) for output in about.get("outputs") or ())
            yield HostedToolCall(
                call_id=call_id, name=kind, input=str(about.get("input") or ""), outputs=outputs
            )
        else:
            found = about.get("results") or ()
            cited = [
                Citation(kind="file", file_id=str(r.get("file_id")), title=str(r.get("file_name")))
                for r in found
            ]
            name = "file_search" if kind == "retrieval" else kind
            yield HostedToolCall(call_id=call_id, name=name, citations=tuple(cited))
            if name != "file_search":
                self._left(f"tool call {call_id} of the unknown type {kind!r}: only its name is kept")

    def _output(self, output: Wire) -> Output:
        if output.get("type") == "image":
            part = self._files.picture(output["image"]["file_id"])
            if isinstance(part, Image):
                data = {part.media_type: part.data, "text/plain": f"<{part.name}>"}
                return {"output_type": "display_data", "data": data, "metadata": {}}
            return {
                "output_type": "stream",
                "name": "stdout",
                "text": f"[picture {output['image']['file_id']}]\n",
            }
        if output.get("type") != "logs":
            self._left(f"output of code of the unknown type {output.get('type')!r}, kept as words")
            output = {"logs": json.dumps(output, ensure_ascii=False)}
        return {"output_type": "stream", "name": "stdout", "text": str(output.get("logs") or "")}


def _linked(url: str) -> Part:
    head, comma, data = url.partition(";base64,")
    return Image(data=data, media_type=head.removeprefix("data:")) if comma else Text(text=f"![]({url})")
