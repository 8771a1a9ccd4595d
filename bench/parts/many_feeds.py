"""A server of many feeds, in a process of its own: fast enough not to be what is measured.

    python bench/parts/many_feeds.py FEEDS ITEMS

prints its port and serves until standard input ends. It listens on all of 127.0.0.0/8, so that each
feed has a host of its own:

    http://127.1.2.3:PORT/feed/515    RSS of ITEMS items with an ETag; 304 for who names that
    .../drip/515, .../hang/515        a feed that comes by a byte a second; nothing at all
    POST .../feed/515                 the body is the newest item's title from now on
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection
from pathlib import Path
from time import time
from urllib.parse import urlsplit

MADE_OF = """
mine ore price share plan court deal output trade plant grid quarter bank law vote fund port steel
copper lithium tariff export supply talks growth report market order fleet repair
"""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


def host(number: int) -> str:
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def url(number: int, port: int, kind: str = "feed") -> str:
    return f"http://{host(number)}:{port}/{kind}/{number}"


def put(url: str, title: str) -> None:
    """Gives the feed at an address a further item."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc)
    connection.request("POST", parts.path, title.encode())
    connection.getresponse().read()
    connection.close()


class Feed:
    """A feed's newest items; a further one takes the place of the oldest."""

    def __init__(self, number: int, items: int) -> None:
        chance, words = random.Random(number), MADE_OF.split()
        self.number = number
        self._next = 0
        self._entries: list[str] = []
        for age in range(items, 0, -1):
            title = " ".join(chance.choices(words, k=9)).capitalize()
            self._add(title, " ".join(chance.choices(words, k=50)), time() - age * 3600)
        self._render()

    def put(self, title: str) -> None:
        self._add(title, title, time())
        del self._entries[0]
        self._render()

    def _add(self, title: str, text: str, at: float) -> None:
        link = f"https://example.org/{self.number}/{self._next}"
        self._next += 1
        self._entries.append(
            f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
            f"<description>&lt;p&gt;{text}.&lt;/p&gt;</description>"
            f"<pubDate>{formatdate(at, usegmt=True)}</pubDate></item>"
        )

    def _render(self) -> None:
        items = "\n".join(reversed(self._entries))
        body = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
            f"<title>Paper {self.number}</title><link>https://example.org/{self.number}/</link>"
            f"<description>All that it prints</description>\n{items}\n</channel></rss>\n"
        ).encode()
        self.etag = f'"{self.number}-{self._next}"'.encode()
        tag = b"ETag: " + self.etag + b"\r\n"
        self.whole = HEAD + tag + b"Content-Length: %d\r\n\r\n" % len(body) + body
        self.same = b"HTTP/1.1 304 Not Modified\r\n" + tag + b"\r\n"


class Server(asyncio.Protocol):
    def __init__(self, feeds: dict[int, Feed], items: int) -> None:
        self._feeds, self._items = feeds, items
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, _, rest = self._got.partition(b"\r\n\r\n")
            length = int(_header(head, b"content-length") or 0)
            if len(rest) < length:
                return
            self._got = rest[length:]
            self._answer(head, rest[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        method, path, _ = head.split(b" ", 2)
        kind, number = path.decode().strip("/").split("/")
        feed = self._feeds.get(int(number))
        if feed is None:
            feed = self._feeds[int(number)] = Feed(int(number), self._items)
        if method == b"POST":
            feed.put(body.decode())
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        elif kind == "drip":
            asyncio.get_running_loop().create_task(self._drip(feed.whole))
        elif kind == "feed":
            known = _header(head, b"if-none-match") == feed.etag
            self._transport.write(feed.same if known else feed.whole)

    async def _drip(self, whole: bytes) -> None:
        for byte in whole:
            if self._transport.is_closing():
                return
            self._transport.write(bytes([byte]))
            await asyncio.sleep(1)


def _header(head: bytes, name: bytes) -> bytes | None:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return None


async def serve(feeds: int, items: int) -> None:
    made = {number: Feed(number, items) for number in range(feeds)}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(made, items), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@dataclass(frozen=True, slots=True)
class Farm:
    port: int
    process: subprocess.Popen[str]


@contextmanager
def serving(feeds: int, items: int) -> Iterator[Farm]:
    command = [sys.executable, str(Path(__file__)), str(feeds), str(items)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Farm(int(process.stdout.readline()), process)
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
