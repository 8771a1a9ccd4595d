"""Moves, by hand and on the real bars of June 2025; and what was known of bars when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import MonitorError
from monitor.market.known import known_by
from monitor.market.moves import NoMove, in_shares_of, move_of, start_of_move
from monitor.market.quality import blocking, inspect
from monitor.model import Bar, CorporateAction, DataNote, Move, PriceSeries
from tests.bars import bar, days, intraday, of_closes, real, series

SURGE = date(2025, 6, 12)
CLOSE = datetime(2025, 6, 12, 20, 0, tzinfo=UTC)
DAYS = days(60)


def moved(found: PriceSeries, session: date, expected: date | None = None) -> Move:
    move = move_of(found, session, CLOSE, expected_previous=expected)
    assert isinstance(move, Move)
    return move


def reason(found: PriceSeries, session: date) -> str:
    answer = move_of(found, session, CLOSE)
    assert isinstance(answer, NoMove)
    assert (answer.symbol, answer.session) == (found.symbol, session)
    return answer.reason


class TestRealBars:
    def test_the_surge_of_12_june_2025(self) -> None:
        move = moved(real("MP"), SURGE, date(2025, 6, 11))
        assert (move.previous_close, move.close) == (25.64, 29.2)
        assert move.previous_session == date(2025, 6, 11)
        assert move.ret == pytest.approx(0.1388, abs=5e-5)
        assert move.high_ret == pytest.approx(0.1685, abs=5e-5)
        assert move.low_ret == pytest.approx(25.17 / 25.64 - 1)
        assert move.gap == pytest.approx(25.54 / 25.64 - 1)
        assert move.volume_ratio == pytest.approx(3.5628, abs=5e-5)
        assert move.known_at == CLOSE
        assert move.notes == ()
        # The bars at hand begin in June 2024 and have no higher session before.
        assert [(one.kind, one.basis, one.since, one.first) for one in move.extremes] == [
            ("high", "close", None, date(2024, 6, 3)),
            ("high", "intraday", None, date(2024, 6, 3)),
        ]

    def test_where_raw_prices_begin_adjusted_ones_are_used_and_that_is_said(self) -> None:
        spy = real("SPY")
        move = moved(spy, date(2025, 6, 9))
        assert [note.code for note in move.notes] == ["no-raw-prices"]
        assert move.previous_close == 590.8275
        closes = {one.session: one for one in spy.bars}
        today = closes[date(2025, 6, 9)]
        assert today.adj_close
        assert today.high
        assert today.close
        assert move.ret == pytest.approx(today.adj_close / 590.8275 - 1)
        assert move.high_ret == pytest.approx((1 + move.ret) * today.high / today.close - 1)
        assert moved(spy, SURGE).notes == ()
        assert moved(spy, SURGE).ret == pytest.approx(603.75 / 601.36 - 1)

    def test_bars_of_adjusted_closes_alone_tell_no_gap(self) -> None:
        move = moved(real("SPY"), date(2025, 6, 6))
        assert (move.gap, move.high_ret, move.low_ret, move.volume_ratio) == (None,) * 4
        assert [note.code for note in move.notes] == ["no-raw-prices"]


class TestBases:
    def test_a_split_between_the_closes_is_suspected(self) -> None:
        found = series(
            [
                bar(DAYS[0], 100.0, adj=25.0, volume=10),
                bar(DAYS[1], 26.0, adj=26.0, opened=25.5, high=27.0, low=25.0, volume=40),
            ]
        )
        move = moved(found, DAYS[1])
        assert [note.code for note in move.notes] == ["split-suspected"]
        assert (move.previous_close, move.close) == (25.0, 26.0)
        assert move.ret == pytest.approx(0.04)
        assert move.gap == pytest.approx(0.02)
        assert move.high_ret == pytest.approx(0.08)
        assert move.low_ret == pytest.approx(0.0)

    def test_a_dividend_is_no_split(self) -> None:
        found = series([bar(DAYS[0], 100.0, adj=95.0), bar(DAYS[1], 95.0, adj=95.0)])
        assert moved(found, DAYS[1]).ret == pytest.approx(-0.05)
        assert moved(found, DAYS[1]).notes == ()

    def test_a_raw_surge_without_adjusted_closes_is_believed(self) -> None:
        for adj in ((None, None), (10.0, None), (None, 16.0)):
            found = series([bar(DAYS[0], 10.0, adj=adj[0]), bar(DAYS[1], 16.0, adj=adj[1])])
            assert moved(found, DAYS[1]).ret == pytest.approx(0.6)

    def test_closes_of_different_kinds_are_not_compared(self) -> None:
        for before, today in (((10.0, None), (None, 9.0)), ((None, 9.0), (10.0, None))):
            found = series([bar(DAYS[0], before[0], adj=before[1]), bar(DAYS[1], None)])
            bars = (found.bars[0], bar(DAYS[1], today[0], adj=today[1]))
            assert "no close of the same kind" in reason(series(bars), DAYS[1])

    def test_what_cannot_be_told_has_its_reason(self) -> None:
        found = series([bar(DAYS[0], 10.0), bar(DAYS[2], None), bar(DAYS[3], 11.0)])
        assert reason(found, DAYS[0]) == f"no close before {DAYS[0]}"
        assert reason(found, DAYS[1]) == f"no bar of {DAYS[1]}"
        assert reason(found, DAYS[2]) == f"the bar of {DAYS[2]} has no close"
        assert reason(series([]), DAYS[0]) == f"no bar of {DAYS[0]}"

    def test_a_session_that_is_missing_before_is_noted(self) -> None:
        found = series([bar(DAYS[0], 10.0), bar(DAYS[2], None), bar(DAYS[3], 11.0)])
        move = moved(found, DAYS[3], DAYS[2])
        assert [note.code for note in move.notes] == ["missing-session"]
        assert str(DAYS[2]) in move.notes[0].text
        assert move.previous_session == DAYS[0]
        assert moved(found, DAYS[3], DAYS[0]).notes == ()

    def test_notes_on_the_session_come_along(self) -> None:
        notes = tuple(DataNote("split", "ABC", day, "") for day in (DAYS[0], DAYS[1], None))
        found = replace(of_closes([1.0, 1.01]), notes=notes)
        assert moved(found, DAYS[1]).notes == notes[1:2]

    def test_doubts_come_along_each_once(self) -> None:
        """A close above its high, and the bar before above its own: both are in the return."""
        bars = (bar(DAYS[0], 9.0), bar(DAYS[1], 9.9, high=9.5), bar(DAYS[2], 10.5, high=10.0))
        found = series(bars)
        codes = [(note.code, note.session) for note in moved(found, DAYS[2]).notes]
        assert codes == [("outside-range", DAYS[2]), ("outside-range", DAYS[1])]
        inspected = replace(found, notes=inspect(found))
        assert set(moved(inspected, DAYS[2]).notes) == set(inspect(found))

    def test_prices_that_are_none_are_left_out(self) -> None:
        nan = float("nan")
        bars = [bar(DAYS[0], 10.0), bar(DAYS[1], nan, high=0.0), bar(DAYS[2], 11.0, high=-1.0)]
        move = moved(series(bars), DAYS[2])
        assert (move.previous_session, move.ret) == (DAYS[0], pytest.approx(0.1))
        assert move.high_ret is None
        assert [note.code for note in move.notes] == ["bad-price"]
        assert reason(series(bars), DAYS[1]) == f"the bar of {DAYS[1]} has no close"


class TestAgainstThePast:
    def test_volume_against_the_median_of_the_20_sessions_before(self) -> None:
        volumes = [1000.0] * 5 + [10.0] * 9 + [12.0] * 2 + [20.0] * 9 + [33.0]
        found = series([bar(day, 1.0, volume=one) for day, one in zip(DAYS, volumes, strict=False)])
        assert moved(found, DAYS[25]).volume_ratio == pytest.approx(33 / 12)

    @pytest.mark.parametrize(
        ("past", "today", "ratio"),
        [
            ([10.0] * 10, 20.0, 2.0),
            ([10.0] * 9 + [None], 20.0, None),
            ([0.0] * 10, 20.0, None),
            ([10.0] * 10, None, None),
        ],
    )
    def test_a_volume_ratio_needs_volumes(
        self, past: list[float | None], today: float | None, ratio: float | None
    ) -> None:
        bars = [bar(day, 1.0, volume=one) for day, one in zip(DAYS, [*past, today], strict=False)]
        assert moved(series(bars), DAYS[10]).volume_ratio == ratio

    def test_an_extreme_reaches_back_to_the_last_session_as_high(self) -> None:
        closes = [50.0, 60.0, *[10.0 + one / 100 for one in range(24)], 60.0]
        (extreme,) = moved(of_closes(closes), DAYS[26]).extremes
        assert (extreme.kind, extreme.basis) == ("high", "close")
        assert (extreme.since, extreme.sessions, extreme.first) == (DAYS[1], 24, DAYS[0])

    def test_lows_are_told_as_highs_are_and_highs_and_lows_of_the_day_too(self) -> None:
        quiet = [bar(day, 10.0, high=11.0, low=9.0) for day in DAYS[:21]]
        wild = bar(DAYS[21], 9.9, high=12.0, low=8.0)
        found = moved(series([*quiet, wild]), DAYS[21]).extremes
        assert [(one.kind, one.basis, one.since, one.sessions) for one in found] == [
            ("low", "close", None, 21),
            ("high", "intraday", None, 21),
            ("low", "intraday", None, 21),
        ]

    @pytest.mark.parametrize(("count", "told"), [(19, 0), (20, 1)])
    def test_only_20_sessions_or_more_are_worth_telling(self, count: int, told: int) -> None:
        move = moved(of_closes([9.0, *[5.0] * count, 8.0]), DAYS[count + 1])
        assert len(move.extremes) == told

    def test_prices_from_before_a_split_are_not_compared(self) -> None:
        before = [bar(day, 100.0, adj=10.0, high=101.0) for day in DAYS[:10]]
        after = [bar(day, 10.0, adj=10.0, high=10.5) for day in DAYS[10:32]]
        top = bar(DAYS[32], 12.0, adj=12.0, high=13.0)
        found = moved(series([*before, *after, top]), DAYS[32]).extremes
        assert {one.since for one in found} == {None}
        assert {one.first for one in found} == {DAYS[10]}
        assert {one.basis for one in found} == {"close", "intraday"}

    def test_short_raw_prices_give_way_to_long_adjusted_ones(self) -> None:
        adjusted = [bar(day, None, adj=10.0) for day in DAYS[:25]]
        both = [bar(DAYS[25], 20.0, adj=10.0), bar(DAYS[26], 22.0, adj=11.0)]
        (extreme,) = moved(series([*adjusted, *both]), DAYS[26]).extremes
        assert (extreme.basis, extreme.sessions, extreme.first) == ("close", 26, DAYS[0])

    @given(st.lists(st.integers(1, 30), min_size=22, max_size=50))
    def test_an_extreme_is_what_a_plain_search_finds(self, closes: list[int]) -> None:
        found = moved(of_closes([float(one) for one in closes]), DAYS[len(closes) - 1]).extremes
        *past, last = closes
        for kind, beaten in (
            ("high", [one < last for one in past]),
            ("low", [one > last for one in past]),
        ):
            covered = next(
                (at for at, lower in enumerate(reversed(beaten)) if not lower), len(past)
            )
            told = [one.sessions for one in found if one.kind == kind and one.basis == "close"]
            assert told == ([covered] if covered >= 20 else [])

    @given(st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0.01, 100))
    def test_a_return_does_not_depend_on_the_unit(
        self, before: float, after: float, unit: float
    ) -> None:
        move = moved(of_closes([before, after]), DAYS[1])
        other = moved(of_closes([before * unit, after * unit]), DAYS[1])
        assert other.ret == pytest.approx(move.ret, abs=1e-9)
        assert move.previous_close * (1 + move.ret) == pytest.approx(after)


OPEN = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
STEP = timedelta(minutes=5)
CALM = (25.6, 25.7, 25.6, 25.7, 25.6, 25.7)
LATER = (29.2, 29.1, 29.2, 29.1, 29.2, 29.1, 29.2)


class TestStartOfMove:
    """How it is found is tested with `change_point`."""

    def test_the_bar_in_which_it_began(self) -> None:
        rise = moved(real("MP"), SURGE)
        bars = intraday(OPEN, [*CALM, *LATER])
        assert start_of_move(bars, rise) == OPEN + 6 * STEP
        assert start_of_move([], rise) is None
        assert start_of_move(bars[:6], rise) is None
        assert start_of_move(bars, replace(rise, ret=-0.01)) is None
        after = intraday(CLOSE, [40.0] * 20)
        assert start_of_move([*bars, *after], rise) == OPEN + 6 * STEP
        assert start_of_move(after, rise) is None

    def test_bars_in_other_shares_than_the_move(self) -> None:
        rise = moved(real("MP"), SURGE)
        new_shares = intraday(OPEN, [price / 10 for price in (*CALM, *LATER)])
        assert start_of_move(new_shares, rise) == OPEN + 6 * STEP

    def test_it_is_told_with_the_move_where_bars_are_at_hand(self) -> None:
        found = replace(real("MP"), intraday=tuple(intraday(OPEN, [*CALM, *LATER])))
        move = move_of(found, SURGE, CLOSE, open_at=OPEN)
        assert isinstance(move, Move)
        assert move.began_at == OPEN + 6 * STEP
        assert moved(found, SURGE).began_at is None


class TestOutsideTheSession:
    def test_last_prices_before_the_open_and_after_the_close(self) -> None:
        bars = (
            *intraday(datetime(2025, 6, 11, 20, tzinfo=UTC), [20.0, 21.0]),  # the evening before
            *intraday(datetime(2025, 6, 12, 8, tzinfo=UTC), [26.0, 26.41]),
            *intraday(OPEN, [*CALM, *LATER]),
            *intraday(CLOSE, [30.0, 31.682]),
        )
        found = replace(real("MP"), intraday=bars)
        move = move_of(found, SURGE, CLOSE, open_at=OPEN)
        assert isinstance(move, Move)
        assert move.premarket_ret == pytest.approx(26.41 / 25.64 - 1)
        assert move.afterhours_ret == pytest.approx(0.085)
        regular = move_of(replace(found, intraday=bars[4:-2]), SURGE, CLOSE, open_at=OPEN)
        assert isinstance(regular, Move)
        assert (regular.premarket_ret, regular.afterhours_ret) == (None, None)
        unknown = moved(found, SURGE)  # without the open it is not known what came before it
        assert (unknown.premarket_ret, unknown.afterhours_ret) == (None, None)


def split(day: date, value: float) -> CorporateAction:
    return CorporateAction(day, "split", value)


class TestActions:
    BEFORE, TODAY = (
        bar(DAYS[0], 100.0, adj=25.0, volume=10),
        bar(DAYS[1], 26.0, adj=26.0, opened=25.5, high=27.0, low=25.0, volume=40),
    )

    @pytest.mark.parametrize(
        ("closes", "value", "ret", "previous", "codes"),
        [
            # raw before, raw after, adjusted before, adjusted after
            ((100.0, 26.0, 25.0, 26.0), 4.0, 0.04, 25.0, ["split"]),
            ((100.0, 26.0, None, None), 4.0, 0.04, 25.0, ["split"]),
            ((25.0, 26.0, 25.0, 26.0), 4.0, 0.04, 25.0, []),  # adjusted before it came
            ((25.0, 26.0, None, None), 4.0, 0.04, 25.0, []),
            ((100.0, 26.0, 100.0, 26.0), 4.0, 0.04, 25.0, ["split-not-applied", "split"]),
            ((1.0, 10.5, 10.0, 10.5), 0.1, 0.05, 10.0, ["split"]),
            ((105.0, 102.0, 100.0, 102.0), 1.05, 0.02, 100.0, ["split"]),  # a stock dividend
            ((105.0, 102.0, None, None), 1.05, 0.02, 100.0, ["split"]),
            ((100.0, 102.0, 100.0, 102.0), 1.05, 0.02, 100.0, []),
            ((None, None, 25.0, 26.0), 4.0, 0.04, 25.0, ["no-raw-prices"]),
            ((None, 26.0, 100.0, 26.0), 4.0, 0.04, 25.0, ["split-not-applied", "no-raw-prices"]),
        ],
    )
    def test_a_split_that_is_told_of(
        self,
        closes: tuple[float | None, ...],
        value: float,
        ret: float,
        previous: float,
        codes: list[str],
    ) -> None:
        bars = (bar(DAYS[0], closes[0], adj=closes[2]), bar(DAYS[1], closes[1], adj=closes[3]))
        found = replace(series(bars), actions=(split(DAYS[1], value),))
        move = moved(found, DAYS[1])
        assert (move.ret, move.previous_close) == (pytest.approx(ret), pytest.approx(previous))
        assert [note.code for note in move.notes] == codes
        assert bool(blocking(move.notes)) == ("split-not-applied" in codes)

    def test_what_lies_within_the_session_is_in_new_shares_too(self) -> None:
        found = replace(series([self.BEFORE, self.TODAY]), actions=(split(DAYS[1], 4.0),))
        move = moved(found, DAYS[1])
        assert move.gap == pytest.approx(0.02)
        assert move.high_ret == pytest.approx(0.08)
        assert move.low_ret == pytest.approx(0.0)

    def test_a_split_of_another_day_does_not_matter(self) -> None:
        for day in (DAYS[0], DAYS[2]):
            found = replace(of_closes([10.0, 10.5]), actions=(split(day, 4.0),))
            assert moved(found, DAYS[1]).ret == pytest.approx(0.05)

    def test_a_split_with_no_close_of_one_kind(self) -> None:
        bars = (bar(DAYS[0], 100.0), bar(DAYS[1], None, adj=26.0))
        found = replace(series(bars), actions=(split(DAYS[1], 4.0),))
        assert "no close of the same kind" in reason(found, DAYS[1])

    def test_the_past_is_compared_in_new_shares(self) -> None:
        past = [bar(day, 100.0, adj=10.0, high=120.0, volume=100) for day in DAYS[:10]]
        past[3] = bar(DAYS[3], 125.0, adj=12.5, high=126.0, volume=100)
        later = [bar(day, 10.0, adj=10.0, high=10.5, volume=1000) for day in DAYS[10:32]]
        top = bar(DAYS[32], 12.4, adj=12.4, high=12.7, volume=2000)
        found = replace(series([*past, *later, top]), actions=(split(DAYS[10], 10.0),))
        extremes = {one.basis: one for one in moved(found, DAYS[32]).extremes if one.kind == "high"}
        assert (extremes["close"].since, extremes["intraday"].since) == (DAYS[3], None)
        assert extremes["intraday"].first == DAYS[0]
        soon = replace(found, bars=found.bars[:15])
        assert moved(soon, DAYS[14]).volume_ratio == pytest.approx(1.0)

    def test_dividends(self) -> None:
        dividend = CorporateAction(DAYS[1], "dividend", 2.0)
        bars = [bar(DAYS[0], 100.0, adj=98.0), bar(DAYS[1], 99.0, adj=99.0)]
        move = moved(replace(series(bars), actions=(dividend,)), DAYS[1])
        assert move.ret == pytest.approx(-0.01)
        assert [note.text for note in move.notes] == [
            "dividend of 2 a share, 2.0% of the close before, left out"
        ]
        small = replace(dividend, value=0.2)
        assert moved(replace(series(bars), actions=(small,)), DAYS[1]).notes == ()
        bars = [bar(DAYS[0], 100.0, adj=60.0), bar(DAYS[1], 61.0, adj=61.0)]
        great = moved(replace(series(bars), actions=(replace(dividend, value=40.0),)), DAYS[1])
        assert great.ret == pytest.approx(1 / 60)
        assert [note.code for note in great.notes] == ["dividend"]

    def test_adjusted_prices_that_jump_alone_are_not_believed(self) -> None:
        bars = [bar(DAYS[0], 100.0, adj=50.0), bar(DAYS[1], 101.0, adj=101.0)]
        move = moved(series(bars), DAYS[1])
        assert move.ret == pytest.approx(0.01)
        assert [note.code for note in blocking(move.notes)] == ["prices-disagree"]

    def test_a_series_in_the_shares_of_a_day(self) -> None:
        bars = [
            bar(day, close, volume=5) for day, close in zip(DAYS, (40.0, 44.0, 11.0), strict=False)
        ]
        found = replace(series(bars), actions=(split(DAYS[2], 4.0), split(DAYS[4], 2.0)))
        assert in_shares_of(found, DAYS[1]).bars == found.bars[:2]
        assert [one.close for one in in_shares_of(found, DAYS[2]).bars] == [10.0, 11.0, 11.0]
        assert [one.close for one in in_shares_of(found, DAYS[5]).bars] == [5.0, 5.5, 5.5]
        assert [one.volume for one in in_shares_of(found, DAYS[5]).bars] == [40, 40, 10]
        assert in_shares_of(found, date(2024, 1, 1)).bars == ()


def closes_at_20(day: date) -> datetime:
    if day.weekday() > 4:
        raise MonitorError(f"XNYS: {day} is not a session")
    return datetime.combine(day, time(20), UTC)


class TestKnown:
    FRIDAY, SATURDAY, MONDAY = date(2025, 6, 13), date(2025, 6, 14), date(2025, 6, 16)
    BARS: tuple[Bar, ...] = tuple(bar(day, 1.0) for day in (SURGE, FRIDAY, MONDAY))

    def test_only_bars_of_closed_sessions_are_known(self) -> None:
        found = series(self.BARS)
        for at, count in (("13T19:59:59", 1), ("13T20:00:00", 2), ("16T20:00:00", 3)):
            as_of = datetime.fromisoformat(f"2025-06-{at}Z")
            assert known_by(found, as_of, closes_at_20).bars == self.BARS[:count]
        early = datetime(2025, 1, 1, tzinfo=UTC)
        assert known_by(found, early, closes_at_20).bars == ()

    def test_a_newest_bar_on_a_day_without_session_is_left_out_and_noted(self) -> None:
        found = series([*self.BARS[:2], bar(self.SATURDAY, 99.0)])
        as_of = datetime(2025, 6, 15, tzinfo=UTC)
        known = known_by(found, as_of, closes_at_20)
        assert known.bars == self.BARS[:2]
        assert [(note.code, note.session) for note in known.notes] == [
            ("not-a-session", self.SATURDAY)
        ]

    def test_notes_on_later_days_are_not_known_yet(self) -> None:
        notes = tuple(DataNote("split", "ABC", day, "") for day in (SURGE, self.MONDAY, None))
        actions = (split(SURGE, 2.0), split(self.MONDAY, 3.0))
        found = replace(series(self.BARS), notes=notes, actions=actions)
        known = known_by(found, datetime(2025, 6, 13, 21, 0, tzinfo=UTC), closes_at_20)
        assert (known.notes, known.actions) == ((notes[0], notes[2]), actions[:1])
        # On Monday morning the split of the day is known, though its session is not over.
        known = known_by(found, datetime(2025, 6, 16, 12, 0, tzinfo=UTC), closes_at_20)
        assert known.actions == actions
        assert known.bars == self.BARS[:2]

    def test_an_intraday_bar_is_known_when_it_ends(self) -> None:
        bars = tuple(intraday(OPEN, [1.0, 2.0, 3.0]))
        found = replace(series(self.BARS[:1]), intraday=bars)
        as_of = bars[1].start + timedelta(minutes=5)
        assert known_by(found, as_of, closes_at_20).intraday == bars[:2]
