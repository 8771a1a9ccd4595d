"""A news server and a folder of price files on loopback, as they stood at a moment of the past."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from xml.sax.saxutils import escape, quoteattr

NEWEST = 40  # items in a feed, as publishers have it


@dataclass(frozen=True, slots=True)
class Item:
    feed: str
    published: datetime
    outlet: str
    url: str
    title: str
    text: str

    @property
    def guid(self) -> str:
        return hashlib.sha256(f"{self.url} {self.title}".encode()).hexdigest()[:20]


def read_items(path: Path) -> tuple[Item, ...]:
    """The episode's items in time order."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    items = [Item(**row | {"published": datetime.fromisoformat(row["published"])}) for row in rows]
    return tuple(sorted(items, key=lambda item: item.published))


class EpisodeServer(ThreadingHTTPServer):
    """Serves `/feeds/NAME.rss`, `/feeds/NAME.atom` and `/prices/SYMBOL.csv`.

    An item is there once it has been published, a bar once its session has closed, by `clock`.
    """

    daemon_threads = True

    def __init__(
        self,
        items: tuple[Item, ...],
        prices: Path,
        clock: Callable[[], datetime],
        close_of: Callable[[date], datetime],
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items = items
        self.prices = prices
        self.clock = clock
        self.close_of = close_of

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is nothing to tell anyone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def feed(self, name: str) -> tuple[Item, ...]:
        """What stands in a feed now, newest first."""
        now = self.clock()
        there = [item for item in self.items if item.feed == name and item.published <= now]
        return tuple(reversed(there[-NEWEST:]))

    def bars(self, symbol: str) -> str | None:
        path = self.prices / f"{symbol}.csv"
        if path.parent != self.prices or not path.is_file():
            return None
        now = self.clock()
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        there = [row for row in rows if self.close_of(date.fromisoformat(row[0])) <= now]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *there])
        return text.getvalue()


@contextmanager
def serving(server: EpisodeServer) -> Iterator[EpisodeServer]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: EpisodeServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        folder, _, file = self.path.lstrip("/").partition("/")
        name, _, form = file.rpartition(".")
        body = None
        if folder == "feeds" and form in FORMS:
            body = FORMS[form](name, self.server)
        elif folder == "prices" and form == "csv":
            body = self.server.bars(name)
        self._answer(body, TYPES.get(form, "text/plain"))

    def _answer(self, body: str | None, kind: str) -> None:
        content = (body or "there is no such thing here\n").encode()
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        status = 404 if body is None else 200
        if body is not None and self.headers.get("If-None-Match") == tag:
            status, content = 304, b""
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the person who runs this wants to see alerts."""


def _rss(name: str, server: EpisodeServer) -> str:
    entries = "".join(
        "<item>"
        f"<title>{escape(item.title)}</title>"
        + (f"<link>{escape(item.url)}</link>" if item.url else "")
        + f'<guid isPermaLink="false">{item.guid}</guid>'
        f"<pubDate>{format_datetime(item.published)}</pubDate>"
        f'<source url="{server.url}/">{escape(item.outlet)}</source>'
        f"<description>{escape(item.text)}</description>"
        "</item>\n"
        for item in server.feed(name)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(name)}</title><link>{server.url}/</link>"
        f"<description>The bundled episode: {escape(name)}</description>\n"
        f"{entries}</channel></rss>\n"
    )


def _atom(name: str, server: EpisodeServer) -> str:
    there = server.feed(name)
    entries = "".join(
        "<entry>"
        f"<id>urn:sha256:{item.guid}</id><title>{escape(item.title)}</title>"
        + (f"<link href={quoteattr(item.url)}/>" if item.url else "")
        + f"<published>{item.published.isoformat()}</published>"
        f"<updated>{item.published.isoformat()}</updated>"
        f"<source><title>{escape(item.outlet)}</title></source>"
        f"<summary>{escape(item.text)}</summary>"
        "</entry>\n"
        for item in there
    )
    updated = f"<updated>{there[0].published.isoformat()}</updated>" if there else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:episode:{escape(name)}</id><title>{escape(name)}</title>{updated}\n"
        f"{entries}</feed>\n"
    )


FORMS: dict[str, Callable[[str, EpisodeServer], str]] = {"rss": _rss, "atom": _atom}
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "csv": "text/csv"}
