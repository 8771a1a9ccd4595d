"""Normal and abnormal returns of many events: a table worked by hand, statsmodels, and laws."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.correlate.study import abnormal
from monitor.correlate.study.abnormal import AbnormalReturns, abnormal_returns
from monitor.correlate.study.arrays import Array, Places
from monitor.correlate.study.design import Design
from monitor.correlate.study.models import FACTORS, fit
from monitor.model import ReturnModel

T = 400
FIGURES = ("ar", "covariance", "at_event", "alpha", "beta", "residuals", "residual_std")


def lines(seed: int = 0) -> tuple[Array, Array]:
    """Returns (T,) of a security, and of market and sector (2, T)."""
    chance = np.random.default_rng(seed)
    market = chance.normal(0.0005, 0.01, T)
    sector = 0.8 * market + chance.normal(0, 0.008, T)
    own = chance.standard_t(4, T) * 0.015
    return 0.001 + 1.2 * market + 0.5 * sector + own, np.stack([market, sector])


def found(
    design: Design, at: list[int], n_obs: list[int] | None = None, seed: int = 0
) -> AbnormalReturns:
    returns, factors = lines(seed)
    wanted = np.array(n_obs or [design.length] * len(at))
    used = factors[: FACTORS[design.model]]
    return abnormal_returns(design, returns, used, np.array(at), wanted)


class TestByHand:
    """Market 0, 1, 2, 3 %; security 1, 0, 3, 4 %.

    Means 1.5 and 2; sum of squares 5, of products 6: beta 1.2, alpha 0.2. Residuals 0.8, -1.4, 0.4,
    0.2, squares 2.8, over two degrees of freedom 1.4. For sessions of the market at 1.5 and 3.5 %:
    2 + 2²/4 + (5 - 3)²/5 = 3.8, so the variance of the sum is 1.4 x 3.8 = 5.32.
    """

    returns = np.array([[0.01, 0.0, 0.03, 0.04]])
    market = np.array([[[0.0, 0.01, 0.02, 0.03]]])

    def test_the_market_model(self) -> None:
        model = fit("market", self.returns, self.market)
        assert model.beta[0] == pytest.approx([1.2], rel=1e-12)
        assert model.alpha == pytest.approx([0.002], rel=1e-12)
        assert model.residuals[0] == pytest.approx([0.008, -0.014, 0.004, 0.002], rel=1e-12)
        assert model.residual_std == pytest.approx([sqrt(1.4) / 100], rel=1e-12)
        assert model.degrees == 2
        covariance = model.covariance(np.array([[[0.015, 0.035]]]))
        assert sqrt(covariance.sum()) == pytest.approx(sqrt(5.32) / 100, rel=1e-12)
        # of the single sessions: 1 + 1/4 + 0, and 1 + 1/4 + 2²/5
        assert covariance[0].diagonal() == pytest.approx([1.4e-4 * 1.25, 1.4e-4 * 2.05], rel=1e-12)
        ar = model.abnormal(np.array([[0.05]]), np.array([[[0.02]]]))
        assert ar[0] == pytest.approx([0.05 - 0.002 - 0.024], rel=1e-12)

    def test_the_constant_mean(self) -> None:
        """Mean 2; squares 1, 4, 1, 4 over three degrees 10/3; of two sessions 2 + 2²/4 = 3."""
        model = fit("constant-mean", self.returns, np.empty((0, 1, 4)))
        assert model.alpha == pytest.approx([0.02], rel=1e-12)
        assert model.residual_std == pytest.approx([sqrt(10 / 3) / 100], rel=1e-12)
        assert model.degrees == 3
        covariance = model.covariance(np.empty((0, 1, 2)))
        assert covariance.sum() == pytest.approx(10 / 3 * 3 * 1e-4, rel=1e-12)

    def test_the_market_adjusted_return(self) -> None:
        """r - m 1, -1, 1, 1: mean 0.5, squares 0.25, 2.25, 0.25, 0.25 over three degrees 1."""
        model = fit("market-adjusted", self.returns, self.market)
        assert (model.alpha[0], model.beta[0, 0]) == (0, 1)
        assert model.residual_std == pytest.approx([0.01], rel=1e-12)
        assert model.degrees == 3
        covariance = model.covariance(np.array([[[0.015, 0.035]]]))
        assert covariance[0] == pytest.approx(np.eye(2) * 1e-4, rel=1e-12)

    def test_a_model_with_other_factors_than_its_own_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="constant-mean model has 0 factors, not 1"):
            fit("constant-mean", self.returns, self.market)
        with pytest.raises(ValueError, match="two-factor model has 2 factors, not 1"):
            abnormal_returns(
                Design("two-factor"), *lines()[:1], lines()[1][:1], np.array([200]), np.array([120])
            )


@pytest.mark.parametrize("model", ["constant-mean", "market", "two-factor"])
@pytest.mark.parametrize(("window", "length", "gap"), [((-1, 1), 120, 11), ((0, 4), 50, 3)])
def test_many_events_are_each_one_as_statsmodels_has_it(
    model: ReturnModel, window: tuple[int, int], length: int, gap: int
) -> None:
    returns, factors = lines()
    used = factors[: FACTORS[model]]
    at = list(range(140, 390, 7))
    batch = found(Design(model, window, length, gap), at)
    for row, place in enumerate(at):
        end = place - gap + 1
        x = np.column_stack([np.ones(T), *used])
        ols = sm.OLS(returns[end - length : end], x[end - length : end]).fit()
        inside = slice(place + window[0], place + window[1] + 1)
        predicted = ols.get_prediction(x[inside])
        assert batch.alpha[row] == pytest.approx(ols.params[0], rel=1e-9, abs=1e-12)
        assert batch.beta[row] == pytest.approx(ols.params[1:], rel=1e-9)
        assert batch.residual_std[row] == pytest.approx(sqrt(ols.mse_resid), rel=1e-9)
        assert batch.residuals[row] == pytest.approx(ols.resid, rel=1e-9, abs=1e-12)
        assert batch.degrees[row] == ols.df_resid
        ar = returns[inside] - predicted.predicted_mean
        assert batch.ar[row] == pytest.approx(ar, rel=1e-9, abs=1e-12)
        assert batch.ar_std_error[row] == pytest.approx(predicted.se_obs, rel=1e-9)
        assert batch.sar[row] == pytest.approx(ar / predicted.se_obs, rel=1e-9, abs=1e-12)
        at_event = returns[place] - x[place] @ ols.params
        assert batch.at_event[row] == pytest.approx(at_event, rel=1e-9, abs=1e-12)
        variance = ols.mse_resid * np.eye(len(ar)) + x[inside] @ ols.cov_params() @ x[inside].T
        assert batch.car_std_error[row] == pytest.approx(sqrt(variance.sum()), rel=1e-9)
        errors = [sqrt(variance[: k + 1, : k + 1].sum()) for k in range(len(ar))]
        assert batch.path_std_error[row] == pytest.approx(errors, rel=1e-9)
        assert batch.path[row] == pytest.approx(np.cumsum(ar), rel=1e-9, abs=1e-12)
    assert batch.scar == pytest.approx(batch.car / batch.car_std_error, rel=1e-12)
    assert batch.usable.all()


def test_events_with_less_to_estimate_from_stand_beside_the_others() -> None:
    design = Design()
    both = found(design, [300, 200, 310], [120, 70, 120])
    alone = found(Design(length=70), [200])
    assert list(both.n_obs) == [120, 70, 120]
    assert list(both.degrees) == [118, 68, 118]
    assert np.isnan(both.residuals[1, :50]).all()
    assert both.residuals[1, 50:] == pytest.approx(alone.residuals[0], rel=1e-12)
    assert both.robust_z[1] == pytest.approx(alone.robust_z[0], rel=1e-12)
    for row, place in ((0, 300), (2, 310)):
        single = found(design, [place])
        for name in FIGURES:
            assert getattr(both, name)[row] == pytest.approx(getattr(single, name)[0], rel=1e-12)


def test_no_matter_how_many_are_fitted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    at = list(range(140, 180))
    together = found(Design(), at)
    monkeypatch.setattr(abnormal, "BLOCK", 7)
    assert all(
        np.array_equal(getattr(together, name), getattr(found(Design(), at), name))
        for name in AbnormalReturns.__slots__
    )


def test_no_event_at_all() -> None:
    none = found(Design(), [])
    assert none.ar.shape == (0, 3)
    assert none.scar.shape == none.robust_z.shape == (0,)


def test_a_wild_return_costs_the_windows_after_it_no_digit() -> None:
    """As after a split that nobody undid; sums rolled over it would lose seven digits."""
    returns, factors = lines()
    wild = returns.copy()
    wild[20] = 1e6
    at, n_obs = np.array([300]), np.array([120])
    calm = abnormal_returns(Design(), returns, factors[:1], at, n_obs)
    after = abnormal_returns(Design(), wild, factors[:1], at, n_obs)
    assert np.array_equal(calm.residuals, after.residuals)


class TestUsable:
    at: Places = np.array([300])
    n_obs: Places = np.array([120])

    def usable(self, model: ReturnModel, returns: Array, factors: Array) -> bool:
        return bool(abnormal_returns(Design(model), returns, factors, self.at, self.n_obs).usable)

    @pytest.mark.parametrize("model", list(FACTORS))
    def test_what_varies_is(self, model: ReturnModel) -> None:
        returns, factors = lines()
        assert self.usable(model, returns, factors[: FACTORS[model]])

    @pytest.mark.parametrize("model", ["constant-mean", "market", "two-factor"])
    @pytest.mark.parametrize("level", [0.0, 0.1])
    def test_returns_that_do_not_vary_are_not(self, model: ReturnModel, level: float) -> None:
        assert not self.usable(model, np.full(T, level), lines()[1][: FACTORS[model]])

    @pytest.mark.parametrize("level", [0.0, 0.1])
    def test_nor_a_market_that_does_not(self, level: float) -> None:
        assert not self.usable("market", lines()[0], np.full((1, T), level))

    def test_nor_the_market_itself(self) -> None:
        market = lines()[1][:1]
        assert not self.usable("market", market[0], market)
        assert not self.usable("market-adjusted", market[0], market)

    def test_nor_two_factors_that_are_one(self) -> None:
        returns, factors = lines()
        same = np.stack([factors[0], 2 * factors[0] + 0.001])
        assert not self.usable("two-factor", returns, same)
        one_still = np.stack([factors[0], np.zeros(T)])
        assert not self.usable("two-factor", returns, one_still)


MODELS = st.sampled_from(list(FACTORS))


@settings(max_examples=40)
@given(MODELS, st.integers(0, 1000), st.floats(0.01, 100))
def test_another_unit_of_returns_changes_no_standardised_figure(
    model: ReturnModel, seed: int, unit: float
) -> None:
    returns, factors = lines(seed)
    used = factors[: FACTORS[model]]
    at, n_obs = np.array([200, 300]), np.array([120, 120])
    one = abnormal_returns(Design(model), returns, used, at, n_obs)
    other = abnormal_returns(Design(model), unit * returns, unit * used, at, n_obs)
    assert other.scar == pytest.approx(one.scar, rel=1e-8, abs=1e-10)
    assert other.robust_z == pytest.approx(one.robust_z, rel=1e-8, abs=1e-10)
    assert other.car == pytest.approx(unit * one.car, rel=1e-8, abs=1e-10)


@settings(max_examples=40)
@given(st.integers(0, 1000), st.floats(-3, 3), st.floats(-0.01, 0.01))
def test_what_the_model_explains_is_not_abnormal(seed: int, beta: float, alpha: float) -> None:
    """Adding a multiple of the factor and a constant moves beta and alpha and nothing else."""
    returns, factors = lines(seed)
    at, n_obs = np.array([200, 300]), np.array([120, 120])
    one = abnormal_returns(Design(), returns, factors[:1], at, n_obs)
    moved = returns + alpha + beta * factors[0]
    other = abnormal_returns(Design(), moved, factors[:1], at, n_obs)
    assert other.ar == pytest.approx(one.ar, rel=1e-8, abs=1e-12)
    assert other.car_std_error == pytest.approx(one.car_std_error, rel=1e-8)
    assert other.beta == pytest.approx(one.beta + beta, rel=1e-8, abs=1e-10)
    assert other.alpha == pytest.approx(one.alpha + alpha, rel=1e-8, abs=1e-10)


@given(st.integers(0, 1000), st.integers(30, 300))
def test_the_error_of_a_mean_of_n_is_shared_by_the_window(seed: int, length: int) -> None:
    """Of L sessions the variance is s² (L + L² / n)."""
    one = found(Design("constant-mean", length=length), [390], seed=seed)
    expected = one.residual_std**2 * (3 + 9 / length)
    assert one.car_std_error**2 == pytest.approx(expected, rel=1e-9)
