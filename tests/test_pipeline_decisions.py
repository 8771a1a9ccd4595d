"""What the pipeline decides by itself: which digest is due, what is asked of the exchange."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import RecipientConfig
from monitor.pipeline.delivering import digest_day
from monitor.replay import moments

HALF = timedelta(minutes=30)
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney")


def recipient(zone: str = "America/New_York", at: time = time(7)) -> RecipientConfig:
    return RecipientConfig(to="me@example.org", at=at, zone=zone)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2025, 6, 13, 10, 59, tzinfo=UTC), date(2025, 6, 11)),
        (datetime(2025, 6, 13, 11, 0, tzinfo=UTC), date(2025, 6, 12)),
        (datetime(2025, 6, 14, 3, 59, tzinfo=UTC), date(2025, 6, 12)),
        (datetime(2025, 11, 2, 6, 30, tzinfo=UTC), date(2025, 10, 31)),  # 01:30, for the 2nd time
        (datetime(2025, 1, 10, 12, 0, tzinfo=UTC), date(2025, 1, 9)),  # winter: 07:00 is 12:00 UTC
    ],
)
def test_the_digest_of_a_day_is_due_at_the_recipients_hour_of_the_next(
    now: datetime, day: date
) -> None:
    assert digest_day(recipient(), now) == day


@given(
    zone=st.sampled_from(ZONES),
    at=st.times(),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
)
def test_each_day_gets_its_digest_whatever_the_zone_and_season(
    zone: str, at: time, start: datetime
) -> None:
    """Asked every half hour over nine days, no day is left out and none comes again later."""
    times = moments(start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + timedelta(9), HALF)
    reader = recipient(zone, at.replace(microsecond=0))
    asked = [digest_day(reader, now) for now in times]
    assert asked == sorted(asked)
    found = sorted(set(asked))
    assert found == [found[0] + timedelta(n) for n in range(len(found))]
    assert len(found) in (9, 10, 11)  # midnights in nine days, clocks set forward or back


def test_a_digest_never_covers_a_day_that_is_not_over() -> None:
    for hour in range(48):
        now = datetime(2025, 3, 9, tzinfo=UTC) + timedelta(hours=hour)
        local = now.astimezone(ZoneInfo("America/New_York")).date()
        assert digest_day(recipient(), now) < local


def test_moments_end_with_the_last_that_is_not_after_the_end() -> None:
    start = datetime(2025, 6, 12, tzinfo=UTC)
    assert list(moments(start, start + timedelta(minutes=70), HALF)) == [
        start,
        start + HALF,
        start + 2 * HALF,
    ]
