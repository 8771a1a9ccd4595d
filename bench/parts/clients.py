"""Whom ingest is measured against: plain loops over HTTP clients, and the library `reader`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx

AT_ONCE = 50
WORKERS = 10  # of `reader`: more made it slower, one as fast

# an address and the ETag known of it → status, ETag and body
Get = Callable[[str, str | None], Awaitable[tuple[int, str | None, bytes]]]
Loop = Callable[[Sequence[str], Sequence[str | None]], Awaitable[list[str | None]]]


async def ask_all(
    get: Get, urls: Sequence[str], tags: Sequence[str | None], at_once: int = AT_ONCE
) -> list[str | None]:
    """Asks for everything, so many at once; the ETags. The bodies are thrown away."""
    turn = asyncio.Semaphore(at_once)

    async def one(url: str, tag: str | None) -> str | None:
        async with turn:
            status, new, _ = await get(url, tag)
            assert status == (304 if tag else 200), f"{url}: {status}"
            return new

    return await asyncio.gather(*map(one, urls, tags))


def headers_of(tag: str | None) -> dict[str, str]:
    return {"If-None-Match": tag} if tag else {}


async def with_httpx(urls: Sequence[str], tags: Sequence[str | None]) -> list[str | None]:
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, timeout=20) as client:

        async def get(url: str, tag: str | None) -> tuple[int, str | None, bytes]:
            answer = await client.get(url, headers=headers_of(tag))
            return answer.status_code, answer.headers.get("etag"), answer.content

        return await ask_all(get, urls, tags)


async def with_aiohttp(urls: Sequence[str], tags: Sequence[str | None]) -> list[str | None]:
    import aiohttp  # noqa: PLC0415

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as client:

        async def get(url: str, tag: str | None) -> tuple[int, str | None, bytes]:
            async with client.get(url, headers=headers_of(tag)) as answer:
                return answer.status, answer.headers.get("etag"), await answer.read()

        return await ask_all(get, urls, tags)


def missing() -> str:
    """Names of what is not installed."""
    names = ("aiohttp", "reader", "sgmllib")
    return ", ".join(name for name in names if find_spec(name) is None)


def loops() -> dict[str, Loop]:
    """What can be measured here, by name."""
    found: dict[str, Loop] = {"httpx": with_httpx}
    return found if find_spec("aiohttp") is None else found | {"aiohttp": with_aiohttp}


def reader_at(path: Path, urls: Sequence[str]) -> Any:
    """The library `reader` with these feeds, not yet updated; None where it is not installed."""
    if find_spec("reader") is None or find_spec("sgmllib") is None:
        return None
    from reader import make_reader  # noqa: PLC0415

    reader = make_reader(str(path))
    for url in urls:
        reader.add_feed(url)
    return reader


def update(reader: Any) -> None:
    reader.update_feeds(scheduled=False, workers=WORKERS)
    assert reader.get_feed_counts().broken == 0
