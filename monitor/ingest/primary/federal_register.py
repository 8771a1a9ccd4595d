"""The Federal Register's public API: what the United States' government decrees, day by day.

Published documents carry a date and no hour. The day's issue is out by 8:45 in Washington, and that
is the hour given to them here, inferred. Most could be read the day before, on public inspection,
which tells the hour: see public_inspection.py.

Of one search the API lists a limited number (2,000 at the time of writing) and answers 400, or with
the first page again, when asked for more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from monitor.errors import SourceError
from monitor.ingest.primary import public_inspection
from monitor.ingest.primary.asking import accepted, json_object, outcome_of
from monitor.ingest.primary.federal_document import agency_of, guid_of, words
from monitor.ingest.primary.windows import Window
from monitor.ingest.sources import advice_of, conditions, cursor_of, refused, unchanged
from monitor.ingest.text import one_line
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Cursor, FeedItem, Polled, PollOutcome

ENDPOINT = "https://www.federalregister.gov/api/v1/documents.json"
WASHINGTON = ZoneInfo("America/New_York")
ISSUED_AT = time(8, 45)
RECENT = timedelta(days=5)  # whose documents a poll asks for: a weekend with holidays has no issue
PAGE = 1000  # documents of one page; the API may give fewer
TYPES = ("RULE", "PRORULE", "NOTICE", "PRESDOCU")  # what a day is split by that is too large
FIELDS = (
    "title",
    "abstract",
    "excerpts",
    "document_number",
    "html_url",
    "publication_date",
    "agencies",
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Documents of one search, or of a page of it."""

    items: Mapping[str, FeedItem]  # by guid: a page may repeat what the last one had
    count: int  # documents that match, by the API's word
    bad: int = 0  # documents that cannot be read
    notes: tuple[str, ...] = ()
    query: str | None = None  # of the page that follows

    @property
    def whole(self) -> bool:
        return self.count <= len(self.items) + self.bad


@dataclass(frozen=True, slots=True)
class FederalRegister:
    """Documents that hold any of `terms` (as phrases), by any of `agencies` (by the API's short
    names), of any of `types` (as in TYPES). `inspection`: those on public inspection as well."""

    name: str
    url: str = ENDPOINT
    terms: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    inspection: bool = False

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """The newest documents. The cursor's position is the etag of those on inspection."""
        return await outcome_of(self._poll(http, cursor, now), self.name, self.url)

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        """All documents that came out in [since, until), as if seen when they did."""
        span = Window(since, until)
        return await outcome_of(self._history(http, span, now), self.name, self.url)

    async def _poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        since = now.astimezone(WASHINGTON).date() - RECENT
        query = self._query(
            ("conditions[publication_date][gte]", since.isoformat()), ("order", "newest")
        )
        asked = conditions(cursor)
        answer = await http.get(f"{self.url}?{query}", headers=asked)
        if answer.status == 304 and asked:
            published = unchanged(self.name, answer, cursor)
        else:
            listed = await self._pages(http, query, answer, now, seen_at=now)
            items, notes = tuple(listed.items.values()), listed.notes
            if not listed.whole:
                what = f"{len(items)} of {listed.count} documents since {since} were given"
                notes = (*notes, f"truncated: {what}")
            published = Polled(self.name, items, cursor_of(answer), notes=notes)
        published = replace(published, advice=advice_of(answer, now))
        if not self.inspection:
            return published
        return await self._with_inspection(http, cursor, now, published)

    async def _with_inspection(
        self, http: Http, cursor: Cursor, now: datetime, published: Polled
    ) -> Polled:
        """`published`, and what is on inspection. That the latter cannot be had is a note: it is
        asked for anew by the next poll, and the published documents are not to wait for it."""
        asked = Cursor(etag=cursor.position)
        try:
            answer = await http.get(
                public_inspection.latest_url(self._inspected()), headers=conditions(asked)
            )
            if answer.status == 304 and cursor.position is not None:
                return replace(published, cursor=replace(published.cursor, position=asked.etag))
            if not 200 <= answer.status < 300:
                raise SourceError(self.url, refused(self.name, answer, now).what)
            found = public_inspection.documents(answer, self.name, seen_at=now)
        except SourceError as error:
            what = str(error).removeprefix(f"{error.source}: ")
            note = f"no documents on public inspection: {what}"
            return replace(published, not_modified=False, notes=(*published.notes, note))
        return replace(
            published,
            items=(*found.items, *published.items),  # first what is told first
            cursor=replace(published.cursor, position=answer.headers.get("etag")),
            not_modified=False,
            notes=(*published.notes, *found.notes),
        )

    async def _history(self, http: Http, span: Window, now: datetime) -> Polled:
        items: dict[str, FeedItem] = {}
        notes: list[str] = []
        for day in days_of(span):
            if self.inspection:
                found = await public_inspection.filed_on(self._inspected(), http, day, span, now)
                items.update((str(item.guid), item) for item in found.items)
                notes += found.notes
            if issued_at(day) in span:
                listed = await self._day(http, day, now)
                # what was on inspection in the same span is one document, told there first
                items = {**listed.items, **items}
                notes += listed.notes
        return Polled(self.name, tuple(items.values()), Cursor(), notes=tuple(notes))

    async def _day(self, http: Http, day: date, now: datetime) -> _Listed:
        """One day's issue; by type where the API does not list all that it counts."""
        listed = await self._listed(http, day, (), now)
        for kind in () if listed.whole else self.types or TYPES:
            part = await self._listed(http, day, (kind,), now)
            listed = replace(listed, items={**listed.items, **part.items})
        if listed.whole:
            return listed
        what = f"{len(listed.items)} of {listed.count} documents of {day} were given"
        return replace(listed, notes=(*listed.notes, f"truncated: {what}"))

    async def _listed(self, http: Http, day: date, types: Sequence[str], now: datetime) -> _Listed:
        query = self._query(
            ("conditions[publication_date][is]", day.isoformat()), ("order", "oldest"), types=types
        )
        answer = await http.get(f"{self.url}?{query}")
        return await self._pages(http, query, answer, now, seen_at=min(issued_at(day), now))

    async def _pages(
        self, http: Http, query: str, answer: Answer, now: datetime, *, seen_at: datetime
    ) -> _Listed:
        """The documents of `answer`, to `query`, and of the pages that follow it."""
        items: dict[str, FeedItem] = {}
        notes: list[str] = []
        count, bad, asked = 0, 0, {query}
        while not _is_none(answer):
            if items and answer.status == 400:
                break  # beyond the last document that the API is willing to list
            page = _page(accepted(answer, self.name, now), self.name, seen_at=seen_at)
            count, fresh = max(count, page.count), page.items.keys() - items.keys()
            items.update(page.items)
            bad += page.bad
            notes.extend(page.notes)
            if page.query is None or page.query in asked or not fresh:
                break
            asked.add(page.query)
            answer = await http.get(f"{self.url}?{page.query}")
        return _Listed(items, count, bad, tuple(notes))

    def _query(self, *extra: tuple[str, str], types: Sequence[str] = ()) -> str:
        asked = [("fields[]", field) for field in FIELDS]
        return urlencode([*asked, *self._conditions(types), *extra, ("per_page", str(PAGE))])

    def _conditions(self, types: Sequence[str] = ()) -> list[tuple[str, str]]:
        asked = []
        if self.terms:
            asked.append(("conditions[term]", " | ".join(f'"{term}"' for term in self.terms)))
        asked += [("conditions[agencies][]", agency) for agency in self.agencies]
        asked += [("conditions[type][]", kind) for kind in types or self.types]
        return asked

    def _inspected(self) -> public_inspection.Asked:
        return public_inspection.Asked(
            self.name, self.url, self._conditions(), self.terms, self.agencies, self.types
        )


def issued_at(day: date) -> datetime:
    """When the issue of `day` is taken to have come out."""
    return datetime.combine(day, ISSUED_AT, WASHINGTON).astimezone(UTC)


def days_of(span: Window) -> list[date]:
    """The days of Washington that a span touches."""
    first = span.since.astimezone(WASHINGTON).date()
    last = (span.until - timedelta(microseconds=1)).astimezone(WASHINGTON).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _is_none(answer: Answer) -> bool:
    """Whether the API says by a 404 that nothing matches; other 404s are web pages."""
    if answer.status != 404:
        return False
    try:
        return bool(json_object(answer).get("count", 0) == 0)
    except SourceError:
        return False


def _page(answer: Answer, source: str, *, seen_at: datetime) -> _Listed:
    given = json_object(answer)
    count, results = given.get("count"), given.get("results", [])
    if not isinstance(count, int) or not isinstance(results, list):
        raise SourceError(shown(answer.url), "the answer is not a list of documents")
    read = [_item(one, source, seen_at) if isinstance(one, dict) else None for one in results]
    items = {str(item.guid): item for item in read if item is not None}
    bad = read.count(None)
    notes = (f"{bad} of {len(results)} documents cannot be read",) if bad else ()
    return _Listed(items, count, bad, notes, _query_of(given.get("next_page_url")))


def _query_of(next_page_url: object) -> str | None:
    """Only the query is taken: the next page comes from the address in the configuration, not from
    wherever an answer points."""
    if not isinstance(next_page_url, str):
        return None
    try:
        return urlsplit(next_page_url).query or None
    except ValueError:
        return None


def _item(document: Mapping[str, Any], source: str, seen_at: datetime) -> FeedItem | None:
    title = words(document, "title")
    number, written = document.get("document_number"), document.get("publication_date")
    if not title or not isinstance(number, str) or not isinstance(written, str):
        return None
    try:
        published_at = issued_at(date.fromisoformat(written))
    except (ValueError, OverflowError):
        return None
    url = document.get("html_url")
    return FeedItem(
        source=source,
        outlet=agency_of(document) or source,
        guid=guid_of(number, written),
        url=url if isinstance(url, str) and url else None,
        title=one_line(title),
        text=words(document, "abstract") or words(document, "excerpts"),
        published_at=published_at,
        seen_at=seen_at,
    )
