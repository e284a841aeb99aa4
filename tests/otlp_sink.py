"""A collector of OpenTelemetry on loopback: takes spans as OTLP over HTTP and gives back their tree."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from loopback import LoopbackServer


class OTLPSink(LoopbackServer):
    """Keeps every span that was exported."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        super().__init__(_Handler)

    def tree(self) -> list[Any]:
        """`[name, [children …]]` of every trace, in order of start."""

        def children(parent: bytes) -> list[Any]:
            found = [span for span in self.spans if span.parent_span_id == parent]
            found.sort(key=lambda span: span.start_time_unix_nano)
            return [[span.name, children(span.span_id)] for span in found]

        return children(b"")

    def values(self, key: str) -> list[int]:
        """A whole number that spans carry, in order of start."""
        spans = sorted(self.spans, key=lambda span: span.start_time_unix_nano)
        return [note.value.int_value for span in spans for note in span.attributes if note.key == key]


class _Handler(BaseHTTPRequestHandler):
    owner: OTLPSink

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        for resource in ExportTraceServiceRequest.FromString(data).resource_spans:
            for scope in resource.scope_spans:
                self.owner.spans += scope.spans
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...
