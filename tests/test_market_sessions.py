"""Sessions: hand-written answers, laws over decades of them, and exchange_calendars as oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas
import pytest
from exchange_calendars import get_calendar
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import MonitorError
from monitor.market.sessions import EventTime, Sessions

NYSE = Sessions()
NEW_YORK = ZoneInfo("America/New_York")

instants = st.integers(0, 970_000_000).map(  # seconds: up to October 2030
    lambda seconds: datetime(2000, 2, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
dates = st.dates(date(2000, 2, 1), date(2030, 11, 1))


@cache
def of(exchange: str) -> Sessions:
    return NYSE if exchange == "XNYS" else Sessions(exchange)


def new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("at", "session"),
    [
        ("2025-06-12T15:30", "2025-06-12"),  # during the session
        ("2025-06-12T03:00", "2025-06-12"),  # before the open
        ("2025-06-12T09:30", "2025-06-12"),  # at the open
        ("2025-06-12T15:59:59", "2025-06-12"),
        ("2025-06-12T16:00", "2025-06-13"),  # at the close it is too late
        ("2025-06-12T20:30", "2025-06-13"),
        ("2025-06-13T16:01", "2025-06-16"),  # Friday evening
        ("2025-06-14T12:00", "2025-06-16"),  # Saturday
        ("2025-06-15T23:59", "2025-06-16"),
        ("2025-06-18T17:00", "2025-06-20"),  # Juneteenth is a holiday
        ("2025-06-19T10:00", "2025-06-20"),
        ("2025-11-26T16:30", "2025-11-28"),  # over Thanksgiving
        ("2025-11-28T12:59", "2025-11-28"),  # the half day after it closes at 13:00
        ("2025-11-28T13:00", "2025-12-01"),
        ("2025-01-08T18:00", "2025-01-10"),  # a day of mourning for a president
        ("2001-09-10T17:00", "2001-09-17"),
        ("2025-03-07T15:30", "2025-03-07"),  # standard time: closes at 21:00 UTC
        ("2025-03-10T15:30", "2025-03-10"),  # summer time: closes at 20:00 UTC
        ("2025-12-31T16:00", "2026-01-02"),
    ],
)
def test_event_session(at: str, session: str) -> None:
    assert NYSE.event_session(new_york(at)) == date.fromisoformat(session)


@pytest.mark.parametrize(
    ("session", "opens", "closes"),
    [
        ("2025-03-07", "14:30", "21:00"),
        ("2025-03-10", "13:30", "20:00"),
        ("2025-10-31", "13:30", "20:00"),
        ("2025-11-03", "14:30", "21:00"),
        ("2025-11-28", "14:30", "18:00"),
        ("2025-07-03", "13:30", "17:00"),
    ],
)
def test_hours_in_utc(session: str, opens: str, closes: str) -> None:
    day = date.fromisoformat(session)
    assert NYSE.open_of(day) == datetime.fromisoformat(f"{session}T{opens}Z")
    assert NYSE.close_of(day) == datetime.fromisoformat(f"{session}T{closes}Z")
    assert NYSE.close_of(day).tzinfo is UTC


def test_sydney_trades_while_new_york_sleeps() -> None:
    at = datetime(
        2025, 6, 12, 1, 0, tzinfo=UTC
    )  # 11:00 in Sydney, 21:00 the day before in New York
    assert of("XASX").event_session(at) == date(2025, 6, 12)
    assert of("XASX").is_open(at)
    assert not NYSE.is_open(at)
    assert of("XASX").local_date(datetime(2025, 6, 12, 15, 0, tzinfo=UTC)) == date(2025, 6, 13)
    assert NYSE.local_date(datetime(2025, 6, 13, 3, 0, tzinfo=UTC)) == date(2025, 6, 12)
    assert of("XASX").event_session(datetime(2025, 6, 12, 6, 0, tzinfo=UTC)) == date(2025, 6, 13)
    # The king's birthday is kept in Sydney, Juneteenth is not.
    assert of("XASX").session_on_or_after(date(2025, 6, 9)) == date(2025, 6, 10)
    assert of("XASX").is_session(date(2025, 6, 19))
    assert of("XASX").open_of(date(2025, 6, 12)) == datetime(2025, 6, 12, 0, 0, tzinfo=UTC)
    assert of("XASX").close_of(date(2025, 6, 12)) == datetime(2025, 6, 12, 6, 0, tzinfo=UTC)


def test_days_around_a_weekend() -> None:
    friday, saturday, monday = date(2025, 6, 13), date(2025, 6, 14), date(2025, 6, 16)
    assert NYSE.session_on_or_before(saturday) == friday
    assert NYSE.session_on_or_after(saturday) == monday
    assert NYSE.session_on_or_before(friday) == NYSE.session_on_or_after(friday) == friday
    assert NYSE.next(friday) == monday
    assert NYSE.previous(monday) == friday
    assert NYSE.between(friday, monday) == (friday, monday)
    assert NYSE.between(saturday, saturday) == NYSE.between(monday, friday) == ()
    assert NYSE.is_session(friday)
    assert not NYSE.is_session(saturday)


def test_the_last_session_that_is_over() -> None:
    assert NYSE.last_closed(new_york("2025-06-12T15:59")) == date(2025, 6, 11)
    assert NYSE.last_closed(new_york("2025-06-12T16:00")) == date(2025, 6, 12)
    assert NYSE.last_closed(new_york("2025-06-15T12:00")) == date(2025, 6, 13)


def test_open_from_the_open_up_to_the_close() -> None:
    moments = ("09:29:59", "09:30:00", "15:59:59", "16:00:00")
    states = [NYSE.is_open(new_york(f"2025-06-12T{moment}")) for moment in moments]
    assert states == [False, True, True, False]
    assert not NYSE.is_open(new_york("2025-06-14T12:00"))


def test_a_day_without_a_session_has_no_hours() -> None:
    for ask in (NYSE.open_of, NYSE.close_of, NYSE.previous, NYSE.next):
        with pytest.raises(MonitorError, match="XNYS: 2025-06-14 is not a session"):
            ask(date(2025, 6, 14))


def test_the_table_grows_to_the_dates_asked_for() -> None:
    fresh = Sessions()
    assert fresh.event_session(datetime(1987, 10, 17, 12, 0, tzinfo=UTC)) == date(1987, 10, 19)
    assert fresh.next(date(2035, 7, 3)) == date(2035, 7, 5)
    assert fresh.between(date(1987, 10, 19), date(1987, 10, 20))
    assert fresh.event_session(new_york("2025-06-12T15:30")) == date(2025, 6, 12)


def test_a_date_that_no_calendar_covers_is_named() -> None:
    for day in (date(2, 1, 1), date(9998, 1, 1)):
        with pytest.raises(MonitorError, match=rf"XNYS: .* around {day}.* covers"):
            Sessions().session_on_or_after(day)
    shanghai = Sessions("XSHG")  # whose holidays are known from 1990 to the end of a recent year
    assert shanghai.is_session(date(2025, 6, 12))
    with pytest.raises(MonitorError, match=r"XSHG: .* around 1985-01-01"):
        shanghai.session_on_or_after(date(1985, 1, 1))


def test_an_exchange_that_is_not_known_is_named() -> None:
    with pytest.raises(MonitorError, match="XXXX"):
        Sessions("XXXX")


@pytest.mark.parametrize(
    ("at", "session", "phase", "half_day"),
    [
        ("2025-06-12T00:00", "2025-06-12", "pre-open", False),
        ("2025-06-12T09:29:59", "2025-06-12", "pre-open", False),
        ("2025-06-12T09:30", "2025-06-12", "in-session", False),
        ("2025-06-12T15:59:59", "2025-06-12", "in-session", False),
        ("2025-06-12T16:00", "2025-06-13", "after-close", False),
        ("2025-06-12T23:59", "2025-06-13", "after-close", False),
        ("2025-06-13T20:00", "2025-06-16", "after-close", False),  # Friday evening
        ("2025-06-14T12:00", "2025-06-16", "closed-day", False),
        ("2025-06-15T23:59", "2025-06-16", "closed-day", False),
        ("2025-06-16T00:00", "2025-06-16", "pre-open", False),
        ("2025-06-19T10:00", "2025-06-20", "closed-day", False),  # Juneteenth
        ("2025-11-26T17:00", "2025-11-28", "after-close", True),
        ("2025-11-27T11:00", "2025-11-28", "closed-day", True),
        ("2025-11-28T12:59", "2025-11-28", "in-session", True),
        ("2025-11-28T13:00", "2025-12-01", "after-close", False),  # a half day is over at 13:00
    ],
)
def test_event_time(at: str, session: str, phase: Any, half_day: bool) -> None:
    found = NYSE.event_time(new_york(at))
    assert found == EventTime(date.fromisoformat(session), phase, half_day)


def test_event_time_is_of_the_exchanges_own_day() -> None:
    at = datetime(2025, 6, 8, 23, 50, tzinfo=UTC)  # Monday morning in Sydney, a holiday there
    assert of("XASX").event_time(at) == EventTime(date(2025, 6, 10), "closed-day", False)
    assert NYSE.event_time(at) == EventTime(date(2025, 6, 9), "closed-day", False)  # Sunday evening
    at = datetime(2025, 6, 9, 23, 50, tzinfo=UTC)  # ten minutes before the open in Sydney
    assert of("XASX").event_time(at).phase == "pre-open"
    assert NYSE.event_time(at) == EventTime(date(2025, 6, 10), "after-close", False)


def test_a_midday_break_is_in_the_session() -> None:
    lunch = datetime(2025, 6, 12, 4, 30, tzinfo=UTC)  # 12:30 in Hong Kong
    day = date(2025, 6, 12)
    assert of("XHKG").event_time(lunch) == EventTime(day, "in-session", False)
    assert of("XHKG").is_open(lunch)
    assert of("XHKG").break_of(day) == (
        datetime(2025, 6, 12, 4, 0, tzinfo=UTC),
        datetime(2025, 6, 12, 5, 0, tzinfo=UTC),
    )
    new_years_eve = date(2024, 12, 31)  # the morning alone
    assert of("XHKG").break_of(new_years_eve) is None
    assert of("XHKG").is_half_day(new_years_eve)
    assert NYSE.break_of(day) is None


# Full days by the wall clock of the exchange, all the year round, from their rule books.
HOURS = {
    "XNYS": (time(9, 30), time(16, 0)),
    "XASX": (time(10, 0), time(16, 0)),
    "XLON": (time(8, 0), time(16, 30)),
    "XHKG": (time(9, 30), time(16, 0)),
}
BY_NAME = pytest.mark.parametrize("name", list(HOURS))
YEARS = (date(2013, 1, 1), date(2026, 12, 31))  # the hours of Hong Kong are those of 2012


@cache
def oracle(name: str) -> Any:
    return get_calendar(name, start="2012-12-01", end="2027-01-31", side="left")


@BY_NAME
class TestAgainstExchangeCalendars:
    def test_every_session_has_its_hours(self, name: str) -> None:
        sessions, (opens, closes) = of(name), HOURS[name]
        days = sessions.between(*YEARS)
        schedule = oracle(name).schedule.loc[str(YEARS[0]) : str(YEARS[1])]
        assert list(days) == [one.date() for one in schedule.index]
        half_days = {one.date() for one in oracle(name).early_closes}
        offsets = set()
        for day, opened, start, end, closed in schedule.itertuples(name=None):
            session = day.date()
            assert (sessions.open_of(session), sessions.close_of(session)) == (opened, closed)
            pause = None if pandas.isna(start) else (start, end)
            assert sessions.break_of(session) == pause
            assert sessions.is_half_day(session) == (session in half_days)
            if session not in half_days:
                local = [one.tz_convert(sessions.zone) for one in (opened, closed)]
                assert [one.time() for one in local] == [opens, closes]
                offsets.add(local[0].utcoffset())
        assert len(offsets) == (1 if name == "XHKG" else 2)  # summer and winter time

    @given(st.integers(0, 440_000_000))  # seconds from 2013 to 2026
    def test_any_instant_belongs_where_the_oracle_puts_it(self, name: str, seconds: int) -> None:
        sessions, calendar = of(name), oracle(name)
        at = datetime(2013, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
        minute = pandas.Timestamp(at).floor("min")
        found = sessions.event_time(at)
        assert found.session == calendar.minute_to_session(minute, direction="next").date()
        inside = calendar.is_open_on_minute(minute, ignore_breaks=True)
        assert (found.phase == "in-session") == inside == sessions.is_open(at)
        day = sessions.local_date(at)
        assert (found.phase == "closed-day") == (not calendar.is_session(day))
        if found.phase == "after-close":
            assert day < found.session
            assert sessions.last_closed(at) == day
        if found.phase == "pre-open":
            assert day == found.session


@BY_NAME
class TestLaws:
    @given(instants)
    def test_news_belongs_to_the_first_session_that_closes_after_it(
        self, name: str, at: datetime
    ) -> None:
        sessions = of(name)
        session = sessions.event_session(at)
        assert sessions.close_of(session) > at
        assert sessions.close_of(sessions.previous(session)) <= at
        assert sessions.last_closed(at) == sessions.previous(session)
        assert sessions.is_open(at) == (sessions.open_of(session) <= at)

    @given(instants, st.timedeltas(timedelta(0), timedelta(days=30)))
    def test_later_news_never_belongs_to_an_earlier_session(
        self, name: str, at: datetime, later: timedelta
    ) -> None:
        sessions = of(name)
        assert sessions.event_session(at) <= sessions.event_session(at + later)

    @given(dates)
    def test_neighbours(self, name: str, day: date) -> None:
        sessions = of(name)
        before, after = sessions.session_on_or_before(day), sessions.session_on_or_after(day)
        assert before <= day <= after
        assert sessions.is_session(before)
        assert sessions.is_session(after)
        assert (before == after) == sessions.is_session(day)
        assert sessions.previous(sessions.next(after)) == after
        assert (
            sessions.open_of(after)
            < sessions.close_of(after)
            < sessions.open_of(sessions.next(after))
        )
        assert sessions.local_date(sessions.close_of(after)) == after

    @given(dates, st.integers(0, 60))
    def test_between_is_every_session_of_the_span(self, name: str, day: date, length: int) -> None:
        sessions = of(name)
        span = [day + timedelta(days=one) for one in range(length + 1)]
        assert sessions.between(span[0], span[-1]) == tuple(
            one for one in span if sessions.is_session(one)
        )
