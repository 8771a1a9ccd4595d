"""What can be polled for news: the contract, and feeds.

Polling never raises for what a source does: failure is a PollFailed.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from monitor.errors import SourceError
from monitor.ingest.feeds.reference import parse_feed
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Cursor, Polled, PollFailed, PollOutcome

LONGEST_WAIT = timedelta(days=1).total_seconds()


class Source(Protocol):
    @property
    def name(self) -> str: ...

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """What is new or changed; `cursor` are those of the last Polled."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed."""

    name: str
    url: str
    outlet: str | None = None  # who writes it, where its title is not fit to be shown

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        try:
            answer = await http.get(self.url, headers=conditions(cursor))
            if answer.status == 304 and cursor != Cursor():
                return unchanged(self.name, answer, cursor)
            if not 200 <= answer.status < 300:
                return refused(self.name, answer, now)
            # in a thread: a large feed takes seconds, in which the others' time would run out
            parsed = await asyncio.to_thread(
                parse_feed,
                answer.body,
                content_type=answer.headers.get("content-type"),
                source=self.name,
                url=shown(answer.url),
                seen_at=now,
                outlet=self.outlet,
            )
        except SourceError as error:
            return failed(self.name, self.url, error)
        return Polled(self.name, parsed.items, cursor_of(answer), notes=parsed.notes)


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
    kept = Cursor(given.etag or cursor.etag, given.last_modified or cursor.last_modified)
    return Polled(source, (), kept, not_modified=True)


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
        try:
            until = parsedate_to_datetime(written)
        except ValueError:
            return None
        if until.tzinfo is None:  # "-0000": UTC, of unknown local zone
            until = until.replace(tzinfo=UTC)
        seconds = (until - now).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)
