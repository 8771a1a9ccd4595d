"""Asking an address whether it is a feed, before it is added."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from monitor.errors import SourceError
from monitor.ingest.feeds.discover import Found, discover
from monitor.ingest.feeds.parsed import ParsedFeed
from monitor.ingest.sources import Parse
from monitor.ingest.web.http import Answer, Http


@dataclass(frozen=True, slots=True)
class Trial:
    """`what` says why the address is no feed to be polled, and is None where it is one."""

    url: str  # to be polled: where permanent redirects lead, or what the page names
    title: str = ""
    told: str = ""  # what it holds, in words
    what: str | None = None
    offers: tuple[Found, ...] = ()  # feeds that the page at the address names


async def try_feed(http: Http, parse: Parse, url: str, now: datetime) -> Trial:
    """A page that names a single feed stands for that feed."""
    trial, answer = await _tried(http, parse, url, now)
    if trial.what is None or answer is None:
        return trial
    offers = discover(answer.body, answer.url)
    if len(offers) == 1:
        return (await _tried(http, parse, offers[0].url, now))[0]
    return Trial(url, what=trial.what, offers=offers)


async def _tried(http: Http, parse: Parse, url: str, now: datetime) -> tuple[Trial, Answer | None]:
    try:
        answer = await http.get(url)
    except SourceError as error:
        return Trial(url, what=_why(error)), None
    if not 200 <= answer.status < 300:
        return Trial(url, what=f"answered with status {answer.status}"), None
    try:
        parsed = await parse(
            answer.body,
            content_type=answer.headers.get("content-type"),
            source=url,
            url=answer.url,
            seen_at=now,
        )
    except SourceError as error:
        return Trial(url, what=_why(error)), answer
    found = answer.moved_to or url
    return Trial(found, _title(parsed, url), _told(parsed)), answer


def _title(parsed: ParsedFeed, url: str) -> str:
    """What most of its items are said to be from: an item that names nobody has the feed's title,
    and where that is missing, too, the source's name, which is the address here."""
    outlets = Counter(item.outlet for item in parsed.items if item.outlet != url)
    return outlets.most_common(1)[0][0] if outlets else urlsplit(url).netloc


def _told(parsed: ParsedFeed) -> str:
    return "; ".join([f"{len(parsed.items)} items", *parsed.notes])


def _why(error: SourceError) -> str:
    return str(error).removeprefix(f"{error.source}: ")
