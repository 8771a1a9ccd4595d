"""Stories and the fingerprints that later articles are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from monitor.model import Story, Told
from monitor.store.schema import fingerprint, story, story_key, story_symbol
from monitor.store.types import from_json, to_json


class Stories:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, story_id: str) -> Story | None:
        body = self._connection.scalar(select(story.c.body).where(story.c.id == story_id))
        return None if body is None else from_json(Story, body)

    def save(self, value: Story) -> None:
        """Keeps a story, new or grown."""
        row = {
            "first_seen_at": value.first_seen_at,
            "last_seen_at": value.last_seen_at,
            "body": to_json(Story, value),
        }
        done = self._connection.execute(update(story).where(story.c.id == value.id).values(**row))
        if done.rowcount == 0:
            self._connection.execute(insert(story).values(id=value.id, **row))
        self._connection.execute(delete(story_symbol).where(story_symbol.c.story == value.id))
        rows = [{"story": value.id, "symbol": exposure.symbol} for exposure in value.exposures]
        if rows:
            self._connection.execute(insert(story_symbol), rows)

    def touching(self, symbol: str, since: datetime, until: datetime) -> list[Story]:
        """Stories that touch a security and were told between two moments, first seen first."""
        query = (
            select(story.c.body)
            .join(story_symbol, story_symbol.c.story == story.c.id)
            .where(story_symbol.c.symbol == symbol)
            .where(story.c.last_seen_at >= since, story.c.first_seen_at <= until)
            .order_by(story.c.first_seen_at, story.c.id)
        )
        return [from_json(Story, body) for body in self._connection.scalars(query)]

    def told_between(self, since: datetime, until: datetime) -> list[Story]:
        """Stories with an article seen between two moments, first seen first."""
        query = (
            select(story.c.body)
            .where(story.c.last_seen_at >= since, story.c.first_seen_at <= until)
            .order_by(story.c.first_seen_at, story.c.id)
        )
        return [from_json(Story, body) for body in self._connection.scalars(query)]

    def add_fingerprint(self, article_id: str, story_id: str, seen_at: datetime, body: Any) -> None:
        row = {"article": article_id, "story": story_id, "seen_at": seen_at, "body": body}
        self._connection.execute(insert(fingerprint).values(**row))

    def fingerprints(self, since: datetime, *, at_least: int = 0) -> Iterator[tuple[str, Any]]:
        """(story id, fingerprint as stored) of the articles seen since, first seen first; of older
        ones too where fewer than `at_least` have been seen since."""
        query = select(fingerprint.c.story, fingerprint.c.body).order_by(
            fingerprint.c.seen_at, fingerprint.c.article
        )
        bound = since
        if at_least:
            newest = select(fingerprint.c.seen_at).order_by(fingerprint.c.seen_at.desc())
            oldest = self._connection.scalar(newest.offset(at_least - 1).limit(1))
            bound = datetime.min.replace(tzinfo=UTC) if oldest is None else min(since, oldest)
        for story_id, body in self._connection.execute(query.where(fingerprint.c.seen_at >= bound)):
            yield str(story_id), body

    def fingerprints_of(self, articles: Iterable[str]) -> dict[str, Any]:
        """Article id → fingerprint as stored, of those that have one."""
        query = select(fingerprint.c.article, fingerprint.c.body).where(
            fingerprint.c.article.in_(list(articles))
        )
        return {str(article): body for article, body in self._connection.execute(query)}

    def of_article(self, article_id: str) -> Story | None:
        """The story that an article is part of."""
        query = (
            select(story.c.body)
            .join(fingerprint, fingerprint.c.story == story.c.id)
            .where(fingerprint.c.article == article_id)
        )
        body = self._connection.scalar(query)
        return None if body is None else from_json(Story, body)

    def add_keys(
        self, keys: Iterable[str], story_id: str, article_id: str, said_at: datetime
    ) -> None:
        """Keeps under what a story is found; a key that it has already stays as it is."""
        wanted = list(keys)
        query = select(story_key.c.key).where(
            story_key.c.story == story_id, story_key.c.key.in_(wanted)
        )
        known = set(self._connection.scalars(query))
        rows = [
            {"key": key, "story": story_id, "article": article_id, "said_at": said_at}
            for key in wanted
            if key not in known
        ]
        if rows:
            self._connection.execute(insert(story_key), rows)

    def told(self, keys: Iterable[str], until: datetime, limit: int) -> list[Told]:
        """The stories found under each key, told by then: the latest `limit` of each."""
        columns = (story_key.c.key, story_key.c.story, story_key.c.article, story_key.c.said_at)
        query = (
            select(*columns)
            .where(story_key.c.key == bindparam("key"), story_key.c.said_at <= until)
            .order_by(story_key.c.said_at.desc(), story_key.c.story)
            .limit(limit)
        )
        return [Told(*row) for key in keys for row in self._connection.execute(query, {"key": key})]
