"""What the program remembers about its own work: sources, jobs, days of history done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from monitor.model import Cursor, Habits, SourceState
from monitor.store.schema import backfill_day, job, source
from monitor.store.types import from_json, to_json

__all__ = ["Bookkeeping", "DayDone", "JobState", "SourceState"]

CHUNK = 500  # names in one question: SQLite takes at most 999 parameters in old builds


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
        return SourceState(name) if row is None else _state(row)

    def sources(self) -> dict[str, SourceState]:
        """All that have been asked, by name; also those that are no longer configured."""
        return {row.name: _state(row) for row in self._connection.execute(select(source))}

    def save_sources(self, states: Sequence[SourceState]) -> None:
        """Many at once, one of each name: a thousand cost about what ten do."""
        names = [state.name for state in states]
        known: set[str] = set()
        for start in range(0, len(names), CHUNK):
            asked = names[start : start + CHUNK]
            query = select(source.c.name).where(source.c.name.in_(asked))
            known.update(self._connection.scalars(query))
        rows = [_row(state) for state in states]
        old = [row for row in rows if row["name"] in known]
        new = [row for row in rows if row["name"] not in known]
        if old:
            # `name` is a column that is set: the parameter beside it needs another name
            renamed = [{"of": row["name"], **row} for row in old]
            self._connection.execute(
                update(source).where(source.c.name == bindparam("of")), renamed
            )
        if new:
            self._connection.execute(insert(source), new)

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


_FIELDS = (
    *("polled_at", "succeeded_at", "item_at", "failures", "not_before", "last_error"),
    *("url", "begun_at", "moved_to", "gone_at"),
)


def _row(state: SourceState) -> dict[str, Any]:
    return {
        "name": state.name,
        "etag": state.cursor.etag,
        "last_modified": state.cursor.last_modified,
        "position": state.cursor.position,
        "habits": to_json(Habits, state.habits),
        **{field: getattr(state, field) for field in _FIELDS},
    }


def _state(row: Row[Any]) -> SourceState:
    return SourceState(
        row.name,
        Cursor(row.etag, row.last_modified, row.position),
        habits=Habits() if row.habits is None else from_json(Habits, row.habits),
        **{field: getattr(row, field) for field in _FIELDS},
    )
