"""Dates as feeds write them; what they mean is reckoned by hand, or by the standard library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.feeds.dates import EARLIEST, Date, first, read

HALF_PAST_7 = datetime(2025, 6, 12, 7, 30, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Half past seven of 12 June 2025, so many hours later, in UTC."""
    return HALF_PAST_7 + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Thu, 12 Jun 2025 07:30:00 GMT", at(0)),
        ("Thu, 12 Jun 2025 07:30:00 Z", at(0)),
        ("Thu, 12 Jun 2025 07:30:00 -0400", at(4)),
        ("Thu, 12 Jun 2025 07:30:00 +0530", at(-5.5)),
        ("Thu, 12 Jun 2025 07:30:00 -0400 (EDT)", at(4)),
        ("Thu, 12 Jun 2025 07:30:00 EDT", at(4)),
        ("Thu, 12 Jun 2025 07:30:00 pst", at(8)),
        ("Thu, 12 Jun 2025 07:30 UT", at(0)),
        ("Mon, 12 Jun 2025 07:30:00 GMT", at(0)),  # it was a Thursday
        ("12 Jun 25 07:30:00 GMT", at(0)),
        ("12 Jun 125 07:30:00 GMT", at(0)),
        ("Thu,12 Jun 2025 7:30:00 +00:00", at(0)),
        ("Thursday, 12-Jun-25 07:30:00 GMT", at(0)),
        ("Thu, 12 June 2025, 7:30 AM EDT", at(4)),
        ("Thu, 12 Jun 2025 07:30:00 GMT+2", at(-2)),
        ("Thu, 12 Jun 2025 07:30:00 UTC-05:00", at(5)),
        ("Thu, 12 Jun 2025 07:30:00 Etc/GMT", at(0)),
        ("Thu, 12 Jun 2025 07:30:00 CEST", at(-2)),
        ("Thu, 12 Jun 2025 07:30:00 JST", at(-9)),
        ("Thu, 12 Jun 2025 07:30:00 AEST", at(-10)),
        ("Thu, 12 Jun 2025 07:30:00 ACST", at(-9.5)),
        ("Thu, 12 Jun 2025 07:30:00 ET", at(4)),
        ("Sun, 12 Jan 2025 07:30:00 ET", datetime(2025, 1, 12, 12, 30, tzinfo=UTC)),
        ("Thu, 12 Jun 2025 24:00:00 GMT", datetime(2025, 6, 13, tzinfo=UTC)),
        ("Tue, 31 Dec 2024 23:59:60 GMT", datetime(2025, 1, 1, tzinfo=UTC)),
        ("June 12, 2025 7:30 PM EDT", at(16)),
        ("June 12th, 2025 at 12:30 a.m. GMT", at(-7)),
        ("Jun 12 2025 07:30:00 GMT", at(0)),
        ("Thu Jun 12 07:30:00 EDT 2025", at(4)),
        ("Do, 12 Juni 2025 07:30:00 +0200", at(-2)),
        ("jeu., 12 juin 2025 07:30:00 +0200", at(-2)),
        ("12 июня 2025 07:30:00 MSK", at(-3)),
        ("Πεμ, 12 Ιουν 2025 07:30:00 EET", at(-2)),
        ("2025-június-12T7:30+02:00", at(-2)),
        ("2025-06-12T07:30:00Z", at(0)),
        ("2025-06-12T07:30:00.123-04:00", at(4) + timedelta(milliseconds=123)),
        ("2025-06-12T07:30-0400", at(4)),
        ("20250612T073000Z", at(0)),
        ("2025-06-12 07:30:00 EDT", at(4)),
        ("2025/06/12 07:30:00 +0000", at(0)),
        ("Thu, 2025/06/12 07:30:00 GMT", at(0)),
        ("\n  2025-06-12T07:30:00Z ", at(0)),
        (str(int(HALF_PAST_7.timestamp())), at(0)),
        (str(int(HALF_PAST_7.timestamp()) * 1000), at(0)),
    ],
)
def test_dates_with_a_known_zone(written: str, moment: datetime) -> None:
    assert read(written) == Date(moment, zoned=True)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Thu, 12 Jun 2025 07:30:00", at(0)),
        ("Thu Jun 12 07:30:00 2025", at(0)),
        ("2025-06-12T07:30:00", at(0)),
        ("2025-06-12 07:30", at(0)),
        ("2025년 06월 12일 07:30:00", at(0)),
        ("2025年6月12日 07:30", at(0)),
        ("Thu, 12 Jun 2025 07:30:00 BST", at(0)),  # of Britain or of Bangladesh
        ("Thu, 12 Jun 2025 07:30:00 IST", at(0)),  # of India, Ireland or Israel
        ("Thu, 12 Jun 2025 07:30:00 A", at(0)),  # RFC 822 had them the wrong way round
        ("12 Jun 2025", at(-7.5)),
        ("2025-06-12", at(-7.5)),
        ("2025-06", datetime(2025, 6, 1, tzinfo=UTC)),
        ("2025", datetime(2025, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_without_a_known_zone_are_taken_as_utc(written: str, moment: datetime) -> None:
    assert read(written) == Date(moment, zoned=False)


@pytest.mark.parametrize(
    "written",
    [
        "", "soon", "Thu", "07:30", "06/12/2025", "12.06.2025", "31 Jun 2025 00:00:00 GMT",
        "12 Foo 2025 07:30:00 GMT", "12 Jun 2025 25:00:00 GMT", "12 Jun 2025 07:61:00 GMT",
        "12 Jun 2025 07:30:61 GMT", "2025-13-01", "0001-01-01T00:00:00Z",
        "9999-12-31T23:00:00-05:00", "Thu, 01 Jan 1970 00:00:00 GMT", "31 Dec 1989 23:59:59 GMT",
        "0", "1" * 40,
    ],
)  # fmt: skip
def test_what_is_no_date_or_was_never_set(written: str) -> None:
    assert read(written) is None


MOMENTS = st.integers(631_300_000, 7_000_000_000)  # seconds since 1970: of 1990 to 2191
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, OFFSETS)
def test_what_the_standard_library_writes_is_read(seconds: int, zone: timezone) -> None:
    given = datetime.fromtimestamp(seconds, zone)
    wanted = Date(given.astimezone(UTC), zoned=True)
    assert read(format_datetime(given)) == wanted
    assert read(given.isoformat()) == wanted
    assert read(given.isoformat(" ").replace("-", "/", 2)) == wanted


@given(st.text(max_size=40) | st.from_regex(r"[0-9A-Za-z:,+./ -]{1,40}", fullmatch=True))
def test_any_text_is_a_date_of_our_time_or_none(written: str) -> None:
    found = read(written)
    assert found is None or (found.at >= EARLIEST and found.at.tzinfo is UTC)


def test_the_first_date_that_can_be_read_counts() -> None:
    dated = {"updated": "2025-06-12T07:30:00Z", "created": "2025-06-11T07:30:00Z"}
    assert first(dated) == Date(at(0), zoned=True)
    assert first(dated | {"published": "soon"}) == Date(at(0), zoned=True)
    assert first(dated | {"published": "2025-06-10T07:30:00Z"}) == Date(at(-48), zoned=True)
    assert first({"created": "2025-06-11T07:30:00Z"}) == Date(at(-24), zoned=True)
    assert first({"updated": ""}) is None
