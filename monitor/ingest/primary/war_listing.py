"""A page of war.gov that lists articles. Pure.

The site has changed its markup more than once: an entry may be an element that carries all of it in
attributes (`article-url`, `article-title`, `publish-date-jss` by Washington's clock), or a link
whose text is the title, with a date in it or beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from monitor.ingest.text import one_line, plain

WASHINGTON = ZoneInfo("America/New_York")
USUAL = time(17)  # when the day's contracts are announced
ARTICLE = re.compile(r"/Article/(\d+)(?:/|$)", re.IGNORECASE)
WRITTEN = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+(\d{1,2}),\s+(\d{4})",
    re.IGNORECASE,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Listed:
    url: str
    title: str
    summary: str
    published_at: datetime | None
    inferred: bool = False  # only the day of `published_at` was told


def article_id(url: str) -> str | None:
    """The number in an article's address, which stays while the rest of it may change."""
    try:
        found = ARTICLE.search(urlsplit(url).path)
    except ValueError:
        return None
    return found[1] if found else None


def entries_of(markup: str, url: str) -> tuple[Listed, ...]:
    """The articles that a page lists, each once, in its order."""
    reader = _Entries(url)
    try:
        reader.feed(markup)
        reader.close()
    except AssertionError:
        pass  # html.parser gives up so on some malformed declarations; what it has found is there
    found: dict[str, Listed] = {}
    for one in reader.found:
        key = article_id(one.url) or one.url
        before = found.get(key)
        # pictures are linked, too, without a title
        if before is None or (one.title and not before.title):
            found[key] = one
    return tuple(one for one in found.values() if one.title)


def day_in(text: str) -> datetime | None:
    """The usual hour of a day that is written in a text, as in "Dec. 24, 2024"."""
    found = WRITTEN.search(text)
    if found is None:
        return None
    month = MONTHS.index(found[1].lower()) + 1
    try:
        day = datetime(int(found[3]), month, int(found[2]), tzinfo=WASHINGTON)
    except ValueError:
        return None
    return day.replace(hour=USUAL.hour).astimezone(UTC)


def moment(written: str) -> datetime | None:
    """An ISO date with a time; Washington's where no zone is told."""
    try:
        found = datetime.fromisoformat(written.strip())
        local = found if found.tzinfo else found.replace(tzinfo=WASHINGTON)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class _Entries(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Listed] = []
        self._url = url
        self._link: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        told = given.get("article-url-or-link-absolute") or given.get("article-url")
        if told is not None:
            self._add(told, given)
        elif tag == "a" and article_id(given.get("href", "")):
            self._link, self._words = given["href"], []
        elif tag == "time":
            self._date(given.get("datetime", ""))

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        if self._link is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            self._add(self._link, {"article-title": " ".join(self._words)})
            self._link = None

    def _date(self, written: str) -> None:
        """A date that stands beside the link before it."""
        at = moment(written)
        if at is not None and self.found and self.found[-1].published_at is None:
            last = self.found[-1]
            self.found[-1] = Listed(last.url, last.title, last.summary, at)

    def _add(self, link: str, given: dict[str, str]) -> None:
        if article_id(link) is None:
            return
        url = urljoin(self._url, link)
        if urlsplit(url).netloc != urlsplit(self._url).netloc:
            return
        title = one_line(plain(given.get("article-title", "")))
        exact = moment(given.get("publish-date-jss", ""))
        at = exact or day_in(given.get("publish-date-ap", "")) or day_in(title)
        summary = plain(given.get("article-summary", ""))
        self.found.append(Listed(url, title, summary, at, at is not None and exact is None))
