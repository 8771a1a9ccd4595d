"""Articles that matter → the whole text of their pages.

An article is taken up once it has been read and before it is folded: what its title and summary
tell decides whether its page is worth asking for. It waits as `page` in the store; with its page's
text it is `new` again, to be read whole, and without one it is `read` as it was, with the reason.
So a pass may be stopped anywhere, and no page is asked for twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from monitor.config import Config
from monitor.ingest.build import row_of
from monitor.ingest.identity import canonical_url, keyed
from monitor.ingest.pages.forms import NoPage, Page
from monitor.ingest.pages.match import published, tells, whole_text
from monitor.ingest.pages.opener import Opened, Wanted
from monitor.ingest.wording import wording
from monitor.model import Article, Extraction, FeedItem, Reading, StageReport
from monitor.pipeline.folding import evidence_types
from monitor.pipeline.parts import Parts
from monitor.pipeline.reading import read
from monitor.store.engine import Transaction

WHOLE = 2500  # characters: a feed that gives so many gives the article
OLD = timedelta(days=3)  # what has been public for longer is no news
PATIENCE = timedelta(minutes=15)  # for which an article may wait until its page's turn has come
ANOTHER: Final = "another page"
NO_TURN: Final = "no turn came"
ITEM = ("source", "outlet", "url", "title", "text", "published_at", "seen_at")


def open_pages(parts: Parts, now: datetime) -> StageReport:
    """Asks for the pages of what matters, at most so many as [pages] per_pass says."""
    wanted = pages_wanted(parts.config)
    set_aside(parts, wanted)
    waiting = {one.id: one for one in next_in_turn(parts, wanted, now)}
    if not waiting:
        return StageReport("open pages")
    counts: Counter[str] = Counter()
    problems = []

    def tell(opened: Opened) -> None:
        with parts.store.begin() as tx:
            counts[take(tx, waiting[opened.wanted.key], opened.found, now) or "opened"] += 1
        if opened.trouble is not None:
            problems.append(opened.trouble)

    asked = [Wanted(one.id, one.url) for one in waiting.values() if one.url is not None]
    parts.opener().open_all(asked, now, tell, parts.stopping)
    if not parts.stopping():
        with parts.store.begin() as tx:
            late = tx.articles.give_up(now - PATIENCE, NO_TURN, now)
        counts += Counter({NO_TURN: late})
    return StageReport("open pages", dict(counts), tuple(problems))


def read_opened(parts: Parts, now: datetime) -> StageReport:
    """What was opened is read like anything new; under a name of its own in the pass's report."""
    return replace(read(parts, now), stage="read pages")


def set_aside(parts: Parts, wanted: Callable[[str], bool]) -> None:
    """Takes what matters off the way to the stories, until its page has been asked for."""
    evidence = evidence_types(parts.rules)
    with parts.store.begin() as tx:
        chosen = [
            reading.article.id
            for reading in tx.articles.unopened()
            if wanted(reading.article.source)
            and lacks_page(reading.article)
            and matters(reading, parts.watched, evidence)
        ]
        tx.articles.await_pages(chosen)


def next_in_turn(parts: Parts, wanted: Callable[[str], bool], now: datetime) -> list[Article]:
    """Those that wait; those of a source of which pages are wanted no more go on without."""
    with parts.store.begin() as tx:
        waiting = tx.articles.waiting(parts.config.tables.pages.per_pass)
        for one in waiting:
            if not wanted(one.source):
                tx.articles.leave(one.id, None, now)
    return [one for one in waiting if wanted(one.source)]


def pages_wanted(config: Config) -> Callable[[str], bool]:
    """Whether the pages of a source's items are asked for: as it says itself, else as all do."""
    rows = config.tables.sources

    @cache
    def wanted(source: str) -> bool:
        try:
            own = row_of(source, rows).pages
        except KeyError:  # it is configured no more
            return False
        return config.tables.pages.fetch if own is None else own

    return wanted


def lacks_page(article: Article) -> bool:
    """Whether it is news, and no more than a title and summary of what its page tells."""
    fresh = article.seen_at - article.said_at <= OLD
    return fresh and article.url is not None and len(article.text) < WHOLE


def matters(reading: Reading, watched: Collection[str], evidence: Collection[str]) -> bool:
    """Whether what an item tells is worth a look at its page.

    It is where the item says something about a price, or tells an event that is news (`evidence`
    are the types that only report or comment), or where it is about a watched security: its title
    says so, or it tells an event of any type.
    """
    found = reading.extraction
    if found.claims or any(event.type not in evidence for event in found.events):
        return True
    touched = {one.via for one in found.exposures if one.symbol in watched}
    return bool(touched) and (bool(found.events) or _in_title(reading.article, found, touched))


def _in_title(article: Article, found: Extraction, entities: Collection[str]) -> bool:
    return any(one.id in entities and one.end <= len(article.title) for one in found.mentions)


def take(tx: Transaction, article: Article, found: Page | NoPage, now: datetime) -> str | None:
    """Keeps what came of an article's page; why its text is not that of the whole page."""
    if isinstance(found, Page) and not tells(found, article.title, article.text):
        found = NoPage(ANOTHER)
    if isinstance(found, Page) and found.cut and len(found.text) <= len(article.text):
        found = NoPage(found.cut)
    if isinstance(found, NoPage):
        tx.articles.leave(article.id, found.reason, now)
        return found.reason
    opened = replace(
        article,
        url=canonical_url(found.url),
        text=whole_text(found, article.text),
        author=found.author or article.author,
        published_at=published(found, article.published_at, article.seen_at),
        page=found.cut,
    )
    key = address_key(opened)
    tx.articles.open(opened, [key] if key else [], now, wording(article.title, article.text))
    return found.cut


def address_key(article: Article) -> str | None:
    """What an item at the article's address is known by."""
    given = {field: getattr(article, field) for field in ITEM}
    return keyed(FeedItem(guid=None, **given)).url
