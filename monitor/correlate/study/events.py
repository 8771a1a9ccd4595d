"""Events from comma-separated text: `symbol,date[,time][,id][,label]`. Pure.

A time, with its zone, is when the event became known: the first session that could show it is asked
for. A date without a time is that session itself. A row that cannot be read is skipped and told of,
with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from io import StringIO
from zoneinfo import ZoneInfo

from monitor.errors import MonitorError

COLUMNS = ("symbol", "date")  # that there must be


@dataclass(frozen=True, slots=True)
class StudyEvent:
    """Something that concerned a security; `session` is the first whose prices could show it."""

    symbol: str
    session: date
    id: str = ""  # what its reader knows it by
    label: str = ""  # and calls it


@dataclass(frozen=True, slots=True)
class Skipped:
    symbol: str
    day: str  # the event session, or what was given for it
    reason: str


class _RowError(Exception):
    """Why a row is skipped."""


def parse_events(
    text: str, source: str, event_session: Callable[[str, datetime], date]
) -> tuple[list[StudyEvent], list[Skipped]]:
    """The events in the order of the file, and the rows that cannot be read.

    `source` names the file; `event_session` gives the session of a symbol that can first show what
    became known at a moment, and may raise MonitorError. Raises MonitorError where the file has no
    such columns.
    """
    events, skipped = [], []
    for number, row in _rows(text, source):
        symbol, day = row.get("symbol", ""), row.get("date", "")
        try:
            if not symbol:
                raise _RowError("no symbol")
            known = _session_or_moment(day, row.get("time", ""))
            session = event_session(symbol, known) if isinstance(known, datetime) else known
        except (_RowError, MonitorError) as error:
            given = " ".join(filter(None, (day, row.get("time", ""))))
            skipped.append(Skipped(symbol, given, f"{source}: line {number}: {error}"))
        else:
            events.append(StudyEvent(symbol, session, row.get("id", ""), row.get("label", "")))
    return events, skipped


def _rows(text: str, source: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows with their line numbers, by lower-case column name, without space around the cells."""
    lines = csv.reader(StringIO(text), skipinitialspace=True)
    try:
        rows = [(lines.line_num, [cell.strip() for cell in row]) for row in lines]
    except csv.Error as error:
        raise MonitorError(f"{source}: line {lines.line_num}: {error}") from error
    header = [name.lower() for name in rows[0][1]] if rows else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise MonitorError(f"{source}: no column {missing[0]!r} in its first line")
    return ((number, dict(zip(header, row, strict=False))) for number, row in rows[1:] if any(row))


def _session_or_moment(day: str, at: str) -> date | datetime:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return _whole(day, at)
    return _moment(on, at) if at else on


def _whole(given: str, at: str) -> datetime:
    """A date column that holds the time too."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise _RowError(f"{given!r} is no date (YYYY-MM-DD)") from error
    if at:
        raise _RowError(f"a time in both columns: {given!r} and {at!r}")
    return _zoned(moment, given)


def _moment(day: date, given: str) -> datetime:
    """16:30-04:00, 16:30Z, or 16:30 America/New_York"""
    clock, _, zone = given.partition(" ")
    try:
        at = datetime.combine(day, time.fromisoformat(clock))
        if zone:
            at = at.replace(tzinfo=ZoneInfo(zone.strip()))
    except (ValueError, KeyError, OSError) as error:
        raise _RowError(f"{given!r} is no time with a zone (16:30-04:00)") from error
    return _zoned(at, given)


def _zoned(at: datetime, given: str) -> datetime:
    if at.tzinfo is None:
        raise _RowError(f"{given!r} has no time zone: the session cannot be told")
    return at
