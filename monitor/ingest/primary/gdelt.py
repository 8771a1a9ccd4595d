"""GDELT DOC 2.0: articles of the world's press by their words, as GDELT has seen them.

It gives at most 250 articles for one question and wants five seconds between two. What it has to
say it says in plain text, most of it with status 200; and its JSON is not always JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from monitor.errors import SourceError
from monitor.ingest.primary.asking import RefusedError, accepted, outcome_of
from monitor.ingest.primary.windows import Given, TooFineError, Window, exhaust
from monitor.ingest.sources import refused
from monitor.ingest.text import from_html, one_line, plain
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Cursor, FeedItem, Polled, PollFailed, PollOutcome

ENDPOINT = "https://api.gdeltproject.org/api/v2/doc/doc"
MOST = 250  # articles of one answer
STEP = timedelta(minutes=15)  # how often it takes in what is new, and the shortest span it answers
SPACING = 5.0  # seconds between two questions
PAUSE = 60.0  # seconds to leave it alone when it says that it was asked too fast
TRIES = 3  # for a question of history: under load it turns away at random
FIRST = timedelta(days=1)  # how far back a first poll looks
AGAIN = timedelta(hours=1)  # looked at again: articles come late
REACH = timedelta(days=90)  # that it promises
EXTRA = 4  # questions that a poll may ask beyond one for each query
BUSY = "limit requests"
TOO_FINE = "timespan is too short"
SEEN = "%Y%m%dT%H%M%SZ"
ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|)')
LOOSE = re.compile(r" +(?=[,.:;!?%)\]])|(?<=[(\[$£€]) +")


@dataclass(frozen=True, slots=True)
class Gdelt:
    """Articles that answer any of `queries`, which are as gdelt_query.py makes them; `left_out` are
    the terms that cannot be asked for."""

    name: str
    queries: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    url: str = ENDPOINT
    spacing: float = SPACING

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """What it has seen since the last poll, whose moment is the cursor's position."""
        return await outcome_of(self._poll(http, cursor, now), self.name, self.url)

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        """What it saw in [since, until), as if seen by us at the same time."""
        span = Window(since, min(until, now))
        return await outcome_of(self._history(http, span, now), self.name, self.url)

    async def _poll(self, http: Http, cursor: Cursor, now: datetime) -> Polled:
        last = _moment(cursor.position)
        since = now - FIRST if last is None else max(last - AGAIN, now - REACH)
        asking = _Asking(self, http, now, tries=1, questions=len(self.queries) + EXTRA)
        items, notes = await asking.all_of(Window(since, now + timedelta(seconds=1)))
        if self.left_out and last is None:
            notes = (*notes, _unasked(self.left_out))
        return Polled(self.name, items, Cursor(position=now.isoformat()), notes=notes)

    async def _history(self, http: Http, span: Window, now: datetime) -> Polled:
        asking = _Asking(self, http, now, tries=TRIES, as_seen=True)
        items, notes = await asking.all_of(span)
        if self.left_out:
            notes = (*notes, _unasked(self.left_out))
        if not items and span.since < now - REACH:
            notes = (*notes, f"nothing found; it promises only the last {REACH.days} days")
        return Polled(self.name, items, Cursor(), notes=notes)


@dataclass(slots=True)
class _Asking:
    """One run of questions. `questions`: how many may be asked, None: any number. `as_seen`: items
    count as seen when GDELT saw them, not now."""

    source: Gdelt
    http: Http
    now: datetime
    tries: int
    questions: int | None = None
    as_seen: bool = False
    bad: int = 0  # articles that cannot be read

    async def all_of(self, span: Window) -> tuple[tuple[FeedItem, ...], tuple[str, ...]]:
        items: dict[str, FeedItem] = {}  # by address: queries may find the same
        notes: list[str] = []
        for query in self.source.queries if span.since < span.until else ():
            try:
                found = await exhaust(partial(self._ask, query), span, STEP)
            except TooFineError:
                notes.append(f"not asked: {query}")
                continue
            items.update((str(item.url), item) for item in found.items)
            notes += [f"truncated: more than {MOST} articles in {one}" for one in found.cut_off]
        if self.bad:
            notes.append(f"{self.bad} articles cannot be read")
        return tuple(items.values()), tuple(notes)

    async def _ask(self, query: str, window: Window) -> Given:
        if self.questions is not None:
            if self.questions == 0:
                raise TooFineError
            self.questions -= 1
        last = window.until - timedelta(seconds=1)  # both ends are in it
        asked = {
            "query": query,
            "mode": "ArtList",
            "format": "json",
            "maxrecords": str(MOST),
            "sort": "DateAsc",
            "startdatetime": f"{window.since:%Y%m%d%H%M%S}",
            "enddatetime": f"{max(last, window.since):%Y%m%d%H%M%S}",
        }
        articles = await self._articles(f"{self.source.url}?{urlencode(asked)}")
        read = [self._item(one) for one in articles]
        self.bad += read.count(None)
        return Given(tuple(item for item in read if item is not None), len(articles) >= MOST)

    async def _articles(self, url: str) -> list[Any]:
        """The answer; a server that says it is busy is asked again, with twice the time between."""
        spacing, left = self.source.spacing, self.tries
        while True:
            try:
                answer = await self.http.get(url, spacing=spacing)
                return _articles(answer, self.source.name, self.now)
            except RefusedError as refusal:
                spacing, left = spacing * 2, left - 1
                if refusal.outcome.retry_after is None or left == 0:
                    raise

    def _item(self, article: object) -> FeedItem | None:
        if not isinstance(article, Mapping):
            return None
        title, url = _title(article.get("title")), article.get("url")
        seen = _seen(article.get("seendate"))
        if not title or not isinstance(url, str) or not url or seen is None:
            return None
        return FeedItem(
            source=self.source.name,
            outlet=one_line(plain(str(article.get("domain") or ""))) or self.source.name,
            guid=None,
            url=url,
            title=title,
            text="",
            published_at=seen,
            seen_at=min(seen, self.now) if self.as_seen else self.now,
        )


def _articles(answer: Answer, source: str, now: datetime) -> list[Any]:
    """The list in an answer. RefusedError with the service's own words where it has none."""
    body = answer.body.decode("utf-8", "replace").strip()
    said = one_line(plain(body[:200]))
    if BUSY in body[:500].lower():
        told = refused(source, answer, now)
        pause = max(PAUSE, told.retry_after or 0)
        what = "it is asked too often, or is busy"
        raise RefusedError(PollFailed(source, told.url, what, answer.status, pause))
    accepted(answer, source, now)
    if not body.startswith("{"):
        if TOO_FINE in said.lower():
            raise TooFineError
        page = body.startswith("<") or not body
        what = "the answer is not a list of articles" if page else f"it says: {said}"
        raise SourceError(shown(answer.url), what)
    try:
        # control characters and signs with a needless backslash stand in its texts
        given = json.loads(ESCAPE.sub(_escaped, body), strict=False)
    except (ValueError, RecursionError) as error:
        raise SourceError(shown(answer.url), "the answer is not JSON") from error
    articles = given.get("articles", [])  # there is no list where nothing is found
    if not isinstance(articles, list):
        raise SourceError(shown(answer.url), "the answer is not a list of articles")
    return articles


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[1] else r"\\"


def _title(given: object) -> str:
    """Without the spaces that it puts around signs."""
    return LOOSE.sub("", one_line(from_html(given))) if isinstance(given, str) else ""


def _seen(given: object) -> datetime | None:
    try:
        return datetime.strptime(str(given), SEEN).replace(tzinfo=UTC)
    except ValueError:
        return None


def _moment(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None


def _unasked(terms: tuple[str, ...]) -> str:
    return f"too short or too long to be asked for: {', '.join(terms)}"
