"""Each test over events: a table worked by hand, scipy, and laws."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from monitor.correlate.study import pooled_tests as module
from monitor.correlate.study.abnormal import AbnormalReturns, abnormal_returns
from monitor.correlate.study.arrays import Array
from monitor.correlate.study.design import Design
from monitor.correlate.study.pooled_tests import (
    TESTS,
    boehmer_musumeci_poulsen,
    corrado_rank,
    cross_sectional_t,
    generalized_sign,
    kolari_pynnonen,
    patell,
    pooled_tests,
    sign_flip,
)

NAN = float("nan")


def measured(events: int, *, seed: int = 0, length: int = 40, window: int = 3) -> AbnormalReturns:
    """Independent events on a line of returns each."""
    chance = np.random.default_rng(seed)
    line = length + 11 + window
    returns = chance.normal(0.001, 0.02, events * line)
    market = chance.normal(0, 0.01, (1, events * line))
    at = np.arange(events) * line + length + 11 - 1
    design = Design(window=(0, window - 1), length=length)
    return abnormal_returns(design, returns, market, at, np.full(events, length))


class TestByHand:
    def test_t(self) -> None:
        """Mean 3; squared deviations 4, 1, 0, 9 over 3 are 14/3; over four events 7/6."""
        assert cross_sectional_t(np.array([1.0, 2, 3, 6])) == pytest.approx(3 / sqrt(7 / 6))

    def test_patell(self) -> None:
        """Variances 10/8, 10/8, 6/4 sum to 4: 3 over 2."""
        assert patell(np.array([1.0, 2, 0]), np.array([10, 10, 6])) == pytest.approx(1.5)

    def test_patell_of_one_length_is_the_factor_of_the_paper(self) -> None:
        """n = 60 sessions of a market model: variance (60 - 2) / (60 - 4)."""
        scar = np.array([0.5, 1.5, -0.3, 2.0])
        expected = scar.sum() / sqrt(4 * 58 / 56)
        assert patell(scar, np.full(4, 58)) == pytest.approx(expected, rel=1e-12)

    def test_boehmer_musumeci_poulsen(self) -> None:
        """Mean 2, standard deviation 1, three events."""
        assert boehmer_musumeci_poulsen(np.array([1.0, 2, 3])) == pytest.approx(2 * sqrt(3))

    def test_kolari_pynnonen(self) -> None:
        """(1 - 1/4) / (1 + 2/4) = 1/2: the root of 12/2."""
        assert kolari_pynnonen(np.array([1.0, 2, 3]), 0.25) == pytest.approx(sqrt(6))

    def test_corrado_rank(self) -> None:
        """Two events, two sessions before, one of the event.

        Ranks 1 2 3 and 2 1 3, over four less a half: -1/4 0 1/4 and 0 -1/4 1/4. Sums by session
        -1/4 -1/4 1/2, over the root of two events; mean square (1/16 + 1/16 + 1/4) / 2 / 3 = 1/16.
        """
        residuals = np.array([[-1.0, 1], [1, -1]])
        ar = np.array([[2.0], [3]])
        assert corrado_rank(residuals, ar) == pytest.approx(1 / sqrt(2) / 2 / (1 / 4))

    def test_corrado_rank_over_two_sessions(self) -> None:
        """One event: ranks 1 2 4 3 of four, over five less a half: -0.3 -0.1 0.3 0.1.

        Mean square 0.2 / 4 = 0.05; the window's sum 0.4 over the root of 2 and that of 0.05.
        """
        found = corrado_rank(np.array([[-2.0, -1]]), np.array([[5.0, 3]]))
        assert found == pytest.approx(0.4 / sqrt(2 * 0.05))

    def test_corrado_rank_where_an_event_has_fewer_sessions(self) -> None:
        """The second has ranks 1 2 of two, over three less a half: -1/6 1/6.

        By session, over the root of how many events have it: -1/4; -1/6 / √2; (1/4 + 1/6) / √2.
        """
        residuals = np.array([[-1.0, 1], [NAN, -1]])
        ar = np.array([[2.0], [3]])
        by_session = np.array([-1 / 4, -1 / 6 / sqrt(2), 5 / 12 / sqrt(2)])
        expected = by_session[2] / sqrt((by_session**2).sum() / 3)
        assert corrado_rank(residuals, ar) == pytest.approx(expected, rel=1e-12)

    def test_ties_share_their_rank(self) -> None:
        """1 2½ 2½ 4 of four: over five less a half -0.3 0 0 0.3."""
        found = corrado_rank(np.array([[-2.0, 1, 1]]), np.array([[5.0]]))
        assert found == pytest.approx(0.3 / sqrt(0.18 / 4))

    def test_generalised_sign(self) -> None:
        """Positive shares 1/2, 1/2, 1/4, 3/4: one half; 3 of 4 are positive: (3 - 2) / 1."""
        residuals = np.array([[1.0, -1, 1, -1], [1, NAN, NAN, -1], [1, -1, -1, -1], [-1, 1, 1, 1]])
        car = np.array([0.1, 0.2, 0.3, -0.1])
        assert generalized_sign(residuals, car) == pytest.approx(1.0)

    @pytest.mark.parametrize(
        ("car", "expected"),
        [
            ([1.0, 2, 3], 2 / 8),  # only the two patterns of one sign reach 6
            ([1.0, -2, 3], 6 / 8),  # sums 2 0 6 4 and their opposites
            ([1.0, -1], 4 / 4),
            ([0.1, 0.2, 0.3, 0.4, 0.5], 2 / 32),
        ],
    )
    def test_sign_flip(self, car: list[float], expected: float) -> None:
        assert sign_flip(np.array(car), 0) == expected


class TestAgainstScipy:
    car = np.random.default_rng(5).normal(0.4, 1, 12)

    def test_t_and_its_probability(self) -> None:
        found = measured(12)
        told = pooled_tests(found, 0.0, seed=0)
        for name, values in (("t", found.car), ("bmp", found.scar)):
            expected = stats.ttest_1samp(values, 0)
            assert told[name].stat == pytest.approx(expected.statistic, rel=1e-9)
            assert told[name].p_value == pytest.approx(expected.pvalue, rel=1e-9)
        assert told["kolari_pynnonen"] == told["bmp"]

    def test_normal_probabilities(self) -> None:
        told = pooled_tests(measured(12), 0.1, seed=0)
        for name in ("patell", "corrado_rank", "generalized_sign"):
            one = told[name]
            assert one.stat is not None
            assert one.p_value == pytest.approx(2 * stats.norm.sf(abs(one.stat)), rel=1e-9)

    def test_all_patterns_of_signs(self) -> None:
        def size(x: Array, axis: int) -> Array:
            return np.abs(x.sum(axis=axis))

        expected = stats.permutation_test(
            (self.car,), size, permutation_type="samples", n_resamples=np.inf, alternative="greater"
        )
        assert sign_flip(self.car, 0) == pytest.approx(expected.pvalue, rel=1e-12)

    def test_random_patterns_of_signs_come_near_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exact = sign_flip(self.car, 0)
        monkeypatch.setattr(module, "ALL_FLIPS", 4)
        drawn = [float(sign_flip(self.car, seed)) for seed in (1, 2)]
        assert drawn[0] != drawn[1]
        error = sqrt(float(exact) * (1 - float(exact)) / module.FLIPS)
        assert drawn == pytest.approx([float(exact)] * 2, abs=4 * error)

    def test_the_rank_of_one_event_is_that_of_scipy(self) -> None:
        found = measured(1)
        both = np.concatenate([found.residuals, found.ar], axis=1)[0]
        share = stats.rankdata(both) / (1 + len(both)) - 0.5
        expected = share[-3:].sum() / sqrt(3 * (share**2).mean())
        assert corrado_rank(found.residuals, found.ar) == pytest.approx(expected, rel=1e-12)


class TestReasons:
    def test_one_event_has_what_its_own_estimation_window_tells(self) -> None:
        told = pooled_tests(measured(1), None, seed=0)
        done = {name for name, one in told.items() if one.stat is not None}
        assert done == {"patell", "corrado_rank"}
        assert all(one.reason for name, one in told.items() if name not in done)

    def test_no_event(self) -> None:
        told = pooled_tests(measured(0), None, seed=0)
        assert tuple(told) == TESTS
        assert {one.reason for one in told.values()} == {"no event was measured"}

    def test_an_estimation_window_that_is_too_short_for_patell(self) -> None:
        told = pooled_tests(measured(5, length=4), 0.0, seed=0)
        assert told["patell"].stat is None
        assert "2 degrees of freedom" in (told["patell"].reason or "")
        assert told["t"].stat is not None

    def test_events_that_do_not_differ(self) -> None:
        one = measured(1)
        same = replace(one, **{name: getattr(one, name)[[0, 0]] for name in one.__slots__})
        told = pooled_tests(same, 0.0, seed=0)
        assert told["t"].stat is None
        assert "standard error is zero" in (told["t"].reason or "")
        assert told["permutation"].p_value == 0.5

    def test_a_correlation_that_cannot_be_corrected_for(self) -> None:
        told = pooled_tests(measured(5), -0.25, seed=0)
        assert told["kolari_pynnonen"].stat is None
        assert told["bmp"].stat is not None


EVENTS = st.integers(3, 20)
SEEDS = st.integers(0, 10_000)


@settings(max_examples=30, deadline=None)
@given(EVENTS, SEEDS)
def test_the_opposite_of_all_returns_is_as_significant(events: int, seed: int) -> None:
    found = measured(events, seed=seed)
    opposite = replace(found, ar=-found.ar, residuals=-found.residuals)
    one = pooled_tests(found, 0.05, seed=seed)
    other = pooled_tests(opposite, 0.05, seed=seed)
    for name in TESTS:
        stat, mirrored = one[name].stat, other[name].stat
        assert stat is not None
        assert mirrored == pytest.approx(-stat, rel=1e-9, abs=1e-9)
        assert other[name].p_value == pytest.approx(one[name].p_value, rel=1e-9, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(EVENTS, SEEDS, st.floats(0.01, 50))
def test_neither_the_order_of_events_nor_the_unit_matters(
    events: int, seed: int, unit: float
) -> None:
    found = measured(events, seed=seed)
    order = np.random.default_rng(seed).permutation(events)
    other = found.of(order)
    other = replace(
        other,
        ar=unit * other.ar,
        residuals=unit * other.residuals,
        covariance=unit**2 * other.covariance,
    )
    one, two = (pooled_tests(each, 0.05, seed=1) for each in (found, other))
    exact = events <= module.ALL_FLIPS
    for name in TESTS:
        if name != "permutation":
            assert two[name].stat == pytest.approx(one[name].stat, rel=1e-8, abs=1e-9)
        if name != "permutation" or exact:
            assert two[name].p_value == pytest.approx(one[name].p_value, rel=1e-8, abs=1e-9)


@given(EVENTS, SEEDS, st.floats(0, 0.9))
def test_correlation_takes_significance_away(events: int, seed: int, correlation: float) -> None:
    scar = np.random.default_rng(seed).normal(1, 1, events)
    corrected = kolari_pynnonen(scar, correlation)
    assert abs(corrected) <= abs(boehmer_musumeci_poulsen(scar)) * (1 + 1e-12)


@settings(max_examples=15, deadline=None)
@given(EVENTS, SEEDS)
def test_samples_side_by_side_are_each_one_alone(events: int, seed: int) -> None:
    found = [measured(events, seed=seed + one) for one in range(3)]
    car, scar = (np.stack([getattr(one, name) for one in found]) for name in ("car", "scar"))
    residuals, ar = (
        np.stack([getattr(one, name) for one in found]) for name in ("residuals", "ar")
    )
    together = (
        cross_sectional_t(car),
        patell(scar, found[0].degrees),
        kolari_pynnonen(scar, np.array([0.0, 0.1, 0.2])),
        corrado_rank(residuals, ar),
        generalized_sign(residuals, car),
        sign_flip(car, 3),
    )
    for row, one in enumerate(found):
        alone = (
            cross_sectional_t(one.car),
            patell(one.scar, one.degrees),
            kolari_pynnonen(one.scar, row / 10),
            corrado_rank(one.residuals, one.ar),
            generalized_sign(one.residuals, one.car),
            sign_flip(one.car, 3),
        )
        assert [float(many[row]) for many in together[:5]] == pytest.approx(
            [float(value) for value in alone[:5]], rel=1e-9, abs=1e-9
        )
