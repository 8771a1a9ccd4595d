"""Claims against bars: real ones of 12 June 2025, and made-up ones for each way it can go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.correlate.claims import check_claim
from monitor.market.bars_csv import parse_daily
from monitor.model import Bar, CheckedClaim, Claim, PriceSeries

EPISODE = Path(__file__).parent.parent / "monitor" / "demo" / "episode" / "prices"
DAY = date(2025, 6, 12)
LATER = datetime(2025, 7, 1, tzinfo=UTC)


def close_of(session: date) -> datetime:
    return datetime.combine(session, time(20), tzinfo=UTC)


def a_claim(
    percent: float | None = 17.0,
    basis: str = "intraday-high",
    direction: str = "up",
    **more: object,
) -> Claim:
    claim = Claim("MP", "up", percent, "close", DAY, None, None, "as said", 0, 7)
    return replace(claim, basis=basis, direction=direction, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def mp() -> PriceSeries:
    """Real bars from January 2023: previous close 25.64, high 29.96, close 29.20 on 12 June."""
    bars, notes = parse_daily((EPISODE / "MP.csv").read_text(encoding="utf-8"), "MP", "MP.csv")
    return PriceSeries("MP", bars, "files", notes)


def checked(claim: Claim, series: PriceSeries | None, as_of: datetime = LATER) -> CheckedClaim:
    return check_claim(claim, "a", series, as_of, close_of)


@pytest.mark.parametrize(
    ("claim", "verdict", "measured"),
    [
        (a_claim(17.0), "confirmed", 16.849),
        (a_claim(16.8, decimals=1), "confirmed", 16.849),
        (a_claim(16.9, decimals=1), "contradicted", 16.849),
        (a_claim(16.9, decimals=1, approx=True), "confirmed", 16.849),
        (a_claim(19.0), "contradicted", 16.849),
        (a_claim(14.0, "close"), "confirmed", 13.885),
        (a_claim(13.9, "close", decimals=1), "confirmed", 13.885),
        (a_claim(17.0, "close"), "contradicted", 13.885),
        (a_claim(14.0, "close", "down"), "contradicted", 13.885),
        (a_claim(14.0, "unspecified"), "confirmed", 13.885),
        (a_claim(16.0, "unspecified"), "confirmed", 16.849),
        (a_claim(10.0, "unspecified"), "confirmed", 13.885),
        (a_claim(25.0, "unspecified"), "contradicted", 16.849),
        (a_claim(8.0, "unspecified", "down"), "contradicted", -1.833),
        (a_claim(0.4, "open", "down", decimals=1), "confirmed", -0.39),
        (a_claim(30.0, "open"), "contradicted", -0.39),
    ],
)
def test_figures_of_12_june(mp: PriceSeries, claim: Claim, verdict: str, measured: float) -> None:
    found = checked(claim, mp)
    assert found.verdict == verdict
    assert found.measured == pytest.approx(measured, abs=0.01)
    assert found.extreme_verdict is None


@pytest.mark.parametrize(
    ("since", "verdict"),
    [
        ("--03", "confirmed"),  # of 2023: no day of March 2025 was as high
        ("--03-14", "confirmed"),
        ("2023", "confirmed"),
        ("2023-03", "confirmed"),
        ("2023-03-14", "confirmed"),
        ("2023-03-13", "contradicted"),
        ("2023-02", "contradicted"),
        ("2024-06-12", "confirmed"),  # true, and says too little
        ("--04", "confirmed"),
    ],
)
def test_the_highest_since_march_was_that_of_2023(
    mp: PriceSeries, since: str, verdict: str
) -> None:
    found = checked(a_claim(17.0, extreme="high", since=since), mp)
    assert (found.extreme_verdict, found.measured_since) == (verdict, date(2023, 3, 14))
    assert found.verdict == "confirmed"


def test_a_record_is_contradicted_by_one_higher_session(mp: PriceSeries) -> None:
    assert checked(a_claim(extreme="high"), mp).extreme_verdict == "contradicted"


def test_the_high_of_another_day_is_not_this_days(mp: PriceSeries) -> None:
    """28.27 on 10 June was no highest since March: 15 April had been higher."""
    found = checked(replace(a_claim(None, extreme="high", since="--05"), day=date(2025, 6, 10)), mp)
    assert found.extreme_verdict == found.verdict == "contradicted"
    assert found.measured is None


def test_before_the_close_nothing_is_decided(mp: PriceSeries) -> None:
    claim = a_claim(17.0, extreme="high", since="--03")
    found = checked(claim, mp, close_of(DAY) - timedelta(minutes=30))
    assert (found.verdict, found.extreme_verdict) == ("unverifiable", "unverifiable")
    assert found.reason == "the session of 2025-06-12 had not closed"
    assert checked(claim, mp, close_of(DAY)).verdict == "confirmed"


def test_a_high_told_before_the_close_may_be_passed_later(mp: PriceSeries) -> None:
    def told(at: datetime, percent: float) -> str:
        return check_claim(a_claim(percent), "a", mp, LATER, close_of, at).verdict

    noon = datetime(2025, 6, 12, 16, tzinfo=UTC)
    assert told(noon, 12.0) == "confirmed"
    assert told(noon, 19.0) == "contradicted"
    assert told(close_of(DAY), 12.0) == "contradicted"


def test_a_fall_is_measured_by_the_low(mp: PriceSeries) -> None:
    """11 June: 27.23 before, 23.26 at the lowest."""
    day = date(2025, 6, 11)
    low = replace(a_claim(14.6, "intraday-low", "down", decimals=1), day=day)
    assert checked(low, mp).verdict == "confirmed"
    morning = datetime(2025, 6, 11, 14, 30, tzinfo=UTC)
    early = check_claim(replace(low, percent=8.3), "a", mp, LATER, close_of, morning)
    assert early.verdict == "confirmed"
    assert early.reason == "said before the close; it went further later"


@pytest.mark.parametrize("basis", ["premarket", "afterhours"])
def test_extended_hours_cannot_be_told(mp: PriceSeries, basis: str) -> None:
    found = checked(a_claim(8.0, basis, extreme="high", since="--03"), mp)
    assert (found.verdict, found.extreme_verdict) == ("unverifiable", "unverifiable")
    assert found.reason == "the bars are of the regular session only"


def made_up(*bars: tuple[float | None, float | None, float | None]) -> PriceSeries:
    """(high, close, adjusted close) of sessions that end on 12 June; open and low as the close."""
    found = [
        Bar(DAY - timedelta(days=len(bars) - 1 - number), close, high, close, close, adj, None)
        for number, (high, close, adj) in enumerate(bars)
    ]
    return PriceSeries("MP", tuple(found), "made up")


@pytest.mark.parametrize(
    ("claim", "series", "reason"),
    [
        (a_claim(), None, "no bars of MP"),
        (a_claim(), made_up(), "no bars of MP"),
        (replace(a_claim(), day=date(2025, 6, 14)), made_up((1, 1, 1)), "no bar of MP for"),
        (a_claim(), made_up((1, 1, 1)), "the bars begin on"),
        (a_claim(None), made_up((1, 1, 1), (1, 1, 1)), "no figure"),
        (a_claim(5, "close"), made_up((1, None, None), (1, 1, 1)), "two closes"),
        (a_claim(5, "unspecified"), made_up((1, None, None), (1, 1, 1)), "two closes"),
        (a_claim(5), made_up((1, None, 1), (1, None, 1)), "no high of"),
        (a_claim(5, "intraday-low"), made_up((1, None, 1), (1, None, 1)), "no low of"),
        (a_claim(5, "open"), made_up((1, None, 1), (1, None, 1)), "no opening"),
        (a_claim(5, "unspecified"), made_up((1, None, 1), (1, None, 1)), "no high and low"),
        (a_claim(5, "open"), made_up((1, 1, 1), (1.1, 1, 1)), "minutes after the opening"),
        (a_claim(5, "close", extreme="high"), made_up((1, 1, 1), (1, None, 1.05)), "no high of"),
        (
            a_claim(5, "close", extreme="high", since="2025-06-10"),
            made_up((1, None, 1), (1, 1, 1), (2, 1.05, 1)),
            "no highs before 2025-06-11",
        ),
        (a_claim(5, "close", extreme="high"), made_up((1, 1, 1), (2, 1.05, 1)), "tell no more"),
        (
            a_claim(5, "close", extreme="high", since="2025-06-01"),
            made_up((1, 1, 1), (2, 1.05, 1)),
            "tell no more",
        ),
    ],
)
def test_what_cannot_be_told_is_unverifiable_with_the_reason(
    claim: Claim, series: PriceSeries | None, reason: str
) -> None:
    found = checked(claim, series)
    assert "unverifiable" in (found.verdict, found.extreme_verdict)
    assert reason in str(found.reason)


def test_bars_that_reach_back_to_the_time_named_are_enough() -> None:
    claim = a_claim(5, "close", extreme="high", since="2025-06-11")
    found = checked(claim, made_up((1, 1, 1), (2, 1.05, 1)))
    assert (found.extreme_verdict, found.measured_since) == ("confirmed", None)


def test_adjusted_closes_serve_where_there_are_no_raw_ones() -> None:
    found = checked(a_claim(5, "close"), made_up((None, None, 100), (None, None, 105)))
    assert (found.verdict, found.measured) == ("confirmed", pytest.approx(5))


def test_a_close_is_compared_with_closes_only() -> None:
    series = made_up((9, 2, 2), (9, 1, 1), (9, 1.5, 1.5))
    found = checked(a_claim(50, "close", extreme="high", since="2025-06-10"), series)
    assert (found.extreme_verdict, found.measured_since) == ("confirmed", date(2025, 6, 10))
    low = a_claim(50, "close", "up", extreme="low", since="2025-06-10")
    assert checked(low, series).measured_since == date(2025, 6, 11)


def test_the_lowest_is_measured_by_the_lows() -> None:
    series = made_up((9, 1, 1), (9, 2, 2), (9, 1.5, 1.5))
    found = checked(a_claim(25, "unspecified", "down", extreme="low", since="2025-06-10"), series)
    assert (found.extreme_verdict, found.measured_since) == ("confirmed", date(2025, 6, 10))


def test_a_leap_day_without_a_year_is_found() -> None:
    series = made_up((9, 1, 1), (3, 1, 1))
    found = checked(a_claim(5, extreme="high", since="--02-29"), series)
    assert found.extreme_verdict == "contradicted"


@pytest.mark.parametrize("since", ["March", "--02-30", "2025-W03"])
def test_a_since_that_is_no_date_is_a_bug_and_loud(since: str) -> None:
    with pytest.raises(ValueError, match=r"not a year|no such day"):
        checked(a_claim(5, extreme="high", since=since), made_up((9, 1, 1), (3, 1, 1)))
