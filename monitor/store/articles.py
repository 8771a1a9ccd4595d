"""Articles, the keys they are known by, and what was understood of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from monitor.model import Article, Extraction, Passage, Reading, Version
from monitor.store.schema import article, source
from monitor.store.types import UtcDateTime, from_json, to_json

CHUNK = 450  # values in one question: SQLite takes at most 999 parameters in old builds


class Articles:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mark = "?" if connection.dialect.name == "sqlite" else "%s"  # for a value

    def known(self, keys: Iterable[str]) -> dict[str, str]:
        """Which of the identity keys are kept already, each with the id of its article."""
        found: dict[str, str] = {}
        for chunk in _chunks(keys):
            statement = _KNOWN.format(", ".join([self._mark] * len(chunk)))
            asked = self._connection.exec_driver_sql(statement, tuple(chunk))
            found.update(dict(asked.all()))
        return found

    def versions(self, ids: Iterable[str]) -> dict[str, list[Version]]:
        """All wordings of the articles with these ids, by id, the first one first."""
        found: dict[str, list[Version]] = {}
        for chunk in _chunks(ids):
            query = (
                select(_FIRST.label("article"), *_VERSION)
                .where(article.c.id.in_(chunk) | article.c.revises.in_(chunk))
                .order_by(article.c.revises.is_not(None), article.c.seen_at, article.c.id)
            )
            for row in self._connection.execute(query):
                found.setdefault(row.article, []).append(Version(**row._mapping))
        return found

    def add_all(self, items: Iterable[Article]) -> None:
        """Keeps new articles; the next pass reads them."""
        dialect = self._connection.dialect
        moment = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
        assert moment is not None
        rows = [
            (
                *(one.id, one.source, one.outlet, one.url, one.title, one.text),
                *(moment(one.published_at), moment(one.seen_at)),
                *(one.revises, one.author, one.page),
            )
            for one in items
        ]
        if rows:
            marks = ", ".join([self._mark] * len(_FIELDS))
            self._connection.exec_driver_sql(_NEW_ARTICLE.format(marks), rows)

    def add_keys(self, keys: Mapping[str, str], aliases: Mapping[str, int] | None = None) -> None:
        """Keeps identity keys with the ids of their articles. One that is there stays as it is.
        `aliases`: how many further ones an article has now."""
        if keys:
            self._connection.exec_driver_sql(_NEW_KEYS.format(self._mark), list(keys.items()))
        for id, count in (aliases or {}).items():
            self._connection.execute(
                update(article).where(article.c.id == id).values(aliases=count)
            )

    def add(self, item: Article, keys: Iterable[str]) -> None:
        """Keeps one new article and what it is known by."""
        self.add_all([item])
        self.add_keys(dict.fromkeys(keys, item.id))

    def unread(self, limit: int) -> list[Article]:
        """Articles nothing has been extracted from, first seen first."""
        query = (
            select(article)
            .where(article.c.state == "new")
            .order_by(article.c.seen_at, article.c.id)
            .limit(limit)
        )
        return [_article(row) for row in self._connection.execute(query)]

    def save_extraction(self, extraction: Extraction, at: datetime) -> None:
        self._connection.execute(
            update(article)
            .where(article.c.id == extraction.article)
            .values(state="read", extraction=to_json(Extraction, extraction), read_at=at)
        )

    def unfolded(self, limit: int) -> list[Reading]:
        """Articles read but not yet part of a story, first seen first."""
        query = (
            select(article)
            .where(article.c.state == "read")
            .order_by(article.c.seen_at, article.c.id)
            .limit(limit)
        )
        return [_reading(row) for row in self._connection.execute(query)]

    def fold(self, article_id: str, story: str | None) -> None:
        """Says which story an article belongs to; None: it is about nothing that is watched."""
        self._connection.execute(
            update(article).where(article.c.id == article_id).values(state="folded", story=story)
        )

    def of_stories(self, stories: Sequence[str], as_of: datetime) -> list[Reading]:
        """The readings of some stories known at `as_of`, first seen first."""
        query = (
            select(article)
            .where(article.c.story.in_(list(stories)), article.c.seen_at <= as_of)
            .order_by(article.c.seen_at, article.c.id)
        )
        return [_reading(row) for row in self._connection.execute(query)]

    def seen_between(self, start: datetime, end: datetime) -> list[Reading]:
        """What was read of the articles seen in [start, end), first seen first."""
        query = (
            select(article)
            .where(article.c.seen_at >= start, article.c.seen_at < end)
            .where(article.c.extraction.is_not(None))
            .order_by(article.c.seen_at, article.c.id)
        )
        return [_reading(row) for row in self._connection.execute(query)]

    def first_seen_by(self, moment: datetime) -> bool:
        """Whether anything had been seen by then."""
        query = select(article.c.id).where(article.c.seen_at < moment).limit(1)
        return self._connection.scalar(query) is not None

    def unopened(self) -> Iterator[Reading]:
        """Articles read and not yet folded whose page nobody has asked for, first seen first."""
        query = (
            select(article)
            .where(article.c.state == "read", article.c.opened_at.is_(None))
            .where(article.c.url.is_not(None))
            .order_by(article.c.seen_at, article.c.id)
            .execution_options(yield_per=CHUNK)
        )
        for row in self._connection.execute(query):
            yield _reading(row)

    def await_pages(self, ids: Iterable[str]) -> None:
        """Takes articles off the way to the stories until their pages have been asked for."""
        for chunk in _chunks(ids):
            self._connection.execute(
                update(article).where(article.c.id.in_(chunk)).values(state="page")
            )

    def waiting(self, limit: int) -> list[Article]:
        """Articles that wait for their pages, the latest news first."""
        query = (
            select(article)
            .where(article.c.state == "page")
            .order_by(article.c.published_at.desc().nulls_last(), article.c.id)
            .limit(limit)
        )
        return [_article(row) for row in self._connection.execute(query)]

    def open(self, item: Article, keys: Iterable[str], at: datetime, words: str) -> None:
        """Puts what its page says in place of what its source said, of which the digest is kept;
        the next pass reads it."""
        told = ("url", "text", "author", "published_at", "page")
        self._connection.execute(
            update(article)
            .where(article.c.id == item.id)
            .values(
                state="new",
                opened_at=at,
                words=words,
                **{field: getattr(item, field) for field in told},
            )
        )
        self.add_keys(dict.fromkeys(keys, item.id))

    def leave(self, article_id: str, why: str | None, at: datetime) -> None:
        """Leaves an article as its source gave it: its page is not to be had, or not wanted."""
        self._connection.execute(
            update(article)
            .where(article.c.id == article_id)
            .values(state="read", page=why, opened_at=at)
        )

    def give_up(self, seen_before: datetime, why: str, at: datetime) -> int:
        """The same for all that wait and were seen before then; how many."""
        return self._connection.execute(
            update(article)
            .where(article.c.state == "page", article.c.seen_at < seen_before)
            .values(state="read", page=why, opened_at=at)
        ).rowcount

    def mark_alerted(self, ids: Iterable[str], at: datetime) -> None:
        """Says that articles were told as evidence of an alert; of several the first counts."""
        for chunk in _chunks(ids):
            chosen = article.c.id.in_(chunk) & article.c.alerted_at.is_(None)
            self._connection.execute(update(article).where(chosen).values(alerted_at=at))

    def passages(self, since: datetime, limit: int) -> Iterator[Passage]:
        """The way of the newest articles seen since then, one that came out before its source was
        first asked left out: it had not been waited for."""
        query = (
            select(*_PASSAGE)
            .join(source, source.c.name == article.c.source)
            .where(article.c.seen_at >= since, article.c.revises.is_(None))
            .where(func.coalesce(article.c.published_at, article.c.seen_at) > source.c.begun_at)
            .order_by(article.c.seen_at.desc())
            .limit(limit)
        )
        for row in self._connection.execute(query):
            yield Passage(*row)

    def counts(self) -> dict[str, int]:
        """How many articles are in each state."""
        query = select(article.c.state, func.count()).group_by(article.c.state)
        return {str(state): int(count) for state, count in self._connection.execute(query)}


_PASSAGE = tuple(article.c[name] for name in ("published_at", "seen_at", "read_at", "alerted_at"))
_FIELDS = (
    *("id", "source", "outlet", "url", "title", "text", "published_at", "seen_at"),
    *("revises", "author", "page"),
)

# Said in the driver's own words: this is done for each item of each poll, and to put statements
# together and values into their types would take several times as long as the database does.
_KNOWN = 'SELECT "key", article FROM article_key WHERE "key" IN ({})'
_NEW_KEYS = 'INSERT INTO article_key ("key", article) VALUES ({0}, {0}) ON CONFLICT DO NOTHING'
_NEW_ARTICLE = f"INSERT INTO article ({', '.join(_FIELDS)}, state) VALUES ({{}}, 'new')"
_FIRST = func.coalesce(article.c.revises, article.c.id)
_VERSION = (
    *(article.c[name] for name in ("source", "title", "words", "seen_at", "aliases")),
    # a page's text is not what the source said, and most of what there is in a store
    case((article.c.words.is_(None), article.c.text), else_="").label("text"),
)


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    whole = list(dict.fromkeys(values))
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]


def _article(row: Row[Any]) -> Article:
    return Article(**{field: getattr(row, field) for field in _FIELDS})


def _reading(row: Row[Any]) -> Reading:
    return Reading(_article(row), from_json(Extraction, row.extraction))
