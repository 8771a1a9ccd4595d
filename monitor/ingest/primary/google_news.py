"""Google News' search feeds: what the press writes that answers a query, at most 100 items of it.

Its days are not told in which zone they are, so a span is asked for with a day more on either side,
and what lies outside it is put away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from monitor.ingest.primary.asking import accepted, outcome_of
from monitor.ingest.primary.windows import Given, Window, exhaust
from monitor.ingest.sources import Parse, in_thread
from monitor.ingest.web.http import Http, shown
from monitor.model import Cursor, FeedItem, Polled, PollOutcome

ENDPOINT = "https://news.google.com/rss/search"
MOST = 100  # items of one feed
DAY = timedelta(days=1)
FIRST = 7  # days that a first poll looks back
FARTHEST = 90  # days that a poll looks back after a long pause


@dataclass(frozen=True, slots=True)
class GoogleNews:
    """The feed of `query` in one edition: `hl` the language, `gl` the country, `ceid` both."""

    name: str
    query: str
    hl: str = "en-US"
    gl: str = "US"
    ceid: str = "US:en"
    url: str = ENDPOINT
    parse: Parse = in_thread

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """What is new since the last poll, whose moment is the cursor's position."""
        return await outcome_of(self._poll(http, cursor, now), self.name, self.url)

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        """What was published in [since, until), as if seen when it was."""
        return await outcome_of(self._history(http, Window(since, until), now), self.name, self.url)

    async def _poll(self, http: Http, cursor: Cursor, now: datetime) -> Polled:
        days = _days_since(cursor.position, now)
        # without a limit the feed is of all times, and the 100 best are seldom the newest
        parsed, notes = await self._feed(http, f"{self.query} when:{days}d", now)
        if len(parsed) >= MOST:
            notes = (*notes, f"truncated: more than {MOST} items in {days} days")
        return Polled(self.name, parsed, Cursor(position=now.isoformat()), notes=notes)

    async def _history(self, http: Http, span: Window, now: datetime) -> Polled:
        notes: dict[str, None] = {}

        async def ask(window: Window) -> Given:
            query = f"{self.query} after:{window.since:%Y-%m-%d} before:{window.until:%Y-%m-%d}"
            parsed, odd = await self._feed(http, query, now)
            notes.update(dict.fromkeys(odd))
            return Given(parsed, len(parsed) >= MOST)

        found = await exhaust(ask, _whole_days(span), DAY)
        items = tuple(
            replace(item, seen_at=min(item.published_at, now))
            for item in found.items
            if item.published_at is not None and item.published_at in span
        )
        undated = sum(item.published_at is None for item in found.items)
        told = [f"{undated} items without a date were left out"] if undated else []
        told += [f"truncated: more than {MOST} items in {one}" for one in found.cut_off]
        return Polled(self.name, items, Cursor(), notes=(*notes, *told))

    async def _feed(
        self, http: Http, query: str, now: datetime
    ) -> tuple[tuple[FeedItem, ...], tuple[str, ...]]:
        asked = {"q": query, "hl": self.hl, "gl": self.gl, "ceid": self.ceid}
        answer = accepted(await http.get(f"{self.url}?{urlencode(asked)}"), self.name, now)
        parsed = await self.parse(
            answer.body,
            content_type=answer.headers.get("content-type"),
            source=self.name,
            url=shown(answer.url),
            seen_at=now,
        )
        return parsed.items, parsed.notes


def _whole_days(span: Window) -> Window:
    """The days that a span touches, and one more on either side."""
    first = span.since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last = (span.until - timedelta(microseconds=1)).astimezone(UTC).date()
    days = (last - first.date()).days + 1
    return Window(first - DAY, first + DAY * (days + 1))


def _days_since(position: str | None, now: datetime) -> int:
    """Days to look back for nothing to be missed since the last poll."""
    try:
        last = datetime.fromisoformat(position) if position else None
    except ValueError:
        last = None
    return FIRST if last is None else min(max((now - last).days + 2, 2), FARTHEST)
