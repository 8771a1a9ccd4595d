"""Where a move began: simulated paths with a known start, real days of June 2025 and before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.market.bars_csv import parse_intraday
from monitor.market.change_point import ChangePoint, change_point
from monitor.model import IntradayBar
from tests.bars import intraday

NEW_YORK = ZoneInfo("America/New_York")
DATA = Path(__file__).parent / "data" / "intraday"
OPEN = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
BARS = 78  # of 5 minutes, a session in New York
STEP = timedelta(minutes=5)
SPREAD = 0.003


def path(returns: Sequence[float], gap: float = 0.0, opened: datetime = OPEN) -> list[IntradayBar]:
    """Bars of 5 minutes from log returns; the close before is 100."""
    closes = 100 * np.exp(gap + np.cumsum(returns))
    return intraday(opened, [float(one) for one in closes], first_open=100 * float(np.exp(gap)))


def noise(rng: np.random.Generator, df: int | None = None, count: int = BARS) -> np.ndarray:
    """Returns, normal or of Student's t, that are wilder at both ends of the session."""
    drawn = rng.standard_normal(count)
    if df is not None:
        drawn = rng.standard_t(df, count) * np.sqrt((df - 2) / df)
    return np.asarray(SPREAD * drawn * (0.7 + 0.9 * np.linspace(-1, 1, count) ** 2))


def found_at(bars: Sequence[IntradayBar], up: bool = True) -> ChangePoint:
    point = change_point(bars, 100.0, up=up)
    assert point is not None
    return point


class TestSimulated:
    """100 paths each. The start is drawn; it is to be found within one bar (three bars)."""

    @pytest.mark.parametrize("df", [None, 4], ids=["normal", "heavy-tailed"])
    @pytest.mark.parametrize(
        ("kind", "within_one", "within_three"),
        [("jump", 0.97, 0.98), ("ramp", 0.97, 0.98), ("gap", 0.98, 0.98)],
    )
    def test_the_start_is_found(
        self, kind: str, within_one: float, within_three: float, df: int | None
    ) -> None:
        rng = np.random.default_rng(7)
        near, covered = [], 0
        for number in range(100):
            returns, start, gap = noise(rng, df), int(rng.integers(8, 60)), 0.0
            sign = 1 if number % 2 else -1
            if kind == "jump":
                returns[start] += sign * 0.08
            elif kind == "ramp":  # 10 % in half an hour
                returns[start : start + 6] += sign * 0.10 / 6
            else:
                start, gap = 0, sign * 0.08
            point = change_point(path(returns, gap), 100.0, up=sign > 0)
            if point is None:
                near.append(BARS)
                continue
            near.append(abs((point.at - OPEN) // STEP - start))
            covered += point.earliest <= OPEN + start * STEP <= point.latest
            assert point.gap is (kind == "gap")
            assert np.sign(point.ret) == sign
        assert np.mean(np.array(near) <= 1) >= within_one
        assert np.mean(np.array(near) <= 3) >= within_three
        assert covered / len(near) >= 0.95

    def test_where_nothing_happens_nothing_is_found(self) -> None:
        rng = np.random.default_rng(8)
        flat = [SPREAD * rng.standard_normal(BARS) for _ in range(200)]
        found = [change_point(path(one), 100.0, up=bool(one.sum() > 0)) for one in flat]
        assert sum(one is not None and not one.gap for one in found) <= 2

    def test_a_steady_drift_has_no_start(self) -> None:
        rng = np.random.default_rng(9)
        drift = [SPREAD * rng.standard_normal(BARS) + 0.06 / BARS for _ in range(50)]
        assert sum(change_point(path(one), 100.0, up=True) is not None for one in drift) <= 2

    def test_a_wild_day_makes_no_step_great(self) -> None:
        rng = np.random.default_rng(10)
        returns = rng.standard_normal(BARS)
        returns[40] += 4  # standard deviations
        assert change_point(path(returns * 0.012), 100.0, up=bool(returns.sum() > 0)) is None
        quiet = returns * 0.0012
        quiet[40] = 0.05
        assert found_at(path(quiet)).at == OPEN + 40 * STEP

    @settings(max_examples=25, deadline=None)
    @example(125, 69, 2.0)  # the noise alone takes it so low that the step leads to no rise
    @given(st.integers(0, 10_000), st.integers(3, 70), st.floats(0.3, 5000))
    def test_neither_unit_nor_direction_matter(self, seed: int, start: int, unit: float) -> None:
        returns = noise(np.random.default_rng(seed))
        returns[start] += 0.07
        up = change_point(path(returns), 100.0, up=True)
        down = change_point(path(-returns), 100.0, up=False)
        scaled = [
            IntradayBar(
                b.start, 5, b.open * unit, b.high * unit, b.low * unit, b.close * unit, None
            )
            for b in path(returns)
        ]
        other = change_point(scaled, 100.0 * unit, up=True)
        if np.cumsum(returns).max() <= 0:
            assert up is down is other is None
            return
        assert up is not None
        assert down is not None
        assert other is not None
        assert (down.at, down.until, down.score) == (up.at, up.until, pytest.approx(up.score))
        assert other.at == up.at


class TestByHand:
    CALM = (0.001, -0.001) * 20

    def test_the_stretch_that_makes_most_of_the_move(self) -> None:
        returns = list(self.CALM)
        returns[10] = 0.02  # a first, smaller step
        returns[25:28] = [0.03, 0.03, 0.03]
        point = found_at(path(returns))
        assert (point.at, point.until) == (OPEN + 25 * STEP, OPEN + 28 * STEP)
        assert (point.earliest, point.latest) == (point.at, point.at)
        assert point.ret == pytest.approx(np.exp(0.09) - 1)
        assert point.minutes == 5
        # three bars of 3 %, in standard deviations of a bar: median 0.1 % over 0.6745
        assert point.score == pytest.approx(0.09 / (np.sqrt(3) * 0.001 / 0.6745))

    def test_a_gap_makes_the_open(self) -> None:
        point = found_at(path(self.CALM, gap=0.05))
        assert (point.at, point.until, point.gap) == (OPEN, OPEN, True)
        assert point.ret == pytest.approx(np.exp(0.05) - 1)
        assert point.score == pytest.approx(0.05 * 0.6745 / 0.001)

    def test_a_gap_and_a_run_from_the_open(self) -> None:
        point = found_at(path([0.02, 0.02, 0.02, *self.CALM], gap=0.04))
        assert (point.at, point.until, point.gap) == (OPEN, OPEN + 3 * STEP, True)
        alone = found_at(path([0.02, 0.02, 0.02, *self.CALM], gap=0.001))
        assert (alone.at, alone.gap) == (OPEN, False)

    def test_a_gap_that_the_session_leaves_behind(self) -> None:
        returns = list(self.CALM)
        returns[30] = 0.08
        point = found_at(path(returns, gap=0.03))
        assert (point.at, point.gap) == (OPEN + 30 * STEP, False)
        against = found_at(path(returns, gap=-0.03))
        assert against.at == OPEN + 30 * STEP

    def test_a_jump_over_a_halt_began_while_nobody_traded(self) -> None:
        bars = path(self.CALM)
        later = path(self.CALM, gap=0.08, opened=bars[-1].start + timedelta(hours=1))
        point = found_at([*bars, *later])
        assert (point.at, point.gap) == (later[0].start, True)
        # The same jump within the first bar after the halt.
        moved = path([0.08, *self.CALM], opened=bars[-1].start + timedelta(hours=1))
        point = found_at([*bars, *moved])
        assert (point.at, point.gap) == (moved[0].start, False)

    def test_what_cannot_be_told(self) -> None:
        assert change_point([], 100.0, up=True) is None
        falling = path([-0.001] * 40)
        assert change_point(falling, 100.0, up=True) is None
        assert change_point(path([0.05] + [0.001] * 10), 100.0, up=True) is None  # 11 bars
        assert change_point(path([0.001] * 11 + [0.05]), 100.0, up=True) is not None

    def test_prices_that_do_not_move_but_once(self) -> None:
        point = found_at(path([0.0] * 30 + [0.05] + [0.0] * 30))
        assert point.at == OPEN + 30 * STEP


class TestReal:
    """Minutes that are known: the press printed when the news was out."""

    @pytest.fixture(scope="class")
    def days(self) -> dict[date, list[IntradayBar]]:
        file = DATA / "NVDA.5m.csv"
        bars = parse_intraday(file.read_text(), "NVDA", file.name, 5)
        grouped = groupby(bars, key=lambda bar: bar.start.astimezone(NEW_YORK).date())
        return {day: list(found) for day, found in grouped}

    def test_a_report_at_15_40(self, days: dict[date, list[IntradayBar]]) -> None:
        """7 May 2025: it was reported that export rules would be dropped."""
        bars = days[date(2025, 5, 7)]
        point = change_point(bars, days[date(2025, 5, 6)][-1].close, up=True)
        assert point is not None
        assert f"{point.at.astimezone(NEW_YORK):%H:%M}" == "15:40"
        assert (point.gap, point.earliest, point.latest) == (False, point.at, point.at)

    def test_the_pause_of_tariffs(self, days: dict[date, list[IntradayBar]]) -> None:
        """9 April 2025: posted at 13:18, on the wildest day of the year."""
        ordered = sorted(days)
        day = date(2025, 4, 9)
        earlier = [bar for one in ordered if one < day for bar in days[one]]
        point = change_point(days[day], earlier[-1].close, up=True, history=earlier)
        assert point is not None
        posted = datetime(2025, 4, 9, 13, 18, tzinfo=NEW_YORK)
        assert point.earliest <= posted < point.latest + timedelta(minutes=point.minutes)
        assert point.latest - point.earliest <= timedelta(minutes=5)
        assert not point.gap

    def test_an_opening_gap(self, days: dict[date, list[IntradayBar]]) -> None:
        """3 April 2025: tariffs had been announced the evening before."""
        before = days[date(2025, 4, 2)][-1].close
        point = change_point(days[date(2025, 4, 3)], before, up=False)
        assert point is not None
        assert point.gap
        assert f"{point.at.astimezone(NEW_YORK):%H:%M}" == "09:30"


class TestTimeOfDay:
    def test_a_wild_opening_is_usual_where_it_is_seen_every_day(self) -> None:
        rng = np.random.default_rng(11)

        def session(day: int) -> list[IntradayBar]:
            returns = 0.001 * rng.standard_normal(BARS)
            returns[:4] += 0.02 * rng.choice([-1, 1], 4)
            return path(returns, opened=OPEN - timedelta(days=day))

        history = [bar for day in range(20, 0, -1) for bar in session(day)]
        returns = 0.001 * rng.standard_normal(BARS)
        returns[0], returns[1] = 0.02, 0.01
        today = path(returns)
        assert found_at(today).at == OPEN
        assert change_point(today, 100.0, up=True, history=history) is None
        four = [bar for bar in history if bar.start > OPEN - timedelta(days=4, hours=1)]
        assert change_point(today, 100.0, up=True, history=four) == found_at(today)
        # With it a handful of bars is enough.
        returns[5] = 0.06
        few = path(returns[:8])
        assert change_point(few, 100.0, up=True) is None
        point = change_point(few, 100.0, up=True, history=history)
        assert point is not None
        assert point.at == OPEN + 5 * STEP
