"""When sources are asked: laws that hold for every state, and cases that show what is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.schedule import (
    AT_ONCE,
    JITTER,
    LONGEST,
    SLACK,
    WEEK,
    Pace,
    interval,
    is_due,
    next_due,
    worth,
)
from monitor.model import Habits, SourceState

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)  # a Thursday
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FASTEST, SLOWEST = 5 * MINUTE, 6 * HOUR
PACE = Pace(15 * MINUTE, FASTEST, SLOWEST)
OWN = replace(PACE, own=10 * MINUTE)
ASKED = SourceState("wire", polled_at=NOW, succeeded_at=NOW)


def speaking(every: timedelta, count: int = 20, last: datetime = NOW) -> Habits:
    """One item after each `every`."""
    return Habits(tuple(int((last - every * n).timestamp()) for n in reversed(range(count))))


def wait(state: SourceState, pace: Pace = PACE) -> timedelta:
    assert state.polled_at is not None
    return next_due(state, pace).at - state.polled_at


# ---------------------------------------------------------------- how often


def test_a_source_that_was_never_asked_is_asked_at_once() -> None:
    assert next_due(SourceState("wire"), PACE).at == AT_ONCE
    assert is_due(SourceState("wire", failures=3), PACE, NOW)
    assert interval(SourceState("wire", habits=speaking(HOUR)), PACE) == 15 * MINUTE


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (timedelta(seconds=20), FASTEST),
        (20 * MINUTE, FASTEST),
        (HOUR, 15 * MINUTE),
        (4 * HOUR, HOUR),
        (timedelta(days=1), SLOWEST),
        (timedelta(days=300), SLOWEST),
    ],
)
def test_the_interval_is_a_quarter_of_the_usual_gap(every: timedelta, expected: timedelta) -> None:
    assert interval(replace(ASKED, habits=speaking(every)), PACE) == expected


def test_items_that_come_in_bunches_are_one_arrival() -> None:
    bunches = sorted(
        int((NOW - 4 * HOUR * n).timestamp()) - second for n in range(6) for second in range(9)
    )
    state = replace(ASKED, habits=Habits(tuple(bunches)))
    assert interval(state, PACE) == pytest.approx(HOUR, abs=MINUTE)


def test_what_is_not_known_yet_begins_with_every() -> None:
    assert interval(ASKED, PACE) == 15 * MINUTE
    assert interval(replace(ASKED, habits=speaking(HOUR, count=3)), PACE) == 15 * MINUTE


def test_a_silent_source_is_asked_less_and_less_often() -> None:
    habits = speaking(HOUR, last=NOW)
    found = [
        interval(replace(ASKED, polled_at=NOW + days * timedelta(days=1), habits=habits), PACE)
        for days in range(0, 30, 2)
    ]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (15 * MINUTE, SLOWEST)
    few = replace(ASKED, habits=speaking(HOUR, count=2, last=NOW - timedelta(days=400)))
    assert interval(few, PACE) == SLOWEST


def test_an_interval_of_its_own_is_kept_whatever_it_publishes() -> None:
    week = timedelta(days=7)
    for own in (timedelta(seconds=10), week):
        state = replace(ASKED, habits=speaking(HOUR))
        assert wait(state, replace(PACE, own=own)) == own


def test_every_is_never_out_of_bounds() -> None:
    hasty = replace(PACE, every=MINUTE)
    assert interval(replace(ASKED, habits=speaking(MINUTE)), hasty) == MINUTE
    idle = replace(PACE, every=12 * HOUR)
    assert interval(replace(ASKED, habits=speaking(timedelta(days=9))), idle) == 12 * HOUR


# ---------------------------------------------------------------- failures


def test_failures_double_the_wait_up_to_a_day() -> None:
    for failures in range(1, 7):
        found = wait(replace(ASKED, failures=failures), OWN)
        doubled = 10 * MINUTE * 2**failures
        assert doubled <= found <= doubled * (1 + JITTER)
    assert wait(replace(ASKED, failures=10_000), OWN) == LONGEST
    week = timedelta(days=7)
    assert wait(replace(ASKED, failures=5), replace(PACE, own=week)) == week


def test_many_that_fail_together_do_not_come_back_together() -> None:
    waits = {wait(replace(ASKED, name=f"source {n}", failures=3), OWN) for n in range(100)}
    assert len(waits) == 100


def test_what_is_gone_is_asked_for_once_a_week() -> None:
    gone = replace(ASKED, failures=1, gone_at=NOW - WEEK)
    assert wait(gone) == WEEK
    assert not is_due(gone, PACE, NOW + WEEK - MINUTE)


# ---------------------------------------------------------------- what servers and feeds ask


def test_a_pause_is_kept_to_the_second() -> None:
    asked = replace(ASKED, failures=1, not_before=NOW + 3 * HOUR)
    assert not is_due(asked, replace(OWN, slack=SLACK), NOW + 3 * HOUR - timedelta(seconds=1))
    assert is_due(asked, replace(OWN, slack=SLACK), NOW + 3 * HOUR)
    assert "pause" in next_due(asked, OWN).why


def test_a_pause_does_not_shorten_the_wait() -> None:
    assert wait(replace(ASKED, not_before=NOW + MINUTE), OWN) == 10 * MINUTE


def test_a_pause_cannot_switch_a_source_off() -> None:
    assert wait(replace(ASKED, not_before=NOW + timedelta(days=3650)), OWN) == LONGEST


def test_hours_and_days_to_be_skipped_are_skipped() -> None:
    night = Habits(skip_hours=frozenset({12, 13, 14}))
    assert next_due(replace(ASKED, habits=night), OWN).at == NOW.replace(hour=15)
    weekend = Habits(skip_days=frozenset({4, 5, 6}))
    late = replace(ASKED, polled_at=NOW.replace(hour=23, minute=55), habits=weekend)
    due = next_due(late, OWN)
    assert due.at == datetime(2025, 6, 16, tzinfo=UTC)
    assert "hours or days" in due.why


@pytest.mark.parametrize(
    "habits",
    [Habits(skip_hours=frozenset(range(24))), Habits(skip_days=frozenset(range(7)))],
)
def test_who_asks_to_be_skipped_always_has_not_meant_it(habits: Habits) -> None:
    assert wait(replace(ASKED, habits=habits), OWN) == 10 * MINUTE


# ---------------------------------------------------------------- passes, clocks


def test_a_pass_that_comes_a_little_early_is_in_time() -> None:
    pace = replace(OWN, slack=SLACK)
    assert is_due(ASKED, pace, NOW + 10 * MINUTE - timedelta(seconds=29))
    assert not is_due(ASKED, pace, NOW + 9 * MINUTE)
    hasty = replace(pace, own=timedelta(seconds=10))
    assert not is_due(ASKED, hasty, NOW + timedelta(seconds=9))


def test_a_clock_that_was_set_back_stops_nobody() -> None:
    assert is_due(replace(ASKED, polled_at=NOW + timedelta(days=300)), PACE, NOW)


def test_sources_begun_together_drift_apart() -> None:
    """After some ten polls they lie all over the interval, whatever it is."""
    pace = replace(PACE, own=15 * MINUTE, spread=0.1)
    phases = []
    for number in range(400):
        at = NOW
        for _ in range(12):
            at = next_due(replace(ASKED, name=f"source {number}", polled_at=at), pace).at
        phases.append((at - NOW) / (15 * MINUTE) % 1)
    tenths = [sum(n <= phase * 10 < n + 1 for phase in phases) for n in range(10)]
    assert max(tenths) < 400 / 10 * 2
    assert min(tenths) > 0


# ---------------------------------------------------------------- laws

gaps = st.lists(st.integers(0, 10**6), max_size=64)
hours = st.frozensets(st.integers(0, 23), max_size=23)
days = st.frozensets(st.integers(0, 6), max_size=6)
spans = st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def states(draw: st.DrawFn) -> SourceState:
    at, arrivals = int(NOW.timestamp()) - draw(st.integers(0, 10**7)), []
    for gap in draw(gaps):
        at -= gap
        arrivals.append(at)
    pause = draw(st.none() | st.integers(-(10**6), 10**9))
    return SourceState(
        draw(st.text(min_size=1, max_size=9)),
        polled_at=NOW,
        failures=draw(st.integers(0, 40)),
        not_before=None if pause is None else NOW + timedelta(seconds=pause),
        habits=Habits(tuple(reversed(arrivals)), skip_hours=draw(hours), skip_days=draw(days)),
    )


@st.composite
def paces(draw: st.DrawFn) -> Pace:
    return Pace(
        every=draw(spans),
        fastest=draw(spans),
        slowest=draw(spans),
        own=draw(st.none() | spans),
        spread=draw(st.floats(0, 1)),
    )


@given(states(), paces())
def test_never_earlier_than_allowed(state: SourceState, pace: Pace) -> None:
    due = next_due(state, pace)
    assert state.polled_at is not None
    assert due.at - state.polled_at >= min(pace.own or pace.fastest, pace.own or pace.every)
    if state.not_before is not None:
        assert due.at >= min(state.not_before, state.polled_at + LONGEST)
    assert due.at.hour not in state.habits.skip_hours
    assert due.at.weekday() not in state.habits.skip_days
    assert due.why


@given(states(), paces())
def test_never_later_than_a_day_or_the_slowest(state: SourceState, pace: Pace) -> None:
    open_state = replace(state, habits=Habits(state.habits.arrivals))
    longest = pace.own or max(pace.slowest, pace.every, pace.fastest)
    assert wait(open_state, pace) <= max(LONGEST, longest * (1 + pace.spread))


@given(states(), paces())
def test_more_failures_never_mean_sooner(state: SourceState, pace: Pace) -> None:
    later = replace(state, failures=state.failures + 1)
    assert next_due(later, pace).at >= next_due(state, pace).at


@given(states(), paces())
def test_the_same_is_decided_again(state: SourceState, pace: Pace) -> None:
    assert next_due(state, pace) == next_due(replace(state), replace(pace))


@given(states(), paces(), st.integers(0, 10**6), st.integers(0, 10**6))
def test_waiting_makes_a_poll_worth_more(
    state: SourceState, pace: Pace, seconds: int, more: int
) -> None:
    sooner = NOW + timedelta(seconds=seconds)
    assert worth(state, pace, sooner) <= worth(state, pace, sooner + timedelta(seconds=more))
    failed = replace(state, failures=state.failures + 1)
    assert worth(failed, pace, sooner) <= worth(state, pace, sooner)
    assert worth(replace(state, polled_at=None), pace, sooner) == float("inf")
