"""What a thread has left at the server: listed, fetched and cleared away."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant_magic.backends.openai_connection import Connection
from assistant_magic.backends.openai_errors import Fault, faults
from assistant_magic.items import Citation, HostedToolCall, Item, Message

Where = Literal["files", "container", "vector store"]


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """A file at the server; `container_id` is set where it lies in the code interpreter's container."""

    id: str
    name: str
    where: Where
    size: int | None = None
    container_id: str = ""


class OpenAIFiles:
    """The files of one thread at the server.

    Args:
        connection: The way there, as `OpenAIBackend.connection()` gives it.
        state: What the backend saved last on this thread.
        items: The thread's items; files that answers cite are found through them.

    Attributes:
        made: Ids of the files that code made and answers cite.
    """

    def __init__(self, connection: Connection, state: Mapping[str, Any], items: Iterable[Item] = ()) -> None:
        self._client = connection.client
        self._place = connection.place()
        self._state = state if state.get("server") == connection.server else {}
        made = [c for item in items for c in _citations(item) if c.kind == "container_file" and c.file_id]
        self._cited = {c.file_id: c for c in made if c.container_id}
        self._loose = {c.file_id: c.title for c in made if not c.container_id}
        self.made = {c.file_id for c in made}

    async def find(self) -> list[RemoteFile]:
        """Uploaded files, and files in containers that still exist.

        Raises:
            BackendError: The server cannot be asked.
        """
        found: list[RemoteFile] = []
        for file_id in dict(self._state.get("files") or {}).values():
            info = await self._unless_gone(self._client.files.retrieve(file_id))
            if info is not None:
                where: Where = "vector store" if file_id in self._state.get("store_files", ()) else "files"
                found.append(RemoteFile(id=file_id, name=info.filename, where=where, size=info.bytes))
        for file_id, title in self._loose.items():
            info = await self._unless_gone(self._client.files.retrieve(file_id))
            if info is not None:
                name = info.filename if title == file_id else title
                found.append(RemoteFile(id=file_id, name=name, where="files", size=info.bytes))
        for container in self._containers():
            found += await self._in_container(container)
        return found

    async def download(self, file: RemoteFile | Citation, folder: Path) -> Path:
        """Fetch a file into `folder`, beside a namesake if there is one.

        Raises:
            BackendError: The file is gone, or the server cannot be asked.
        """
        if isinstance(file, Citation):
            file = RemoteFile(
                id=file.file_id, name=file.title, where="container", container_id=file.container_id
            )
        path = _free(folder / (Path(file.name).name or file.id))
        try:
            with faults(self._place):
                if file.container_id:
                    fetch = self._client.containers.files.content.with_streaming_response
                    async with fetch.retrieve(file.id, container_id=file.container_id) as response:
                        await response.stream_to_file(path)
                else:
                    async with self._client.files.with_streaming_response.content(file.id) as response:
                        await response.stream_to_file(path)
        except Fault as fault:
            path.unlink(missing_ok=True)
            raise fault.error from fault.__cause__
        return path

    async def clean(self) -> tuple[int, dict[str, Any]]:
        """Delete from the server what this thread put there.

        Returns:
            How many things were deleted, and the state without them, to be saved in the old one's place.
        """
        deletions: list[Awaitable[Any]] = [
            self._client.files.delete(file_id) for file_id in dict(self._state.get("files") or {}).values()
        ]
        if self._state.get("container"):
            deletions.append(self._client.containers.delete(self._state["container"]))
        if self._state.get("vector_store"):
            deletions.append(self._client.vector_stores.delete(self._state["vector_store"]))
        for deletion in deletions:
            await self._unless_gone(deletion)
        gone = {"files", "container", "container_files", "vector_store", "store_files"}
        return len(deletions), {key: value for key, value in self._state.items() if key not in gone}

    def _containers(self) -> list[str]:
        own = str(self._state.get("container") or "")
        return list(dict.fromkeys([*([own] if own else []), *(c.container_id for c in self._cited.values())]))

    async def _in_container(self, container: str) -> list[RemoteFile]:
        page = await self._unless_gone(self._client.containers.files.list(container, limit=100))
        return [
            RemoteFile(
                id=file.id,
                name=self._cited[file.id].title if file.id in self._cited else Path(file.path).name,
                where="container",
                size=file.bytes,
                container_id=container,
            )
            for file in (page.data if page is not None else ())
        ]

    async def _unless_gone(self, asked: Awaitable[Any]) -> Any:
        """The answer, or None for what does not exist any more; an expired container is a 404 too."""
        try:
            with faults(self._place):
                return await asked
        except Fault as fault:
            if fault.status in {400, 404, 410}:
                return None
            raise fault.error from fault.__cause__


def _citations(item: Item) -> tuple[Citation, ...]:
    return item.citations if isinstance(item, Message | HostedToolCall) else ()


def _free(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
