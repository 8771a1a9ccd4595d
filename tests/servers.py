"""A real HTTP server on loopback whose answers, and misdeeds, a test sets.

Tests get one as the fixture `server`:

    server.route("/feed", Reply(body=FEED, etag='"one"'))
    server.route("/hook", Reply(status=503), Reply(status=200))  # in turn; the last one stays
    server.route("/echo", lambda request: Reply(body=request.body))
    server.route("/odd", Raw([b"HTP/1.1 200 FINE\r\n\r\n"]))  # what no honest server says

`server.url("/feed")` is where it is, `server.requests` what was asked, and `server.wait_for(2)`
waits until that was two requests.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

import brotli

PATIENCE = 10.0  # seconds a wait may take before the test has failed


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str  # without the query
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def values(self, name: str) -> list[str]:
        """All values of a parameter of the query."""
        return [value for key, value in self.query if key == name]


@dataclass(frozen=True, slots=True)
class Reply:
    """`etag`, `last_modified`: a request that names them gets 304. `wait`: nothing is sent before
    this event is set. `drip`: after the body this is sent over and over, every 10 ms, until the
    other side hangs up. `cut_at`: the connection is closed after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    wait: threading.Event | None = None
    drip: bytes | None = None
    cut_at: int | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are, which may be without end: one part after the other is sent until the
    other side hangs up, `pause` seconds between two. Then the connection is closed, or `reset`, or
    `held` open and silent, or `kept` for the next request."""

    parts: Iterable[bytes]
    pause: float = 0.0
    ending: Literal["closed", "reset", "held", "kept"] = "closed"


Answering = Reply | Raw | Callable[[Request], Reply | Raw]


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to})


def gzip_bomb(size: int) -> Reply:
    """`size` zero bytes, a thousandth of that on the wire."""
    return Reply(body=gzip.compress(bytes(size)), headers={"Content-Encoding": "gzip"})


def brotli_bomb(size: int) -> Reply:
    """`size` zero bytes, next to nothing on the wire."""
    packed = brotli.compress(bytes(size), quality=5)
    return Reply(body=packed, headers={"Content-Encoding": "br"})


class LoopbackServer(ThreadingHTTPServer):
    """Paths that are not routed get 404. All methods are answered alike."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "https" if tls else "http"
        if tls is not None:
            # the handshake is made by the first read, which is in the thread of the connection
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.connections = 0  # that were made, ever
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.busiest = 0  # the most requests that were under way at once
        self._busy = 0
        self._routes: dict[str, list[Answering]] = {}
        self.changed = threading.Condition()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def route(self, path: str, *answers: Answering) -> None:
        with self.changed:
            self._routes[path] = list(answers)

    def wait_for(self, count: int) -> list[Request]:
        """The requests, once there are `count` of them."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.requests) >= count, PATIENCE):
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")
            return list(self.requests)

    def wait_until_idle(self) -> None:
        with self.changed:
            if not self.changed.wait_for(lambda: self._busy == 0, PATIENCE):
                raise TimeoutError(f"{self._busy} requests are still under way")

    def begin(self, request: Request) -> Answering:
        with self.changed:
            self.requests.append(request)
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
            self.changed.notify_all()
            queue = self._routes.get(request.path, [Reply(status=404, body=b"not here")])
            return queue.pop(0) if len(queue) > 1 else queue[0]

    def end(self) -> None:
        with self.changed:
            self._busy -= 1
            self.changed.notify_all()


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[LoopbackServer]:
    server = LoopbackServer(tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: LoopbackServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        with self.server.changed:
            self.server.connections += 1

    def handle(self) -> None:
        # the other side may not like us, as some tests want
        with suppress(ssl.SSLError, ConnectionResetError):
            super().handle()

    def _serve(self) -> None:
        request = self._request()
        answering = self.server.begin(request)
        try:
            reply = answering(request) if callable(answering) else answering
            if isinstance(reply, Raw):
                self._send_raw(reply)
            elif self._held(reply):
                self._send(reply, request)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the other side hung up, as some tests want
        finally:
            self.server.end()

    do_GET = do_POST = do_PUT = do_HEAD = _serve  # noqa: N815

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={
                name.lower(): ", ".join(self.headers.get_all(name, ())) for name in self.headers
            },
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )

    def _held(self, reply: Reply) -> bool:
        """Waits until the reply may go out; False where the server is stopped first."""
        while reply.wait is not None and not reply.wait.wait(0.01):
            if self.server.stopping.is_set():
                self.close_connection = True
                return False
        return True

    def _send(self, reply: Reply, request: Request) -> None:
        if _unchanged(reply, request):
            reply = Reply(304, b"", reply.headers, reply.etag, reply.last_modified)
        self.send_response(reply.status)
        for name, value in _headers(reply).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body[: reply.cut_at])
        self.close_connection = reply.cut_at is not None or reply.drip is not None
        while reply.drip is not None and not self.server.stopping.wait(0.01):
            self.wfile.write(reply.drip)

    def _send_raw(self, raw: Raw) -> None:
        self.close_connection = raw.ending != "kept"
        for part in raw.parts:
            self.wfile.write(part)
            if self.server.stopping.wait(raw.pause) if raw.pause else self.server.stopping.is_set():
                return
        if raw.ending == "held":
            self.server.stopping.wait()
        elif raw.ending == "reset":
            # no time to linger: the other side gets a reset in place of an end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the log is `server.requests`."""


def _unchanged(reply: Reply, request: Request) -> bool:
    """As RFC 9110: the tag decides where the request names one, else the date."""
    if "if-none-match" in request.headers:
        return reply.etag is not None and request.headers["if-none-match"] == reply.etag
    asked = request.headers.get("if-modified-since")
    return asked is not None and asked == reply.last_modified


def _headers(reply: Reply) -> dict[str, str]:
    headers = dict(reply.headers)
    if reply.etag is not None:
        headers["ETag"] = reply.etag
    if reply.last_modified is not None:
        headers["Last-Modified"] = reply.last_modified
    if reply.drip is not None:
        headers["Connection"] = "close"
    elif reply.status not in (204, 304):
        headers.setdefault("Content-Length", str(len(reply.body)))
    return headers
