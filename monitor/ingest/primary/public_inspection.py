"""Documents on public inspection: filed with the Federal Register, published a day or more later.

They tell the hour at which they could first be read. The list of a past day cannot be searched: the
API gives the whole of it, so terms are looked for in the titles, which are all that is there of a
document's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin
from zoneinfo import ZoneInfo

from monitor.errors import SourceError
from monitor.ingest.primary.asking import accepted, json_object
from monitor.ingest.primary.federal_document import agency_of, guid_of, words
from monitor.ingest.primary.windows import Window
from monitor.ingest.text import one_line
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import FeedItem

SEARCH = "public-inspection-documents.json"
CURRENT = "public-inspection-documents/current.json"
LATEST = 200  # documents asked for by a poll
# days without a list that may follow one another: what is filed then stands in the next list
QUIET_DAYS = 4
WASHINGTON = ZoneInfo("America/New_York")
TYPES = {
    "RULE": "Rule",
    "PRORULE": "Proposed Rule",
    "NOTICE": "Notice",
    "PRESDOCU": "Presidential Document",
}
FIELDS = (
    "title",
    "document_number",
    "html_url",
    "publication_date",
    "filed_at",
    "type",
    "agencies",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which documents are wanted. `url` is that of the published ones, `conditions` are the same
    wishes as the API's searches take them."""

    source: str
    url: str
    conditions: Sequence[tuple[str, str]]
    terms: tuple[str, ...]
    agencies: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspected:
    items: tuple[FeedItem, ...]
    notes: tuple[str, ...]


def latest_url(asked: Asked) -> str:
    """Where the documents are that are on inspection now; a search, where there are wishes."""
    if not asked.conditions:
        return f"{urljoin(asked.url, CURRENT)}?{_fields()}"
    query = [
        *asked.conditions,
        ("fields[]", "excerpts"),
        ("order", "newest"),
        ("per_page", str(LATEST)),
    ]
    return f"{urljoin(asked.url, SEARCH)}?{_fields()}&{urlencode(query)}"


async def filed_on(asked: Asked, http: Http, day: date, span: Window, now: datetime) -> Inspected:
    """The wanted documents filed on `day`, Washington's, and within `span`, as if seen then."""
    listed: Sequence[Any] = ()
    for offset in range(QUIET_DAYS + 1):
        available = day + timedelta(days=offset)
        if datetime.combine(available, datetime.min.time(), WASHINGTON) > now:
            break
        query = urlencode({"conditions[available_on]": available.isoformat()})
        answer = await http.get(f"{urljoin(asked.url, SEARCH)}?{query}&{_fields()}")
        listed, _ = _results(accepted(answer, asked.source, now))
        if listed:
            break
    read, notes = _read(listed, asked.source, now)
    filed = [
        (document, item)
        for document, item in read
        if item.published_at is not None
        and item.published_at in span
        and item.published_at.astimezone(WASHINGTON).date() == day
    ]
    items = tuple(item for document, item in filed if _is_wanted(document, asked))
    if asked.terms and filed:
        notes += (f"public inspection of {day}: terms were looked for in the titles alone",)
    return Inspected(items, notes)


def documents(answer: Answer, source: str, *, seen_at: datetime) -> Inspected:
    """What the answer of `latest_url` holds."""
    results, count = _results(answer)
    read, notes = _read(results, source, seen_at, seen_at)
    if count > len(results):
        what = f"{len(results)} of {count} documents on public inspection were given"
        notes = (*notes, f"truncated: {what}")
    return Inspected(tuple(item for _, item in read), notes)


def _fields() -> str:
    return urlencode([("fields[]", field) for field in FIELDS])


def _results(answer: Answer) -> tuple[Sequence[Any], int]:
    given = json_object(answer)
    count, results = given.get("count"), given.get("results", [])
    if not isinstance(count, int) or not isinstance(results, list):
        raise SourceError(shown(answer.url), "the answer is not a list of documents")
    return results, count


def _read(
    results: Sequence[Any], source: str, now: datetime, seen_at: datetime | None = None
) -> tuple[list[tuple[Mapping[str, Any], FeedItem]], tuple[str, ...]]:
    """Documents with their items, seen at `seen_at`, else when they were filed."""
    read = []
    for one in results:
        item = _item(one, source, now, seen_at) if isinstance(one, dict) else None
        if item is not None:
            read.append((one, item))
    bad = len(results) - len(read)
    note = f"{bad} of {len(results)} documents on public inspection cannot be read"
    return read, (note,) if bad else ()


def _item(
    document: Mapping[str, Any], source: str, now: datetime, seen_at: datetime | None
) -> FeedItem | None:
    title, number = words(document, "title"), document.get("document_number")
    filed_at = _moment(document.get("filed_at"))
    if not title or not isinstance(number, str) or filed_at is None:
        return None
    url, published = document.get("html_url"), document.get("publication_date")
    return FeedItem(
        source=source,
        outlet=agency_of(document) or source,
        guid=guid_of(number, published if isinstance(published, str) else None),
        url=url if isinstance(url, str) and url else None,
        title=one_line(title),
        text=words(document, "excerpts"),
        published_at=filed_at,
        seen_at=min(filed_at, now) if seen_at is None else seen_at,
    )


def _moment(written: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(written) if isinstance(written, str) else None
        if found is None:
            return None
        local = found if found.tzinfo else found.replace(tzinfo=WASHINGTON)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_wanted(document: Mapping[str, Any], asked: Asked) -> bool:
    title = words(document, "title")
    if asked.terms and not any(_holds(title, term) for term in asked.terms):
        return False
    if asked.types and document.get("type") not in {TYPES[kind] for kind in asked.types}:
        return False
    agencies = document.get("agencies")
    slugs = {
        one.get("slug")
        for one in (agencies if isinstance(agencies, list) else ())
        if isinstance(one, dict)
    }
    return not asked.agencies or bool(slugs & set(asked.agencies))


def _holds(title: str, term: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(term)}(?!\w)", title, re.IGNORECASE) is not None
