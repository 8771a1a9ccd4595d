"""The bytes of an RSS or Atom feed to FeedItems. Pure."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from monitor.errors import SourceError
from monitor.ingest.feeds.dates import moment, names_zone
from monitor.ingest.text import from_html, one_line, plain
from monitor.model import FeedItem

# clocks differ a little; a date further ahead than this is a mistake or a trick to stay on top
AHEAD = timedelta(minutes=5)
# complaints of the parser that cost nothing: the feed was read in full
HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)

Entry = Mapping[str, Any]

# feedparser gives up a whole feed over one reference to a character that cannot be
REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]{1,999}|[0-9]{1,999});")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    items: tuple[FeedItem, ...]
    notes: tuple[str, ...]  # what was odd but survived


def parse_feed(
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
    parsed = _parsed(body, content_type, url)
    entries: list[Entry] = parsed["entries"]
    if not entries and not parsed.get("version"):
        raise SourceError(url, _no_feed(body))
    feed_outlet = outlet or _text_of(parsed["feed"], "title") or source
    items: list[FeedItem] = []
    odd: Counter[str] = Counter()
    for entry in entries:
        item = _item(entry, source, feed_outlet, url, seen_at)
        if item.title or item.text:
            items.append(item)
            odd.update(_oddities(entry, item))
        else:
            odd["without a title or a text, left out"] += 1
    notes = [f"{count} of {len(entries)} items {what}" for what, count in odd.items()]
    error = parsed.get("bozo_exception")
    if parsed.get("bozo") and not isinstance(error, HARMLESS):
        fault = one_line(plain(str(error)))
        notes.insert(0, f"the feed is malformed ({fault}); {len(items)} items were read")
    return ParsedFeed(tuple(items), tuple(notes))


def _parsed(body: bytes, content_type: str | None, url: str) -> Mapping[str, Any]:
    # where it came from is not told: guids that are no addresses would be made absolute with it
    headers = {"content-type": content_type} if content_type else {}
    try:
        # as a stream: plain bytes would be tried as the name of a file first
        result: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(REFERENCE.sub(_possible, body)),
            response_headers=headers,
            resolve_relative_uris=False,  # in markup, of which only the words are kept
            sanitize_html=False,
        )
    except Exception as error:
        # feedparser means never to raise, yet malformed input finds ways: AssertionError,
        # ValueError, re.error, RecursionError and others have been seen
        raise SourceError(url, f"the feed cannot be parsed: {type(error).__name__}") from error
    return result


def _possible(reference: re.Match[bytes]) -> bytes:
    """A reference to a character, or to the replacement character where there is no such one."""
    digits = reference[1]
    number = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    return reference[0] if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else b"&#65533;"


def _no_feed(body: bytes) -> str:
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "the answer is empty"
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "the answer is a web page, not a feed"
    return "the answer is not a feed"


def _item(entry: Entry, source: str, outlet: str, url: str, seen_at: datetime) -> FeedItem:
    named = _text_of(entry.get("source") or {}, "title")
    title, text = _title(entry, named), _text(entry)
    # aggregators give the title again, and the outlet, where the text should be
    if text in (title, f"{title} {named}"):
        text = ""
    return FeedItem(
        source=source,
        outlet=named or one_line(plain(str(entry.get("publisher") or ""))) or outlet,
        guid=str(entry.get("id") or "").strip() or None,
        url=_link(entry, url),
        title=title,
        text=text,
        published_at=_date(entry)[0],
        seen_at=seen_at,
    )


def _oddities(entry: Entry, item: FeedItem) -> Iterable[str]:
    if item.published_at is None:
        yield "without a date that can be read"
    elif item.published_at > item.seen_at + AHEAD:
        yield "dated in the future"
    if item.published_at is not None and not names_zone(_date(entry)[1]):
        yield "dated without a known time zone, taken as UTC"


def _date(entry: Entry) -> tuple[datetime | None, str]:
    """Of first publication, else of the last change: read, and as it is written."""
    for name in ("published", "updated"):
        # asked with `in`, for which feedparser does not put one of the two in the other's place
        read = moment(entry[f"{name}_parsed"]) if f"{name}_parsed" in entry else None
        if read is not None:
            return read, str(entry[name])
    return None, ""


def _title(entry: Entry, named: str) -> str:
    title = _text_of(entry, "title")
    # aggregators put the outlet behind the title; it is no part of what was written
    return title.removesuffix(f" - {named}") if named else title


def _text(entry: Entry) -> str:
    given = [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
    return max((_words(detail) for detail in given), key=len)


def _text_of(holder: Entry, field: str) -> str:
    detail = holder.get(f"{field}_detail") or {"value": holder.get(field)}
    return one_line(_words(detail))


def _words(detail: Entry) -> str:
    value = str(detail.get("value") or "")
    return from_html(value) if "html" in str(detail.get("type")) else plain(value)


def _link(entry: Entry, url: str) -> str | None:
    given = str(entry.get("feedburner_origlink") or entry.get("link") or "").strip()
    guid_for_link = given == entry.get("id") and "://" not in given
    if not given or guid_for_link:
        return None
    try:
        found = urljoin(url, given)
        return found if urlsplit(found).scheme in ("http", "https") else None
    except ValueError:
        return None
