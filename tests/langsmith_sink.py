"""A LangSmith on loopback: takes what the client posts and gives back the tree of runs."""

from __future__ import annotations

import gzip
import json
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from typing import Any

from loopback import LoopbackServer


class LangSmithSink(LoopbackServer):
    """Keeps every run that was posted, merged with what was patched later."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        super().__init__(_Handler)

    def take(self, part: str, value: Any) -> None:
        """One part of a multipart post: `post.<id>`, `patch.<id>`, `post.<id>.inputs` and so on."""
        _, run_id, *field = part.split(".")
        run = self.runs.setdefault(run_id, {})
        if field:
            run[field[0]] = value
        else:
            run.update({key: each for key, each in value.items() if each is not None})

    def tree(self) -> list[Any]:
        """`[name, type, [children …]]` of every trace, in order of start."""

        def children(parent: str | None) -> list[Any]:
            found = [run for run in self.runs.values() if run.get("parent_run_id") == parent]
            found.sort(key=lambda run: run["dotted_order"])
            return [[run["name"], run["run_type"], children(run["id"])] for run in found]

        return children(None)

    def named(self, name: str) -> list[dict[str, Any]]:
        """The runs of this name, in order of start."""
        found = [run for run in self.runs.values() if run["name"] == name]
        return sorted(found, key=lambda run: run["dotted_order"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: LangSmithSink

    def do_GET(self) -> None:
        limits = {
            "use_multipart_endpoint": True,
            "scale_up_qsize_trigger": 1000,
            "scale_up_nthreads_limit": 16,
            "scale_down_nempty_trigger": 4,
            "size_limit": 100,
            "size_limit_bytes": 20_000_000,
        }
        self._reply({"version": "0.0.0", "batch_ingest_config": limits})

    def do_POST(self) -> None:
        data = self._body()
        if self.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        for part in BytesParser().parsebytes(head + data).walk():
            name = part.get_param("name", header="Content-Disposition")
            if name and str(name).startswith(("post.", "patch.")):
                self.owner.take(str(name), json.loads(part.get_payload(decode=True) or b"null"))
        self._reply({})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _reply(self, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None: ...
