"""Claims against bars: real ones of 12 June 2025, and made-up ones for each way it can go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.correlate.claims import check_claim
from monitor.market.bars_csv import parse_daily
from monitor.market.sessions import Sessions
from monitor.model import Bar, CheckedClaim, Claim, IntradayBar, PriceSeries

EPISODE = Path(__file__).parent.parent / "monitor" / "demo" / "episode" / "prices"
DAY = date(2025, 6, 12)
NYSE = Sessions()
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
        (a_claim(10.0, bound="at-least"), "confirmed", 16.849),
        (a_claim(18.0, bound="at-least", approx=True), "contradicted", 16.849),
        (a_claim(20.0, "close", bound="at-most"), "confirmed", 13.885),
        (a_claim(12.0, "close", bound="at-most"), "contradicted", 13.885),
        (a_claim(20.0, "close", "down", bound="at-most"), "contradicted", 13.885),
        (a_claim(0.2, "open", "down", decimals=1, bound="at-least"), "confirmed", -0.39),
        (a_claim(0.2, "open", decimals=1, bound="at-least"), "unverifiable", -0.39),
        (a_claim(15.0, "unspecified", bound="at-least"), "confirmed", 16.849),
        (a_claim(20.0, "close", decimals=-1), "contradicted", 13.885),
        (a_claim(10.0, "close", decimals=-1), "confirmed", 13.885),
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


def test_either_basis_makes_an_extreme_true_that_names_none() -> None:
    series = made_up((9, 1, 1), (5, 2, 2), (6, 2.5, 2.5))
    found = checked(a_claim(25, "unspecified", extreme="high", since="2025-06-10"), series)
    assert (found.extreme_verdict, found.measured_since) == ("confirmed", date(2025, 6, 10))
    by_close = made_up((9, 3, 3), (7, 2, 2), (6, 2.5, 2.5))  # the highs say since yesterday
    found = checked(a_claim(25, "unspecified", extreme="high", since="2025-06-10"), by_close)
    assert (found.extreme_verdict, found.measured_since) == ("confirmed", date(2025, 6, 10))
    assert found.reason == "by closes"
    within = a_claim(200, "intraday-high", extreme="high", since="2025-06-10")
    assert checked(within, by_close).extreme_verdict == "contradicted"
    neither = a_claim(25, "unspecified", extreme="high", since="2025-06-09")
    assert checked(neither, by_close).extreme_verdict == "contradicted"
    too_little = a_claim(25, "unspecified", extreme="high", since="2025-06-10")
    reason = checked(too_little, made_up((9, 3, 3), (7, 1, 1), (8, 2, 2), (6, 2.5, 2.5))).reason
    assert reason == "by closes: it says too little: none was since 2025-06-09"


def test_doubtful_prices_contradict_nothing(mp: PriceSeries) -> None:
    claim = a_claim(19.0, extreme="high")
    doubt = "a jump like a split"
    found = check_claim(claim, "a", mp, LATER, close_of, doubt=doubt)
    assert (found.verdict, found.extreme_verdict) == ("unverifiable", "unverifiable")
    assert found.reason == doubt
    true = check_claim(a_claim(), "a", mp, LATER, close_of, doubt=doubt)
    assert (true.verdict, true.reason) == ("confirmed", None)


def test_a_day_without_a_session_is_said(mp: PriceSeries) -> None:
    claim = replace(a_claim(), day=date(2025, 6, 19))
    found = check_claim(claim, "a", mp, LATER, NYSE.close_of, calendar=NYSE)
    assert found.reason == "there was no session on 2025-06-19"


def test_a_move_over_several_sessions_is_no_days_move(mp: PriceSeries) -> None:
    bars = tuple(bar for bar in mp.bars if bar.session != date(2025, 6, 11))
    holed = replace(mp, bars=bars)
    found = check_claim(a_claim(), "a", holed, LATER, NYSE.close_of, calendar=NYSE)
    assert (found.verdict, found.reason) == (
        "unverifiable",
        "no close of the session before 2025-06-12",
    )
    whole = check_claim(a_claim(), "a", mp, LATER, NYSE.close_of, calendar=NYSE)
    assert whole.verdict == "confirmed"


# ---------------------------------------------------------------- the time of the text


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-06-{text}Z")


def half_hours(
    start: datetime, *prices: tuple[float, float, float], previous: float = 25.64
) -> tuple[IntradayBar, ...]:
    """(high, low, close) of bars of 30 minutes, in percent of the close before."""
    return tuple(
        IntradayBar(
            start + number * timedelta(minutes=30),
            30,
            *(previous * (1 + one / 100) for one in (close, high, low, close)),
            None,
        )
        for number, (high, low, close) in enumerate(prices)
    )


def said(
    series: PriceSeries, claim: Claim, at: datetime | None, as_of: datetime = LATER
) -> CheckedClaim:
    return check_claim(claim, "a", series, as_of, NYSE.close_of, at, calendar=NYSE)


# 13:30 to 16:30 UTC: at first nothing, from 14:30 a rise, and 16.85 % at the highest later on.
MORNING = half_hours(
    utc("12T13:30"), (1, -1, 0), (1, -1, 0), (6, 0, 5), (12, 5, 11), (12, 9, 10), (13, 9, 12)
)


class TestWithinTheSession:
    @pytest.fixture
    def inside(self, mp: PriceSeries) -> PriceSeries:
        return replace(mp, intraday=MORNING)

    @pytest.mark.parametrize(
        ("percent", "at", "verdict"),
        [
            (12.0, "12T15:30", "confirmed"),
            (12.0, "12T14:15", "contradicted"),  # it was that high only later
            (5.0, "12T15:30", "confirmed"),  # it was so within the hour before
            (1.0, "12T16:20", "contradicted"),  # it had long been higher
            (13.0, "12T16:29", "confirmed"),
            (19.0, "12T16:29", "contradicted"),
            (17.0, "12T16:29", "confirmed"),  # the text was changed later: the day as a whole
            (12.0, "12T18:30", "confirmed"),  # the bars end before: as without them
        ],
    )
    def test_a_high_so_far(
        self, inside: PriceSeries, percent: float, at: str, verdict: str
    ) -> None:
        assert said(inside, a_claim(percent), utc(at)).verdict == verdict

    def test_a_low_so_far(self, mp: PriceSeries) -> None:
        """11 June: 27.23 before, 14.6 % below at the lowest."""
        bars = half_hours(utc("11T13:30"), (0, -4, -3), (-2, -8, -7), (-5, -9, -8), previous=27.23)
        fallen = replace(mp, intraday=bars)
        claim = replace(a_claim(8.0, "intraday-low", "down"), day=date(2025, 6, 11))
        assert said(fallen, claim, utc("11T14:20")).verdict == "confirmed"
        assert said(fallen, claim, utc("11T13:50")).verdict == "contradicted"
        assert said(fallen, replace(claim, percent=20.0), utc("11T14:20")).verdict == "contradicted"

    def test_what_is_true_already_needs_no_close(self, inside: PriceSeries) -> None:
        open_still = replace(inside, bars=tuple(bar for bar in inside.bars if bar.session < DAY))
        now = utc("12T16:20")
        found = said(open_still, a_claim(12.0), utc("12T15:30"), now)
        assert (found.verdict, found.measured) == ("confirmed", pytest.approx(12.0))
        assert said(open_still, a_claim(11.0, "unspecified"), utc("12T15:30"), now).verdict == (
            "confirmed"
        )
        extreme = a_claim(None, "intraday-high", extreme="high", since="2025-06-10")
        assert said(inside, extreme, utc("12T16:20"), now).extreme_verdict == "confirmed"
        for claim, at in (
            (a_claim(19.0), "12T15:30"),  # may come yet
            (a_claim(11.0, "close"), "12T15:30"),
            (a_claim(12.0, extreme="high", since="--03"), "12T15:30"),
            (a_claim(None), "12T15:30"),
        ):
            found = said(inside, claim, utc(at), now)
            assert (found.verdict, found.reason) == (
                "unverifiable",
                "the session of 2025-06-12 had not closed",
            )
        reason = said(open_still, a_claim(19.0), utc("12T15:30"), now).reason
        assert reason == "there is no bar of MP for 2025-06-12 yet"

    def test_bars_with_holes_tell_no_high(self, inside: PriceSeries) -> None:
        holed = replace(inside, intraday=(*MORNING[:1], *MORNING[3:]))
        now = utc("12T16:20")
        assert said(holed, a_claim(12.0), utc("12T15:30"), now).verdict == "unverifiable"
        at_the_open = said(holed, a_claim(1.0), utc("12T13:30"), now)
        assert at_the_open.verdict == "unverifiable"


class TestOutsideTheSession:
    BEFORE = half_hours(utc("12T08:00"), (2, 1, 2), (9, 2, 8), (8.6, 7, 8))
    AFTER = half_hours(utc("12T20:00"), (9, 0, 8.5), (8, 6, 6.2), previous=29.2)

    @pytest.fixture
    def whole(self, mp: PriceSeries) -> PriceSeries:
        return replace(mp, intraday=(*self.BEFORE, *MORNING, *self.AFTER))

    @pytest.mark.parametrize(
        ("claim", "at", "verdict", "measured"),
        [
            (a_claim(8.0, "premarket"), "12T09:10", "confirmed", 8.0),
            (a_claim(9.0, "premarket"), "12T09:10", "confirmed", 9.0),
            (a_claim(9.0, "premarket"), "12T08:10", "contradicted", 2.0),
            (a_claim(12.0, "premarket"), None, "contradicted", 9.0),
            (a_claim(8.5, "afterhours", decimals=1), None, "confirmed", 9.0),
            (a_claim(8.5, "afterhours", decimals=1), "12T20:10", "confirmed", 8.5),
            (a_claim(6.0, "afterhours"), "13T12:00", "confirmed", 6.2),
            (a_claim(6.0, "afterhours", "down"), None, "contradicted", 0.0),
            # Before its first bar it was said of what is not told: all bars count.
            (a_claim(8.0, "premarket"), "12T07:00", "confirmed", 8.0),
        ],
    )
    def test_figures(
        self,
        whole: PriceSeries,
        claim: Claim,
        at: str | None,
        verdict: str,
        measured: float,
    ) -> None:
        found = said(whole, claim, utc(at) if at else None)
        assert (found.verdict, found.measured) == (verdict, pytest.approx(measured))

    def test_before_the_open_is_known_before_the_close(self, whole: PriceSeries) -> None:
        bars = tuple(bar for bar in whole.bars if bar.session < DAY)
        early = replace(whole, bars=bars, intraday=self.BEFORE)
        found = said(early, a_claim(8.0, "premarket"), utc("12T09:10"), utc("12T09:30"))
        assert found.verdict == "confirmed"
        after = replace(whole, bars=bars)
        found = said(after, a_claim(8.0, "afterhours"), utc("12T21:00"), utc("12T21:30"))
        assert found.reason == "no close of 2025-06-12 is at hand"
        holed = replace(early, bars=bars[:-1])
        found = said(holed, a_claim(8.0, "premarket"), utc("12T09:10"), utc("12T09:30"))
        assert found.reason == "no close before 2025-06-12 is at hand"

    def test_without_such_bars_it_cannot_be_told(self, mp: PriceSeries) -> None:
        regular = replace(mp, intraday=MORNING)
        for basis in ("premarket", "afterhours"):
            found = said(regular, a_claim(8.0, basis), None)
            assert found.reason == "the bars are of the regular session only"
        assert said(regular, a_claim(None, "premarket"), None).reason == "the text gives no figure"


def test_a_day_of_another_exchange_is_its_own() -> None:
    """Sydney's 10 June closes at 6:00 UTC, and the day before is a holiday there."""
    sydney = Sessions("XASX")
    closes = ((date(2025, 6, 6), 8.0), (date(2025, 6, 10), 8.8))
    bars = tuple(Bar(day, close, close, close, close, None, None) for day, close in closes)
    series = PriceSeries("MP", bars, "made up")
    claim = replace(a_claim(10.0, "close"), day=date(2025, 6, 10))

    def at(moment: str) -> CheckedClaim:
        return check_claim(claim, "a", series, utc(moment), sydney.close_of, calendar=sydney)

    assert at("10T06:00").verdict == "confirmed"
    assert at("10T05:59").reason == "the session of 2025-06-10 had not closed"
    monday = replace(claim, day=date(2025, 6, 9))
    found = check_claim(monday, "a", series, utc("10T06:00"), sydney.close_of, calendar=sydney)
    assert found.reason == "there was no session on 2025-06-09"
