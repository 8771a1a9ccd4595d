"""The reaction to one event against statsmodels, and for the real surge of June 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from monitor.correlate.study.reaction import longest_window, reaction
from monitor.errors import MonitorError
from monitor.model import NoReaction, PriceSeries, Reaction, ReturnModel
from tests.bars import bar, days, of_closes, real, series

SURGE = date(2025, 6, 12)
MP, SPY = real("MP"), real("SPY")
COUNT = 200
DAYS = days(COUNT)


def walk(seed: int, count: int = COUNT, beta: float = 0.0) -> list[float]:
    """Closes of a random walk; with the same `beta` parts of one market."""
    own = np.random.default_rng(seed).normal(0, 0.03, count)
    market = np.random.default_rng(0).normal(0.0005, 0.01, count)
    return [float(one) for one in 100 * np.cumprod(1 + own + beta * market)]


MARKET = of_closes(walk(7), "MKT")


def reacted(answer: Reaction | NoReaction) -> Reaction:
    assert isinstance(answer, Reaction)
    return answer


def reason(answer: Reaction | NoReaction, symbol: str = "ABC") -> str:
    assert isinstance(answer, NoReaction)
    assert answer.symbol == symbol
    return answer.reason


def oracle(
    security: list[float],
    factors: list[list[float]],
    at: int,
    window: tuple[int, int],
    estimation: tuple[int, int] = (120, 11),
) -> dict[str, float]:
    """The same figures by statsmodels: its fit, its covariance of parameters, its predictions."""
    r, *f = (np.concatenate([[np.nan], np.diff(one) / one[:-1]]) for one in (security, *factors))
    length, gap = estimation
    fitted = slice(at - gap - length + 1, at - gap + 1)
    inside = slice(at + window[0], at + window[1] + 1)
    design = np.column_stack([np.ones(len(r)), *f])
    fit = sm.OLS(r[fitted], design[fitted]).fit()
    rows = design[inside]
    ar = r[inside] - fit.predict(rows)
    # Campbell, Lo and MacKinlay 4.4: V = s² I + X cov(parameters) X'.
    variance = fit.mse_resid * np.eye(len(rows)) + rows @ fit.cov_params() @ rows.T
    predicted = fit.get_prediction(rows)
    assert np.diag(variance) == pytest.approx(predicted.var_pred_mean + fit.mse_resid, rel=1e-9)
    error = sqrt(variance.sum())
    deviation = (r - design @ fit.params)[at] - np.median(fit.resid)
    return {
        "alpha": fit.params[0],
        "beta": fit.params[1] if f else 0.0,
        "residual_std": sqrt(fit.mse_resid),
        "car": ar.sum(),
        "car_std_error": error,
        "t_stat": ar.sum() / error,
        "p_value": 2 * stats.t.sf(abs(ar.sum() / error), fit.df_resid),
        "robust_z": deviation / (1.4826 * stats.median_abs_deviation(fit.resid)),
        "first": ar[0],
        "last": ar[-1],
        "sector_beta": fit.params[2] if len(f) == 2 else 0.0,
    }


def figures(found: Reaction) -> dict[str, float]:
    """Under the names of the oracle."""
    plain = ("alpha", "beta", "residual_std", "car", "car_std_error", "t_stat", "p_value")
    return {name: getattr(found, name) for name in plain} | {
        "robust_z": found.robust_z or 0.0,
        "first": found.ar[0],
        "last": found.ar[-1],
        "sector_beta": found.sector_beta or 0.0,
    }


@pytest.mark.parametrize("window", [(0, 0), (-1, 1), (0, 5), (-5, -2), (3, 10)])
@pytest.mark.parametrize(("length", "gap"), [(120, 11), (60, 6), (100, 25)])
def test_every_figure_is_that_of_statsmodels(
    window: tuple[int, int], length: int, gap: int
) -> None:
    closes, at = walk(1, beta=1.5), 170
    found = reacted(
        reaction(of_closes(closes), MARKET, DAYS[at], window=window, length=length, gap=gap)
    )
    expected = oracle(closes, [walk(7)], at, window, (length, gap))
    assert figures(found) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert len(found.ar) == window[1] - window[0] + 1
    assert found.window == window
    assert found.n_obs == length
    assert (found.symbol, found.benchmark, found.event_session) == ("ABC", "MKT", DAYS[at])
    assert found.note is None


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(140, COUNT - 3), st.integers(-3, 0), st.integers(0, 2))
def test_any_walk_at_any_place_agrees_with_statsmodels(
    seed: int, at: int, first: int, last: int
) -> None:
    closes = walk(seed, beta=0.7)
    found = reacted(reaction(of_closes(closes), MARKET, DAYS[at], window=(first, last)))
    expected = oracle(closes, [walk(7)], at, (first, last))
    assert figures(found) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("model", ["constant-mean", "two-factor"])
@pytest.mark.parametrize("window", [(0, 0), (-2, 3)])
def test_the_other_regressions_are_those_of_statsmodels(
    model: ReturnModel, window: tuple[int, int]
) -> None:
    closes, at = walk(1, beta=1.5), 170
    sector = of_closes(walk(8, beta=1.0), "SEC")
    factors = [walk(7), walk(8, beta=1.0)] if model == "two-factor" else []
    found = reacted(
        reaction(of_closes(closes), MARKET, DAYS[at], window=window, model=model, sector=sector)
    )
    expected = oracle(closes, factors, at, window)
    assert figures(found) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert found.model == model
    assert (found.benchmark, found.sector) == (("MKT", "SEC") if factors else ("", None))
    assert found.sector_beta is not None if factors else found.sector_beta is None


def test_the_market_adjusted_return_is_what_the_market_did_not_do() -> None:
    closes, at = walk(1, beta=1.5), 170
    found = reacted(reaction(of_closes(closes), MARKET, DAYS[at], model="market-adjusted"))
    r, m = (np.diff(one) / one[:-1] for one in (closes, walk(7)))
    over = r - m  # entry k is of session k + 1
    before, inside = over[at - 11 - 120 : at - 11], over[at - 2 : at + 1]
    assert (found.alpha, found.beta) == (0, 1)
    assert found.residual_std == pytest.approx(np.std(before, ddof=1), rel=1e-9)
    assert found.ar == pytest.approx(inside, rel=1e-9)
    # nothing was estimated: no error of prediction
    assert found.car_std_error == pytest.approx(np.std(before, ddof=1) * sqrt(3), rel=1e-9)
    p_value = 2 * stats.t.sf(abs(found.t_stat), 119)
    assert found.p_value == pytest.approx(p_value, rel=1e-9)


def test_a_model_without_its_factor_is_refused() -> None:
    with pytest.raises(MonitorError, match="two-factor model takes a sector"):
        reaction(of_closes(walk(1)), MARKET, DAYS[150], model="two-factor")


class TestRealBars:
    def test_the_surge_of_12_june_2025_is_no_chance(self) -> None:
        """SPY has adjusted closes only, before 9 June."""
        found = reacted(reaction(MP, SPY, SURGE, window=(0, 0)))
        assert found.n_obs == 120
        assert found.car == pytest.approx(0.1341, abs=5e-5)
        assert found.beta == pytest.approx(1.0013, abs=5e-5)
        assert found.t_stat == pytest.approx(2.797, abs=5e-4)
        assert found.p_value == pytest.approx(0.00603, abs=5e-6)
        assert found.note is None

    def test_its_three_sessions_together_might_be(self) -> None:
        found = reacted(reaction(MP, SPY, SURGE))
        assert found.window == (-1, 1)
        assert found.ar == pytest.approx((-0.0563, 0.1341, 0.0567), abs=5e-5)
        assert found.p_value == pytest.approx(0.111, abs=5e-4)

    def test_a_window_whose_end_is_not_known_yet(self) -> None:
        known = replace(MP, bars=tuple(one for one in MP.bars if one.session <= SURGE))
        assert longest_window(known, SPY, SURGE, (-1, 1)) == (-1, 0)
        assert longest_window(MP, SPY, SURGE, (-1, 1)) == (-1, 1)
        assert longest_window(known, SPY, date(2025, 6, 13), (-1, 1)) is None
        assert longest_window(known, SPY, date(2025, 6, 7), (-1, 1)) is None
        assert "too early for the window" in reason(reaction(known, SPY, SURGE), "MP")
        assert reacted(reaction(known, SPY, SURGE, window=(-1, 0))).window == (-1, 0)


class TestPairing:
    def test_raw_closes_are_used_where_there_is_no_adjusted_one_at_all(self) -> None:
        closes = walk(1)
        raw = series([bar(day, close) for day, close in zip(DAYS, closes, strict=True)])
        assert reaction(raw, MARKET, DAYS[150]) == reaction(of_closes(closes), MARKET, DAYS[150])

    def test_adjusted_closes_go_before_raw_ones(self) -> None:
        closes = walk(1)
        both = [bar(day, 5.0, adj=close) for day, close in zip(DAYS, closes, strict=True)]
        found = reaction(series(both), MARKET, DAYS[150])
        assert found == reaction(of_closes(closes), MARKET, DAYS[150])

    def test_a_session_that_one_of_them_lacks_is_spanned_by_both(self) -> None:
        closes, missing = walk(1), 60
        holed = series([one for at, one in enumerate(of_closes(closes).bars) if at != missing])
        found = reaction(holed, MARKET, DAYS[150])
        without = [
            walk(7)[:missing] + walk(7)[missing + 1 :],
            closes[:missing] + closes[missing + 1 :],
        ]
        expected = oracle(without[1], [without[0]], 149, (-1, 1))
        assert reacted(found).car == pytest.approx(expected["car"], rel=1e-9)
        assert reacted(found).car_std_error == pytest.approx(expected["car_std_error"], rel=1e-9)
        assert reacted(found).note == (
            "1 session is missing in the estimation window, and spanned by the next return"
        )
        assert reacted(found).flags == ()

    @pytest.mark.parametrize("missing", [149, 151])
    def test_a_session_missing_in_the_window_is_a_reason(self, missing: int) -> None:
        bars = of_closes(walk(1)).bars
        holed = series([one for at, one in enumerate(bars) if at != missing])
        said = reason(reaction(holed, MARKET, DAYS[150], window=(-1, 2)))
        assert said == f"no close of ABC on {DAYS[missing]}, inside the window (-1, 2)"
        thin = replace(MARKET, bars=tuple(b for at, b in enumerate(MARKET.bars) if at != missing))
        said = reason(reaction(of_closes(walk(1)), thin, DAYS[150], window=(-1, 2)))
        assert f"no close of MKT on {DAYS[missing]}" in said

    def test_the_event_session_must_be_in_both(self) -> None:
        found = of_closes(walk(1, 160))
        assert (
            f"no close of ABC on {DAYS[170]}: its prices end on {DAYS[159]} (renamed, "
            in reason(reaction(found, MARKET, DAYS[170]))
        )
        short = PriceSeries("MKT", MARKET.bars[:150], "made up")
        assert f"no close of MKT on {DAYS[155]}" in reason(reaction(found, short, DAYS[155]))
        assert f"no close of ABC on {DAYS[5]}: there are none" in reason(
            reaction(series([]), MARKET, DAYS[5])
        )
        before = date(2024, 1, 2)
        assert f"no close of ABC on {before}: its prices begin on {DAYS[0]}" in reason(
            reaction(found, MARKET, before)
        )

    def test_a_day_inside_of_which_one_or_none_has_a_close(self) -> None:
        holed = series([one for at, one in enumerate(of_closes(walk(1)).bars) if at != 150])
        said = reason(reaction(holed, MARKET, DAYS[150]))
        assert said == f"no close of ABC on {DAYS[150]}, while others were traded"
        without = replace(MARKET, bars=tuple(b for at, b in enumerate(MARKET.bars) if at != 150))
        assert reason(reaction(holed, without, DAYS[150])) == f"no close of ABC on {DAYS[150]}"

    def test_what_is_no_price_is_no_close(self) -> None:
        bars = of_closes(walk(1)).bars
        wrong = {60: 0.0, 61: -3.0, 62: float("nan"), 63: float("inf")}
        given = [replace(b, adj_close=wrong.get(at, b.adj_close)) for at, b in enumerate(bars)]
        without = [b for at, b in enumerate(bars) if at not in wrong]
        found = reaction(series(given), MARKET, DAYS[150])
        assert found == reaction(series(without), MARKET, DAYS[150])
        assert "4 sessions are missing" in (reacted(found).note or "")


class TestThinTrading:
    def closes(self, still: int) -> list[float]:
        """A walk that does not move in the first sessions of the estimation window."""
        closes = walk(1)
        # 20 to 139 are the 120 sessions that end 11 before session 150
        return [closes[19] if 20 <= at < 20 + still else one for at, one in enumerate(closes)]

    def test_a_fifth_of_the_sessions_without_a_change_is_flagged(self) -> None:
        found = reacted(reaction(of_closes(self.closes(24)), MARKET, DAYS[150]))
        assert found.flags == ("thin-trading",)
        assert found.note == "no trade or no change of price in 24 of 120 sessions"
        assert reacted(reaction(of_closes(self.closes(23)), MARKET, DAYS[150])).flags == ()

    def test_sessions_without_a_close_count_too(self) -> None:
        missing = range(100, 130, 1)
        bars = [one for at, one in enumerate(of_closes(walk(1)).bars) if at not in missing]
        found = reacted(reaction(series(bars), MARKET, DAYS[180]))
        assert found.flags == ("thin-trading",)
        assert "30 sessions are missing" in (found.note or "")
        assert "in 30 of 150 sessions" in (found.note or "")

    def test_a_security_that_mostly_stands_still_has_no_robust_deviation(self) -> None:
        found = reacted(
            reaction(of_closes(self.closes(70)), MARKET, DAYS[150], model="constant-mean")
        )
        assert found.robust_z is None
        assert found.flags == ("thin-trading",)


class TestTooLittle:
    def test_fewer_sessions_than_wanted_are_noted_and_60_are_the_least(self) -> None:
        found = of_closes(walk(1))
        answer = reacted(reaction(found, MARKET, DAYS[70], window=(0, 0), gap=10))
        assert answer.n_obs == 60
        assert answer.note == "estimated from 60 of 120 sessions"
        assert "59 sessions to estimate from" in reason(reaction(found, MARKET, DAYS[69], gap=10))

    def test_a_shorter_estimation_window_may_be_wished_for(self) -> None:
        found = of_closes(walk(1))
        answer = reacted(reaction(found, MARKET, DAYS[60], length=40, window=(0, 0)))
        assert (answer.n_obs, answer.note) == (40, None)
        assert "39 sessions" in reason(reaction(found, MARKET, DAYS[50], length=40, window=(0, 0)))

    def test_an_event_before_there_is_anything_to_estimate_from(self) -> None:
        found = of_closes(walk(1))
        assert "0 sessions to estimate from" in reason(reaction(found, MARKET, DAYS[5]))
        assert "too late for the window" in reason(reaction(found, MARKET, DAYS[1]))
        assert "too late for the window" in reason(reaction(found, MARKET, DAYS[0], window=(0, 0)))

    def test_prices_that_do_not_vary(self) -> None:
        still = of_closes([5.0] * COUNT)
        assert "do not vary" in reason(reaction(still, MARKET, DAYS[150]))
        assert "do not vary" in reason(reaction(of_closes(walk(1)), still, DAYS[150]))
        assert "do not vary" in reason(reaction(MARKET, MARKET, DAYS[150]), "MKT")

    def test_a_sector_that_is_the_market_again(self) -> None:
        twice = replace(MARKET, symbol="SEC")
        said = reason(
            reaction(of_closes(walk(1)), MARKET, DAYS[150], model="two-factor", sector=twice)
        )
        assert "its factors are the same" in said


@pytest.mark.parametrize(
    "options",
    [
        {"window": (1, 0)},
        {"window": (-11, 0)},
        {"gap": 0, "window": (1, 2)},
        {"length": 3},
    ],
)
def test_windows_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(MonitorError, match="event window"):
        reaction(of_closes(walk(1)), MARKET, DAYS[150], **options)  # type: ignore[arg-type]
