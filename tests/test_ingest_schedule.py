from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.schedule import due

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
EVERY = timedelta(minutes=10)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


@pytest.mark.parametrize(
    ("last", "failures", "expected"),
    [
        (None, 0, True),
        (None, 9, True),
        (ago(minutes=9), 0, False),
        (ago(minutes=10), 0, True),
        (ago(minutes=9, seconds=59.9), 0, True),  # a pass that came a little early
        (ago(minutes=19), 1, False),
        (ago(minutes=20), 1, True),
        (ago(minutes=79), 3, False),
        (ago(minutes=80), 3, True),
        (ago(hours=23), 20, False),
        (ago(hours=24), 20, True),
        (ago(hours=24), 10_000, True),
        (NOW + timedelta(days=300), 0, True),  # the clock was set back
    ],
)
def test_a_source_is_asked_at_its_time(
    last: datetime | None, failures: int, expected: bool
) -> None:
    assert due(last, EVERY, failures, None, NOW) is expected


def test_retry_after_is_waited_for_to_the_second() -> None:
    assert not due(ago(hours=1), EVERY, 1, NOW + timedelta(seconds=1), NOW)
    assert due(ago(hours=1), EVERY, 1, NOW, NOW)


def test_retry_after_does_not_shorten_the_wait() -> None:
    assert not due(ago(minutes=5), EVERY, 1, ago(minutes=4), NOW)


def test_retry_after_cannot_switch_a_source_off() -> None:
    far = NOW + timedelta(days=3650)
    assert not due(ago(hours=23), EVERY, 0, far, NOW)
    assert due(ago(hours=24), EVERY, 0, far, NOW)


def test_a_source_polled_less_than_daily_keeps_its_pace() -> None:
    week = timedelta(days=7)
    assert not due(ago(days=6), week, 5, None, NOW)
    assert due(ago(days=7), week, 5, None, NOW)


@given(st.integers(0, 40), st.integers(0, 10**6))
def test_more_failures_never_mean_sooner(failures: int, seconds: int) -> None:
    last = NOW - timedelta(seconds=seconds)
    if due(last, EVERY, failures + 1, None, NOW):
        assert due(last, EVERY, failures, None, NOW)
