"""The tests over events on 10,000 simulated samples: size with no effect, and power with one.

Which tests keep their size where events are correlated, or make returns more variable, is what
docs/method.md says of them; here it is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from monitor.correlate.study.abnormal import AbnormalReturns, abnormal_returns
from monitor.correlate.study.arrays import Array, Mask
from monitor.correlate.study.design import Design
from monitor.correlate.study.pooled_tests import (
    boehmer_musumeci_poulsen,
    corrado_rank,
    cross_sectional_t,
    generalized_sign,
    kolari_pynnonen,
    patell,
    sign_flip,
)
from monitor.correlate.study.probability import two_sided_normal, two_sided_t

AT_ONCE = 500
N = 32  # events; with so many the steps of a sign test come near 5 %
FEW = 12  # events of the sign permutation: all of 4,096 patterns are tried
LENGTH, GAP, WINDOW = 60, 2, 3
LINE = LENGTH + GAP - 1 + WINDOW
SPREAD = 0.02  # of an own return
LEVEL, TOLERANCE = 0.05, 0.01
# what is told of 10,000 samples holds of the first thousands of them
SAMPLES = pytest.mark.parametrize("size", [3_000, pytest.param(10_000, marks=pytest.mark.slow)])
FEWER = pytest.mark.parametrize("size", [1_500, pytest.param(3_000, marks=pytest.mark.slow)])


def samples(
    count: int,
    seed: int,
    *,
    effect: float = 0.0,
    correlation: float = 0.0,
    variance: float = 1.0,
) -> Iterator[AbnormalReturns]:
    """`count` samples of N events, on the same sessions within a sample, some samples at a time.

    `effect` is added to the return of the window's first session; `correlation` is that of own
    returns within a sample, and `variance` what theirs is multiplied by in the window.
    """
    chance = np.random.default_rng(seed)
    design = Design(window=(0, WINDOW - 1), length=LENGTH, gap=GAP)
    at = np.arange(AT_ONCE * N) * LINE + LENGTH + GAP - 1
    n_obs = np.full(len(at), LENGTH)
    for _ in range(count // AT_ONCE):
        market = chance.normal(0.0005, 0.01, (AT_ONCE, 1, LINE))
        own = chance.normal(0, SPREAD, (AT_ONCE, N, LINE))
        if correlation:
            common = chance.normal(0, SPREAD, (AT_ONCE, 1, LINE))
            own = sqrt(1 - correlation) * own + sqrt(correlation) * common
        own[:, :, -WINDOW:] *= sqrt(variance)
        own[:, :, -WINDOW] += effect
        beta = chance.uniform(0.5, 1.5, (AT_ONCE, N, 1))
        returns = 0.001 + beta * market + own
        factor = np.broadcast_to(market, returns.shape)
        yield abnormal_returns(design, returns.ravel(), factor.reshape(1, -1), at, n_obs)


def mean_correlation(residuals: Array) -> Array:
    """Of events on the same sessions, by sample: as dependence.mean_correlation has it."""
    unit = residuals / np.sqrt((residuals**2).sum(axis=-1, keepdims=True))
    return ((unit.sum(axis=1) ** 2).sum(axis=-1) - N) / (N * (N - 1))


def rejected(found: AbnormalReturns, *, ranks: bool) -> Mapping[str, Mask]:
    """By test, in which samples it rejects."""
    car, scar = found.car.reshape(-1, N), found.scar.reshape(-1, N)
    residuals = found.residuals.reshape(-1, N, LENGTH)
    ar = found.ar.reshape(-1, N, WINDOW)
    corrected = kolari_pynnonen(scar, mean_correlation(residuals))
    p_values = {
        "t": two_sided_t(cross_sectional_t(car), N - 1),
        "patell": two_sided_normal(patell(scar, found.degrees[:N])),
        "bmp": two_sided_t(boehmer_musumeci_poulsen(scar), N - 1),
        "kolari_pynnonen": two_sided_t(corrected, N - 1),
        "generalized_sign": two_sided_normal(generalized_sign(residuals, car)),
        "permutation": np.asarray(sign_flip(car[:, :FEW], 0)),
    }
    if ranks:
        p_values["corrado_rank"] = two_sided_normal(corrado_rank(residuals, ar))
    return {name: p < LEVEL for name, p in p_values.items()}


def rates(count: int, seed: int, *, ranks: bool = True, **how: float) -> dict[str, float]:
    parts = [rejected(one, ranks=ranks) for one in samples(count, seed, **how)]
    return {name: float(np.mean([part[name] for part in parts])) for name in parts[0]}


@SAMPLES
def test_with_no_effect_a_test_at_5_percent_rejects_5_percent(size: int) -> None:
    found = rates(size, 1)
    assert len(found) == 7
    assert found == pytest.approx(dict.fromkeys(found, LEVEL), abs=TOLERANCE)


@FEWER
def test_where_events_are_correlated_two_tests_keep_their_size(size: int) -> None:
    """The ranks by the spread of their mean over time, which correlation is in."""
    found = rates(size, 2, correlation=0.15)
    keep = {"kolari_pynnonen", "corrado_rank"}
    assert {name for name, rate in found.items() if rate < LEVEL + 2 * TOLERANCE} == keep
    assert all(rate > 0.2 for name, rate in found.items() if name not in keep)


@FEWER
def test_where_the_event_raises_the_variance_patell_and_the_ranks_do_not(size: int) -> None:
    found = rates(size, 3, variance=2.5)
    lose = {"patell", "corrado_rank"}
    assert {name for name, rate in found.items() if rate > LEVEL + 2 * TOLERANCE} == lose
    assert found["patell"] > 0.15


@FEWER
def test_power_rises_with_the_effect_as_theory_says(size: int) -> None:
    """Of t by its noncentral distribution, of Patell by the normal one shifted."""
    # the error of prediction: of the mean, and of beta with a market that is normal too
    std = SPREAD * sqrt((WINDOW + WINDOW**2 / LENGTH) * (1 + 1 / (LENGTH - 3)))
    before: dict[str, float] = {}
    for effect in (0.005, 0.010, 0.015):
        found = rates(size, 4, ranks=False, effect=effect)
        shift = effect / std * sqrt(N)
        critical = stats.t.isf(LEVEL / 2, N - 1)
        by_t = stats.nct.sf(critical, N - 1, shift) + stats.nct.cdf(-critical, N - 1, shift)
        by_normal = stats.norm.sf(stats.norm.isf(LEVEL / 2) - shift)
        error = 3 * sqrt(by_t * (1 - by_t) / size)
        assert found["t"] == pytest.approx(by_t, abs=error)
        assert found["patell"] == pytest.approx(by_normal, abs=error)
        assert found["bmp"] == pytest.approx(by_t, abs=error + 0.01)
        assert found["generalized_sign"] < found["t"]
        assert all(rate > before.get(name, LEVEL) for name, rate in found.items())
        before = found
