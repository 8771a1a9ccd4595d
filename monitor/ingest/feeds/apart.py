"""Feeds parsed in a child process that can be killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.ingest.child import Child
from monitor.ingest.feeds.parse import ParsedFeed, parse

TIMEOUT = 10.0  # seconds for one feed
MEMORY = 1 << 30  # bytes for one feed


@dataclass(frozen=True, slots=True)
class Unparsed:
    body: bytes
    content_type: str | None
    source: str
    url: str
    seen_at: datetime
    outlet: str | None


class ParserApart:
    """`parse` as an awaitable: a feed that hangs or eats memory costs itself alone."""

    def __init__(self, *, timeout: float = TIMEOUT, memory: int | None = MEMORY) -> None:
        self._child: Child[Unparsed, ParsedFeed] = Child(_parser, timeout=timeout, memory=memory)

    async def __call__(
        self,
        body: bytes,
        *,
        content_type: str | None,
        source: str,
        url: str,
        seen_at: datetime,
        outlet: str | None = None,
    ) -> ParsedFeed:
        return await self._child.run(Unparsed(body, content_type, source, url, seen_at, outlet))

    def close(self) -> None:
        self._child.close()


def _parser() -> Callable[[Unparsed], ParsedFeed]:
    return lambda feed: parse(
        feed.body,
        content_type=feed.content_type,
        source=feed.source,
        url=feed.url,
        seen_at=feed.seen_at,
        outlet=feed.outlet,
    )
