"""war.gov: the contracts that the Department announces each working day, and its releases.

The feed of contracts has one item a day, and an investor wants the one award of it that names his
company: each paragraph of the day's list becomes an item. A network in front of the site turns
programs away at times; what the feed itself says is then kept, with a note.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from monitor.errors import SourceError
from monitor.ingest.primary.asking import (
    Memo,
    RefusedError,
    accepted,
    outcome_of,
    text_of,
)
from monitor.ingest.primary.contracts import awards_in
from monitor.ingest.primary.war_listing import Listed, article_id, entries_of
from monitor.ingest.primary.windows import Window
from monitor.ingest.sources import (
    Parse,
    advice_of,
    conditions,
    cursor_of,
    in_thread,
    refused,
    unchanged,
)
from monitor.ingest.text import from_html
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Cursor, FeedItem, Polled, PollFailed, PollOutcome

SITE = "https://www.war.gov"
FEED = "/DesktopModules/ArticleCS/RSS.ashx?ContentType={}&Site=945&max=20"
PAUSE = 3600.0  # seconds for which not to knock again at a closed door
PAGES = 5  # articles whose pages a poll reads; the next one goes on
REMEMBERED = 100  # articles whose page has been read
MOST_PAGES = 500  # of a listing: 20 years
OUT_OF_ORDER = timedelta(days=7)  # by which an article may stand among newer ones
NO_AWARDS = "no awards could be told apart in {!r}"
CLOSED = "the site turns this program away: it takes it for a robot (Akamai, status {})"

What = Literal["contracts", "releases"]
KINDS: dict[What, tuple[int, str]] = {  # number of the feed, page that lists them all
    "contracts": (400, "/News/Contracts/"),
    "releases": (9, "/News/Releases/"),
}


@dataclass(slots=True)
class _Listing:
    """What has been read of the pages that list articles, newest first."""

    entries: dict[str, Listed] = field(default_factory=dict)
    pages: int = 0
    ended: bool = False

    @property
    def first(self) -> datetime | None:
        times = [one.published_at for one in self.entries.values() if one.published_at is not None]
        return min(times, default=None)

    def reaches(self, moment: datetime) -> bool:
        return self.ended or (self.first is not None and self.first < moment)


@dataclass(frozen=True, slots=True)
class WarGov:
    name: str
    what: What
    site: str = SITE
    parse: Parse = in_thread
    _memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """The feed. The cursor's position is the articles whose pages have been read, in JSON."""
        return await outcome_of(self._poll(http, cursor, now), self.name, self.site)

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        """What was published in [since, until), as if seen when it was."""
        span = Window(since, until)
        return await outcome_of(self._history(http, span, now), self.name, self.site)

    async def _poll(self, http: Http, cursor: Cursor, now: datetime) -> Polled:
        url = self.site + FEED.format(KINDS[self.what][0])
        asked = conditions(cursor)
        answer = await http.get(url, headers=asked)
        advice = advice_of(answer, now)
        if answer.status == 304 and asked:
            return replace(unchanged(self.name, answer, cursor), advice=advice)
        parsed = await self.parse(
            self._open(answer, now).body,
            content_type=answer.headers.get("content-type"),
            source=self.name,
            url=shown(answer.url),
            seen_at=now,
            outlet=self.name,
        )
        advice = advice_of(answer, now, parsed.advice)
        if self.what == "releases":
            marks = cursor_of(answer)
            return Polled(self.name, parsed.items, marks, notes=parsed.notes, advice=advice)
        read = _position(cursor.position)
        items, read, notes = await self._taken_apart(http, parsed.items, read, now)
        position = json.dumps(read[-REMEMBERED:])
        # where pages are left to be read the feed must be given again, changed or not
        whole = {_key(day) for day in parsed.items} <= set(read)
        marks = cursor_of(answer) if whole else Cursor()
        marks = replace(marks, position=position)
        return Polled(self.name, items, marks, notes=(*parsed.notes, *notes), advice=advice)

    async def _taken_apart(
        self, http: Http, days: Sequence[FeedItem], read: list[str], now: datetime
    ) -> tuple[tuple[FeedItem, ...], list[str], tuple[str, ...]]:
        """The awards of the days whose pages have not been read, by their pages, or as far as the
        feed itself tells them. With the list of what has been read, and notes."""
        items: list[FeedItem] = []
        notes: list[str] = []
        closed = False  # one answer that turns us away speaks for all
        for day in [one for one in days if _key(one) not in read][:PAGES]:
            lines: Sequence[str] = ()
            if day.url and not closed:
                try:
                    lines = await self._page(http, day.url, now)
                    read = [*read, _key(day)]
                except RefusedError as refusal:
                    closed = True
                    notes.append(f"only what the feed says: {refusal.outcome.what}")
                except SourceError as error:
                    what = str(error).removeprefix(f"{error.source}: ")
                    notes.append(f"only what the feed says of {day.title!r}: {what}")
            awards = self._awards(day, lines or day.text.split("\n"))
            if lines and not awards:
                notes.append(NO_AWARDS.format(day.title))
            items += awards or [day]
        return tuple(items), read, tuple(notes)

    def _awards(self, day: FeedItem, lines: Sequence[str]) -> list[FeedItem]:
        return [
            replace(day, guid=f"{_key(day)}/{award.key}", title=award.title, text=award.text)
            for award in awards_in(lines)
        ]

    async def _history(self, http: Http, span: Window, now: datetime) -> Polled:
        memo = self._memo.of(now)
        listing: _Listing = memo.setdefault("listing", _Listing())
        while not listing.reaches(span.since - OUT_OF_ORDER) and listing.pages < MOST_PAGES:
            await self._read_on(http, listing, now)
        notes = []
        first = listing.first
        if listing.ended and first is not None and span.since < first:
            notes.append(f"the site lists nothing before {first:%Y-%m-%d %H:%M}")
        undated = [one for one in listing.entries.values() if one.published_at is None]
        if undated:
            notes.append(f"{len(undated)} articles without a date were left out")
        items: list[FeedItem] = []
        for one in listing.entries.values():
            if one.published_at is None or one.published_at not in span:
                continue
            item = self._listed(one, now)
            if one.inferred:
                notes.append(f"only the day of {one.title!r} is told: taken as 17:00 in Washington")
            if self.what == "contracts":
                awards = self._awards(item, await self._page(http, one.url, now))
                if not awards:
                    notes.append(NO_AWARDS.format(one.title))
                items += awards or [item]
            else:
                items.append(item)
        return Polled(self.name, tuple(items), Cursor(), notes=tuple(notes))

    async def _read_on(self, http: Http, listing: _Listing, now: datetime) -> None:
        """The next page of the listing. It has ended where a page has nothing that is new: the site
        shows its last page, or its first, for numbers beyond."""
        url = f"{self.site}{KINDS[self.what][1]}"
        if listing.pages:
            url += f"?Page={listing.pages + 1}"
        answer = self._open(await http.get(url), now)
        entries = {
            article_id(one.url) or one.url: one
            for one in entries_of(text_of(answer), answer.url)
            # pages show articles of other kinds, too, above and beside the list
            if urlsplit(one.url).path.lower().startswith(KINDS[self.what][1].lower())
        }
        if not entries and not listing.pages:
            raise SourceError(url, "the page lists no articles")
        listing.pages += 1
        listing.ended = entries.keys() <= listing.entries.keys()
        listing.entries.update(entries)

    def _listed(self, one: Listed, now: datetime) -> FeedItem:
        assert one.published_at is not None
        return FeedItem(
            source=self.name,
            outlet=self.name,
            guid=one.url,
            url=one.url,
            title=one.title,
            text=one.summary,
            published_at=one.published_at,
            seen_at=min(one.published_at, now),
        )

    async def _page(self, http: Http, url: str, now: datetime) -> list[str]:
        """The paragraphs of a page."""
        return from_html(text_of(self._open(await http.get(url), now))).split("\n")

    def _open(self, answer: Answer, now: datetime) -> Answer:
        """`answer`, unless it turns us away."""
        if answer.status in (401, 403):
            told = refused(self.name, answer, now)
            pause = max(told.retry_after or 0, PAUSE)
            what = CLOSED.format(answer.status)
            raise RefusedError(PollFailed(self.name, told.url, what, answer.status, pause))
        return accepted(answer, self.name, now)


def _key(item: FeedItem) -> str:
    return article_id(item.url or "") or item.guid or item.title


def _position(written: str | None) -> list[str]:
    try:
        given = json.loads(written or "[]")
    except ValueError:
        return []
    return [str(one) for one in given] if isinstance(given, list) else []
