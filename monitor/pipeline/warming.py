"""Loading beforehand what the first item would otherwise have to wait for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from monitor.errors import MonitorError, SourceError
from monitor.ingest.sources import Feed
from monitor.model import Article
from monitor.pipeline.parts import Parts

THEN = datetime(2000, 1, 1, tzinfo=UTC)
SAMPLE = Article(
    id="0" * 16,
    source="warming",
    outlet="warming",
    url=None,
    title="The ministry said that it would control what is exported",
    text="Shares of the company rose. Nobody had expected that the order would be signed.",
    published_at=THEN,
    seen_at=THEN,
)
EMPTY = b'<rss version="2.0"><channel><title>warming</title></channel></rss>'

log = structlog.get_logger()


def warm(parts: Parts) -> None:
    """The model, the parsers of feeds and pages, the channels: each in its process, if it has
    one."""
    try:
        parts.reader().extract(SAMPLE)
        parts.channels()
        feed = next((one for one in parts.sources if isinstance(one, Feed)), None)
        if feed is not None:
            asyncio.run(_parse_nothing(feed))
        if parts.config.tables.pages.fetch:
            asyncio.run(parts.opener().warm())
    except MonitorError as error:
        if parts.stopping():
            return
        log.warning("not everything could be loaded beforehand", why=str(error))


async def _parse_nothing(feed: Feed) -> None:
    with suppress(SourceError):  # the parser has been loaded for all that
        await feed.parse(EMPTY, content_type=None, source=feed.name, url=feed.url, seen_at=THEN)
