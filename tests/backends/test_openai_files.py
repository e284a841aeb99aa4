"""Files: uploaded once, handed over where the tools can read them, listed, fetched and cleared away."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant_magic.backends import TurnRequest
from assistant_magic.backends.openai_files import OpenAIFiles
from assistant_magic.events import Notice
from assistant_magic.exceptions import RequestRejectedError
from assistant_magic.items import Citation, File, Message, Text, user_message
from backends.harness import PIXEL, Heard, follow, request
from backends.responses_server import Reply, Request, ResponsesServer, plain, refusal, serving
from backends.responses_stream import Stream
from backends.turns import backend_for, run_turns

TABLE = File(name="data.csv", media_type="text/csv", data=base64.b64encode(b"x,y\n1,2\n").decode())
PAPER = File(name="paper.pdf", media_type="application/pdf", data=base64.b64encode(b"%PDF-1.7").decode())
CODE = ({"type": "code_interpreter"},)


class FileServer(ResponsesServer):
    """It keeps files, containers and vector stores too."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, str] = {}
        self.containers: dict[str, list[str]] = {}
        self.stores: dict[str, list[str]] = {}
        self.routes |= {
            "POST /files": self._upload,
            "GET /files/.*": self._info,
            "POST /containers": self._container,
            "POST /containers/[^/]+/files": self._into_container,
            "GET /containers/[^/]+/files": self._container_files,
            "GET /containers/[^/]+/files/[^/]+/content": lambda _: Reply(body=b"\x89PNG made there"),
            "POST /vector_stores": self._store,
            "POST /vector_stores/[^/]+/files": self._into_store,
            "GET /vector_stores/[^/]+/files/.*": self._stored,
            "DELETE /(files|containers|vector_stores)/[^/]+": self._delete,
        }

    def _upload(self, asked: Request) -> Reply:
        assert b'name="purpose"\r\n\r\nuser_data' in asked.raw
        name = asked.raw.split(b'filename="')[1].split(b'"')[0].decode()
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = name
        return plain(
            {
                "id": file_id,
                "object": "file",
                "filename": name,
                "bytes": 8,
                "created_at": 1,
                "purpose": "user_data",
                "status": "processed",
            }
        )

    def _info(self, asked: Request) -> Reply:
        file_id = asked.path.split("/")[-1]
        if file_id not in self.files:
            return refusal(404, f"No such File object: {file_id}")
        return plain(
            {
                "id": file_id,
                "object": "file",
                "filename": self.files[file_id],
                "bytes": 8,
                "created_at": 1,
                "purpose": "user_data",
                "status": "processed",
            }
        )

    def _container(self, asked: Request) -> Reply:
        container = f"cntr_{len(self.containers) + 1}"
        self.containers[container] = list(asked.json.get("file_ids") or ())
        return plain(
            {
                "id": container,
                "object": "container",
                "name": asked.json["name"],
                "created_at": 1,
                "status": "running",
            }
        )

    def _into_container(self, asked: Request) -> Reply:
        container = asked.path.split("/")[2]
        self.containers[container].append(asked.json["file_id"])
        return plain(self._inside(container, asked.json["file_id"]))

    def _inside(self, container: str, file_id: str) -> dict[str, Any]:
        path = f"/mnt/data/{self.files.get(file_id, 'plot.png')}"
        return {
            "id": file_id,
            "object": "container.file",
            "container_id": container,
            "path": path,
            "bytes": 8,
            "created_at": 1,
            "source": "user",
        }

    def _container_files(self, asked: Request) -> Reply:
        container = asked.path.split("/")[2]
        if container not in self.containers:
            return refusal(404, "Container not found")
        data = [self._inside(container, file_id) for file_id in self.containers[container]]
        return plain({"object": "list", "data": data, "has_more": False})

    def _store(self, asked: Request) -> Reply:
        self.stores[f"vs_{len(self.stores) + 1}"] = []
        return plain({"id": f"vs_{len(self.stores)}", "object": "vector_store", "name": asked.json["name"]})

    def _into_store(self, asked: Request) -> Reply:
        self.stores[asked.path.split("/")[2]].append(asked.json["file_id"])
        return self._stored(asked, asked.json["file_id"])

    def _stored(self, asked: Request, file_id: str = "") -> Reply:
        return plain(
            {"id": file_id or asked.path.split("/")[-1], "object": "vector_store.file", "status": "completed"}
        )

    def _delete(self, asked: Request) -> Reply:
        for kept in (self.files, self.containers, self.stores):
            kept.pop(asked.path.split("/")[-1], None)
        return plain({"id": asked.path.split("/")[-1], "deleted": True, "object": "deleted"})


def replies(count: int) -> list[Reply]:
    return [Reply(Stream(number).text("ok").completed()) for number in range(1, count + 1)]


def again(**fields: Any) -> Any:
    def make(asked: TurnRequest, heard: Heard) -> TurnRequest:
        return replace(follow(asked, heard, user_message("Again.", TABLE)), **fields)

    return make


def test_a_file_is_uploaded_once() -> None:
    """The same file attached again is not sent again, in this turn or a later one."""
    with FileServer() as server:
        server.replies += replies(2)
        run_turns(
            server,
            request(user_message("Read.", PAPER)),
            lambda a, h: follow(a, h, user_message("Again.", PAPER)),
        )
    assert len([r for r in server.requests if r.path == "/files"]) == 1
    parts = [part for body in server.asked() for part in body["input"][0]["content"]]
    assert parts.count({"type": "input_file", "file_id": "file-1"}) == 2


def test_a_file_goes_where_code_can_read_it() -> None:
    """With the code interpreter a file lies in its container, once, and the model is told its name."""
    with FileServer() as server:
        server.replies += replies(2)
        run_turns(server, request(user_message("Plot.", TABLE), hosted=CODE), again(hosted=CODE))
        assert server.containers == {"cntr_1": ["file-1"]}
    words = server.asked()[0]["input"][0]["content"][1]["text"]
    assert "data.csv" in words
    assert "/mnt/data" in words


def test_a_file_attached_later_joins_the_container() -> None:
    """A container that exists already gets the new file."""
    with FileServer() as server:
        server.replies += replies(2)
        run_turns(server, request(user_message("Hello."), hosted=CODE), again(hosted=CODE))
        assert server.containers == {"cntr_1": ["file-1"]}


def test_a_new_container_gets_the_files_of_the_old_one() -> None:
    """When the container expired, the one that replaces it holds the attached files again."""
    with FileServer() as server:
        server.replies += [refusal(400, "Container is expired."), *replies(1)]
        [heard] = run_turns(server, request(user_message("Plot.", TABLE), hosted=CODE))
        assert heard.text == "ok"
        assert server.containers["cntr_2"] == ["file-1"]
    assert len([r for r in server.requests if r.path == "/files"]) == 1


def test_a_file_goes_where_search_can_find_it() -> None:
    """With file search a file lies in a vector store of the thread."""
    search = ({"type": "file_search"},)
    with FileServer() as server:
        server.replies += replies(1)
        run_turns(server, request(user_message("Find.", PAPER), hosted=search))
        assert server.stores == {"vs_1": ["file-1"]}
    assert server.asked()[0]["tools"][-1]["vector_store_ids"] == ["vs_1"]


@pytest.mark.parametrize("settings", [{"store": "local"}, {}])
def test_without_a_place_for_files_they_stand_in_the_prompt(settings: dict[str, str]) -> None:
    """A thread that stays local, or a server without files: text stands in the prompt, the rest as data."""
    with serving(*replies(1)) as server:
        [heard] = run_turns(server, request(user_message("Read.", TABLE, PAPER), settings=settings))
    table, paper = server.asked()[0]["input"][0]["content"][1:]
    assert table == {"type": "input_text", "text": "File data.csv:\nx,y\n1,2\n"}
    assert paper["type"] == "input_file" or "%PDF" in paper["text"]
    assert heard.text == "ok"
    uploads = [r for r in server.requests if r.path == "/files"]
    assert len(uploads) == (0 if settings else 1)


def test_a_file_on_this_machine_is_read_when_it_is_needed(tmp_path: Path) -> None:
    """A file given by its path is read; one that is gone is said to be gone, and the turn goes on."""
    (tmp_path / "notes.txt").write_text("remember")
    here = File(name="notes.txt", media_type="text/plain", path=str(tmp_path / "notes.txt"))
    gone = File(name="gone.txt", path=str(tmp_path / "gone.txt"))
    with serving(*replies(1)) as server:
        run_turns(server, request(user_message("Read.", here, gone), settings={"store": "local"}))
    texts = [part["text"] for part in server.asked()[0]["input"][0]["content"]]
    assert texts[1] == "File notes.txt:\nremember"
    assert texts[2] == "(the attached file gone.txt is no longer there)"


def test_a_picture_file_is_seen() -> None:
    """An attached file that is a picture is shown to the model, not stored away."""
    picture = File(name="dot.png", media_type="image/png", data=PIXEL)
    with FileServer() as server:
        server.replies += replies(1)
        run_turns(server, request(user_message("Look.", picture), hosted=CODE))
    assert server.asked()[0]["input"][0]["content"][1]["image_url"] == f"data:image/png;base64,{PIXEL}"


def _with_files(server: FileServer, work: Any) -> Any:
    """Attach a file, let the answer cite another, and work with what is at the server then."""
    server.replies += replies(1)
    [heard] = run_turns(server, request(user_message("Plot.", TABLE), hosted=CODE))
    server.containers["cntr_1"].append("cfile_9")
    cited = Citation(kind="container_file", title="plot.png", file_id="cfile_9", container_id="cntr_1")
    answer = Message(role="assistant", content=(Text(text="See."),), citations=(cited,))

    async def perform() -> Any:
        backend = backend_for(server)
        try:
            return await work(OpenAIFiles(backend.connection(), heard.done.state, [answer]))
        finally:
            await backend.close()

    return asyncio.run(perform())


def test_files_of_a_thread_are_listed() -> None:
    """What was uploaded and what lies in the container, by name."""
    with FileServer() as server:
        found = _with_files(server, lambda files: files.find())
    assert [(f.name, f.where) for f in found] == [
        ("data.csv", "files"),
        ("data.csv", "container"),
        ("plot.png", "container"),
    ]


def test_a_file_that_code_made_is_fetched(tmp_path: Path) -> None:
    """A cited file lands in the folder under its name; a namesake is not overwritten."""
    cited = Citation(kind="container_file", title="../plot.png", file_id="cfile_9", container_id="cntr_1")

    async def fetch(files: OpenAIFiles) -> list[Path]:
        return [await files.download(cited, tmp_path) for _ in range(2)]

    with FileServer() as server:
        paths = _with_files(server, fetch)
    assert [path.name for path in paths] == ["plot.png", "plot-2.png"]
    assert all(path.parent == tmp_path for path in paths)
    assert paths[0].read_bytes() == b"\x89PNG made there"


def test_a_file_that_is_gone_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    """Fetching from a container that expired says so and leaves no empty file."""

    async def fetch(files: OpenAIFiles) -> Path:
        return await files.download(
            Citation(kind="container_file", title="a.png", file_id="f", container_id="c"), tmp_path
        )

    with FileServer() as server:
        server.routes = {
            "GET /containers/c/.*": lambda _: refusal(404, "Container not found"),
            **server.routes,
        }
        with pytest.raises(RequestRejectedError, match="container is gone"):
            _with_files(server, fetch)
    assert list(tmp_path.glob("*.png")) == []


def test_clearing_away_leaves_nothing_at_the_server() -> None:
    """Uploaded files, the container and the store are deleted, and the state forgets them."""
    with FileServer() as server:
        count, state = _with_files(server, lambda files: files.clean())
        assert (server.files, server.containers) == ({}, {})
    assert count == 2
    assert set(state) == {"server", "conversation"}


def known(name: str, file_id: str) -> File:
    """A file that was at OpenAI before, as the Assistants API named it."""
    media_type = "image/png" if name.endswith(".png") else "text/csv"
    return File(name=name, media_type=media_type, provider_data={"openai": {"file_id": file_id}})


def test_a_file_that_only_the_server_has_is_handed_over_by_its_id() -> None:
    """An old attachment is put where the tools look for it, a picture is shown, and nothing is uploaded."""
    table, plot = known("old.csv", "file-old"), known("plot.png", "file-plot")
    with FileServer() as server:
        server.replies += replies(2)
        run_turns(server, request(user_message("Read.", table, plot), hosted=CODE))
        run_turns(server, request(user_message("Read.", table)))
        assert server.containers == {"cntr_1": ["file-old"]}
    with_code, plain_one = (body["input"][0]["content"] for body in server.asked())
    assert with_code[2] == {"type": "input_image", "file_id": "file-plot", "detail": "auto"}
    assert plain_one[1] == {"type": "input_file", "file_id": "file-old"}
    assert not [r for r in server.requests if r.path == "/files"]


def test_files_that_are_gone_from_the_server_do_not_stop_the_thread() -> None:
    """What is still here is sent again, what was only there is said to be gone, and the reader is told."""
    with FileServer() as server:
        server.replies += [*replies(1), refusal(404, "No such File object: file-1"), *replies(1)]
        asked = request(user_message("Read.", PAPER, known("old.csv", "file-old")))
        _, again = run_turns(server, asked, lambda a, h: follow(a, h, user_message("Again.", PAPER)))
    assert again.text == "ok"
    assert next(e.text for e in again.events if isinstance(e, Notice)).startswith(
        "Files of this thread were gone"
    )
    parts = [p for item in server.asked()[-1]["input"] for p in item["content"] if isinstance(p, dict)]
    assert {"type": "input_file", "file_id": "file-2"} in parts


def test_a_file_that_an_answer_cites_without_a_container_is_fetched(tmp_path: Path) -> None:
    """Such a citation (`file_path`) names a file like any other."""
    note = {"type": "file_path", "file_id": "file-9", "index": 4}
    with FileServer() as server:
        server.files["file-9"] = "sums.csv"
        server.routes["GET /files/file-9/content"] = lambda _: Reply(body=b"2,7")
        server.routes = dict(reversed(server.routes.items()))
        server.replies.append(Reply(Stream().text("Done.", annotations=[note]).completed()))
        [heard] = run_turns(server, request(user_message("Save it.")))

        async def fetch() -> Path:
            backend = backend_for(server)
            files = OpenAIFiles(backend.connection(), {}, heard.items)
            [file] = await files.find()
            assert (file.name, file.id in files.made) == ("sums.csv", True)
            path = await files.download(file, tmp_path)
            await backend.close()
            return path

        assert asyncio.run(fetch()).read_bytes() == b"2,7"
