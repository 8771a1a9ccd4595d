"""The Federal Register's public API: what the United States' government decrees, day by day.

Documents carry a date and no hour. The day's issue is out by 8:45 in Washington, and that is the
hour given to them here, inferred: most could be read the day before, on public inspection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from monitor.errors import SourceError
from monitor.ingest.sources import conditions, cursor_of, failed, refused, unchanged
from monitor.ingest.text import from_html, one_line
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Cursor, FeedItem, Polled, PollOutcome

ENDPOINT = "https://www.federalregister.gov/api/v1/documents.json"
WASHINGTON = ZoneInfo("America/New_York")
ISSUED_AT = time(8, 45)
LATEST = 100  # documents asked for by a poll
PAGE = 1000  # the largest page the API gives
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
class _Page:
    items: tuple[FeedItem, ...]
    count: int  # documents that match, by the API's word
    query: str | None  # of the page that follows
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FederalRegister:
    """Documents that hold any of `terms` (as phrases), by any of `agencies` (by the API's short
    names), and meet all `conditions`, each as the API writes it: `type[]=PRESDOCU`."""

    name: str
    url: str = ENDPOINT
    terms: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """The newest documents."""
        query = self._query(("order", "newest"), ("per_page", str(LATEST)))
        try:
            answer = await http.get(f"{self.url}?{query}", headers=conditions(cursor))
            if answer.status == 304 and cursor != Cursor():
                return unchanged(self.name, answer, cursor)
            if not 200 <= answer.status < 300:
                return refused(self.name, answer, now)
            page = _page(answer, self.name, seen_at=now)
        except SourceError as error:
            return failed(self.name, self.url, error)
        return Polled(self.name, page.items, cursor_of(answer), notes=page.notes)

    async def history(self, http: Http, day: date, now: datetime) -> PollOutcome:
        """All documents of one day's issue, as if seen when it came out."""
        query: str | None = self._query(
            ("conditions[publication_date][is]", day.isoformat()),
            ("order", "oldest"),
            ("per_page", str(PAGE)),
        )
        items: dict[str, FeedItem] = {}  # by guid: a page may repeat what the last one had
        notes: list[str] = []
        count, asked = 0, set[str]()
        while query is not None and query not in asked:
            asked.add(query)
            try:
                answer = await http.get(f"{self.url}?{query}")
                if items and answer.status == 400:
                    break  # beyond the last document that the API is willing to list
                if not 200 <= answer.status < 300:
                    return refused(self.name, answer, now)
                page = _page(answer, self.name, seen_at=min(issued_at(day), now))
            except SourceError as error:
                return failed(self.name, self.url, error)
            items.update((str(item.guid), item) for item in page.items)
            notes.extend(page.notes)
            count, query = max(count, page.count), page.query
        if count > len(items):
            notes.append(f"truncated: {len(items)} of {count} documents of {day} were given")
        return Polled(self.name, tuple(items.values()), Cursor(), notes=tuple(notes))

    def _query(self, *extra: tuple[str, str]) -> str:
        asked = [("fields[]", field) for field in FIELDS]
        if self.terms:
            asked.append(("conditions[term]", " | ".join(f'"{term}"' for term in self.terms)))
        asked += [("conditions[agencies][]", agency) for agency in self.agencies]
        for condition in self.conditions:
            name, _, value = condition.partition("=")
            field, bracket, rest = name.partition("[")
            asked.append((f"conditions[{field}]{bracket}{rest}", value))
        return urlencode([*asked, *extra])


def issued_at(day: date) -> datetime:
    """When the issue of `day` is taken to have come out."""
    return datetime.combine(day, ISSUED_AT, WASHINGTON).astimezone(UTC)


def _page(answer: Answer, source: str, *, seen_at: datetime) -> _Page:
    given = _json(answer)
    count, results = given.get("count"), given.get("results", [])
    if not isinstance(count, int) or not isinstance(results, list):
        raise SourceError(shown(answer.url), "the answer is not a list of documents")
    items, bad = [], 0
    for result in results:
        item = _item(result, source, seen_at) if isinstance(result, dict) else None
        if item is None:
            bad += 1
        else:
            items.append(item)
    notes = (f"{bad} of {len(results)} documents cannot be read",) if bad else ()
    return _Page(tuple(items), count, _query_of(given.get("next_page_url")), notes)


def _json(answer: Answer) -> Mapping[str, Any]:
    try:
        given = json.loads(answer.body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise SourceError(shown(answer.url), "the answer is not a JSON object")
    return given


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
    title = _words(document, "title")
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
        outlet=_agency(document) or source,
        guid=f"{written}/{number}",  # numbers alone have been used twice
        url=url if isinstance(url, str) and url else None,
        title=one_line(title),
        text=_words(document, "abstract") or _words(document, "excerpts"),
        published_at=published_at,
        seen_at=seen_at,
    )


def _agency(document: Mapping[str, Any]) -> str:
    """The department that comes first."""
    agencies = document.get("agencies")
    first = agencies[0] if isinstance(agencies, list) and agencies else None
    return one_line(_words(first, "name") or _words(first, "raw_name")) if first else ""


def _words(holder: object, key: str) -> str:
    value = holder.get(key) if isinstance(holder, dict) else None
    return from_html(value) if isinstance(value, str) else ""
