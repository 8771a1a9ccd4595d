"""The sessions of an exchange: the only place that knows trading hours and holidays.

An instant that is exactly the close no longer belongs to the session: nobody can trade on it there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from monitor.errors import MonitorError

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

# What is read at first; a date outside of it makes the table grow. Fixed, and not "the last twenty
# years", so that what is known does not depend on the day the program was started.
FIRST = date(2000, 1, 1)
LAST = date(2030, 12, 31)
MARGIN = timedelta(days=400)
# The calendars count nanoseconds since 1970 in 64 bits.
EARLIEST = date(1678, 1, 1)
LATEST = date(2261, 12, 31)

Phase = Literal["pre-open", "in-session", "after-close", "closed-day"]


@dataclass(frozen=True, slots=True)
class EventTime:
    """Where an instant lies by the clock and the calendar of an exchange.

    `session` is the one whose prices can first show what became known then. `phase` is of the
    exchange's own day: "pre-open" and "in-session" of that very session (a midday break is in it),
    "after-close" on the day of the session before, "closed-day" on a weekend or holiday.
    `half_day`: `session` closes before its usual hour.
    """

    session: date
    phase: Phase
    half_day: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """Sessions with their opens and closes, ascending."""

    days: tuple[date, ...]
    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    breaks: Mapping[date, tuple[datetime, datetime]]  # of the sessions that have one
    early: frozenset[date]  # those that close before their usual hour

    def surrounds(self, day: date) -> bool:
        """Whether every question about `day` finds its answer, the neighbours' included."""
        return self.days[1] <= day < self.days[-2]


class Sessions:
    """Questions about the sessions of one exchange, answered from plain sorted tables.

    `exchange` is a market identifier code (MIC) such as XNYS. A date that its calendar does not
    cover, and a day that is no session where one is asked for, is a MonitorError.
    A midday break counts as open.
    """

    def __init__(self, exchange: str = "XNYS") -> None:
        self.exchange = exchange
        calendar = _calendar(exchange, FIRST, LAST)
        self._table = _table(calendar)
        self.zone = ZoneInfo(str(calendar.tz))

    def event_session(self, at: datetime) -> date:
        """The session whose prices can first show what became known at `at`."""
        table = self._around(at)
        return table.days[bisect_right(table.closes, at)]

    def event_time(self, at: datetime) -> EventTime:
        """The session that `at` belongs to, and where in the exchange's day it lies."""
        session = self.event_session(at)
        day = self.local_date(at)
        phase: Phase
        if self.open_of(session) <= at:
            phase = "in-session"
        elif day == session:
            phase = "pre-open"
        else:
            phase = "after-close" if self.is_session(day) else "closed-day"
        return EventTime(session, phase, self.is_half_day(session))

    def session_on_or_after(self, day: date) -> date:
        table = self._covering(day)
        return table.days[bisect_left(table.days, day)]

    def session_on_or_before(self, day: date) -> date:
        table = self._covering(day)
        return table.days[bisect_right(table.days, day) - 1]

    def is_session(self, day: date) -> bool:
        return self.session_on_or_after(day) == day

    def open_of(self, session: date) -> datetime:
        table, index = self._found(session)
        return table.opens[index]

    def close_of(self, session: date) -> datetime:
        table, index = self._found(session)
        return table.closes[index]

    def break_of(self, session: date) -> tuple[datetime, datetime] | None:
        """Start and end of the midday break, where the exchange keeps one."""
        table, _ = self._found(session)
        return table.breaks.get(session)

    def is_half_day(self, session: date) -> bool:
        table, _ = self._found(session)
        return session in table.early

    def previous(self, session: date) -> date:
        table, index = self._found(session)
        return table.days[index - 1]

    def next(self, session: date) -> date:
        table, index = self._found(session)
        return table.days[index + 1]

    def between(self, start: date, end: date) -> tuple[date, ...]:
        """The sessions from `start` to `end`, both included where they are sessions."""
        self._covering(start)
        table = self._covering(end)
        return table.days[bisect_left(table.days, start) : bisect_right(table.days, end)]

    def last_closed(self, at: datetime) -> date:
        """The newest session that is over at `at`."""
        table = self._around(at)
        return table.days[bisect_right(table.closes, at) - 1]

    def is_open(self, at: datetime) -> bool:
        table = self._around(at)
        return table.opens[bisect_right(table.closes, at)] <= at

    def local_date(self, at: datetime) -> date:
        """The day of the wall calendar at the exchange."""
        return at.astimezone(self.zone).date()

    def _found(self, session: date) -> tuple[_Table, int]:
        table = self._covering(session)
        index = bisect_left(table.days, session)
        if table.days[index] != session:
            raise MonitorError(f"{self.exchange}: {session} is not a session")
        return table, index

    def _around(self, at: datetime) -> _Table:
        return self._covering(at.astimezone(UTC).date())

    def _covering(self, day: date) -> _Table:
        table = self._table
        if table.surrounds(day):
            return table
        if not EARLIEST + MARGIN <= day <= LATEST - MARGIN:
            raise MonitorError(
                f"{self.exchange}: nothing is known of the sessions around {day}: "
                f"no calendar covers more than {EARLIEST} to {LATEST}"
            )
        low, high = min(table.days[0], day - MARGIN), max(table.days[-1], day + MARGIN)
        table = _table(_calendar(self.exchange, low, high))
        if not table.surrounds(day):
            raise MonitorError(
                f"{self.exchange}: nothing is known of the sessions around {day}: "
                f"its calendar covers {table.days[0]} to {table.days[-1]}"
            )
        self._table = table
        return table


def _calendar(exchange: str, first: date, last: date) -> ExchangeCalendar:
    """The exchange's calendar for the range, or for as much of it as its holidays are known."""
    # Slow to import: they bring pandas.
    from exchange_calendars import get_calendar  # noqa: PLC0415
    from exchange_calendars.errors import CalendarError  # noqa: PLC0415

    try:
        return get_calendar(exchange, start=first, end=last)
    except CalendarError as error:
        raise MonitorError(f"{exchange}: {error}") from error
    except ValueError:  # the range goes beyond the calendar's own bounds
        kind = type(get_calendar(exchange))
        low, high = kind.bound_min(), kind.bound_max()
        return get_calendar(
            exchange,
            start=first if low is None else max(first, low.date()),
            end=last if high is None else min(last, high.date()),
        )


def _table(calendar: ExchangeCalendar) -> _Table:
    schedule = calendar.schedule
    pauses = schedule[schedule["break_start"].notna()]
    return _Table(
        days=tuple(stamp.date() for stamp in schedule.index),
        opens=tuple(map(_instant, schedule["open"])),
        closes=tuple(map(_instant, schedule["close"])),
        breaks={
            day.date(): (_instant(start), _instant(end))
            for day, _, start, end, _ in pauses.itertuples(name=None)
        },
        early=frozenset(stamp.date() for stamp in calendar.early_closes),
    )


def _instant(stamp: Any) -> datetime:
    found: datetime = stamp.to_pydatetime()
    return found.astimezone(UTC)
