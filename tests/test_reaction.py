"""The market model against statsmodels, a table worked by hand, and the real surge of June 2025."""

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

from monitor.correlate.market_model import (
    estimate,
    longest_window,
    reaction,
    two_sided,
)
from monitor.errors import MonitorError
from monitor.model import NoReaction, PriceSeries, Reaction
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
    market: list[float],
    at: int,
    window: tuple[int, int],
    estimation: tuple[int, int] = (120, 11),
) -> dict[str, float]:
    """The same figures by statsmodels: its fit, its covariance of parameters, its predictions."""
    r = np.diff(security) / np.asarray(security[:-1])
    m = np.diff(market) / np.asarray(market[:-1])
    returns = dict(zip(range(1, len(security)), r, strict=True))
    benchmark = dict(zip(range(1, len(market)), m, strict=True))
    length, gap = estimation
    fitted = range(at - gap - length + 1, at - gap + 1)
    inside = range(at + window[0], at + window[1] + 1)
    fit = sm.OLS(
        np.array([returns[one] for one in fitted]),
        sm.add_constant(np.array([benchmark[one] for one in fitted])),
    ).fit()
    rows = np.column_stack([np.ones(len(inside)), [benchmark[one] for one in inside]])
    ar = np.array([returns[one] for one in inside]) - fit.predict(rows)
    # Campbell, Lo and MacKinlay 4.4: V = s² I + X cov(parameters) X'.
    variance = fit.mse_resid * np.eye(len(inside)) + rows @ fit.cov_params() @ rows.T
    predicted = fit.get_prediction(rows)
    assert np.diag(variance) == pytest.approx(predicted.var_pred_mean + fit.mse_resid, rel=1e-9)
    error = sqrt(variance.sum())
    return {
        "alpha": fit.params[0],
        "beta": fit.params[1],
        "residual_std": sqrt(fit.mse_resid),
        "car": ar.sum(),
        "car_std_error": error,
        "t_stat": ar.sum() / error,
        "p_value": 2 * stats.t.sf(abs(ar.sum() / error), fit.df_resid),
        "first": ar[0],
        "last": ar[-1],
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
    expected = oracle(closes, walk(7), at, window, (length, gap))
    figures = {name: getattr(found, name) for name in expected if name not in ("first", "last")}
    figures |= {"first": found.ar[0], "last": found.ar[-1]}
    assert figures == pytest.approx(expected, rel=1e-9, abs=1e-12)
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
    expected = oracle(closes, walk(7), at, (first, last))
    assert found.car == pytest.approx(expected["car"], rel=1e-9, abs=1e-12)
    assert found.car_std_error == pytest.approx(expected["car_std_error"], rel=1e-9)
    assert found.p_value == pytest.approx(expected["p_value"], rel=1e-9, abs=1e-12)


def test_a_table_worked_by_hand() -> None:
    """Market 0, 1, 2, 3 %; security 1, 0, 3, 4 %.

    Means 1.5 and 2; sum of squares 5, of products 6: beta 1.2, alpha 0.2. Residuals 0.8, -1.4, 0.4,
    0.2, squares 2.8, over two degrees of freedom 1.4. For sessions of the market at 1.5 and 3.5 %:
    2 + 2²/4 + (5 - 3)²/5 = 3.8, so the variance of the sum is 1.4 x 3.8 = 5.32.
    """
    model = estimate([0.01, 0.0, 0.03, 0.04], [0.0, 0.01, 0.02, 0.03])
    assert model is not None
    assert model.beta == pytest.approx(1.2, rel=1e-12)
    assert model.alpha == pytest.approx(0.002, rel=1e-12)
    assert model.residual_std == pytest.approx(sqrt(1.4) / 100, rel=1e-12)
    assert model.n_obs == 4
    assert model.car_std_error([0.015, 0.035]) == pytest.approx(sqrt(5.32) / 100, rel=1e-12)
    assert model.abnormal([0.05], [0.02]) == pytest.approx((0.05 - 0.002 - 0.024,), rel=1e-12)


def test_two_sided_probabilities_of_the_printed_table() -> None:
    assert two_sided(2.228, 10) == pytest.approx(0.05, abs=2e-5)
    assert two_sided(-2.617, 120) == pytest.approx(0.01, abs=2e-5)
    assert two_sided(0, 5) == 1


@pytest.mark.parametrize(
    ("returns", "market"),
    [([0.1, 0.2], [0.1, 0.3]), ([0.1, 0.2, 0.3], [0.1] * 3), ([0.1] * 3, [0.1, 0.2, 0.3])],
)
def test_what_cannot_carry_a_model(returns: list[float], market: list[float]) -> None:
    assert estimate(returns, market) is None


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
        expected = oracle(without[1], without[0], 149, (-1, 1))
        assert reacted(found).car == pytest.approx(expected["car"], rel=1e-9)
        assert reacted(found).car_std_error == pytest.approx(expected["car_std_error"], rel=1e-9)

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
        assert f"no close of ABC on {DAYS[170]}: they reach" in reason(
            reaction(found, MARKET, DAYS[170])
        )
        short = PriceSeries("MKT", MARKET.bars[:150], "made up")
        assert f"no close of MKT on {DAYS[155]}" in reason(reaction(found, short, DAYS[155]))
        assert f"no close of ABC on {DAYS[5]}: there are none" in reason(
            reaction(series([]), MARKET, DAYS[5])
        )
        before = date(2024, 1, 2)
        assert f"no close of ABC on {before}" in reason(reaction(found, MARKET, before))


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


@pytest.mark.parametrize(
    "options",
    [
        {"window": (1, 0)},
        {"window": (-11, 0)},
        {"gap": 0, "window": (1, 2)},
        {"length": 2},
    ],
)
def test_windows_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(MonitorError, match="event window"):
        reaction(of_closes(walk(1)), MARKET, DAYS[150], **options)  # type: ignore[arg-type]
