"""What a poll teaches about a source, and how it is said to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.habits import (
    ASTRAY,
    LONGEST_PAUSE,
    REMEMBERED,
    after,
    asked_at,
    gaps,
    last_arrival,
)
from monitor.ingest.health import health_of, silent_since
from monitor.model import (
    Advice,
    Cursor,
    FeedItem,
    Habits,
    Polled,
    PollFailed,
    SourceState,
)

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)  # a Thursday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL, ELSEWHERE = "https://example.org/feed", "https://example.net/feed"
NOTHING = Advice()
NEVER = SourceState("wire", url=URL)
CURSOR = Cursor('"1"', "whenever")


def items(*published: datetime | None) -> tuple[FeedItem, ...]:
    return tuple(FeedItem("wire", "Wire", None, None, "t", "", at, NOW) for at in published)


def polled(*published: datetime | None, advice: Advice = NOTHING) -> Polled:
    return Polled("wire", items(*published), CURSOR, advice=advice)


def unchanged(advice: Advice = NOTHING) -> Polled:
    return Polled("wire", (), CURSOR, not_modified=True, advice=advice)


def refused(status: int | None = None, retry_after: float | None = None) -> PollFailed:
    return PollFailed("wire", URL, f"answered with status {status}", status, retry_after)


def known(**fields: object) -> SourceState:
    state = SourceState(
        "wire", CURSOR, NOW, NOW, NOW, url=URL, begun_at=NOW - 30 * DAY, habits=Habits((1,))
    )
    return replace(state, **fields)  # type: ignore[arg-type]


# ---------------------------------------------------------------- what a poll teaches


def test_a_first_poll_teaches_when_items_came_out() -> None:
    state = after(NEVER, polled(NOW - HOUR, None, NOW - 3 * HOUR, NOW + DAY), 4, NOW)
    assert state.habits.arrivals == tuple(
        int(at.timestamp()) for at in (NOW - 3 * HOUR, NOW - HOUR, NOW)
    )
    assert (state.habits.items, state.habits.undated, state.habits.most) == (4, 1, 0)
    assert state == replace(
        NEVER,
        cursor=CURSOR,
        polled_at=NOW,
        succeeded_at=NOW,
        item_at=NOW,
        begun_at=NOW,
        habits=state.habits,
    )


def test_only_new_items_are_arrivals() -> None:
    """A feed that dates all its items to the hour of the request teaches nothing by that."""
    state = after(known(), polled(NOW, NOW - MINUTE, NOW - 2 * MINUTE), 1, NOW)
    assert state.habits.arrivals == (1, int(NOW.timestamp()))
    same = after(state, polled(NOW, NOW, NOW), 0, NOW + HOUR)
    assert same.habits.arrivals == state.habits.arrivals
    assert (same.item_at, same.polled_at) == (NOW, NOW + HOUR)


def test_so_many_arrivals_are_remembered() -> None:
    state = NEVER
    for hour in range(REMEMBERED + 9):
        at = NOW + hour * HOUR
        state = after(state, polled(at), 1, at)
    assert len(state.habits.arrivals) == REMEMBERED
    assert last_arrival(state.habits) == NOW + (REMEMBERED + 8) * HOUR
    assert last_arrival(Habits()) is None


def test_what_has_not_changed_changes_no_habits() -> None:
    before = known(failures=3, last_error="refused", not_before=NOW + HOUR, gone_at=NOW)
    state = after(before, unchanged(), 0, NOW + HOUR)
    assert state.habits is before.habits
    assert (state.failures, state.last_error, state.not_before, state.gone_at) == (0, *[None] * 3)
    assert (state.succeeded_at, state.item_at) == (NOW + HOUR, NOW)


@pytest.mark.parametrize("seconds", [None, 0.0, -5.0, 60.0, 1e12])
def test_pauses_are_kept_up_to_a_day(seconds: float | None) -> None:
    expected = None
    if seconds and seconds > 0:
        expected = NOW + min(timedelta(seconds=min(seconds, 1e6)), LONGEST_PAUSE)
    assert after(NEVER, unchanged(Advice(seconds)), 0, NOW).not_before == expected
    assert after(NEVER, refused(503, seconds), 0, NOW).not_before == expected


def test_a_documents_own_pause_holds_until_another_comes() -> None:
    state = after(NEVER, polled(NOW, advice=Advice(600, ttl=300)), 1, NOW)
    assert state.not_before == NOW + 10 * MINUTE
    for pause, minutes in ((None, 5), (60, 5), (600, 10)):
        assert after(state, unchanged(Advice(pause)), 0, NOW).not_before == NOW + minutes * MINUTE
    assert after(state, polled(NOW), 1, NOW).not_before is None


def test_hours_to_be_skipped_are_those_of_the_last_document() -> None:
    advice = Advice(skip_hours=frozenset({1}), skip_days=frozenset({6}))
    state = after(NEVER, polled(NOW, advice=advice), 1, NOW)
    state = after(state, unchanged(), 0, NOW)
    assert (state.habits.skip_hours, state.habits.skip_days) == ({1}, {6})
    assert after(state, polled(NOW), 0, NOW).habits.skip_hours == frozenset()


def test_a_failure_leaves_what_is_known() -> None:
    state = after(known(failures=1), refused(500), 0, NOW + HOUR)
    assert state == known(failures=2, polled_at=NOW + HOUR, last_error="answered with status 500")


# ---------------------------------------------------------------- where it is


def test_it_is_asked_where_it_has_moved_until_that_is_gone() -> None:
    moved = after(known(), polled(NOW, advice=Advice(moved_to=ELSEWHERE)), 0, NOW)
    assert moved.moved_to == ELSEWHERE
    assert after(moved, unchanged(), 0, NOW).moved_to == ELSEWHERE
    for status in (404, 410):
        back = after(moved, refused(status), 0, NOW)
        assert (back.moved_to, back.cursor, back.gone_at) == (None, Cursor(), None)
    astray = moved
    for _ in range(ASTRAY - 1):
        astray = after(astray, refused(500), 0, NOW)
    assert astray.moved_to == ELSEWHERE
    assert after(astray, refused(None), 0, NOW).moved_to is None


def test_what_leads_back_has_not_moved() -> None:
    back = after(known(moved_to=ELSEWHERE), unchanged(Advice(moved_to=URL)), 0, NOW)
    assert back.moved_to is None


def test_gone_is_since_it_was_first_said_until_it_answers() -> None:
    gone = after(known(), refused(410), 0, NOW)
    later = after(gone, refused(410), 0, NOW + 7 * DAY)
    assert (gone.gone_at, later.gone_at) == (NOW, NOW)
    assert after(later, refused(None), 0, NOW + 14 * DAY).gone_at == NOW
    assert after(later, polled(NOW), 1, NOW + 14 * DAY).gone_at is None


def test_another_address_is_another_source() -> None:
    state = known(moved_to=ELSEWHERE, gone_at=NOW, failures=9)
    assert asked_at(state, URL) == state
    assert asked_at(state, ELSEWHERE) == SourceState("wire", url=ELSEWHERE)
    assert asked_at(state, None) == SourceState("wire")
    # kept by a program that did not keep addresses
    assert asked_at(replace(state, url=None), URL) == state


# ---------------------------------------------------------------- health


def speaking(every: timedelta, last: datetime, count: int = 30) -> Habits:
    at, arrivals = last, []
    for _ in range(count):
        arrivals.append(int(at.timestamp()))
        at -= every
    return Habits(tuple(reversed(arrivals)))


def condition(state: SourceState, now: datetime = NOW) -> str:
    return health_of(state, now).condition


def test_new_then_fresh() -> None:
    assert health_of(NEVER, NOW).condition == "new"
    assert health_of(NEVER, NOW).well
    first = after(NEVER, polled(), 0, NOW)
    assert health_of(first, NOW).why == "it answers, and has had nothing yet"
    spoken = after(first, polled(NOW), 1, NOW)
    health = health_of(spoken, NOW + 3 * HOUR)
    assert (health.condition, health.why) == ("fresh", "something new 3 hours ago")
    assert health.since == NOW


def test_failing_says_why_and_since_when_it_did_not() -> None:
    once = after(known(), refused(500), 0, NOW + HOUR)
    assert health_of(once, NOW + HOUR).why == "answered with status 500"
    health = health_of(after(once, refused(500), 0, NOW + HOUR), NOW + HOUR)
    assert health.condition == "failing"
    assert health.why == "answered with status 500, 2 times in a row"
    assert health.since == NOW
    assert not health.well


def test_gone() -> None:
    gone = after(known(), refused(410), 0, NOW + HOUR)
    assert (condition(gone), health_of(gone, NOW + DAY).since) == ("gone", NOW + HOUR)


def test_a_source_that_usually_speaks_is_quiet_when_it_does_not() -> None:
    state = known(habits=speaking(8 * HOUR, NOW))
    assert condition(state, NOW + 32 * HOUR) == "fresh"
    health = health_of(state, NOW + 33 * HOUR)
    assert health.condition == "quiet"
    assert health.since == NOW == silent_since(state)
    assert health.why == "silent for 33 hours; usually something comes within 8 hours"


def test_a_night_is_no_silence() -> None:
    state = known(habits=speaking(5 * MINUTE, NOW))
    assert condition(state, NOW + 23 * HOUR) == "fresh"
    # it has spoken on a Thursday only, so that a weekend would not be counted
    assert condition(state, NOW + 25 * HOUR) == "quiet"


def test_weekends_are_not_counted_where_it_never_speaks_then() -> None:
    weekdays = [NOW + DAY - n * DAY for n in range(40)]
    spoken = [int(at.timestamp()) for at in weekdays if at.weekday() < 5]
    state = known(item_at=NOW, habits=Habits(tuple(sorted(spoken))))
    friday = NOW + DAY
    assert condition(state, friday + 5 * DAY) == "fresh"  # three workdays of four
    health = health_of(state, friday + 7 * DAY)
    assert health.condition == "quiet"
    assert health.why == (
        "silent for 5 days; usually something comes within 24 hours (weekends not counted)"
    )


def test_who_has_hardly_spoken_is_not_quiet() -> None:
    assert condition(known(habits=speaking(HOUR, NOW, count=7)), NOW + 300 * DAY) == "fresh"


def test_undated() -> None:
    state = after(known(), polled(None, None, NOW), 0, NOW)
    health = health_of(state, NOW)
    assert health.condition == "undated"
    assert health.why == "2 of its 3 items have no date that can be read"
    assert condition(after(known(), polled(None, NOW), 0, NOW)) == "fresh"


def flood(count: int, state: SourceState, now: datetime) -> SourceState:
    return after(state, polled(*[now - n * MINUTE for n in range(count)]), count, now)


def test_flooding_is_far_more_than_ever_and_than_the_time_explains() -> None:
    calm = known(habits=replace(speaking(HOUR, NOW), most=3))
    health = health_of(flood(40, calm, NOW + HOUR), NOW + HOUR)
    assert health.condition == "flooding"
    assert health.why == "40 new items at once; it has brought far fewer before"
    assert condition(flood(19, calm, NOW + HOUR), NOW + HOUR) == "fresh"
    busy = known(habits=replace(speaking(HOUR, NOW), most=12))
    assert condition(flood(40, busy, NOW + HOUR), NOW + HOUR) == "fresh"
    # we were away for two days, in which so many may well have come
    assert condition(flood(40, calm, NOW + 48 * HOUR), NOW + 48 * HOUR) == "fresh"
    assert condition(flood(40, NEVER, NOW)) == "fresh"
    assert flood(40, calm, NOW + HOUR).habits.most == 40


def test_a_flood_is_over_after_a_day_or_with_the_next_items() -> None:
    state = flood(40, known(), NOW + HOUR)
    assert condition(state, NOW + HOUR) == "flooding"
    assert condition(after(state, polled(NOW), 0, NOW + 2 * HOUR), NOW + 2 * HOUR) == "flooding"
    assert condition(state, NOW + 26 * HOUR) != "flooding"
    assert condition(after(state, polled(NOW), 1, NOW + 2 * HOUR), NOW + 2 * HOUR) == "fresh"


@pytest.mark.parametrize(
    ("ago", "told"),
    [(119, "119 seconds"), (120, "2 minutes"), (7200, "2 hours"), (172800, "2 days"), (-9, "0 s")],
)
def test_how_long_ago(ago: int, told: str) -> None:
    assert told in health_of(known(), NOW + timedelta(seconds=ago)).why


# ---------------------------------------------------------------- laws


@given(st.lists(st.integers(0, 10**9)), st.floats(1, 10**6))
def test_gaps_are_at_least_what_keeps_arrivals_apart(arrivals: list[int], apart: float) -> None:
    found = gaps(sorted(arrivals), apart)
    assert all(gap >= apart for gap in found)
    assert sum(found) <= max(arrivals, default=0) - min(arrivals, default=0)


def outcomes() -> st.SearchStrategy[Iterable[tuple[object, int]]]:
    dates = st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), max_size=9)
    good = dates.flatmap(
        lambda found: st.integers(0, len(found)).map(lambda new: (polled(*found), new))
    )
    bad = st.sampled_from([None, 404, 410, 429, 500]).map(lambda status: (refused(status), 0))
    same = st.just((unchanged(), 0))
    return st.lists(good | bad | same, max_size=20)


@given(outcomes())
def test_whatever_comes_a_source_has_a_state_and_one_condition(
    given_: Iterable[tuple[Polled | PollFailed, int]],
) -> None:
    state, now = NEVER, NOW
    for outcome, new in given_:
        now += HOUR
        before, state = state, after(state, outcome, new, now)
        assert (state.failures == 0) is isinstance(outcome, Polled)
        assert (state.polled_at, state.url) == (now, URL)
        arrivals = state.habits.arrivals
        assert list(arrivals) == sorted(set(arrivals))
        assert len(arrivals) <= REMEMBERED
        assert not arrivals or arrivals[-1] <= now.timestamp()
        assert before.begun_at in (None, state.begun_at)
        health = health_of(state, now)
        assert health.why
        assert "\n" not in health.why
        assert health.since is None or health.since <= now
