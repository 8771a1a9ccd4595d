"""Articles, the keys they are known by, and what was understood of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from monitor.model import Article, Extraction, Reading
from monitor.store.schema import article, article_key
from monitor.store.types import from_json, to_json

CHUNK = 500  # keys in one question: SQLite takes at most 999 parameters in old builds


class Articles:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, keys: Iterable[str]) -> set[str]:
        """Which of the identity keys belong to an article that is kept already."""
        wanted = list(keys)
        found: set[str] = set()
        for start in range(0, len(wanted), CHUNK):
            query = select(article_key.c.key).where(
                article_key.c.key.in_(wanted[start : start + CHUNK])
            )
            found.update(self._connection.scalars(query))
        return found

    def add(self, item: Article, keys: Iterable[str]) -> None:
        """Keeps a new article; the next pass reads it."""
        row = {field: getattr(item, field) for field in _FIELDS}
        self._connection.execute(insert(article).values(**row, state="new"))
        fresh = sorted(set(keys))
        taken = self.known(fresh)
        rows = [{"key": key, "article": item.id} for key in fresh if key not in taken]
        if rows:
            self._connection.execute(insert(article_key), rows)

    def unread(self, limit: int) -> list[Article]:
        """Articles nothing has been extracted from, first seen first."""
        query = (
            select(article)
            .where(article.c.state == "new")
            .order_by(article.c.seen_at, article.c.id)
            .limit(limit)
        )
        return [_article(row) for row in self._connection.execute(query)]

    def save_extraction(self, extraction: Extraction) -> None:
        self._connection.execute(
            update(article)
            .where(article.c.id == extraction.article)
            .values(state="read", extraction=to_json(Extraction, extraction))
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

    def counts(self) -> dict[str, int]:
        """How many articles are in each state."""
        query = select(article.c.state, func.count()).group_by(article.c.state)
        return {str(state): int(count) for state, count in self._connection.execute(query)}


_FIELDS = (
    *("id", "source", "outlet", "url", "title", "text", "published_at", "seen_at"),
    *("revises", "author", "page"),
)


def _article(row: Row[Any]) -> Article:
    return Article(**{field: getattr(row, field) for field in _FIELDS})


def _reading(row: Row[Any]) -> Reading:
    return Reading(_article(row), from_json(Extraction, row.extraction))
