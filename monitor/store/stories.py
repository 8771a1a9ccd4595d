"""Stories and the fingerprints that later articles are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from monitor.model import Story
from monitor.store.schema import fingerprint, story, story_symbol
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

    def fingerprints(self, since: datetime) -> Iterator[tuple[str, Any]]:
        """(story id, fingerprint as stored) of the articles seen since, first seen first."""
        query = (
            select(fingerprint.c.story, fingerprint.c.body)
            .where(fingerprint.c.seen_at >= since)
            .order_by(fingerprint.c.seen_at, fingerprint.c.article)
        )
        for story_id, body in self._connection.execute(query):
            yield str(story_id), body
