"""Many events together: who is measured, who is skipped and why, and what they show as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from monitor.correlate.study.design import Design
from monitor.correlate.study.events import StudyEvent
from monitor.correlate.study.multiple import benjamini_hochberg
from monitor.correlate.study.pooled_tests import kolari_pynnonen
from monitor.correlate.study.reaction import Explaining, reaction
from monitor.correlate.study.study import Study, study
from monitor.errors import MonitorError, PriceError
from monitor.model import PriceSeries, Reaction, ReturnModel
from tests.bars import days, of_closes

COUNT = 260
DAYS = days(COUNT)


def walk(seed: int, symbol: str, common: float = 0.0) -> PriceSeries:
    """Closes that share their market, and with `common` something else too."""
    own = np.random.default_rng(seed).normal(0, 0.02, COUNT)
    market = np.random.default_rng(0).normal(0.0005, 0.01, COUNT)
    beside = np.random.default_rng(99).normal(0, 0.02, COUNT)
    moves = own + market + common * beside
    return of_closes([float(one) for one in 100 * np.cumprod(1 + moves)], symbol)


MARKET, SECTOR = walk(1000, "MKT"), walk(1001, "SEC")
PRICES: dict[str, PriceSeries | PriceError] = {
    name: walk(seed, name) for seed, name in enumerate("ABCDEFGHIJKL")
}
TWELVE = [StudyEvent(name, DAYS[150 + 5 * place]) for place, name in enumerate(PRICES)]


def measured(
    events: Sequence[StudyEvent],
    design: Design | None = None,
    prices: dict[str, PriceSeries | PriceError] | None = None,
    **options: object,
) -> Study:
    design = design or Design()
    explaining = Explaining.by(design.model, MARKET, SECTOR)
    return study(events, prices or PRICES, design, explaining, **options)  # type: ignore[arg-type]


def skipped(told: Study) -> dict[tuple[str, str], str]:
    return {(one.symbol, one.day): one.reason for one in told.skipped}


@pytest.mark.parametrize("model", ["constant-mean", "market-adjusted", "market", "two-factor"])
def test_each_event_is_what_it_is_alone(model: ReturnModel) -> None:
    told = measured(TWELVE, Design(model, (-2, 2), 100, 8))
    assert [one.event for one in told.events] == TWELVE
    for one in told.events:
        series = PRICES[one.event.symbol]
        assert isinstance(series, PriceSeries)
        alone = reaction(
            series,
            MARKET,
            one.event.session,
            window=(-2, 2),
            length=100,
            gap=8,
            model=model,
            sector=SECTOR,
        )
        assert isinstance(alone, Reaction)
        assert one.reaction.ar == pytest.approx(alone.ar, rel=1e-12)
        assert replace(one.reaction, ar=alone.ar) == alone
    assert told.benchmark == (None if model == "constant-mean" else "MKT")
    assert told.sector == ("SEC" if model == "two-factor" else None)


def test_the_figures_of_all_follow_from_those_of_each() -> None:
    told = measured(TWELVE, alpha=0.1)
    reactions = [one.reaction for one in told.events]
    car = np.array([one.car for one in reactions])
    assert told.pooled.n == 12
    assert told.pooled.caar == pytest.approx(car.mean(), rel=1e-12)
    p_values = [one.p_value for one in reactions]
    assert [one.p_adjusted for one in told.events] == list(benjamini_hochberg(p_values))
    t = told.pooled.tests["t"]
    assert t.stat == pytest.approx(stats.ttest_1samp(car, 0).statistic, rel=1e-9)
    last = told.pooled.path[-1]
    low, high = stats.ttest_1samp(car, 0).confidence_interval(0.9)
    assert (last.low, last.high) == pytest.approx((low, high), rel=1e-9)
    assert [one.session for one in told.pooled.path] == [-1, 0, 1]
    aar = np.mean([one.ar for one in reactions], axis=0)
    assert [one.aar for one in told.pooled.path] == pytest.approx(aar, rel=1e-9)
    assert [one.caar for one in told.pooled.path] == pytest.approx(np.cumsum(aar), rel=1e-9)
    assert told.pooled.notes == ()
    assert all(error > 0 for one in told.events for error in one.ar_std_error)


def test_one_event_is_told_to_be_weak_evidence_and_has_a_band_of_its_own() -> None:
    told = measured(TWELVE[:1])
    found = told.events[0].reaction
    last = told.pooled.path[-1]
    reach = stats.t.isf(0.025, 118) * found.car_std_error
    assert last.std_error == pytest.approx(found.car_std_error, rel=1e-12)
    assert (last.low, last.high) == pytest.approx((found.car - reach, found.car + reach), rel=1e-9)
    assert told.pooled.mean_correlation is None
    assert len(told.pooled.notes) == 1
    assert told.pooled.notes[0].startswith("one event is weak evidence")


def test_no_event() -> None:
    told = measured([])
    assert (told.pooled.n, told.pooled.caar, told.pooled.path, told.events) == (0, None, (), ())
    assert all(one.reason for one in told.pooled.tests.values())


def test_few_events_are_told_to_be_few() -> None:
    assert "9 events are few" in measured(TWELVE[:9]).pooled.notes[0]
    assert measured(TWELVE[:10]).pooled.notes == ()


def test_events_on_one_day_are_corrected_for_what_they_share() -> None:
    prices: dict[str, PriceSeries | PriceError] = {
        name: walk(seed, name, common=1.0) for seed, name in enumerate("ABCDEFGHIJKL")
    }
    told = measured([StudyEvent(name, DAYS[200]) for name in prices], prices=prices)
    correlation = told.pooled.mean_correlation
    assert correlation == pytest.approx(0.5, abs=0.1)
    scar = np.array([one.reaction.t_stat for one in told.events])
    found = told.pooled.tests["kolari_pynnonen"].stat
    assert found == pytest.approx(float(kolari_pynnonen(scar, correlation or 0)), rel=1e-9)
    apart = measured(
        [StudyEvent(n, DAYS[150 + 3 * k]) for k, n in enumerate(prices)], prices=prices
    )
    assert apart.pooled.mean_correlation == 0


def test_securities_with_other_sessions_are_set_side_by_side_by_the_calendar() -> None:
    """Without one session of B, its returns lie one place nearer to the event."""
    series = walk(50, "B", common=2.0)
    holed = replace(series, bars=tuple(b for at, b in enumerate(series.bars) if at != 170))
    prices: dict[str, PriceSeries | PriceError] = {"A": walk(51, "A", common=2.0), "B": holed}
    told = measured([StudyEvent("A", DAYS[200]), StudyEvent("B", DAYS[200])], prices=prices)
    assert (told.pooled.mean_correlation or 0) > 0.6


def test_the_seed_is_that_of_the_permutation() -> None:
    many = [StudyEvent(name, DAYS[150 + k]) for name in PRICES for k in (0, 40)]
    one, same, other = (measured(many, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.pooled.tests["permutation"] != other.pooled.tests["permutation"]
    assert one.pooled.tests["t"] == other.pooled.tests["t"]


class TestOverlap:
    def flags(self, *at: int, design: Design | None = None) -> list[tuple[tuple[str, ...], str]]:
        told = measured([StudyEvent("A", DAYS[one]) for one in at], design)
        return [(one.reaction.flags, one.reaction.note or "") for one in told.events]

    def test_an_event_whose_window_shares_a_session_with_another(self) -> None:
        beside = "other events of the security: 1 in its event window"
        assert self.flags(200, 202) == [(("overlap",), beside)] * 2
        assert self.flags(200, 203) == [((), "")] * 2

    def test_an_event_in_the_window_that_another_is_estimated_from(self) -> None:
        """Sessions 93 to 212 of 223: 212 is touched by an event of 213, not by one of 214."""
        before = (("overlap",), "other events of the security: 1 in its estimation window")
        assert self.flags(213, 223) == [((), ""), before]
        assert self.flags(214, 223) == [((), "")] * 2

    def test_both(self) -> None:
        told = self.flags(180, 224, 225)
        assert told[0] == ((), "")
        assert told[1][1] == (
            "other events of the security: 1 in its event window, 1 in its estimation window"
        )

    def test_events_of_other_securities_do_not_count(self) -> None:
        told = measured([StudyEvent("A", DAYS[200]), StudyEvent("B", DAYS[200])])
        assert [one.reaction.flags for one in told.events] == [(), ()]

    def test_the_whole_is_told_of_it(self) -> None:
        told = measured([StudyEvent("A", DAYS[200]), StudyEvent("A", DAYS[201]), *TWELVE[1:]])
        assert told.pooled.notes == (
            "2 of 13 events have windows that another event of the same security lies in",
        )


def test_each_event_that_cannot_be_measured_is_told_of_and_the_rest_goes_on() -> None:
    still = of_closes([5.0] * COUNT, "STILL")
    ended = replace(walk(60, "ENDED"), bars=walk(60, "ENDED").bars[:180])
    holed = walk(61, "HOLED")
    holed = replace(holed, bars=tuple(b for at, b in enumerate(holed.bars) if at != 200))
    prices = PRICES | {
        "STILL": still,
        "ENDED": ended,
        "HOLED": holed,
        "MKT": MARKET,
        "BROKEN": PriceError("BROKEN", "no file x/BROKEN.csv"),
    }
    wrong = {
        ("STILL", DAYS[200]): "prices do not vary before the event",
        ("ENDED", DAYS[200]): "no close of ENDED on 2025-07-20: its prices end on 2025-06-29",
        ("HOLED", DAYS[200]): "no close of HOLED on 2025-07-20, while others were traded",
        ("HOLED", DAYS[201]): "no close of HOLED on 2025-07-20, inside the window (-1, 1)",
        ("MKT", DAYS[200]): "it is itself what the model sets securities against",
        ("BROKEN", DAYS[200]): "no file x/BROKEN.csv",
        ("NOPE", DAYS[200]): "no prices",
        ("A", DAYS[60]): "49 sessions to estimate from before 2025-03-02, 60 are needed",
        ("A", DAYS[0]): "prices begin on 2025-01-01, too late for the window (-1, 1)",
        ("A", date(2024, 1, 2)): "no close of A on 2024-01-02: its prices begin on 2025-01-01",
        ("A", DAYS[-1]): f"prices end on {DAYS[-1]}, too early for the window (-1, 1)",
    }
    events = [StudyEvent(*one) for one in wrong]
    told = measured([*events, *TWELVE, TWELVE[3]], prices=prices)
    assert [one.reaction for one in told.events] == [
        one.reaction for one in measured(TWELVE).events
    ]
    reasons = skipped(told)
    for (symbol, day), why in wrong.items():
        assert reasons[symbol, day.isoformat()].startswith(why)
    again = (TWELVE[3].symbol, TWELVE[3].session.isoformat())
    assert reasons[again] == "another event of it has this session: counted once"
    assert len(told.skipped) == len(wrong) + 1


@pytest.mark.parametrize("alpha", [0, 1, -0.1])
def test_an_alpha_that_is_no_probability_is_refused(alpha: float) -> None:
    with pytest.raises(MonitorError, match="alpha"):
        measured(TWELVE, alpha=alpha)


def test_a_model_is_refused_without_what_it_takes() -> None:
    with pytest.raises(MonitorError, match="market model takes a benchmark"):
        Explaining.by("market", None)
    with pytest.raises(MonitorError, match="two-factor model takes a sector"):
        Explaining.by("two-factor", MARKET)
    assert Explaining.by("constant-mean", None).factors == ()


def test_without_a_benchmark_a_mean_is_of_the_security_alone() -> None:
    design = Design("constant-mean")
    alone = study(TWELVE, PRICES, design, Explaining.by("constant-mean", None))
    assert [one.reaction for one in alone.events] == [
        one.reaction for one in measured(TWELVE, design).events
    ]


def test_what_was_skipped_before_is_told_first() -> None:
    first = measured([StudyEvent("NOPE", DAYS[200])]).skipped
    told = measured([StudyEvent("NEITHER", DAYS[200])], skipped=first)
    assert [one.symbol for one in told.skipped] == ["NOPE", "NEITHER"]
