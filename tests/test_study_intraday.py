"""Abnormal returns inside a session: by hand, across a change of clocks, and with holes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import sqrt
from statistics import fmean, stdev
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from monitor.correlate.study.intraday import IntervalReaction, interval_reaction
from monitor.model import IntradayBar, NoReaction

NEW_YORK = ZoneInfo("America/New_York")
DAYS = [date(2025, 3, 3) + timedelta(days=one) for one in range(16)]  # clocks change on the 9th
EVENT = DAYS[-1]
MOVES = [0.01, -0.02, 0.0, 0.03, 0.01, -0.01, 0.02, 0.0, -0.03, 0.01, 0.02, -0.02, 0.01, 0.0, 0.01]


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), NEW_YORK).astimezone(UTC)


def bar(day: date, clock: str, opened: float, close: float) -> IntradayBar:
    low, high = sorted((opened, close))
    return IntradayBar(at(day, clock), 30, opened, high, low, close, None)


def session(day: date, at_ten: float, at_half_past: float = 0.0) -> list[IntradayBar]:
    """Three bars of half an hour: from 95 to 100, then moves by so much in each."""
    ten = 100 * (1 + at_ten)
    return [
        bar(day, "09:30", 95.0, 100.0),
        bar(day, "10:00", 100.0, ten),
        bar(day, "10:30", ten, ten * (1 + at_half_past)),
    ]


def history(moves: Sequence[float] = MOVES) -> list[IntradayBar]:
    return [one for day, move in zip(DAYS, moves, strict=False) for one in session(day, move)]


def measured(
    bars: Sequence[IntradayBar],
    begin: str = "10:00",
    end: str = "10:30",
    *,
    benchmark: Sequence[IntradayBar] | None = None,
    sessions: int = 20,
) -> IntervalReaction | NoReaction:
    return interval_reaction(
        "ABC",
        bars,
        at(EVENT, begin),
        at(EVENT, end),
        NEW_YORK,
        benchmark=benchmark,
        sessions=sessions,
    )


def reacted(found: IntervalReaction | NoReaction) -> IntervalReaction:
    assert isinstance(found, IntervalReaction)
    return found


def reason(found: IntervalReaction | NoReaction) -> str:
    assert isinstance(found, NoReaction)
    assert found.symbol == "ABC"
    return found.reason


def test_an_interval_is_set_against_the_same_time_of_day() -> None:
    found = reacted(measured(history() + session(EVENT, 0.08)))
    assert found.n_sessions == 15
    assert found.ret == pytest.approx(0.08)
    assert found.expected == pytest.approx(fmean(MOVES))
    assert found.std == pytest.approx(stdev(MOVES))
    assert found.abnormal == pytest.approx(0.08 - fmean(MOVES))
    z = (0.08 - fmean(MOVES)) / (stdev(MOVES) * sqrt(1 + 1 / 15))
    assert found.z == pytest.approx(z)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(z), 14), rel=1e-9)
    assert (found.start, found.end) == (at(EVENT, "10:00"), at(EVENT, "10:30"))


def test_the_first_interval_begins_at_the_open() -> None:
    found = reacted(measured(history() + session(EVENT, 0.0), "09:30", "10:30"))
    assert found.ret == pytest.approx(100 / 95 - 1)


def test_an_interval_of_several_bars_goes_from_end_to_end() -> None:
    found = reacted(measured(history() + session(EVENT, 0.08, 0.05), "10:00", "11:00"))
    assert found.ret == pytest.approx(1.08 * 1.05 - 1)


def test_where_a_bar_is_missing_the_last_price_before_counts() -> None:
    holed = [one for one in session(EVENT, 0.08, 0.05) if one.start != at(EVENT, "10:00")]
    past = [one for day, move in zip(DAYS, MOVES, strict=False) for one in session(day, 0, move)]
    found = reacted(measured([*past, *holed], "10:30", "11:00"))
    assert found.ret == pytest.approx(1.08 * 1.05 - 1)


def test_the_newest_sessions_before_it_count_and_none_after() -> None:
    later = session(EVENT + timedelta(days=1), 0.5)
    found = reacted(measured(history() + session(EVENT, 0.08) + later, sessions=12))
    assert found.n_sessions == 12
    assert found.expected == pytest.approx(fmean(MOVES[-12:]))


def test_what_the_benchmark_did_in_each_session_is_taken_off() -> None:
    market = [one for day, move in zip(DAYS, MOVES, strict=False) for one in session(day, -move)]
    market += session(EVENT, 0.02)
    found = reacted(measured(history() + session(EVENT, 0.08), benchmark=market))
    assert found.ret == pytest.approx(0.06)
    assert found.expected == pytest.approx(2 * fmean(MOVES))
    without = [one for one in market if one.start.astimezone(NEW_YORK).date() != DAYS[3]]
    found = reacted(measured(history() + session(EVENT, 0.08), benchmark=without))
    assert found.n_sessions == 14


def test_a_session_that_was_over_by_then_does_not_count() -> None:
    half_day = session(DAYS[4], 0.5)[:1]
    bars = [one for one in history() if one.start.astimezone(NEW_YORK).date() != DAYS[4]]
    found = reacted(measured([*bars, *half_day, *session(EVENT, 0.08)]))
    assert found.n_sessions == 14


def test_why_there_is_none() -> None:
    assert reason(measured(history())) == f"no bars from 10:00 to 10:30 on {EVENT}"
    few = history(MOVES[:9]) + session(EVENT, 0.08)
    assert "9 earlier sessions with bars from 10:00 to 10:30" in reason(measured(few))
    still = history([0.0] * 15) + session(EVENT, 0.08)
    assert "do not vary" in reason(measured(still))


@pytest.mark.parametrize("end", ["10:00", "09:00"])
def test_what_is_no_interval_is_a_mistake(end: str) -> None:
    with pytest.raises(ValueError, match="no interval within a day"):
        measured(history(), "10:00", end)
    with pytest.raises(ValueError, match="no interval within a day"):
        interval_reaction(
            "ABC", [], at(EVENT, "10:00"), at(EVENT + timedelta(days=1), "10:30"), NEW_YORK
        )


@given(st.lists(st.floats(-0.05, 0.05), min_size=12, max_size=15, unique=True), st.randoms())
def test_the_order_of_bars_is_nothing(moves: list[float], chance: object) -> None:
    bars = history(moves) + session(EVENT, 0.04)
    mixed = sorted(bars, key=lambda one: hash((one.start, str(chance))))
    assert measured(mixed) == measured(bars)
