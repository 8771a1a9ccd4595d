"""What the program remembers about its own work: sources, jobs, days of history done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from monitor.model import Cursor
from monitor.store.schema import backfill_day, job, source


@dataclass(frozen=True, slots=True)
class SourceState:
    """How it went with a news source. None: never yet."""

    name: str
    cursor: Cursor = field(default_factory=Cursor)
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    item_at: datetime | None = None  # when it last had something new
    failures: int = 0  # in a row
    not_before: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    name: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class DayDone:
    """A day of history that is in the store."""

    source: str
    day: date
    items: int
    notes: tuple[str, ...]


class Bookkeeping:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def source(self, name: str) -> SourceState:
        row = self._connection.execute(select(source).where(source.c.name == name)).first()
        if row is None:
            return SourceState(name)
        return SourceState(
            name,
            Cursor(row.etag, row.last_modified, row.position),
            row.polled_at,
            row.succeeded_at,
            row.item_at,
            row.failures,
            row.not_before,
            row.last_error,
        )

    def save_source(self, state: SourceState) -> None:
        self._connection.execute(delete(source).where(source.c.name == state.name))
        self._connection.execute(
            insert(source).values(
                name=state.name,
                etag=state.cursor.etag,
                last_modified=state.cursor.last_modified,
                position=state.cursor.position,
                polled_at=state.polled_at,
                succeeded_at=state.succeeded_at,
                item_at=state.item_at,
                failures=state.failures,
                not_before=state.not_before,
                last_error=state.last_error,
            )
        )

    def jobs(self) -> list[JobState]:
        rows = self._connection.execute(select(job).order_by(job.c.name))
        return [JobState(row.name, row.started_at, row.finished_at, row.error) for row in rows]

    def save_job(self, state: JobState) -> None:
        self._connection.execute(delete(job).where(job.c.name == state.name))
        self._connection.execute(
            insert(job).values(
                name=state.name,
                started_at=state.started_at,
                finished_at=state.finished_at,
                error=state.error,
            )
        )

    def days_done(self, source_name: str, first: date, last: date) -> list[DayDone]:
        rows = self._connection.execute(
            select(backfill_day)
            .where(backfill_day.c.source == source_name)
            .where(backfill_day.c.day.between(first, last))
            .order_by(backfill_day.c.day)
        )
        return [DayDone(row.source, row.day, row.items, tuple(row.notes)) for row in rows]

    def save_day(self, source_name: str, day: date, items: int, notes: Sequence[str]) -> None:
        key = (backfill_day.c.source == source_name) & (backfill_day.c.day == day)
        self._connection.execute(delete(backfill_day).where(key))
        self._connection.execute(
            insert(backfill_day).values(source=source_name, day=day, items=items, notes=list(notes))
        )
