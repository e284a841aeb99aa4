"""What a request refers to at the server: uploaded files, a container for code, a store for search."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_errors import Fault, faults
from assistant_magic.backends.openai_input import FileWords, WireItem, file_key
from assistant_magic.backends.openai_wire import PROVIDER
from assistant_magic.items import File, Item, Message, ToolResult

CONTAINER_MINUTES = 20
"""How long an unused container lives; the longest the server allows."""
LONGEST_TEXT = 100_000
"""Characters of a text file that may stand in the prompt itself, for servers that keep no files."""
_NAME = "assistant_magic"


class Attachments:
    """Makes on first use what the request's files and hosted tools need, and remembers it in the state.

    A file is uploaded once: its content's hash is remembered. With the code interpreter it goes into the
    container, else with file search into a vector store of this thread, else into the prompt.
    """

    def __init__(self, connection: Connection, request: TurnRequest, state: dict[str, Any]) -> None:
        self._connection = connection
        self._client = connection.client
        self._place = connection.place(request.model)
        self._request = request
        self._local = request.settings.get("store") == "local"
        self._uploaded: dict[str, str] = dict(state.get("files") or {})
        self._container = str(state.get("container") or "")
        self._in_container: list[str] = list(state.get("container_files") or ())
        self._trusted = True
        self._store = str(state.get("vector_store") or "")
        self._in_store: list[str] = list(state.get("store_files") or ())

    @property
    def state(self) -> dict[str, Any]:
        """What has to be remembered."""
        return {
            "files": self._uploaded,
            "container": self._container,
            "container_files": self._in_container,
            "vector_store": self._store,
            "store_files": self._in_store,
        }

    def forget_container(self) -> None:
        """The container is gone; the next `prepare` makes another."""
        self._container, self._in_container = "", []

    def forget_files(self) -> None:
        """Files at the server are gone; the next `prepare` sends what is still here."""
        self.forget_container()
        self._uploaded, self._store, self._in_store = {}, "", []
        self._trusted = False

    async def prepare(self) -> tuple[FileWords, Sequence[WireItem]]:
        """Bring everything in place.

        Returns:
            How each attached file is handed over in a message, and the hosted tools, complete.
        """
        hosted = [dict(tool) for tool in self._request.hosted]
        kinds = {tool.get("type") for tool in hosted}
        words: dict[str, WireItem] = {}
        for part in _files(self._request.items):
            words[file_key(part)] = await self._hand_over(part, kinds)
        for tool in hosted:
            if tool.get("type") == "code_interpreter" and "container" not in tool:
                tool["container"] = await self._ready_container()
            elif tool.get("type") == "file_search" and "vector_store_ids" not in tool:
                tool["vector_store_ids"] = [await self._ready_store()]
        return words, hosted

    async def _hand_over(self, part: File, kinds: set[Any]) -> WireItem:
        content, known = _content(part), self._known(part)
        if content is None and known and part.media_type.startswith("image/"):
            return {"type": "input_image", "file_id": known, "detail": "auto"}
        if content is None and known:
            return await self._placed(part, known, kinds)
        if content is None:
            return {"type": "input_text", "text": f"(the attached file {part.name} is no longer there)"}
        if part.media_type.startswith("image/"):
            return {"type": "input_image", "image_url": _data_url(part.media_type, content), "detail": "auto"}
        file_id = "" if self._local else await self._upload(part, content)
        if not file_id:
            return _inline(part, content)
        return await self._placed(part, file_id, kinds)

    def _known(self, part: File) -> str:
        """Id of a file that was at the provider before this thread."""
        given = part.provider_data.get(PROVIDER) or {}
        return (
            str(given.get("file_id") or "") if self._trusted and self._connection.files is not False else ""
        )

    async def _placed(self, part: File, file_id: str, kinds: set[Any]) -> WireItem:
        """Put a file where the hosted tools look for it."""
        if "code_interpreter" in kinds:
            if file_id not in self._in_container:
                await self._into_container(file_id)
            return {
                "type": "input_text",
                "text": f"(the file {part.name} is in the code interpreter, in /mnt/data)",
            }
        if "file_search" in kinds:
            if file_id not in self._in_store:
                await self._into_store(file_id)
            return {"type": "input_text", "text": f"(the file {part.name} can be searched)"}
        return {"type": "input_file", "file_id": file_id}

    async def _upload(self, part: File, content: bytes) -> str:
        digest = hashlib.sha256(part.name.encode() + b"\0" + content).hexdigest()
        if digest not in self._uploaded and self._connection.files is not False:
            try:
                with faults(self._place):
                    made = await self._client.files.create(
                        file=(part.name, content, part.media_type), purpose="user_data"
                    )
            except Fault as fault:
                if fault.status not in {404, 405, 501}:
                    raise
                self._connection.files = False
            else:
                self._connection.files = True
                self._uploaded[digest] = made.id
        return self._uploaded.get(digest, "")

    async def _ready_container(self) -> str | WireItem:
        if not self._container:
            try:
                with faults(self._place):
                    made = await self._client.containers.create(
                        name=_NAME,
                        expires_after={"anchor": "last_active_at", "minutes": CONTAINER_MINUTES},
                        file_ids=self._in_container,
                    )
            except Fault as fault:
                if self._connection.at_home or fault.status not in {404, 405, 501}:
                    raise
                return {"type": "auto", "file_ids": self._in_container}
            self._container = made.id
        return self._container

    async def _into_container(self, file_id: str) -> None:
        if self._container:
            with faults(self._place):
                await self._client.containers.files.create(self._container, file_id=file_id)
        self._in_container.append(file_id)

    async def _ready_store(self) -> str:
        if not self._store:
            with faults(self._place):
                made = await self._client.vector_stores.create(
                    name=_NAME, expires_after={"anchor": "last_active_at", "days": 30}
                )
            self._store = made.id
        return self._store

    async def _into_store(self, file_id: str) -> None:
        store = await self._ready_store()
        with faults(self._place):
            await self._client.vector_stores.files.create_and_poll(file_id, vector_store_id=store)
        self._in_store.append(file_id)


def _files(items: Sequence[Item]) -> Iterator[File]:
    for item in items:
        if isinstance(item, Message | ToolResult):
            yield from (part for part in item.content if isinstance(part, File))


def _content(part: File) -> bytes | None:
    if part.data:
        return base64.b64decode(part.data)
    path = Path(part.path)
    return path.read_bytes() if part.path and path.is_file() else None


def _inline(part: File, content: bytes) -> WireItem:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return {"type": "input_file", "filename": part.name, "file_data": _data_url(part.media_type, content)}
    cut = text[:LONGEST_TEXT]
    note = "" if cut == text else f"\n(the first {LONGEST_TEXT} of {len(text)} characters)"
    return {"type": "input_text", "text": f"File {part.name}:\n{cut}{note}"}


def _data_url(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
