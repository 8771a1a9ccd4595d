"""The feeds that a web page names. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from monitor.ingest.feeds.document import decoded
from monitor.ingest.text import from_html, one_line

Tags = list[tuple[str, dict[str, str], str]]  # name, attributes, the words after it

LONGEST_PAGE = 1_000_000  # bytes that are looked through
MOST = 20
TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
    "application/json", "application/xml", "text/xml", "application/x-rss+xml",
})  # fmt: skip

UNREAD = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1|\Z)", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<(link|base|a)\s([^<>]{1,2000})>([^<>]{0,200})", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,20})\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
FEED_PATH = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)/?$|(?:^|[/.-])(?:rss|feed|atom|rdf)(?:\.(?:xml|json|php))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    url: str
    title: str
    type: str  # as the page has it; empty where it does not say


def discover(body: bytes, url: str) -> tuple[Found, ...]:
    """What `<link rel="alternate">` names, then what links look like feeds; no address twice."""
    page = UNREAD.sub(" ", decoded(body[:LONGEST_PAGE], None))
    tags = [(match[1].lower(), _attributes(match[2]), match[3]) for match in TAG.finditer(page)]
    based = next((given["href"] for tag, given, _ in tags if tag == "base" and "href" in given), "")
    base = _absolute(url, based) or url
    found: dict[str, Found] = {}
    for href, title, kind in (*_alternates(tags), *_anchors(tags)):
        address = _absolute(base, href)
        if address is not None and len(found) < MOST:
            found.setdefault(address, Found(address, one_line(from_html(title)), kind))
    return tuple(found.values())


def _alternates(tags: Tags) -> Iterator[tuple[str, str, str]]:
    for tag, given, _ in tags:
        kind = given.get("type", "").split(";")[0].strip().lower()
        named = given.get("rel", "").lower().split()
        if tag == "link" and kind in TYPES and not {"alternate", "feed"}.isdisjoint(named):
            yield given.get("href", ""), given.get("title", ""), kind


def _anchors(tags: Tags) -> Iterator[tuple[str, str, str]]:
    for tag, given, words in tags:
        href = given.get("href", "")
        if tag == "a" and FEED_PATH.search(href.split("?")[0].split("#")[0]):
            yield href, given.get("title") or words, ""


def _attributes(written: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in ATTRIBUTE.findall(written):
        bare = value[1:-1] if value[0] in "\"'" else value
        found.setdefault(name.lower(), html.unescape(bare).strip())
    return found


def _absolute(base: str, href: str) -> str | None:
    try:
        address = urljoin(base, href)
        sound = href and address.isprintable() and urlsplit(address).scheme in ("http", "https")
        return address if sound else None
    except ValueError:
        return None
