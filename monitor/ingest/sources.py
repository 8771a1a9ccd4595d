"""What can be polled for news: the contract, and feeds.

Polling never raises for what a source does: failure is a PollFailed.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Protocol

from monitor.errors import SourceError
from monitor.ingest.feeds.parse import parse
from monitor.ingest.feeds.parsed import ParsedFeed
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Advice, Cursor, Polled, PollFailed, PollOutcome

LONGEST_WAIT = timedelta(days=1).total_seconds()
NOTHING = Advice()
MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,15})", re.IGNORECASE)


class Source(Protocol):
    @property
    def name(self) -> str: ...

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """What is new or changed; `cursor` is that of the last Polled."""


class Parse(Protocol):
    """`feeds.parse.parse`, wherever it runs. Raises SourceError."""

    async def __call__(
        self,
        body: bytes,
        *,
        content_type: str | None,
        source: str,
        url: str,
        seen_at: datetime,
        outlet: str | None = None,
    ) -> ParsedFeed: ...


async def in_thread(
    body: bytes,
    *,
    content_type: str | None,
    source: str,
    url: str,
    seen_at: datetime,
    outlet: str | None = None,
) -> ParsedFeed:
    """A large feed takes seconds, in which the time of all others would run out."""
    return await asyncio.to_thread(
        parse,
        body,
        content_type=content_type,
        source=source,
        url=url,
        seen_at=seen_at,
        outlet=outlet,
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS, Atom or JSON feed."""

    name: str
    url: str
    outlet: str | None = None  # who writes it, where its title is not fit to be shown
    parse: Parse = in_thread

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        asked = conditions(cursor)
        try:
            answer = await http.get(self.url, headers=asked)
            if answer.status == 304 and asked:
                advice = advice_of(answer, now)
                return replace(unchanged(self.name, answer, cursor), advice=advice)
            if not 200 <= answer.status < 300:
                return refused(self.name, answer, now)
            found = replace(cursor_of(answer), position=digest(answer.body))
            if found.position == cursor.position:
                advice = advice_of(answer, now)
                return Polled(self.name, (), found, not_modified=True, advice=advice)
            parsed = await self.parse(
                answer.body,
                content_type=answer.headers.get("content-type"),
                source=self.name,
                url=shown(answer.url),
                seen_at=now,
                outlet=self.outlet,
            )
        except SourceError as error:
            return failed(self.name, self.url, error)
        advice = advice_of(answer, now, parsed.advice)
        return Polled(self.name, parsed.items, found, notes=parsed.notes, advice=advice)


def address_of(source: Source) -> str | None:
    """The configured address of a source that may move; None: its kind knows where it is."""
    return shown(source.url) if isinstance(source, Feed) else None


def digest(body: bytes) -> str:
    """By which an unchanged body is known where its server does not say so. 32 hex digits."""
    return blake2b(body, digest_size=16).hexdigest()


def conditions(cursor: Cursor) -> dict[str, str]:
    """The headers that ask for an answer only if it has changed."""
    headers = {}
    if cursor.etag is not None:
        headers["If-None-Match"] = cursor.etag
    if cursor.last_modified is not None:
        headers["If-Modified-Since"] = cursor.last_modified
    return headers


def cursor_of(answer: Answer) -> Cursor:
    return Cursor(answer.headers.get("etag"), answer.headers.get("last-modified"))


def unchanged(source: str, answer: Answer, cursor: Cursor) -> Polled:
    """For a 304, which may renew the cursor it was asked with."""
    given = cursor_of(answer)
    kept = replace(
        cursor,
        etag=given.etag or cursor.etag,
        last_modified=given.last_modified or cursor.last_modified,
    )
    return Polled(source, (), kept, not_modified=True)


def advice_of(answer: Answer, now: datetime, own: Advice = NOTHING) -> Advice:
    """What the server asks, with what the feed itself does: the longer of their pauses."""
    pauses = [one for one in (fresh_for(answer.headers, now), own.fresh_for) if one is not None]
    return replace(
        own,
        fresh_for=max(pauses, default=None),
        moved_to=answer.moved_to or own.moved_to,
        ttl=own.fresh_for,
    )


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds in which nothing new will come, by Cache-Control or else Expires (RFC 9111)."""
    control = headers.get("cache-control", "")
    if re.search(r"\bno-(?:cache|store)\b", control, re.IGNORECASE):
        return None
    if (found := MAX_AGE.search(control)) is not None:
        return max(float(found[1]) - _age(headers), 0.0)
    expires = _moment(headers.get("expires", ""))
    if expires is None:
        return None
    # by the server's own clock, which may be wrong
    said = _moment(headers.get("date", "")) or now
    return max((expires - said).total_seconds() - _age(headers), 0.0)


def _age(headers: Mapping[str, str]) -> float:
    """Seconds for which a cache on the way has held the answer."""
    written = headers.get("age", "").strip()
    return float(written) if written.isascii() and written.isdigit() else 0.0


def refused(source: str, answer: Answer, now: datetime) -> PollFailed:
    """For an answer whose status says that there is nothing to read."""
    return PollFailed(
        source,
        shown(answer.url),
        f"answered with status {answer.status}",
        status=answer.status,
        retry_after=retry_after(answer.headers, now),
    )


def failed(source: str, url: str, error: SourceError) -> PollFailed:
    # the error's text begins with the address, which stands beside it already
    return PollFailed(source, shown(url), str(error).removeprefix(f"{error.source}: "))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by the Retry-After header, which holds seconds or a date; a day at most."""
    written = headers.get("retry-after", "").strip()
    try:
        seconds = float(written)
    except ValueError:
        until = _moment(written)
        if until is None:
            return None
        seconds = (until - now).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


def _moment(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    # "-0000": UTC, of unknown local zone
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
