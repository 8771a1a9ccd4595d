"""The bytes of a feed to FeedItems: RSS, Atom, CDF and JSON Feed. Pure."""

from __future__ import annotations

from datetime import datetime

from monitor.errors import SourceError
from monitor.ingest.feeds import fast, json_feed, reference
from monitor.ingest.feeds.advice import advice
from monitor.ingest.feeds.discover import discover
from monitor.ingest.feeds.document import document
from monitor.ingest.feeds.items import parsed_feed
from monitor.ingest.feeds.parsed import ParsedFeed, ReadFeed

__all__ = ["ParsedFeed", "parse"]

MOST_OFFERED = 3  # addresses that an error tells


def parse(
    body: bytes,
    *,
    content_type: str | None,
    source: str,
    url: str,
    seen_at: datetime,
    outlet: str | None = None,
) -> ParsedFeed:
    """All items that can be read, in the feed's order. SourceError where `body` is no feed.

    The outlet of an item is what the item itself says, else `outlet`, else the feed's title, else
    `source`.
    """
    text = document(body, content_type)
    feed = read(text)
    if feed is None:
        raise SourceError(url, _no_feed(body, text, url))
    return parsed_feed(
        feed, source=source, url=url, seen_at=seen_at, outlet=outlet, advice=advice(text)
    )


def read(text: str) -> ReadFeed | None:
    if text.startswith("{"):
        return json_feed.read(text)
    return fast.read(text) or reference.read(text)


def _no_feed(body: bytes, text: str, url: str) -> str:
    start = text[:1000].lower()
    if not start.strip():
        return "the answer is empty"
    if "<html" not in start and not body.lstrip().lower().startswith(b"<!doctype html"):
        return "the answer is not a feed"
    offered = [found.url for found in discover(body, url)][:MOST_OFFERED]
    named = f"; it names these: {', '.join(offered)}" if offered else ""
    return f"the answer is a web page, not a feed{named}"
