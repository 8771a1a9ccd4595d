"""Events of the user's own: what can be read, and what is told of the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.correlate.study.events import Skipped, StudyEvent, parse_events
from monitor.errors import MonitorError
from monitor.market.sessions import Sessions

SESSIONS = Sessions("XNYS")


def parsed(text: str) -> tuple[list[StudyEvent], list[Skipped]]:
    return parse_events(text, "events.csv", lambda _, at: SESSIONS.event_session(at))


def sessions(*rows: str) -> list[date]:
    events, skipped = parsed("\n".join(["symbol,date,time", *rows]))
    assert skipped == []
    return [one.session for one in events]


def test_a_date_alone_is_the_session_itself() -> None:
    assert sessions("MP,2025-06-12", "MP,2025-06-14,") == [date(2025, 6, 12), date(2025, 6, 14)]


@pytest.mark.parametrize(
    "time",
    ["16:30-04:00", "20:30Z", "20:30:00+00:00", "16:30 America/New_York", "13:30 US/Pacific"],
)
def test_news_after_the_close_belongs_to_the_next_session(time: str) -> None:
    assert sessions(f"MP,2025-06-12,{time}") == [date(2025, 6, 13)]
    assert sessions(f"MP,2025-06-13,{time}") == [date(2025, 6, 16)]  # a Friday


def test_news_before_it_to_its_day() -> None:
    assert (
        sessions("MP,2025-06-12,15:59-04:00", "MP,2025-06-12,07:00 America/New_York")
        == [date(2025, 6, 12)] * 2
    )
    # a half day: 13:30 is after the close
    assert sessions("MP,2024-11-29,13:30-05:00") == [date(2024, 12, 2)]
    # a holiday has no session: the next has
    assert sessions("MP,2025-06-19,10:00-04:00") == [date(2025, 6, 20)]


def test_the_zone_may_put_it_on_another_day() -> None:
    assert sessions("MP,2025-06-13,02:00 Asia/Tokyo") == [date(2025, 6, 12)]


def test_the_date_may_hold_the_time() -> None:
    assert sessions("MP,2025-06-12T16:30:00-04:00,") == [date(2025, 6, 13)]
    assert sessions("MP,2025-06-12 16:30+00:00") == [date(2025, 6, 12)]


def test_the_symbol_is_handed_on_to_ask_its_exchange() -> None:
    asked: list[tuple[str, datetime]] = []

    def event_session(symbol: str, at: datetime) -> date:
        asked.append((symbol, at))
        return date(2025, 6, 13)

    parse_events("symbol,date,time\nLYC.AX,2025-06-12,16:30Z", "x", event_session)
    assert asked == [("LYC.AX", datetime(2025, 6, 12, 16, 30, tzinfo=UTC))]


def test_columns_stand_in_any_order_and_may_be_more() -> None:
    events, _ = parsed("Label, note ,DATE,id,Symbol\n surge ,x,2025-06-12,7,MP\n\n")
    assert events == [StudyEvent("MP", date(2025, 6, 12), "7", "surge")]


@pytest.mark.parametrize(
    ("row", "day", "why"),
    [
        ("MP,12 June", "12 June", "line 2: '12 June' is no date (YYYY-MM-DD)"),
        ("MP,", "", "line 2: '' is no date"),
        ("MP", "", "line 2: '' is no date"),
        ("MP,2025-02-30", "2025-02-30", "is no date"),
        (",2025-06-12", "2025-06-12", "line 2: no symbol"),
        ("MP,2025-06-12,16:30", "2025-06-12 16:30", "has no time zone"),
        ("MP,2025-06-12T16:30", "2025-06-12T16:30", "has no time zone"),
        ("MP,2025-06-12,noon", "2025-06-12 noon", "is no time with a zone"),
        ("MP,2025-06-12,16:30 Mars/Base", "2025-06-12 16:30 Mars/Base", "is no time with a zone"),
        ("MP,2025-06-12,16:30 America", "2025-06-12 16:30 America", "is no time with a zone"),
        ("MP,2025-06-12,16:30 ../x", "2025-06-12 16:30 ../x", "is no time with a zone"),
        ("MP,2025-06-12T16:30Z,16:30Z", "2025-06-12T16:30Z 16:30Z", "a time in both columns"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_of_and_the_rest_goes_on(
    row: str, day: str, why: str
) -> None:
    events, skipped = parsed(f"symbol,date,time\n{row}\nGM,2025-06-12")
    assert [one.symbol for one in events] == ["GM"]
    (one,) = skipped
    assert one.day == day
    assert one.reason.startswith("events.csv: line 2: ")
    assert why in one.reason


def test_a_moment_whose_session_is_not_known_is_told_of() -> None:
    def unknown(symbol: str, at: datetime) -> date:
        raise MonitorError(f"no exchange of {symbol}")

    events, skipped = parse_events("symbol,date,time\nX.YY,2025-06-12,16:30Z", "x", unknown)
    assert (events, skipped) == (
        [],
        [Skipped("X.YY", "2025-06-12 16:30Z", "x: line 2: no exchange of X.YY")],
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "events.csv: no column 'symbol' in its first line"),
        ("MP,2025-06-12", "no column 'symbol'"),
        ("symbol,day\nMP,2025-06-12", "no column 'date'"),
        ('symbol,date\n"' + "x" * 200_000, "events.csv: line 2: field larger"),
    ],
)
def test_a_file_that_is_none_of_events(text: str, why: str) -> None:
    with pytest.raises(MonitorError, match=why):
        parsed(text)
